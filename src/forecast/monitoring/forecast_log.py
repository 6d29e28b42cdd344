"""The log of issued forecasts: append-only, chained by hashes, so that what was said stays said; and its scores.

`<root>/forecast-log/log.jsonl` holds one forecast a line as canonical JSON. Each line holds its own number, the SHA-256
of its own content (`sha256`) and that of the line before (`previous`), so a line that is changed, taken out or moved
breaks the chain (Haber and Stornetta 1991, https://doi.org/10.1007/BF00196791). The chain alone cannot show that lines
are missing at its end, or that somebody wrote the whole of it anew: for that a reader keeps its *head*, the hash of the
last line, in another place.

The folder stands apart from `data/raw` (facts of others) and `mlruns` (which can be deleted and made again). There is
one writer at a time; what is recorded is on the disk before it returns, and nothing torn is taken for a line.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from io import FileIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.dates import ONE_DAY, day_numbers
from forecast.errors import DataMissingError, ForecastError, InputError
from forecast.files import locked, reading, sync_folder, writing
from forecast.verification import Interval, brier_score, brier_skill, skill_interval, widest
from forecast.verification.cuts import too_few
from forecast.verification.forecasts import days_of

#: Where the log stands below a workspace.
FOLDER: Final = "forecast-log"
FILE: Final = "log.jsonl"


@dataclass(frozen=True)
class Appended:
    """The hash of the last line, the lines of the log, and a file that holds the torn end of an earlier crash."""

    head: str
    n_lines: int
    set_aside: Path | None = None


@dataclass(frozen=True)
class ForecastLog:
    """A log whose chain holds: the forecasts in the order of their lines, and the SHA-256 of each line."""

    path: Path
    entries: tuple[dict[str, Any], ...]
    hashes: tuple[str, ...]
    #: What a crash left behind the last whole line; the next recording sets it aside.
    torn_bytes: int = 0

    @property
    def head(self) -> str:
        """SHA-256 of the last line."""
        return self.hashes[-1] if self.hashes else NOTHING_BEFORE

    def line_of(self, head: str) -> int:
        """Return the number of the line whose hash was kept elsewhere: nothing up to it was changed or lost since."""
        kept = head.strip().lower()
        if len(kept) != 64 or set(kept) - set("0123456789abcdef"):
            raise InputError(f"{head!r} is no head of a log: give its 64 hexadecimal digits", field="--head")
        if kept not in self.hashes:
            raise InputError(
                f"no line has the kept head {kept[:12]}...: lines were lost or written anew since; take the log from "
                "a copy",
                path=self.path,
            )  # fmt: skip
        return self.hashes.index(kept) + 1


def log_path(root: Path) -> Path:
    """Where the log of a workspace stands."""
    return root / FOLDER / FILE


def append_forecasts(root: Path, forecasts: Sequence[dict[str, Any]]) -> Appended:
    """Append forecasts to the log of a workspace, on the disk when it returns; the torn end of a crash is set aside."""
    path = log_path(root)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Without a buffer, which would be written once more when the file is closed after a failure.
        with locked(path.parent), path.open("a+b", buffering=0) as log:
            size, number, head = _end(log, path)
            aside = None
            log.seek(size)
            tail = log.read()
            parts = []
            completed = follows(tail, number=number + 1, previous=head) if tail else None
            if completed is not None:
                parts, size, number, head = [b"\n"], size + len(tail), number + 1, completed
            elif tail:
                aside = set_aside(path, tail)
                log.truncate(size)
            for forecast in forecasts:
                number += 1
                line, head = write_line(forecast, number=number, previous=head)
                parts += [line, b"\n"]
            _append(log, b"".join(parts), at=size)
            sync_folder(path.parent)
    return Appended(head, number, aside)


def read_log(root: Path) -> ForecastLog:
    """Read the log of a workspace and check its chain. Nothing is written."""
    path = log_path(root)
    if not path.exists():
        raise DataMissingError(f"{path}: no forecast was recorded; 'forecast predict --record' records some")
    with reading(lambda reason: InputError(f"cannot be read: {reason}", path=path)), locked(path.parent):
        content = path.read_bytes()
    *lines, tail = content.split(b"\n")
    entries, hashes = check_chain(lines, path=path)
    whole = tail and follows(tail, number=len(lines) + 1, previous=hashes[-1] if hashes else NOTHING_BEFORE)
    if whole:
        entries, hashes = check_chain([*lines, tail], path=path)
    return ForecastLog(path, tuple(entries), tuple(hashes), 0 if whole else len(tail))


def _end(log: FileIO, path: Path) -> tuple[int, int, str]:
    """Length of the log in whole lines, and number and hash of the last one."""
    size, line = _last_line(log)
    if not size:
        return 0, 0, NOTHING_BEFORE
    try:
        entry = read_line(line, number=0, path=path)
        return size, int(entry["line"]), str(entry["sha256"])
    except (InputError, TypeError, ValueError):
        raise InputError(
            "its last line was changed after it was written: nothing is added; take the log from a copy", path=path
        ) from None


#: What the first line names as the line before it.
NOTHING_BEFORE: Final = "0" * 64

FORMAT: Final = 1
#: What a forecast must hold to be verified later.
NEEDED: Final = (
    "model_id", "model_version", "dyad", "as_of", "horizon_days", "window_end", "target", "probability", "climatology",
    "issued_at",
)  # fmt: skip
#: What a line holds beside the forecast.
CHAIN: Final = ("format", "line", "previous", "sha256")


def write_line(forecast: dict[str, Any], *, number: int, previous: str) -> tuple[bytes, str]:
    """Write a forecast as a line of the chain, and return the hash: SHA-256 of its canonical JSON without `sha256`."""
    lacking = [name for name in NEEDED if name not in forecast]
    if lacking or set(forecast) & set(CHAIN):
        raise ForecastError(f"a forecast for the log must have {', '.join(NEEDED)} and none of {', '.join(CHAIN)}")
    content = {**forecast, "format": FORMAT, "line": number, "previous": previous}
    head = _sha256(content)
    return _canonical({**content, "sha256": head}), head


def read_line(line: bytes, *, number: int, path: Path) -> dict[str, Any]:
    """Read a line that is what was written, byte by byte, or raise `InputError`."""
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
    """Return the hash of a line if it is whole and continues the chain, else None."""
    try:
        entry = read_line(line, number=number, path=Path())
    except InputError:
        return None
    return str(entry["sha256"]) if (entry["line"], entry["previous"]) == (number, previous) else None


def check_chain(lines: Sequence[bytes], *, path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Read lines of which each must follow the one before, as forecasts and hashes."""
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


