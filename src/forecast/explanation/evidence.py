"""The facts behind each family: events, summits and changes of leaders inside the windows of its signals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, day_number, day_numbers
from forecast.explanation.families import CLIMATOLOGY
from forecast.facts.calendar import Edition
from forecast.facts.countries import sides
from forecast.facts.history import History
from forecast.panel.outcomes import TARGETS
from forecast.periods import PERIODS, column
from forecast.readers.coded_facts import Addresses
from forecast.signals import climatology, tempo
from forecast.signals.catalogue import CATALOGUE
from forecast.signals.cube import classified, effective_days
from forecast.signals.declare import Signal
from forecast.signals.emerging import anniversaries
from forecast.signals.emerging.snubs import NAMES as ABSENCES

#: Columns of `evidence`.
EVIDENCE: Final = ("family", "kind", "weighted", "on", "known_on", "what", "record_id", "publisher", "address")

_Mask = npt.NDArray[np.bool_]


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
    """Facts known before the as-of date inside the windows of the signals of each family.

    Parameters
    ----------
    history : History
        Behind the gate of the as-of date.
    dyad : str
    as_of : numpy.datetime64[D]
    target : {"meeting", "bilateral"}
    uses : callable
        Whether the model uses a signal.
    missed : iterable of Edition
        Summits at which no meeting of the two is recorded, behind the signals of absence.
    addresses : Addresses, optional
        Of the sources of events and summits.

    Returns
    -------
    pandas.DataFrame
        Columns `EVIDENCE`, by family, the latest first. `kind` is event, summit or leader; `weighted` says whether a
        signal that the model uses looks at the fact. A fact can stand in several families. Of the tempo of a side,
        which counts its meetings with all states over five years, only those of the shortest window are listed.

    Notes
    -----
    The list is complete for the dyad: what stands in no family can be taken out of the history without moving the
    dyad's signals.
    """
    where = addresses if addresses is not None else Addresses()
    address = where.of_event
    events = history.events.loc[history.events["dyad"] == dyad]
    classes = classified(history, events)
    first, until = (int(days[0]) for days in effective_days(history, [dyad], np.array([as_of])))
    found: dict[str, tuple[_Mask, _Mask]] = {}

    def add(family: str, mask: _Mask, weighted: bool) -> None:
        every, some = found.get(family, (np.zeros(len(events), bool), np.zeros(len(events), bool)))
        found[family] = (every | mask, some | mask if weighted else some)

    occurred = day_numbers(events["occurred_on"].to_numpy())
    known = day_numbers(events["known_on"].to_numpy()) < until
    met = TARGETS[target].takes(classes)
    add(
        CLIMATOLOGY,
        met & (occurred >= max(first, until - climatology.WINDOW_DAYS)),
        uses(column(climatology.HAZARD, *PERIODS[0])),
    )
    for signal in CATALOGUE.values():
        told = bool(history.in_ledger([dyad], np.array([as_of]))[0])
        if told or not signal.ledger:
            add(signal.family, _looked_at(signal, classes, occurred, known, until), uses(signal.name))
    rites = day_number(as_of) - round((anniversaries.YEARS + 1) * 365.2425)
    add("anniversaries", met & (occurred >= rites), uses(column("anniversaries__log_odds", *PERIODS[0])))
    parts = [
        _rows(events.loc[every], family, some[every], address) for family, (every, some) in found.items() if every.any()
    ]
    parts += [
        _busy(history, dyad, until, target, uses, address),
        _absences(missed, uses, where),
        _leaders(history, dyad, uses),
    ]
    table = pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=list(EVIDENCE))])
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

    Examples
    --------
    >>> told = {"source": "CHN", "recipient": "USA", "level": "minister", "event": "CONSULT", "mode": "visit"}
    >>> event_words(pd.Series({**told, "status": "occurred", "place": "USA", "persons": "Wang Yi", "note": ""}))
    'CHN to USA: minister, visit in USA; Wang Yi'
    """
    act = str(event["mode"]) if event["event"] == "CONSULT" else f"{event['event']} {event['mode']}".strip()
    status = "" if event["status"] == "occurred" else f" ({event['status']})"
    place = f" in {event['place']}" if event["place"] else ""
    more = [str(event[name]) for name in ("persons", "note") if event[name]]
    return "; ".join([f"{event['source']} to {event['recipient']}: {event['level']}, {act}{place}{status}", *more])


def _rows(events: pd.DataFrame, family: str, weighted: _Mask, address: Callable[[pd.Series], str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                family,
                "event",
                bool(weight),
                f"{event['occurred_on']:%Y-%m-%d}",
                f"{event['known_on']:%Y-%m-%d}",
                event_words(event),
                event["record_id"],
                event["publisher"],
                address(event),
            )
            for (_, event), weight in zip(events.iterrows(), weighted, strict=True)
        ],
        columns=list(EVIDENCE),
    )


def _busy(
    history: History,
    dyad: str,
    until: int,
    target: str,
    uses: Callable[[str], bool],
    address: Callable[[pd.Series], str],
) -> pd.DataFrame:
    """Meetings of either side with anyone in the shortest window of its tempo."""
    days = min(short for short, _ in tempo.WINDOWS)
    recent = history.events.loc[day_numbers(history.events["occurred_on"].to_numpy()) >= until - days]
    ours = recent.loc[[bool(set(sides(name)) & set(sides(dyad))) for name in recent["dyad"]]]
    ours = ours.loc[TARGETS[target].takes(classified(history, ours))]
    weighted = uses(f"tempo__first__{days}d")
    return _rows(ours, "tempo", np.full(len(ours), weighted), address)


def _absences(missed: Iterable[Edition], uses: Callable[[str], bool], where: Addresses) -> pd.DataFrame:
    weighted = any(uses(name) for name in ABSENCES)
    rows = [
        (
            ABSENCES[0].split("__")[0],
            "summit",
            weighted,
            str(edition.starts_on),
            str(edition.ends_on),
            f"{edition.series} {edition.edition} in {edition.host}: both are members, no meeting of the two recorded",
            "",
            "calendar",
            where.summits.get((edition.series, edition.edition), ""),
        )
        for edition in missed
    ]
    return pd.DataFrame(rows, columns=list(EVIDENCE))


def _leaders(history: History, dyad: str, uses: Callable[[str], bool]) -> pd.DataFrame:
    """Beginning of the term of each side's leader."""
    latest = {spell.state: spell for spell in history.leaders if spell.state in sides(dyad)}
    rows = [
        (
            "leaders",
            "leader",
            uses("leaders__newest"),
            str(spell.begins_on),
            str(spell.begins_on),
            f"{spell.leader} leads {spell.state}",
            "",
            "leaders",
            "",
        )
        for spell in latest.values()
    ]
    return pd.DataFrame(rows, columns=list(EVIDENCE))
