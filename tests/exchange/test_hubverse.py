"""The layout of a hub: what stands where, and that reading it back gives the same forecasts."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import forecast as fc
from forecast.errors import ForecastError, InputError
from tiers import examples

HEAD = "model_id,dyad,as_of,horizon_days,target,probability,outcome\n"
ROWS = (
    "base-rate,IND-PAK,2018-03-01,30,meeting,0.25,0\n"
    "base-rate,IND-PAK,2018-03-01,90,meeting,0.5,1\n"
    "base-rate,USA-CHN,2018-04-01,30,bilateral,0.1,\n"
    "hazard,IND-PAK,2018-03-01,30,meeting,0.3,0\n"
)


def table(folder: Path, text: str = HEAD + ROWS) -> Path:
    path = folder / "forecasts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def exported(folder: Path, text: str = HEAD + ROWS, **words: str) -> Path:
    return fc.export(table(folder, text), output=folder / "hub", **words)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_every_file_stands_in_its_place(tmp_path):
    assert files(exported(tmp_path, team="our_lab")) == [
        "hub-config/admin.json",
        "hub-config/model-metadata-schema.json",
        "hub-config/tasks.json",
        "model-metadata/our_lab-base_rate.yml",
        "model-metadata/our_lab-hazard.yml",
        "model-output/our_lab-base_rate/2018-03-01-our_lab-base_rate.csv",
        "model-output/our_lab-base_rate/2018-04-01-our_lab-base_rate.csv",
        "model-output/our_lab-hazard/2018-03-01-our_lab-hazard.csv",
        "target-data/oracle-output.csv",
    ]


def test_the_two_categories_of_a_question_stand_beside_each_other(tmp_path):
    hub = exported(tmp_path)
    assert lines(hub / "model-output" / "forecast-base_rate" / "2018-03-01-forecast-base_rate.csv") == [
        "reference_date,target,dyad,horizon,output_type,output_type_id,value",
        "2018-03-01,meeting,IND-PAK,30,pmf,no,0.75",
        "2018-03-01,meeting,IND-PAK,30,pmf,yes,0.25",
        "2018-03-01,meeting,IND-PAK,90,pmf,no,0.5",
        "2018-03-01,meeting,IND-PAK,90,pmf,yes,0.5",
    ]


def test_the_oracle_tells_each_outcome_once_and_no_open_one(tmp_path):
    assert lines(exported(tmp_path) / "target-data" / "oracle-output.csv") == [
        "reference_date,target,dyad,horizon,output_type,output_type_id,oracle_value",
        "2018-03-01,meeting,IND-PAK,30,pmf,no,1",
        "2018-03-01,meeting,IND-PAK,30,pmf,yes,0",
        "2018-03-01,meeting,IND-PAK,90,pmf,no,0",
        "2018-03-01,meeting,IND-PAK,90,pmf,yes,1",
    ]


def test_without_outcomes_there_is_no_oracle(tmp_path):
    hub = exported(tmp_path, HEAD + "hazard,IND-PAK,2018-03-01,30,meeting,0.3,\n")
    assert not (hub / "target-data").exists()


def test_the_metadata_keep_the_models_own_name_and_version(tmp_path, rivals):
    rows = fc.predict("IND-PAK", as_of="2018-03-01", root=rivals, model="base-rate")
    rows.to_csv(tmp_path / "now.csv", index=False)
    hub = fc.export(tmp_path / "now.csv", output=tmp_path / "hub", team="us")
    assert lines(hub / "model-metadata" / "us-base_rate.yml") == [
        'team_name: "us"',
        'team_abbr: "us"',
        'model_name: "base-rate"',
        'model_abbr: "base_rate"',
        f'model_version: "{rows["model_version"].iloc[0]}"',
    ]


# What the schemas of version 5.0.1 ask of the two files, read from them and written down here a second time.


def test_the_tasks_have_what_their_schema_asks(tmp_path):
    hub = exported(tmp_path)
    tasks = json.loads((hub / "hub-config" / "tasks.json").read_text(encoding="utf-8"))
    assert tasks["schema_version"].endswith("/v5.0.1/tasks-schema.json")
    assert {"schema_version", "rounds"} <= set(tasks)
    assert set(tasks) <= {"schema_version", "rounds", "output_type_id_datatype", "derived_task_ids"}
    (around,) = tasks["rounds"]
    assert {"round_id_from_variable", "round_id", "model_tasks", "submissions_due"} <= set(around)
    assert set(around["submissions_due"]) == {"relative_to", "start", "end"}
    (task,) = around["model_tasks"]
    assert set(task) == {"task_ids", "output_type", "target_metadata"}
    assert around["round_id_from_variable"] is True
    assert around["round_id"] in task["task_ids"]
    assert around["submissions_due"]["relative_to"] in task["task_ids"]
    for allowed in task["task_ids"].values():
        assert set(allowed) == {"required", "optional"}
        assert len(allowed["optional"]) == len(set(allowed["optional"]))
    assert set(task["output_type"]) == {"pmf"}
    pmf = task["output_type"]["pmf"]
    assert set(pmf) == {"output_type_id", "value", "is_required"}
    assert pmf["output_type_id"] == {"required": ["no", "yes"]}
    assert pmf["value"] == {"type": "double", "minimum": 0, "maximum": 1}
    for target in task["target_metadata"]:
        assert {"target_id", "target_name", "target_units", "target_type", "target_keys", "is_step_ahead"} <= set(
            target
        )
        assert len(target["target_id"]) <= 30
        assert len(target["target_name"]) <= 100
        assert target["target_type"] == "binary"
        assert target["is_step_ahead"] is False
        ((name, value),) = target["target_keys"].items()
        assert value in task["task_ids"][name]["optional"]


def test_every_row_of_the_model_output_is_a_task(tmp_path):
    hub = exported(tmp_path)
    (around,) = json.loads((hub / "hub-config" / "tasks.json").read_text(encoding="utf-8"))["rounds"]
    allowed = around["model_tasks"][0]["task_ids"]
    for path in [*hub.glob("model-output/*/*.csv"), hub / "target-data" / "oracle-output.csv"]:
        with path.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                for name, values in allowed.items():
                    assert row[name] in [str(value) for value in values["optional"]]


def test_the_administration_has_what_its_schema_asks(tmp_path):
    admin = json.loads((exported(tmp_path) / "hub-config" / "admin.json").read_text(encoding="utf-8"))
    needed = {"schema_version", "name", "maintainer", "contact", "repository", "file_format", "timezone"}
    assert needed <= set(admin) <= needed | {"model_output_dir"}
    assert admin["schema_version"].endswith("/v5.0.1/admin-schema.json")
    assert admin["file_format"] == ["csv"]


def test_the_metadata_have_what_their_schema_asks(tmp_path):
    hub = exported(tmp_path)
    schema = json.loads((hub / "hub-config" / "model-metadata-schema.json").read_text(encoding="utf-8"))
    for path in hub.glob("model-metadata/*.yml"):
        assert set(schema["required"]) <= {line.split(":")[0] for line in lines(path)} <= set(schema["properties"])


# --- the round trip ---

COLUMNS = ["model_id", "dyad", "as_of", "horizon_days", "target", "probability", "outcome"]
_TASK = {"dyad": "dyad", "reference_date": "as_of", "horizon": "horizon_days", "target": "target"}


def read_hub(hub: Path) -> pd.DataFrame:
    """Read the forecasts of a hub by its layout alone, ordered by their columns."""
    tables = []
    for path in sorted(hub.glob("model-output/*/*.csv")):
        day, name = path.stem[:10], path.stem[11:]
        assert name == path.parent.name
        metadata = (line.partition(": ") for line in lines(hub / "model-metadata" / f"{name}.yml"))
        texts = {key: json.loads(text) for key, _, text in metadata}
        table = _of_yes(path, "value").assign(model_id=texts["model_name"])
        assert set(table["reference_date"]) == {day}
        tables.append(table)
    forecasts = pd.concat(tables, ignore_index=True).rename(columns=_TASK | {"value": "probability"})
    oracle = hub / "target-data" / "oracle-output.csv"
    if oracle.exists():
        outcomes = _of_yes(oracle, "oracle_value").rename(columns=_TASK | {"oracle_value": "outcome"})
        forecasts = forecasts.merge(outcomes, how="left", validate="many_to_one", on=list(_TASK.values()))
    return forecasts.reindex(columns=COLUMNS).sort_values(COLUMNS[:5], ignore_index=True)


def _of_yes(path: Path, column: str) -> pd.DataFrame:
    """Each task with what the category *yes* has; the categories are two and sum to 1."""
    rows = pd.read_csv(path, converters={column: float})
    assert set(rows["output_type"]) == {"pmf"}
    no, yes = (
        rows.loc[rows["output_type_id"] == category].set_index(list(_TASK))[column] for category in ("no", "yes")
    )
    assert len(rows) == len(no) + len(yes)
    assert no.index.is_unique
    assert set(no.index) == set(yes.index)
    assert len(no) == len(yes)
    assert (no + yes - 1).abs().max() < 1e-9
    return yes.reset_index()


_forecast = st.fixed_dictionaries(
    {
        "model_id": st.sampled_from(["hazard", "base-rate", 'somebody\'s: "own" é', "a_b"]),
        "dyad": st.sampled_from(["IND-PAK", "USA-CHN", "GNB-SEN"]),
        "as_of": st.dates().map(str),
        "horizon_days": st.integers(1, 730),
        "target": st.sampled_from(["meeting", "bilateral"]),
        "probability": st.floats(0, 1),
    }
)
_KEY = COLUMNS[:5]


@given(
    st.lists(_forecast, min_size=1, max_size=8, unique_by=lambda row: tuple(row[name] for name in _KEY)),
    st.sampled_from(["forecast", "a_1", "Lab"]),
    st.booleans(),
    st.integers(0, 2),
)
@settings(max_examples=examples(30))
def test_reading_the_folder_back_gives_the_same_forecasts(rows, team, as_json, told):
    """Bit for bit: probabilities are written with all the digits that they have."""
    given_rows = pd.DataFrame(rows)
    # Rows of one question share what happened; some questions are open.
    given_rows["outcome"] = [
        float("nan") if row["horizon_days"] % 3 < told else row["horizon_days"] % 2 for row in rows
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("table.json" if as_json else "table.csv")
        if as_json:
            whole = given_rows.astype(object).where(given_rows.notna(), None)
            path.write_text(json.dumps(whole.to_dict("records")), encoding="utf-8")
        else:
            given_rows.to_csv(path, index=False)
        back = read_hub(fc.export(path, output=Path(folder) / "hub", team=team))
    expected = given_rows.sort_values(_KEY, ignore_index=True)[COLUMNS]
    pd.testing.assert_frame_equal(back, expected, check_dtype=False, check_exact=True)


# --- mistakes ---


def refused(folder: Path, says: str, text: str = HEAD + ROWS, **words: str) -> None:
    before = table(folder, text)
    with pytest.raises(ForecastError, match=says) as caught:
        fc.export(before, output=folder / "hub", **words)
    assert "\n" not in str(caught.value)
    assert [path.name for path in folder.iterdir()] == ["forecasts.csv"]


def test_two_models_of_one_name_are_refused(tmp_path):
    refused(
        tmp_path,
        r"forecasts\.csv: the models 'base-rate' and 'base_rate' would share the name 'base_rate'; rename one",
        HEAD + ROWS + "base_rate,IND-PAK,2018-03-01,30,meeting,0.2,0\n",
    )


def test_two_outcomes_of_one_question_are_refused(tmp_path):
    rows = ROWS.replace("0.3,0", "0.3,1")
    refused(tmp_path, r"forecasts\.csv: two rows differ on what happened to IND-PAK as of 2018-03-01", HEAD + rows)


def test_a_target_that_the_program_does_not_know_is_refused(tmp_path):
    refused(tmp_path, r"forecasts\.csv, target: 'war' is not one of meeting", HEAD + ROWS.replace("meeting", "war"))


@pytest.mark.parametrize("team", ["our lab", "our-lab", "", "é", "../us"])
def test_a_team_without_a_name_of_the_hubverse_is_refused(tmp_path, team):
    refused(tmp_path, "holds letters, digits and underscores only", team=team)


def test_a_folder_that_exists_is_left_as_it_is(tmp_path):
    hub = exported(tmp_path)
    before = files(hub)
    with pytest.raises(InputError, match="exists already; name a new folder"):
        exported(tmp_path, HEAD + "hazard,USA-CHN,2018-03-01,30,meeting,0.3,\n")
    assert files(hub) == before


@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.rename"])
def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch, where):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = table(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(where, full)
        with pytest.raises(InputError, match="hub: cannot be written: No space left on device"):
            fc.export(path, output=tmp_path / "hub")
    assert files(tmp_path) == ["forecasts.csv"]
    assert not (tmp_path / "hub").exists()
