"""The chance of a meeting at scheduled summits: learned from editions that have ended, known from the announcement."""

from __future__ import annotations

import dataclasses
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.facts.calendar import Calendar, Edition
from forecast.facts.countries import canonical_dyad
from forecast.facts.history import History, make_history
from forecast.facts.leaders import Spell
from forecast.panel import panel as panels
from forecast.panel.outcomes import TARGETS
from forecast.periods import PERIODS, column
from forecast.signals.catalogue import EMERGING
from forecast.signals.summits import RELATIONS, SLACK_DAYS
from forecast.signals.venues import (
    DYAD_PRIOR,
    FIRST_GUESS,
    HALF_LIFE_DAYS,
    HEARD,
    ONSETS,
    SERIES_PRIOR,
    TURNOUT,
    TURNOUT_HALF_LIFE_DAYS,
    TURNOUT_PRIOR,
    venue_signals,
)
from text_tables import as_frame, covered, day, first_facts, table, view

#: With every family of the catalogue, those too that the default model does not use.
build_panel = partial(panels.build_panel, emerging=EMERGING)

AS_OF = day("2020-03-01")
DYADS = ["USA-CHN", "USA-FRA", "USA-IND"]
NEVER = day("9999-01-01")
MEMBERS = ("CHN", "FRA", "IND", "USA")


def edition(
    starts_on: str, *, host: str = "KOR", series: str = "g20", days: int = 2, announced_on: str = "", off_on: str = "",
    took_place: bool = True, members: tuple[str, ...] = MEMBERS, since: str = "", absent: str = "",
) -> Edition:  # fmt: skip
    """One edition, announced 200 days before it begins if nothing else is said."""
    first = day(starts_on)
    announced = day(announced_on) if announced_on else first - 200
    known = day(since) if since else announced
    return Edition(
        series=series, edition=starts_on, host=host, starts_on=first, ends_on=first + days - 1, announced_on=announced,
        off_on=day(off_on) if off_on else NEVER, took_place=took_place,
        members=tuple((code, known) for code in sorted({*members, host})),
        absent=(("CHN", day(absent)),) if absent else (),
    )  # fmt: skip


def history_with(editions: list[Edition], meetings: str = "") -> History:
    """Editions and what a gazette of the USA has recorded; `meetings` are lines of recipient and day."""
    rows = table("recipient | occurred_on | known_on\n" + meetings)
    ordered = sorted(editions, key=lambda one: (one.starts_on, one.series, one.edition))
    coverages = [covered(starts_on="2001-01-01")]
    return make_history(as_frame([*rows, *first_facts(coverages)]), coverages, calendar=Calendar(tuple(ordered)))


def signals(
    editions: list[Edition], meetings: str = "", *, as_of: np.datetime64 = AS_OF, dyads: list[str] = DYADS,
    target: str = "meeting",
) -> pd.DataFrame:  # fmt: skip
    """Signals by period of the dyads, one row each, the cohort being the three."""
    history = history_with(editions, meetings)
    found = venue_signals(view(history, dyads=dyads, as_of=as_of, cohort=DYADS, target=target))
    return found.set_axis(dyads, axis=0).drop(columns=TURNOUT)


CHANCES = [column(f"venues__{name}", *period) for period in PERIODS for name in RELATIONS]


def total(found: pd.DataFrame, relation: str = "") -> pd.Series:
    """Sum of the chances over the periods, of one relation or of all."""
    return found[[name for name in CHANCES if f"venues__{relation}" in name]].sum(axis=1)


def begins(found: pd.DataFrame, dyad: str, start: int, end: int) -> dict[str, float]:
    """When the summits of a period begin."""
    return {name: found.loc[dyad, column(f"venues__{name}", start, end)] for name in ONSETS}


def test_without_a_calendar_there_is_no_chance():
    found = signals([])
    assert list(found) == [column(f"venues__{name}", *period) for period in PERIODS for name in (*RELATIONS, *ONSETS)]
    assert (found == 0.0).all(axis=None)


def test_a_summit_ahead_stands_in_the_period_of_its_first_day_only():
    for start, end in PERIODS:
        for ahead in (start, end - 1):
            found = signals([edition(str(AS_OF + ahead), announced_on="2019-01-01")])
            chances = found.loc["USA-CHN", CHANCES]
            assert chances[chances > 0].index.tolist() == [column("venues__abroad", start, end)], ahead
            for period in PERIODS:
                expected = {"main_day": ahead, "main_share": 1.0, "next_day": 0.0}
                assert begins(found, "USA-CHN", *period) == (expected if period == (start, end) else NO_SUMMIT)


