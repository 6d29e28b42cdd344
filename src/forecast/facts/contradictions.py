"""Where the sources of a history contradict one another; outcomes follow what was met, and a reader should know.

* **missing**: a source reports a visit or meeting that a source which claims to have all of them does not have.
* **other days**: that source has it on other days, or two sources name different days of one meeting.
* **called off**: a source reports a meeting that another reports as cancelled or postponed.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import day_number, day_numbers
from forecast.facts.coverage import Coverage
from forecast.facts.history import History
from forecast.facts.record import NONE

COLUMNS: Final = ("kind", "dyad", "started_on", "ended_on", "publisher", "record_id", "other", "other_days")
#: Two reports of one pair so far apart may be of one meeting, which one of them dates wrongly.
NEAR_DAYS: Final = 7


def contradictions(history: History) -> pd.DataFrame:
    """List what one source reports and another contradicts, with the columns `COLUMNS`, by day."""
    events = history.events
    met = events.loc[events["meeting_of"] != NONE].assign(
        first=lambda rows: day_numbers(rows["started_on"].to_numpy("datetime64[D]")),
        last=lambda rows: day_numbers(rows["ended_on"].to_numpy("datetime64[D]")),
    )
    parts = [_against(history, met, coverage) for coverage in history.resolving if coverage.declared]
    parts += [_days_differ(met), _called_off(events, met)]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.assign(**{name: rows[name].dt.strftime("%Y-%m-%d") for name in ("started_on", "ended_on")})
    order = ["started_on", "dyad", "publisher", "record_id", "kind", "other", "other_days"]
    return rows[list(COLUMNS)].drop_duplicates().sort_values(order, kind="stable", ignore_index=True)


def _against(history: History, met: pd.DataFrame, coverage: Coverage) -> pd.DataFrame:
    """Reports of others that a complete source should have and has not, or has on other days."""
    own = met.loc[met["publisher"] == coverage.publisher]
    inside = (met["first"] >= day_number(coverage.starts_on)) & (met["last"] <= day_number(coverage.ends_on))
    theirs = met.loc[inside & (met["publisher"] != coverage.publisher) & ~met["meeting_of"].isin(own["meeting_of"])]
    if coverage.focal:
        travels = theirs["source"] == coverage.focal
        comes = theirs["recipient"] == coverage.focal
        ways = {"journeys": travels, "visits": comes, "both": travels | comes}
        theirs = theirs.loc[theirs["mode"].eq("visit") & ways.get(coverage.direction, travels & comes)]
    else:
        since = [day_number(history.first_report(dyad, coverage.publisher)) for dyad in theirs["dyad"]]
        theirs = theirs.loc[theirs["first"].to_numpy() >= np.array(since, dtype=np.int64)]
    pairs = theirs.reset_index().merge(own[["dyad", "first", "last"]], on="dyad", how="left", suffixes=("", "_own"))
    apart = np.maximum(pairs["first_own"] - pairs["last"], pairs["first"] - pairs["last_own"])
    pairs = pairs.assign(apart=apart).sort_values(["index", "apart"], kind="stable").drop_duplicates("index")
    pairs = pairs.loc[~(pairs["apart"] <= 0)]  # a day in a longer stay is no other day
    near = (pairs["apart"] <= NEAR_DAYS).to_numpy()
    days = [_days(a, b) if n else "" for n, a, b in zip(near, pairs["first_own"], pairs["last_own"], strict=True)]
    kinds = np.where(near, "other days", "missing")
    return pairs.assign(kind=kinds, other=coverage.publisher, other_days=days)[list(COLUMNS)]


def _days_differ(met: pd.DataFrame) -> pd.DataFrame:
    """Reports of one meeting that are equally precise and name different days."""
    length = met["last"] - met["first"]
    precise = met.loc[length == length.groupby(met["meeting_of"]).transform("min")]
    pairs = precise.merge(precise[["meeting_of", "publisher", "first", "last"]], on="meeting_of", suffixes=("", "_own"))
    pairs = pairs.loc[(pairs["publisher"] < pairs["publisher_own"]) & (pairs["first"] != pairs["first_own"])]
    days = [_days(a, b) for a, b in zip(pairs["first_own"], pairs["last_own"], strict=True)]
    return pairs.assign(kind="other days", other=pairs["publisher_own"], other_days=days)[list(COLUMNS)]


def _called_off(events: pd.DataFrame, met: pd.DataFrame) -> pd.DataFrame:
    """Meetings that another report calls off after they began."""
    off = events.loc[
        (events["level"] == "leader")
        & events["status"].isin(["cancelled", "postponed"])
        & events["event"].isin(["CONSULT", "AGREE"])
        & (events["known_on"] >= events["started_on"])
    ]
    pairs = met.merge(off[["dyad", "started_on", "ended_on", "publisher"]], on="dyad", suffixes=("", "_off"))
    pairs = pairs.loc[(pairs["started_on"] <= pairs["ended_on_off"]) & (pairs["started_on_off"] <= pairs["ended_on"])]
    spans = (day_numbers(pairs[f"{name}_off"].to_numpy("datetime64[D]")) for name in ("started_on", "ended_on"))
    days = [_days(first, last) for first, last in zip(*spans, strict=True)]
    return pairs.assign(kind="called off", other=pairs["publisher_off"], other_days=days)[list(COLUMNS)]


def _days(first: float, last: float) -> str:
    one, other = (str(np.datetime64(int(day), "D")) for day in (first, last))
    return one if one == other else f"{one} to {other}"
