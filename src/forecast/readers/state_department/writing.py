"""Write the coded facts: all files of a publisher or none."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """Give rows as CSV, always in the same bytes.

    Examples
    --------
    >>> table(["a", "b"], [["1", "x, y"]]).decode().splitlines()
    ['a,b', '1,"x, y"']
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def document(value: Any) -> bytes:
    """Give a JSON document, always in the same bytes."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def digest(content: bytes) -> str:
    """Give the SHA-256 of a content."""
    return hashlib.sha256(content).hexdigest()


def replace_folder(destination: Path, contents: Mapping[str, bytes]) -> None:
    """Put files into a folder in one step: readers see all the old files or all the new ones.

    The files are written to a sibling folder and reach the disk before the folders change their names. If anything
    fails, the old folder stands as it stood.
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


def _swap(staged: Path, destination: Path) -> None:
    if not destination.exists():
        staged.rename(destination)
        return
    aside = staged.with_name(staged.name.replace(".new-", ".old-"))
    destination.rename(aside)
    try:
        staged.rename(destination)
    except OSError:
        aside.rename(destination)
        raise
    shutil.rmtree(aside)
