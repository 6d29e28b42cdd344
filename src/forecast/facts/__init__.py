"""Facts: the event schema, states, leaders, the calendar, coverage, and the history behind its time gate."""

from __future__ import annotations

import csv
from importlib.resources import files


def package_rows(name: str) -> list[dict[str, str]]:
    """Rows of a table that comes with the program, such as ``facts/data/states.csv``."""
    return list(csv.DictReader((files("forecast") / name).read_text(encoding="utf-8").splitlines()))