@pytest.mark.parametrize("ahead", [-2, -1, 730])
def test_a_summit_that_has_begun_or_is_too_far_is_not_ahead(ahead):
    assert (signals([edition(str(AS_OF + ahead), announced_on="2018-01-01", days=5)]) == 0.0).all(axis=None)


NO_SUMMIT = {"main_day": 0.0, "main_share": 0.0, "next_day": 0.0}

#: Summits ahead, and the days from the as-of date that are expected of the period of 60 to 90 days.
BEGINNINGS = """
summits                           | main_day | next_day | said
05-01 g20                         | 61       | 0        | one summit
05-20 g20, 05-01 g7               | 80       | 61       | the weightier is the later one
05-01 g20, 05-20 g7               | 61       | 80       | the weightier is the earlier one
05-01 g20, 05-01 g7               | 61       | 61       | both on one day
05-03 g7, 05-20 apec              | 63       | 80       | equal weights: the first in the calendar
05-20 apec, 05-03 g7              | 63       | 80       | in any order
05-29 g20, 05-30 g7               | 89       | 0        | the second lies in the next period
04-29 g20, 05-29 g7               | 89       | 0        | the first lies in the period before
05-09 g7, 05-03 g20, 05-01 apec   | 63       | 61       | of the two others, equal in weight, the first
"""

HOSTS = [("USA", "hosted_by_first"), ("CHN", "hosted_by_second"), ("FRA", "abroad"), ("KOR", "abroad")]


@pytest.mark.parametrize("spec", BEGINNINGS.strip().splitlines()[1:])
def test_the_weightiest_summit_of_a_period_is_dated_and_the_second(spec):
    """At the g20 the two always meet, at the others never: its weight is the largest."""
    listed, main_day, next_day, _ = (cell.strip() for cell in spec.split("|"))
    ahead = [edition(f"2020-{cells.split()[0]}", series=cells.split()[1]) for cells in listed.split(", ")]
    found = signals([*PAST, *ahead], ALWAYS)
    here = [one for one in ahead if 60 <= (one.starts_on - AS_OF).astype(int) < 90]
    weights = [total(signals([*PAST, one], ALWAYS))["USA-CHN"] for one in here]
    expected = {"main_day": float(main_day), "next_day": float(next_day), "main_share": max(weights) / sum(weights)}
    assert begins(found, "USA-CHN", 60, 90) == pytest.approx(expected, rel=1e-12)


def test_a_summit_without_both_sides_is_not_dated():
    found = signals([edition("2020-05-01", members=("USA", "FRA"), host="FRA"), edition("2020-05-20", series="g7")])
    assert begins(found, "USA-CHN", 60, 90) == {"main_day": 80.0, "main_share": 1.0, "next_day": 0.0}
    assert begins(found, "USA-FRA", 60, 90)["next_day"] == 80.0


@pytest.mark.parametrize(("host", "relation"), HOSTS)
def test_who_hosts_decides_the_column(host, relation):
    found = signals([edition("2020-05-01", host=host)]).loc["USA-CHN", CHANCES]
    assert found[found > 0].index.tolist() == [column(f"venues__{relation}", 60, 90)]


@pytest.mark.parametrize(
    ("announced_on", "known"), [("2020-02-29", True), ("2020-03-01", False), ("2020-03-02", False)]
)
def test_the_day_of_announcement_does_not_count_yet(announced_on, known):
    found = signals([edition("2020-05-01", announced_on=announced_on)])
    assert (total(found) > 0).tolist() == [known] * 3


@pytest.mark.parametrize(("off_on", "stands"), [("2020-02-29", False), ("2020-03-01", True), ("2020-03-02", True)])
def test_a_summit_that_is_off_stands_until_the_day_after_that_became_known(off_on, stands):
    found = signals([edition("2020-05-01", off_on=off_on, took_place=False)])
    assert (total(found) > 0).tolist() == [stands] * 3


@pytest.mark.parametrize(("since", "known"), [("2020-02-29", True), ("2020-03-01", False)])
def test_who_takes_part_counts_from_the_day_after_it_is_known(since, known):
    found = signals([edition("2020-05-01", since=since)])
    assert (total(found) > 0).tolist() == [known] * 3


