"""The record: which reports are one meeting, over which days a dyad is resolved, and the founding case."""

from __future__ import annotations

from functools import partial
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import each
from forecast.errors import DataMissingError
from forecast.facts.history import make_history
from forecast.facts.record import GROUPS, KINDS, NONE, meetings_of, spans_of, union
from forecast.panel.outcomes import NEVER, observe
from forecast.panel.panel import build_panel
from forecast.signals.cube import make_cube
from forecast.training.train import train, training_days
from forecast.verbs.predict import predict
from forecast.workspace import load_history
from random_histories import GAZETTE, PARTIAL, START, TOLD, UNTOLD, as_frame, events, history_from
from simulated_ledgers import simulated_ledger, write_workspace
from text_tables import covered, day, days, history_of, table
from tiers import examples

ALL = (GAZETTE, PARTIAL, TOLD, UNTOLD)
#: Few days, so that stays overlap.
CLOSE = partial(events, publishers=ALL, known_to=60)


def numbers(frame: pd.DataFrame, name: str) -> list[int]:
    return frame[name].to_numpy("datetime64[D]").astype(int).tolist()


def brute_force(frame: pd.DataFrame, kind: str) -> list[int]:
    """Group reports of a meeting one by one, comparing each with every group there is."""
    first, last, known = (numbers(frame, name) for name in ("started_on", "ended_on", "known_on"))
    found = [NONE] * len(frame)
    groups: list[dict[str, Any]] = []
    rows = frame.to_dict("records")
    for at in sorted(range(len(rows)), key=lambda at: (known[at], last[at] - first[at], first[at], at)):
        row = rows[at]
        if (row["event"], row["level"], row["status"]) != ("CONSULT", "leader", "occurred"):
            continue
        if row["mode"] not in ("visit", "meet", "multilateral", "third-party"):
            continue
        if kind == "sit_down" and row["setting"] == "multilateral":
            continue
        if kind == "visit" and row["mode"] != "visit":
            continue
        key = (row["dyad"], row["source"] if kind == "visit" else "")
        near = [g for g in groups if g["key"] == key and not (g["last"] < first[at] or last[at] < g["first"])]
        if not near:
            near = [{"key": key, "first": first[at], "last": last[at], "at": at}]
            groups += near
        group = min(near, key=lambda g: (g["first"], g["last"], g["at"]))
        group["first"], group["last"] = min(group["first"], first[at]), max(group["last"], last[at])
        found[at] = group["at"]
    return found


@settings(max_examples=examples(60))
@given(st.lists(CLOSE(), max_size=40))
def test_groups_equal_a_brute_force(drawn):
    frame = history_from(as_frame(drawn)).events
    for kind in KINDS:
        assert frame[f"{kind}_of"].tolist() == brute_force(frame, kind), kind


@settings(max_examples=examples(40))
@given(st.lists(CLOSE(), min_size=1, max_size=30), st.integers(0, 61))
def test_groups_of_what_was_known_are_those_of_the_whole(drawn, at):
    frame, as_of = as_frame(drawn), START + at
    behind = history_from(frame).known_before(as_of).events
    alone = history_from(frame.loc[frame["known_on"].to_numpy() < as_of]).events
    for name in GROUPS:
        assert behind[name].to_numpy().tobytes() == alone[name].to_numpy().tobytes()
    assert behind["record_id"].tolist() == alone["record_id"].tolist()


@settings(max_examples=examples(40))
@given(st.lists(CLOSE(), min_size=1, max_size=30), st.data())
def test_the_order_of_rows_changes_nothing(drawn, data):
    frame = as_frame(drawn)
    turned = frame.iloc[data.draw(st.permutations(range(len(frame))))]
    one, other = (history_from(rows).events for rows in (frame, turned))
    pd.testing.assert_frame_equal(one, other)
    for kind in KINDS:
        for ours, theirs in zip(
            vars(meetings_of(one, kind)).values(), vars(meetings_of(other, kind)).values(), strict=True
        ):
            assert ours.tolist() == theirs.tolist()


@settings(max_examples=examples(40))
@given(st.lists(CLOSE(), min_size=1, max_size=30), st.data())
def test_a_report_inside_a_known_meeting_opens_none(drawn, data):
    history = history_from(as_frame(drawn))
    groups = history.events.loc[history.events["meeting_of"] != NONE]
    if groups.empty:
        return
    opener = groups.loc[data.draw(st.sampled_from(sorted(set(groups["meeting_of"]))))]
    begins, ends = numbers(opener.to_frame().T, "started_on")[0], numbers(opener.to_frame().T, "ended_on")[0]
    inside = np.datetime64(data.draw(st.integers(begins, ends)), "D")
    late = {
        **{name: opener[name] for name in ("source", "recipient", "mode", "setting")},
        **dict.fromkeys(("started_on", "ended_on", "occurred_on"), inside),
        "publisher": PARTIAL, "event": "CONSULT", "level": "leader", "status": "occurred", "known_on": START + 5000,
    }  # fmt: skip
    more = history_from(as_frame([*drawn, late])).events
    assert more["meeting_of"].iloc[-1] != more.index[-1]
    assert more["meeting_of"].iloc[:-1].tolist() == history.events["meeting_of"].tolist()


