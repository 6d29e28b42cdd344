"""The facts behind each family, inside the windows of its signals, and what is missing from a forecast."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, day_number, day_numbers
from forecast.explanation.contributions import CLIMATOLOGY, family_of
from forecast.explanation.engagement_history import source_gaps, source_warnings
from forecast.facts.calendar import Edition
from forecast.facts.countries import sides
from forecast.facts.history import History
from forecast.models.base import PeriodModel
from forecast.panel.outcomes import TARGETS
from forecast.periods import PERIODS, column
from forecast.readers.coded_facts import Addresses
from forecast.signals import climatology, tempo
from forecast.signals.catalogue import CATALOGUE, COMPUTED
from forecast.signals.cube import classified, effective_days, releases_reporting
from forecast.signals.declare import Signal
from forecast.signals.emerging import anniversaries
from forecast.signals.emerging.snubs import NAMES as ABSENCES

#: Columns of `evidence` and of `gaps`.
EVIDENCE: Final = ("family", "kind", "weighted", "on", "known_on", "what", "record_id", "publisher", "address")
GAPS: Final = ("about", "problem", "n_facts")

_Mask = npt.NDArray[np.bool_]
_Row = tuple[str, str, bool, str, str, str, str, str, str]


def evidence(
    history: History,
    *,
    dyad: str,
    as_of: Day,
    target: str,
    uses: Callable[[str], bool],
    missed: Iterable[Edition] = (),
    addresses: Addresses | None = None,
) -> pd.DataFrame:
    """Facts known before the as-of date, behind whose gate the history is, inside the windows of each family's signals.

    `uses` says whether the model uses a signal; `missed` are summits at which no meeting of the two is recorded, behind
    the signals of absence. Columns `EVIDENCE`, by family, the latest first. `kind` is event, summit or leader;
    `weighted` says whether a signal that the model uses looks at the fact. A fact can stand in several families. Of the
    tempo of a side, which counts its meetings with all states over five years, only those of the shortest window are
    listed.

    The list is complete for the dyad: what stands in no family can be taken out of the history without moving the
    dyad's signals.
    """
    where = addresses if addresses is not None else Addresses()
    events = history.events.loc[history.events["dyad"] == dyad]
    classes = classified(history, events)
    first, until = (int(days[0]) for days in effective_days(history, [dyad], np.array([as_of])))
    masks: dict[str, tuple[_Mask, _Mask]] = {}

    def add(family: str, mask: _Mask, weighted: bool) -> None:
        every, some = masks.get(family, (np.zeros(len(events), bool), np.zeros(len(events), bool)))
        masks[family] = (every | mask, some | mask if weighted else some)

    occurred = day_numbers(events["occurred_on"].to_numpy())
    known = day_numbers(events["known_on"].to_numpy()) < until
    met = TARGETS[target].takes(classes)
    add(
        CLIMATOLOGY,
        met & (occurred >= max(first, until - climatology.WINDOW_DAYS)),
        uses(column(climatology.HAZARD, *PERIODS[0])),
    )
    in_ledger = bool(history.in_ledger([dyad], np.array([as_of]))[0])
    for signal in CATALOGUE.values():
        reported = in_ledger or not signal.ledger
        if reported or any(c.focal in sides(dyad) for c, _ in releases_reporting(history, signal.select)):
            add(signal.family, _looked_at(signal, classes, occurred, known, until), uses(signal.name))
    rites = day_number(as_of) - round((anniversaries.YEARS + 1) * 365.2425)
    add("anniversaries", met & (occurred >= rites), uses(column("anniversaries__log_odds", *PERIODS[0])))
    rows = [
        row for family, (every, some) in masks.items() for row in _rows(events.loc[every], family, some[every], where)
    ]
    rows += [
        *_busy(history, dyad, until, target, uses, where), *_absences(missed, uses, where),
        *_leaders(history, dyad, uses),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(EVIDENCE))
    order = {family: at for at, family in enumerate(dict.fromkeys(table["family"]))}
    table = table.assign(order=table["family"].map(order))
    table = table.sort_values(["order", "on", "record_id"], ascending=[True, False, True], kind="stable")
    return table[list(EVIDENCE)].reset_index(drop=True)


def _looked_at(
    signal: Signal, classes: pd.DataFrame, occurred: npt.NDArray[np.int64], known: _Mask, until: int
) -> _Mask:
    """Events inside the window of a declared signal, as the engine counts them."""
    chosen = [signal.select, *([signal.against] if signal.against is not None else [])]
    taken = np.logical_or.reduce([select.takes(classes) for select in chosen]) & known
    if signal.measure == "decayed" or not taken.any():
        return np.asarray(taken)
    if signal.measure == "days_since_last":
        return np.asarray(taken & (occurred == occurred[taken].max()))
    return np.asarray(taken & (occurred >= until - max(signal.window_days, signal.against_days)))


def event_words(event: pd.Series) -> str:
    """An event in a few words.

    >>> visit = {"source": "CHN", "recipient": "USA", "level": "minister", "event": "CONSULT", "mode": "visit"}
    >>> event_words(pd.Series({**visit, "status": "occurred", "place": "USA", "persons": "Wang Yi", "note": ""}))
    'CHN to USA: minister, visit in USA; Wang Yi'
    """
    act = str(event["mode"]) if event["event"] == "CONSULT" else f"{event['event']} {event['mode']}".strip()
    status = "" if event["status"] == "occurred" else f" ({event['status']})"
    place = f" in {event['place']}" if event["place"] else ""
    more = [str(event[name]) for name in ("persons", "note") if event[name]]
    return "; ".join([f"{event['source']} to {event['recipient']}: {event['level']}, {act}{place}{status}", *more])


def _rows(events: pd.DataFrame, family: str, weighted: _Mask, where: Addresses) -> Iterator[_Row]:
    for (_, event), weight in zip(events.iterrows(), weighted, strict=True):
        days = (f"{event['occurred_on']:%Y-%m-%d}", f"{event['known_on']:%Y-%m-%d}")
        source = (str(event["record_id"]), str(event["publisher"]), where.of_event(event))
        yield (family, "event", bool(weight), *days, event_words(event), *source)


def _busy(
    history: History, dyad: str, until: int, target: str, uses: Callable[[str], bool], where: Addresses
) -> Iterator[_Row]:
    """Meetings of either side with anyone in the shortest window of its tempo."""
    days = min(short for short, _ in tempo.WINDOWS)
    recent = history.events.loc[day_numbers(history.events["occurred_on"].to_numpy()) >= until - days]
    ours = recent.loc[[bool(set(sides(name)) & set(sides(dyad))) for name in recent["dyad"]]]
    ours = ours.loc[TARGETS[target].takes(classified(history, ours))]
    return _rows(ours, "tempo", np.full(len(ours), uses(f"tempo__first__{days}d")), where)


def _absences(missed: Iterable[Edition], uses: Callable[[str], bool], where: Addresses) -> Iterator[_Row]:
    family, weighted = family_of(ABSENCES[0]), any(uses(name) for name in ABSENCES)
    for one in missed:
        what = f"{one.series} {one.edition} in {one.host}: both are members, no meeting of the two recorded"
        address = where.summits.get((one.series, one.edition), "")
        yield (family, "summit", weighted, str(one.starts_on), str(one.ends_on), what, "", "calendar", address)


def _leaders(history: History, dyad: str, uses: Callable[[str], bool]) -> Iterator[_Row]:
    """Beginning of the term of each side's leader."""
    for spell in {spell.state: spell for spell in history.leaders if spell.state in sides(dyad)}.values():
        day, what = str(spell.begins_on), f"{spell.leader} leads {spell.state}"
        yield ("leaders", "leader", uses("leaders__newest"), day, day, what, "", "leaders", "")