@pytest.mark.parametrize(("public_on", "expected"), [("2020-02-29", False), ("2020-03-01", True)])
def test_who_stays_away_is_expected_until_the_day_after_that_is_known(public_on, expected):
    found = total(signals([edition("2020-05-01", absent=public_on)])) > 0
    assert found.to_dict() == {"USA-CHN": expected, "USA-FRA": True, "USA-IND": True}


@pytest.mark.parametrize(("public_on", "occasion"), [("2019-05-31", False), ("2019-06-01", True)])
def test_a_past_summit_was_no_occasion_if_an_absence_was_known_before_it_began(public_on, occasion):
    ahead = edition("2020-06-01")
    found = total(signals([edition("2019-06-01", absent=public_on), ahead]))
    came = total(signals([edition("2019-06-01"), ahead]))
    assert bool(found["USA-CHN"] == came["USA-CHN"]) is occasion
    assert found["USA-CHN"] >= came["USA-CHN"]


PARTS = [
    # as-of date, whether a state is expected that left on 10 January and is back from 10 February on
    ("2020-01-10", True),
    ("2020-01-11", False),
    ("2020-02-10", False),
    ("2020-02-11", True),
]


@pytest.mark.parametrize(("as_of", "expected"), PARTS)
def test_a_state_that_comes_back_is_expected_again(as_of, expected):
    whole = edition("2020-05-01")
    members = (*whole.members, ("CHN", day("2020-02-10")))
    back = dataclasses.replace(whole, members=members, left=(("CHN", day("2020-01-10")),))
    assert bool(total(signals([back], as_of=day(as_of)))["USA-CHN"] > 0) is expected


def test_both_sides_must_take_part():
    found = total(signals([edition("2020-05-01", members=("USA", "FRA"), host="FRA")]))
    assert (found > 0).to_dict() == {"USA-CHN": False, "USA-FRA": True, "USA-IND": False}
    assert (total(signals([edition("2020-05-01", members=("FRA", "CHN"), host="IND")])) == 0).all()


PAST = [edition(f"{year}-06-01") for year in range(2006, 2020)]
ALWAYS = "".join(f"CHN | {year}-06-02 | {year}-06-02\n" for year in range(2006, 2020))


def test_a_dyad_that_always_meets_there_is_likelier_to_and_one_that_never_does_is_not():
    nothing = total(signals([*PAST, edition("2020-06-01")]))
    found = total(signals([*PAST, edition("2020-06-01")], ALWAYS))
    assert found["USA-CHN"] > 5 * found["USA-FRA"]
    assert found["USA-FRA"] == found["USA-IND"] > 0
    # What the series' other dyads do counts a little, what the dyad does a lot.
    assert nothing["USA-FRA"] < found["USA-FRA"]
    assert 1 - np.exp(-found["USA-CHN"]) > 0.6


def test_the_chance_rises_with_every_edition_at_which_they_met_and_falls_with_every_other():
    lines = ALWAYS.splitlines(keepends=True)
    rising = [total(signals([*PAST, edition("2020-06-01")], "".join(lines[:n])))["USA-CHN"] for n in range(15)]
    assert (np.diff(rising) > 0).all()
    falling = [total(signals([*PAST[:n], edition("2020-06-01")]))["USA-CHN"] for n in range(15)]
    assert (np.diff(falling) < 0).all()


def test_the_record_of_a_series_is_that_of_the_series():
    other = [edition(f"{year}-10-01", series="g7") for year in range(2006, 2020)]
    at_g20 = total(signals([*PAST, *other, edition("2020-06-01")], ALWAYS))["USA-CHN"]
    at_g7 = total(signals([*PAST, *other, edition("2020-06-01", series="g7")], ALWAYS))["USA-CHN"]
    assert at_g20 > 5 * at_g7 > 0


def test_the_record_as_host_is_no_record_abroad():
    hosted = [edition(f"{year}-06-01", host="USA") for year in range(2006, 2020)]
    found = signals([*hosted, edition("2020-06-01", host="USA"), edition("2020-07-15")], ALWAYS)
    assert total(found, "hosted_by_first")["USA-CHN"] > 3 * total(found, "abroad")["USA-CHN"] > 0


def test_editions_that_did_not_take_place_teach_nothing():
    missed = [edition(f"{year}-06-01", took_place=False) for year in range(2006, 2020)]
    assert signals([*missed, edition("2020-06-01")]).equals(signals([edition("2020-06-01")]))


