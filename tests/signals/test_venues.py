"""The chance of a meeting at scheduled summits: learned from editions that have ended, known from the announcement."""

from __future__ import annotations

import dataclasses
from functools import partial

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
    ATTENDANCE_HALF_LIFE_DAYS,
    ATTENDANCE_PRIOR,
    DYAD_PRIOR,
    FIRST_DAY_PRIOR,
    FIRST_GUESS,
    HALF_LIFE_DAYS,
    HEARD,
    LAST_DAY,
    MISSED,
    ONSETS,
    SERIES_PRIOR,
    UNSEEN,
    venue_signals,
)
from text_tables import as_frame, covered, day, first_facts, table, view
from tiers import examples

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
    return found.set_axis(dyads, axis=0)


CHANCES = [column(f"venues__{name}", *period) for period in PERIODS for name in RELATIONS]


def total(found: pd.DataFrame, relation: str = "") -> pd.Series:
    """Sum of the chances over the periods, of one relation or of all."""
    return found[[name for name in CHANCES if f"venues__{relation}" in name]].sum(axis=1)


def begins(found: pd.DataFrame, dyad: str, start: int, end: int) -> list[float]:
    """When equal parts of the chance at the summits of a period fall due."""
    return [found.loc[dyad, column(f"venues__{name}", start, end)] for name in ONSETS]


def test_without_a_calendar_there_is_no_chance():
    found = signals([])
    assert list(found) == [
        column(f"venues__{name}", *period) for period in PERIODS for name in (*RELATIONS, MISSED, *ONSETS)
    ]
    assert (found == 0.0).all(axis=None)


def test_a_summit_ahead_stands_in_the_period_of_its_first_day_only():
    for start, end in PERIODS:
        for ahead in (start, end - 1):
            found = signals([edition(str(AS_OF + ahead), announced_on="2019-01-01")])
            chances = found.loc["USA-CHN", CHANCES]
            assert chances[chances > 0].index.tolist() == [column("venues__abroad", start, end)], ahead
            for period in PERIODS:
                expected = [float(ahead if period == (start, end) else 0)] * len(ONSETS)
                assert begins(found, "USA-CHN", *period) == expected


@pytest.mark.parametrize("ahead", [-2, -1, 730])
def test_a_summit_that_has_begun_or_is_too_far_is_not_ahead(ahead):
    assert (signals([edition(str(AS_OF + ahead), announced_on="2018-01-01", days=5)]) == 0.0).all(axis=None)


HOSTS = [("USA", "hosted_by_first"), ("CHN", "hosted_by_second"), ("FRA", "abroad"), ("KOR", "abroad")]


def lines(*met: str) -> str:
    return "".join(f"CHN | {on} | {on}\n" for on in met)


def test_each_summit_has_its_share_of_the_days_in_their_order():
    """Without a record all have the same chance."""
    g20, g7, apec = edition("2020-05-01"), edition("2020-05-20", series="g7"), edition("2020-05-21", series="apec")
    assert begins(signals([g20, g7]), "USA-CHN", 60, 90) == [61.0] * 4 + [80.0] * 4
    assert begins(signals([apec, g7, g20]), "USA-CHN", 60, 90) == [61.0] * 3 + [80.0] * 2 + [81.0] * 3
    without = edition("2020-05-01", members=("USA", "FRA"), host="FRA")
    assert begins(signals([without, g7]), "USA-CHN", 60, 90) == [80.0] * 8
    assert begins(signals([without, g7]), "USA-FRA", 60, 90) == [61.0] * 4 + [80.0] * 4


def test_where_meetings_began_the_day_before_half_of_them_fall_due_then_after_as_many_as_are_believed_beforehand():
    past = [edition(f"{year}-06-01") for year in range(2010, 2020)]
    record = lines(*(f"{year}-05-31" for year in range(2010, 2020)))
    ahead = edition("2020-05-01")
    found = signals([*past, ahead], record)
    # Ten meetings, and a belief of the strength of ten: two parts official day, one part what this series taught.
    assert FIRST_DAY_PRIOR == 10.0
    early = (10.0 + 10.0 * (10.0 / 20.0) / (1.0 + 10.0 / 20.0)) / 20.0
    assert begins(found, "USA-CHN", 60, 90) == [60.0] * round(8 * early) + [61.0] * (8 - round(8 * early))
    assert begins(found, "USA-FRA", 60, 90) == begins(found, "USA-CHN", 60, 90), "it is learned from all dyads"
    # The official first day is that on which the period begins: what falls due before it counts in the period before.
    found = signals([*past, edition("2020-04-30")], record).loc["USA-CHN"]
    before, after = (found[column("venues__abroad", *period)] for period in ((30, 60), (60, 90)))
    assert before / (before + after) == pytest.approx(early)
    whole = total(signals([*past, ahead], record))["USA-CHN"]
    assert before + after == pytest.approx(whole, rel=1e-3)


