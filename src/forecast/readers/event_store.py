"""The cube of event data on disk: Parquet by source and year, with an index that says which files are in it.

A batch of files is reduced, its parts are written, and then one record in ``index/`` names the files and the parts:
only what a record names counts, and a record is there whole or not at all. So a process that is killed loses at most
the batch at hand, which the next one reduces again under the same name, and nothing is counted twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from forecast.errors import DataMissingError, InputError
from forecast.facts.reports import CLASSES, EVENT_SOURCES, GOVERNMENT, LEADERS, Cells, Reports, cell_keys
from forecast.files import locked, reading, reason_of, sync_folder, write_text, write_whole
from forecast.readers.event_engines import Engine, Form, cells_of
from forecast.readers.event_files import (
    EventFile,
    batches,
    event_files,
    form_of,
    identified,
    is_day,
    malformed_lines,
    unpacked,
)
from forecast.readers.event_reduction import MALFORMED, NO_CLASS, NO_DYAD, REASONS

#: Where the cube stands in a workspace.
CUBE: Final = Path("data") / "features" / "events"
#: Changes whenever the same files would give other cells: earlier records are then read again.
VERSION: Final = 1
#: What is reduced at once, unpacked.
BATCH_BYTES: Final = 512 * 2**20
BATCH_FILES: Final = 1000
#: Malformed rows of one batch that stop the run, unless another limit is given; and how many are listed.
MOST_MALFORMED: Final = 1000
_LISTED: Final = 20
#: What is counted of a batch: rows read; reports of two states; and rows that are none, or that are one with others.
COUNTS: Final = ("rows", "reports", "malformed", "no_dyad", "no_class", "mirrored")


@dataclass(frozen=True)
class Batch:
    """A record of the index: files reduced together, what they held, and the parts with their cells."""

    files: tuple[tuple[str, int, str], ...]
    layouts: tuple[str, ...]
    first: str
    last: str
    #: `COUNTS`.
    rows: int
    reports: int
    malformed: int
    no_dyad: int
    no_class: int
    mirrored: int
    parts: tuple[str, ...]
    #: Batches in whose place it stands, because one of their files had changed.
    replaces: tuple[str, ...] = ()
    version: int = VERSION

    @property
    def name(self) -> str:
        """Its name, made of its files."""
        return _name_of(self.files)


def _name_of(files: Iterable[Sequence[Any]]) -> str:
    return hashlib.sha256(json.dumps([list(one) for one in files]).encode()).hexdigest()[:16]


def read_index(folder: Path) -> dict[str, Batch]:
    """The batches of a source that count, by name."""
    found = {}
    for path in sorted((folder / "index").glob("*.json")):
        with reading(partial(_no_record, path)):
            content = json.loads(path.read_text(encoding="utf-8"))
            files = tuple((str(a), int(b), str(c)) for a, b, c in content.pop("files"))
            lists: dict[str, Any] = {name: tuple(content.pop(name)) for name in ("layouts", "parts", "replaces")}
            found[path.stem] = Batch(files=files, **lists, **content)
    replaced = {name for batch in found.values() for name in batch.replaces}
    return {name: batch for name, batch in found.items() if name not in replaced}


def _no_record(path: Path, reason: str) -> InputError:
    return InputError(f"is no record of ingested files ({reason}); delete it and ingest again", path=path)


@dataclass
class Ingestion:
    """What an ingestion did: files that were new, were there already, and rows of the new ones."""

    source: str
    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    malformed: list[str] = field(default_factory=list)

    def total(self, count: str) -> int:
        """Sum of a count over the new batches."""
        return sum(getattr(batch, count) for batch in self.batches)


def ingest_events(
    source: str,
    paths: Iterable[Path | str],
    *,
    root: Path,
    engine: Engine,
    most_malformed: int = MOST_MALFORMED,
    on_step: Callable[[str], None] | None = None,
) -> Ingestion:
    """Reduce the files that are not in the cube yet, batch by batch.

    Raises
    ------
    InputError
        If a file cannot be read, or a batch has more than `most_malformed` malformed rows. Batches before it stay.
    """
    folder = root / CUBE / source
    given = [identified(path) for path in event_files(paths)]
    try:
        (folder / "index").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be written: {reason_of(error)}", path=folder) from None
    with locked(folder):
        _clear(folder)
        index = read_index(folder)
        result = Ingestion(source)
        for group, replaces in _groups(given, index, result):
            if on_step is not None:
                on_step(f"{source}: {group[0].name}{f' and {len(group) - 1} more' if len(group) > 1 else ''}")
            batch = _reduced(group, source, folder, engine, most_malformed, result, replaces, index)
            index = {name: one for name, one in index.items() if name not in replaces} | {batch.name: batch}
            result.batches.append(batch)
            result.new += [file.name for file in group]
        _clear(folder)
    return result


def _groups(
    given: Sequence[EventFile], index: dict[str, Batch], result: Ingestion
) -> Iterable[tuple[list[EventFile], tuple[str, ...]]]:
    """Files to be reduced together, and the batches that each group replaces."""
    valid = {name: batch for name, batch in index.items() if batch.version == VERSION}
    contents = {digest for batch in valid.values() for _, _, digest in batch.files}
    of_file = {name: key for key, batch in index.items() for name, _, _ in batch.files}
    by_name = {file.name: file for file in given}
    fresh: list[EventFile] = []
    redone: dict[str, None] = {}
    for file in given:
        if file.sha256 in contents:
            result.known.append(file.name)
        elif file.name in of_file:
            redone[of_file[file.name]] = None
        else:
            fresh.append(file)
            contents.add(file.sha256)
    for key in redone:
        names = [name for name, _, _ in index[key].files]
        if lacking := [name for name in names if name not in by_name]:
            raise InputError(
                f"{next(n for n in names if n in by_name)} has changed, and was read together with {lacking[0]}"
                f"{f' and {len(lacking) - 1} more' if len(lacking) > 1 else ''}: name all of them",
                field=result.source,
            )
        result.known = [name for name in result.known if name not in names]
        # One record takes the place of the other in one step.
        yield [by_name[name] for name in names], (key,)
    for group in batches(fresh, most_bytes=BATCH_BYTES, most_files=BATCH_FILES):
        yield group, ()


def _reduced(
    group: list[EventFile],
    source: str,
    folder: Path,
    engine: Engine,
    most_malformed: int,
    result: Ingestion,
    replaces: tuple[str, ...],
    index: dict[str, Batch],
) -> Batch:
    """Reduce a group of files, write its parts and then its record."""
    import pyarrow as pa
    import pyarrow.compute as pc

    by_form: dict[Form, list[tuple[Path, EventFile]]] = {}
    tables = []
    rejected = 0
    with contextlib.ExitStack() as open_archives:
        for file in group:
            for table in open_archives.enter_context(unpacked(file.path, folder)):
                by_form.setdefault(form_of(table, source, file.path), []).append((table, file))
        for form, members in by_form.items():
            tables.append(_cells(engine, form, members))
            rejected += engine.rejected()
        cells = pa.concat_tables(tables)
        good = _good_rows(cells)
        bad = rejected + _rows(cells.filter(pc.invert(good)))
        listed = _malformed(by_form, min(bad, _LISTED)) if bad else []
    if bad > most_malformed:
        more = [f"and {bad - len(listed)} more"] if bad > len(listed) else []
        raise InputError(
            "\n  ".join([f"{bad} malformed rows, more than the {most_malformed} that are let pass:", *listed, *more]),
            path=group[0].path if len(group) == 1 else group[0].path.parent,
        )
    result.malformed += listed[: _LISTED - len(result.malformed)]
    others = {name: one for name, one in index.items() if name not in replaces}
    layouts = sorted({form.layout for form in by_form})
    batch = _written(cells.filter(good), bad, group, layouts, folder, replaces, others)
    record = {**asdict(batch), "files": [list(one) for one in batch.files]}
    write_text(folder / "index" / f"{batch.name}.json", json.dumps(record, indent=1) + "\n")
    sync_folder(folder / "index")
    return batch


def _cells(engine: Engine, form: Form, members: list[tuple[Path, EventFile]]) -> Any:
    try:
        return cells_of(engine, [table for table, _ in members], form)
    except InputError:
        raise
    except Exception as error:
        # Which of many files it was is seen when each is read alone.
        for table, file in members if len(members) > 1 else ():
            with contextlib.suppress(Exception):
                cells_of(engine, [table], form)
                continue
            raise _unreadable(error, file.path) from None
        raise _unreadable(error, members[0][1].path) from None


def _unreadable(error: Exception, path: Path) -> InputError:
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return InputError(f"cannot be read to its end, broken or truncated: {lines[0]}", path=path)


def _good_rows(cells: Any) -> Any:
    """Which cells are not of malformed rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    days = pa.array([day for day in pc.unique(cells["day"]).to_pylist() if is_day(day)], pa.string())
    return pc.and_(pc.is_in(cells["day"], value_set=days), pc.not_equal(cells["kind"], MALFORMED))


