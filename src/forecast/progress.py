"""What the command says while it works: a spinner on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def steps(stream: TextIO) -> Iterator[Callable[[str], None]]:
    """Give a function that names the step under way.

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