@pytest.mark.parametrize(("host", "same"), [("IND", True), ("USA", False)])
def test_on_which_days_meetings_begin_differs_between_hosts(host, same):
    """Between those abroad and those that one of the two hosts."""
    past = [edition(f"{year}-06-01", host="FRA") for year in range(2010, 2020)]
    found = signals([*past, edition("2020-05-04", host=host)], lines(*(f"{year}-05-30" for year in range(2010, 2020))))
    assert (begins(found, "USA-CHN", 60, 90) == [64.0] * len(ONSETS)) is not same


@pytest.mark.parametrize(("known_on", "counts"), [("2020-02-29", True), ("2020-03-01", False)])
def test_a_first_day_is_learned_once_the_meeting_is_known(known_on, counts):
    past = [edition(f"{year}-06-01") for year in range(2010, 2020)]
    record = "".join(f"CHN | {year}-05-30 | {known_on}\n" for year in range(2010, 2020))
    found = signals([*past, edition("2020-05-04")], record)
    assert bool(begins(found, "USA-FRA", 60, 90)[0] == 62.0) is counts


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
    early = total(signals([edition("2019-06-01", absent="2019-01-01"), ahead]))
    assert bool(found["USA-CHN"] < early["USA-CHN"]) is occasion
    assert found["USA-CHN"] <= early["USA-CHN"]


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


@pytest.mark.parametrize(("place", "counts"), [("KOR", True), ("", True), ("FRA", False)])
def test_a_meeting_elsewhere_in_those_days_is_none_at_the_summit(place, counts):
    events = as_frame(table(f"recipient | occurred_on | known_on | place\nCHN | 2019-06-01 | 2019-06-01 | {place}"))
    calendar = Calendar((edition("2019-06-01"), edition("2020-06-01")))
    history = make_history(events, [covered(starts_on="2001-01-01")], calendar=calendar)
    met, unmet = total(venue_signals(view(history, dyads=["USA-CHN", "USA-FRA"], as_of=AS_OF)))
    assert bool(met > unmet) is counts


def test_chances_of_several_summits_add_up_on_the_scale_of_the_hazard():
    one, two = edition("2020-05-01"), edition("2020-05-20", series="g7")
    apart = signals([*PAST, one], ALWAYS)[CHANCES] + signals([*PAST, two], ALWAYS)[CHANCES]
    pd.testing.assert_frame_equal(signals([*PAST, one, two], ALWAYS)[CHANCES], apart, rtol=1e-12)


SERIES = ("g20", "g7", "apec")


