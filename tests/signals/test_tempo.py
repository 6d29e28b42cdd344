"""The tempo of each side's diplomacy: meetings with anyone, now against before."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.facts.history import History, make_history
from forecast.panel.outcomes import TARGETS
from forecast.signals.tempo import WINDOWS, tempo_signals
from oracle import Record
from text_tables import as_frame, covered, day, first_facts, table, view
from tiers import examples

AS_OF = day("2020-03-01")
COHORT = ["USA-CHN", "USA-FRA", "USA-IND"]
COLUMNS = [f"tempo__{side}__{short}d" for short, _ in WINDOWS for side in ("first", "second")]


def history_of_days(text: str, *, ends_on: str = "2029-12-31") -> History:
    rows = table("recipient | occurred_on | known_on | setting\n" + text)
    coverages = [covered(starts_on="2000-01-01", ends_on=ends_on)]
    return make_history(as_frame([*rows, *first_facts(coverages)]), coverages)


def signals(
    history: History, *, as_of: np.datetime64 = AS_OF, dyads: list[str] = COHORT, cohort: list[str] = COHORT,
    target: str = "meeting",
) -> pd.DataFrame:  # fmt: skip
    found = tempo_signals(view(history, dyads=dyads, as_of=as_of, cohort=cohort, target=target))
    return found.set_axis(dyads, axis=0)


def meeting(who: str, days_before: int, known_before: int | None = None) -> str:
    at = AS_OF - days_before
    return f"{who} | {at} | {at if known_before is None else AS_OF - known_before} | \n"


def test_without_meetings_nothing_has_changed():
    found = signals(history_of_days(""))
    assert list(found) == COLUMNS
    assert (found == 0.0).all(axis=None)


def test_a_steady_rate_is_no_change():
    """A meeting every 30 days: three of 90 days, 37 of 1096, the share of one window in the other."""
    history = history_of_days("".join(meeting("CHN", days) for days in range(15, 2400, 30)))
    assert signals(history).loc["USA-CHN"].abs().max() < 0.02


def test_a_rise_is_positive_and_a_fall_negative_and_others_do_not_move():
    rise = signals(history_of_days("".join(meeting("CHN", days) for days in range(1, 80, 10))))
    fall = signals(history_of_days("".join(meeting("CHN", days) for days in range(100, 1000, 10))))
    assert (rise.loc["USA-CHN"] > 0).all()
    assert (fall.loc["USA-CHN", ["tempo__first__90d", "tempo__second__90d"]] < -1).all()
    for found in (rise, fall):
        # The first side is the same for all three, the second sides of the others did nothing.
        assert len(set(found["tempo__first__90d"])) == 1
        assert (found.loc[["USA-FRA", "USA-IND"], ["tempo__second__90d", "tempo__second__365d"]] == 0).all(axis=None)


@pytest.mark.parametrize(("short", "long"), WINDOWS)
def test_the_boundary_days_of_both_windows(short, long):
    name = f"tempo__second__{short}d"

    def value(days_before: int) -> float:
        return float(signals(history_of_days(meeting("CHN", days_before))).loc["USA-CHN", name])

    recent = math.log(2 / (short / long + 1))
    older = -math.log(short / long + 1)
    assert [value(1), value(short)] == pytest.approx([recent, recent])
    assert [value(short + 1), value(long)] == pytest.approx([older, older])
    assert [value(long + 1), value(0), value(-1)] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(("known_before", "counts"), [(1, True), (0, False), (-30, False)])
def test_a_meeting_counts_once_it_is_known(known_before, counts):
    found = signals(history_of_days(meeting("CHN", 40, known_before)))
    assert bool((found.loc["USA-CHN"] > 0).all()) is counts
    assert bool((found.loc["USA-CHN"] == 0).all()) is not counts


def test_windows_end_with_the_coverage():
    covered_to = AS_OF - 1000
    history = history_of_days(meeting("CHN", 1010), ends_on=str(covered_to))
    assert signals(history).loc["USA-CHN", "tempo__second__90d"] > 0


def test_a_side_counts_its_meetings_with_all_states_of_the_cohort():
    text = meeting("CHN", 10) + meeting("FRA", 20) + meeting("IND", 30)
    found = signals(history_of_days(text))
    share = 90 / 1096
    assert found["tempo__first__90d"].tolist() == pytest.approx([math.log(4 / (3 * share + 1))] * 3)
    assert found["tempo__second__90d"].tolist() == pytest.approx([math.log(2 / (share + 1))] * 3)


def test_the_target_decides_which_meetings_count():
    text = f"CHN | {AS_OF - 5} | {AS_OF - 5} | multilateral"
    assert (signals(history_of_days(text)).loc["USA-CHN"] > 0).all()
    assert (signals(history_of_days(text), target="bilateral") == 0).all(axis=None)


def loop(history: History, dyad: str, as_of: np.datetime64, cohort: list[str], target: str) -> list[float]:
    found = []
    for short, long in WINDOWS:
        for code in dyad.split("-"):
            now = before = 0
            for name in {*cohort, dyad}:
                record = Record(history, name, as_of)
                if code in name.split("-"):
                    ages = [record.until - one for one in record.meeting_days(target)]
                    known = [age for age in ages if age > 0]
                    now += sum(age <= short for age in known)
                    before += sum(age <= long for age in known)
            found.append(math.log((now + 1) / (before * short / long + 1)))
    return found


MEETINGS = st.lists(
    st.tuples(
        st.integers(-50, 2000),
        st.sampled_from(["CHN", "FRA", "IND", "GBR"]),
        st.sampled_from(["bilateral", "multilateral"]),
    ),
    max_size=25,
)


@settings(max_examples=examples(12))
@given(
    MEETINGS,
    st.sampled_from(list(TARGETS)),
    st.sampled_from([["USA-CHN"], COHORT]),
    st.sampled_from(["2017-01-01", "2029-12-31"]),
)
def test_the_tempo_equals_a_loop(meetings, target, cohort, ends_on):
    text = "".join(f"{who} | {AS_OF - days} | {AS_OF - days} | {setting}\n" for days, who, setting in meetings)
    if ends_on < str(AS_OF):
        # A record is complete up to its last day: what comes after it is not recorded.
        text = "\n".join(line for line in text.splitlines() if line.split("|")[1].strip() <= ends_on)
    history = history_of_days(text, ends_on=ends_on)
    for dyad in COHORT:
        found = signals(history, dyads=[dyad], cohort=cohort, target=target)
        assert found.loc[dyad].tolist() == pytest.approx(loop(history, dyad, AS_OF, cohort, target), abs=1e-12)
