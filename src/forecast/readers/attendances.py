"""Who came for the United States to an edition of a summit: the column `us_attendance` of `venues.csv`.

It is kept apart from the calendar, since nobody knew it before the summit ended: no forecast may see it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from forecast.errors import InputError
from forecast.readers.tables import table_rows

#: The words of the column; an empty cell says that it was not looked up or that there was nothing to attend.
ATTENDANCES: Final = {
    "president": "the president met leaders there in person",
    "unnamed": "he did; the records tell of the leaders' visits and do not name the summit",
    "not_recorded": "he was there in person; no record names a leader whom he met at it",
    "virtual": "he took part from a distance",
    "vice_president": "the vice president came for him",
    "secretary": "the secretary of state came for him",
    "other": "somebody else came for him",
    "none": "nobody came",
    "not_held": "the edition was cancelled or postponed",
}


def read_attendances(path: Path) -> dict[tuple[str, str], str]:
    """Read the attendance of each series and edition; without the file or the column there is none.

    Parameters
    ----------
    path : Path
        A `venues.csv`.

    Raises
    ------
    InputError
        With file, line and column of the first cell that is none of `ATTENDANCES`.
    """
    if not path.exists():
        return {}
    return {
        (row["series"], row["edition"]): attendance_of(row, path, line)
        for line, row in table_rows(path, ("series", "edition"))
    }


def attendance_of(row: dict[str, str], path: Path, line: int) -> str:
    """Give the attendance that a row tells, or an empty text; refuse any other word."""
    told = row.get("us_attendance", "")
    if told and told not in ATTENDANCES:
        raise InputError(
            f"{told!r} is not one of {', '.join(ATTENDANCES)}; leave it empty if it is not known",
            path=path,
            row=line,
            field="us_attendance",
        )
    return told
