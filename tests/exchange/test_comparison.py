"""Scores side by side: compared with sums by hand, and the laws that they obey."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.exchange.comparison import ENOUGH_DYADS, MIN_CLUSTERS, answered_by_all, side_by_side
from forecast.verification import skill_interval

KEYS = ["who", "dyad", "as_of", "by"]


def answers(rng: np.random.Generator, *, people: int = 3, dyads: int = 6, asked: int = 4, bys: int = 2) -> pd.DataFrame:
    """Everybody answers the same questions: some dyads, as of some days, by some last days."""
    names, days, ends = (
        [form.format(number + 1) for number in range(count)]
        for form, count in (("D{}", dyads), ("2020-01-{:02}", asked), ("2020-02-{:02}", bys))
    )
    keys = list(itertools.product(names, days, ends))
    facts = pd.DataFrame(keys, columns=KEYS[1:]).assign(climatology=rng.uniform(0.05, 0.95, len(keys)))
    facts["outcome"] = (rng.random(len(keys)) < facts["climatology"]).astype(float)
    parts = [facts.assign(who=f"p{k}", probability=rng.uniform(0.01, 0.99, len(keys))) for k in range(people)]
    return pd.concat(parts, ignore_index=True)


def test_the_figures_are_those_of_sums_by_hand():
    rows = answers(np.random.default_rng(1))
    scores = side_by_side(rows).set_index("who")
    assert list(scores.index) == ["p0", "p1", "p2"]
    for who in scores.index:
        own = [row for row in rows.to_dict("records") if row["who"] == who]
        brier = sum((row["probability"] - row["outcome"]) ** 2 for row in own) / len(own)
        base = sum((row["climatology"] - row["outcome"]) ** 2 for row in own) / len(own)
        log = -sum(math.log(row["probability"] if row["outcome"] else 1 - row["probability"]) for row in own) / len(own)
        found = scores.loc[who]
        assert found["n"] == len(own) == 48
        assert found["base_rate"] == pytest.approx(sum(row["outcome"] for row in own) / len(own))
        assert (found["brier"], found["skill"]) == (pytest.approx(brier), pytest.approx(1 - brier / base))
        assert found["log_score"] == pytest.approx(log)
        assert found["skill_low"] < found["skill"] < found["skill_high"]


def test_the_interval_is_the_wider_of_questions_and_dyads():
    rows = answers(np.random.default_rng(2), people=1)
    (found,) = side_by_side(rows).to_dict("records")
    figures = rows["probability"], rows["outcome"]
    both = [
        skill_interval(*figures, reference=rows["climatology"], clusters=names)
        for names in (rows["dyad"], [f"{row.dyad} {row.by}" for row in rows.itertuples()])
    ]
    assert found["skill_low"] == min(one.low for one in both)
    assert found["skill_high"] == max(one.high for one in both)


def test_many_dyads_are_drawn_alone():
    rows = answers(np.random.default_rng(2), people=1, dyads=ENOUGH_DYADS, asked=1)
    (found,) = side_by_side(rows).to_dict("records")
    figures = rows["probability"], rows["outcome"]
    one = skill_interval(*figures, reference=rows["climatology"], clusters=rows["dyad"])
    assert (found["skill_low"], found["skill_high"]) == (one.low, one.high)


def test_one_dyad_alone_is_never_a_spread_of_nothing():
    """Drawing the one dyad again and again would give an interval without width."""
    many = answers(np.random.default_rng(3), people=1, dyads=1, bys=MIN_CLUSTERS)
    (found,) = side_by_side(many).to_dict("records")
    assert found["skill_low"] < found["skill_high"]
    few = answers(np.random.default_rng(3), people=1, dyads=1, bys=MIN_CLUSTERS - 1)
    (found,) = side_by_side(few).to_dict("records")
    assert (found["skill"], found["skill_low"], found["skill_high"]) == (None, None, None)
    assert found["brier"] is not None


def test_days_of_one_question_are_drawn_together():
    """Asking the same question on more days must not make the interval much narrower."""
    few = answers(np.random.default_rng(4), people=1, dyads=20, asked=1, bys=1)
    rows = pd.concat([few.assign(as_of=f"2020-01-{day:02}") for day in range(1, 21)], ignore_index=True)
    (once,), (often,) = side_by_side(few).to_dict("records"), side_by_side(rows).to_dict("records")
    assert often["skill"] == pytest.approx(once["skill"])
    assert (often["skill_low"], often["skill_high"]) == pytest.approx((once["skill_low"], once["skill_high"]))


def test_climatology_is_the_reference_and_has_no_skill():
    rows = answers(np.random.default_rng(5), people=1)
    both = pd.concat([rows, rows.assign(who="climatology", probability=rows["climatology"])], ignore_index=True)
    twin = pd.concat([both, rows.assign(who="twin", probability=rows["climatology"])], ignore_index=True)
    scores = side_by_side(twin).set_index("who")
    assert scores.loc["climatology", "skill"] is None
    assert scores.loc["twin", "skill"] == 0.0
    assert scores.loc["twin", "brier"] == scores.loc["climatology", "brier"]


def test_a_perfect_reference_leaves_no_skill_and_says_none():
    rows = answers(np.random.default_rng(6), people=2)
    scores = side_by_side(rows.assign(climatology=rows["outcome"]))
    assert list(scores["skill"]) == list(scores["skill_low"]) == [None, None]
    # Some with and some without a figure: what is missing stays None beside it.
    mixed = side_by_side(pd.concat([rows, rows.loc[rows["who"] == "p0"].assign(who="climatology")]))
    assert [value is None for value in mixed["skill"]] == [False, False, True]


@pytest.mark.parametrize(
    ("probability", "outcome", "score"), [(0.0, 1.0, math.inf), (1.0, 0.0, math.inf), (1.0, 1.0, 0.0), (0.0, 0.0, 0.0)]
)
def test_a_certainty_costs_nothing_or_everything(probability, outcome, score):
    asked = {"who": "p", "dyad": "D", "as_of": "2020-01-01", "by": ["2020-01-02"]}
    rows = pd.DataFrame({**asked, "probability": probability, "climatology": 0.5, "outcome": outcome})
    assert side_by_side(rows)["log_score"].tolist() == pytest.approx([score], abs=1e-12)


def test_one_failed_certainty_among_many_is_not_averaged_away():
    rows = answers(np.random.default_rng(7), people=1)
    rows.loc[3, "probability"] = 1.0 - rows.loc[3, "outcome"]
    assert side_by_side(rows)["log_score"].tolist() == [math.inf]


@given(st.randoms(use_true_random=False), st.integers(0, 5))
def test_the_order_of_the_rows_does_not_matter(random, seed):
    rows = answers(np.random.default_rng(seed), people=2, dyads=5, asked=2, bys=1)
    order = list(rows.index)
    random.shuffle(order)
    one, other = (side_by_side(part, resamples=20).set_index("who").sort_index() for part in (rows, rows.loc[order]))
    pd.testing.assert_frame_equal(one.astype(float), other.astype(float), rtol=1e-12)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=20, unique=True), st.sets(st.integers(0, 3)))
def test_answered_by_all_is_an_intersection(given_answers, people):
    rows = pd.DataFrame(
        [(f"p{who}", f"D{question}", "2020-01-01", "2020-02-01") for who, question in given_answers], columns=KEYS
    )
    everybody = {f"p{who}" for who in people}
    shared = set.intersection(*({f"D{q}" for w, q in given_answers if w == who} for who in people)) if people else set()
    expected = [row.who in everybody and row.dyad in shared for row in rows.itertuples()]
    assert answered_by_all(rows, everybody).tolist() == expected
