"""The log of issued forecasts: append-only, chained by hashes, so that what was said stays said.

`<root>/forecast-log/log.jsonl` holds one forecast a line as canonical JSON. Each line holds its own number, the SHA-256
of its own content (`sha256`) and that of the line before (`previous`), so a line that is changed, taken out or moved
breaks the chain (Haber and Stornetta 1991, https://doi.org/10.1007/BF00196791). The chain alone cannot show that lines
are missing at its end, or that somebody wrote the whole of it anew: for that a reader keeps its *head*, the hash of the
last line, in another place.

The folder stands apart from `data/raw` (facts of others) and `mlruns` (which can be deleted and made again).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from forecast.errors import DataMissingError, InputError
from forecast.files import sync_folder
from forecast.monitoring.log_chain import NOTHING_BEFORE, check_chain, follows, read_line, write_line
from forecast.monitoring.log_disk import last_line, locked, read_bytes, set_aside, write_bytes

#: Where the log stands below a workspace.
FOLDER: Final = "forecast-log"
FILE: Final = "log.jsonl"


@dataclass(frozen=True)
class Appended:
    """What was appended.

    Parameters
    ----------
    head : str
        SHA-256 of the last line.
    n_lines : int
        Lines of the log.
    set_aside : Path or None
        File that holds the torn end of an earlier crash.
    """

    head: str
    n_lines: int
    set_aside: Path | None = None


@dataclass(frozen=True)
class ForecastLog:
    """A log whose chain holds.

    Parameters
    ----------
    path : Path
    entries : tuple of dict
        The forecasts in the order of their lines.
    hashes : tuple of str
        SHA-256 of each line.
    torn_bytes : int
        What a crash left behind the last whole line; the next recording sets it aside.
    """

    path: Path
    entries: tuple[dict[str, Any], ...]
    hashes: tuple[str, ...]
    torn_bytes: int = 0

    @property
    def head(self) -> str:
        """SHA-256 of the last line."""
        return self.hashes[-1] if self.hashes else NOTHING_BEFORE

    def line_of(self, head: str) -> int:
        """Number of the line whose hash was kept elsewhere: nothing up to it was changed or lost since.

        Parameters
        ----------
        head : str
            64 hexadecimal digits, as an earlier recording or verification printed them.

        Raises
        ------
        InputError
            If it is no SHA-256, or no line has it.
        """
        asked = head.strip().lower()
        if len(asked) != 64 or set(asked) - set("0123456789abcdef"):
            raise InputError(f"{head!r} is no head of a log: give its 64 hexadecimal digits", field="--head")
        if asked not in self.hashes:
            raise InputError(
                f"no line has the kept head {asked[:12]}...: lines were lost or written anew since; take the log from "
                "a copy",
                path=self.path,
            )  # fmt: skip
        return self.hashes.index(asked) + 1


def log_path(root: Path) -> Path:
    """Where the log of a workspace stands."""
    return root / FOLDER / FILE


def append_forecasts(root: Path, forecasts: Sequence[dict[str, Any]]) -> Appended:
    """Append forecasts to the log of a workspace; they are on the disk when it returns.

    Processes wait for one another. The torn end of an earlier crash is set aside to a file of its own; a last line that
    lacks nothing but its line break is completed.

    Parameters
    ----------
    root : Path
        The workspace.
    forecasts : sequence of dict
        With the keys `forecast.monitoring.log_chain.NEEDED` and any others; values are text, numbers and booleans.

    Returns
    -------
    Appended

    Raises
    ------
    InputError
        If the log cannot be written or its last line was changed. The log then stays as it was.
    """
    path = log_path(root)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path, os.O_RDWR | os.O_CREAT) as log:
            size, number, head = _end(log, path)
            aside = None
            tail = read_bytes(log, size, os.fstat(log).st_size)
            parts = []
            completed = follows(tail, number=number + 1, previous=head) if tail else None
            if completed is not None:
                parts, size, number, head = [b"\n"], size + len(tail), number + 1, completed
            elif tail:
                aside = set_aside(path, tail)
                os.ftruncate(log, size)
            for forecast in forecasts:
                number += 1
                line, head = write_line(forecast, number=number, previous=head)
                parts += [line, b"\n"]
            write_bytes(log, b"".join(parts), at=size)
            sync_folder(path.parent)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", path=path) from None
    return Appended(head, number, aside)


def read_log(root: Path) -> ForecastLog:
    """Read the log of a workspace and check its chain. Nothing is written.

    Raises
    ------
    DataMissingError
        If there is none.
    InputError
        With the number of the first line that was changed, removed or moved.
    """
    path = log_path(root)
    if not path.exists():
        raise DataMissingError(f"{path}: no forecast was recorded; 'forecast predict --record' records some")
    try:
        with locked(path, os.O_RDONLY, shared=True) as log:
            content = read_bytes(log, 0, os.fstat(log).st_size)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=path) from None
    *lines, tail = content.split(b"\n")
    entries, hashes = check_chain(lines, path=path)
    whole = tail and follows(tail, number=len(lines) + 1, previous=hashes[-1] if hashes else NOTHING_BEFORE)
    if whole:
        entries, hashes = check_chain([*lines, tail], path=path)
    return ForecastLog(path, tuple(entries), tuple(hashes), 0 if whole else len(tail))


def _end(log: int, path: Path) -> tuple[int, int, str]:
    """Length of the log in whole lines, and number and hash of the last one."""
    size, line = last_line(log)
    if not size:
        return 0, 0, NOTHING_BEFORE
    try:
        entry = read_line(line, number=0, path=path)
        return size, int(entry["line"]), str(entry["sha256"])
    except (InputError, TypeError, ValueError):
        raise InputError(
            "its last line was changed after it was written: nothing is added; take the log from a copy", path=path
        ) from None