@pytest.mark.parametrize(("after_end", "teaches"), [(SLACK_DAYS, False), (SLACK_DAYS + 1, True)])
def test_an_edition_teaches_when_it_has_ended(after_end, teaches):
    last = edition(str(AS_OF - after_end - 1), days=2)
    found, before = signals([last, edition("2020-06-01")]), signals([edition("2020-06-01")])
    assert found.equals(before) is not teaches
    assert (total(found) <= total(before)).all()


@pytest.mark.parametrize(("known_on", "counts"), [("2020-02-29", True), ("2020-03-01", False)])
def test_a_meeting_counts_once_it_is_known(known_on, counts):
    past = edition("2019-06-01")
    found = total(signals([past, edition("2020-06-01")], f"CHN | 2019-06-01 | {known_on}"))["USA-CHN"]
    without = total(signals([past, edition("2020-06-01")]))["USA-CHN"]
    assert bool(found > without) is counts
    assert bool(found == without) is not counts


@pytest.mark.parametrize("away", [-SLACK_DAYS - 1, -SLACK_DAYS, 0, 1, 1 + SLACK_DAYS, 2 + SLACK_DAYS])
def test_a_meeting_counts_from_a_little_before_the_summit_to_a_little_after(away):
    met_on = day("2019-06-01") + away
    found = total(signals([edition("2019-06-01", days=2), edition("2020-06-01")], f"CHN | {met_on} | {met_on}"))
    assert bool(found["USA-CHN"] > found["USA-FRA"]) is (-SLACK_DAYS <= away <= 1 + SLACK_DAYS)


def test_the_target_decides_which_meetings_count():
    rows = "".join(line.rstrip() + " | multilateral\n" for line in ALWAYS.splitlines())
    events = as_frame(table("recipient | occurred_on | known_on | setting\n" + rows))
    history = make_history(events, [covered(starts_on="2001-01-01")], calendar=Calendar((*PAST, edition("2020-06-01"))))
    found = {target: total(venue_signals(view(history, dyads=DYADS, as_of=AS_OF, target=target))) for target in TARGETS}
    assert found["meeting"][0] > 10 * found["bilateral"][0]
    assert found["bilateral"][0] == found["bilateral"][1]


def test_chances_of_several_summits_add_up_on_the_scale_of_the_hazard():
    one, two = edition("2020-05-01"), edition("2020-05-20", series="g7")
    apart = signals([*PAST, one], ALWAYS)[CHANCES] + signals([*PAST, two], ALWAYS)[CHANCES]
    pd.testing.assert_frame_equal(signals([*PAST, one, two], ALWAYS)[CHANCES], apart, rtol=1e-12)


