"""The verb *add_to_ledger*: the accepted candidates, as rows of a ledger of the workspace."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.coding.candidates import DECISION, LEDGER_COLUMNS, problem_of, read_candidates
from forecast.errors import InputError
from forecast.files import locked, read_json, write_text
from forecast.readers.coded_facts import ENGAGEMENTS
from forecast.readers.ledger import read_ledger
from forecast.workspace import facts_folder

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
        _declare(ledger)
    return accepted.loc[fresh].reset_index(drop=True)


def _declare(ledger: Path) -> None:
    path = ledger.with_name("manifest.json")
    declared: dict[str, Any] = read_json(path) if path.exists() else {}
    write_text(path, json.dumps({**declared, ledger.name: dict(_DECLARATION)}, indent=1, ensure_ascii=False) + "\n")
