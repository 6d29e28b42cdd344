"""The seal of a folder of facts: the SHA-256 of each of its files, and of the seal itself, held against every reading.

Sealed are coded facts, whose folders are written whole, and the tables of hand in ``data/raw``. Ledgers are the user's
to edit and have none. A seal finds accidents; whoever edits on purpose seals again (`forecast check --seal`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from forecast.errors import InputError
from forecast.files import read_json, reading, write_text

SEAL: Final = "seal.json"
_AGAIN: Final = (
    "If you did that on purpose, seal it as it is with forecast check --seal. If not, take the facts anew: forecast "
    "ingest, or forecast init in another folder. Rows of your own belong into a ledger in data/raw/engagements"
)


def seal_of(contents: Mapping[str, bytes]) -> bytes:
    """Lay out the seal of the files of a folder, always in the same bytes."""
    return _laid_out({name: hashlib.sha256(contents[name]).hexdigest() for name in sorted(contents) if name != SEAL})


def seal_folder(folder: Path) -> list[str]:
    """Seal the tables and the manifest of a folder as they are, and name those that the old seal did not hold."""
    contents = {path.name: path.read_bytes() for pattern in ("*.csv", "manifest.json") for path in folder.glob(pattern)}
    path, new = folder / SEAL, seal_of(contents)
    old: dict[str, object] = {}
    if path.exists():
        if path.read_bytes() == new:
            return []
        try:
            old = read_json(path)
        except InputError:  # a broken seal holds nothing
            old = {}
    sums = json.loads(new)
    if contents or old:
        write_text(path, new.decode())
    return [name for name in sorted({*old, *sums} - {SEAL}) if old.get(name) != sums.get(name)] or [SEAL]


def read_sealed(path: Path, *, required: bool = False) -> bytes:
    """Read a file, and refuse it if the seal of its folder says something else; `required` if there must be one."""
    seal = path.with_name(SEAL)
    with reading(lambda reason: InputError(f"cannot be read: {reason}", path=path)):
        content = path.read_bytes()
    if not seal.exists():
        if required:
            raise InputError(f"holds no {SEAL}, so that nothing says what was written here. {_AGAIN}", path=path.parent)
        return content
    sums = read_json(seal)
    sums.pop(SEAL, None)
    if seal.read_bytes() != _laid_out(sums):
        raise InputError(f"is not the seal that was written here: it was changed. {_AGAIN}", path=seal)
    if sums.get(path.name) != hashlib.sha256(content).hexdigest():
        raise InputError(f"is not what {SEAL} beside it says: it was changed after it was sealed. {_AGAIN}", path=path)
    return content


def _laid_out(sums: Mapping[str, object]) -> bytes:
    own = hashlib.sha256(json.dumps(sums).encode()).hexdigest()
    return (json.dumps({**sums, SEAL: own}, indent=1) + "\n").encode()
