"""The verb *ledger*: a new ledger, the review of candidate events, and the rows that a ledger takes of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.coding.candidates import DECISION, LEDGER_COLUMNS, problem_of, read_candidates
from forecast.dates import parse_day
from forecast.display.numbers import percent
from forecast.display.table import Column, Table
from forecast.errors import InputError
from forecast.facts.countries import find_state, parse_dyad
from forecast.facts.coverage import DIRECTIONS
from forecast.files import locked, read_json, write_text
from forecast.readers.coded_facts import ENGAGEMENTS
from forecast.readers.coded_source import MANIFEST
from forecast.readers.ledger import read_ledger
from forecast.workspace import facts_folder

#: Columns of a new ledger; the others may be added.
COLUMNS: Final = (
    "started_on", "ended_on", "known_on", "source", "recipient", "event", "mode", "level", "setting", "status", "place",
    "persons", "note", "url",
)  # fmt: skip


def new(
    dyad: str | None = None,
    *,
    root: Path | str = ".",
    focal: str | None = None,
    direction: str = "both",
    since: str | None = None,
    until: str | None = None,
) -> Path:
    """Lay out an empty ledger for a dyad, or for all dyads of a focal state, and return the new file.

    Pairs of a focal state that its ledger does not mention exist then, and have not met. With a `direction` of journeys
    or visits another source must hold the other. `since` and `until` are the first and last day over which the ledger
    is to be complete; a focal state needs both.
    """
    folder = facts_folder(root) / ENGAGEMENTS
    if (dyad is None) == (focal is None):
        raise InputError("name one dyad such as RUS-CHN, or a focal state")
    declared = _declared(focal, direction, since, until)
    name = (parse_dyad(dyad) if dyad is not None else str(declared["focal"])).lower()
    path = folder / f"{name}.csv"
    folder.mkdir(exist_ok=True)
    with locked(folder.parent):
        if path.exists():
            raise InputError("stands there already and is left as it is", path=path)
        about = _manifest(path)
        write_text(path, ",".join(COLUMNS) + "\n")
        if declared:
            _declare(path, about, declared)
    return path


def _manifest(ledger: Path) -> dict[str, Any]:
    manifest = ledger.with_name(MANIFEST)
    return read_json(manifest) if manifest.exists() else {}


def _declare(ledger: Path, about: dict[str, Any], declared: Mapping[str, Any]) -> None:
    """Write what is declared of a ledger, after the ledger: a manifest that names a missing file is an error."""
    text = json.dumps({**about, ledger.name: declared}, indent=1, ensure_ascii=False)
    write_text(ledger.with_name(MANIFEST), text + "\n")


def _declared(focal: str | None, direction: str, since: str | None, until: str | None) -> dict[str, str]:
    """What the manifest says of the ledger."""
    if (since is None) != (until is None):
        raise InputError("give both the first and the last day that the ledger covers, or none")
    if focal is not None and since is None:
        raise InputError("a ledger of a focal state needs the days over which it is complete: give since and until")
    if direction not in DIRECTIONS[:3]:
        raise InputError(f"direction {direction!r} is not one of {', '.join(DIRECTIONS[:3])}")
    if focal is None and direction != "both":
        raise InputError("a direction goes with a focal state")
    if since is None or until is None:
        return {}
    first, last = parse_day(since, what="since"), parse_day(until, what="until")
    if last < first:
        raise InputError(f"until {last} is before since {first}")
    days = {"coverage_start": str(first), "coverage_end": str(last)}
    return {**days, "focal": find_state(focal), "direction": direction} if focal is not None else days


#: What the manifest says of a ledger of coded texts: it adds events, and its silence proves nothing.
_DECLARATION: Final = {"complete": False, "about": "Events coded from texts and accepted by hand"}


def add_to_ledger(
    candidates: pd.DataFrame | Path | str, *, root: Path | str = ".", name: str = "coded"
) -> pd.DataFrame:
    """Add the accepted candidates to a ledger, ``data/raw/engagements/<name>.csv``; what it holds already stays single.

    A new ledger is declared as not complete: that it tells of no meeting proves nothing.

    Parameters
    ----------
    candidates : pandas.DataFrame or path-like
        Candidates with decisions (`forecast.review`), or a file of them.
    root : path-like
        The workspace.
    name : str
        Name of the ledger, without ``.csv``.

    Returns
    -------
    pandas.DataFrame
        The rows that were added, in a ledger's columns.

    Raises
    ------
    InputError
        No row is accepted, or one is none that a ledger takes; nothing is written then.

    Examples
    --------
    >>> import forecast as fc
    >>> rows = fc.code(b"China's Premier Li Qiang met Chancellor Scholz of Germany in Berlin.", published="2023-06-20")
    >>> root = fc.init("workspace")  # doctest: +SKIP
    >>> fc.add_to_ledger(fc.review(rows, accept=[0]), root=root)  # doctest: +SKIP
    """
    where = Path(candidates) if isinstance(candidates, str | Path) else None
    rows = candidates if isinstance(candidates, pd.DataFrame) else read_candidates(Path(candidates))
    if DECISION not in rows or not (rows[DECISION] == "accept").any():
        raise InputError("holds no accepted row; decide with 'forecast ledger review' first", path=where)
    accepted = rows.loc[rows[DECISION] == "accept", list(LEDGER_COLUMNS)].astype(str).drop_duplicates()
    problems = [
        problem for number, row in accepted.iterrows()
        if (problem := problem_of(row.to_dict(), path=str(where or "candidates"), line=int(str(number)) + 2))
    ]  # fmt: skip
    if problems:
        raise InputError("\n  ".join(["cannot be added:", *problems]) if len(problems) > 1 else problems[0])
    if not name or Path(name).name != name or name.startswith("."):
        raise InputError(f"{name!r} is no name of a ledger", field="name")
    raw = facts_folder(root)
    (raw / ENGAGEMENTS).mkdir(exist_ok=True)
    with locked(raw):
        return _written(accepted, raw / ENGAGEMENTS / f"{name}.csv")


def _written(accepted: pd.DataFrame, ledger: Path) -> pd.DataFrame:
    header, lines = list(LEDGER_COLUMNS), []
    if ledger.exists():
        read_ledger(ledger)
        header, *lines = list(csv.reader(io.StringIO(ledger.read_text(encoding="utf-8-sig"))))
        lacking = [column for column in LEDGER_COLUMNS if column not in header and (accepted[column] != "").any()]
        header, lines = [*header, *lacking], [[*line, *[""] * len(lacking)] for line in lines if line]
    held = {tuple(line) for line in lines}
    rows = [[row.get(column, "") for column in header] for row in accepted.to_dict("records")]
    fresh = [tuple(row) not in held for row in rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [header, *lines, *[row for row, unheld in zip(rows, fresh, strict=True) if unheld]]
    )
    is_new = not ledger.exists()
    write_text(ledger, text.getvalue())
    if is_new:
        _declare(ledger, _manifest(ledger), _DECLARATION)
    return accepted.loc[fresh].reset_index(drop=True)


def review(
    candidates: pd.DataFrame | Path | str,
    *,
    accept: Iterable[int] = (),
    drop: Iterable[int] = (),
    change: Mapping[int, Mapping[str, str]] | None = None,
) -> pd.DataFrame:
    """Write decisions beside candidate events; what is changed is checked as a ledger's row and accepted.

    Parameters
    ----------
    candidates : pandas.DataFrame or path-like
        What `forecast.code` returned, or a file of it.
    accept, drop : iterable of int
        Numbers of rows, as the table shows them.
    change : dict, optional
        From the number of a row to new cells by column.

    Returns
    -------
    pandas.DataFrame
        The candidates with the column `decision`: ``accept``, ``drop`` or nothing yet.

    Raises
    ------
    InputError
        A number that is no row, two decisions on one, a column that does not exist, or a row that no ledger would take;
        all of them at once.

    Examples
    --------
    >>> import forecast as fc
    >>> rows = fc.code(b"President Biden will visit Kenya next week.", published="2023-06-01", publisher="white-house")
    >>> fc.review(rows, change={0: {"started_on": "2023-06-06", "ended_on": "2023-06-07"}})["decision"].tolist()
    ['accept']
    """
    rows = read_candidates(Path(candidates)) if isinstance(candidates, str | Path) else candidates
    rows = rows.reset_index(drop=True)
    if DECISION not in rows:
        rows[DECISION] = ""
    change = dict(change or {})
    decided = [*[(number, "accept") for number in {*accept, *change}], *[(number, "drop") for number in drop]]
    problems = [
        f"there is no row {number}; there are 0 to {len(rows) - 1}" for number, _ in decided if number not in rows.index
    ]
    problems += [f"row {number} is accepted and dropped" for number in {*accept, *change} & {*drop}]
    for number, cells in change.items():
        unknown = [name for name in cells if name not in LEDGER_COLUMNS]
        problems += [f"row {number}: {name!r} is no column of a ledger" for name in unknown]
        if number in rows.index and not unknown:
            rows.loc[number, list(cells)] = [str(cell) for cell in cells.values()]
    if not problems:
        for number, decision in decided:
            rows.loc[number, DECISION] = decision
            problem = problem_of(rows.loc[number].to_dict(), path=f"row {number}") if decision == "accept" else ""
            problems += [problem] if problem else []
    if problems:
        raise InputError("\n  ".join(["the review is refused:", *problems]) if len(problems) > 1 else problems[0])
    return rows


def texts_of(rows: pd.DataFrame) -> dict[str, str]:
    """Texts of the candidates' documents that are still where they were read."""
    from forecast.readers.documents import read_documents

    paths = {Path(str(name).split(", line ")[0].split(", entry ")[0]) for name in rows["document"]}
    return {one.name: one.text for path in sorted(paths) if path.is_file() for one in read_documents(path)}


