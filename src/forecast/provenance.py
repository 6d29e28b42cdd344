"""Where a forecast comes from: fingerprints of the code, versions of the libraries, the time of computing."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")


@cache
def code_fingerprint() -> str:
    """SHA-256 of the program's own files: modules and tables. A model of other code is another model."""
    digest = hashlib.sha256()
    for name, part in sorted(_files(files("forecast"), "")):
        digest.update(name.encode() + b"\0" + part.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found = []
    for part in folder.iterdir():
        if part.is_dir():
            found += _files(part, f"{prefix}{part.name}/")
        elif part.name.endswith((".py", ".csv")):
            found.append((prefix + part.name, part))
    return found


def library_versions() -> dict[str, str]:
    """Versions of the libraries that touch a probability."""
    return {name: importlib.metadata.version(name) for name in LIBRARIES}


def now() -> str:
    """The present moment in UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