def loop(history: History, dyad: str, as_of: np.datetime64, target: str) -> dict[str, float]:
    """The signals of one dyad a second time: plain loops over editions, dyads and meetings."""
    met_on: dict[str, list[np.datetime64]] = {name: [] for name in DYADS}
    pairs_of: dict[str, list[tuple[np.datetime64, np.datetime64]]] = {name: [] for name in DYADS}
    for event in history.events.to_dict("records"):
        counted = event["level"] == "leader" and (target == "meeting" or event["setting"] in ("bilateral", "margins"))
        if counted and event["known_on"].to_datetime64() < as_of:
            name, known = canonical_dyad(event["source"], event["recipient"]), event["known_on"].to_datetime64()
            met_on[name].append(event["occurred_on"].to_datetime64().astype("datetime64[D]"))
            pairs_of[name].append((met_on[name][-1], known))

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

    def usual(how: str, series: str) -> float:
        top, bottom = FIRST_GUESS, 1.0
        for name in SERIES:
            n, hits = tally(how, name, DYADS)
            if n > 0:
                top, bottom = top + n / (n + HEARD) * hits / n, bottom + n / (n + HEARD)
        n, hits = tally(how, series, DYADS)
        return (hits + SERIES_PRIOR * top / bottom) / (n + SERIES_PRIOR)

    def first_days(how: str, series: str) -> dict[int, float]:
        kind = "abroad" if how == "abroad" else "hosted"
        counts: dict[str, list[int]] = {name: [] for name in SERIES}
        for one in history.calendar.editions:
            if not one.took_place or one.ends_on + SLACK_DAYS >= as_of or one.starts_on < day("2001-01-01"):
                continue
            for name in DYADS:
                if (relation(one, name) == "abroad") is not (kind == "abroad"):
                    continue
                if not taking_part(one, name, min(one.starts_on, as_of)):
                    continue
                window = one.starts_on - SLACK_DAYS, one.ends_on + SLACK_DAYS
                ours = [(known, met) for met, known in pairs_of[name] if window[0] <= met <= window[1]]
                if ours:
                    counts[one.series].append(min(int((min(ours)[1] - one.starts_on).astype(int)), LAST_DAY))
        shares = {}
        for at in range(-SLACK_DAYS, LAST_DAY + 1):
            top, bottom = float(at == 0), 1.0
            for days in counts.values():
                top += days.count(at) / (len(days) + FIRST_DAY_PRIOR)
                bottom += len(days) / (len(days) + FIRST_DAY_PRIOR)
            own = counts[series]
            shares[at] = (own.count(at) + FIRST_DAY_PRIOR * top / bottom) / (len(own) + FIRST_DAY_PRIOR)
        return shares

    def comes(code: str) -> float:
        missed = n = 0.0
        for one in history.calendar.editions:
            listed = [name for name in DYADS if all(days_of(one.members, c, one.starts_on) for c in name.split("-"))]
            ended = one.took_place and one.ends_on + SLACK_DAYS < as_of and one.starts_on >= day("2001-01-01")
            if not ended or not listed or one.host == code or not days_of(one.members, code, one.starts_on):
                continue
            first, last = one.starts_on - SLACK_DAYS, one.ends_on + SLACK_DAYS
            seen = any(first <= met <= last for name in DYADS if code in name for met in met_on[name])
            weight = 0.5 ** (int((as_of - one.starts_on).astype(int)) / ATTENDANCE_HALF_LIFE_DAYS)
            away = bool(days_of(one.absent, code, as_of))
            missed += weight * away
            n += weight * (1.0 if away or seen else UNSEEN)
        return 1.0 - missed / (ATTENDANCE_PRIOR + n)

    found = {column(f"venues__{name}", *period): 0.0 for period in PERIODS for name in (*RELATIONS, MISSED)}
    for one in history.calendar.editions:
        lead = int((one.starts_on - as_of).astype(int))
        if one.announced_on >= as_of or one.off_on < as_of or not 0 <= lead < 730 or not taking_part(one, dyad):
            continue
        how = relation(one, dyad)
        n, hits = tally(how, one.series, [dyad])
        chance = (hits + DYAD_PRIOR * usual(how, one.series)) / (n + DYAD_PRIOR)
        both = np.prod([1.0 if one.host == code else comes(code) for code in dyad.split("-")])
        for at, share in first_days(how, one.series).items():
            for start, end in PERIODS:
                if start <= lead + at < end:
                    found[column(f"venues__{how}", start, end)] += -np.log1p(-chance) * share
                    found[column(f"venues__{MISSED}", start, end)] += -np.log1p(-chance) * share * (1.0 - both)
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
    st.integers(0, 2600), st.integers(1, 4), st.sampled_from(MEMBERS), st.sampled_from(SERIES),
    st.integers(0, 900), st.sampled_from([None, None, None, 0, 40, 200]), st.booleans(),
    st.sampled_from([MEMBERS, ("USA", "CHN"), ("USA", "FRA", "IND"), ("CHN", "FRA")]),
    st.sampled_from([None, None, ("absent", "CHN", 30), ("absent", "USA", 0), ("left", "FRA", 40), ("back", "CHN", 50)])
)  # fmt: skip
MEETINGS = st.lists(
    st.tuples(st.integers(0, 1500), st.sampled_from(["CHN", "FRA", "IND"]), st.sampled_from([0, 0, 1, 90])), max_size=20
)