def _rows(cells: Any, count: str = "rows") -> int:
    import pyarrow.compute as pc

    return int(pc.sum(cells[count]).as_py() or 0)


def _malformed(by_form: dict[Form, list[tuple[Path, EventFile]]], most: int) -> list[str]:
    said: list[str] = []
    for form, members in by_form.items():
        for table, file in members if form.separator else ():
            inside = "" if table == file.path else f" ({table.name.partition('-')[2]})"
            for line, problem in malformed_lines(table, form, most - len(said)):
                said.append(f"{file.path}{inside}, line {line}: {problem}")
            if len(said) >= most:
                return said
    return said


def _written(
    cells: Any,
    bad: int,
    group: list[EventFile],
    layouts: Sequence[str],
    folder: Path,
    replaces: tuple[str, ...],
    others: dict[str, Batch],
) -> Batch:
    """Write the good cells of a batch, a part a year, and describe it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    left_out = {reason: _rows(cells.filter(pc.equal(cells["kind"], reason))) for reason in (NO_DYAD, NO_CLASS)}
    reports = _rows(cells.filter(pc.greater(cells["dyad"], "")), "n")
    mirrored = _rows(cells) - sum(left_out.values()) - reports
    days = set(pc.unique(cells["day"]).to_pylist())
    files = tuple(file.identity for file in group)
    name = _name_of(files)
    _one_layout(layouts, days, others, group, folder)
    # Days on which the source reported on anybody stay: they are its coverage.
    nobody = pc.is_in(cells["kind"], value_set=pa.array(list(REASONS), pa.string()))
    kept = pa.table(
        {
            "dyad": cells["dyad"],
            "kind": pc.if_else(nobody, pa.scalar(""), cells["kind"]),
            "known_on": pc.strptime(cells["day"], format="%Y%m%d", unit="s").cast(pa.date32()),
            "who": cells["who"].cast(pa.int8()),
            "n": cells["n"].cast(pa.int32()),
        }
    ).sort_by([(column, "ascending") for column in ("dyad", "kind", "known_on", "who")])
    years = pc.year(kept["known_on"])
    parts = {year: f"year={year}/{name}.parquet" for year in sorted({int(day[:4]) for day in days})}
    for year, part in parts.items():
        write_whole(folder / part, partial(_write_part, kept.filter(pc.equal(years, year))))
    return Batch(
        files, tuple(layouts), min(days, default=""), max(days, default=""), _rows(cells) + bad, reports, bad,
        left_out[NO_DYAD], left_out[NO_CLASS], mirrored, tuple(parts.values()),
        tuple(one for one in replaces if one != name),
    )  # fmt: skip


def _write_part(cells: Any, draft: Path) -> None:
    import pyarrow.parquet as pq

    draft.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(cells, draft, compression="zstd")


def _one_layout(
    layouts: Sequence[str], days: set[str], index: dict[str, Batch], group: list[EventFile], folder: Path
) -> None:
    """Refuse files of the two layouts of GDELT that report on the same days: both hold the same events."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    for batch in index.values():
        if set(batch.layouts) == set(layouts):
            continue
        for part in (one for one in batch.parts if any(day.startswith(one[5:9]) for day in days)):
            held = pc.unique(pq.read_table(folder / part, columns=["known_on"])["known_on"]).to_pylist()
            if common := sorted(days & {day.strftime("%Y%m%d") for day in held}):
                raise InputError(
                    f"is {' and '.join(layouts)} and holds {common[0]}, which {batch.files[0][0]}, "
                    f"{' and '.join(batch.layouts)}, holds too: ingest one layout for each day",
                    path=group[0].path,
                )


