"""The log on disk: one writer at a time, on the disk before it returns, and nothing torn is taken for a line."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from forecast.errors import ForecastError
from forecast.files import sync_folder

_BLOCK = 1 << 16


@contextlib.contextmanager
def locked(path: Path, flags: int, *, shared: bool = False) -> Iterator[int]:
    """Open the log and wait until nobody else writes it.

    Yields
    ------
    int
        Its file descriptor. The lock ends with the block, or with the process.
    """
    try:
        import fcntl
    except ImportError:
        raise ForecastError("the forecast log needs the file locks of Linux or macOS") from None
    while True:
        log = os.open(path, flags, 0o644)
        try:
            fcntl.flock(log, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            # Somebody may have put a copy in its place while this process waited: what is written must be found.
            if os.path.samestat(os.fstat(log), os.stat(path)):
                yield log
                return
        finally:
            os.close(log)


def last_line(log: int) -> tuple[int, bytes]:
    """Give the length of the log up to its last line break, and the line that it ends.

    Read from the end: a log grows for years, and recording must not become slow.
    """
    start = os.fstat(log).st_size
    read = b""
    while start > 0 and read.count(b"\n") < 2:
        before, start = start, max(start - _BLOCK, 0)
        read = read_bytes(log, start, before) + read
    whole, found, _ = read.rpartition(b"\n")
    return (start + len(whole) + 1, whole.rpartition(b"\n")[2]) if found else (0, b"")


def read_bytes(log: int, start: int, end: int) -> bytes:
    """Bytes of the log from `start` up to `end`."""
    parts = []
    while start < end:
        part = os.pread(log, end - start, start)
        if not part:
            break
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def write_bytes(log: int, text: bytes, *, at: int) -> None:
    """Write at the end of the log and onto the disk, or leave the log as it was."""
    done = 0
    try:
        while done < len(text):
            done += os.pwrite(log, text[done:], at + done)
        os.fsync(log)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(log, at)
        raise


def set_aside(path: Path, tail: bytes) -> Path:
    """Keep what a crash tore in a file beside the log, under a name that no other torn end has."""
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"torn-{stamp}-{hashlib.sha256(tail).hexdigest()[:8]}.txt")
    with aside.open("wb") as kept:
        kept.write(tail)
        kept.flush()
        os.fsync(kept.fileno())
    sync_folder(path.parent)
    return aside
