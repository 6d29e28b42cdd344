"""Where a forecast comes from: fingerprints of the code, versions of the libraries, the time of computing."""

from __future__ import annotations

import ast
import contextlib
import datetime as dt
import hashlib
import importlib.metadata
import inspect
import json
import secrets
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from forecast.errors import InputError
from forecast.files import digest_of, write_text

#: What makes rows: rooms and files of the package. An edit elsewhere changes no row.
ROWS: Final = ("dates.py", "periods.py", "facts", "readers", "coding", "signals", "panel", "models")
#: What makes a model or a score out of rows.
FITTING: Final = (*ROWS, "training", "backtesting", "verification")

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")


#: Where fingerprints of a workspace's last use stand in it.
_KEPT: Final = Path("data") / "features" / "fingerprints.json"
_recalled: dict[tuple[str, ...], str] = {}
#: What has no file, kept alive so that its number stays its own.
_seen: dict[int, tuple[Any, int]] = {}
_PROCESS: Final = secrets.token_hex(8)


@cache
def code_fingerprint() -> str:
    """SHA-256 of what the code does that makes rows, models and scores. A model of other code is another model."""
    return _fingerprint(FITTING)


@cache
def program_digest() -> str:
    """SHA-256 of the files themselves of which the fingerprints are made: quick, but it changes with every comment."""
    digest = hashlib.sha256()
    for room in FITTING:
        for name, part in sorted(_files(files("forecast") / room, room), key=itemgetter(0)):
            digest.update(name.encode() + b"\0" + hashlib.sha256(part.read_bytes()).digest())
    return digest.hexdigest()


def recall_fingerprints(root: Path) -> None:
    """Take the fingerprints from the workspace if they were made of the same files, else make them and keep them."""
    if _recalled:
        return
    path = root / _KEPT
    rooms = {"rows": ROWS, "fitting": FITTING}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept.pop("seal") == digest_of(kept) and kept["files"] == program_digest():
            _recalled.update({rooms[name]: str(kept[name]) for name in rooms})
            return
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass
    _recalled.update({which: _fingerprint(which) for which in rooms.values()})
    made = {"files": program_digest()} | {name: _recalled[which] for name, which in rooms.items()}
    if path.parent.is_dir():
        with contextlib.suppress(InputError):
            write_text(path, json.dumps({**made, "seal": digest_of(made)}, indent=1) + "\n")


@cache
def rows_fingerprint() -> str:
    """SHA-256 of what the code does that makes rows and models.

    A model kept by an earlier program may only be used with the rows that it learned from, for signals of the same name
    can have another meaning.
    """
    return _fingerprint(ROWS)


def own_code(thing: Any) -> str:
    """SHA-256 of the files in which a class, with its bases, or a function of the user's own is defined.

    What stands in no file, as in a notebook, is identified within the process alone.
    """
    digest = hashlib.sha256()
    for part in getattr(thing, "__mro__", (thing,)):
        if str(getattr(part, "__module__", "")).partition(".")[0] in ("forecast", "sklearn", "numpy", "builtins"):
            continue
        try:
            digest.update(Path(inspect.getfile(part)).read_bytes())
        except (OSError, TypeError):
            digest.update(f"{_PROCESS} {_seen.setdefault(id(part), (part, len(_seen)))[1]}".encode())
    return digest.hexdigest()


def _fingerprint(rooms: tuple[str, ...]) -> str:
    """Hash the tables and the syntax trees, without docstrings and comments, of files and folders of the package."""
    if rooms in _recalled:
        return _recalled[rooms]
    digest = hashlib.sha256()
    for room in rooms:
        for name, part in sorted(_files(files("forecast") / room, room)):
            content = part.read_bytes() if name.endswith(".csv") else _what_it_does(part.read_text(encoding="utf-8"))
            digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


@cache
def _what_it_does(source: str) -> bytes:
    """Hash the syntax tree of a module without docstrings; comments and layout are not in it.

    Compiled code would do so in a third of the time, but it holds lines of classes and traces of docstrings.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    return hashlib.sha256(ast.dump(tree).encode()).digest()


def _files(part: Traversable, name: str) -> list[tuple[str, Traversable]]:
    if part.is_dir():
        return [inner for child in part.iterdir() for inner in _files(child, f"{name}/{child.name}")]
    return [(name, part)] if name.endswith((".py", ".csv")) else []


@cache
def library_versions() -> dict[str, str]:
    """Versions of the libraries that touch a probability."""
    return {name: importlib.metadata.version(name) for name in LIBRARIES}


def now() -> str:
    """The present moment in UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
