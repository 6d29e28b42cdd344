"""Colour and width of what the command prints."""

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

import forecast as fc
from forecast.cli.tables import forecast_table
from forecast.display.colours import painted, shows_colour
from forecast.display.text import WIDTH, cut, plain, width_of, wrapped

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


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x1b"), max_size=60))
def test_paint_adds_nothing_but_control_sequences(text):
    assert SEQUENCE.sub("", painted(text)) == text


def test_question_head_and_probabilities_are_set_off(odd):
    table = forecast_table(fc.predict(root=odd, as_of="2018-03-01", model="climatology"))
    shown = painted(table).split("\n")
    assert shown[0] == "\x1b[1mWill the leaders meet in person?\x1b[0m"
    assert shown[3].startswith("\x1b[1mdyad ")
    assert shown[4].count("\x1b[36m") == 4
    assert SEQUENCE.sub("", "\n".join(shown)) == table


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


def test_a_terminal_gets_colour_and_a_pipe_does_not(odd, environment):
    words = ["rank", "--focal", "IND", "--as-of", "2018-02-01", "--model", "climatology", "--root", str(odd)]
    plainly = {name: value for name, value in environment.items() if name not in ("NO_COLOR", "TERM")}
    coloured = printed_on_a_terminal(words, plainly)
    assert "\x1b[1mWill the leaders" in coloured
    piped = subprocess.run([SCRIPT, *words], capture_output=True, text=True, check=True, env=plainly).stdout
    assert "\x1b" not in piped
    assert SEQUENCE.sub("", coloured) == piped
    assert printed_on_a_terminal(words, {**plainly, "NO_COLOR": "1"}) == piped


# --- width ---


@given(st.text(max_size=300), st.integers(0, 8), st.integers(0, 8))
def test_lines_fit_and_lose_no_word(text, indent, hang):
    lines = wrapped(text, indent=indent, hang=hang)
    assert [line for line in lines if width_of(line) > WIDTH and "://" not in line] == []
    assert "".join("".join(lines).split()) == "".join(plain(text).split())


def test_an_address_is_not_broken():
    address = "https://example.org/" + "a" * 100
    assert wrapped(f"see {address} there", indent=4) == ["    see", f"      {address}", "      there"]


@pytest.mark.parametrize("width", [1, 2, 5, 9])
def test_what_is_cut_fits(width):
    for text in ("Canada", "習近平與莫迪", "e\N{COMBINING ACUTE ACCENT}té", ""):
        assert width_of(cut(text, width)) <= width
