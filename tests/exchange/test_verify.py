"""Other people's forecasts beside the program's own. All figures of the others are made up."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import forecast as fc
from forecast.errors import ForecastError, InputError
from forecast.exchange.crowd import UNKNOWN_STATE
from forecast.verbs import verify as verifying
from forecast.verbs.verify import BEFORE_THE_DATA, NO_SOURCE, NOT_ALL, UNRESOLVED, UNTRAINED
from simulated_ledgers import simulated_ledger, write_workspace

HEAD = "question,dyad,as_of,by,probability,outcome,forecaster\n"
DYADS = ("IND-PAK", "FRA-DEU", "CHN-IND")
MODEL = "base-rate"


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three dyads whose records end on the last day of 2019."""
    tables = {
        f"{dyad}.csv": simulated_ledger(
            *dyad.split("-"), start="2009-01-01", end="2019-12-31", leader_rows=30, minister_rows=5, seed=seed
        )
        for seed, dyad in enumerate(DYADS)
    }
    declared = {name: {"coverage_start": "2009-01-01", "coverage_end": "2019-12-31"} for name in tables}
    return write_workspace(tmp_path_factory.mktemp("ledgers") / "ws", tables, declared)


def crowd(folder: Path, rows: str, name: str = "crowd.csv") -> Path:
    path = folder / name
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


QUESTIONS = [
    (dyad, as_of, by)
    for dyad in DYADS
    for as_of in ("2018-03-01", "2018-03-08", "2018-06-01")
    for by in ("2018-06-30", "2018-09-30")
]


def many(outcome: str = "", who: str = "ann", shift: float = 0.0) -> str:
    return "".join(
        f"{dyad} by {by},{dyad},{as_of},{by},{0.1 + 0.04 * number + shift:.3f},{outcome},{who}\n"
        for number, (dyad, as_of, by) in enumerate(QUESTIONS)
    )


def met(root: Path, dyad: str, as_of: str, by: str) -> int:
    """Whether a leader's row of the ledger begins in the window: the record, read by hand."""
    rows = pd.read_csv(root / "data" / "raw" / "engagements" / f"{dyad}.csv", dtype=str)
    return int(((rows["level"] == "leader") & rows["started_on"].between(as_of, by)).any())


@pytest.fixture(scope="module")
def answers(ledgers) -> pd.DataFrame:
    """The program's own answers to the questions."""
    return pd.concat([fc.predict(dyad, as_of=as_of, by=by, root=ledgers, model=MODEL) for dyad, as_of, by in QUESTIONS])


def verified(root: Path, *files: Path, **words: str) -> verifying.Verification:
    return fc.verify(list(files), root=root, **{"model": MODEL, **words})


def test_everybody_is_scored_on_the_same_questions(tmp_path, ledgers, answers):
    found = verified(ledgers, crowd(tmp_path, many()))
    assert list(found.scores["who"]) == ["ann", MODEL, "climatology"]
    assert list(found.scores["n"]) == [len(QUESTIONS)] * 3
    rows = {(row.who, row.dyad, row.as_of, row.by): row for row in found.answers.itertuples()}
    assert len(rows) == 3 * len(QUESTIONS)
    for number, ((dyad, as_of, by), own) in enumerate(zip(QUESTIONS, answers.to_dict("records"), strict=True)):
        given = {"ann": round(0.1 + 0.04 * number, 3), MODEL: own["probability"], "climatology": own["climatology"]}
        for who, probability in given.items():
            row = rows[who, dyad, as_of, by]
            assert row.probability == pytest.approx(probability, abs=1e-15)
            assert row.climatology == pytest.approx(own["climatology"], abs=1e-15)
            assert row.outcome == met(ledgers, dyad, as_of, by)
    assert {row.outcome for row in rows.values()} == {0.0, 1.0}
    assert found.left_out.empty
    assert found.contradicted.empty


def test_the_files_own_forecast_comes_before_a_computed_one(tmp_path, ledgers, answers, monkeypatch):
    answers.assign(probability=0.5, climatology=0.25).to_csv(tmp_path / "own.csv", index=False)
    (tmp_path / "own.json").write_text(answers.assign(probability=0.5, climatology=0.25).to_json(orient="records"))
    monkeypatch.setattr(verifying, "answering_models", None)
    for own in ("own.csv", "own.json"):
        found = verified(ledgers, crowd(tmp_path, many()), tmp_path / own)
        assert list(found.scores["n"]) == [len(QUESTIONS)] * 3
        assert set(found.answers.loc[found.answers["who"] == MODEL, "probability"]) == {0.5}
        assert set(found.answers["climatology"]) == {0.25}
        assert found.scores.set_index("who").loc[MODEL, "brier"] == 0.25


