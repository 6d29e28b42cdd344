"""Yearly rites: the odds of meeting at this time of the year, against the dyad's climatology."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.facts.history import History, make_history
from forecast.panel.outcomes import TARGETS
from forecast.periods import PERIODS, column
from forecast.signals.climatology import HAZARD
from forecast.signals.emerging.anniversaries import FADE, PRIOR_YEARS, SLACK_DAYS, YEARS, log_odds
from oracle import Record, number
from text_tables import as_frame, covered, day, first_facts, table, view
from tiers import examples

AS_OF = day("2020-03-01")
DYADS = ["USA-CHN", "USA-FRA"]


def history_of_days(text: str, *, starts_on: str = "2000-01-01", ends_on: str = "2029-12-31") -> History:
    """Meetings of the USA; `text` are lines of recipient, day, day known and setting."""
    rows = table("recipient | occurred_on | known_on | setting\n" + text)
    coverages = [covered(starts_on=starts_on, ends_on=ends_on)]
    return make_history(as_frame([*rows, *first_facts(coverages)]), coverages)


def flat(hazard: float = 0.05, rows: int = 2) -> pd.DataFrame:
    """A climatology of one hazard for all periods."""
    return pd.DataFrame({column(HAZARD, *period): [hazard] * rows for period in PERIODS})


def signals(
    history: History, *, as_of: np.datetime64 = AS_OF, climatology: pd.DataFrame | None = None, target: str = "meeting"
):
    base = flat() if climatology is None else climatology
    return log_odds(view(history, dyads=DYADS, as_of=as_of, target=target), base)


def yearly(month_day: str, years: range = range(2010, 2020), who: str = "CHN") -> str:
    return "".join(f"{who} | {year}-{month_day} | {year}-{month_day} | \n" for year in years)


def test_a_dyad_that_meets_every_june_is_likelier_to_in_june():
    found = signals(history_of_days(yearly("06-10"))).loc[0]
    june = column("anniversaries__log_odds", 90, 120)
    assert (
        found[june]
        == found[[column("anniversaries__log_odds", start, end) for start, end in PERIODS if end <= 180]].max()
    )
    assert found[june] > 1
    assert found[column("anniversaries__log_odds", 30, 60)] < 0


def test_a_dyad_without_a_record_has_no_rites():
    found = signals(history_of_days("", starts_on="2020-02-28"))
    assert found.to_numpy() == pytest.approx(0.0, abs=1e-12)


def test_a_dyad_that_meets_alike_all_the_year_has_none():
    rate = 1 / 90
    climatology = pd.DataFrame(
        {column(HAZARD, start, end): [-np.expm1(-rate * (end - start))] * 2 for start, end in PERIODS}
    )
    found = []
    for seed in range(20):
        met = np.flatnonzero(np.random.default_rng(seed).random(5500) < rate)
        rows = "".join(f"CHN | {AS_OF - 5500 + at} | {AS_OF - 5500 + at} | \n" for at in met)
        found.append(signals(history_of_days(rows), climatology=climatology).loc[0])
    assert pd.concat(found, axis=1).mean(axis=1).abs().max() < 0.6
    rites = signals(history_of_days(yearly("06-10")), climatology=climatology).loc[0]
    assert rites[column("anniversaries__log_odds", 90, 120)] > 1.5


def test_a_dyad_that_never_meets_has_none_beyond_its_climatology():
    low = signals(history_of_days(""), climatology=flat(1e-4)).to_numpy()
    assert ((low > -2.5) & (low < 0)).all()
    assert (signals(history_of_days(""), climatology=flat(0.5)).to_numpy() < low.min()).all()


def only_year_before(days_before: int, period: tuple[int, int], **given_days: str) -> bool:
    """Whether a meeting so many days before the as-of date raises the odds of a period."""
    at = AS_OF - days_before
    history = history_of_days(f"CHN | {at} | {given_days.get('known_on', at)} | ")
    found = signals(history)[column("anniversaries__log_odds", *period)]
    return bool(found[0] > found[1])


@pytest.mark.parametrize(
    ("days_before", "counts"),
    [
        (365 - 30 + SLACK_DAYS, True),  # the first day of the window of 30 to 60 days ahead, a year before
        (365 - 30 + SLACK_DAYS + 1, False),
        (365 - 60 - SLACK_DAYS + 1, True),  # its last day
        (365 - 60 - SLACK_DAYS, False),
        (730 - 45, True),
        (3652 - 45, True),  # ten years before
        (4018 - 45, False),  # eleven
    ],
)
def test_the_window_of_a_year_is_the_period_and_a_little_more(days_before, counts):
    assert only_year_before(days_before, (30, 60)) is counts


@pytest.mark.parametrize(("known_on", "counts"), [("2020-02-29", True), ("2020-03-01", False), ("2020-03-02", False)])
def test_a_meeting_counts_once_it_is_known(known_on, counts):
    assert only_year_before(365 - 45, (30, 60), known_on=known_on) is counts


def test_the_year_just_past_is_not_complete_for_the_farthest_periods():
    """The days a year before 365 to 545 days ahead lie in the future themselves."""
    recent = signals(history_of_days("CHN | 2020-02-20 | 2020-02-20 | "))
    far = column("anniversaries__log_odds", 365, 545)
    assert recent.loc[0, far] == recent.loc[1, far]


def test_the_target_decides_which_meetings_count():
    rows = yearly("06-10").replace(" | \n", " | multilateral\n")
    june = column("anniversaries__log_odds", 90, 120)
    assert signals(history_of_days(rows))[june].diff()[1] < 0
    assert signals(history_of_days(rows), target="bilateral")[june].diff()[1] == 0


def test_older_years_count_less():
    june = column("anniversaries__log_odds", 90, 120)
    values = [
        signals(history_of_days(yearly("06-10", range(year, year + 1)))).loc[0, june] for year in range(2010, 2020)
    ]
    assert (np.diff(values) > 0).all()


def loop(
    history: History, dyad: str, as_of: np.datetime64, climatology: dict[str, float], target: str
) -> dict[str, float]:
    """The signal a second time: day by day."""
    record = Record(history, dyad, as_of)
    meetings = record.meeting_days(target)
    found = {}
    for start, end in PERIODS:
        met = seen = 0.0
        for year in range(1, YEARS + 1):
            back = round(year * 365.2425)
            days = range(number(as_of) + start - back - SLACK_DAYS, number(as_of) + end - back + SLACK_DAYS)
            if days[0] < record.first or days[-1] >= record.until:
                continue
            seen += FADE**year
            met += FADE**year * any(one in meetings for one in days)
        hazard = min(max(climatology[column(HAZARD, start, end)], 1e-4), 1 - 1e-4)
        expected = 1 - (1 - hazard) ** ((end - start + 2 * SLACK_DAYS) / (end - start))
        expected = min(max(expected, 1e-4), 1 - 1e-4)
        share = min(max((met + PRIOR_YEARS * expected) / (seen + PRIOR_YEARS), 1e-4), 1 - 1e-4)
        found[column("anniversaries__log_odds", start, end)] = math.log(share / (1 - share)) - math.log(
            expected / (1 - expected)
        )
    return found


MEETINGS = st.lists(
    st.tuples(
        st.integers(0, 7400), st.sampled_from(["CHN", "FRA"]), st.sampled_from([0, 0, 1, 400]),
        st.sampled_from(["bilateral", "multilateral"]),
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=examples(40))
@given(
    MEETINGS,
    st.sampled_from(["2000-06-01", "2008-02-29", "2016-12-31", "2020-03-01"]),
    st.sampled_from(["2000-01-01", "2007-07-07"]),
    st.sampled_from(["2015-05-05", "2029-12-31"]),
    st.lists(st.floats(0, 1), min_size=len(PERIODS), max_size=len(PERIODS)),
    st.sampled_from(list(TARGETS)),
)
def test_the_odds_equal_a_loop_over_days(meetings, as_of, starts_on, ends_on, hazards, target):
    text = "".join(
        f"{who} | {day('2000-01-01') + at} | {day('2000-01-01') + at + late} | {setting}\n"
        for at, who, late, setting in meetings
    )
    history = history_of_days(text, starts_on=starts_on, ends_on=ends_on)
    base = pd.DataFrame(
        {column(HAZARD, *period): [hazard, 0.05] for period, hazard in zip(PERIODS, hazards, strict=True)}
    )
    found = signals(history, as_of=day(as_of), climatology=base, target=target)
    for row, dyad in enumerate(DYADS):
        expected = loop(history, dyad, day(as_of), base.loc[row].to_dict(), target)
        assert found.loc[row].to_dict() == pytest.approx(expected, rel=1e-9, abs=1e-9)
