"""Lines of the log: each says its number, the hash of its content and the hash of the line before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from forecast.errors import ForecastError, InputError

#: What the first line names as the line before it.
NOTHING_BEFORE: Final = "0" * 64

FORMAT: Final = 1

#: What a forecast must tell to be verified later.
NEEDED: Final = (
    "model_id", "model_version", "dyad", "as_of", "horizon_days", "window_end", "target", "probability", "climatology",
    "issued_at",
)  # fmt: skip

#: What a line holds beside the forecast.
CHAIN: Final = ("format", "line", "previous", "sha256")


def write_line(forecast: dict[str, Any], *, number: int, previous: str) -> tuple[bytes, str]:
    """Write a forecast as a line of the chain.

    Parameters
    ----------
    forecast : dict
        With the keys `NEEDED`, and none of `CHAIN`.
    number : int
        Of the line, counted from 1.
    previous : str
        Hash of the line before.

    Returns
    -------
    line : bytes
        Canonical JSON: sorted keys, no spaces, UTF-8; without a line break.
    head : str
        Its hash: the SHA-256 of the same JSON without the key `sha256`, as hexadecimal text.
    """
    lacking = [name for name in NEEDED if name not in forecast]
    if lacking or set(forecast) & set(CHAIN):
        raise ForecastError(f"a forecast for the log must have {', '.join(NEEDED)} and none of {', '.join(CHAIN)}")
    content = {**forecast, "format": FORMAT, "line": number, "previous": previous}
    head = _sha256(content)
    return _canonical({**content, "sha256": head}), head


def read_line(line: bytes, *, number: int, path: Path) -> dict[str, Any]:
    """Read a line that is what was written, byte by byte.

    Raises
    ------
    InputError
        If it was changed, or is of another format.
    """
    changed = InputError("was changed after it was written; take the log from a copy", path=path, row=number)
    try:
        content = {name: value for name, value in json.loads(line).items() if name != "sha256"}
        entry = {**content, "sha256": _sha256(content)}
        if _canonical(entry) != line:
            raise changed
    except (ValueError, AttributeError, RecursionError):
        raise changed from None
    if entry.get("format") != FORMAT:
        raise InputError(f"has the format {entry.get('format')!r}, not {FORMAT}", path=path, row=number)
    lacking = [name for name in (*NEEDED, *CHAIN) if name not in entry]
    if lacking:
        raise InputError(f"lacks {', '.join(lacking)}", path=path, row=number)
    return entry


def follows(line: bytes, *, number: int, previous: str) -> str | None:
    """Hash of a line if it is whole and continues the chain, else None."""
    try:
        entry = read_line(line, number=number, path=Path())
    except InputError:
        return None
    return str(entry["sha256"]) if (entry["line"], entry["previous"]) == (number, previous) else None


def check_chain(lines: Sequence[bytes], *, path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Read lines of which each must follow the one before.

    Returns
    -------
    entries : list of dict
        The forecasts without what belongs to the chain.
    hashes : list of str
        Of the lines.

    Raises
    ------
    InputError
        With the number of the first line that was changed, removed or moved.
    """
    entries, hashes = [], [NOTHING_BEFORE]
    for number, line in enumerate(lines, start=1):
        entry = read_line(line, number=number, path=path)
        if (entry["line"], entry["previous"]) != (number, hashes[-1]):
            raise InputError(
                "does not follow the line before it: a line was removed, moved or added; take the log from a copy",
                path=path, row=number,
            )  # fmt: skip
        hashes.append(str(entry["sha256"]))
        entries.append({name: value for name, value in entry.items() if name not in CHAIN})
    return entries, hashes[1:]


def _canonical(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _sha256(content: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical(content)).hexdigest()
