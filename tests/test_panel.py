"""The panel: the same row whatever stands around it, and nothing of the calendar before it is announced."""

from __future__ import annotations

import dataclasses
from functools import cache, partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.facts.calendar import Calendar, Edition
from forecast.facts.history import make_history
from forecast.facts.leaders import Spell
from forecast.panel import panel as panels
from forecast.panel.outcomes import TARGETS
from forecast.signals.catalogue import EMERGING
from random_histories import GAZETTE, LENGTH, START, UNTOLD, as_frame, coverages_of, events
from text_tables import covered, day, days, history_of
from tiers import examples

#: With every family of the catalogue, those too that the default model does not use.
build_panel = partial(panels.build_panel, emerging=EMERGING)

NEVER = np.datetime64("9999-01-01", "D")
STATES = ("USA", "CHN", "FRA", "IND", "PAK", "DEU")

HISTORY = """
source | recipient | publisher | occurred_on | setting
CHN    | USA       |           | 2004-05-01  | bilateral
USA    | CHN       |           | 2006-11-20  | multilateral
FRA    | USA       |           | 2005-02-11  | bilateral
FRA    | USA       |           | 2007-07-01  | margins
IND    | PAK       | ledger:x  | 2003-01-15  | bilateral
IND    | PAK       | ledger:x  | 2008-08-15  | bilateral
"""
#: South Sudan comes into being and Serbia and Montenegro goes: the cohort changes with the date.
DATES = days("2003-02-01", "2005-01-01", "2006-12-01", "2008-09-01", "2011-08-01")


def edition(
    starts: int, *, notice: int = 300, off: int | None = None, members=STATES, took_place=True, series="summit"
):
    """One summit, its days counted from `START`."""
    announced = START + starts - notice
    return Edition(
        series=series,
        edition=str(starts),
        host=members[0],
        starts_on=START + starts,
        ends_on=START + starts + 1,
        announced_on=announced,
        off_on=NEVER if off is None else START + off,
        took_place=took_place,
        members=tuple(sorted((code, announced) for code in members)),
    )


def with_calendar(*editions):
    history = history_of(HISTORY, covered(), covered("ledger:x", "2003-01-15", focal="", source="x.csv"))
    return dataclasses.replace(history, calendar=Calendar(tuple(sorted(editions, key=lambda e: e.starts_on))))


#: Serbia and Montenegro took part while it existed, South Sudan since it does.
EDITIONS = [
    edition(starts, members=STATES + ("SCG",) * (1130 < starts < 2340) + ("SSD",) * (starts > 4208))
    for starts in range(500, 4600, 365)
]


@cache
def whole(target="meeting"):
    """The rows of all dates, made once; change neither."""
    return build_panel(with_calendar(*EDITIONS), DATES, target=target)


@cache
def plain():
    """The history with its calendar, and its rows of one date."""
    history = with_calendar(*EDITIONS)
    return history, build_panel(history, np.array([AS_OF]))


def differing(one, other):
    """Names of the columns in which two tables differ by a bit."""
    assert one.index.tolist() == other.index.tolist()
    assert list(one.columns) == list(other.columns)
    return [name for name in one.columns if one[name].to_numpy().tobytes() != other[name].to_numpy().tobytes()]


@pytest.mark.parametrize("target", list(TARGETS))
def test_a_row_among_many_dates_equals_the_row_of_its_date_alone(target):
    history, together = with_calendar(*EDITIONS), whole(target)
    for as_of in DATES:
        alone = build_panel(history, np.array([as_of]), target=target)
        rows = together.as_ofs == as_of
        assert differing(together.signals[rows], alone.signals) == []
        assert differing(together.outcomes[rows], alone.outcomes) == []


def test_a_row_behind_the_gate_equals_the_row_of_the_whole_history():
    history, together = with_calendar(*EDITIONS), whole()
    for as_of in DATES:
        behind = build_panel(history.known_before(as_of), np.array([as_of]))
        assert differing(together.signals[together.as_ofs == as_of], behind.signals) == []


@settings(max_examples=examples(6))
@given(
    st.lists(events(publishers=(GAZETTE, UNTOLD)), min_size=1, max_size=20),
    st.lists(st.integers(100, LENGTH), min_size=2, max_size=4, unique=True),
)
def test_rows_of_random_facts_do_not_depend_on_the_other_dates(drawn, offsets):
    frame = as_frame(drawn)
    history = make_history(frame, coverages_of(frame))
    dyads = ["USA-CHN", "USA-FRA", "IND-PAK"]
    dates = START + np.array(offsets)
    together = build_panel(history, dates, dyads=dyads)
    for as_of in dates:
        alone = build_panel(history, np.array([as_of]), dyads=dyads)
        assert differing(together.signals[together.as_ofs == as_of], alone.signals) == []


