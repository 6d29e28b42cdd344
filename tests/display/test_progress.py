"""What is said while a backtest works: the fold under way and the time left, measured from finished folds."""

from __future__ import annotations

import io
import json
import re
import time

import pytest

from forecast.display.progress import fold_words, steps


def told(*calls: tuple[float, int, int]) -> list[str]:
    """What is said at (seconds, done, total)."""
    ticks = iter([second for second, _, _ in calls])
    words = fold_words(lambda: next(ticks))
    return [words(done, total) for _, done, total in calls]


def test_the_time_left_is_measured_from_the_finished_folds():
    assert told((100.0, 0, 15), (112.0, 1, 15), (120.0, 2, 15), (250.0, 15, 15)) == [
        "fold 1 of 15",
        "fold 2 of 15, about 3 min left",
        "fold 3 of 15, about 2 min left",
        "scoring",
    ]


def test_folds_of_an_earlier_run_took_no_time():
    assert told((0.0, 12, 15), (8.0, 13, 15)) == ["fold 13 of 15", "fold 14 of 15, about 16 s left"]


@pytest.mark.parametrize(
    ("seconds", "left"),
    [
        (0.001, "1 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (3540.0, "59 min"),
        (3600.0, "1 h 0 min"),
        (5400.0, "1 h 30 min"),
    ],
)
def test_the_time_left_is_said_in_seconds_minutes_or_hours(seconds, left):
    assert told((0.0, 0, 2), (seconds, 1, 2))[1] == f"fold 2 of 2, about {left} left"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_a_step_took_last_says_what_is_left_of_it(tmp_path, monkeypatch):
    durations = tmp_path / "cache" / "durations.json"
    monkeypatch.setattr("forecast.display.progress._WORTH_KEEPING", 0.05)
    with steps(Terminal(), durations) as step:
        step("training as of 2023-01-01")
        time.sleep(0.1)
    kept = json.loads(durations.read_text(encoding="utf-8"))
    assert list(kept) == ["training as of #"]
    assert 0.05 < kept["training as of #"] < 5
    durations.write_text('{"training as of #": 100}', encoding="utf-8")
    terminal = Terminal()
    with steps(terminal, durations) as step:
        step("training as of 2024-01-01")
        time.sleep(0.3)
    assert "about 2 min left" in terminal.getvalue()


def test_a_long_step_says_what_it_usually_takes_before_it_was_ever_made(tmp_path):
    terminal = Terminal()
    with steps(terminal, tmp_path / "durations.json") as step:
        step("training the model 'hazard' on what was known before 2024-01-01 (once)")
        time.sleep(0.3)
    # 80 columns: what is too long for them are the words, and not the times.
    assert re.search(r"training the model 'hazard' on what was.*….* about 25 s left", terminal.getvalue())


@pytest.mark.parametrize("content", [None, "", "[1]", '{"a": "b"}'])
def test_durations_that_cannot_be_read_are_no_error(tmp_path, content):
    durations = tmp_path / "durations.json"
    if content is not None:
        durations.write_text(content, encoding="utf-8")
    terminal = Terminal()
    with steps(terminal, durations) as step:
        step("drawing")
    assert "left" not in terminal.getvalue()


def test_where_there_is_no_terminal_nothing_is_said():
    stream = io.StringIO()
    with steps(stream) as step:
        step("fold 1 of 15")
    assert stream.getvalue() == ""
