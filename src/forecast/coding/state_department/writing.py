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

from forecast.files import exchange


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