def test_asking_for_one_dyad_gives_the_same_row_as_asking_for_all():
    history, together = with_calendar(*EDITIONS), whole()
    for dyad in ("USA-CHN", "IND-PAK"):
        alone = build_panel(history, DATES, dyads=[dyad])
        rows = together.signals.index.get_level_values("dyad") == dyad
        assert (
            differing(together.signals[rows], alone.signals[alone.signals.index.isin(together.signals[rows].index)])
            == []
        )


def test_asking_for_a_focal_state_gives_its_rows_of_the_whole():
    history = with_calendar(*EDITIONS)
    together = build_panel(history, DATES[3:])
    focal = build_panel(history, DATES[3:], focal="IND")
    rows = [("IND" in dyad) for dyad in together.signals.index.get_level_values("dyad")]
    assert differing(together.signals[rows], focal.signals) == []
    assert set(focal.signals.index.get_level_values("dyad")) == {"USA-IND", "IND-PAK"}


# What becomes public on the as-of date or after it, and how it could leak.
FUTURE_EDITIONS = {
    "announced on the day": edition(3300, notice=300),
    "announced later": edition(3200, notice=10),
    "announced after it was held": edition(2500, notice=-600),
    "another series": edition(3100, notice=50, series="special"),
}
AS_OF = START + 3000


@pytest.mark.parametrize("name", FUTURE_EDITIONS)
def test_a_summit_counts_from_the_day_after_its_announcement(name):
    (clean, one), dirty = plain(), with_calendar(*EDITIONS, FUTURE_EDITIONS[name])
    other = build_panel(dirty, np.array([AS_OF]))
    assert differing(one.signals, other.signals) == []
    known = [history.known_before(AS_OF) for history in (clean, dirty)]
    assert known[0].fingerprint() == known[1].fingerprint()


@pytest.mark.slow
def test_the_first_edition_of_a_series_is_not_seen_before_it_is_announced_though_it_was_held_long_ago():
    """Found at a backtest: shrinking nothing towards the mean of all series moved the chance by its last bit."""
    for offset in range(2950, 3400, 7):
        as_of = START + offset
        ahead = edition(offset + 100, series="special")
        held = edition(offset - 500, notice=-600, series="special")
        one, other = (build_panel(with_calendar(*EDITIONS, *e), np.array([as_of])) for e in ((ahead,), (ahead, held)))
        assert differing(one.signals, other.signals) == []


def test_a_summit_announced_the_day_before_does_count():
    other = build_panel(with_calendar(*EDITIONS, edition(3300, notice=301)), np.array([AS_OF]))
    changed = differing(plain()[1].signals, other.signals)
    assert changed
    assert all(name.startswith("venues__") and name.endswith("@270-365") for name in changed)


@pytest.mark.parametrize("change", [{"off_on": AS_OF}, {"off_on": AS_OF + 5}, {"took_place": False}])
def test_how_a_coming_summit_will_end_is_not_seen(change):
    coming = edition(3300, notice=400)
    clean, dirty = with_calendar(*EDITIONS, coming), with_calendar(*EDITIONS, dataclasses.replace(coming, **change))
    one, other = (build_panel(history, np.array([AS_OF])) for history in (clean, dirty))
    assert differing(one.signals, other.signals) == []
    known = [history.known_before(AS_OF) for history in (clean, dirty)]
    assert known[0].fingerprint() == known[1].fingerprint()


def test_a_summit_called_off_the_day_before_is_out():
    coming = edition(3300, notice=400)
    off = with_calendar(*EDITIONS, dataclasses.replace(coming, off_on=AS_OF - 1))
    assert differing(plain()[1].signals, build_panel(off, np.array([AS_OF])).signals) == []


def test_a_member_that_becomes_known_later_is_no_member_yet():
    coming = edition(3300, notice=400, members=("USA", "CHN"))
    later = dataclasses.replace(coming, members=(*coming.members, ("FRA", AS_OF)))
    one, other = (build_panel(with_calendar(*EDITIONS, e), np.array([AS_OF])) for e in (coming, later))
    assert differing(one.signals, other.signals) == []


