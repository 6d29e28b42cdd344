"""Journeys that were planned and called off, with the reason in Spanish."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Final

from forecast.errors import StateError
from forecast.facts.countries import find_state
from forecast.files import file_reader
from forecast.readers.coded_source import meeting
from forecast.readers.tables import Problems

_CANCELLED: Final = (
    "LeaderCountryOrIGO", "LeaderFullName", "CountryVisited_Planeado", "TripStartDate_Planeado", "TripEndDate_Planeado",
    "Visit_Category", "Cancellation_Reason", "Source_Verification",
)  # fmt: skip
_MONTHS: Final = {
    name: number for number, name in enumerate(re.findall(r"\w+", "ene feb mar abr may jun jul ago sep oct nov dic"), 1)
}
_SAID_ON: Final = re.compile(
    r"(?:anuncio(?: del?)?|anunciad[oa](?: el)?|(?:cancelad|postergad|suspendid)[oa] el|retir[oó][^.]{0,60}? el)\s+"
    r"(?P<day>\d{1,2})[/-](?P<month>\d{1,2}|[a-z]{3,4})(?:[/-](?P<year>\d{4}))?",
    re.IGNORECASE,
)


@file_reader
def read_cancelled(path: Path) -> tuple[list[dict[str, str]], list[tuple[str, str, str, str]], list[dt.date]]:
    """Give journeys that were called off as snubs of the state to be visited, what is left out, and the days known."""
    problems = Problems(path)
    rows, uncoded = [], []
    records = problems.rows(_CANCELLED, some=True)
    for row in records:
        first = row.date("TripStartDate_Planeado")
        last = row.date("TripEndDate_Planeado") if row["TripEndDate_Planeado"] else first
        codes = []
        for column in ("LeaderCountryOrIGO", "CountryVisited_Planeado"):
            try:
                codes.append(find_state(row[column]))
            except StateError as error:
                row.refuse(str(error))
        if len(codes) < 2 or first == dt.date.min:
            continue
        source, recipient = codes
        record_id = f"{source}-{recipient}-{first}"
        if last < first:
            uncoded.append((record_id, first.isoformat(), "trip ends before it begins", row["LeaderFullName"]))
            continue
        known = said_on(row["Cancellation_Reason"], first)
        rows.append(
            meeting(
                (first, last),
                record_id=record_id,
                occurred_on=known.isoformat(),
                known_on=known.isoformat(),
                source=source,
                recipient=recipient,
                event="SANCTION",
                mode="cancel",
                setting="bilateral" if row["Visit_Category"] == "Bilateral" else "multilateral",
                status="cancelled",
                persons=row["LeaderFullName"],
                note="journey called off",
                url=address(row["Source_Verification"]),
            )
        )
    problems.check()
    days = [dt.date.fromisoformat(row["known_on"]) for row in rows]
    return rows, uncoded, days


def said_on(text: str, planned: dt.date) -> dt.date:
    """Give the day of a cancellation if the text names it as such, otherwise the planned first day.

    Examples
    --------
    >>> said_on("CANCELADA (anuncio 17/9/2013) por el espionaje", dt.date(2013, 10, 23))
    datetime.date(2013, 9, 17)
    >>> said_on("CANCELADO tras una caida (19/10/2024)", dt.date(2024, 10, 22))
    datetime.date(2024, 10, 22)
    """
    for found in _SAID_ON.finditer(text):
        month = found["month"].lower()
        number = int(month) if month.isdigit() else _MONTHS.get(month[:3], 0)
        try:
            day = dt.date(int(found["year"] or planned.year), number, int(found["day"]))
        except ValueError:
            continue
        if day <= planned:
            return day
    return planned


def address(cell: str) -> str:
    """Give the cell if it is an address, otherwise nothing."""
    text = cell.strip()
    return text if re.match(r"https?://\S+$", text) else ""
