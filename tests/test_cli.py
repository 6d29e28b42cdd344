"""The command: what stands on standard output and standard error, and with which exit code it leaves."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from forecast.cli import main
from forecast.errors import ForecastError, exit_codes
from forecast.jobs.predicting import COLUMNS
from forecast.models import MODELS
from simulated_ledgers import simulated_ledger, write_workspace

VERBS = sorted(main.commands)


def run(*args, root=None):
    said = [str(arg) for arg in args]
    if root is not None:
        said += ["--root", str(root)]
    return CliRunner().invoke(main, said)


def predict(*args, root):
    return run("predict", *args, root=root)


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_the_command_has_help_that_names_every_verb(flag):
    shown = run(flag)
    assert shown.exit_code == 0
    assert all(verb in shown.stdout for verb in VERBS)
    assert shown.stderr == ""


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_and_each_of_its_options_says_what_it_does(verb):
    command = main.commands[verb]
    assert command.help
    shown = run(verb, "--help")
    assert shown.exit_code == 0
    for parameter in command.params:
        if parameter.param_type_name != "option":
            continue
        assert parameter.opts[0] in shown.stdout
        assert parameter.help, f"forecast {verb} {parameter.opts[0]} has no help text"


def test_the_version_is_told():
    import forecast

    assert run("--version").stdout.strip().endswith(forecast.__version__)


def test_one_dyad_is_shown_as_a_table_of_at_most_80_columns(rivals):
    shown = predict("pakistan-india", "--as-of", "2018-05-05", root=rivals)
    assert shown.exit_code == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("IND-PAK") for line in lines) == 3
    assert shown.stderr == ""


@pytest.mark.parametrize("target", ["meeting", "bilateral"])
@pytest.mark.parametrize("model", list(MODELS))
def test_no_table_is_wider_than_80_columns(rivals, target, model):
    shown = predict("IND-PAK", "--as-of", "2018-05-05", "--target", target, "--model", model, root=rivals)
    assert [line for line in shown.stdout.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("verb", ["signals", "check"])
def test_other_tables_are_not_wider_either(rivals, verb):
    shown = run(verb) if verb == "signals" else run(verb, root=rivals)
    assert shown.exit_code == 0
    assert [line for line in shown.stdout.splitlines() if len(line) > 80] == []


def test_json_holds_the_forecast_and_nothing_else(rivals):
    shown = predict("IND-PAK", "--as-of", "2018-05-05", "--horizon", "90,30,30", "--format", "json", root=rivals)
    rows = json.loads(shown.stdout)
    assert [tuple(row) for row in rows] == [COLUMNS, COLUMNS]
    assert [row["horizon_days"] for row in rows] == [30, 90]
    assert [row["window_end"] for row in rows] == ["2018-06-03", "2018-08-02"]
    assert all(row["low"] <= row["probability"] <= row["high"] for row in rows)


def test_csv_and_json_hold_the_same(rivals):
    shown = {
        form: predict("IND-PAK", "--as-of", "2018-05-05", "--format", form, root=rivals).stdout
        for form in ("csv", "json")
    }
    rows = list(csv.DictReader(io.StringIO(shown["csv"])))
    for row, other in zip(rows, json.loads(shown["json"]), strict=True):
        assert float(row["probability"]) == pytest.approx(other["probability"], abs=1e-14)
        assert {row["announced"]} <= {"True", "False"}
        assert (row["announced"] == "True") is other["announced"]


def test_by_names_the_last_day_of_the_window(rivals):
    shown = predict("IND-PAK", "--as-of", "2018-05-05", "--by", "2018-05-05", "--format", "json", root=rivals)
    (row,) = json.loads(shown.stdout)
    assert (row["horizon_days"], row["window_end"]) == (1, "2018-05-05")


def test_all_gives_every_dyad_of_the_cohort(rivals):
    shown = predict("--all", "--as-of", "2018-05-05", "--format", "csv", root=rivals)
    assert {row["dyad"] for row in csv.DictReader(io.StringIO(shown.stdout))} == {"IND-PAK"}
    focal = predict("--all", "--focal", "Pakistan", "--as-of", "2018-05-05", "--format", "csv", root=rivals)
    assert [row["probability"] for row in csv.DictReader(io.StringIO(focal.stdout))] == [
        row["probability"] for row in csv.DictReader(io.StringIO(shown.stdout))
    ]


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_output_is_written_whole_and_nothing_is_printed(rivals, tmp_path, form):
    said = ("IND-PAK", "--as-of", "2018-05-05", "--format", form)
    path = tmp_path / "found.txt"
    path.write_text("old", encoding="utf-8")
    shown = predict(*said, "--output", path, root=rivals)
    assert (shown.exit_code, shown.stdout) == (0, "")
    assert str(path) in shown.stderr
    written = path.read_text(encoding="utf-8")
    assert written.endswith("\n")
    if form == "json":
        assert len(json.loads(written)) == 3
    if form == "csv":
        assert len(list(csv.DictReader(io.StringIO(written)))) == 3
    assert [part.name for part in tmp_path.iterdir()] == ["found.txt"]


def test_an_as_of_date_after_the_coverage_is_warned_of(rivals):
    shown = predict("IND-PAK", "--as-of", "2020-03-01", "--format", "json", root=rivals)
    assert shown.exit_code == 0
    assert shown.stderr.startswith("forecast: warning: the record of meetings ends on 2019-12-31, 60 days before")
    assert len(shown.stderr.splitlines()) == 1
    for row in json.loads(shown.stdout):
        assert "the record of meetings ends on 2019-12-31" in row["warnings"]
        assert row["coverage_end"] == "2019-12-31"


def test_undeclared_coverage_is_warned_of(tmp_path):
    rows = simulated_ledger(
        "IND", "PAK", start="2008-01-01", end="2019-12-31", leader_rows=24, minister_rows=36, seed=5
    )
    root = write_workspace(tmp_path / "ws", {"x.csv": rows})
    shown = predict("IND-PAK", "--as-of", "2018-05-05", root=root)
    assert "coverage of the ledger is not declared" in shown.stderr
    assert run("check", root=root).stdout.splitlines()[-1].startswith("? not declared")


#: What a user gets wrong in `predict`, the exit code, and what the one line says.
USER_ERRORS = [
    (["IND-PAK", "--as-of", "2018-02-30"], 5, "'2018-02-30' is no day of the calendar; write YYYY-MM-DD"),
    (["IND-PAK", "--as-of", "2018-05-05", "--by", "2018-05-04"], 5, "2018-05-04 is before the as-of date 2018-05-05"),
    (["IND-PAK", "--as-of", "2018-05-05", "--by", "2028-05-04"], 5, "outside 1..730"),
    (["IND-PAK", "--as-of", "2018-05-05", "--by", "soon"], 5, "'soon' is no day of the calendar"),
    (["IND-PAK", "--as-of", "2018-05-05", "--horizon", "0"], 5, "a horizon of 0 days is outside 1..730"),
    (["IND-PAK", "--as-of", "2018-05-05", "--horizon", "731"], 5, "a horizon of 731 days is outside 1..730"),
    (["IND-PAK", "--as-of", "2018-05-05", "--horizon", "30,abc"], 5, "'30,abc' is no list of whole days"),
    (["IND-PAK", "--as-of", "2018-05-05", "--horizon", ""], 5, "is no list of whole days"),
    (["IND-PAK", "--as-of", "1990-01-01"], 5, "is before the data begin"),
    (["IND-India", "--as-of", "2018-05-05"], 4, "IND is named twice"),
    (["IND-Pakstan", "--as-of", "2018-05-05"], 4, "unknown state 'Pakstan'; did you mean Pakistan (PAK)"),
    (["IND", "--as-of", "2018-05-05"], 4, "'IND' is no dyad; write two states"),
    (["IND-Soviet Union", "--as-of", "2018-05-05"], 4, "(SUN) did not exist on 2018-05-05"),
    (["--all", "--focal", "Atlantys", "--as-of", "2018-05-05"], 4, "unknown state 'Atlantys'"),
    (["--all", "--focal", "France", "--as-of", "2018-05-05"], 6, "no source covers a dyad of FRA"),
    (["FRA-DEU", "--as-of", "2018-05-05"], 6, "no source records meetings of FRA-DEU"),
    (["IND-PAK", "--as-of", "2018-05-05", "--model", "oracle"], 7, "unknown model 'oracle'; there are"),
    (
        ["IND-PAK", "--as-of", "2008-06-01", "--model", "climatology"],
        6,
        "nothing was known before 2008-01-01, the day of training",
    ),
    (["IND-PAK", "--as-of", "2018-05-05", "--output", "/no/such/folder/x.csv"], 3, "its folder does not exist"),
]


def assert_one_line(shown, code, problem):
    assert shown.exit_code == code, shown.output
    assert shown.stdout == ""
    (line,) = shown.stderr.splitlines()
    assert line.startswith("forecast: ")
    assert problem in line
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize(
    ("args", "code", "problem"), USER_ERRORS, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_a_users_error_is_one_line_with_its_code(rivals, args, code, problem):
    assert_one_line(predict(*args, root=rivals), code, problem)


def test_every_kind_of_user_error_is_tried():
    tried = {code for _, code, _ in USER_ERRORS}
    assert tried == set(exit_codes()) - {ForecastError.exit_code}


#: What click itself refuses: its own exit code, nothing on standard output.
USAGE_ERRORS = [
    ["predict"],
    ["predict", "IND-PAK", "--all"],
    ["predict", "IND-PAK", "--focal", "IND"],
    ["predict", "IND-PAK", "--target", "phone"],
    ["predict", "IND-PAK", "--format", "xml"],
    ["predict", "IND-PAK", "--unheard-of"],
    ["backtest", "--every", "year"],
    ["ingest", "pravda", "."],
    ["train"],
    ["unheard-of"],
]


@pytest.mark.parametrize("args", USAGE_ERRORS, ids=" ".join)
def test_a_wrong_use_leaves_with_two_and_says_why(args):
    shown = run(*args)
    assert shown.exit_code == 2
    assert shown.stdout == ""
    assert "Error:" in shown.stderr
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize(
    "verb",
    [["predict", "IND-PAK", "--as-of", "2018-05-05"], ["check"], ["backtest"], ["train", "--as-of", "2018-01-01"]],
)
def test_an_empty_workspace_is_said(tmp_path, verb):
    assert_one_line(run(*verb, root=tmp_path), 6, "forecast init")


def test_a_broken_ledger_is_said_with_file_line_and_column(rivals, tmp_path):
    root = tmp_path / "ws"
    shutil.copytree(rivals, root, ignore=shutil.ignore_patterns("mlruns"))
    path = root / "data" / "raw" / "engagements" / "rivals.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:4], lines[4].replace("CONSULT", "PARLEY"), *lines[5:]]), encoding="utf-8")
    for verb in (["predict", "IND-PAK", "--as-of", "2018-05-05"], ["check"]):
        assert_one_line(run(*verb, root=root), 3, "rivals.csv, line 5, event: 'PARLEY' is not one of")


BACKTEST_ERRORS = [
    (["--model", "oracle"], 7, "unknown model 'oracle'"),
    (["--start", "2018-01-01", "--end", "2017-01-01"], 5, "end 2017-01-01 is before start 2018-01-01"),
    (["--start", "2018-01-02", "--end", "2018-01-20"], 5, "there is no as-of date between"),
    (["--start", "2018-01-01", "--end", "2018-03-01", "--horizon", "731"], 5, "outside 1..730"),
    (["--start", "2021-01-01", "--end", "2021-03-01"], 6, "is resolved"),
    (["--start", "2001-01-01", "--end", "2001-03-01"], 6, ""),
    (["--focal", "Atlantys"], 4, "unknown state 'Atlantys'"),
    (["--focal", "FRA", "--start", "2018-01-01", "--end", "2018-03-01"], 6, ""),
]


@pytest.mark.parametrize(
    ("args", "code", "problem"), BACKTEST_ERRORS, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_a_backtest_that_cannot_be_run_is_one_line(rivals, args, code, problem):
    assert_one_line(run("backtest", *args, root=rivals), code, problem)


def test_an_existing_output_of_a_backtest_is_left_as_it_is(rivals, tmp_path):
    shown = run("backtest", "--output", tmp_path, "--model", "base-rate", root=rivals)
    assert shown.exit_code in exit_codes()
    assert_one_line(shown, shown.exit_code, "exists already; name a new folder")
    assert list(tmp_path.iterdir()) == []


def test_a_backtest_prints_its_scores(rivals, tmp_path):
    args = ["--model", "climatology, base-rate", "--start", "2017-01-01", "--end", "2018-01-01", "--horizon", "90"]
    shown = run("backtest", *args, "--output", tmp_path / "out", root=rivals)
    assert shown.exit_code == 0, shown.stderr
    assert [line.split()[0] for line in shown.stdout.splitlines()] == ["model", "climatology", "base-rate"]
    assert sorted(part.name for part in (tmp_path / "out").iterdir()) == ["forecasts.csv", "scores.json"]


def test_training_prints_the_folder_of_the_model(rivals):
    shown = run("train", "--as-of", "2017-01-01", "--model", "base-rate", root=rivals)
    assert shown.exit_code == 0
    (path,) = shown.stdout.splitlines()
    from pathlib import Path

    assert (Path(path) / "card.json").exists()


def test_the_uncoded_records_are_csv(rivals):
    shown = run("check", "--uncoded", root=rivals)
    assert shown.exit_code == 0
    assert "record_id" in shown.stdout.splitlines()[0]


def test_a_workspace_is_laid_out_once(tmp_path):
    shown = run("init", tmp_path / "ws")
    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout == ""
    assert (tmp_path / "ws" / "data" / "raw" / "state-department" / "manifest.json").exists()
    assert_one_line(run("init", tmp_path / "ws"), 3, "exists already and is left as it is")


def test_a_folder_that_is_no_record_is_not_ingested(rivals, tmp_path):
    assert_one_line(run("ingest", "state-department", tmp_path / "nowhere", root=rivals), 3, "is no folder")


def test_no_spinner_is_written_where_there_is_no_terminal(rivals, tmp_path):
    root = tmp_path / "ws"
    shutil.copytree(rivals, root, ignore=shutil.ignore_patterns("mlruns"))
    shown = predict("IND-PAK", "--as-of", "2018-05-05", root=root)
    assert shown.exit_code == 0
    assert shown.stderr == ""


FORECAST = [sys.executable, "-c", "import sys; sys.argv[0] = 'forecast'; from forecast.cli import main; main()"]


def test_help_answers_without_the_heavy_libraries(environment):
    program = (
        "import sys\nfrom forecast.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'pandas', 'sklearn', 'scipy', 'mlflow', 'rich'} & set(sys.modules)), file=sys.stderr)\n"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    assert shown.stderr.strip() == "[]"
    assert "predict" in shown.stdout


def test_a_process_of_its_own_leaves_with_the_code(rivals, environment):
    said = ["predict", "IND-Pakstan", "--as-of", "2018-05-05", "--root", str(rivals)]
    shown = subprocess.run([*FORECAST, *said], capture_output=True, text=True, env=environment, check=False)
    assert (shown.returncode, shown.stdout) == (4, "")
    assert len(shown.stderr.splitlines()) == 1


def test_a_process_of_its_own_answers_without_warnings(rivals, environment):
    said = ["predict", "IND-PAK", "--as-of", "2018-05-05", "--format", "json", "--root", str(rivals)]
    strict = environment | {"PYTHONWARNINGS": "default"}
    shown = subprocess.run([*FORECAST, *said], capture_output=True, text=True, env=strict, check=False)
    assert shown.returncode == 0
    assert len(json.loads(shown.stdout)) == 3
    assert shown.stderr == ""


def test_a_reader_that_has_seen_enough_is_no_error(rivals, environment):
    said = ["predict", "--all", "--as-of", "2018-05-05", "--format", "csv", "--root", str(rivals)]
    with subprocess.Popen(
        [*FORECAST, *said], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        process.stdout.close()
        told = process.stderr.read().decode()
        process.wait(60)
    assert process.returncode == 0
    assert "Traceback" not in told
