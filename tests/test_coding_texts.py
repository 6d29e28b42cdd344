"""From a text to a ledger: candidates, their review in the terminal and in a notebook, and what a ledger takes."""

from __future__ import annotations

import contextlib
import json
import shlex
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import forecast as fc
from forecast.cli.main import main
from forecast.coding.candidates import COLUMNS, read_candidates
from forecast.errors import InputError
from forecast.readers.ledger import read_ledger
from forecast.workspace import load_history

TEXT = (
    "Kenya's President William Ruto met Prime Minister Abiy Ahmed of Ethiopia in Addis Ababa on Monday. "
    "Ruto will visit Rwanda next week. Kenya expelled two diplomats of Somalia on Tuesday."
)
DAY = "2023-02-08"


def run(*words: object, stdin: str | None = None):
    return CliRunner().invoke(main, [str(word) for word in words], input=stdin, catch_exceptions=False)


@pytest.fixture
def here(tmp_path):
    (tmp_path / "data" / "raw" / "engagements").mkdir(parents=True)
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8")
    with contextlib.chdir(tmp_path):
        yield tmp_path


@pytest.fixture
def candidates(here) -> Path:
    done = run("code", "article.txt", "--published", DAY, "--format", "csv", "--output", "candidates.csv")
    assert done.exit_code == 0, done.output
    return here / "candidates.csv"


def test_the_three_forms_hold_the_same_rows(here):
    asked = ("code", "article.txt", "--published", DAY)
    rows = json.loads(run(*asked, "--format", "json").stdout)
    assert [(row["source"], row["recipient"], row["event"], row["status"]) for row in rows] == [
        ("KEN", "ETH", "CONSULT", "occurred"),
        ("KEN", "RWA", "CONSULT", "announced"),
        ("KEN", "SOM", "SANCTION", "occurred"),
    ]
    assert run(*asked, "--format", "csv").stdout.splitlines()[0] == ",".join(COLUMNS)
    table = run(*asked).stdout
    assert "CONSULT visit" in table
    assert "a day of these" in " ".join(table.split())


def test_standard_input_and_the_example_of_the_help_give_the_same(here):
    text = " ".join(run("code", "--help").stdout.split())
    words = shlex.split(text.split("Example: forecast ")[1])
    shown = run(*words, "--format", "json").stdout
    (row,) = json.loads(shown)
    assert (row["source"], row["recipient"], row["status"]) == ("CHN", "DEU", "announced")
    assert row["known_on"] == "2023-06-16"
    piped = run("code", "-", *words[3:], "--format", "json", stdin=words[2])
    assert piped.stdout == shown


def test_a_folder_names_what_it_cannot_read_and_goes_on(here):
    folder = here / "texts"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "b.txt").write_bytes(b"\xff\x00")
    (folder / "c.md").write_text(f"---\npublished: 2999-01-01\n---\n{TEXT}", encoding="utf-8")
    (folder / "d.docx").write_bytes(b"PK")
    done = run("code", folder, "--published", DAY, "--format", "csv")
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 4
    notes = [line for line in done.stderr.splitlines() if line.startswith(f"forecast: {folder}")]
    assert [note.rsplit(": ", 1)[0][-6:] for note in notes[:1]] == ["/b.txt"]
    assert [line.split("/")[-1].split(":")[0] for line in notes] == ["b.txt", "c.md", "d.docx"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("code nowhere.txt", 3, "nowhere.txt: does not exist"),
        ("code article.txt", 3, "article.txt: has no day of publication; give it with --published YYYY-MM-DD"),
        ("code article.txt --published 2023-02-30", 5, "--published: '2023-02-30' is no day of the calendar"),
        ("code article.txt --published 2999-01-01", 3, "is published on 2999-01-01, which is still to come"),
        ("code article.txt --published 2023-02-08 --publisher me", 3, "unknown publisher 'me'; there are white-house"),
        ("code article.txt --published 2023-02-08 --engine llm", 3, "--endpoint: '' is no address"),
        ("code article.txt --output no/where.csv", 3, "its folder does not exist"),
        ("ledger add article.txt", 3, "article.txt"),
        ("ledger review nothing.csv", 3, "nothing.csv: cannot be read"),
    ],
)
def test_mistakes_get_one_line(here, words, code, says):
    done = run(*words.split())
    assert done.exit_code == code, done.output
    assert done.stdout == ""
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_review_is_taken_up_where_it_stopped(candidates):
    first = run("ledger", "review", candidates, stdin="a\nq\n")
    assert first.exit_code == 0
    assert "“Kenya's President William Ruto met" in first.stdout
    assert read_candidates(candidates)["decision"].tolist() == ["accept", "", ""]
    second = run("ledger", "review", candidates, stdin="c\nstarted_on=2023-02-14\nended_on=2023-02-15\n\nd\n")
    assert "1 of 2" in second.stdout
    assert "2 accepted, 1 dropped, 0 left" in second.stderr
    rows = read_candidates(candidates)
    assert rows["decision"].tolist() == ["accept", "accept", "drop"]
    assert rows["started_on"].tolist()[1] == "2023-02-14"