def test_what_a_file_lacks_is_computed(tmp_path, ledgers):
    answers = fc.predict("IND-PAK", as_of="2018-03-01", by="2018-06-30", root=ledgers, model=MODEL)
    answers.assign(probability=0.5).drop(columns="climatology").to_csv(tmp_path / "own.csv", index=False)
    found = verified(ledgers, crowd(tmp_path, many()), tmp_path / "own.csv")
    assert list(found.scores["n"]) == [len(QUESTIONS)] * 3
    own = found.answers.loc[found.answers["who"] == MODEL].set_index(["dyad", "as_of", "by"])
    assert own.loc[("IND-PAK", "2018-03-01", "2018-06-30"), "probability"] == 0.5
    assert own.loc[("IND-PAK", "2018-03-01", "2018-06-30"), "climatology"] == answers["climatology"].iloc[0]
    assert (own["probability"] == 0.5).sum() == 1


def test_a_files_climatology_comes_before_a_computed_one(tmp_path, ledgers):
    answers = fc.predict("IND-PAK", as_of="2018-03-01", by="2018-06-30", root=ledgers, model="recurrence")
    answers.assign(climatology=0.25).to_csv(tmp_path / "own.csv", index=False)
    for files in ("crowd.csv", "own.csv"), ("own.csv", "crowd.csv"):
        crowd(tmp_path, many())
        found = verified(ledgers, *(tmp_path / name for name in files))
        assert sorted(found.scores["who"]) == ["ann", MODEL, "climatology", "recurrence"]
        assert list(found.scores["n"]) == [1] * 4
        assert set(found.answers["climatology"]) == {0.25}


def test_a_backtest_verified_is_the_backtest_scored(tmp_path, ledgers):
    """Own files alone: nothing is computed, and the scores are those that the backtest itself gave."""
    words = {"start": "2016-01-01", "end": "2017-06-01", "horizons": [30]}
    scores = fc.backtest(root=ledgers, models=[MODEL, "recurrence", "climatology"], output=tmp_path / "b", **words)
    found = verified(ledgers, tmp_path / "b" / "forecasts.csv", model="hazard").scores.set_index("who")
    assert set(found.index) == {MODEL, "recurrence", "climatology"}
    for row in scores.to_dict("records"):
        own = found.loc[row["model_id"]]
        assert own["n"] == row["n"]
        assert own["base_rate"] == pytest.approx(row["base_rate"])
        assert own["brier"] == pytest.approx(row["brier"])
        if row["model_id"] != "climatology":
            assert own["skill"] == pytest.approx(row["skill"])


def test_a_stated_outcome_stands_and_what_the_record_says_is_told(tmp_path, ledgers):
    dyad, as_of, by = QUESTIONS[0]
    truth = met(ledgers, dyad, as_of, by)
    found = verified(ledgers, crowd(tmp_path, f"q,{dyad},{as_of},{by},0.3,{1 - truth},\n"))
    assert set(found.answers["outcome"]) == {1 - truth}
    (row,) = found.contradicted.to_dict("records")
    assert (row["line"], row["dyad"], row["as_of"], row["by"], row["outcome"]) == (2, dyad, as_of, by, 1 - truth)
    assert verified(ledgers, crowd(tmp_path, f"q,{dyad},{as_of},{by},0.3,{truth},\n")).contradicted.empty


def test_an_outcome_that_one_states_holds_for_all(tmp_path, ledgers):
    """The window reaches beyond the records; only one of the two files says what happened."""
    one = crowd(tmp_path, "q,IND-PAK,2019-12-01,2020-01-31,0.3,,\n", "ann.csv")
    other = crowd(tmp_path, "q,IND-PAK,2019-12-01,2020-01-31,0.4,1,\n", "bob.csv")
    found = verified(ledgers, one, other)
    assert list(found.scores["who"]) == ["ann", "bob", MODEL, "climatology"]
    assert set(found.answers["outcome"]) == {1.0}
    assert list(verified(ledgers, one).left_out["reason"]) == [UNRESOLVED]


