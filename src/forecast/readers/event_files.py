"""Files of event data: which there are, how each is written, and which of its lines cannot be read."""

from __future__ import annotations

import datetime as dt
import glob
import gzip
import hashlib
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from forecast.errors import InputError
from forecast.files import reason_of
from forecast.readers.event_engines import Form
from forecast.readers.event_layouts import LAYOUTS

#: Ends of names that are read in a folder.
ENDINGS: Final = (".csv", ".tab", ".tsv", ".txt", ".zip", ".gz", ".parquet")
_HEAD_BYTES: Final = 1 << 16


@dataclass(frozen=True)
class EventFile:
    """One file as it was given, identified by name, size and content."""

    path: Path
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """The name, without its folder."""
        return self.path.name

    @property
    def unpacked(self) -> int:
        """Its size as plain text, roughly: events shrink to an eighth."""
        return self.size * (8 if self.path.suffix.lower() in (".zip", ".gz", ".parquet") else 1)

    @property
    def identity(self) -> tuple[str, int, str]:
        """What tells it apart."""
        return self.name, self.size, self.sha256


def event_files(paths: Iterable[Path | str]) -> list[Path]:
    """Files named by paths, folders with all in them, and patterns such as ``2015*.zip``; in the order of their names.

    Raises
    ------
    InputError
        If nothing is there, or two files have the same name.
    """
    found: dict[Path, None] = {}
    for given in map(Path, paths):
        if given.is_dir():
            inside = [one for one in sorted(given.rglob("*")) if one.is_file() and one.suffix.lower() in ENDINGS]
            if not inside:
                raise InputError(f"holds no file of events ({', '.join(ENDINGS)})", path=given)
        elif given.is_file():
            inside = [given]
        else:
            inside = [Path(one) for one in sorted(glob.glob(str(given), recursive=True)) if Path(one).is_file()]
            if not inside:
                raise InputError("does not exist; name files, folders or a pattern", path=given)
        found |= dict.fromkeys(one.resolve() for one in inside)
    by_name: dict[str, Path] = {}
    for path in found:
        other = by_name.setdefault(path.name, path)
        if other != path:
            raise InputError(f"has the name of {other}; a file is known by its name: rename one", path=path)
    return [by_name[name] for name in sorted(by_name)]


def identified(path: Path) -> EventFile:
    """The file with its size and the SHA-256 of its content."""
    try:
        with path.open("rb") as content:
            return EventFile(path, path.stat().st_size, hashlib.file_digest(content, "sha256").hexdigest())
    except OSError as error:
        raise InputError(f"cannot be read: {reason_of(error)}", path=path) from None


@contextmanager
def unpacked(file: Path, place: Path) -> Iterator[list[Path]]:
    """The tables in a file: itself, or what an archive (zip, gz) holds, unpacked into `place` for the time being.

    An engine would read a damaged gz up to the damage and say nothing; here its checksum is verified.
    """
    if file.suffix.lower() not in (".zip", ".gz"):
        yield [file]
        return
    with tempfile.TemporaryDirectory(prefix=".unpacked-", dir=place) as folder:
        tables: list[Path] = []
        try:
            for name, packed in _members(file):
                tables.append(Path(folder) / f"{len(tables)}-{name}")
                with tables[-1].open("wb") as table:
                    shutil.copyfileobj(packed, table, 1 << 20)
        except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise InputError(f"is a broken or truncated archive ({error}); fetch it again", path=file) from None
        except OSError as error:
            raise InputError(f"cannot be unpacked into {place}: {reason_of(error)}", path=file) from None
        if not tables:
            raise InputError(f"holds no table ({', '.join(ENDINGS)})", path=file)
        yield tables


def _members(file: Path) -> Iterator[tuple[str, IO[bytes] | gzip.GzipFile]]:
    if file.suffix.lower() == ".gz":
        with gzip.open(file) as packed:
            yield file.stem, packed
        return
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if not member.is_dir() and Path(member.filename).suffix.lower() in ENDINGS:
                with archive.open(member) as inside:
                    yield Path(member.filename).name, inside


