"""What the command says while it works: a spinner on a terminal, nothing elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO


def silent(step: str) -> None:
    """Ignore the step: for a caller that does not want to know it."""


@contextmanager
def steps(stream: TextIO) -> Iterator[Callable[[str], None]]:
    """A function that shows the name of the step under way.

    On a terminal the step stands beside a moving spinner with the time that has passed, which vanishes at the end.
    Elsewhere, as in a log, nothing is written.
    """
    if not stream.isatty():
        yield lambda step: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=stream), transient=True) as progress:
        task: list[int] = []

        def name(step: str) -> None:
            if not task:
                task.append(progress.add_task(step, total=None))
            else:
                progress.update(task[0], description=step)  # type: ignore[arg-type]

        yield name


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
        return f"{here}, about {_lasting((now - since) / (done - earlier) * (total - done))} left"

    return words


def _lasting(seconds: float) -> str:
    if seconds < 59.5:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
