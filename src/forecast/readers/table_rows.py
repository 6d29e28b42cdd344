"""Rows of a table as rows of a ledger, one by one: days, states and words, with all that is wrong in each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, cast

import numpy as np

from forecast.dates import Day
from forecast.errors import StateError
from forecast.facts.countries import states
from forecast.facts.events import OPTIONAL
from forecast.readers import table_columns as columns
from forecast.readers.state_names import StateNames, number_system
from forecast.readers.table_days import WORDS, DayError, Order, count_orders, is_serial, parse_cell
from forecast.readers.table_files import Row

#: Columns of the rows that come out, in the order of `docs/ledger.md`.
LEDGER: Final = (
    *("started_on", "ended_on", "known_on", "source", "recipient", "event", "mode", "level", "setting", "status"),
    *(name for name in OPTIONAL if name not in ("ended_on", "setting", "status")),
)
_DAYS: Final = ("started_on", "ended_on", "known_on")
_FIXED: Final = ("level", "setting", "status", "mode", "event")
_DEFAULTS: Final = {
    "event": "CONSULT", "mode": "visit", "level": "leader", "setting": "bilateral", "status": "occurred",
}  # fmt: skip
_LONG_DAYS: Final = 14
_LONGEST_DAYS: Final = 366
_SHOWN: Final = 6


class Findings:
    """Problems and notes, the like of them together with their lines."""

    def __init__(self) -> None:
        self._lines: dict[str, list[int]] = {}

    def add(self, said: str, line: int) -> None:
        """Note what is said of a line."""
        self._lines.setdefault(said, []).append(line)

    def lines(self) -> list[str]:
        """Each finding with the lines it holds for."""
        return [f"{said} ({_where(lines)})" for said, lines in self._lines.items()]

    def __bool__(self) -> bool:
        return bool(self._lines)


def _where(lines: list[int]) -> str:
    lines = sorted(set(lines))
    shown = ", ".join(map(str, lines[:_SHOWN]))
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return f"line {shown}" if len(lines) == 1 else f"{len(lines)} rows: lines {shown}{more}"


def order_of(text: str) -> Order | None:
    """Order of day and month that a user wrote, such as ``dd/mm/yyyy`` or ``jj/mm/aaaa``; None if it is none."""
    plain = text.strip().lower()
    if plain in ("dmy", "mdy"):
        return "dmy" if plain == "dmy" else "mdy"
    found = re.fullmatch(r"([djtgm])\1?[-./ ]([djtgm])\2?(?:[-./ ][ajy]{2,4})?", plain)
    if found is None or (found[1] == "m") == (found[2] == "m"):
        return None
    return "mdy" if found[1] == "m" else "dmy"


class TableRows:
    """Reads the rows of one table."""

    def __init__(
        self,
        places: dict[str, int],
        constants: dict[str, str],
        options: Mapping[str, str],
        today: Day,
        notes: list[str],
        problems: list[str],
    ) -> None:
        self.places, self.constants, self.options, self.today = places, constants, options, today
        self.notes, self.problems = notes, problems
        self.bad, self.filled, self.warned = Findings(), Findings(), Findings()
        #: Whether the order of days, or the list of numeric codes, is open: that is one problem for all rows.
        self.guess = self.unnumbered = False

    def read(self, body: list[Row]) -> list[dict[str, str]]:
        """All rows without a problem."""
        self.order = self._proved_order(body)
        self.names = StateNames(self._numbers_of(body))
        # All names once, so that the language of the table is known when a suggestion is made.
        for text in {self._text(cells, side) for _, cells in body for side in ("source", "recipient")}:
            if text and not text.isdigit():
                try:
                    self.names.find(text)
                except StateError:
                    continue
        self.names.forget_suggestions()
        rows = [row for line, cells in body if (row := self._row(line, cells)) is not None]
        language = self.names.language()
        if language:
            self.notes.append(f"names of states: {language}")
        self.notes += [*self.filled.lines(), *self.warned.lines()]
        self.problems += self.bad.lines()
        if not body:
            self.problems.append("the header has no rows below it")
        return rows

    def _text(self, cells: list[str], name: str) -> str:
        return cells[self.places[name]] if name in self.places else self.constants.get(name, "")

    def _proved_order(self, body: list[Row]) -> Order | None:
        wanted = order_of(self.options.get("dates", ""))
        texts = [self._text(cells, name) for _, cells in body for name in _DAYS]
        counted = count_orders(texts)
        if any(map(is_serial, texts)):
            self.notes.append("dates: numbers of five digits are taken as the days that spreadsheets count from 1900")
        if wanted:
            self.notes.append(f"dates: {WORDS[wanted]}, as said")
            return wanted
        if counted.order is not None:
            proofs = max(counted.day_first, counted.month_first)
            self.notes.append(f"dates: {WORDS[counted.order]}, which {proofs} of the days prove")
        elif counted.open and not counted.day_first:
            unclear = next((text for text in texts if count_orders([text]).open), "")
            self.problems.append(
                f"dates: {counted.open} days such as {unclear!r} may be dd/mm/yyyy or mm/dd/yyyy, and no day of the "
                "file is above 12; say dates=dd/mm/yyyy or dates=mm/dd/yyyy"
            )
            self.guess = True
        elif counted.day_first:
            self.problems.append(
                f"dates: {counted.day_first} days are dd/mm/yyyy and as many are mm/dd/yyyy; say which is meant"
            )
            self.guess = True
        # One problem says it for all rows; the rest of each row is still read.
        return "dmy" if self.guess else counted.order

    def _numbers_of(self, body: list[Row]) -> Literal["iso", "cow"] | None:
        wanted = self.options.get("codes", "").lower()
        if wanted in ("iso", "cow"):
            return cast(Literal["iso", "cow"], wanted)
        texts = {self._text(cells, side) for _, cells in body for side in ("source", "recipient", "place")}
        numbers = sorted(text for text in texts if text.isdigit())
        if not numbers:
            return None
        system, why = number_system(numbers)
        if system is None:
            self.problems.append(f"codes: {', '.join(numbers[:_SHOWN])} {why}")
            self.unnumbered = True
        else:
            self.notes.append(f"codes: numbers of {'ISO 3166' if system == 'iso' else 'the Correlates of War list'}")
        return system

    def _wrong(self, said: str) -> None:
        """Note a problem of the row that is read."""
        self.bad.add(said, self.line)
        self.sound = False

    def _row(self, line: int, cells: list[str]) -> dict[str, str] | None:
        """One row as cells of a ledger; None if there is a problem, of which all are noted."""
        self.line, self.sound = line, True
        row = {name: self._text(cells, name) for name in LEDGER}
        self._days(row)
        self._words(row, self._text(cells, "kind"))
        on = np.datetime64(row["started_on"], "D") if self.sound else None
        for side in ("source", "recipient", "place"):
            if not row[side] and side == "place":
                continue
            if row[side].isdigit() and self.unnumbered:
                self.sound = False
                continue
            try:
                if not row[side]:
                    raise StateError("is empty; a state is needed")
                row[side] = self.names.find(row[side], on=on)
            except StateError as error:
                # "did not exist on" holds for the day of the row: said once for all of them.
                said = str(error).split(" on ")[0] + " on its day" if "did not exist" in str(error) else str(error)
                self._wrong(f"{side}: {said}")
        if self.sound and row["source"] == row["recipient"]:
            self._wrong(f"recipient: {states()[row['source']].name} is the visitor too; an event needs two states")
        if not row["place"] and row["mode"] == "visit" and row["event"] == "CONSULT":
            row["place"] = row["recipient"]
        if self.sound and not self.guess:
            self._check_days(row)
        return row if self.sound and not self.guess else None

    def _days(self, row: dict[str, str]) -> None:
        """Read the days of a row; a range in one cell gives both ends."""
        for name in _DAYS:
            text = row[name]
            if not text and name != "started_on":
                continue
            try:
                if not text:
                    raise DayError("is empty; a day is needed")
                first, last = parse_cell(text, order=self.order, today=self.today)
                if name == "started_on":
                    row["started_on"], row["ended_on"] = str(first), row["ended_on"] or str(last)
                else:
                    row[name] = str(last)
            except DayError as error:
                self.sound = False
                if not (self.guess and "in the order" in str(error)):
                    self._wrong(f"{name}: {f'{text!r} ' if text else ''}{error}")
        if self.sound and row["ended_on"] < row["started_on"] and not self.guess:
            self._wrong("ended_on: lies before started_on")

    def _words(self, row: dict[str, str], kind: str) -> None:
        """Values with a fixed vocabulary; what is left blank gets the usual one."""
        for name in _FIXED:
            if row[name]:
                value = columns.meaning(name, row[name])
                if not value:
                    self._wrong(f"{name}: {row[name]!r} is not one of {', '.join(columns.allowed(name))}")
                row[name] = value or row[name]
        if kind:
            row["setting"] = row["setting"] or columns.meaning("setting", kind)
            row["mode"] = row["mode"] or {"phone": "phone", "virtual": "virtual"}.get(columns.meaning("mode", kind), "")
        if row["event"] not in ("", "CONSULT") and not row["mode"]:
            self._wrong("mode: is empty; write how, such as meet, announce or cancel")
        for name, usual in _DEFAULTS.items():
            if not row[name]:
                row[name] = usual
                if name in ("level", "mode"):
                    self.filled.add(f"{name}: not said, taken as {usual}", self.line)
        if row["event"] == "CONSULT" and row["mode"] in ("cancel", "announce", "suspend", "withdraw", "expel"):
            self._wrong(f"mode: {row['mode']!r} is no way to consult; name the event too")

    def _check_days(self, row: dict[str, str]) -> None:
        """Hold the days against one another and today; a missing day of publication is that of the rule of stays."""
        length = int((np.datetime64(row["ended_on"]) - np.datetime64(row["started_on"])).astype(int)) + 1
        occurred = row["status"] == "occurred"
        if not row["known_on"] and not occurred:
            self._wrong(f"known_on: is empty, and what is {row['status']} has no other day of publication")
            return
        if not row["known_on"]:
            row["known_on"] = row["ended_on"]
            self.filled.add("known_on: not said, taken as the last day of the stay", self.line)
        if length > _LONGEST_DAYS:
            self._wrong(f"ended_on: a stay of more than {_LONGEST_DAYS} days")
        elif length > _LONG_DAYS and row["event"] == "CONSULT":
            self.warned.add(f"warning: a stay of more than {_LONG_DAYS} days", self.line)
        if occurred and row["ended_on"] > str(self.today):
            self._wrong(f"status: occurred, but ended after {self.today}; what is planned has the status announced")
        elif row["known_on"] > str(self.today):
            self._wrong(f"known_on: lies after {self.today}")
        if occurred and row["event"] == "CONSULT" and row["known_on"] < row["started_on"]:
            self._wrong("known_on: lies before started_on; what is planned has the status announced")