def _clear(folder: Path) -> None:
    """Remove what a killed process left, parts that no record names, and records that another replaced."""
    live = read_index(folder)
    named = {part for batch in live.values() for part in batch.parts}
    for path in (folder / "index").glob("*.json"):
        if path.stem not in live:
            path.unlink(missing_ok=True)
    for path in folder.glob("year=*/*"):
        if str(path.relative_to(folder)) not in named:
            path.unlink(missing_ok=True)
    for path in folder.glob("index/.*.draft"):
        path.unlink(missing_ok=True)
    for left in folder.glob(".unpacked-*"):
        shutil.rmtree(left, ignore_errors=True)


def read_reports(root: Path) -> Reports:
    """The event data of a workspace; a year of a source is read when it is looked at."""
    years: dict[str, dict[int, Callable[[], Cells]]] = {}
    for source in EVENT_SOURCES:
        folder = root / CUBE / source
        if not (folder / "index").is_dir():
            continue
        parts: dict[int, list[str]] = {}
        for batch in read_index(folder).values():
            if batch.version != VERSION:
                raise DataMissingError(
                    f"{folder}: {batch.files[0][0]} was ingested by another version of the program; ingest it again"
                )
            with reading(partial(_no_record, folder / "index")):
                for part in batch.parts:
                    parts.setdefault(int(part.partition("=")[2][:4]), []).append(str(folder / part))
        years[source] = {year: cache(partial(_read_year, tuple(files))) for year, files in sorted(parts.items())}
    return Reports(years)


