"""Nothing that is printed steers a terminal or turns the direction of reading, wherever it came from."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import forecast as fc
from forecast.cli.main import main
from forecast.cli.output import as_json
from forecast.display.characters import isolated, plain, plain_lines
from forecast.display.table import Column, Document, Paragraph, Table

SOURCE = Path(fc.__file__).parent
#: C0 and C1 with DEL, the embeddings and isolates of direction, and its marks.
NEVER = [
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
]
NEVER += [*"\u200e\u200f\u061c\u2028\u2029\udc80"]
#: Steers a terminal, rings, and turns what follows.
ODD = "\x1b]0;owned\x07\x1b[31m\x9b31m\u202e\u2066\u200fodd\x7f"


def offending(text: str) -> set[str]:
    return {one for one in text if one in NEVER and one != "\n"}


def test_each_becomes_a_space_and_a_new_line_stays_one_among_lines():
    wrong = [
        f"U+{ord(one):04X}"
        for one in NEVER
        if plain(f"a{one}b") != "a b"
        or plain_lines(f"a{one}b") != ("a\nb" if one == "\n" else "a b")
        or isolated(f"a{one}<") != "a &lt;"
    ]
    assert wrong == []


def test_letters_of_every_script_stay():
    text = "São Tomé 習近平 التقى \u05d0 e\u0301 \u200d👍"
    assert plain(text) == plain_lines(text) == text


def test_everything_is_printed_in_one_place():
    """A call of click's own, or of `print`, elsewhere would print what nobody cleaned."""
    calls = [
        f"{path.name}:{node.lineno}"
        for path in sorted((SOURCE / "cli").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("click.echo", "click.secho", "print", "click.style")
    ]
    assert [call.split(":")[0] for call in calls] == ["output.py"]


def words(root: Path) -> dict[str, list[str]]:
    """What can be typed, or stand in a file, and comes back in a message."""
    odd = root / ODD
    return {
        "a folder": ["check", "--root", str(odd)],
        "a folder of facts": ["check", "--root", str(root / f"ws {ODD}")],
        "a new folder": ["init", str(root / f"new {ODD}")],
        "a file": ["verify", str(odd)],
        "a file that is read": ["verify", str(root / f"crowd {ODD}.csv")],
        "a pair": ["predict", f"USA-{ODD}", "--as-of", "2023-01-01", "--root", str(root)],
        "a day": ["predict", "USA-CHN", "--as-of", ODD],
        "a model": ["predict", "USA-CHN", "--as-of", "2023-01-01", "--model", ODD, "--root", str(root)],
        "a choice": ["predict", "USA-CHN", "--as-of", "2023-01-01", "--target", ODD],
        "a number": ["audit", "--trials", ODD],
        "an option": ["predict", f"--{ODD}", "x"],
        "a verb": [ODD],
        "a mapping": ["ingest", "table", "x", "--map", ODD],
        "an output": ["predict", "USA-CHN", "--as-of", "2023-01-01", "--output", str(odd / "x.csv")],
        "signals": ["audit", "--signals", f"{odd}.py:x", "--root", str(root)],
        "a team": ["export", str(root / f"crowd {ODD}.csv"), "--output", str(root / "hub"), "--team", ODD],
    }


@pytest.fixture(scope="module")
def place(tmp_path_factory, odd) -> Path:
    root = tmp_path_factory.mktemp("shown")
    shutil.copytree(odd / "data", root / "data")
    facts = root / f"ws {ODD}" / "data" / "raw" / "engagements"
    facts.mkdir(parents=True)
    (facts / f"ledger {ODD}.csv").write_text(f"started_on,known_on\n{ODD},x\n", encoding="utf-8")
    (root / f"crowd {ODD}.csv").write_text(f"question,dyad,as_of,by,probability,outcome\n{ODD},{ODD},{ODD},,,\n")
    return root


@pytest.mark.parametrize("case", words(Path()))
def test_a_message_about_what_was_typed_or_read_is_plain(place, case):
    done = CliRunner().invoke(main, words(place)[case])
    assert isinstance(done.exception, SystemExit) or done.exception is None
    assert "odd" in done.output
    assert offending(done.output) == set()


@pytest.mark.parametrize("form", ["table", "json"])
def test_an_explanation_of_an_odd_ledger_is_plain(place, form):
    asked = ["explain", "IND-PAK", "--as-of", "2018-03-01", "--root", str(place)]
    done = CliRunner().invoke(main, [*asked, *(["--format", "json"] if form == "json" else ["--full"])])
    assert done.exit_code == 0, done.output
    assert "IND-PAK" in done.output
    assert offending(done.output) == set()


def test_json_is_plain_and_holds_what_it_held():
    rows = pd.DataFrame({"note": ["".join(NEVER[:-1]), "b"]})
    shown = as_json(rows)
    assert offending(shown) == set()
    assert json.loads(shown) == rows.to_dict(orient="records")


def test_html_is_plain_and_texts_from_the_right_stand_by_themselves():
    arabic = "التقى الزعيمان"
    drawn = Document(
        Table([Column(ODD), Column("b")], [(ODD, arabic)], title=ODD, notes=[f"{ODD} {arabic}"], details=[ODD]),
        Paragraph(f"{ODD}\n{arabic}"),
    )
    page = str(drawn.html())
    assert offending(page) == set()
    assert page.count(f"<bdi>{arabic}</bdi>") == 2
    assert page.count("<bdi>") == 3  # and the note, in which it stands beside other words
