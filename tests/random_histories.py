"""Random facts of several publishers, for laws that hold for any history."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from forecast.facts.coverage import Coverage
from forecast.facts.events import COLUMNS, DAY_COLUMNS
from forecast.facts.history import History, make_history

START = np.datetime64("2000-01-01", "D")
END = np.datetime64("2010-12-31", "D")
LENGTH = int((END - START).astype(int))

#: Publishers: a gazette covers all dyads of the USA, two more the journeys of one leader each, a list and the
#: releases of a government are partial; one ledger declares its coverage, the others do not.
GAZETTE, TOLD, UNTOLD, LATE = "gazette", "ledger:told", "ledger:untold", "ledger:late"
JOURNEYS, OTHER_JOURNEYS, PARTIAL, RELEASES = "journeys-of-china", "journeys-of-india", "list", "releases-of-china"
#: First and last day, focal state, direction; without a direction the source is partial.
DECLARED = {
    GAZETTE: (START, END, "USA", "both"),
    TOLD: (np.datetime64("2001-01-01", "D"), np.datetime64("2009-06-30", "D"), "", "both"),
    JOURNEYS: (np.datetime64("2002-03-01", "D"), np.datetime64("2010-01-31", "D"), "CHN", "journeys"),
    OTHER_JOURNEYS: (np.datetime64("2000-05-01", "D"), np.datetime64("2008-12-31", "D"), "IND", "journeys"),
    PARTIAL: (START, END, "", ""),
    RELEASES: (np.datetime64("2002-01-01", "D"), np.datetime64("2010-06-30", "D"), "CHN", ""),
}
FOREIGN = (("IND", "PAK"), ("CHN", "IND"), ("FRA", "DEU"))
AMERICAN = (("USA", "CHN"), ("USA", "FRA"), ("USA", "IND"))

_KINDS = (
    ("CONSULT", "visit", "leader"),
    ("CONSULT", "visit", "leader"),
    ("CONSULT", "meet", "leader"),
    ("CONSULT", "multilateral", "leader"),
    ("CONSULT", "phone", "leader"),
    ("CONSULT", "visit", "minister"),
    ("CONSULT", "third-party", "deputy"),
    ("CONSULT", "visit", "working"),
    ("REJECT", "meet", "leader"),
    ("SANCTION", "cancel", "leader"),
    ("COOPERATE", "", "minister"),
    ("CONSULT", "working-group", "working"),
)


@st.composite
def events(
    draw: Any, *, publishers: tuple[str, ...], known_from: int = -400, known_to: int = LENGTH + 400
) -> dict[str, Any]:
    """Draw one event that becomes known within a span of days after `START`."""
    publisher = draw(st.sampled_from(publishers))
    source, recipient = draw(st.sampled_from(AMERICAN if publisher == GAZETTE else AMERICAN + FOREIGN))
    if draw(st.booleans()):
        source, recipient = recipient, source
    event, mode, level = draw(st.sampled_from(_KINDS))
    known = draw(st.integers(max(known_from, 0), known_to))
    # An encounter is known when it happens or later, sometimes years later; a plan is known before it.
    status = draw(st.sampled_from(["occurred"] * 5 + ["announced", "cancelled", "postponed", "reported"]))
    lag = draw(st.sampled_from([0, 0, 1, 2, 30, 365, 2500]))
    started = known + lag if status != "occurred" and draw(st.booleans()) else known - lag
    occurred = started if event == "CONSULT" else min(started, known)
    return {
        "publisher": publisher,
        "source": source,
        "recipient": recipient,
        "event": event,
        "mode": mode,
        "level": level,
        "setting": draw(st.sampled_from(["bilateral", "margins", "multilateral"])),
        "status": status,
        "access": draw(st.sampled_from(["", "head_of_state", "head_of_government", "foreign_minister"])),
        "accompanied": draw(st.sampled_from([False, False, True])),
        "dialogue": draw(st.sampled_from(["", "", "economic dialogue"])),
        "note": draw(st.sampled_from(["", "", "Candid, constructive talks", "a frank exchange", "Frankfurt"])),
        "started_on": START + started,
        "ended_on": START + started + draw(st.integers(0, 3)),
        "occurred_on": START + occurred,
        "known_on": START + known,
    }


def as_frame(drawn: list[dict[str, Any]], *, prefix: str = "r") -> pd.DataFrame:
    """Make an events table of drawn events."""
    rows = [dict.fromkeys(COLUMNS, "") | {"record_id": f"{prefix}{at}"} | event for at, event in enumerate(drawn)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame["accompanied"] = frame["accompanied"].astype(bool)
    return frame.astype(dict.fromkeys(DAY_COLUMNS, "datetime64[s]"))


def coverages_of(frame: pd.DataFrame, *, gazette: bool = True, told: bool = True) -> list[Coverage]:
    """Coverage of each publisher: declared whether or not it has a fact, or from the first to the last day known."""
    publishers = {*frame["publisher"], *(name for name in DECLARED if gazette or name != GAZETTE)}
    found = []
    for publisher in sorted(publishers if told else publishers - {TOLD}):
        known = frame.loc[frame["publisher"] == publisher, "known_on"].to_numpy("datetime64[D]")
        days = DECLARED[publisher] if publisher in DECLARED else (known.min(), known.max(), "", "both")
        found.append(
            Coverage(
                publisher,
                f"{publisher.removeprefix('ledger:')}.csv",
                *days[:3],
                defines_meetings=True,
                declared=publisher in DECLARED,
                direction=days[3],
                complete=bool(days[3]),
            )
        )
    return found


def history_from(frame: pd.DataFrame, *, gazette: bool = True) -> History:
    """Make a history of an events table with the coverage that its publishers have."""
    return make_history(frame, coverages_of(frame, gazette=gazette))
