"""Files written whole or not at all: beside their place first, then renamed into it."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forecast.errors import InputError


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written there.
    """
    if not path.name:
        raise InputError(f"{str(path)!r} is no name of a file")
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("w", encoding="utf-8", newline="") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        draft.replace(path)
    except OSError as error:
        raise InputError(f"cannot be written: {_reason(error)}", path=path) from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _reason(error: OSError) -> str:
    """What went wrong; a failed copy of many files carries its reasons in a list."""
    if isinstance(error, shutil.Error) and error.args and error.args[0]:
        return str(error.args[0][0][-1])
    return error.strerror or str(error)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file's lock; it is given back when the process ends, however it ends.

    Raises
    ------
    InputError
        If another process holds it, or there can be no file.
    """
    try:
        import fcntl
    except ImportError:  # a system without such locks: one process at a time is then up to the user
        yield
        return
    try:
        held = path.open("a", encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {_reason(error)}", path=path) from None
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                "another process is at work here; wait until it has ended, or name another folder", path=path.parent
            ) from None
        except OSError as error:
            raise InputError(f"cannot be locked: {_reason(error)}", path=path) from None
        yield


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a draft folder beside `path` that takes its place when the block ends well, and vanishes if not.

    If `path` appears meanwhile (a second process was quicker), the earlier one stays.

    Raises
    ------
    InputError
        If the folder cannot be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    except OSError as error:
        raise InputError(f"cannot be written: {_reason(error)}", path=path) from None
    try:
        yield draft
        for part in draft.rglob("*"):
            if part.is_file():
                with part.open("rb") as written:
                    os.fsync(written.fileno())
        draft.chmod(0o755)
        try:
            draft.rename(path)
        except OSError:
            if not path.is_dir():
                raise
    except OSError as error:
        raise InputError(f"cannot be written: {_reason(error)}", path=path) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