def loop(history: History, dyad: str, as_of: np.datetime64, target: str) -> dict[str, float]:
    """The signals of one dyad a second time: plain loops over editions, dyads and meetings."""
    met_on: dict[str, list[np.datetime64]] = {name: [] for name in DYADS}
    for event in history.events.to_dict("records"):
        counted = event["level"] == "leader" and (target == "meeting" or event["setting"] in ("bilateral", "margins"))
        if counted and event["known_on"].to_datetime64() < as_of:
            met_on[canonical_dyad(event["source"], event["recipient"])].append(
                event["occurred_on"].to_datetime64().astype("datetime64[D]")
            )

    def relation(one: Edition, name: str) -> str:
        return {name[:3]: "hosted_by_first", name[4:]: "hosted_by_second"}.get(one.host, "abroad")

    def days_of(parts: tuple[tuple[str, np.datetime64], ...], code: str, before: np.datetime64) -> list[np.datetime64]:
        return [when for state, when in parts if state == code and when < before]

    def taking_part(one: Edition, name: str, at: np.datetime64 = as_of) -> bool:
        """Whether both were expected at a day; they were if what became known later was their part alone."""
        for code in name.split("-"):
            came, left = days_of(one.members, code, as_of), days_of(one.left, code, at)
            if not came or days_of(one.absent, code, at) or (left and max(came) <= max(left)):
                return False
        return True

    def tally(how: str, series: str, names: list[str]) -> tuple[float, float]:
        n = hits = 0.0
        for one in history.calendar.editions:
            if not one.took_place or one.ends_on + SLACK_DAYS >= as_of or one.series != series:
                continue
            weight = 0.5 ** (int((as_of - one.starts_on).astype(int)) / HALF_LIFE_DAYS)
            for name in names:
                took_part = taking_part(one, name, min(one.starts_on, as_of))
                if relation(one, name) == how and took_part and one.starts_on >= day("2001-01-01"):
                    n += weight
                    first, last = one.starts_on - SLACK_DAYS, one.ends_on + SLACK_DAYS
                    hits += weight * any(first <= met <= last for met in met_on[name])
        return n, hits

    found = {column(f"venues__{name}", *period): 0.0 for period in PERIODS for name in (*RELATIONS, *ONSETS)}
    weights: dict[tuple[int, int], list[tuple[float, int]]] = {period: [] for period in PERIODS}
    for one in history.calendar.editions:
        lead = int((one.starts_on - as_of).astype(int))
        if one.announced_on >= as_of or one.off_on < as_of or not 0 <= lead < 730 or not taking_part(one, dyad):
            continue
        how = relation(one, dyad)
        top, bottom = FIRST_GUESS, 1.0
        for series in ("g20", "g7", "apec"):
            n, hits = tally(how, series, DYADS)
            if n > 0:
                top, bottom = top + n / (n + HEARD) * hits / n, bottom + n / (n + HEARD)
        overall = top / bottom
        n, hits = tally(how, one.series, DYADS)
        pooled = (hits + SERIES_PRIOR * overall) / (n + SERIES_PRIOR)
        n, hits = tally(how, one.series, [dyad])
        chance = (hits + DYAD_PRIOR * pooled) / (n + DYAD_PRIOR)
        (period,) = [(start, end) for start, end in PERIODS if start <= lead < end]
        found[column(f"venues__{how}", *period)] += -np.log1p(-chance)
        weights[period].append((float(-np.log1p(-chance)), lead))
    for period, listed in weights.items():
        ordered = sorted(listed, key=lambda pair: -pair[0])
        if ordered:
            found[column("venues__main_day", *period)] = ordered[0][1]
            found[column("venues__main_share", *period)] = ordered[0][0] / sum(weight for weight, _ in ordered)
        if len(ordered) > 1:
            found[column("venues__next_day", *period)] = ordered[1][1]
        # Which of two nearly equal weights is the larger is not for rounded weights to say.
        if any(0.0 < one - other <= 1e-3 for (one, _), (other, _) in pairwise(ordered[:3])):
            del found[column("venues__main_day", *period)], found[column("venues__next_day", *period)]
    return found


def without(one: Edition, away: tuple[str, str, int] | None) -> Edition:
    """An edition from which a state is absent, or which it leaves, or leaves and comes back to, days before it."""
    if away is None:
        return one
    kind, state, before = away
    gone = max(one.starts_on - before, one.announced_on)
    if kind == "absent":
        return dataclasses.replace(one, absent=((state, gone),))
    there = state in dict(one.members) and gone + 20 < one.starts_on
    back = ((state, gone + 20),) if kind == "back" and there else ()
    return dataclasses.replace(one, members=(*one.members, *back), left=((state, gone),))


EDITIONS = st.builds(
    lambda start, length, host, series, notice, off, held, members, away: without(
        edition(
            str(day("2016-01-01") + start), days=length, host=host, series=series, took_place=held or off is None,
            announced_on=str(day("2016-01-01") + start - notice), members=members,
            off_on="" if off is None else str(day("2016-01-01") + start - off),
        ),
        away,
    ),
    st.integers(0, 2600), st.integers(1, 4), st.sampled_from(MEMBERS), st.sampled_from(["g20", "g7", "apec"]),
    st.integers(0, 900), st.sampled_from([None, None, None, 0, 40, 200]), st.booleans(),
    st.sampled_from([MEMBERS, ("USA", "CHN"), ("USA", "FRA", "IND"), ("CHN", "FRA")]),
    st.sampled_from([None, None, ("absent", "CHN", 30), ("absent", "USA", 0), ("left", "FRA", 40), ("back", "CHN", 50)])
)  # fmt: skip
MEETINGS = st.lists(
    st.tuples(st.integers(0, 1500), st.sampled_from(["CHN", "FRA", "IND"]), st.sampled_from([0, 0, 1, 90])), max_size=20
)


def as_lines(drawn: list[tuple[int, str, int]]) -> str:
    return "".join(f"{who} | {day('2016-01-01') + at} | {day('2016-01-01') + at + late}\n" for at, who, late in drawn)


@settings(max_examples=25)
@given(st.lists(EDITIONS, max_size=14), MEETINGS, st.sampled_from(list(TARGETS)))
def test_the_chances_equal_a_loop(editions, meetings, target):
    history = history_with(editions, as_lines(meetings))
    found = venue_signals(view(history, dyads=DYADS, as_of=AS_OF, target=target))
    for row, dyad in enumerate(DYADS):
        # Weights are rounded to a millionth, so that their sums are exact in any order.
        expected = loop(history, dyad, AS_OF, target)
        assert found.loc[row, list(expected)].to_dict() == pytest.approx(expected, abs=1e-4)


