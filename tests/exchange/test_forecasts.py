"""The program's own tables of forecasts, read back."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pandas as pd
import pytest

import forecast as fc
from forecast.cli.output import as_csv, as_json
from forecast.errors import InputError
from forecast.exchange.forecast_files import COLUMNS, read_forecasts

HEAD = "model_id,dyad,as_of,horizon_days,target,probability,climatology,outcome\n"
GOOD = "hazard,IND-PAK,2018-03-01,30,meeting,0.25,0.125,1\n"


@pytest.fixture(scope="module")
def predicted(rivals: Path) -> pd.DataFrame:
    return fc.predict("IND-PAK", as_of="2018-03-01", root=rivals, model="base-rate")


@pytest.mark.parametrize(("name", "form"), [("now.csv", as_csv), ("now.json", as_json)])
def test_a_prediction_is_read_back_as_it_was(tmp_path, predicted, name, form):
    (tmp_path / name).write_text(form(predicted), encoding="utf-8")
    found = read_forecasts(tmp_path / name)
    assert list(found.columns) == list(COLUMNS)
    same = ["model_id", "model_version", "dyad", "as_of", "horizon_days", "target"]
    pd.testing.assert_frame_equal(found[same], pd.DataFrame(predicted)[same])
    for column in ("probability", "climatology"):
        assert found[column].tolist() == pytest.approx(predicted[column].tolist(), abs=1e-15)
    assert found["outcome"].isna().all()
    assert list(found["line"]) == ([1, 2, 3] if name.endswith("json") else [2, 3, 4])


def test_a_backtest_is_read_back_with_its_outcomes(tmp_path, rivals):
    fc.backtest(
        root=rivals, models=["base-rate"], start="2016-01-01", end="2016-06-01", horizons=[30], output=tmp_path / "b"
    )
    written = pd.read_csv(tmp_path / "b" / "forecasts.csv")
    found = read_forecasts(tmp_path / "b" / "forecasts.csv")
    same = [name for name in COLUMNS if name in written.columns]
    pd.testing.assert_frame_equal(found[same], written[same], check_dtype=False)


def test_what_a_file_does_not_tell_is_missing(tmp_path):
    path = tmp_path / "bare.csv"
    path.write_text(
        "model_id,dyad,as_of,horizon_days,target,probability\nx,pakistan-india,2018-03-01,30,meeting,1\n",
        encoding="utf-8",
    )
    (row,) = read_forecasts(path).to_dict("records")
    assert (row["dyad"], row["probability"], row["model_version"]) == ("IND-PAK", 1.0, "")
    assert math.isnan(row["climatology"])
    assert math.isnan(row["outcome"])


REFUSED = {
    "dyad": (GOOD.replace("IND-PAK", "IND-Pakstan"), "line 3, dyad: unknown state 'Pakstan'"),
    "horizon": (GOOD.replace(",30,", ",0,"), "line 3, horizon_days: a horizon of 0 days is outside 1..730"),
    "no horizon": (GOOD.replace(",30,", ",30.5,"), "line 3, horizon_days: '30.5' is no whole number"),
    "day": (GOOD.replace("03-01", "03-32"), "line 3, as_of: '2018-03-32' is no day"),
    "probability": (GOOD.replace("0.25", "25"), "line 3, probability: 25 is outside [0, 1]"),
    "climatology": (GOOD.replace("0.125", "-1"), "line 3, climatology: -1 is outside [0, 1]"),
    "model": (GOOD.replace("hazard", ""), "line 3, model_id: is empty"),
    "repeated": (GOOD.replace("0.25", "0.5"), "line 3, model_id: repeats the forecast of line 2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_malformed_row_is_refused_with_line_and_column(tmp_path, case):
    row, says = REFUSED[case]
    path = tmp_path / "bad.csv"
    path.write_text(HEAD + GOOD + row, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_forecasts(path)
    assert str(caught.value).startswith(f"{path}, {says}")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is no JSON"),
        ({}, "must hold one JSON list"),
        ([], "holds no forecasts"),
        ([1], "entry 1: is no JSON object"),
        ([{"model_id": "hazard"}], "entry 1: lacks dyad, as_of"),
        ([1, {"model_id": "hazard"}], r"(?s)2 problems:.*entry 1: is no JSON object.*entry 2: lacks dyad, as_of"),
    ],
)
def test_json_that_is_no_list_of_forecasts_is_refused(tmp_path, content, says):
    path = tmp_path / "bad.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_forecasts(path)


def test_a_cell_of_json_is_named_by_its_entry(tmp_path, predicted):
    rows = predicted.to_dict("records")
    rows[1]["probability"] = None
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.json, entry 2, probability: '' is no number"):
        read_forecasts(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    for name in ("absent.csv", "absent.json"):
        with pytest.raises(InputError, match=f"{name}: cannot be read: No such file"):
            read_forecasts(tmp_path / name)
