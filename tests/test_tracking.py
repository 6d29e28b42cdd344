"""Tracked runs: what a training and a backtest leave in MLflow, read back with MLflow's own client."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import forecast as fc
from forecast.backtesting.backtest import score
from forecast.errors import ForecastError
from forecast.tracking import TrackedRun, load_registered, registered_versions, set_alias, tracked_run, tracking_uri
from forecast.tracking.client import mlflow
from forecast.tracking.provenance import git_commit
from forecast.tracking.registry import as_text
from forecast.tracking.runs import score_metrics
from forecast.training.provenance import code_fingerprint, library_versions
from forecast.training.train import training_panel
from forecast.verification.forecasts import example_forecasts
from forecast.workspace import load_history
from tracked_workspaces import artifact, artifact_names, client_of, only_run, runs_of, with_store, working_directory

# Logs runs in stores of MLflow.
pytestmark = pytest.mark.slow

NAME = "forecast-hazard-meeting"
DAY = "2017-01-01"
ASKED = {
    "models": ["climatology", "base-rate"],
    "start": "2012-01",
    "end": "2017-12",
    "every": "month",
    "horizons": [90, 180],
}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def tracked(rivals, tmp_path_factory, elsewhere) -> Path:
    """A workspace in which a model was trained and a backtest made, from another working directory."""
    root = Path(shutil.copytree(rivals / "data", tmp_path_factory.mktemp("tracked") / "ws" / "data")).parent
    with_store(root)
    with working_directory(elsewhere):
        fc.train(as_of=DAY, root=root, track=True)
        fc.backtest(**ASKED, root=root, track=True)
    return root


@pytest.fixture(scope="module")
def client(tracked):
    return client_of(tracked)


@pytest.fixture
def empty(rivals, tmp_path) -> Path:
    """A workspace with a store without runs."""
    return with_store(Path(shutil.copytree(rivals / "data", tmp_path / "ws" / "data")).parent)


# --- what every run says ---


@pytest.mark.parametrize("kind", ["train", "backtest"])
def test_a_run_tells_what_made_it(client, kind):
    run = only_run(client, kind)
    tags = run.data.tags
    assert run.info.status == "FINISHED"
    assert tags["code"] == code_fingerprint()
    assert {name: tags[f"version.{name}"] for name in library_versions()} == library_versions()
    assert tags["version.forecast"] == fc.__version__
    assert tags["version.mlflow"] == mlflow().__version__
    commit = git_commit(Path(fc.__file__).parent)
    assert tags.get("mlflow.source.git.commit") == (commit[0] if commit else None)


def test_a_commit_is_told_only_of_files_that_git_keeps(tmp_path):
    here = Path(fc.__file__).parent
    assert git_commit(tmp_path) is None
    if (found := git_commit(here)) is not None:
        assert len(found[0]) == 40
        cached = here / "__pycache__"  # inside the checkout, and not kept by git
        assert git_commit(cached if cached.is_dir() else tmp_path) is None


@pytest.mark.parametrize(("kind", "as_of"), [("train", DAY), ("backtest", "2017-12-01")])
def test_the_facts_are_inputs_with_their_sha256_the_as_of_date_and_their_coverage(tracked, client, kind, as_of):
    run = only_run(client, kind)
    found = {
        given.dataset.name: (given.dataset, {tag.key: tag.value for tag in given.tags})
        for given in run.inputs.dataset_inputs
    }
    files = {path.relative_to(tracked).as_posix(): path for path in (tracked / "data" / "raw").rglob("*.*")}
    assert set(found) == set(files) == {"data/raw/engagements/rivals.csv", "data/raw/engagements/manifest.json"}
    table = pd.read_csv(io.BytesIO(artifact(client, run, "facts.csv")), keep_default_na=False)
    for name, path in files.items():
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        dataset, tags = found[name]
        assert sha256.startswith(dataset.digest)
        assert json.loads(dataset.source) == {"uri": name, "sha256": sha256}
        assert (tags["sha256"], tags["as_of"]) == (sha256, as_of)
        assert table.loc[table["file"] == name, ["sha256", "as_of"]].to_numpy().tolist() == [[sha256, as_of]]
    assert found["data/raw/engagements/rivals.csv"][1]["coverage_end"] == "2019-12-31"
    assert "coverage_end" not in found["data/raw/engagements/manifest.json"][1]
    known = load_history(tracked).known_before(np.datetime64(as_of))
    assert (run.data.tags["as_of"], run.data.tags["data_version"]) == (as_of, known.fingerprint())


def test_nothing_is_written_outside_the_workspace(tracked, elsewhere, client):
    assert list(elsewhere.iterdir()) == []
    place = f"file://{tracked.absolute()}/mlruns/artifacts"
    assert client.get_experiment_by_name("forecast").artifact_location == place
    for run in runs_of(client):
        assert run.info.artifact_uri.startswith(place + "/")
        # The run of one model of a backtest holds figures alone.
        assert "mlflow.parentRunId" in run.data.tags or (tracked / "mlruns" / "artifacts" / run.info.run_id).is_dir()


# --- training ---


def test_a_training_keeps_its_card_and_its_parameters(client, tracked):
    run = only_run(client, "train")
    card = json.loads(artifact(client, run, "card.json"))
    (folder,) = (tracked / "mlruns" / "models").iterdir()
    kept = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert card == {name: value for name, value in kept.items() if name != "seal"}
    own = {f"model/{name}": as_text(value) for name, value in card["parameters"].items()}
    assert run.data.params == {"model": "hazard", "target": "meeting", "as_of": DAY, **own}
    learned = pd.read_csv(io.BytesIO(artifact(client, run, "coefficients.csv")))
    model = load_registered(tracked, NAME, "1").model
    arrays = {name: value for name, value in model.get_state().items() if name in set(learned["array"])}
    assert arrays
    for name, value in arrays.items():
        np.testing.assert_array_equal(learned.loc[learned["array"] == name, "value"], value.ravel())
    assert run.data.metrics == {"n_rows": card["n_rows"], "n_dyads": 1.0}
    assert run.data.tags["model_version"] == card["model_version"]


def test_the_model_has_a_signature_an_example_and_exact_requirements(client, tracked):
    run = only_run(client, "train")
    (output,) = run.outputs.model_outputs
    folder = Path(client.get_logged_model(output.model_id).artifact_location.removeprefix("file://"))
    assert folder.is_relative_to(tracked)
    told = yaml.safe_load((folder / "MLmodel").read_text(encoding="utf-8"))
    rows = training_panel(load_history(tracked), np.datetime64(DAY), target="meeting")
    inputs = json.loads(told["signature"]["inputs"])
    assert [column["name"] for column in inputs] == [*rows.signals.columns, "dyad", "as_of"]
    assert [column["name"] for column in json.loads(told["signature"]["outputs"])] == [
        "within_30d", "within_90d", "within_180d",
    ]  # fmt: skip
    example = json.loads((folder / told["saved_input_example_info"]["artifact_path"]).read_text(encoding="utf-8"))
    assert example["columns"] == list(rows.signals.columns)
    lines = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert {f"{name}=={version}" for name, version in library_versions().items()} <= set(lines)
    assert all("==" in line for line in lines)
    # Another package of the program's name may stand on a registry.
    assert not any(line.startswith("forecast") for line in lines)
    assert sorted(path.name for path in (folder / "data" / "bundle").iterdir()) == ["card.json", "state.npz"]
    assert not list(folder.rglob("*.pkl"))


def test_the_registered_model_gives_the_same_bits_by_version_by_alias_and_through_mlflow(tracked, monkeypatch):
    (row,) = registered_versions(tracked, NAME).to_dict(orient="records")
    assert (row["version"], row["aliases"]) == ("1", "trained")
    set_alias(tracked, NAME, "champion", "1")
    assert registered_versions(tracked, NAME)["aliases"].tolist() == ["champion,trained"]
    rows = training_panel(load_history(tracked), np.datetime64(DAY), target="meeting").signals
    trained = load_registered(tracked, NAME, "1")
    expected = trained.model.predict_cumulative_incidence(rows, [90])
    assert trained.card.model_version == row["model_version"]
    by_alias = load_registered(tracked, NAME, "champion")
    np.testing.assert_array_equal(by_alias.model.predict_cumulative_incidence(rows, [90]), expected)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_uri(tracked))
    served = mlflow().pyfunc.load_model(f"models:/{NAME}@champion")
    answered = served.predict(rows.reset_index(drop=True).astype(float), params={"horizons": [90]})
    np.testing.assert_array_equal(answered[["within_90d"]].to_numpy(), expected)


def test_mlflow_is_asked_by_dyad_and_date_as_well_and_never_about_what_the_model_has_seen(tracked, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_uri(tracked))
    served = mlflow().pyfunc.load_model(f"models:/{NAME}@trained")
    asked = pd.DataFrame({"dyad": ["Pakistan-India", "IND-PAK"], "as_of": ["2017-05-01", "2017-03-01"]})
    answered = served.predict(asked, params={"root": str(tracked), "horizons": [30, 90]})
    for at, day in enumerate(asked["as_of"]):
        own = fc.predict("IND-PAK", as_of=day, horizons=[30, 90], root=tracked, model="hazard")
        assert answered.iloc[at].tolist() == pytest.approx(own["probability"].tolist(), abs=1e-12)
    monkeypatch.setenv("FORECAST_ROOT", str(tracked))
    assert served.predict(asked, params={"horizons": [30, 90]}).equals(answered)
    for rows, problem in (
        (asked.assign(as_of="2016-05-01"), "has seen what came after 2016-05-01"),
        (asked.assign(dyad="FRA-DEU"), "no source records meetings of FRA-DEU"),
        (asked.drop(columns="as_of"), "there is only dyad"),
    ):
        with pytest.raises(ForecastError, match=problem):
            served.predict(rows)
    monkeypatch.delenv("FORECAST_ROOT")
    with pytest.raises(ForecastError, match="name the workspace"):
        served.predict(asked)


def test_a_backtest_has_a_run_of_its_own_for_each_model(client):
    parent = only_run(client, "backtest")
    children = [run for run in runs_of(client) if run.data.tags["kind"] == "backtest-model"]
    assert {run.data.tags["mlflow.parentRunId"] for run in children} == {parent.info.run_id}
    assert sorted(run.info.run_name for run in children) == sorted(ASKED["models"])
    for run in children:
        assert run.info.status == "FINISHED"
        assert run.data.metrics["skill_90d"] == parent.data.metrics[f"{run.info.run_name}/skill_90d"]


def test_the_same_model_is_registered_once(empty):
    for _ in range(2):
        fc.train(as_of=DAY, root=empty, model="base-rate", track=True)
    assert registered_versions(empty, "forecast-base-rate-meeting")["version"].tolist() == ["1"]
    assert len(runs_of(client_of(empty))) == 2
    fc.train(as_of="2018-01-01", root=empty, model="base-rate", track=True)
    assert registered_versions(empty, "forecast-base-rate-meeting")["version"].tolist() == ["2", "1"]


def test_without_track_nothing_is_kept(rivals, tmp_path):
    root = Path(shutil.copytree(rivals / "data", tmp_path / "ws" / "data")).parent
    fc.train(as_of=DAY, root=root, model="base-rate")
    fc.backtest(**ASKED | {"models": ["base-rate"]}, root=root)
    assert [part.name for part in (root / "mlruns").iterdir()] == ["models"]


# --- backtests ---


def test_a_backtest_keeps_its_parameters_and_forecasts(client):
    run = only_run(client, "backtest")
    assert run.data.params["models"] == "climatology,base-rate"
    assert run.data.params["horizons"] == "90,180"
    assert (run.data.params["start"], run.data.params["end"]) == ("2012-01-01", "2017-12-01")
    assert sorted(artifact_names(client, run)) == [
        "cuts.csv", "facts.csv", "figures", "forecasts.csv", "scores.csv",
    ]  # fmt: skip
    rows = pd.read_csv(io.BytesIO(artifact(client, run, "forecasts.csv")))
    assert (len(rows), sorted(set(rows["model_id"]))) == (2 * 2 * 72, ["base-rate", "climatology"])


def test_the_metrics_are_the_scores_with_their_intervals(client, tracked):
    found = only_run(client, "backtest").data.metrics
    scores = fc.backtest(**ASKED, root=tracked)
    for row in scores.to_dict(orient="records"):
        ends = [f"_{row['horizon_days']}d", f"_{row['horizon_days']}d_low", f"_{row['horizon_days']}d_high"]
        for name, column in (("brier", "brier"), ("base_rate", "base_rate"), ("auc", "auc"), ("n", "n")):
            assert found[f"{row['model_id']}/{name}{ends[0]}"] == row[column]
        value, low, high = (found[f"{row['model_id']}/skill{end}"] for end in ends)
        assert low <= value <= high
        # One dyad: it is drawn by its dates alone.
        assert (low, high) == (row["skill_low_by_as_of"], row["skill_high_by_as_of"])


def test_the_figures_are_pictures(client):
    run = only_run(client, "backtest")
    names = artifact_names(client, run, "figures")
    assert sorted(names) == sorted(
        [f"figures/reliability-{model}-{days}d.png" for model in ASKED["models"] for days in (90, 180)]
        + [f"figures/skill-{days}d.png" for days in (90, 180)]
    )
    for name in names:
        picture = artifact(client, run, name)
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 10_000


def test_a_backtest_of_one_model_has_metrics_without_a_prefix_and_leaves_missing_ones_out():
    scores = score(example_forecasts().query("model_id == 'sharp'"), resamples=50)
    found = score_metrics(scores.assign(auc=None))
    assert {"skill_90d", "skill_90d_low", "skill_90d_high", "base_rate_90d", "brier_90d", "ece_90d"} <= set(found)
    assert not any(name.startswith("auc") for name in found)


def test_a_folder_is_kept_once_and_an_ablation_asked_later_is_kept_too(empty, tmp_path):
    asked = {**ASKED, "models": ["base-rate"], "start": "2016-01", "horizons": [90], "output": tmp_path / "out"}
    first = fc.backtest(**asked, root=empty, track=True)
    again = fc.backtest(**asked, root=empty, track=True)
    pd.testing.assert_frame_equal(first, again)
    client = client_of(empty)
    only_run(client, "backtest")
    told = [fc.backtest(**asked, root=empty, track=True, ablation=True).attrs["ablation"] for _ in range(2)]
    newest = next(run for run in runs_of(client) if run.data.tags["kind"] == "backtest")
    kept = (tmp_path / "out" / "ablation.csv").read_bytes()
    assert artifact(client, newest, "ablation.csv") == kept
    for rows in told:
        pd.testing.assert_frame_equal(
            pd.DataFrame(rows).fillna(np.nan).infer_objects(), pd.read_csv(io.BytesIO(kept)), check_dtype=False
        )


# --- how a run ends ---


def test_a_run_whose_block_raises_is_failed_and_the_error_passes_on(empty):
    with pytest.raises(ZeroDivisionError), tracked_run(empty, kind="train", name="x", tags={}) as run:
        run.metrics({"a": 1 / 0})
    (found,) = runs_of(client_of(empty))
    assert (found.info.run_id, found.info.status) == (run.run_id, "FAILED")
    assert found.data.tags["error"] == "division by zero"


def test_an_interrupted_run_is_killed(empty):
    with pytest.raises(KeyboardInterrupt), tracked_run(empty, kind="train", name="x", tags={"mood": "good"}):
        raise KeyboardInterrupt
    (found,) = runs_of(client_of(empty))
    assert (found.info.status, found.data.tags["mood"]) == ("KILLED", "good")


def test_a_training_that_cannot_learn_leaves_a_run_that_says_why(empty):
    ledger = empty / "data" / "raw" / "engagements" / "rivals.csv"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace(",leader,", ",minister,"), encoding="utf-8")
    with pytest.raises(fc.ForecastError, match="nothing to learn from"):
        fc.train(as_of=DAY, root=empty, model="base-rate", track=True)
    (found,) = runs_of(client_of(empty))
    assert found.info.status == "FAILED"
    assert "nothing to learn from" in found.data.tags["error"]


def test_a_run_keeps_texts_tables_and_figures(empty):
    with tracked_run(empty, kind="retrain", name="x", tags={}) as run:
        assert isinstance(run, TrackedRun)
        run.parameters({"focal": None, "horizons": (30, 90), "share": 0.5})
        run.text("why\n", "decision.md")
        run.table(pd.DataFrame({"a": [1]}), "drift")
    client = client_of(empty)
    found = only_run(client, "retrain")
    assert found.data.params == {"focal": "none", "horizons": "30,90", "share": "0.5"}
    assert artifact(client, found, "decision.md") == b"why\n"
    assert artifact(client, found, "drift.csv") == b"a\n1\n"