_BLOCK = 1 << 16


def _last_line(log: FileIO) -> tuple[int, bytes]:
    """Length of the log up to its last line break and the line it ends, read from the end: a log grows for years."""
    start = log.seek(0, os.SEEK_END)
    read = b""
    while start > 0 and read.count(b"\n") < 2:
        before, start = start, max(start - _BLOCK, 0)
        log.seek(start)
        read = log.read(before - start) + read
    whole, line_break, _ = read.rpartition(b"\n")
    return (start + len(whole) + 1, whole.rpartition(b"\n")[2]) if line_break else (0, b"")


def _append(log: FileIO, text: bytes, *, at: int) -> None:
    """Write at the end of the log and onto the disk, or leave the log as it was."""
    try:
        while text:
            text = text[log.write(text) :]
        os.fsync(log.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            log.truncate(at)
        raise


def set_aside(path: Path, tail: bytes) -> Path:
    """Keep what a crash tore in a file beside the log, under a name that no other torn end has."""
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"torn-{stamp}-{hashlib.sha256(tail).hexdigest()[:8]}.txt")
    with aside.open("wb") as kept:
        kept.write(tail)
        kept.flush()
        os.fsync(kept.fileno())
    sync_folder(path.parent)
    return aside


#: What is one forecast, however often it was recorded: the first time counts, for later nobody may improve on it.
KEY: Final = ("model_id", "model_version", "target", "dyad", "as_of", "horizon_days")
#: Columns of the scores.
SCORES: Final = (
    "model_id", "model_version", "target", "hindcast", "forecasts", "repeated", "unresolved", "n", "n_met", "base_rate",
    "brier", "skill", "skill_low", "skill_high", "reason",
)  # fmt: skip
#: Fewer clusters than this say nothing about the spread between clusters.
MIN_CLUSTERS: Final = 5


