"""Files written whole or not at all: beside their place first, then renamed into it."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from forecast.errors import DataMissingError, FetchError, ForecastError, HeldError, InputError

#: From Linux's fcntl.h and fs.h: the working folder, and the flag that makes two names change places.
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all, or raise `InputError`."""
    write_whole(path, lambda draft: draft.write_text(text, encoding="utf-8", newline=""))


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let a function write a file beside its place, then rename it into it, or raise `InputError`."""
    if not path.name:
        raise InputError(f"{str(path)!r} is no name of a file")
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with writing(path):
            write(draft)
            with draft.open("r+b") as written:  # some systems flush nothing that is open for reading alone
                os.fsync(written.fileno())
            draft.replace(path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def writing(path: Path | str) -> Iterator[None]:
    """Make one error for the user, who can mend a full disk and its like, of what cannot be written in the block."""
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot be written: {reason_of(error)}", path=path) from None


def reason_of(error: BaseException) -> str:
    """Say in one line what went wrong; a failed copy of many files carries its reasons in a list."""
    if isinstance(error, shutil.Error) and error.args and error.args[0]:
        return str(error.args[0][0][-1])
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8; save the file as UTF-8"
    if isinstance(error, KeyError):
        return f"{error} is missing"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, MemoryError):
        return "it is too large for the memory"
    return " ".join(str(error).split()) or type(error).__name__


P = ParamSpec("P")
T = TypeVar("T")


def file_reader(read: Callable[Concatenate[Path, P], T]) -> Callable[Concatenate[Path, P], T]:
    """Decorate a reader whose first argument is its file or folder: what fails in it is one `InputError` that names it.

    So stands every reader: what a library raises at a broken file is nowhere written down.
    """

    @wraps(read)
    def reader(path: Path, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with reading(lambda reason: InputError(f"cannot be read: {reason}", path=path)):
            return read(path, *args, **kwargs)

    return reader


@contextmanager
def reading(refused: Callable[[str], ForecastError]) -> Iterator[None]:
    """Make one error for the user of whatever fails in the block, in any library; `refused` gets the reason.

    Errors that name their place already pass.
    """
    try:
        yield
    except (InputError, FetchError, DataMissingError):
        raise
    except Exception as error:
        raise refused(reason_of(error)) from None


def sync_folder(folder: Path) -> None:
    """Bring new and changed names of a folder to the disk, where the system can: a power failure keeps them then."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@file_reader
def read_json(path: Path, *, kind: type = dict) -> Any:
    """Read a JSON document in UTF-8, which must hold an object, or a list if that is its `kind`."""
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise InputError(f"is no JSON: {error}", path=path) from None
    if not isinstance(document, kind):
        raise InputError(f"must hold one JSON {'object' if kind is dict else kind.__name__}", path=path)
    return document


def stamp_of(path: Path) -> tuple[int, int, int, int]:
    """Size, times and number of a file: if one of them changes, it is read anew."""
    seen = path.stat()
    return seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino


def digest_of(values: Any) -> str:
    """SHA-256 of values as JSON with sorted keys: the seal of what is written, or the identity of a request."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a draft folder beside `path` that takes its place when the block ends well, and vanishes if not.

    If `path` appears meanwhile (a second process was quicker), the earlier one stays.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
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
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def replace_folder(destination: Path, contents: Mapping[str, bytes]) -> None:
    """Put files into a folder in one step: readers see all the old files or all the new ones.

    The files are written to a sibling folder and reach the disk before the two folders change places. If anything
    fails, or the program is killed, the old folder stands as it stood; what a killed one left is in nobody's way, and
    `clear_remains` removes it.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{destination.name}.new-", dir=destination.parent))
    try:
        staged.chmod(0o755)
        for name, content in contents.items():
            with (staged / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        _swap(staged, destination)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def replace_alone(destination: Path, contents: Callable[[], Mapping[str, bytes]]) -> None:
    """Replace a folder as `replace_folder` does, alone among those that write beside it."""
    with writing(destination):
        destination.parent.mkdir(parents=True, exist_ok=True)
        with locked(destination.parent):
            clear_remains(destination)
            replace_folder(destination, contents())


def clear_remains(destination: Path) -> None:
    """Remove what a killed `replace_folder` left beside its folder, and bring back a folder that it had moved aside.

    Only who holds the lock of the parent folder may call it: nobody else is at work then.
    """
    for aside in sorted(destination.parent.glob(f".{destination.name}.old-*")):
        if not destination.exists():
            aside.rename(destination)
    for left in destination.parent.glob(f".{destination.name}.*-*"):
        shutil.rmtree(left, ignore_errors=True)


def _swap(staged: Path, destination: Path) -> None:
    if not destination.exists():
        staged.rename(destination)
        return
    if exchange(staged, destination):
        return
    # Without one step for both, a kill between the two leaves the old folder aside, from where it is brought back.
    aside = staged.with_name(staged.name.replace(".new-", ".old-"))
    destination.rename(aside)
    try:
        staged.rename(destination)
    except OSError:
        aside.rename(destination)
        raise
    shutil.rmtree(aside)


def exchange(first: Path, second: Path) -> bool:
    """Let two folders change names in one step; False if the system has no such step, and nothing is changed then."""
    if sys.platform != "linux":
        return False
    step = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if step is None:
        return False
    # Old kernels and some file systems refuse the flag; any other failure (no such folder, no right) meets the two
    # plain renamings that come instead, and they say what it is.
    return bool(step(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0)


@contextmanager
def locked(folder: Path, *, wait_seconds: float = 60.0) -> Iterator[None]:
    """Hold the lock of a folder: the holder is alone among those who ask for it, others wait before a `HeldError`.

    The lock is the hidden file `.lock` in the folder while it is held; the system opens it when its holder dies. It
    stands there and not in a folder for temporary files, which a service and a user, or two machines, do not share. A
    folder that cannot be written needs no lock, for nobody writes there.
    """
    from filelock import FileLock, Timeout  # 50 ms, which only those who write should wait

    if not folder.is_dir():  # which the library would make
        raise InputError(f"cannot be locked: {os.strerror(errno.ENOENT)}", path=folder)
    if not os.access(folder, os.W_OK):
        yield
        return
    path = folder / ".lock"
    # Any account that may write the folder may lock it. A lock without the system's help would outlive its holder.
    lock = FileLock(path, timeout=max(wait_seconds, 0.0), poll_interval=0.05, mode=0o666, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        raise HeldError(
            "is held by another forecast that writes here; try again when it is done", path=folder
        ) from None
    except OSError as error:
        raise InputError(f"cannot be locked: {reason_of(error)}", path=folder) from None
    try:
        yield
    finally:
        # Removed before it is released: one who waits for it sees that his file is gone, and makes a new one.
        with contextlib.suppress(OSError):
            path.unlink()
        lock.release()
