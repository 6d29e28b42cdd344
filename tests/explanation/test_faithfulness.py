"""An explanation says what the forecast would do: facts are taken out of histories, and it does so.

What is promised (docs/reference/forecasts.md): without the summits of the window the forecast is the `without` of
`venues`; if only the facts of one family change, its `without` stays and the forecast moves by the change of its
`last`; and a fact that stands behind no family can go without moving the dyad's signals. Tolerance 1e-9 on the log-odds
scale, for the order of sums; signals are equal to the bit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.display.numbers import log_odds
from forecast.errors import DateError
from forecast.explanation.contributions import contributions
from forecast.explanation.evidence import EVIDENCE, evidence
from forecast.explanation.result import steps
from forecast.facts.calendar import Calendar
from forecast.facts.events import COLUMNS
from forecast.facts.history import History, make_history
from forecast.panel.panel import build_panel
from forecast.training.answering import trained_model
from forecast.training.splits import refit_day
from forecast.training.train import Trained
from forecast.verbs.explain import explain, explained
from forecast.verbs.predict import forecast_rows
from forecast.workspace import load_history
from random_histories import END, GAZETTE, LENGTH, START, TOLD, as_frame, events, history_from
from tiers import examples

# Takes facts out of many histories and forecasts anew.
pytestmark = pytest.mark.slow

AS_OF = np.datetime64("2023-09-29")
HORIZON = 63
DYADS = ("USA-CHN", "USA-GBR", "USA-KEN")


@pytest.fixture(scope="module")
def world(trained) -> tuple[History, Trained]:
    """The shipped records as of the founding question, and the model that answers it."""
    everything = load_history(trained)
    kept = trained_model(trained, everything, refit_day(AS_OF), model="hazard", target="meeting", on_step=[].append)
    return everything.known_before(AS_OF), kept


def row(history: History, dyad: str, as_of: np.datetime64 = AS_OF) -> pd.DataFrame:
    return build_panel(history, np.array([as_of]), dyads=[dyad]).signals


def parts(trained: Trained, X: pd.DataFrame) -> pd.DataFrame:
    return contributions(trained.model, X, HORIZON).set_index("family")


def without_events(history: History, gone: pd.Series) -> History:
    return make_history(
        history.events.loc[~gone, list(COLUMNS)], list(history.coverages), history.calendar, history.leaders
    )


@pytest.mark.parametrize("horizon", [30, HORIZON, 90, 180, 730])
def test_the_founding_case_is_explained_to_the_last_digit(world, horizon):
    """From climatology to the forecast of `predict`, at its horizon and at others."""
    known, trained = world
    told = explained(known, trained, "USA-CHN", AS_OF, horizon, "meeting")
    answer = forecast_rows(known, trained, ["USA-CHN"], AS_OF, [horizon], "meeting").iloc[0]
    assert told.probability == answer["probability"]
    start, shares = log_odds(answer["climatology"]), told.contributions["contribution"]
    assert abs(start + shares.sum() - log_odds(answer["probability"])) < 1e-9
    written = steps(told.probability, told.contributions)
    assert sum(step.log_odds for step in written[:-1]) == pytest.approx(written[-1].log_odds, abs=1e-9)
    assert told.hazards["cumulative"].iloc[-1] == pytest.approx(answer["probability"], abs=1e-12)


def test_the_founding_case_names_its_facts_and_its_summit(world):
    known, trained = world
    told = explained(known, trained, "USA-CHN", AS_OF, HORIZON, "meeting")
    assert told.summits[["series", "edition"]].to_numpy().tolist() == [["apec", "2023"]]
    visits = told.evidence.loc[told.evidence["family"] == "visits"]
    assert {"2023-06-17"} <= set(visits["on"])
    assert (told.evidence["known_on"] < str(AS_OF)).all()
    # The two met at Bali: only the ledger reports it, and it counts.
    assert "2022-11-14" in set(told.evidence.loc[told.evidence["family"] == "meetings", "on"])
    assert "meetings" not in set(told.missing["about"])


@pytest.mark.parametrize("dyad", DYADS)
def test_without_the_summits_of_the_window_the_forecast_is_what_was_said(world, dyad):
    known, trained = world
    told = explained(known, trained, dyad, AS_OF, 400, "meeting")
    said = told.contributions.set_index("family").loc["venues", "without"]
    ahead = {(name, edition) for name, edition in told.summits[["series", "edition"]].itertuples(index=False)}
    assert ahead
    # Beyond the window too: the model is asked for a horizon, its last period may reach further.
    left = tuple(edition for edition in known.calendar.editions if edition.starts_on < AS_OF)
    other = row(replace(known, calendar=Calendar(left)), dyad)
    found = trained.model.predict_cumulative_incidence(other, [400])[0, 0]
    assert log_odds(found) == pytest.approx(log_odds(said), abs=1e-9)
    assert told.probability != found


@pytest.mark.parametrize("dyad", DYADS)
def test_without_one_summit_the_forecast_is_what_was_said(world, dyad):
    known, trained = world
    told = explained(known, trained, dyad, AS_OF, 400, "meeting")
    for _, summit in told.summits.head(3).iterrows():
        left = tuple(
            edition
            for edition in known.calendar.editions
            if (edition.series, edition.edition) != (summit["series"], summit["edition"])
        )
        other = row(replace(known, calendar=Calendar(left)), dyad)
        found = trained.model.predict_cumulative_incidence(other, [400])[0, 0]
        assert log_odds(found) == pytest.approx(log_odds(summit["without"]), abs=1e-9)
        assert 0.0 < summit["chance"] < 1.0


@pytest.mark.parametrize("dyad", ["USA-CHN", "USA-GBR"])
def test_without_the_ministers_the_forecast_moves_by_what_visits_added(world, dyad):
    known, trained = world
    X = row(known, dyad)
    told = explained(known, trained, dyad, AS_OF, HORIZON, "meeting").evidence
    listed = told.loc[(told["family"] == "visits") & told["weighted"], "record_id"]
    gone = (
        (known.events["dyad"] == dyad)
        & known.events["record_id"].isin(listed)
        & known.events["level"].isin(["minister", "deputy"])
    )
    assert gone.any()
    other = row(without_events(known, gone), dyad)
    differ = [name for name in X.columns if not X[name].equals(other[name])]
    assert {name.split("__")[0] for name in differ} - {"dialogues"} == {"visits"}
    before, after = parts(trained, X), parts(trained, other)
    assert before.loc["visits", "without"] == after.loc["visits", "without"]
    moved = [log_odds(trained.model.predict_cumulative_incidence(one, [HORIZON])[0, 0]) for one in (X, other)]
    said = before.loc["visits", "last"] - after.loc["visits", "last"]
    assert moved[0] - moved[1] == pytest.approx(said, abs=1e-9)
    assert said != 0.0


@pytest.mark.parametrize("dyad", DYADS)
def test_a_record_behind_no_weighted_family_can_go(world, dyad):
    """On the shipped records: what is not listed with a weight moves no forecast of the pair."""
    known, trained = world
    told = explained(known, trained, dyad, AS_OF, HORIZON, "meeting").evidence
    listed = set(told.loc[told["weighted"], "record_id"])
    ours = known.events["dyad"] == dyad
    gone = ours & ~known.events["record_id"].isin(listed)
    assert gone.any()
    X, other = row(known, dyad), row(without_events(known, gone), dyad)
    used = [name for name in X.columns if trained.model.uses(name)]
    pd.testing.assert_frame_equal(X[used], other[used], check_exact=True)


LAST = int((np.datetime64("2008-06-01") - START).astype(int))


@given(
    drawn=st.lists(events(publishers=(GAZETTE, TOLD), known_to=LENGTH), min_size=5, max_size=40),
    at=st.integers(1200, LAST),
    dyad=st.sampled_from(["USA-CHN", "CHN-IND", "IND-PAK"]),
)
@settings(max_examples=examples(40))
def test_what_stands_behind_no_family_can_go_in_any_history(drawn, at, dyad):
    history = history_from(as_frame(drawn))
    as_of = START + at
    known = history.known_before(as_of)
    if known.coverage_end(dyad) is None:
        return
    told = evidence(known, dyad=dyad, as_of=as_of, target="meeting", uses=lambda _: True)
    assert tuple(told.columns) == EVIDENCE
    assert (told["known_on"] < str(as_of)).all()
    ours = known.events["dyad"] == dyad
    # Whether a ledger tells of the pair at all is a fact too: its first row stays.
    first = ~known.events.loc[ours].duplicated("publisher").reindex(known.events.index, fill_value=True)
    gone = ours & ~first & ~known.events["record_id"].isin(told["record_id"])
    X, other = row(known, dyad, as_of), row(without_events(known, gone), dyad, as_of)
    pd.testing.assert_frame_equal(X, other, check_exact=True)


@given(
    drawn=st.lists(events(publishers=(GAZETTE, TOLD), known_to=LENGTH), min_size=5, max_size=40),
    at=st.integers(1200, LAST),
)
@settings(max_examples=examples(20))
def test_no_fact_of_the_future_stands_behind_a_family(drawn, at):
    history, as_of = history_from(as_frame(drawn)), START + at
    assert as_of < END
    for dyad in ("USA-CHN", "CHN-IND"):
        told = evidence(history.known_before(as_of), dyad=dyad, as_of=as_of, target="meeting", uses=lambda _: True)
        again = {row_["record_id"] for row_ in told.to_dict("records") if row_["record_id"]}
        known = history.events.loc[history.events["known_on"].to_numpy() < as_of, "record_id"]
        assert again <= set(known)


def test_facts_that_become_known_on_the_day_itself_change_no_explanation(rivals, tmp_path):
    """The boundary: an event known on the as-of date is not there."""
    import shutil

    shutil.copytree(rivals / "data", tmp_path / "ws" / "data")
    ledger = tmp_path / "ws" / "data" / "raw" / "engagements" / "rivals.csv"
    question = {"as_of": "2018-03-01", "by": "2018-08-31", "analogues": 2}
    before = explain("IND-PAK", root=tmp_path / "ws", **question).to_dict()
    with ledger.open("a", encoding="utf-8") as rows:
        rows.write("2018-03-01,2018-03-01,IND,PAK,CONSULT,visit,leader,bilateral,occurred\n")
        rows.write("2018-03-01,2018-03-01,IND,PAK,CONSULT,visit,minister,bilateral,occurred\n")
    after = explain("IND-PAK", root=tmp_path / "ws", **question).to_dict()
    before["forecast"].pop("issued_at")
    after["forecast"].pop("issued_at")
    assert before == after
    with pytest.raises(DateError, match="horizons: 'soon' is no whole number"):
        explain("IND-PAK", as_of="2018-03-01", root=tmp_path / "ws", horizon="soon")
