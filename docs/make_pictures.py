"""Draw the picture of the front pages, and keep the figures in it: `make pictures`."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import forecast as fc

STATIC = Path(__file__).resolve().parent / "static"
PICTURE, FIGURES = STATIC / "xi-biden-2023.png", STATIC / "xi-biden-2023.csv"
DYAD, START, END = "USA-CHN", "2023-02-03", "2023-11-24"


def weekly(root: Path) -> pd.DataFrame:
    """Forecasts of each Friday of 2023 for the 90 days after it."""
    return fc.follow(DYAD, start=START, end=END, horizons=90, root=root)


def main(root: Path) -> None:
    """Write the picture and its figures."""
    rows = weekly(root)
    events = fc.engagements(DYAD, as_of="2023-12-31", root=root)
    picture = fc.pictures.timeline(
        rows,
        events=events[events["occurred_on"] >= START],
        venues=fc.venues_ahead(DYAD, as_of=START, horizon=320, root=root),
    )
    picture.savefig(PICTURE, dpi=100)
    rows[["as_of", "probability"]].round(3).to_csv(FIGURES, index=False, lineterminator="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else STATIC.parent.parent)
