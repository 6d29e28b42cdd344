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


def number(day: Any) -> int:
    """Days since 1970."""
    return int(np.datetime64(day, "D").astype(int))


def tone(note: str) -> str:
    """Tone of a readout; what is called constructive as well as candid counts as constructive."""
    words = set("".join(c if c.isalnum() or c == "_" else " " for c in note.lower()).split())
    if words & {"constructive", "productive", "substantive", "cordial", "friendly"}:
        return "constructive"
    return "candid" if words & {"candid", "frank"} else ""


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
        one, other = dyad.split("-")
        record = {c.publisher for c in history.coverages if c.focal and c.focal in (one, other)}
        complete = bool(record)
        if not complete:
            record = {e["publisher"] for e in self.events if e["publisher"].startswith("ledger:")}
        starts, ends = [], []
        for coverage in history.coverages:
            if coverage.publisher not in record or not coverage.defines_meetings:
                continue
            if coverage.declared:
                last = number(coverage.ends_on)
            else:
                last = max(number(e["known_on"]) for e in everything if e["publisher"] == coverage.publisher)
            starts.append(number(coverage.starts_on))
            ends.append(min(last, today - 1))
        self.record = record
        self.today = today
        self.covered = bool(starts)
        self.starts = (max(starts) if complete else min(starts)) if starts else today
        self.ends = (min(ends) if complete else max(ends)) if starts else today - 1
        self.until = min(today, self.ends + 1)
        self.first = min(self.starts, self.until)

    def taken(self, selector: Selector, *, before: int) -> list[tuple[int, int]]:
        """(day known, day occurred) of what a selector takes among the events known before a day."""
        found = []
        for event in self.events:
            if event["known"] >= before:
                continue
            wanted = all(
                not getattr(selector, name) or event[name] in getattr(selector, name)
                for name in ("event", "mode", "level", "setting", "status", "access")
            )
            if selector.tone and tone(event["note"]) not in selector.tone:
                wanted = False
            session = bool(event["dialogue"]) or event["mode"] in ("working-group", "dialogue")
            if selector.is_dialogue is not None and session != selector.is_dialogue:
                wanted = False
            if selector.accompanied is not None and bool(event["accompanied"]) != selector.accompanied:
                wanted = False
            if selector.of_record is not None and (event["publisher"] in self.record) != selector.of_record:
                wanted = False
            if selector.forward is not None and event["forward"] != selector.forward:
                wanted = False
            if wanted:
                found.append((event["known"], event["occurred"]))
        if selector.distinct_days:
            found = [(0, day) for day in sorted({occurred for _, occurred in found})]
        return found

    def value(self, signal: Signal) -> float:
        """Value of a declared signal; missing where only ledgers could tell and none has."""
        if signal.ledger and not any(event["publisher"].startswith("ledger:") for event in self.events):
            return math.nan
        ours = [occurred for _, occurred in self.taken(signal.select, before=self.until)]
        if signal.measure == "days_since_last":
            return self.until - max(ours) if ours else self.until - self.first
        if signal.measure == "decayed":
            return sum(0.5 ** ((self.until - occurred) / signal.window_days) for occurred in ours)

        def within(occurred: list[int], days: int) -> int:
            return sum(1 for day in occurred if self.until - day <= days)

        if signal.measure == "count":
            return within(ours, signal.window_days)
        if signal.measure == "log_ratio":
            recorded = max(self.until - self.first, 1)
            short, long = min(signal.window_days, recorded), min(signal.against_days, recorded)
            expected = within(ours, signal.against_days) * short / long
            return math.log((within(ours, signal.window_days) + 0.5) / (expected + 0.5))
        if signal.measure == "balance":
            theirs = [occurred for _, occurred in self.taken(signal.against or signal.select, before=self.until)]
            one, other = within(ours, signal.window_days), within(theirs, signal.window_days)
            return (one - other) / (one + other + 1)
        raise NotImplementedError(f"write the measure {signal.measure!r} here as its documentation says")

    def meeting_days(self, target: str = "meeting") -> set[int]:
        """Days on which the two leaders began a meeting in person, as the dyad's record has it."""
        return {
            event["occurred"]
            for event in self.events
            if event["event"] == "CONSULT"
            and event["mode"] in IN_PERSON_MODES
            and event["level"] == "leader"
            and event["status"] == "occurred"
            and event["publisher"] in self.record
            and (target == "meeting" or event["setting"] in ("bilateral", "margins"))
        }

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
    if not record.covered or today < record.starts:
        return -1, 0
    meetings = record.meeting_days(target)
    first, followup = -1, 0
    for ahead in range(730):
        if today + ahead > record.ends:
            break
        followup += 1
        if first < 0 and today + ahead in meetings:
            first = ahead
    return first, followup
