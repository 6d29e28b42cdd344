"""The command: what it says where, and that its documentation knows all of it."""

from __future__ import annotations

import ast
import csv
import fcntl
import inspect
import io
import json
import logging
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

import forecast as fc
from cases import each
from forecast.cli.main import SECTIONS, main
from forecast.cli.output import log_steps
from forecast.models import DEFAULT, MODELS
from forecast.verbs.predict import COLUMNS
from simulated_ledgers import simulated_ledger, write_workspace

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text(encoding="utf-8")
FORECASTS = (TOP / "docs" / "reference" / "forecasts.md").read_text(encoding="utf-8")
SCRIPT = Path(sys.executable).with_name("forecast")

VERBS = sorted(main.commands)
#: The default runs always; of the others each trains a model, and the contract of models holds for all.
EACH_MODEL = pytest.mark.parametrize(
    "model", [name if name == DEFAULT else pytest.param(name, marks=pytest.mark.slow) for name in MODELS]
)


@pytest.fixture(scope="session")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three dyads with records of different length; models are kept, so each is trained once."""
    rows = {
        "ind-pak.csv": ("IND", "PAK", "2019-12-31", 1),
        "chn-ind.csv": ("CHN", "IND", "2018-06-30", 2),
        "fra-deu.csv": ("FRA", "DEU", "2019-06-30", 3),
    }
    tables = {
        name: simulated_ledger(one, other, start="2009-01-01", end=end, leader_rows=20, minister_rows=10, seed=seed)
        for name, (one, other, end, seed) in rows.items()
    }
    declared = {name: {"coverage_start": "2009-01-01", "coverage_end": end} for name, (_, _, end, _) in rows.items()}
    return write_workspace(tmp_path_factory.mktemp("ledgers") / "ws", tables, declared)


def forecast(*words: object) -> Result:
    """Run the command within this process; a defect of the program shows its traceback."""
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def predicted(root: Path, *words: object, dyads: tuple[str, ...] = ("IND-PAK",), as_of: str = "2018-03-01") -> Result:
    done = forecast("predict", *dyads, "--as-of", as_of, "--model", "climatology", "--root", root, *words)
    assert done.exit_code == 0, done.stderr
    return done


def predicted_rows(root: Path, *words: object, **question: object) -> list[dict]:
    return json.loads(predicted(root, "--format", "json", *words, **question).stdout)


def kept(root: Path) -> list[str]:
    folder = root / "mlruns" / "models"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# --- help and documentation ---


@each("verb", ["", *VERBS])
def test_every_verb_has_help(verb):
    done = forecast(*([verb] if verb else []), "--help")
    assert done.exit_code == 0
    assert done.stderr == ""
    assert done.stdout.startswith("Usage: ")
    assert done.stdout == forecast(*([verb] if verb else []), "-h").stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    broken = [line for line in done.stdout.splitlines() if re.search(r"\w-$", line)]
    assert broken == [], "a word is broken after its hyphen"
    words = main.commands[verb].get_short_help_str(limit=200) if verb else main.help
    assert words
    assert words.split("\n")[0].rstrip(".") in " ".join(done.stdout.split())


def test_the_help_has_every_verb_in_a_section_with_an_example():
    assert sorted(verb for verbs in SECTIONS.values() for verb in verbs) == VERBS
    shown = forecast("--help").stdout
    places = [shown.index(f"{section}:\n") for section in SECTIONS]
    assert places == sorted(places)
    for verbs in SECTIONS.values():
        for verb, example in verbs.items():
            assert example.startswith(f"forecast {verb}")
            assert f"Example: {example}" in " ".join(forecast(verb, "--help").stdout.split())


@each("verb", VERBS)
def test_every_verb_stands_in_the_readme(verb):
    assert re.search(rf"\bforecast {verb}\b", README)


def test_every_column_stands_in_the_reference_in_its_order():
    assert documented_columns() == list(COLUMNS)


def documented_columns() -> list[str]:
    table = FORECASTS.split("### Columns")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def documented_calls() -> list[str]:
    blocks = re.findall(r"^```\w*\n(.*?)^```", README, re.S | re.M)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("forecast ")]
    inline = [words for words in re.findall(r"`(forecast [^`]+)`", README) if "-workspace" in words]
    recipes = re.findall(r"^\t\S*/(forecast .*)$", (TOP / "Makefile").read_text(encoding="utf-8"), re.M)
    examples = [example for verbs in SECTIONS.values() for example in verbs.values()]
    return [*lines, *inline, *recipes, *examples]


@each("line", documented_calls())
def test_every_call_in_the_documentation_can_be_read_by_the_command(line):
    words = shlex.split(line, comments=True)[1:]
    with click.Context(main, info_name="forecast") as context:
        name, command, rest = main.resolve_command(context, words)
        assert command is not None
        while isinstance(command, click.Group):
            name, command, rest = command.resolve_command(context, rest)
        with command.make_context(name, rest, parent=context) as inner:
            assert inner.args == []


def python_blocks() -> list[str]:
    pages = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
    return [block for page in pages for block in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.S)]


@pytest.mark.parametrize("block", python_blocks())
def test_python_in_the_documentation_calls_what_exists(block):
    calls = [node for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Call)]
    asked = [call for call in calls if ast.unparse(call.func).startswith("fc.")]
    assert asked
    for call in asked:
        function = getattr(fc, call.func.attr)
        inspect.signature(function).bind(*call.args, **{word.arg: word.value for word in call.keywords})


def test_the_readme_shows_calls():
    assert len(documented_calls()) >= 8


# --- the shell ---


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("forecast pre", {"predict"}),
        ("forecast predict US", {"USA-"}),
        ("forecast predict usa-ch", {"USA-CHE", "USA-CHL", "USA-CHN"}),
        ("forecast predict USA-CHN --as", {"--as-of"}),
        ("forecast explain USA-CHN --model ha", {"hazard"}),
        ("forecast backtest --model base-rate,clim", {"base-rate,climatology"}),
        ("forecast rank --focal IN", {"IND"}),
        ("forecast rank --sort s", {"surprise"}),
    ],
)
def test_a_shell_completes_verbs_options_states_and_models(typed, offered):
    words = typed.split()
    asked = {"COMP_WORDS": typed, "COMP_CWORD": str(len(words) - 1), "_FORECAST_COMPLETE": "bash_complete"}
    done = CliRunner().invoke(main, prog_name="forecast", env=asked)
    found = {line.partition(",")[2] for line in done.stdout.splitlines()}
    assert offered <= found
    assert all(one.upper().startswith(words[-1].upper()) for one in found)


def test_the_workspace_is_named_before_or_after_the_verb_or_by_the_environment(ledgers, tmp_path, monkeypatch):
    words = ["predict", "IND-PAK", "--as-of", "2018-03-01", "--model", "climatology", "--format", "json"]
    before = forecast("--root", ledgers, *words)
    after = forecast("--root", tmp_path / "absent", *words, "--root", ledgers)
    monkeypatch.setenv("FORECAST_ROOT", str(ledgers))
    environment = forecast(*words)
    assert {len(json.loads(done.stdout)) for done in (before, after, environment)} == {3}
    assert forecast("--root", tmp_path, *words).exit_code == 6


def test_a_job_writes_each_step_with_its_time_if_it_is_to_be_verbose(tmp_path, ledgers):
    root = tmp_path / "ws"
    shutil.copytree(ledgers / "data", root / "data")
    words = ["predict", "IND-PAK", "--as-of", "2018-03-01", "--model", "base-rate", "--format", "json"]
    done = forecast("--verbose", "--root", root, *words)
    logging.getLogger("forecast").handlers.clear()
    assert len(json.loads(done.stdout)) == 3
    loading, line = done.stderr.splitlines()
    assert loading.endswith("INFO forecast: loading")
    assert re.fullmatch(r"[\d-]+ [\d:,]+ INFO forecast: training the model 'base-rate' on what was known .*", line)


def test_what_is_logged_on_a_terminal_passes_above_the_spinner(monkeypatch):
    """The handler writes to what standard error is at the time, which a spinner replaces while it turns."""
    log_steps()
    instead = io.StringIO()
    monkeypatch.setattr(sys, "stderr", instead)
    logging.getLogger("forecast").info("training")
    logging.getLogger("forecast").handlers.clear()
    assert instead.getvalue().endswith("INFO forecast: training\n")


# --- standard output holds data ---


def test_json_holds_the_documented_columns_in_their_order(ledgers):
    done = predicted(ledgers, "--format", "json")
    rows = json.loads(done.stdout)
    assert [list(row) for row in rows] == [documented_columns()] * 3
    assert done.stderr == ""
    assert [row["horizon_days"] for row in rows] == [30, 90, 180]
    assert [row["window_end"] for row in rows] == ["2018-03-30", "2018-05-29", "2018-08-27"]
    for row in rows:
        assert (row["dyad"], row["as_of"], row["target"], row["model_id"]) == (
            "IND-PAK",
            "2018-03-01",
            "meeting",
            "climatology",
        )
        assert row["model_version"].startswith("2018-01-01-")
        assert 0 < row["low"] <= row["probability"] <= row["high"] < 1
        assert row["announced"] is False
        assert (row["coverage_end"], row["warnings"]) == ("2018-02-28", "")


def test_csv_holds_the_same_rows(ledgers):
    text = predicted(ledgers, "--format", "csv").stdout
    lines = list(csv.reader(io.StringIO(text), strict=True))
    assert lines[0] == documented_columns()
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    for line, row in zip(lines[1:], predicted_rows(ledgers), strict=True):
        cells = dict(zip(lines[0], line, strict=True))
        for name in ("probability", "low", "high", "climatology"):
            assert float(cells.pop(name)) == pytest.approx(row[name], abs=1e-14)
        del cells["issued_at"], cells["announced"]
        assert cells == {name: str(row[name]) for name in cells}


@EACH_MODEL
def test_the_table_is_at_most_eighty_columns_wide(ledgers, model):
    done = forecast(
        "predict", "--all", "--as-of", "2019-09-01", "--model", model, "--horizon", "7,90,730", "--root", ledgers
    )
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    rows = [line.split() for line in lines if re.match(r"[A-Z]{3}-[A-Z]{3} ", line)]
    assert sorted((row[0], int(row[2])) for row in rows) == [
        (dyad, days) for dyad in ("CHN-IND", "FRA-DEU", "IND-PAK") for days in (7, 90, 730)
    ]
    assert all(row[3].endswith("%") for row in rows)


@pytest.mark.parametrize(
    "words",
    [
        "check",
        pytest.param(
            "backtest --start 2015-01-01 --end 2015-12-01 --every quarter --model base-rate --no-track --ablation",
            marks=pytest.mark.slow,
        ),
    ],
    ids=lambda words: words.split()[0],
)
def test_other_tables_are_at_most_eighty_columns_wide(ledgers, words):
    done = forecast(*words.split(), "--root", ledgers)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.count("\n") >= 3
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []
    assert done.stderr == ""


def test_the_catalogue_lists_every_signal_with_its_unit():
    text = forecast("signals").stdout
    assert [line for line in text.splitlines() if len(line) > 80] == []
    expected = " ".join(f"{row.name} [{row.unit}] {row.description}" for row in fc.catalogue().itertuples(index=False))
    assert text.split() == expected.split()


def test_records_that_could_not_be_coded_are_csv(ledgers):
    done = forecast("check", "--uncoded", "--root", ledgers)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("collection,record_id,")


# --- the file asked for ---


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_output_goes_to_the_file_alone(ledgers, tmp_path, form):
    path = tmp_path / "out"
    done = predicted(ledgers, "--format", form, "--output", path)
    assert done.stdout == ""
    assert done.stderr == f"forecast: written to {path}\n"
    plain = predicted(ledgers, "--format", form).stdout
    assert without_clock(path.read_text(encoding="utf-8")) == without_clock(plain)
    assert [part.name for part in tmp_path.iterdir()] == ["out"]


def without_clock(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:+]+", "now", text)


def test_an_existing_output_is_replaced(ledgers, tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old " * 10_000, encoding="utf-8")
    predicted(ledgers, "--format", "csv", "--output", path)
    assert path.read_text(encoding="utf-8").startswith(",".join(COLUMNS))


def test_output_into_the_current_folder(ledgers, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    predicted(ledgers, "--format", "json", "--output", "out.json")
    assert len(json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))) == 3


# --- the question ---


def test_a_date_after_the_record_is_warned_of(ledgers):
    done = predicted(ledgers, "--format", "json", as_of="2020-03-01")
    words = "the record of meetings ends on 2019-12-31, 60 days before the as-of date"
    assert done.stderr.count(words) == 1
    assert done.stderr.startswith("forecast: warning: ")
    assert all(
        row["warnings"].startswith(words) and row["coverage_end"] == "2019-12-31" for row in json.loads(done.stdout)
    )


@pytest.mark.parametrize(("as_of", "warned"), [("2019-12-31", False), ("2020-01-01", False), ("2020-01-02", True)])
def test_the_day_after_the_record_is_not_behind_it(ledgers, as_of, warned):
    assert bool(predicted(ledgers, as_of=as_of).stderr) is warned


def test_an_undeclared_coverage_is_warned_of(tmp_path):
    rows = simulated_ledger("IND", "PAK", start="2012-01-01", end="2016-12-31", leader_rows=12, minister_rows=4)
    root = write_workspace(tmp_path / "ws", {"rivals.csv": rows})
    done = predicted(root, as_of="2016-01-02")
    assert "coverage of the ledger is not declared" in done.stderr
    assert "coverage" not in done.stdout


def test_by_names_the_last_day_of_the_window(ledgers):
    (by,) = predicted_rows(ledgers, "--by", "2018-05-29")
    assert (by["horizon_days"], by["window_end"]) == (90, "2018-05-29")
    same = predicted_rows(ledgers, "--horizon", "90")[0]
    assert {**by, "issued_at": ""} == {**same, "issued_at": ""}
    (one,) = predicted_rows(ledgers, "--by", "2018-03-01")
    assert one["horizon_days"] == 1


def test_all_means_every_dyad_of_the_cohort(ledgers):
    rows = predicted_rows(ledgers, "--all", "--horizon", "90", dyads=())
    assert [row["dyad"] for row in rows] == ["CHN-IND", "FRA-DEU", "IND-PAK"]


@pytest.mark.parametrize("state", ["IND", "india", "India"])
def test_focal_keeps_the_dyads_of_one_state(ledgers, state):
    rows = predicted_rows(ledgers, "--all", "--focal", state, "--horizon", "90", dyads=())
    assert [row["dyad"] for row in rows] == ["CHN-IND", "IND-PAK"]


def test_several_dyads_are_forecast_together_as_they_are_alone(ledgers):
    together = predicted_rows(ledgers, dyads=("IND-PAK", "FRA-DEU", "IND-PAK"))
    assert [row["dyad"] for row in together] == ["FRA-DEU"] * 3 + ["IND-PAK"] * 3
    alone = [*predicted_rows(ledgers, dyads=("FRA-DEU",)), *predicted_rows(ledgers)]
    for row in (*together, *alone):
        del row["issued_at"]
    assert together == alone


SPELLINGS = ["PAK-IND", "ind-pak", "India-Pakistan", "pakistan / india", "INDIA,PAK", "Pakistan and India"]


@pytest.mark.parametrize("dyad", SPELLINGS)
def test_order_and_spelling_of_a_dyad_do_not_matter(ledgers, dyad):
    plain = predicted_rows(ledgers, "--horizon", "90")[0]
    other = predicted_rows(ledgers, "--horizon", "90", dyads=(dyad,))[0]
    assert {**other, "issued_at": ""} == {**plain, "issued_at": ""}


@EACH_MODEL
def test_a_probability_never_decreases_in_the_horizon(ledgers, model):
    rows = predicted_rows(ledgers, "--model", model, "--horizon", "730,1,14,15,16,30,31,90,365", as_of="2018-11-11")
    assert [row["horizon_days"] for row in rows] == [1, 14, 15, 16, 30, 31, 90, 365, 730]
    for name in ("probability", "climatology"):
        values = [row[name] for row in rows]
        assert values == sorted(values)
        assert 0 < values[0] < values[-1] <= 1


def test_the_narrower_target_is_not_likelier(ledgers):
    wide, narrow = (predicted_rows(ledgers, "--target", target)[1] for target in ("meeting", "bilateral"))
    assert narrow["target"] == "bilateral"
    assert narrow["climatology"] < wide["climatology"]


def test_without_a_date_today_is_meant(ledgers, monkeypatch):
    monkeypatch.setattr("forecast.dates.today", lambda: np.datetime64("2020-01-01"))
    done = forecast("predict", "IND-PAK", "--model", "climatology", "--format", "json", "--root", ledgers)
    assert {row["as_of"] for row in json.loads(done.stdout)} == {"2020-01-01"}


# --- models are kept ---


def test_a_second_call_gives_the_same_numbers_and_trains_nothing(ledgers):
    first = predicted_rows(ledgers, "--model", DEFAULT)
    models = kept(ledgers)
    assert any(name.startswith(f"{DEFAULT}-meeting-2018-01-01-") for name in models)
    second = predicted_rows(ledgers, "--model", DEFAULT)
    later = predicted_rows(ledgers, "--model", DEFAULT, as_of="2018-12-31")
    assert kept(ledgers) == models
    assert [{**row, "issued_at": ""} for row in first] == [{**row, "issued_at": ""} for row in second]
    assert later[0]["model_version"] == first[0]["model_version"]


def test_training_prints_the_folder_that_predict_then_uses(tmp_path, ledgers):
    root = tmp_path / "ws"
    shutil.copytree(ledgers / "data", root / "data")
    done = forecast("train", "--as-of", "2017-01-01", "--model", "base-rate", "--root", root, "--no-track")
    assert done.exit_code == 0, done.stderr
    folder = Path(done.stdout.strip())
    assert kept(root) == [folder.name]
    assert "rows of 3 dyads" in done.stderr
    predicted(root, "--model", "base-rate", as_of="2017-06-01")
    assert kept(root) == [folder.name]


def test_a_backtest_writes_its_forecasts_and_scores(tmp_path, ledgers):
    folder = tmp_path / "scores"
    done = forecast(
        "backtest", "--root", ledgers, "--start", "2015-01-01", "--end", "2015-12-01", "--every", "quarter",
        "--model", "base-rate, climatology", "--horizon", "30,90", "--focal", "India", "--output", folder, "--no-track",
    )  # fmt: skip
    assert (done.exit_code, done.stderr) == (0, "")
    with (folder / "forecasts.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["dyad"] for row in rows} == {"CHN-IND", "IND-PAK"}
    assert {row["model_id"] for row in rows} == {"base-rate", "climatology"}
    scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    assert [(row["model_id"], row["horizon_days"], row["n"]) for row in scores] == [
        (model, days, 8) for model in ("base-rate", "climatology") for days in (30, 90)
    ]


def test_a_backtest_repeated_on_its_folder_prints_the_same_scores(tmp_path, ledgers):
    words = ["backtest", "--root", ledgers, "--every", "quarter", "--model", "base-rate"]
    words += ["--output", tmp_path / "scores", "--no-track"]
    once = forecast(*words, "--start", "2015-01", "--end", "2015-12")
    assert (once.exit_code, once.stderr) == (0, "")
    again = forecast(*words, "--start", "2015-01-01", "--end", "2015-10-01")
    assert (again.exit_code, again.stdout) == (0, once.stdout)
    other = forecast(*words, "--start", "2015-01", "--end", "2016-12")
    assert (other.exit_code, other.stdout) == (3, "")
    assert "holds the finished backtest of another request (end 2015-10-01, now 2016-10-01)" in other.stderr


def test_a_model_named_twice_is_scored_once(ledgers):
    words = (
        "backtest",
        "--root",
        ledgers,
        "--start",
        "2015-01-01",
        "--end",
        "2015-12-01",
        "--every",
        "quarter",
        "--no-track",
    )
    once = forecast(*words, "--model", "base-rate", "--horizon", "90")
    assert once.exit_code == 0, once.stderr
    assert forecast(*words, "--model", "base-rate,base-rate", "--horizon", "90,90").stdout == once.stdout


# --- as a process of its own ---


def shell(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, check=False)


def test_help_imports_neither_pandas_nor_scikit_learn(environment):
    probe = (
        "import sys\nfrom forecast.cli.main import main\n"
        "try:\n    main(sys.argv[1:], prog_name='forecast')\n"
        "except SystemExit as end:\n"
        "    heavy = [name for name in ('pandas', 'sklearn', 'scipy', 'mlflow') if name in sys.modules]\n"
        "    print(end.code, heavy, file=sys.stderr)\n"
    )
    for words in (["--help"], ["predict", "--help"], ["--version"]):
        done = subprocess.run(
            [sys.executable, "-c", probe, *words], capture_output=True, text=True, env=environment, check=True
        )
        assert done.stderr == "0 []\n", words
        assert done.stdout


@pytest.mark.slow  # trains in a process of its own
def test_the_installed_script_trains_in_silence_where_there_is_no_terminal(tmp_path, ledgers, environment):
    root = tmp_path / "ws"
    shutil.copytree(ledgers / "data", root / "data")
    done = subprocess.run(
        [SCRIPT, "predict", "IND-PAK", "--as-of", "2018-03-01", "--model", "base-rate", "--format", "json"],
        capture_output=True, text=True, cwd=root, env=environment, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)) == 3
    assert len(kept(root)) == 1
    within = predicted_rows(root, "--model", "base-rate")
    assert [row["probability"] for row in json.loads(done.stdout)] == [row["probability"] for row in within]


def test_an_error_is_one_line_without_a_traceback(tmp_path, environment):
    done = subprocess.run(
        [SCRIPT, "check", "--root", tmp_path], capture_output=True, text=True, env=environment, check=False
    )
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr.startswith("forecast: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.slow  # a process of its own, as the one whose reader is gone
def test_a_reader_who_stops_early_sees_no_traceback(environment):
    done = shell(f"'{SCRIPT}' signals | head -1", environment)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_a_reader_who_is_gone_sees_no_traceback(environment):
    probe = (
        "import os, subprocess; r, w = os.pipe(); os.close(r); "
        f"print(subprocess.run(['{SCRIPT}', 'signals'], stdout=w).returncode)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, env=environment, check=True)
    assert done.stderr == ""
    assert int(done.stdout) in {0, 1}


# --- the shipped facts ---


def test_the_founding_question(shipped):
    # Workers share the workspace: the first one trains, the others wait.
    with (shipped / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = forecast(
            "predict", "USA-CHN", "--as-of", "2023-09-29", "--by", "2023-11-30", "--format", "json", "--root", shipped
        )
    assert (done.exit_code, done.stderr) == (0, "")
    (row,) = json.loads(done.stdout)
    assert (row["dyad"], row["horizon_days"], row["model_id"]) == ("USA-CHN", 63, DEFAULT)
    assert row["model_version"].startswith("2023-01-01-")
    assert 0 < row["low"] < row["probability"] < row["high"] < 1
    # They had met once in three years and ten months, and a summit at which both sit lies ahead.
    assert row["probability"] > row["climatology"]
    assert row["announced"] is False
    assert (row["coverage_end"], row["warnings"]) == ("2023-09-28", "")