@settings(max_examples=examples(40))
@given(st.lists(CLOSE(), min_size=1, max_size=30))
def test_meetings_are_dated_by_reports_of_theirs_none_of_which_is_more_precise(drawn):
    frame = history_from(as_frame(drawn)).events
    for kind in KINDS:
        expected = set()
        for _, group in frame.loc[frame[f"{kind}_of"] != NONE].groupby(f"{kind}_of"):
            spans = list(zip(numbers(group, "started_on"), numbers(group, "ended_on"), strict=True))
            shortest = min(last - first for first, last in spans)
            expected |= {(group["dyad"].iloc[0], *span) for span in spans if span[1] - span[0] == shortest}
        found = meetings_of(frame, kind)
        assert set(zip(found.dyad.tolist(), found.first.tolist(), found.last.tolist(), strict=True)) == expected


def test_a_later_report_never_takes_back_a_meeting_that_was_counted():
    """Two meetings were known when a stay over both is reported: they stay two, and the stay is no third."""
    facts = """
    started_on | ended_on   | known_on
    2020-05-02 | 2020-05-02 | 2020-05-02
    2020-05-08 | 2020-05-08 | 2020-05-08
    2020-05-01 | 2020-05-09 | 2020-06-01
    2020-05-05 | 2020-05-05 | 2020-06-02
    """
    found = history_of(facts).events
    assert found.loc[found["meeting_of"] != NONE, "meeting_of"].tolist() == [1, 2, 1, 1]


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda s: (s[0], s[0] + s[1])), max_size=8)


@given(SPANS)
def test_a_union_holds_the_days_of_its_spans_in_as_few_pieces_as_can_be(spans):
    found = union(spans)
    assert {d for a, b in found for d in range(a, b + 1)} == {d for a, b in spans for d in range(a, b + 1)}
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(found))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["CHN", "IND", "USA", ""]),
            st.sampled_from(["journeys", "visits", "both"]),
            st.booleans(),
            st.integers(0, 60),
            st.integers(0, 40),
            st.integers(0, 80),
        ),
        max_size=8,
    ),
    st.integers(0, 120),
)
def test_spans_equal_a_loop_over_days(sources, as_of):
    """Of each source: focal state, direction, whether complete, first day, length, day of its first fact."""
    given_sources, held = [], {0: set(), 1: set()}
    for focal, direction, complete, start, length, known in sources:
        coverage = covered(
            starts_on=str(day("1970-01-01") + start), ends_on=str(day("1970-01-01") + start + length),
            focal=focal, direction=direction, complete=complete,
        )  # fmt: skip
        given_sources.append((coverage, known))
        for way, (host, guest) in enumerate((("IND", "CHN"), ("CHN", "IND"))):
            holds = (
                not focal
                or (focal == guest and direction in ("journeys", "both"))
                or (focal == host and direction in ("visits", "both"))
            )
            if complete and holds and known < as_of:
                held[way] |= set(range(start, start + length + 1))
    resolved = {d for d in held[0] & held[1] if d < as_of}
    first, until = (found[0] for found in spans_of(("CHN", "IND"), given_sources).recorded(np.array([as_of])))
    if not resolved:
        assert first == until == as_of
        return
    assert until == max(resolved) + 1
    assert set(range(first, until)) <= resolved
    assert first - 1 not in resolved


# Sources as "state direction"; the dyads of three states that they resolve together.
DIRECTIONS = """
sources                                    | resolved
USA both                                   | CHN-USA IND-USA
USA journeys                               |
USA visits                                 |
USA journeys, USA visits                   | CHN-USA IND-USA
USA journeys, CHN journeys                 | CHN-USA
USA visits, CHN visits                     | CHN-USA
USA visits, CHN journeys                   |
USA journeys, CHN visits                   |
USA visits, CHN journeys, IND journeys     | CHN-IND
USA journeys, CHN journeys, IND journeys   | CHN-USA IND-USA CHN-IND
USA both, CHN journeys                     | CHN-USA IND-USA
USA both, CHN both                         | CHN-USA IND-USA CHN-IND
USA journeys, CHN both                     | CHN-USA CHN-IND
USA partial                                |
USA journeys, USA partial                  |
USA journeys, CHN journeys, CHN partial    | CHN-USA
ledger of CHN-IND                          | CHN-IND
ledger of CHN-IND, IND journeys            | CHN-IND
ledger of CHN-IND, USA both                | CHN-USA IND-USA CHN-IND
partial ledger of CHN-IND                  |
undeclared ledger of CHN-IND               | CHN-IND
"""