def form_of(table: Path, source: str, file: Path) -> Form:
    """How a table is written, by its first line; `file` is what an error names.

    Raises
    ------
    InputError
        If it is no table of the source.
    """
    layouts = [one for one in LAYOUTS.values() if one.source == source]
    if table.suffix.lower() == ".parquet":
        return _form_of_parquet(table, source, file)
    first = _first_line(table, file)
    cells = {separator: first.split(separator) for separator in ("\t", ",")}
    for layout in layouts:
        if not layout.header and len(cells["\t"]) in layout.widths:
            return Form(layout.name, "\t")
        for separator, given in cells.items():
            # Some of POLECAT's files name a column, Headline, that their rows do not have.
            names = [name for name in (cell.strip('" \r') for cell in given) if name != "Headline"]
            if not layout.header or len(names) < len(layout.columns):
                continue
            # A file may call a column otherwise ("Event Intensity"); the ones that are used must stand in their place.
            alike = sum(a == b for a, b in zip(names, layout.columns, strict=False))
            if alike >= len(layout.columns) - 2 and not any(names[len(layout.columns) :]):
                return Form(layout.name, separator, blank=len(names) - len(layout.columns))
    wanted = " or ".join(f"{' and '.join(map(str, one.widths))} columns" for one in layouts)
    raise InputError(
        f"is no file of {source}: its first line has {len(cells[chr(9)])} cells between tabs, not {wanted}", path=file,
        row=1,
    )  # fmt: skip


def _form_of_parquet(table: Path, source: str, file: Path) -> Form:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(table)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"is no Parquet file ({str(error).splitlines()[0]})", path=file) from None
    lacking: list[str] = []
    for layout in (one for one in LAYOUTS.values() if one.source == source):
        lacking = [name for name in layout.columns if name not in schema.names]
        if not lacking:
            if not pa.types.is_string(kind := schema.field(layout.coded_by).type) and not _textual(pa, kind):
                raise InputError(f"has numbers in {layout.coded_by}; codes are text, such as 042", path=file)
            return Form(layout.name, "")
    raise InputError(f"is no file of {source}: it lacks the columns {', '.join(lacking[:5])}", path=file)


def _textual(pa: object, kind: object) -> bool:
    types = pa.types  # type: ignore[attr-defined]
    return bool(types.is_large_string(kind) or types.is_string_view(kind) or types.is_dictionary(kind))


def _first_line(table: Path, file: Path) -> str:
    try:
        with table.open("rb") as content:
            head = content.readline(_HEAD_BYTES)
    except OSError as error:
        raise InputError(f"cannot be read: {reason_of(error)}", path=file) from None
    if not head.strip():
        raise InputError("is empty", path=file)
    return head.decode("utf-8-sig", errors="replace").rstrip("\r\n")


def malformed_lines(table: Path, form: Form, most: int) -> list[tuple[int, str]]:
    """The first lines of a table that are none of its layout, each with what is wrong."""
    layout, found = LAYOUTS[form.layout], []
    day, code = layout.columns.index(layout.day), layout.columns.index(layout.coded_by)
    with table.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if number == 1 and layout.header:
                continue
            if problem := _problem(line, form, day, code):
                found.append((number, problem))
                if len(found) == most:
                    break
    return found


def _problem(line: bytes, form: Form, day: int, code: int) -> str:
    layout = LAYOUTS[form.layout]
    try:
        text = line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        return f"byte {error.start + 1} is not UTF-8"
    if not text:
        return ""
    cells = text.split(form.separator)
    if form.separator == "\t" and len(cells) > len(layout.columns) + form.blank:
        return f"has {len(cells)} cells, not {' or '.join(map(str, layout.widths))}"
    if len(cells) <= max(day, code):
        return f"has {len(cells)} cells, not {' or '.join(map(str, layout.widths))}"
    if is_day(cells[day].strip('" ').replace("-", "")[:8]):
        return "" if cells[code].strip() else f"{layout.coded_by} is empty"
    return f"{layout.day}: {cells[day]!r} is no day of the calendar"


def is_day(text: str | None) -> bool:
    """Whether eight digits are a day."""
    try:
        return bool(text) and len(str(text)) == 8 and bool(dt.datetime.strptime(str(text), "%Y%m%d"))
    except ValueError:
        return False


def batches(files: Sequence[EventFile], *, most_bytes: int, most_files: int) -> Iterator[list[EventFile]]:
    """Files in groups that are reduced together: neither too large nor too many."""
    group: list[EventFile] = []
    for file in files:
        if group and (len(group) == most_files or sum(one.unpacked for one in [*group, file]) > most_bytes):
            yield group
            group = []
        group.append(file)
    if group:
        yield group
