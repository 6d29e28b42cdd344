"""What is said when a page cannot be made, and that nothing half written stays."""

from __future__ import annotations

import errno
import os

import pytest
from click.testing import CliRunner

from forecast.cli.main import main


def asked(root, output, *words, as_of="2018-03-01", model="climatology"):
    call = ["report", *words, "--as-of", as_of, "--root", root, "--output", output, "--model", model]
    return CliRunner().invoke(main, [str(word) for word in call], catch_exceptions=False)


@pytest.mark.parametrize(
    ("words", "changes", "code", "told"),
    [
        (["IND-ATLANTIS"], {}, 4, "ATLANTIS"),
        (["IND-IND"], {}, 4, "IND"),
        ([], {"as_of": "2007-03-01"}, 5, "the as-of date 2007-03-01 is before the data begin"),
        ([], {"as_of": "someday"}, 5, "'someday'"),
        ([], {"model": "oracle"}, 7, "oracle"),
        (["--focal", "FRA"], {}, 6, "no source covers a dyad of FRA on 2018-03-01"),
        (["--forecasts", "none.csv"], {}, 3, "none.csv"),
    ],
)
def test_a_mistake_is_one_line_with_its_code(odd, tmp_path, words, changes, code, told):
    done = asked(odd, tmp_path / "report.html", *words, **changes)
    assert done.exit_code == code, done.stderr
    assert done.stderr.startswith("forecast: ")
    assert done.stderr.count("\n") == 1
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_pair_without_a_source_has_a_sheet_that_says_so(odd, tmp_path):
    done = asked(odd, tmp_path / "report.html", "FRA-DEU")
    assert done.exit_code == 0, done.stderr
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "fallback: no complete source covers FRA-DEU" in page
    assert "how often pairs of its kind meet" in page


def test_a_folder_that_is_missing_is_named_before_anything_long_begins(odd, tmp_path):
    done = asked(odd, tmp_path / "none" / "report.html")
    assert (done.exit_code, done.stderr) == (
        3,
        f"forecast: {tmp_path / 'none' / 'report.html'}: its folder does not exist\n",
    )


def test_a_full_disk_leaves_the_old_page(odd, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("the page of yesterday", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    asked(odd, tmp_path / "warm.html")  # which keeps the model: only the page is written now
    (tmp_path / "warm.html").unlink()
    monkeypatch.setattr(os, "fsync", full)
    done = asked(odd, path)
    assert (done.exit_code, done.stderr) == (3, f"forecast: {path}: cannot be written: No space left on device\n")
    assert path.read_text(encoding="utf-8") == "the page of yesterday"
    assert [part.name for part in tmp_path.iterdir()] == ["report.html"]


def test_other_scores_than_a_backtests_are_refused(odd, tmp_path):
    table = tmp_path / "scores.csv"
    table.write_text(
        "model_id,dyad,as_of,horizon_days,target,probability,outcome\nx,IND-PAK,2017-01-01,90,meeting,0.5,1\n",
        encoding="utf-8",
    )
    done = asked(odd, tmp_path / "report.html", "--forecasts", table)
    assert done.exit_code == 3, done.stderr
    assert "scores.csv" in done.stderr
    assert [part.name for part in tmp_path.iterdir()] == ["scores.csv"]


def test_the_first_month_of_the_data_has_no_change_and_says_why(odd, tmp_path):
    path = tmp_path / "report.html"
    done = asked(odd, path, "IND-PAK", as_of="2010-01-05")
    assert done.exit_code == 0, done.stderr
    assert "There is no change since a month before: the record begins on 2008-01-01" in path.read_text("utf-8")
