"""Parsed facts of a workspace, kept in `data/features/facts/` under a key made of all that they were parsed from.

What is kept is data alone, tables of Arrow and JSON, with the checksum of its bytes: a damaged file is parsed anew, and
nothing is unpickled. Files of other keys are removed when a new one is written.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.dates import Day, day_number
from forecast.errors import InputError
from forecast.facts.calendar import Calendar, Edition, Parts
from forecast.facts.coverage import Coverage
from forecast.facts.history import History
from forecast.facts.leaders import Spell
from forecast.files import write_whole

#: Where parsed facts stand in a workspace.
KEPT: Final = Path("data") / "features" / "facts"
_DIGEST_BYTES: Final = 32


def facts_key(raw: Path, *also: str) -> str:
    """SHA-256 of the names and contents of all files of a folder, and of what else the facts depend on."""
    digest = hashlib.sha256(json.dumps([*also, pd.__version__]).encode())
    for path in sorted(one for one in raw.rglob("*") if one.is_file() and one.name != ".lock"):
        with path.open("rb") as content:
            digest.update(str(path.relative_to(raw)).encode() + hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()


def kept_history(folder: Path, key: str, read: Callable[[], History]) -> History:
    """The history that was kept under a key, or else the one that is read now and kept if the folder can be written."""
    path = folder / f"{key[:32]}.facts"
    try:
        content = path.read_bytes()
        if hashlib.sha256(memoryview(content)[_DIGEST_BYTES:]).digest() == content[:_DIGEST_BYTES]:
            return _unpacked(memoryview(content)[_DIGEST_BYTES:])
    except Exception:  # whatever is wrong with what can be parsed anew
        pass
    history = read()
    if not folder.parent.is_dir():  # no workspace that was laid out
        return history
    content = _packed(history)
    with contextlib.suppress(OSError, InputError):
        _write(path, hashlib.sha256(content).digest() + content)
    return history


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda draft: draft.write_bytes(content))
    for other in path.parent.glob("*.facts"):
        if other != path:
            other.unlink(missing_ok=True)


def _packed(history: History) -> bytes:
    import pyarrow as pa

    kept: dict[str, tuple[Any, ...]] = {
        "coverages": history.coverages,
        "leaders": history.leaders,
        "editions": history.calendar.editions,
    }
    rest = {name: [[getattr(one, part.name) for part in fields(one)] for one in these] for name, these in kept.items()}
    table = pa.Table.from_pandas(history.events)
    written = json.dumps(rest, default=day_number).encode()
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"rest": written})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _unpacked(content: memoryview) -> History:
    import pyarrow as pa

    table = pa.ipc.open_file(pa.py_buffer(content)).read_all()
    rest = json.loads(table.schema.metadata[b"rest"])
    coverages = tuple(
        Coverage(publisher, source, _day(starts), _day(ends), *others)
        for publisher, source, starts, ends, *others in rest["coverages"]
    )
    leaders = tuple(Spell(state, leader, _day(begins)) for state, leader, begins in rest["leaders"])
    editions = tuple(_edition(*one) for one in rest["editions"])
    return History(table.to_pandas(), coverages, Calendar(editions), leaders)


def _edition(series: str, edition: str, host: str, *others: Any) -> Edition:
    starts, ends, announced, off = _days(list(others[:4]))
    members, left, absent = map(_parts, others[5:])
    return Edition(series, edition, host, starts, ends, announced, off, others[4], members, left, absent)


def _day(number: int) -> Day:
    return np.datetime64(number, "D")


def _days(numbers: list[int]) -> list[Any]:
    return list(np.array(numbers, dtype=np.int64).astype("datetime64[D]"))


def _parts(part: list[list[Any]]) -> Parts:
    return tuple(zip([state for state, _ in part], _days([number for _, number in part]), strict=True))