def gaps(
    model: PeriodModel, X: pd.DataFrame, history: History, facts: pd.DataFrame, *, dyad: str, as_of: Day
) -> pd.DataFrame:
    """What is missing, with the columns `GAPS`; `n_facts` counts known facts that no weighted signal looks at."""
    rows = [("sources", warning, 0) for warning in source_warnings(history, dyad, as_of)]
    rows += [(about, problem, 0) for about, problem in source_gaps(history, dyad, as_of)]
    from_ledgers = {signal.family for signal in CATALOGUE.values()} - {
        *(signal.family for signal in CATALOGUE.values() if not signal.ledger),
        *(family_of(name) for name in COMPUTED),
    }
    for family in dict.fromkeys(family_of(name) for name in (*CATALOGUE, *COMPUTED, *X.columns)):
        if family == CLIMATOLOGY:
            continue
        used = [name for name in X.columns if family_of(name) == family and model.uses(name)]
        light = int((~facts.loc[facts["family"] == family, "weighted"].astype(bool)).sum())
        own = [name for name in X.columns if family_of(name) == family]
        if family in from_ledgers and X[own].iloc[0].isna().all():
            rows.append((family, "no source reports such events of the two: missing, not zero", 0))
        elif not used:
            rows.append((family, "the model gives no weight", light))
        elif X[used].iloc[0].isna().all():
            rows.append((family, "no source for this pair: it stands at the mean", 0))
        elif light:
            rows.append((family, "the model gives some signals no weight", light))
    return pd.DataFrame(rows, columns=list(GAPS))
