"""Backtests and training: one path for training, backtests and predictions, on a ledger of two states."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import forecast as fc
from forecast.backtesting.backtest import COLUMNS, SCORES, backtest, score
from forecast.display.frames import score_table
from forecast.errors import DataMissingError, DateError, ForecastError, ModelError
from forecast.models import DEFAULT, MODELS
from forecast.models.base import at_risk
from forecast.panel.panel import build_panel
from forecast.periods import PERIODS
from forecast.training.train import train, training_panel
from forecast.verification import average_precision_ratio, brier_skill, log_score, log_skill, sharpness
from forecast.verification.forecasts import example_forecasts
from forecast.workspace import load_history
from simulated_ledgers import simulated_ledger, write_workspace
from text_tables import covered, day, days, history_of

AS_OFS = np.arange("2016-01", "2019-01", 2, dtype="datetime64[M]").astype("datetime64[D]")


@pytest.fixture(scope="module")
def history(rivals):
    return load_history(rivals)


@pytest.fixture(scope="module")
def forecasts(history):
    return backtest(history, AS_OFS, models=list(MODELS), horizons=[30, 180])


@pytest.mark.parametrize("trained", ["2012-01-01", "2016-01-01", "2019-07-15"])
def test_no_row_teaches_what_was_not_resolved_before_the_day_of_training(history, trained):
    panel = training_panel(history, day(trained), target="meeting")
    left = (day(trained) - panel.as_ofs).astype(int)
    followup = panel.outcomes["followup_days"].to_numpy()
    assert (followup <= left).all()
    assert (panel.outcomes["first_meeting_in_days"].to_numpy() < followup).all()
    for start, end in PERIODS:
        rows, _ = at_risk(panel.outcomes, start, end)
        assert (left[rows] >= end).all()


def test_a_meeting_known_late_does_not_teach_before_it_is_known():
    text = "publisher|source|recipient|occurred_on|known_on\n" + "\n".join(
        f"ledger:x|IND|PAK|{year}-05-05|{year}-05-05" for year in range(2000, 2010)
    )
    late = "\nledger:x|IND|PAK|2008-02-02|2010-01-01"
    source = covered("ledger:x", "2000-01-01", "2012-12-31", focal="", source="x.csv")
    one, other = (
        training_panel(history_of(t, source), day("2010-01-01"), target="meeting") for t in (text, text + late)
    )
    assert one.fingerprint == other.fingerprint
    after = training_panel(history_of(text + late, source), day("2010-01-02"), target="meeting")
    row = after.outcomes.xs("IND-PAK", level="dyad").loc["2008-02-01"]
    assert row["first_meeting_in_days"] == 1


def test_a_backtest_gives_every_dyad_date_horizon_and_model_once(forecasts):
    assert list(forecasts.columns) == list(COLUMNS)
    assert not forecasts.duplicated(["model_id", "dyad", "as_of", "horizon_days"]).any()
    assert set(forecasts["model_id"]) == set(MODELS)
    assert len(forecasts) == len(MODELS) * len(AS_OFS) * 2
    assert forecasts["outcome"].isin([0, 1]).all()
    assert forecasts["probability"].between(0, 1).all()


def test_no_forecast_is_made_by_a_model_of_its_future(forecasts):
    assert (pd.to_datetime(forecasts["fold"]) <= forecasts["as_of"]).all()


def test_a_backtests_climatology_is_that_of_the_model_climatology(forecasts):
    rows = forecasts.loc[forecasts["model_id"] == "climatology"]
    assert rows["probability"].tolist() == rows["climatology"].tolist()


# Each model is trained for it anew.
@pytest.mark.parametrize(
    ("as_of", "model"),
    [
        pytest.param(as_of, model, marks=() if quick else pytest.mark.slow)
        for as_of, model, quick in (
            *(("2016-01-01", name, name == DEFAULT) for name in MODELS),
            *(("2017-09-01", name, name in (DEFAULT, "climatology")) for name in MODELS),
        )
    ],
)
def test_a_prediction_is_the_backtests_forecast_of_the_same_date(rivals, forecasts, as_of, model):
    predicted = fc.predict("IND-PAK", as_of=as_of, root=rivals, horizons=[30, 180], model=model)
    rows = forecasts.loc[(forecasts["model_id"] == model) & (forecasts["as_of"] == as_of)].sort_values("horizon_days")
    assert predicted["probability"].to_numpy() == pytest.approx(rows["probability"].to_numpy(), abs=1e-12)
    assert predicted["climatology"].tolist() == rows["climatology"].tolist()
    assert predicted["announced"].tolist() == rows["announced"].tolist()


def test_a_predictions_signals_are_the_backtests(history):
    together = build_panel(history, AS_OFS)
    for as_of in AS_OFS[::4]:
        alone = build_panel(history.known_before(as_of), np.array([as_of]), dyads=["IND-PAK"])
        assert alone.signals.to_numpy().tobytes() == together.signals[together.as_ofs == as_of].to_numpy().tobytes()


def test_a_model_trained_on_a_panel_at_hand_is_the_model_trained_afresh(history):
    panel = training_panel(history, day("2015-01-01"), target="meeting")
    one = train(history, day("2015-01-01"), model="hazard", target="meeting")
    other = train(history, day("2015-01-01"), model="hazard", target="meeting", panel=panel)
    assert one.card.state_sha256 == other.card.state_sha256
    assert one.card.key == other.card.key


def test_the_circumstances_stand_beside_the_outcome(forecasts):
    assert ((forecasts["setting"] != "") == (forecasts["outcome"] == 1)).all()
    assert set(forecasts["setting"]) == {"", "bilateral", "multilateral"}
    assert forecasts["onset"].dtype == forecasts["venue_in_window"].dtype == bool
    assert not forecasts["venue_in_window"].any()
    # One dyad: what is known of it on a date is the same for all models and horizons.
    assert len(forecasts[["as_of", "onset"]].drop_duplicates()) == len(AS_OFS)


def test_no_model_is_trained_for_a_year_without_a_resolved_outcome(history):
    steps = []
    late = days("2019-06-01", "2019-12-15", "2020-01-01", "2021-01-01")
    forecasts = backtest(
        history, late, models=["base-rate"], horizons=[30], on_fold=lambda done, total: steps.append((done, total))
    )
    assert set(forecasts["fold"]) == {"2019-01-01"}
    assert steps == [(0, 1), (1, 1)]


def test_unresolved_windows_are_left_out(history):
    late = days("2019-06-01", "2019-12-01")
    forecasts = backtest(history, late, models=["base-rate"], horizons=[30, 180])
    cases = set(zip(forecasts["as_of"].astype(str), forecasts["horizon_days"], strict=True))
    assert cases == {("2019-06-01", 30), ("2019-06-01", 180), ("2019-12-01", 30)}
    with pytest.raises(DataMissingError, match="no outcome between 2021-01-01 and 2021-02-01 is resolved"):
        backtest(history, days("2021-01-01", "2021-02-01"), models=["base-rate"], horizons=[30])


def test_progress_is_told_fold_by_fold(history):
    steps = []
    backtest(
        history, AS_OFS, models=["base-rate"], horizons=[30], on_fold=lambda done, total: steps.append((done, total))
    )
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_the_whole_of_it_on_disk(rivals, tmp_path):
    out = tmp_path / "forecasts"
    said = {"root": rivals, "start": "2016-01-01", "end": "2018-12-01", "every": "quarter", "horizons": [90]}
    scores = fc.backtest(**said, models=["hazard", "climatology"], output=out)
    assert scores["model_id"].tolist() == ["hazard", "climatology"]
    written = pd.read_csv(out / "forecasts.csv")
    assert list(written.columns) == list(COLUMNS)
    assert pd.read_json(out / "scores.json")["n"].tolist() == scores["n"].tolist()
    reference = scores.loc[scores["model_id"] == "climatology"].iloc[0]
    assert reference["reason"] == f"not enough cases (n = {written['outcome'].sum() // 2})"
    with pytest.raises(ForecastError, match="holds the finished backtest of another request"):
        fc.backtest(**said, models=["climatology"], output=out)


def with_reference(rows: pd.DataFrame) -> pd.DataFrame:
    """Forecasts of two models and of the reference itself."""
    reference = rows.loc[rows["model_id"] == "sharp"]
    reference = reference.assign(model_id="climatology", probability=reference["climatology"])
    return pd.concat([rows, reference], ignore_index=True)


def test_every_figure_of_the_scores_is_that_of_its_function():
    rows = with_reference(example_forecasts())
    scores = score(rows, resamples=100)
    assert list(scores.columns) == list(SCORES)
    assert not scores.isna().any().any()
    assert (scores["reason"] == "").all()
    for _, row in scores.iterrows():
        part = rows.loc[rows["model_id"] == row["model_id"]]
        p, y, reference = (part[name].to_numpy() for name in ("probability", "outcome", "climatology"))
        assert (row["n"], row["n_met"], row["base_rate"]) == (240, 77, 77 / 240)
        assert row["skill"] == brier_skill(p, y, reference=reference)
        assert row["log_skill"] == log_skill(p, y, reference=reference)
        assert row["log_score"] == log_score(p, y)
        assert row["precision_ratio"] == average_precision_ratio(p, y)
        assert row["sharpness"] == sharpness(p)
        assert row["brier"] == pytest.approx(row["miscalibration"] - row["discrimination"] + row["uncertainty"])
    assert scores.set_index("model_id").loc["climatology", ["skill", "log_skill"]].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("figure", ["skill", "log_skill"])
def test_every_skill_stands_inside_its_intervals(figure):
    rows = score(with_reference(example_forecasts()), resamples=200)
    for way in ("dyad", "as_of"):
        assert (rows[f"{figure}_low_by_{way}"] <= rows[figure]).all()
        assert (rows[figure] <= rows[f"{figure}_high_by_{way}"]).all()
    sharp = rows.set_index("model_id").loc["sharp"]
    assert sharp[f"{figure}_low_by_dyad"] < sharp[figure] < sharp[f"{figure}_high_by_as_of"]


@pytest.mark.parametrize(("met", "fewest"), [(0, 0), (3, 3), (9, 9), (231, 9), (240, 0)])
def test_few_cases_of_a_kind_are_said_and_not_scored(met, fewest):
    rows = example_forecasts().query("model_id == 'sharp'").reset_index(drop=True)
    (row,) = score(rows.assign(outcome=(rows.index < met).astype(int)), resamples=20).to_dict("records")
    assert row["reason"] == f"not enough cases (n = {fewest})"
    assert {name for name in SCORES if row[name] == row[name]} == {
        "model_id", "horizon_days", "n", "n_met", "base_rate", "brier", "sharpness", "reason",
    }  # fmt: skip
    line = str(score_table(score(rows.assign(outcome=(rows.index < met).astype(int)), resamples=20))).splitlines()[1]
    assert line.endswith(f"not enough cases (n = {fewest})")
    assert "nan" not in line
    assert len(line) <= 80


def test_one_dyad_on_many_dates_is_drawn_by_its_dates_alone():
    rows = example_forecasts().query("model_id == 'sharp'").assign(dyad="USA-CHN")
    scores = score(rows.assign(as_of=days("2010-01-01")[0] + np.arange(len(rows))), resamples=50)
    (row,) = scores.to_dict("records")
    assert np.isnan([row["skill_low_by_dyad"], row["log_skill_high_by_dyad"]]).all()
    assert row["skill_low_by_as_of"] < row["skill"] < row["skill_high_by_as_of"]
    assert f"{row['skill_low_by_as_of']:+.3f} to {row['skill_high_by_as_of']:+.3f}" in str(score_table(scores))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.head(0), "there are no forecasts to score"),
        (lambda rows: pd.concat([rows, rows.head(2)]), "2 forecasts stand twice in the table"),
        (
            lambda rows: rows.assign(outcome=rows["outcome"].where(rows.index > 2)),
            "3 of 480 forecasts are not resolved",
        ),
        (lambda rows: rows.assign(probability=1.2), "is 1.2: it is missing or outside"),
        (lambda rows: rows.assign(probability=np.nan), "is nan: it is missing or outside"),
    ],
)
def test_what_cannot_be_scored_is_refused_in_one_line(change, said):
    with pytest.raises(ForecastError, match=said):
        score(change(example_forecasts()), resamples=20)


def test_a_forecast_that_ruled_out_what_happened_has_no_log_skill_and_says_so():
    rows = example_forecasts().query("model_id == 'sharp'")
    rows = rows.assign(probability=np.where(rows["outcome"] == 1, 0.0, rows["probability"]))
    (row,) = score(rows, resamples=20).to_dict("records")
    assert np.isnan([row["log_score"], row["log_skill"], row["log_skill_low_by_dyad"]]).all()
    assert row["skill"] < 0
    assert row["reason"] == (
        "log_skill: the forecast ruled out what happened, so its log score is infinite: set a floor"
    )


def test_training_keeps_a_card_that_tells_where_the_model_comes_from(rivals):
    card = fc.train(as_of="2016-01-01", root=rivals, model="recurrence")
    assert (card["model_id"], card["target"], card["trained_as_of"]) == ("recurrence", "meeting", "2016-01-01")
    assert card["first_as_of"] < card["last_as_of"] < "2016-01-01"
    assert card["n_dyads"] == 1
    assert set(card["libraries"]) >= {"numpy", "scikit-learn"}


@pytest.mark.parametrize("target", ["meeting", "bilateral"])
def test_both_targets_can_be_asked_for(rivals, target):
    rows = fc.predict("PAK-IND", as_of="2018-05-05", root=rivals, target=target, horizons=[90])
    assert rows["target"].tolist() == [target]
    assert rows["low"].iloc[0] <= rows["probability"].iloc[0] <= rows["high"].iloc[0]


def test_asking_for_one_dyad_and_for_all_gives_the_same_row(rivals):
    one = fc.predict("IND-PAK", as_of="2018-05-05", root=rivals)
    everything = fc.predict(as_of="2018-05-05", root=rivals)
    assert everything.drop(columns="issued_at").equals(one.drop(columns="issued_at"))


TINY = [
    (1, 0, "2012-06-01", "the record begins on|nothing was known|before the data begin|too short"),
    (2, 1, "2012-06-01", "too short|nothing was known|never meet|no row"),
    (0, 5, "2015-06-01", "never meet"),
]


@pytest.mark.parametrize(("leader_rows", "minister_rows", "as_of", "problem"), TINY)
def test_a_tiny_ledger_is_refused_in_one_clear_line(tmp_path, leader_rows, minister_rows, as_of, problem):
    rows = simulated_ledger(
        "IND", "PAK", start="2012-02-01", end="2012-04-01", leader_rows=leader_rows, minister_rows=minister_rows
    )
    root = write_workspace(
        tmp_path / "ws", {"x.csv": rows}, {"x.csv": {"coverage_start": "2012-01-01", "coverage_end": "2016-12-31"}}
    )
    with pytest.raises((DataMissingError, ModelError, DateError), match=problem) as refusal:
        fc.predict("IND-PAK", as_of=as_of, root=root)
    assert "\n" not in str(refusal.value)


def test_a_dyad_that_no_source_records_is_refused(rivals):
    with pytest.raises(DataMissingError, match="no source records meetings of FRA-DEU before 2018-05-05: put a ledger"):
        fc.predict("FRA-DEU", as_of="2018-05-05", root=rivals, strict=True)
