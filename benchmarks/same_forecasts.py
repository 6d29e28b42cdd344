"""Whether two checkouts of the program give the same forecasts on the same facts.

    python benchmarks/same_forecasts.py OTHER_CHECKOUT

The facts are those of the other checkout, laid out once for each; prints the largest differences of probabilities and
of their intervals, and fails above `LIMITS`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

#: Probabilities are computed from the same figures in perhaps another order; bounds are quantiles of draws from them.
LIMITS = {"probability": 1e-12, "climatology": 1e-12, "low": 1e-9, "high": 1e-9}
QUESTIONS = [
    ("hazard", "meeting", "2009-07-01"),
    ("hazard", "meeting", "2016-03-15"),
    ("hazard", "meeting", "2023-09-29"),
    ("hazard", "bilateral", "2023-09-29"),
    ("climatology", "meeting", "2023-09-29"),
    ("recurrence", "meeting", "2016-03-15"),
    ("venue-calendar", "meeting", "2023-09-29"),
    ("base-rate", "bilateral", "2016-03-15"),
]
PROGRAM = """
import sys, pandas as pd, forecast as fc
root, output, questions = sys.argv[1], sys.argv[2], [one.split("|") for one in sys.argv[3:]]
parts = [
    fc.predict(as_of=as_of, root=root, horizons=[7, 30, 47, 90, 180, 730], model=model, target=target)
    for model, target, as_of in questions
]
pd.concat(parts).to_csv(output, index=False)
"""


def forecasts(checkout: Path, facts: Path, scratch: Path) -> pd.DataFrame:
    """Forecasts of a checkout for all dyads and questions, in a workspace of its own."""
    root = scratch / f"of-{checkout.name}"
    shutil.copytree(facts, root / "data" / "raw")
    output = root / "forecasts.csv"
    questions = ["|".join(question) for question in QUESTIONS]
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    subprocess.run([sys.executable, "-c", PROGRAM, str(root), str(output), *questions], check=True, env=environment)
    return pd.read_csv(output, keep_default_na=False)


def main() -> int:
    here, other = Path(__file__).resolve().parent.parent, Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "a").mkdir()
        (Path(scratch) / "b").mkdir()
        facts = other / "data" / "raw"
        mine = forecasts(here, facts, Path(scratch) / "a")
        theirs = forecasts(other, facts, Path(scratch) / "b")
    keys = ["model_id", "dyad", "as_of", "horizon_days", "target"]
    if not mine[keys].equals(theirs[keys]):
        print("the checkouts answer different questions")
        return 1
    print(f"{len(mine)} forecasts of {mine['dyad'].nunique()} dyads")
    failed = False
    for name, limit in LIMITS.items():
        difference = float(np.abs(mine[name].astype(float) - theirs[name].astype(float)).max())
        failed |= not difference <= limit
        print(f"largest difference of {name}: {difference:.1e}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
