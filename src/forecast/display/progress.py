"""What is said while the program works: a spinner on a terminal, and lines in the log of a job."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TextIO

from forecast.display.characters import plain

#: What jobs listen to; no handler is set here.
logger = logging.getLogger("forecast")
#: What is called with a few words before each step that takes long.
Step = Callable[[str], None]


def logged(step: str) -> None:
    """Log a step: what a caller without a display of its own gets."""
    logger.info(step)


@contextmanager
def steps(stream: TextIO, durations: Path | None = None) -> Iterator[Callable[[str], None]]:
    """A function that shows the step under way, with the time passed and left, on a terminal and not elsewhere."""
    if not stream.isatty():
        yield lambda step: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.text import Text

    class Left(TextColumn):
        def render(self, task: Any) -> Text:
            step = kind(under_way[-1])
            seconds = usual.get(step, USUAL.get(step, 0.0)) - (time.monotonic() - began[-1])
            return Text(f"about {lasting(seconds)} left" if seconds > 0.5 and " left" not in under_way[-1] else "")

    usual, began, under_way = _read_durations(durations), [time.monotonic()], [""]
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn(), Left(""))
    console = Console(file=stream)
    # On a narrow terminal the words of the step are cut, and never the times.
    room = max(console.width - len("* 0:00:00 about 59 min left "), 10)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)

        def name(step: str) -> None:
            now = time.monotonic()
            if now - began[-1] > _WORTH_KEEPING:
                usual[kind(under_way[-1])] = round(now - began[-1], 1)
            began[:], under_way[:] = [now], [step]
            words = plain(step)
            progress.update(task, description=words if len(words) <= room else f"{words[: room - 1]}…")

        yield name
        name("")
    _keep_durations(durations, usual)


#: Seconds that the long steps take on two cores with the shipped facts: what is said before one was made here.
USUAL: Final = {
    "loading": 3.0,
    "training the model 'hazard'": 25.0,
    "training the model 'hazard' on what was known before # (once)": 25.0,
    "training the challenger on what was known before #": 25.0,
    "building the rows among which analogues are looked for (once)": 15.0,
    "building the rows that the model learned from": 10.0,
    "measuring drift": 30.0,
}
#: Shorter steps need no time left.
_WORTH_KEEPING: Final = 2.0


def kind(step: str) -> str:
    """A step without the numbers and dates by which it differs from others of its kind.

    >>> kind("training the model 'hazard' on what was known before 2023-01-01 (once)")
    "training the model 'hazard' on what was known before # (once)"
    """
    return re.sub(r"[\d-]*\d", "#", step)


def _read_durations(path: Path | None) -> dict[str, float]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8")) if path is not None else {}
        return {str(name): float(seconds) for name, seconds in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _keep_durations(path: Path | None, usual: dict[str, float]) -> None:
    """Keep the durations; a place where nothing can be written is no reason to fail."""
    if path is None or not usual:
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(usual, indent=1), encoding="utf-8")


def fold_words(clock: Callable[[], float] = time.monotonic) -> Callable[[int, int], str]:
    """A function of (done, total) that writes which fold is under way and how long the rest will take.

    The time left is measured from the folds that were finished since the first call: those of an earlier run, and
    what came before the first fold, do not count.
    """
    first: list[tuple[int, float]] = []

    def words(done: int, total: int) -> str:
        now = clock()
        if not first:
            first.append((done, now))
        if done == total:
            return "scoring"
        here = f"fold {done + 1} of {total}"
        earlier, since = first[0]
        if done == earlier:
            return here
        return f"{here}, about {lasting((now - since) / (done - earlier) * (total - done))} left"

    return words


def lasting(seconds: float) -> str:
    """Write a duration."""
    if seconds < 59.5:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