def is_hindcast(entries: pd.DataFrame) -> pd.Series:
    """Whether each forecast was issued more than a day after its as-of date, which is midnight UTC."""
    issued = pd.to_datetime(entries["issued_at"], format="ISO8601", utc=True)
    midnight = pd.to_datetime(entries["as_of"], format="ISO8601", utc=True)
    return (issued - midnight) > ONE_DAY


def first_recorded(entries: pd.DataFrame) -> pd.DataFrame:
    """Return each forecast once, as it was first recorded, with the number of its later repeats in `repeated`."""
    count = entries.groupby(list(KEY), sort=False)["dyad"].transform("size")
    return entries.assign(repeated=count - 1).drop_duplicates(list(KEY), ignore_index=True)


def score_log(entries: pd.DataFrame, *, resamples: int = 1000) -> pd.DataFrame:
    """Score the log in its order by model version and target, hindcasts apart, with the columns `SCORES`.

    `outcome` is 1, 0, or NaN while the window is not resolved. `forecasts` counts each forecast once, `repeated` the
    times that one was recorded again. With fewer than ten forecasts with or without a meeting (n is the smaller count),
    Brier score and skill are None. The 90% interval of the skill is the union of two: over dyads, and over spans of
    time as long as the longest window, because windows that overlap share their meetings; fewer than five do not count.
    """
    forecasts = first_recorded(entries)
    forecasts = forecasts.assign(hindcast=is_hindcast(forecasts) if len(forecasts) else False)
    scores = []
    groups = forecasts.groupby(["hindcast", "model_id", "model_version", "target"], sort=True)
    for (hindcast, model, version, target), rows in groups:
        resolved = rows.dropna(subset="outcome")
        head = {"model_id": model, "model_version": version, "target": target, "hindcast": bool(hindcast)}
        counts = {
            "forecasts": len(rows),
            "repeated": int(rows["repeated"].sum()),
            "unresolved": len(rows) - len(resolved),
            "n": len(resolved),
            "n_met": int(resolved["outcome"].sum()),
        }
        scores.append(dict.fromkeys(SCORES) | head | counts | _figures(resolved, resamples=resamples))
    return pd.DataFrame(scores, columns=list(SCORES), dtype=object)


def _figures(rows: pd.DataFrame, *, resamples: int) -> dict[str, Any]:
    p, y, reference = (rows[name].to_numpy(dtype=np.float64) for name in ("probability", "outcome", "climatology"))
    if reason := too_few(y):
        return {"reason": reason}
    figures: dict[str, Any] = {"base_rate": float(y.mean()), "brier": brier_score(p, y), "reason": ""}
    try:
        skill = brier_skill(p, y, reference=reference)
    except ForecastError:
        return figures | {"reason": "climatology was perfect: there is no skill to measure"}
    spans = day_numbers(days_of(rows["as_of"])) // int(rows["horizon_days"].max())
    ways = [rows["dyad"].to_numpy(), spans]
    spread = partial(skill_interval, p, y, reference=reference, resamples=resamples)
    intervals: list[Interval] = [spread(clusters=way) for way in ways if len(np.unique(way)) >= MIN_CLUSTERS]
    if not intervals:
        most = max(len(np.unique(way)) for way in ways)
        return figures | {"reason": f"not enough cases for an interval (n = {most})"}
    union = widest(*intervals)
    return figures | {"skill": skill, "skill_low": union.low, "skill_high": union.high}