def _read_year(files: tuple[str, ...]) -> Cells:
    folder = Path(files[0]).parents[1]
    with reading(lambda reason: InputError(f"cannot be read: {reason}; delete it and ingest again", path=folder)):
        return _cells_of(files)


def _cells_of(files: tuple[str, ...]) -> Cells:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    # Not `read_table`, which would take the year of the folder for a column.
    table = pa.concat_tables([pq.ParquetFile(file).read() for file in files])
    days = np.unique(table["known_on"].to_numpy().astype("datetime64[D]").astype(np.int64))
    table = table.filter((pc.field("kind") != "") & (pc.field("who") >= GOVERNMENT)).combine_chunks()
    dyads = pc.unique(table["dyad"]).sort()
    columns = {
        "dyad": pc.index_in(table["dyad"], dyads),
        "kind": pc.index_in(table["kind"], pa.array(list(CLASSES))),
        "day": table["known_on"].cast(pa.int32()),
        "who": table["who"],
        "n": table["n"],
    }
    dyad, kind, day, who, n = (column.to_numpy().astype(np.int64) for column in columns.values())
    keys = cell_keys(dyad, kind, day)
    order = np.argsort(keys, kind="stable")
    begins = np.flatnonzero(np.diff(keys[order], prepend=-1))
    once = order[begins]
    total, leaders = (np.add.reduceat(rows[order], begins) for rows in (n, n * (who == LEADERS)))
    names = dyads.to_numpy(zero_copy_only=False).astype(str)
    return Cells(names, dyad[once], kind[once], day[once], total, leaders, days)