@each("row", table(DIRECTIONS))
def test_which_sources_resolve_which_dyads(row):
    """A's journeys to B and B's journeys to A, by one source or two; partial sources resolve nothing."""
    lines, sources = ["publisher | source | recipient | known_on"], []
    for said in row["sources"].split(", "):
        name = said.replace(" ", "-")
        if "ledger" in said:
            name = f"ledger:{name}"
            # Known on two days, as a ledger that declares nothing covers no more than what lies between them.
            lines += [f"{name} | CHN | IND | {known_on}" for known_on in ("2000-01-01", "2029-12-31")]
            what = {"complete": not said.startswith("partial"), "declared": not said.startswith("undeclared")}
            sources.append(covered(name, focal="", **what))
        else:
            focal, direction = said.split()
            what = {"direction": "" if direction == "partial" else direction, "complete": direction != "partial"}
            sources.append(covered(name, focal=focal, **what))
    history = history_of("\n".join(lines) if len(lines) > 1 else "publisher | known_on\nnobody | 2001-01-01", *sources)
    dyads = {"USA-CHN": "CHN-USA", "USA-IND": "IND-USA", "CHN-IND": "CHN-IND"}
    seen = observe(make_cube(history), dyads=list(dyads), as_ofs=days(*["2010-01-01"] * 3))
    resolved = {name for name, ahead in zip(dyads.values(), seen["followup_days"], strict=True) if ahead}
    assert resolved == set(row["resolved"].split())
    cohort = set(history.cohort(day("2010-01-01")))
    in_ledger = {"CHN-IND"} if "ledger" in row["sources"] else set()
    assert {name for dyad, name in dyads.items() if dyad in cohort} == resolved | in_ledger


def test_a_dyad_is_resolved_from_the_day_on_which_both_of_its_sources_exist():
    history = history_of(
        "publisher|source|recipient|known_on\nchina|CHN|IND|2005-03-01\nindia|IND|FRA|2007-06-01",
        *(covered(name, focal=code, direction="journeys") for name, code in (("china", "CHN"), ("india", "IND"))),
    )
    # Both of them have a first fact on the first day of their coverage; without it they begin later.
    assert history.recorded("CHN-IND", np.array([12000]))[0].tolist() == [10957]
    bare = make_history(history.events.loc[history.events["recipient"] != "TUV"], list(history.coverages))
    for as_of, resolved in (("2005-03-02", False), ("2007-06-01", False), ("2007-06-02", True)):
        for asked in (bare, bare.known_before(day(as_of))):
            first, until = asked.recorded("CHN-IND", np.array([int(day(as_of).astype(int))]))
            assert (until > first).tolist() == [resolved]
            assert ("CHN-IND" in asked.cohort(day(as_of))) is resolved


# As the State Department has it: the visit on the day of arrival, and the stay at the summit, both public on its end.
FOUNDING = """
publisher        | source | recipient | started_on | ended_on   | known_on   | setting
state-department | CHN    | USA       | 2023-11-12 | 2023-11-12 | 2023-11-17 | bilateral
state-department | CHN    | USA       | 2023-11-12 | 2023-11-17 | 2023-11-17 | multilateral
"""
WOODSIDE = "{} | USA | CHN | 2023-11-15 | 2023-11-15 | {} | bilateral\n"
NOVEMBER = [str(day("2023-11-10") + at) for at in range(11)]


def founding(text: str) -> list[int]:
    sources = (covered("state-department"), covered("list", focal="", direction="", complete=False))
    history = history_of(text, *sources)
    seen = observe(make_cube(history), dyads=["USA-CHN"] * 11, as_ofs=days(*NOVEMBER))
    return [first if ahead else -2 for first, ahead in seen.itertuples(index=False)]


@pytest.mark.parametrize("known_on", ["2023-11-15", "2023-11-16", "2023-11-17", "2023-11-18", "2024-06-01"])
@pytest.mark.parametrize("publisher", ["list", "ledger:usa-chn"])
def test_the_founding_case_is_right_on_every_day(publisher, known_on):
    """They met on 15 November whoever reports it and whenever: up to that day met, after it not again."""
    seen = founding(FOUNDING + WOODSIDE.format(publisher, known_on))
    met = [first >= 0 for first in seen]
    assert met == [as_of <= "2023-11-15" for as_of in NOVEMBER]
    assert seen[3:] == [2, 1, 0, *[NEVER] * 5]


