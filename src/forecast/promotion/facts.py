"""What a model knew: counted, so that the next retraining sees whether it is still there."""

from __future__ import annotations

from typing import Any

from forecast.dates import Day
from forecast.facts.history import History


def facts_of(known: History) -> dict[str, Any]:
    """Count the facts of a history behind its gate.

    Returns
    -------
    dict
        `fingerprint`, `events`, `coverage` (source -> last day) and `summits`.
    """
    return {
        "fingerprint": known.fingerprint(),
        "events": len(known.events),
        "coverage": {f"{c.publisher}/{c.source}": str(c.ends_on) for c in known.coverages},
        "summits": len(known.calendar.editions),
    }


def new_facts(known: History, since: Day) -> dict[str, int]:
    """Facts that became known from a day on, by publisher."""
    rows = known.events.loc[known.events["known_on"].to_numpy() >= since]
    return {str(name): int(n) for name, n in rows["publisher"].value_counts().sort_index().items()}