def candidate_words(row: pd.Series, texts: Mapping[str, str]) -> str:
    """One candidate for its reviewer: where it stands, what is said there, its cells, and what is left open."""
    first, last = int(str(row["evidence_start"])), int(str(row["evidence_end"]))
    said = " ".join(texts.get(str(row["document"]), "")[first:last].split())
    lines = [f"{row['document']}, characters {first} to {last}", *([f"“{said}”"] if said else [])]
    lines += [f"{name:<11} {row[name]}" for name in LEDGER_COLUMNS if row[name]]
    lines.append(f"{'sure':<11} {row['confidence']}")
    lines += [f"{'left open':<11} {row['unresolved']}"] if row["unresolved"] else []
    return "\n".join(f"  {line}" for line in lines)


def candidates_table(rows: pd.DataFrame) -> Table:
    """Candidates as one table: what, between whom, when, how sure, and below each who and what is open."""
    columns = [
        Column("row", align="right"), Column("day"), Column("who"), Column("event"), Column("level"), Column("status"),
        Column("sure", align="right", form=percent),
    ]  # fmt: skip
    decided = DECISION in rows
    cells, details = [], []
    for number, row in rows.reset_index(drop=True).iterrows():
        cells.append(
            (
                str(number), str(row["started_on"]), f"{row['source'] or '?'} {row['recipient'] or '?'}",
                f"{row['event']} {row['mode']}", row["level"], row["status"], float(row["confidence"]),
                *([row[DECISION]] if decided else []),
            )
        )  # fmt: skip
        details.append("; ".join(filter(None, (row["persons"], row["unresolved"]))))
    return Table([*columns, *([Column("decision")] if decided else [])], cells, details=details)