LEFT_OUT = {
    "q,USA-Atlantis,2018-03-01,2018-06-30,0.3,1,ann": UNKNOWN_STATE,
    "q,IND-PAK,2019-12-01,2020-01-01,0.3,,ann": UNRESOLVED,
    "q,IND-PAK,2005-03-01,2005-06-30,0.3,1,ann": NO_SOURCE,
    "q,IND-PAK,2009-10-01,2009-12-30,0.3,1,ann": UNTRAINED,
    "q,USA-FRA,2018-03-01,2018-06-30,0.3,1,ann": NO_SOURCE,
}


@pytest.mark.parametrize("row", LEFT_OUT)
def test_a_row_that_cannot_be_scored_is_left_out_with_its_reason(tmp_path, ledgers, row):
    found = verified(ledgers, crowd(tmp_path, many() + row + "\n"))
    assert list(found.scores["n"]) == [len(QUESTIONS)] * 3
    (left,) = found.left_out.to_dict("records")
    assert (left["line"], left["question"], left["reason"]) == (len(QUESTIONS) + 2, "q", LEFT_OUT[row])
    assert left["file"].endswith("crowd.csv")


@pytest.mark.slow  # reads the shipped facts
def test_a_date_before_the_data_is_left_out(tmp_path, shipped):
    """The records of the State Department cover every dyad of the USA, but not every century."""
    rows = "a,USA-FRA,1800-01-01,1800-06-30,0.3,0,ann\nb,USA-SYR,1700-03-01,1700-06-30,0.3,1,ann\n"
    reasons = list(verified(shipped, crowd(tmp_path, rows)).left_out["reason"])
    assert set(reasons) <= {BEFORE_THE_DATA, "a state did not exist on the as-of date", NO_SOURCE}
    assert BEFORE_THE_DATA in reasons


def test_only_what_all_answer_is_scored(tmp_path, ledgers):
    ann = crowd(tmp_path, many())
    bob = crowd(tmp_path, "".join(many(who="bob").splitlines(keepends=True)[:5]), "bob.csv")
    found = verified(ledgers, ann, bob)
    assert list(found.scores["n"]) == [5] * 4
    assert set(found.left_out["reason"]) == {NOT_ALL}
    assert list(found.left_out["line"]) == list(range(7, len(QUESTIONS) + 2))
    assert set(found.left_out["file"]) == {str(ann)}


def test_without_a_common_question_there_are_no_cases_and_no_figures(tmp_path, ledgers, monkeypatch):
    monkeypatch.setattr(verifying, "answering_models", None)
    ann = crowd(tmp_path, "q,IND-PAK,2018-03-01,2018-06-30,0.3,,ann\n")
    bob = crowd(tmp_path, "q,IND-PAK,2018-03-02,2018-06-30,0.3,,bob\n", "bob.csv")
    found = verified(ledgers, ann, bob)
    assert list(found.scores["who"]) == ["ann", "bob", MODEL, "climatology"]
    assert list(found.scores["n"]) == [0] * 4
    assert all(value is None for value in found.scores.drop(columns=["who", "n"]).to_numpy().ravel())
    assert found.answers.empty
    assert list(found.left_out["reason"]) == [NOT_ALL] * 2


def test_own_forecasts_of_another_target_are_left_out(tmp_path, ledgers):
    answers = fc.predict("IND-PAK", as_of="2018-03-01", by="2018-06-30", root=ledgers, model=MODEL, target="bilateral")
    answers.to_csv(tmp_path / "own.csv", index=False)
    found = verified(ledgers, tmp_path / "own.csv")
    (left,) = found.left_out.to_dict("records")
    assert (left["line"], left["reason"], left["detail"]) == (2, "another target", "bilateral")
    assert list(verified(ledgers, tmp_path / "own.csv", target="bilateral").scores["n"]) == [1, 1]


def test_files_in_any_order_score_the_same(tmp_path, ledgers):
    one = crowd(tmp_path, many(), "ann.csv")
    lines = many(who="bob", shift=0.05).splitlines(keepends=True)
    other = crowd(tmp_path, "".join(np.random.default_rng(1).permutation(lines)), "bob.csv")
    first, second = (verified(ledgers, *files).scores.set_index("who") for files in ((one, other), (other, one)))
    figures = ["n", "base_rate", "brier", "skill", "log_score"]
    pd.testing.assert_frame_equal(
        first.sort_index()[figures].astype(float), second.sort_index()[figures].astype(float), rtol=1e-12
    )