def test_a_change_that_no_ledger_takes_is_asked_again(candidates):
    done = run("ledger", "review", candidates, stdin="c\nlevel=emperor\n\nlevel=leader\n\nq\n")
    assert "'emperor' is not one of leader" in done.stderr
    rows = read_candidates(candidates)
    assert rows.loc[0, ["level", "decision"]].tolist() == ["leader", "accept"]


def test_accepted_rows_join_a_ledger_that_proves_no_silence(candidates, here):
    run("ledger", "review", candidates, stdin="a\na\nd\n")
    done = run("ledger", "add", candidates, "--to", "articles")
    assert done.exit_code == 0, done.output
    path = here / "data" / "raw" / "engagements" / "articles.csv"
    assert read_ledger(path)[["source", "recipient", "status"]].to_numpy().tolist() == [
        ["KEN", "ETH", "occurred"],
        ["KEN", "RWA", "announced"],
    ]
    declared = json.loads((path.parent / "manifest.json").read_text(encoding="utf-8"))
    assert declared["articles.csv"]["complete"] is False
    history = load_history(here)
    assert len(history.events) == 2
    before = path.read_bytes()
    again = run("ledger", "add", candidates, "--to", "articles")
    assert "0 rows added" in again.stderr
    assert path.read_bytes() == before


def test_nothing_is_added_that_was_not_accepted(candidates, here):
    done = run("ledger", "add", candidates)
    assert done.exit_code == 3
    assert "holds no accepted row" in done.stderr
    assert list((here / "data" / "raw" / "engagements").iterdir()) == []


def test_a_ledger_with_its_own_columns_keeps_them(candidates, here):
    path = here / "data" / "raw" / "engagements" / "mine.csv"
    path.write_text(
        "known_on,started_on,source,recipient,event,mode,level,url\n2020-01-01,2020-01-01,KEN,UGA,CONSULT,phone,leader,u\n",
        encoding="utf-8",
    )
    fc.add_to_ledger(fc.review(candidates, accept=[1]), root=here, name="mine")
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert list(rows.columns)[:8] == ["known_on", "started_on", "source", "recipient", "event", "mode", "level", "url"]
    assert rows["recipient"].tolist() == ["UGA", "RWA"]
    assert rows["status"].tolist() == ["", "announced"]
    assert not (path.parent / "manifest.json").exists()
    assert len(read_ledger(path)) == 2


def test_the_same_as_functions(candidates):
    rows = fc.code(TEXT.encode(), published=DAY)
    decided = fc.review(rows, accept=[0], drop=[2], change={1: {"started_on": "2023-02-14", "ended_on": "2023-02-14"}})
    assert decided["decision"].tolist() == ["accept", "accept", "drop"]
    assert "decision" not in rows


@pytest.mark.parametrize(
    ("decisions", "says"),
    [
        ({"accept": [9]}, "there is no row 9; there are 0 to 2"),
        ({"accept": [0], "drop": [0]}, "row 0 is accepted and dropped"),
        ({"change": {0: {"colour": "red"}}}, "row 0: 'colour' is no column of a ledger"),
        ({"change": {0: {"known_on": "2023-02-01"}}}, "what is planned has the status 'announced'"),
        ({"accept": [7], "drop": [8]}, "the review is refused:"),
    ],
)
def test_a_decision_that_cannot_be_taken_is_refused(candidates, decisions, says):
    with pytest.raises(InputError, match=says):
        fc.review(candidates, **decisions)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a,b\n1,2\n", "line 1: lacks started_on"),
        (",".join([*COLUMNS, "more"]) + "\n", "line 1: has the unknown column more"),
        ("", "is no CSV of candidates"),
    ],
)
def test_a_file_that_holds_no_candidates_is_refused(tmp_path, content, says):
    (tmp_path / "c.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_candidates(tmp_path / "c.csv")
