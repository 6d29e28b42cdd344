"""The verbs *export* and *verify* at the command line. All figures of the others are made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from forecast.cli.main import main

HEAD = "question,dyad,as_of,by,probability,outcome\n"
GOOD = "q1,IND-PAK,2018-03-01,2018-06-30,0.3,\n"


def forecast(*words: object) -> Result:
    """Run the command within this process; a defect of the program shows its traceback."""
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def crowd(folder: Path, rows: str, name: str = "crowd.csv") -> Path:
    path = folder / name
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


def verify(root: Path, *files: object) -> Result:
    return forecast("verify", *files, "--root", root, "--model", "base-rate")


def test_the_table_stands_on_standard_output_and_is_at_most_eighty_columns_wide(tmp_path, rivals):
    rows = "".join(f"q{n},IND-PAK,2018-0{n}-01,2018-0{n}-28,0.{n},\n" for n in range(1, 8))
    rows += "".join(f"r{n},India-Atlantis,2018-03-{n:02},2018-06-30,0.3,\n" for n in range(1, 29))
    rows += "s,IND-PAK,2030-01-01,2030-02-01,0.3,\n"
    done = verify(rivals, crowd(tmp_path, rows, "a market with quite a long name.csv"))
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert [line for line in lines if len(line) > 80 and str(tmp_path) not in line] == []
    assert lines[0] == "Questions (dyad, as-of date, last day) that all answer: 7, about IND-PAK"
    assert lines[2].split() == ["who", "n", "base", "rate", "Brier", "skill", "90%", "interval", "log", "score"]
    assert [line[:20].strip() for line in lines[3:6]] == ["a market with quite…", "base-rate", "climatology"]
    assert [int(line[20:26]) for line in lines[3:6]] == [7] * 3
    assert lines[5].endswith(lines[5].split()[-1])
    assert "reference" in lines[5]
    told = " ".join(" ".join(lines[6:]).split())
    assert "left out: 29 rows" in told
    assert "28 unknown state (" in told
    assert "lines 9, 10, 11, 12, 13, 14 and 22 more: unknown state 'Atlantis'" in told
    assert "1 unresolved: no outcome is stated" in told


def test_no_common_question_is_said_and_is_no_error(tmp_path, rivals):
    done = verify(rivals, crowd(tmp_path, GOOD), crowd(tmp_path, GOOD.replace("03-01", "03-02"), "other.csv"))
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "not enough cases (n = 0): no question is answered by all"
    assert lines[3].split() == ["crowd", "0", "-", "-", "-", "not", "enough", "cases", "-"]
    assert "nan" not in done.stdout.lower()
    assert "None" not in done.stdout


def test_an_infinite_log_score_is_explained(tmp_path, rivals):
    done = verify(rivals, crowd(tmp_path, GOOD.replace("0.3,", "0,1")))
    assert done.stdout.splitlines()[3].split()[-1] == "inf"
    assert "log score inf: something happened whose probability was 0%" in done.stdout


def test_a_contradiction_is_a_warning_that_names_the_row(tmp_path, rivals):
    said = []
    for outcome in "01":
        done = verify(rivals, crowd(tmp_path, GOOD.replace("0.3,", f"0.3,{outcome}")))
        assert done.exit_code == 0
        said.append(done.stderr)
    assert sorted(map(bool, said)) == [False, True]
    (warning,) = [line for text in said for line in text.splitlines()]
    assert warning.startswith(
        f"forecast: warning: {tmp_path / 'crowd.csv'}, line 2: the workspace's record contradicts"
    )
    assert warning.endswith("for IND-PAK as of 2018-03-01 by 2018-06-30; the file's outcome is scored")


def test_many_contradictions_do_not_drown_the_table(tmp_path, rivals):
    rows = "".join(f"q{n},IND-PAK,2018-03-01,2018-05-{n:02},0.3,{{0}}\n" for n in range(1, 13))
    both = [verify(rivals, crowd(tmp_path, rows.format(outcome))).stderr.splitlines() for outcome in "01"]
    said = max(both, key=len)
    assert [len(lines) for lines in both if lines] == [11]
    assert said[-1] == "forecast: warning: and 2 more rows whose outcome the record contradicts"


@pytest.mark.parametrize(
    ("row", "code", "says"),
    [
        (GOOD.replace("0.3", "1.3"), 3, "crowd.csv, line 2, probability: 1.3 is outside [0, 1]"),
        (GOOD.replace("0.3", "often"), 3, "crowd.csv, line 2, probability: 'often' is no number"),
        (GOOD.replace("03-01", "02-30"), 3, "crowd.csv, line 2, as_of: '2018-02-30' is no day"),
        (GOOD + GOOD, 3, "crowd.csv, line 3, question: 'crowd' answers 'q1' as of 2018-03-01 in line 2 too"),
        (GOOD.replace("0.3,", "0.3,yes"), 3, "crowd.csv, line 2, outcome: 'yes' is no outcome"),
        ("", 3, "crowd.csv: holds no rows"),
    ],
)
def test_a_bad_file_is_refused_with_one_line_and_code_three(tmp_path, rivals, row, code, says):
    done = verify(rivals, crowd(tmp_path, row))
    assert done.exit_code == code
    assert done.stdout == ""
    assert done.stderr.startswith("forecast: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


def test_other_mistakes_have_their_codes(tmp_path, rivals):
    good = crowd(tmp_path, GOOD)
    assert forecast("verify").exit_code == 2
    assert forecast("verify", tmp_path / "absent.csv", "--root", rivals).exit_code == 3
    assert forecast("verify", tmp_path, "--root", rivals).exit_code == 3
    assert forecast("verify", good, "--root", rivals, "--model", "oracle").exit_code == 7
    assert forecast("verify", good, "--root", rivals, "--target", "war").exit_code == 2
    assert forecast("verify", good, "--root", tmp_path).exit_code == 6


FORECASTS = "model_id,dyad,as_of,horizon_days,target,probability\nhazard,IND-PAK,2018-03-01,30,meeting,0.25\n"


def test_an_export_says_where_it_stands(tmp_path):
    (tmp_path / "f.csv").write_text(FORECASTS, encoding="utf-8")
    done = forecast("export", tmp_path / "f.csv", "--output", tmp_path / "hub", "--team", "us")
    assert done.exit_code == 0
    assert (done.stdout, done.stderr) == ("", f"forecast: written to {tmp_path / 'hub'}\n")
    assert (tmp_path / "hub" / "model-output" / "us-hazard" / "2018-03-01-us-hazard.csv").is_file()


@pytest.mark.parametrize(
    ("text", "words", "code", "says"),
    [
        (FORECASTS.replace("0.25", "2.5"), [], 3, "f.csv, line 2, probability: 2.5 is outside [0, 1]"),
        (FORECASTS.replace("IND-PAK", "IND-Pakstan"), [], 3, "f.csv, line 2, dyad: unknown state 'Pakstan'"),
        (FORECASTS.replace("target,", ""), [], 3, "f.csv, line 1: the header lacks target"),
        (FORECASTS, ["--team", "our-lab"], 1, "team 'our-lab': a name of the hubverse holds letters"),
    ],
)
def test_a_bad_export_is_refused_and_leaves_nothing(tmp_path, text, words, code, says):
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    done = forecast("export", tmp_path / "f.csv", "--output", tmp_path / "hub", *words)
    assert done.exit_code == code
    assert done.stdout == ""
    assert says in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["f.csv"]


def test_an_export_overwrites_nothing(tmp_path):
    (tmp_path / "f.csv").write_text(FORECASTS, encoding="utf-8")
    (tmp_path / "hub").mkdir()
    done = forecast("export", tmp_path / "f.csv", "--output", tmp_path / "hub")
    assert done.exit_code == 3
    assert "hub: exists already; name a new folder" in done.stderr
    assert list((tmp_path / "hub").iterdir()) == []
    assert forecast("export", tmp_path / "f.csv").exit_code == 2
