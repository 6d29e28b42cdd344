"""Perturbed histories: whatever is added, delayed, mirrored or permuted, the past is the same to the bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.dates import as_days
from forecast.facts.calendar import Calendar, Edition
from forecast.facts.history import make_history
from forecast.facts.leaders import Spell
from forecast.leakage.permutation import exchange_groups, permute_future
from forecast.leakage.perturbation import (
    FACTS,
    LATE_DAYS,
    NEW_LEDGER,
    add_future_facts,
    add_late_reports,
    meetings_of_record,
    mirror_meetings,
)
from random_histories import GAZETTE, LENGTH, START, TOLD, UNTOLD, as_frame, coverages_of, events
from tiers import examples

AS_OF = np.datetime64("2012-05-14", "D")
NEVER = np.datetime64("9999-01-01", "D")
#: Summits before and after the as-of date, one of which a member has announced to leave.
SUMMITS = Calendar(
    tuple(
        Edition(
            "summit", str(year), "IND", day, day + 1, day - 500, NEVER, True, tuple((c, day - 500) for c in members)
        )
        for year in range(2006, 2016)
        for day in [np.datetime64(f"{year}-06-01", "D")]
        for members in [("CHN", "IND", "PAK")]
    )
)
SUMMITS = Calendar(
    tuple(replace(e, left=(("PAK", AS_OF - 9),)) if e.edition == "2013" else e for e in SUMMITS.editions)
)
LEADERS = (Spell("IND", "one", AS_OF - 2000), Spell("PAK", "two", AS_OF - 100))
PERTURBATIONS = {"future": add_future_facts, "late": add_late_reports, "permuted": permute_future}


def days(history, name):
    return as_days(history.events[name].to_numpy())


def invented(history):
    return history.events["record_id"].str.startswith("audit-").to_numpy()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", PERTURBATIONS)
def test_what_was_known_before_is_the_same(record, name, seed):
    full = replace(record, calendar=SUMMITS, leaders=LEADERS)
    changed = PERTURBATIONS[name](full, AS_OF, np.random.default_rng(seed))
    assert changed.touched
    assert changed.history.fingerprint() != full.fingerprint()
    assert changed.history.known_before(AS_OF).fingerprint() == full.known_before(AS_OF).fingerprint()


@pytest.mark.parametrize("name", PERTURBATIONS)
@settings(max_examples=examples(8))
@given(
    drawn=st.lists(events(publishers=(GAZETTE, TOLD, UNTOLD)), min_size=3, max_size=30),
    day=st.sampled_from([400, 1500, 2500, LENGTH - 300]),
    seed=st.integers(0, 99),
)
def test_of_any_history_the_past_is_the_same(name, drawn, day, seed):
    frame = as_frame(drawn)
    history, as_of = make_history(frame, coverages_of(frame)), START + day
    changed = PERTURBATIONS[name](history, as_of, np.random.default_rng(seed))
    assert changed.history.known_before(as_of).fingerprint() == history.known_before(as_of).fingerprint()


def test_future_facts_are_of_every_kind(record):
    full = replace(record, calendar=SUMMITS, leaders=LEADERS)
    changed = add_future_facts(full, AS_OF, np.random.default_rng(0)).history
    facts = changed.events.loc[invented(changed)]
    assert len(facts) == FACTS
    assert (facts["known_on"] >= np.datetime64(AS_OF, "s")).all()
    assert (as_days(facts["known_on"].to_numpy()) == AS_OF).sum() >= FACTS // 3
    assert set(facts["status"]) >= {"occurred", "announced", "cancelled", "postponed"}
    assert set(facts["level"]) >= {"leader", "deputy", "minister", "working"}
    assert {"REJECT", "SANCTION", "AGREE", "CONSULT"} <= set(facts["event"])
    assert NEW_LEDGER in set(facts["publisher"])
    assert (facts["occurred_on"] < np.datetime64(AS_OF, "s")).any()
    coming = [e for e in changed.calendar.editions if e.starts_on >= AS_OF]
    assert any(e.announced_on >= AS_OF for e in coming)
    assert any(since >= AS_OF for e in coming for _, since in e.members if e.announced_on < AS_OF)
    assert any(e.off_on < NEVER for e in coming)
    assert sum(spell.begins_on == AS_OF for spell in changed.leaders) >= 1


def test_an_invented_ledger_covers_only_the_days_of_its_facts(record):
    changed = add_future_facts(record, AS_OF, np.random.default_rng(0)).history
    (new,) = [c for c in changed.coverages if c.publisher == NEW_LEDGER]
    known = days(changed, "known_on")[(changed.events["publisher"] == NEW_LEDGER).to_numpy()]
    assert (new.starts_on, new.ends_on, new.declared) == (known.min(), known.max(), False)
    assert new.starts_on >= AS_OF


def test_a_late_report_becomes_known_long_after_what_it_reports(record):
    changed = add_late_reports(record, AS_OF, np.random.default_rng(0)).history
    new = invented(changed)
    known, occurred = days(changed, "known_on")[new], days(changed, "started_on")[new]
    assert ((known - occurred).astype(int) >= LATE_DAYS).all()
    assert (known >= AS_OF).all()
    assert (occurred < AS_OF).mean() == pytest.approx(0.75, abs=0.05)


def test_a_mirror_removes_the_meeting_of_the_day_and_reports_it_twice(record):
    meetings = meetings_of_record(record)
    as_of = days(record, "occurred_on")[meetings][50]
    dyads = set(record.events.loc[meetings & (days(record, "occurred_on") == as_of), "dyad"])
    removed, twinned = mirror_meetings(record, as_of)
    for changed in (removed.history, twinned.history):
        assert changed.known_before(as_of).fingerprint() == record.known_before(as_of).fingerprint()
    gone = removed.history.events["dyad"].isin(dyads).to_numpy() & (days(removed.history, "known_on") >= as_of)
    assert not gone.any()
    there = twinned.history.events["dyad"].isin(dyads).to_numpy() & (days(twinned.history, "known_on") >= as_of)
    assert there.sum() == 2 * twinned.touched
    reports = twinned.history.events.loc[there]
    assert (as_days(reports["known_on"].to_numpy()) == as_of).all()
    assert (as_days(reports["occurred_on"].to_numpy()) == as_of).all()
    assert sorted(reports["forward"]) == [False] * twinned.touched + [True] * twinned.touched


def test_there_is_no_mirror_on_a_day_without_a_meeting(record):
    held = set(days(record, "occurred_on")[meetings_of_record(record)])
    quiet = next(day for day in np.arange(AS_OF, AS_OF + 60) if day not in held)
    assert mirror_meetings(record, quiet) is None


def test_permuting_keeps_every_fact_within_its_group(record):
    changed = permute_future(record, AS_OF, np.random.default_rng(4)).history
    groups = exchange_groups(record, AS_OF)
    assert {dyad: group.publishers for dyad, group in groups.items()} == {
        **dict.fromkeys(["CHN-IND", "CHN-PAK", "IND-PAK"], ("ledger:told",)),
        "FRA-DEU": ("ledger:untold",),
    }
    assert len(changed.events) == len(record.events)
    for publisher in ("ledger:told", "ledger:untold"):
        before, after = (history.events.loc[history.events["publisher"] == publisher] for history in (record, changed))
        assert set(after["dyad"]) == set(before["dyad"])
        assert before["level"].value_counts().to_dict() == after["level"].value_counts().to_dict()
    assert changed.coverages == record.coverages


def test_a_future_is_rotated_within_the_days_that_are_recorded(record):
    for seed in range(5):
        changed = permute_future(record, AS_OF, np.random.default_rng(seed)).history
        assert days(changed, "occurred_on").max() <= max(days(record, "occurred_on").max(), record.coverages[0].ends_on)
        late = days(changed, "known_on") >= AS_OF
        assert (days(changed, "occurred_on")[~late] == days(record, "occurred_on")[: (~late).sum()]).all()


def test_outcomes_go_to_other_dyads_and_days(record):
    counts = set()
    for seed in range(8):
        changed = permute_future(record, AS_OF, np.random.default_rng(seed)).history
        rows = meetings_of_record(changed) & (days(changed, "occurred_on") >= AS_OF)
        counts.add(tuple(changed.events.loc[rows & (changed.events["dyad"] == "IND-PAK").to_numpy(), "occurred_on"]))
    assert len(counts) == 8
    assert len({len(held) for held in counts}) > 1