def with_leaders(*spells):
    leaders = tuple(Spell(state, leader, START + begins) for state, leader, begins in spells)
    return dataclasses.replace(with_calendar(*EDITIONS), leaders=leaders)


OLD = [("CHN", "Hu", 800), ("USA", "Bush", 385)]


@cache
def led():
    """The history with the leaders of old, and its rows of one date."""
    history = with_leaders(*OLD)
    return history, build_panel(history, np.array([AS_OF]))


@pytest.mark.parametrize("begins", [3000, 3001, 3500])
def test_a_leader_who_begins_on_the_date_or_later_is_not_seen(begins):
    (clean, one), dirty = led(), with_leaders(*OLD, ("CHN", "Xi", begins), ("FRA", "Hollande", begins))
    other = build_panel(dirty, np.array([AS_OF]))
    assert differing(one.signals, other.signals) == []
    assert clean.known_before(AS_OF).fingerprint() == dirty.known_before(AS_OF).fingerprint()


def test_a_leader_who_began_the_day_before_is_seen():
    other = build_panel(with_leaders(*OLD, ("CHN", "Xi", 2999)), np.array([AS_OF]))
    assert differing(led()[1].signals, other.signals)


def test_rows_are_ordered_by_date_then_dyad_and_dates_are_taken_once():
    panel = build_panel(with_calendar(), np.array(["2008-09-01", "2003-02-01", "2008-09-01"], dtype="datetime64[D]"))
    keys = [(as_of, dyad) for dyad, as_of in panel.signals.index]
    assert keys == sorted(set(keys))
    assert panel.signals.index.names == ["dyad", "as_of"]


def test_signals_are_numbers_or_missing_and_never_infinite():
    panel = whole()
    assert not np.isinf(panel.signals.to_numpy(dtype=float)).any()
    assert panel.signals.dtypes.eq("float64").all()
    assert panel.signals.columns.is_unique


def test_a_dyad_asked_for_is_given_whether_or_not_it_belongs_to_the_cohort():
    panel = build_panel(with_calendar(), days("2008-09-01"), dyads=["FRA-DEU", "USA-CHN"])
    assert panel.signals.index.get_level_values("dyad").tolist() == sorted(["FRA-DEU", "USA-CHN"])
    assert panel.outcomes["followup_days"].tolist()[0] == 0


def test_the_fingerprint_is_of_everything_in_the_rows():
    base = whole()
    same = build_panel(with_calendar(*EDITIONS), DATES[::-1])
    assert base.fingerprint == same.fingerprint
    others = [
        build_panel(with_calendar(*EDITIONS), DATES[:3]),
        whole("bilateral"),
        build_panel(with_calendar(*EDITIONS[:3]), DATES),
        build_panel(with_calendar(*EDITIONS), DATES, focal="IND"),
    ]
    assert len({panel.fingerprint for panel in (base, *others)}) == 5


def test_the_order_of_the_facts_does_not_matter():
    lines = HISTORY.strip().splitlines()
    sources = (covered(), covered("ledger:x", "2003-01-15", focal="", source="x.csv"))
    turned = "\n".join([lines[0], *reversed(lines[1:])])
    one, other = history_of(HISTORY, *sources), history_of(turned, *sources)
    assert differing(build_panel(one, DATES).signals, build_panel(other, DATES).signals) == []


def test_a_cohort_holds_the_states_that_exist_on_the_date():
    history = with_calendar()
    assert "USA-SSD" not in history.cohort(day("2011-07-08"))
    assert "USA-SSD" in history.cohort(day("2011-07-09"))
    assert "USA-SCG" in history.cohort(day("2006-06-04"))
    assert "USA-SCG" not in history.cohort(day("2006-06-05"))
    assert "IND-PAK" not in history.cohort(day("2003-01-15"))
    assert "IND-PAK" in history.cohort(day("2003-01-16"))
    assert all("USA" in dyad for dyad in history.cohort(day("2003-01-16"), focal="USA"))


def test_before_any_source_exists_there_are_no_rows():
    history = with_calendar(*EDITIONS)
    panel = build_panel(history, days("1999-01-01", "2000-01-01"))
    assert panel.signals.empty
    assert panel.outcomes.empty
    later = build_panel(history, days("1999-01-01", "2000-01-02"))
    assert set(later.as_ofs.tolist()) == {day("2000-01-02").item()}
