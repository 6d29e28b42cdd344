"""Small files in the layouts of GDELT, ICEWS and POLECAT, made of what a report says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from forecast.readers.event_layouts import GDELT_1, GDELT_2, ICEWS, POLECAT


def gdelt_line(day: str, one: str, other: str, code: str = "042", *, version: int = 2, **cells: str) -> str:
    """A row of GDELT; actors as ``USA``, ``USA/GOV`` or ``USA/GOV/PRESIDENT``: state, type, name."""
    row = dict.fromkeys(GDELT_2 if version == 2 else GDELT_1, "")
    for side, actor in ((1, one), (2, other)):
        state, kind, name = [*actor.split("/"), "", ""][:3]
        row |= {
            f"Actor{side}Code": f"{state}{kind}", f"Actor{side}CountryCode": state, f"Actor{side}Type1Code": kind,
            f"Actor{side}Name": name or state,
        }  # fmt: skip
    plain = day.replace("-", "")
    row |= {"SQLDATE": "19990101", "EventCode": code, "DATEADDED": plain + ("120000" if version == 2 else "")}
    row["SOURCEURL"] = "https://example.org/a"
    return "\t".join((row | cells).values())


def icews_line(day: str, one: str, other: str, code: str = "042", **cells: str) -> str:
    """A row of ICEWS; actors as ``Japan``, ``Japan/Government`` or ``Japan/Government,Executive Office/Abe``."""
    row = dict.fromkeys(ICEWS, "1")
    for side, actor in (("Source", one), ("Target", other)):
        state, sectors, name = [*actor.split("/"), "", ""][:3]
        row |= {f"{side} Country": state, f"{side} Sectors": sectors or "NA", f"{side} Name": name or state}
    row |= {"Event Date": day, "CAMEO Code": code}
    return "\t".join((row | cells).values())


def polecat_line(day: str, one: str, other: str, event: str = "CONSULT", mode: str = "visit", **cells: str) -> str:
    """A row of POLECAT; actors as ``USA``, ``USA/GOV`` or ``USA; CAN/GOV/President``: states, sector, title."""
    row = dict.fromkeys(POLECAT, "None")
    for side, actor in (("Actor", one), ("Recipient", other)):
        states, sector, title = [*actor.split("/"), "None", "None"][:3]
        row |= {f"{side} Country": states, f"Primary {side} Sector": sector, f"{side} Title": title}
    row |= {"Event ID": "20180101-1-a_CONSULT_R", "Event Date": "1999-01-01", "Publication Date": day}
    row |= {"Event Type": event, "Event Mode": mode}
    return "\t".join((row | cells).values())


HEADERS = {"icews": "\t".join(ICEWS), "polecat": "\t".join(POLECAT)}


def write_events(path: Path, lines: Iterable[str], *, header: str = "") -> Path:
    """Write lines with the header of a source."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{line}\n" for line in ([HEADERS[header]] if header else []) + list(lines))
    path.write_bytes(text.encode("utf-8", errors="surrogateescape"))
    return path


def counts(root: Path, source: str) -> dict[tuple[str, str, str, int], int]:
    """What the cube of a source holds: dyad, class, day and who -> n."""
    import duckdb

    from forecast.readers.event_store import CUBE, read_index

    folder = root / CUBE / source
    parts = [str(folder / part) for batch in read_index(folder).values() for part in batch.parts]
    if not parts:
        return {}
    with duckdb.connect() as database:
        rows = database.execute(
            "SELECT dyad, kind, known_on::VARCHAR, who, sum(n) FROM read_parquet(?) WHERE dyad <> '' GROUP BY ALL",
            [parts],
        ).fetchall()
    return {(dyad, kind, day, who): int(n) for dyad, kind, day, who, n in rows}