def as_lines(drawn: list[tuple[int, str, int]]) -> str:
    return "".join(f"{who} | {day('2016-01-01') + at} | {day('2016-01-01') + at + late}\n" for at, who, late in drawn)


@settings(max_examples=examples(25))
@given(st.lists(EDITIONS, max_size=14), MEETINGS, st.sampled_from(list(TARGETS)))
def test_the_chances_equal_a_loop(editions, meetings, target):
    history = history_with(editions, as_lines(meetings))
    found = venue_signals(view(history, dyads=DYADS, as_of=AS_OF, target=target))
    for row, dyad in enumerate(DYADS):
        # Weights are rounded to a millionth, so that their sums are exact in any order.
        expected = loop(history, dyad, AS_OF, target)
        assert found.loc[row, list(expected)].to_dict() == pytest.approx(expected, abs=1e-4)


@settings(max_examples=examples(6))
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


@settings(max_examples=examples(15))
@given(st.lists(EDITIONS, max_size=12), MEETINGS)
def test_a_row_does_not_depend_on_the_rows_beside_it(editions, meetings):
    together = signals(editions, as_lines(meetings))
    for dyad in DYADS:
        alone = signals(editions, as_lines(meetings), dyads=[dyad])
        assert alone.loc[dyad].to_numpy().tobytes() == together.loc[dyad].to_numpy().tobytes()
    assert (together.to_numpy() >= 0).all()
    assert np.isfinite(together.to_numpy()).all()


ATTENDANCES = """
case                                      | held       | absent     | host | ahead in | missed
a leader who came to all                  | 2020-01-01 |            | KOR  | KOR      | nothing
stayed away, known before it began        | 2020-01-01 | 2019-12-20 | KOR  | KOR      | a part
stayed away, known afterwards             | 2020-01-01 | 2020-02-20 | KOR  | KOR      | a part
he hosts the next one                     | 2020-01-01 | 2019-12-20 | KOR  | CHN      | nothing
another of the states hosted it           | 2020-01-01 | 2019-12-20 | IND  | KOR      | a part
an absence that becomes public today      | 2020-01-01 | 2020-03-01 | KOR  | KOR      | nothing
before he took office                     | 2009-01-01 | 2008-12-20 | KOR  | KOR      | nothing
"""


def missed(held: str, absent: str, *, host: str = "KOR", ahead_in: str = "KOR", met: str = "") -> pd.Series:
    """Share of the chance at a summit of another series that is missed if leaders stay away as they lately did."""
    spells = (Spell("CHN", "new", day("2015-01-01")),)
    past, ahead = edition(held, host=host, absent=absent), edition("2020-06-01", series="g7", host=ahead_in)
    history = dataclasses.replace(history_with([past, ahead], "FRA | 2001-05-05 | 2001-05-05\n" + met), leaders=spells)
    found = venue_signals(view(history, dyads=DYADS, as_of=AS_OF)).set_axis(DYADS, axis=0)
    return found[[column(f"venues__{MISSED}", *period) for period in PERIODS]].sum(axis=1) / total(found)


@pytest.mark.parametrize("row", table(ATTENDANCES), ids=lambda row: row["case"])
def test_who_stayed_away_from_summits_abroad_is_expected_to_miss_the_next_ones(row):
    found = missed(row["held"], row["absent"], host=row["host"], ahead_in=row["ahead in"])
    assert (found[["USA-FRA", "USA-IND"]] == 0.0).all()
    once = 1.0 / (1.0 + ATTENDANCE_PRIOR)  # on the very day after a first absence
    assert 0.0 < found["USA-CHN"] < once if row["missed"] == "a part" else found["USA-CHN"] == 0.0


def test_an_absence_fades_and_stands_against_the_summits_to_which_he_came():
    late, early = (missed(on, "2017-12-20")["USA-CHN"] for on in ("2020-01-01", "2018-01-01"))
    faded = 0.5 ** ((AS_OF - day("2020-01-01")).astype(int) / ATTENDANCE_HALF_LIFE_DAYS)
    assert late == pytest.approx(faded / (faded + ATTENDANCE_PRIOR), rel=1e-9)
    assert 0.0 < early < late
