"""The one table value: what it says in a terminal, in a pipe and in a notebook, and how wide it is."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape
from rich.cells import cell_len

from forecast.cli.output import shows_colour
from forecast.display.characters import plain
from forecast.display.table import WIDTH, Column, Document, Paragraph, Table, web_link

SCRIPT = Path(sys.executable).with_name("forecast")
SEQUENCE = re.compile(r"\x1b\[\d+m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_whose_owner_wants_it():
    assert shows_colour(Terminal(), {})
    assert shows_colour(Terminal(), {"NO_COLOR": ""})  # an empty one does not count: https://no-color.org
    assert not shows_colour(Terminal(), {"NO_COLOR": "1"})
    assert not shows_colour(Terminal(), {"TERM": "dumb"})
    assert not shows_colour(io.StringIO(), {})


def printed_on_a_terminal(words: list[str], environment: dict[str, str]) -> str:
    """Standard output of the command if it is a terminal; standard error is not."""
    upper, lower = pty.openpty()
    with subprocess.Popen(
        [str(SCRIPT), *words], stdout=lower, stderr=subprocess.PIPE, env=environment, text=True
    ) as process:
        os.close(lower)
        parts = []
        while True:
            try:
                part = os.read(upper, 4096)
            except OSError:  # Linux's way of saying that nobody writes any more
                break
            if not part:
                break
            parts.append(part)
        os.close(upper)
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 0
    return b"".join(parts).decode("utf-8").replace("\r\n", "\n")


# Starts the command four times.
@pytest.mark.slow
def test_a_terminal_gets_colour_and_a_pipe_does_not(odd, environment):
    words = ["rank", "--focal", "IND", "--as-of", "2018-02-01", "--model", "climatology", "--root", str(odd)]
    plainly = {name: value for name, value in environment.items() if name not in ("NO_COLOR", "TERM")}
    coloured = printed_on_a_terminal(words, plainly)
    assert "\x1b[1mWill the leaders" in coloured
    piped = subprocess.run([SCRIPT, *words], capture_output=True, text=True, check=True, env=plainly).stdout
    assert "\x1b" not in piped
    assert len(re.findall(r"\x1b\[36m[^\x1b]*\d\.\d%", coloured)) == 4  # two dyads: probability and climatology
    assert [line.rstrip() for line in SEQUENCE.sub("", coloured).split("\n")] == piped.split("\n")
    assert printed_on_a_terminal(words, {**plainly, "NO_COLOR": "1"}) == piped
    wide = printed_on_a_terminal(words, {**plainly, "NO_COLOR": "1", "COLUMNS": "120"})
    assert len(wide.splitlines()) < len(piped.splitlines())


# --- width ---

WORDS = st.text(st.characters(codec="utf-8"), max_size=300)


def longest_word(text: str) -> int:
    return max(map(cell_len, plain(text).split()), default=0)


@given(WORDS)
def test_prose_fits_and_loses_no_word(text):
    shown = Paragraph(text).text()
    assert max(map(cell_len, shown.split("\n"))) <= max(WIDTH, longest_word(text))
    assert "".join(shown.split()) == "".join(plain(text).split())


@given(st.lists(st.tuples(st.text(max_size=60), st.text("abc \u7fd2", max_size=200)), max_size=5))
def test_a_table_fits_and_its_prose_breaks_between_words(cells):
    rows = [(name, words, number) for number, (name, words) in enumerate(cells)]
    columns = [Column("name", width=30), Column("words", wraps=True), Column("number", align="right")]
    shown = Table(columns, rows, title="t", notes=["n " * 90], details=["d " * 90] * len(rows)).text()
    assert max(map(cell_len, shown.split("\n"))) <= WIDTH
    if all(longest_word(words) < 30 for _, words in cells):
        printed = set(shown.split())
        assert {word for _, words in cells for word in words.split()} <= printed


def test_what_a_cell_holds_is_text_and_no_markup():
    shown = Table([Column("note"), Column("n", align="right", form=".1f")], [("[red]a[/red]\x1b[31m :smile:", None)])
    assert shown.text().splitlines()[1] == "[red]a[/red] [31m :smile:  -"
    assert "<script>" not in Document("<script>", Table([Column("<script>", unit="<i>")], [("<script>",)])).html()


def test_an_address_in_prose_is_not_broken():
    address = "https://example.org/" + "a" * 100
    assert Paragraph(f"see {address} there").text() == f"see\n{address}\nthere"


def test_a_table_says_its_units_and_its_missing_values():
    shown = Table([Column("gap", unit="days", align="right", missing="never")], [(3,), (float("nan"),)]).text()
    assert [line.strip() for line in shown.splitlines()] == ["gap (days)", "3", "never"]


ADDRESS = st.sampled_from(["https://example.org/" + "a" * length for length in (1, 30, 56, 80)])


@given(st.lists(st.tuples(st.text("ab ", max_size=90), ADDRESS), min_size=1, max_size=4))
def test_an_address_below_a_row_is_whole_and_stands_under_its_prose_if_it_fits_there(cells):
    columns = [Column("family"), Column("what", wraps=True)]
    rows = [("season", words) for words, _ in cells]
    lines = Table(columns, rows, details=[address for _, address in cells]).text().split("\n")
    printed = [line for line in lines if "://" in line]
    assert [line.strip() for line in printed] == [address for _, address in cells]
    for line in printed:
        indent = len(line) - len(line.lstrip())
        assert indent == (8 if len(line.strip()) <= WIDTH - 8 else 4)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.state.gov/a?b=1&c=<d>", "www.state.gov"),
        ("http://example.org", "example.org"),
        ("https://example.org/ onclick=x", None),
        ("https://example.org/\nx", None),
        ("javascript:alert(1)", None),
        ("//example.org/f", None),
        ("http://[", None),
        ("file:///etc/passwd", None),
        ("<b>", None),
    ],
)
def test_only_what_leads_to_the_web_is_a_link(address, host):
    link = web_link(address)
    assert link == (
        Markup('<a href="{}" rel="noopener noreferrer external">{}</a>').format(address, host)
        if host is not None
        else escape(plain(address))
    )
    shown = Table([Column("n"), Column("what", wraps=True)], [(1, "x")], details=[plain(address)]).html()
    assert f'>x<div style="white-space:normal">{link}</div></td>' in shown


def test_bold_and_heads_of_rows_are_so_in_html():
    columns = [Column("by", heads=True), Column("p", style="bold"), Column("q")]
    shown = Table(columns, [("a", 1, 2), ("", 3, 4)], styles={1: "bold red"}).html()
    assert shown.count('<th scope="row"') == 1
    assert shown.count("font-weight:bold") == 4


def test_as_html_every_text_is_escaped():
    assert str(Table([Column("who")], [("<b>",)]).html()).splitlines() == [
        "<table>",
        '<thead><tr><th scope="col" style="text-align:left;white-space:nowrap">who</th></tr></thead>',
        "<tbody>",
        '<tr><td style="text-align:left;white-space:nowrap">&lt;b&gt;</td></tr>',
        "</tbody>",
        "</table>",
    ]


def test_prose_wraps_and_a_detail_stands_under_its_row():
    prose = Table([Column("what", wraps=True)], [("visits of ministers to both sides",)], details=["[events]"])
    lines = Document(Paragraph("The signals", style="bold"), prose).text(width=20).splitlines()
    assert lines == ["The signals", "", "what", "visits of ministers", "to both sides", "    [events]"]
