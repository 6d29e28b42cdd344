"""Signals, climatology and outcomes a second time: plain loops over events, written from what the declarations say."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from forecast.facts.codebook import IN_PERSON_MODES
from forecast.facts.countries import canonical_dyad
from forecast.facts.history import History
from forecast.periods import EDGES
from forecast.signals.cube import Selector
from forecast.signals.declare import Signal

Event = dict[str, Any]

#: Which reports are taken together for each target.
KINDS = {"meeting": "meeting", "bilateral": "sit_down"}


def number(day: Any) -> int:
    """Days since 1970."""
    return int(np.datetime64(day, "D").astype(int))


def tone(note: str) -> str:
    """Tone of a readout; what is called constructive as well as candid counts as constructive."""
    words = set("".join(c if c.isalnum() or c == "_" else " " for c in note.lower()).split())
    if words & {"constructive", "productive", "substantive", "cordial", "friendly"}:
        return "constructive"
    return "candid" if words & {"candid", "frank"} else ""


def of_kind(event: Event, selector: Selector) -> bool:
    """Whether an event is of the kind that a selector takes, whoever acts and however it counts."""
    session = bool(event["dialogue"]) or event["mode"] in ("working-group", "dialogue")
    return (
        all(
            not getattr(selector, name) or event[name] in getattr(selector, name)
            for name in ("event", "mode", "level", "status")
        )
        and (not selector.tone or tone(event["note"]) in selector.tone)
        and selector.is_dialogue in (None, session)
    )


class Record:
    """What is known of one dyad before an as-of date.

    Parameters
    ----------
    history : History
        Its events and coverages are read, none of its methods is used.
    dyad : str
    as_of : numpy.datetime64[D]
    """

    def __init__(self, history: History, dyad: str, as_of: Any) -> None:
        today = number(as_of)
        everything = [event for event in history.events.to_dict("records") if number(event["known_on"]) < today]
        self.events = [
            {
                **event,
                "known": number(event["known_on"]),
                "occurred": number(event["occurred_on"]),
                "forward": event["source"] == dyad[:3],
            }
            for event in everything
            if canonical_dyad(event["source"], event["recipient"]) == dyad
        ]
        self.today = today
        self.releases = [
            (c, [event for event in everything if event["publisher"] == c.publisher])
            for c in history.coverages
            if c.focal in dyad.split("-") and c.declared and not c.complete and number(c.starts_on) < today
        ]
        self.days = self._resolved_days(history, dyad, everything)
        self.until = max(self.days) + 1 if self.days else today
        self.first = self.until
        while self.first - 1 in self.days:
            self.first -= 1
        self._mark_of_record(history, dyad, everything)
        self._mark_spans(history, dyad, everything)
        for kind in ("meeting", "sit_down", "visit"):
            self._mark_openers(kind)
        met = [event["occurred"] for event in self.events if event["opener"]["meeting"]]
        #: Windows end with the record, unless a meeting after its end is known.
        self.window_end = today if any(day >= self.until for day in met) else self.until

    def _resolved_days(self, history: History, dyad: str, everything: list[Event]) -> set[int]:
        """Days before the as-of date on which complete sources that exist cover both directions."""
        one, other = dyad.split("-")
        ways: dict[tuple[str, str], set[int]] = {(one, other): set(), (other, one): set()}
        undeclared: set[int] = set()
        for c in history.coverages:
            if not c.defines_meetings or not c.complete:
                continue
            known = [number(e["known_on"]) for e in everything if e["publisher"] == c.publisher]
            on_dyad = [e for e in self.events if e["publisher"] == c.publisher]
            if not (known if c.focal else on_dyad):
                continue
            last = number(c.ends_on) if c.declared else max(known)
            days = {day for day in range(number(c.starts_on), last + 1) if day < self.today}
            if not c.declared:
                undeclared |= days if on_dyad and not c.focal else set()
                continue
            for traveller, host in ways:
                holds_journey = c.focal == traveller and c.direction in ("journeys", "both")
                holds_visit = c.focal == host and c.direction in ("visits", "both")
                if not c.focal or holds_journey or holds_visit:
                    ways[traveller, host] |= days
        declared = ways[one, other] & ways[other, one]
        return declared or undeclared

    def _mark_of_record(self, history: History, dyad: str, everything: list[Event]) -> None:
        """Mark reports of complete publishers since they began, and of ledgers while there was none."""
        began: dict[str, int] = {}
        for c in history.coverages:
            if c.focal in dyad.split("-") and c.complete and c.declared and c.defines_meetings and c.direction:
                known = [number(e["known_on"]) for e in everything if e["publisher"] == c.publisher]
                if known:
                    since = max(min(known), number(c.starts_on))
                    began[c.publisher] = min(began.get(c.publisher, since), since)
        for event in self.events:
            if event["publisher"] in began:
                event["of_record"] = event["known"] >= began[event["publisher"]]
            else:
                ledger = event["publisher"].startswith("ledger:")
                event["of_record"] = ledger and all(event["known"] < since for since in began.values())

    def _mark_spans(self, history: History, dyad: str, everything: list[Event]) -> None:
        """Days over which ledgers and lists of ministers cover the dyad, by those that exist."""
        ledgers, ministers, focal = [], [], False
        for c in history.coverages:
            known = [number(e["known_on"]) for e in everything if e["publisher"] == c.publisher]
            on_dyad = [e for e in self.events if e["publisher"] == c.publisher]
            if not known or number(c.starts_on) >= self.today:
                continue
            days = number(c.starts_on), min(self.today, (number(c.ends_on) if c.declared else max(known)) + 1)
            if c.publisher.startswith("ledger:") and on_dyad:
                ledgers.append(days)
            if c.focal in dyad.split("-") and c.complete:
                focal |= c.declared and c.defines_meetings and bool(c.direction)
                if c.level in ("", "minister"):
                    ministers.append(days)
        self.ledgers, self.ledger_span = ledgers, self._around(ledgers)
        self.minister_span = self._around(ministers) if focal else self.ledger_span

    def _around(self, spans: list[tuple[int, int]]) -> tuple[int, int]:
        if not spans:
            return self.today, self.today
        return min(first for first, _ in spans), max(end for _, end in spans)

    def _mark_openers(self, kind: str) -> None:
        """Group the reports of meetings as they became known; the first of each opens it."""
        reports = []
        for place, event in enumerate(self.events):
            event.setdefault("opener", {})[kind] = False
            event.setdefault("group", {})[kind] = None
            meeting = (
                event["event"] == "CONSULT"
                and event["mode"] in IN_PERSON_MODES
                and event["level"] == "leader"
                and event["status"] == "occurred"
            )
            if kind == "sit_down":
                meeting = meeting and event["setting"] in ("bilateral", "margins")
            if kind == "visit":
                meeting = meeting and event["mode"] == "visit"
            if meeting:
                begins, ends = number(event["started_on"]), number(event["ended_on"])
                reports.append((event["known"], ends - begins, begins, place, ends, event))
        groups: list[dict[str, Any]] = []
        for _, _, begins, place, ends, event in sorted(reports, key=lambda report: report[:4]):
            way = event["forward"] if kind == "visit" else None
            near = [g for g in groups if g["way"] == way and g["begins"] <= ends and begins <= g["ends"]]
            if near:
                group = min(near, key=lambda g: (g["begins"], g["ends"], g["place"]))
                group["begins"], group["ends"] = min(group["begins"], begins), max(group["ends"], ends)
            else:
                group = {"way": way, "begins": begins, "ends": ends, "place": place}
                groups.append(group)
                event["opener"][kind] = True
            event["group"][kind] = group["place"]

    def taken(self, selector: Selector, *, before: int) -> list[tuple[int, int]]:
        """(day known, day occurred) of what a selector takes among the events known before a day."""
        found = []
        for event in self.events:
            if event["known"] >= before:
                continue
            wanted = of_kind(event, selector) and all(
                not getattr(selector, name) or event[name] in getattr(selector, name) for name in ("setting", "access")
            )
            if selector.accompanied is not None and bool(event["accompanied"]) != selector.accompanied:
                wanted = False
            if selector.of_record is not None and event["of_record"] != selector.of_record:
                wanted = False
            if selector.opens and not event["opener"][selector.opens]:
                wanted = False
            if selector.forward is not None and event["forward"] != selector.forward:
                wanted = False
            if wanted:
                found.append((event["known"], event["occurred"]))
        if selector.distinct_days:
            found = [(0, day) for day in sorted({occurred for _, occurred in found})]
        return found

    def _span(self, signal: Signal) -> tuple[int, int]:
        """Day with which the record of such events begins, and with which its windows end."""
        if signal.ledger:
            reported = [
                (number(c.starts_on), min(self.today, number(c.ends_on) + 1))
                for c, events in self.releases
                if any(of_kind(event, signal.select) for event in events)
            ]
            return self._around([*self.ledgers, *reported])
        session = signal.select.is_dialogue
        if session or (signal.select.level and "leader" not in signal.select.level):
            return self.minister_span
        return self.first, self.window_end

    def value(self, signal: Signal) -> float:
        """Value of a declared signal; missing where no source could have reported such an event."""
        first, end = self._span(signal)
        if first >= end:
            return math.nan
        ours = [occurred for _, occurred in self.taken(signal.select, before=end)]
        if signal.measure == "days_since_last":
            return end - max(ours) if ours else math.nan
        if signal.measure == "never":
            return 0.0 if ours else 1.0
        if signal.measure == "decayed":
            return sum(0.5 ** ((end - occurred) / signal.window_days) for occurred in ours)

        def within(occurred: list[int], days: int) -> int:
            return sum(1 for day in occurred if end - day <= days)

        if signal.measure == "count":
            return within(ours, signal.window_days)
        if signal.measure == "log_ratio":
            recorded = max(end - first, 1)
            short, long = min(signal.window_days, recorded), min(signal.against_days, recorded)
            expected = within(ours, signal.against_days) * short / long
            return math.log((within(ours, signal.window_days) + 0.5) / (expected + 0.5))
        if signal.measure == "balance":
            theirs = [occurred for _, occurred in self.taken(signal.against or signal.select, before=end)]
            one, other = within(ours, signal.window_days), within(theirs, signal.window_days)
            return (one - other) / (one + other + 1)
        raise NotImplementedError(f"write the measure {signal.measure!r} here as its documentation says")

    def meeting_days(self, target: str = "meeting") -> set[int]:
        """Days on which the two leaders began a meeting in person, each meeting by its first report."""
        kind = KINDS[target]
        return {event["occurred"] for event in self.events if event["opener"][kind]}

    def meeting_spans(self, target: str = "meeting") -> set[tuple[int, int]]:
        """First and last day of each meeting by its most precise reports."""
        kind = KINDS[target]
        reports: dict[int, list[tuple[int, int]]] = {}
        for event in self.events:
            if event["group"][kind] is not None:
                span = number(event["started_on"]), number(event["ended_on"])
                reports.setdefault(event["group"][kind], []).append(span)
        found = set()
        for spans in reports.values():
            shortest = min(ends - begins for begins, ends in spans)
            found |= {(begins, ends) for begins, ends in spans if ends - begins == shortest}
        return found

    def exposure(self, horizon: int, *, window_days: int, target: str) -> tuple[int, int]:
        """Days followed by a meeting within the horizon, and days seen."""
        met = seen = 0
        meetings = sorted(self.meeting_days(target))
        for day in range(max(self.first, self.until - window_days), self.until):
            if day + horizon > self.until:
                break
            seen += 1
            met += any(day <= meeting < day + horizon for meeting in meetings)
        return met, seen


def climatology(
    history: History,
    dyads: list[str],
    as_of: Any,
    *,
    cohort: list[str],
    window_days: int,
    shrinkage_days: int,
    target: str = "meeting",
) -> list[list[float]]:
    """Hazard of each period for each dyad."""
    cohort_records = [Record(history, dyad, as_of) for dyad in cohort]
    means = []
    for horizon in EDGES[1:]:
        found = [record.exposure(horizon, window_days=window_days, target=target) for record in cohort_records]
        means.append(sum(met for met, _ in found) / max(sum(seen for _, seen in found), 1))
    table = []
    for dyad in dyads:
        record = Record(history, dyad, as_of)
        hazards, so_far = [], 0.0
        for horizon, mean in zip(EDGES[1:], means, strict=True):
            met, seen = record.exposure(horizon, window_days=window_days, target=target)
            share = max((met + shrinkage_days * mean) / (seen + shrinkage_days), so_far)
            hazards.append((share - so_far) / max(1.0 - so_far, 1e-9))
            so_far = share
        table.append(hazards)
    return table


def outcome(history: History, dyad: str, as_of: Any, *, looking_back: Any, target: str = "meeting") -> tuple[int, int]:
    """(days until the first meeting or -1, days of follow-up), day by day, as known on the day of looking back."""
    record = Record(history, dyad, looking_back)
    today = number(as_of)
    spans = record.meeting_spans(target)
    if any(begins < today <= ends for begins, ends in spans):
        return -1, 0
    starts = {begins for begins, _ in spans}
    first, followup = -1, 0
    for ahead in range(730):
        if today + ahead not in record.days:
            break
        followup += 1
        if first < 0 and today + ahead in starts:
            first = ahead
    return first, followup