def test_a_fact_of_the_future_changes_no_answer_of_the_model(tmp_path, ledgers):
    """A meeting that becomes known on the as-of date changes what is resolved, never what was forecast."""
    root = Path(shutil.copytree(ledgers, tmp_path / "ws"))
    path = root / "data" / "raw" / "engagements" / "IND-PAK.csv"
    rows = pd.read_csv(path, dtype=str)
    late = rows.iloc[[0]].assign(
        started_on="2018-06-15", known_on="2018-06-15", level="leader", mode="visit", setting="bilateral"
    )
    pd.concat([rows, late]).to_csv(path, index=False)
    file = crowd(tmp_path, "q,IND-PAK,2018-06-15,2018-06-30,0.3,,ann\n")
    before, after = (verified(where, file).answers for where in (ledgers, root))
    assert set(after["outcome"]) == {1.0}
    assert before["probability"].tolist() == after["probability"].tolist()
    assert before["climatology"].tolist() == after["climatology"].tolist()


def test_one_file_may_be_given_by_its_name_alone(tmp_path, ledgers):
    path = crowd(tmp_path, many())
    one, other = fc.verify(str(path), root=ledgers, model=MODEL), fc.verify([path, path], root=ledgers, model=MODEL)
    pd.testing.assert_frame_equal(one.scores, other.scores)


def refused(root: Path, says: str, *files: Path) -> None:
    with pytest.raises(ForecastError, match=says) as caught:
        verified(root, *files)
    assert "\n" not in str(caught.value)


def test_a_forecaster_who_answers_twice_is_refused(tmp_path, ledgers):
    row = "{},IND-PAK,2018-03-01,2018-06-30,0.3,,ann\n"
    one = crowd(tmp_path, row.format("a") + row.format("b"))
    refused(ledgers, r"crowd\.csv, line 3: 'ann' has answered this already: .*crowd\.csv, line 2; keep one", one)
    other = crowd(tmp_path, row.format("c"), "again.csv")
    refused(ledgers, r"again\.csv, line 2: 'ann' has", crowd(tmp_path, row.format("a")), other)


def test_two_outcomes_of_one_question_are_refused(tmp_path, ledgers):
    row = "q,IND-PAK,2018-03-01,2018-06-30,0.3,{},{}\n"
    file = crowd(tmp_path, row.format(1, "ann") + row.format("", "eve") + row.format(0, "bob"))
    refused(ledgers, r"crowd\.csv, line 4: outcome 0 contradicts 1 in .*crowd\.csv, line 2", file)


@pytest.mark.parametrize("name", ["hazard", "climatology"])
def test_a_forecaster_with_the_name_of_a_model_is_refused(tmp_path, ledgers, name):
    file = crowd(tmp_path, f"q,IND-PAK,2018-03-01,2018-06-30,0.3,,{name}\n")
    refused(ledgers, rf"crowd\.csv, line 2, forecaster: '{name}' is the name of a model", file)


def test_a_table_of_another_kind_is_refused(tmp_path, ledgers):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"other\.csv, line 1: the header is neither that of forecasts \(model_id"):
        verified(ledgers, path)


def test_no_file_at_all_is_refused(ledgers):
    refused(ledgers, "name at least one file")


def test_no_model_is_trained_where_climatology_alone_is_asked(tmp_path, ledgers, monkeypatch):
    """Climatology learns from no rows, and gives what it gives elsewhere."""
    answers = pd.concat([fc.predict(d, as_of=a, by=b, root=ledgers, model="climatology") for d, a, b in QUESTIONS])
    monkeypatch.setattr(verifying, "answering_models", None)
    found = verified(ledgers, crowd(tmp_path, many()), model="climatology")
    own = found.answers.loc[found.answers["who"] == "climatology"].set_index(["dyad", "as_of", "by"])
    assert len(own) == len(answers)
    for row in answers.to_dict("records"):
        assert own.loc[(row["dyad"], row["as_of"], row["window_end"]), "probability"] == row["probability"]
