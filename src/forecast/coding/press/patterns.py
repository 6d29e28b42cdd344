"""Patterns of titles and sentences, which stand in a table beside this file."""

from __future__ import annotations

import re
from typing import Final

from forecast.coding import read_table

PATTERNS: Final = {row["name"]: re.compile(row["pattern"]) for row in read_table("press/patterns.csv")}
