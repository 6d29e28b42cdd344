"""The verb *review*: decide which candidate events a ledger is to take, and change what the coder got wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from forecast.coding.candidates import DECISION, LEDGER_COLUMNS, problem_of, read_candidates
from forecast.display.numbers import percent
from forecast.display.table import Column, Table
from forecast.errors import InputError


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


def table(rows: pd.DataFrame) -> Table:
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