@settings(max_examples=6)
@given(st.lists(EDITIONS, max_size=10), st.lists(EDITIONS, min_size=1, max_size=6), MEETINGS, st.integers(0, 800))
def test_editions_announced_on_or_after_the_as_of_date_change_no_bit(editions, more, meetings, late):
    past = [one for one in editions if one.announced_on < AS_OF]
    future = [
        Edition(**{**vars(one), "edition": f"late{at}", "announced_on": AS_OF + late}) for at, one in enumerate(more)
    ]
    lines = as_lines(meetings)
    one, other = history_with(past, lines), history_with([*past, *future], lines)
    assert one.known_before(AS_OF).fingerprint() == other.known_before(AS_OF).fingerprint()
    for history in (other, other.known_before(AS_OF)):
        ours = build_panel(one, np.array([AS_OF]), dyads=DYADS).signals
        theirs = build_panel(history, np.array([AS_OF]), dyads=DYADS).signals
        assert [name for name in ours if ours[name].to_numpy().tobytes() != theirs[name].to_numpy().tobytes()] == []


def test_a_dyad_outside_the_cohort_learns_from_it_and_does_not_teach_it():
    history = history_with([*PAST, edition("2020-06-01")], ALWAYS)
    without = venue_signals(view(history, dyads=DYADS, as_of=AS_OF, cohort=["USA-FRA", "USA-IND"]))
    quiet = history_with([*PAST, edition("2020-06-01")])
    expected = venue_signals(view(quiet, dyads=DYADS, as_of=AS_OF, cohort=DYADS[1:]))
    assert without[1:].equals(expected[1:])
    assert total(without)[0] > total(expected)[0]


@settings(max_examples=15)
@given(st.lists(EDITIONS, max_size=12), MEETINGS)
def test_a_row_does_not_depend_on_the_rows_beside_it(editions, meetings):
    together = signals(editions, as_lines(meetings))
    for dyad in DYADS:
        alone = signals(editions, as_lines(meetings), dyads=[dyad])
        assert alone.loc[dyad].to_numpy().tobytes() == together.loc[dyad].to_numpy().tobytes()
    assert (together.to_numpy() >= 0).all()
    assert np.isfinite(together.to_numpy()).all()


TURNOUTS = """
case                                       | held                                | absent     | turnout
a leader who came to all                   | 2020-01-01                          |            | 1
stayed away, known before it began         | 2020-01-01                          | 2019-12-20 | less
an absence that becomes public today       | 2020-01-01                          | 2020-03-01 | 1
before its leader took office              | 2009-01-01                          | 2008-12-20 | 1
"""


def _turnout(held: str, absent: str) -> pd.Series:
    spells = (Spell("CHN", "new", day("2015-01-01")),)
    past = edition(held, absent=absent)
    history = dataclasses.replace(history_with([past], "FRA | 2001-05-05 | 2001-05-05"), leaders=spells)
    return venue_signals(view(history, dyads=DYADS, as_of=AS_OF)).set_axis(DYADS, axis=0)[TURNOUT]


@pytest.mark.parametrize("row", table(TURNOUTS), ids=lambda row: row["case"])
def test_who_stays_away_from_summits_is_expected_less_at_the_next_ones(row):
    turnout = _turnout(row["held"], row["absent"])
    assert (turnout[["USA-FRA", "USA-IND"]] == 1.0).all()
    assert 0.0 < turnout["USA-CHN"] < 1.0 if row["turnout"] == "less" else turnout["USA-CHN"] == 1.0


def test_an_absence_counts_by_what_such_a_summit_promises_and_fades():
    late, early = _turnout("2020-01-01", "2019-12-20")["USA-CHN"], _turnout("2018-01-01", "2017-12-20")["USA-CHN"]
    assert late < early < 1.0

    def promised(turnout: float, held: str) -> float:
        faded = 0.5 ** ((AS_OF - day(held)).astype(int) / TURNOUT_HALF_LIFE_DAYS)
        return TURNOUT_PRIOR * (1.0 - turnout) / turnout / faded

    assert 0.0 < promised(late, "2020-01-01") < 1.0
    assert promised(late, "2020-01-01") == pytest.approx(promised(early, "2018-01-01"), rel=0.1)
