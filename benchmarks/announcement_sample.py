"""A seeded sample of the calendar's days of announcement, to be looked up by hand.

``python benchmarks/announcement_sample.py`` prints 60 editions held since 1990 whose day comes from a source or by a
rule. What was found of each stands in `docs/announcement-sample.md`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from forecast.readers.tables import table_rows

VENUES: Final = Path(__file__).resolve().parents[1] / "data" / "raw" / "venues.csv"
SEED: Final = 20261127
SIZE: Final = 60
SINCE: Final = "1990-01-01"


def sample(path: Path = VENUES, *, size: int = SIZE, seed: int = SEED) -> list[dict[str, str]]:
    """Draw held editions whose day of announcement comes from a source or by a rule, in the order of the file."""
    rows = [
        row
        for _, row in table_rows(path, ("series", "edition", "starts_on", "status", "announced_basis"))
        if row["status"] == "held" and row["starts_on"] >= SINCE and row["announced_basis"] in ("source", "rule")
    ]
    drawn = np.random.default_rng(seed).choice(len(rows), size=min(size, len(rows)), replace=False)
    return [rows[at] for at in sorted(drawn.tolist())]


def main() -> None:
    """Print the sample."""
    for row in sample():
        print(
            f"{row['series']}/{row['edition']}: {row['city']} ({row['host']}), {row['starts_on']} to {row['ends_on']}, "
            f"known from {row['announced_on']} ({row['announced_basis']})"
        )


if __name__ == "__main__":
    main()
