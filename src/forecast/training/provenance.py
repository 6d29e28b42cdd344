"""Where a forecast comes from: fingerprints of the code, versions of the libraries, the time of computing."""

from __future__ import annotations

import ast
import datetime as dt
import hashlib
import importlib.metadata
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

#: What makes rows: rooms and files of the package. An edit elsewhere changes no row.
ROWS: Final = ("dates.py", "periods.py", "facts", "readers", "coding", "signals", "panel", "models")
#: What makes a model or a score out of rows.
FITTING: Final = (*ROWS, "training", "backtesting", "verification")

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")


@cache
def code_fingerprint() -> str:
    """SHA-256 of what the code does that makes rows, models and scores. A model of other code is another model."""
    return _fingerprint(FITTING)


@cache
def rows_fingerprint() -> str:
    """SHA-256 of what the code does that makes rows and models.

    A model kept by an earlier program may only be used with the rows that it learned from, for signals of the same name
    can have another meaning.
    """
    return _fingerprint(ROWS)


def _fingerprint(rooms: tuple[str, ...]) -> str:
    """Hash the tables and the syntax trees, without docstrings and comments, of files and folders of the package."""
    digest = hashlib.sha256()
    for room in rooms:
        for name, part in sorted(_files(files("forecast") / room, room)):
            content = part.read_bytes() if name.endswith(".csv") else _what_it_does(part.read_text(encoding="utf-8"))
            digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


def _what_it_does(source: str) -> bytes:
    """Write the syntax tree of a module without docstrings; comments and layout are not in it."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    return ast.dump(tree).encode()


def _files(part: Traversable, name: str) -> list[tuple[str, Traversable]]:
    if part.is_dir():
        return [inner for child in part.iterdir() for inner in _files(child, f"{name}/{child.name}")]
    return [(name, part)] if name.endswith((".py", ".csv")) else []


def library_versions() -> dict[str, str]:
    """Versions of the libraries that touch a probability."""
    return {name: importlib.metadata.version(name) for name in LIBRARIES}


def now() -> str:
    """The present moment in UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