@pytest.mark.parametrize("known_on", ["2023-11-15", "2024-06-01"])
def test_the_founding_case_is_right_if_the_day_of_arrival_is_corrected(known_on):
    corrected = FOUNDING.replace("2023-11-12 | 2023-11-12", "2023-11-15 | 2023-11-15")
    expected = [5, 4, 3, 2, 1, 0, *[NEVER] * 5]
    assert founding(corrected) == expected
    assert founding(corrected + WOODSIDE.format("list", known_on)) == expected


def test_inside_a_stay_whose_day_nobody_names_the_founding_case_is_unresolved():
    stay = "\n".join(line for line in FOUNDING.splitlines() if "2023-11-12 | 2023-11-12" not in line)
    assert founding(stay) == [2, 1, 0, *[-2] * 5, *[NEVER] * 3]


AS_OF = "2009-05-06"


@pytest.fixture(scope="module")
def rival_workspaces(tmp_path_factory):
    """Two workspaces, into one of which a ledger is put that first speaks in 2024 and declares 1990 to 2024."""
    ledgers = {
        "a.csv": simulated_ledger(
            "CHN", "IND", start="2000-01-01", end="2009-05-01", leader_rows=20, minister_rows=10, seed=1
        ),
        "b.csv": simulated_ledger(
            "IND", "PAK", start="2000-01-01", end="2009-05-01", leader_rows=9, minister_rows=10, seed=2
        ),
    }
    declared = {name: {"coverage_start": "2000-01-01", "coverage_end": "2009-12-31"} for name in ledgers}
    late = simulated_ledger("CHN", "IND", start="2024-01-01", end="2024-06-01", leader_rows=3, minister_rows=3, seed=3)
    root = tmp_path_factory.mktemp("late")
    clean = write_workspace(root / "clean", ledgers, declared)
    with_late = write_workspace(
        root / "late",
        {**ledgers, "late.csv": late},
        {**declared, "late.csv": {"coverage_start": "1990-01-01", "coverage_end": "2024-12-31"}},
    )
    return clean, with_late


def test_a_ledger_that_declares_years_before_its_first_report_changes_nothing_in_them(rival_workspaces):
    one, other = (load_history(root) for root in rival_workspaces)
    as_of = day(AS_OF)
    assert one.fingerprint() != other.fingerprint()
    grids = [training_days(history.known_before(as_of), as_of).tolist() for history in (one, other)]
    assert grids[0] == grids[1]
    dates = days("2005-01-01", AS_OF)
    pd.testing.assert_frame_equal(build_panel(one, dates).signals, build_panel(other, dates).signals, check_exact=True)
    cards = [train(history, as_of, model="hazard", target="meeting").card for history in (one, other)]
    assert cards[0].model_version == cards[1].model_version


@pytest.mark.parametrize("model", ["hazard", pytest.param("base-rate", marks=pytest.mark.slow)])
def test_forecasts_of_2009_do_not_know_the_ledger_of_2024(rival_workspaces, model):
    rows = [
        predict(["CHN-IND", "IND-PAK"], as_of=AS_OF, root=root, horizons=[30, 365], model=model)
        for root in rival_workspaces
    ]
    one, other = (found.drop(columns="issued_at") for found in rows)
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_a_workspace_of_partial_sources_alone_has_nothing_to_learn_from():
    history = history_of("publisher|known_on\nlist|2001-01-01", covered("list", focal="", direction="", complete=False))
    with pytest.raises(DataMissingError, match="nothing to learn from"):
        training_days(history, day("2010-01-01"))
    assert history.cohort(day("2010-01-01")) == []


def test_all_directions_of_two_states_together_resolve_the_dyad_or_not():
    """A's journeys are B's visitors: the dyad is resolved exactly if both ways are held by someone."""
    ways = {("A", "journeys"): {0}, ("A", "visits"): {1}, ("A", "both"): {0, 1}, ("A", "none"): set(),
            ("B", "journeys"): {1}, ("B", "visits"): {0}, ("B", "both"): {0, 1}, ("B", "none"): set()}  # fmt: skip
    for one, other in product(("journeys", "visits", "both", "none"), repeat=2):
        sources = [
            (covered(focal=focal, direction=direction), 0)
            for focal, direction in (("CHN", one), ("IND", other))
            if direction != "none"
        ]
        resolved = bool(spans_of(("CHN", "IND"), sources).intervals)
        assert resolved is ((ways["A", one] | ways["B", other]) == {0, 1})
