"""Time and memory of the panel of many dyads, each with a ledger of its own.

Run ``.venv/bin/python benchmarks/many_dyads.py [DYADS]``. A workspace with so many generated ledgers (680 by default:
monthly reports over twenty years, half of them meetings of leaders, coverage undeclared) is laid out in a temporary
folder, and a panel of twelve monthly as-of dates is built of it in a process of its own.
"""

from __future__ import annotations

import itertools
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np

from forecast.dates import as_of_grid
from forecast.facts.countries import states
from forecast.panel.panel import build_panel
from forecast.workspace import load_history

DYADS: Final = 680
HEADER: Final = "started_on,known_on,source,recipient,event,mode,level\n"


def write_ledgers(folder: Path, count: int, *, seed: int = 0) -> None:
    """Write ledgers of the first pairs of states that exist today, each with a row a month from 2000 to 2019."""
    folder.mkdir(parents=True)
    alive = [code for code, state in sorted(states().items()) if state.exists_on(np.datetime64("2000-01-01"))
             and state.exists_on(np.datetime64("2020-01-01"))]  # fmt: skip
    generator = np.random.default_rng(seed)
    months = np.arange("2000-01", "2020-01", dtype="datetime64[M]").astype("datetime64[D]")
    for one, other in itertools.islice(itertools.combinations(alive, 2), count):
        days = months + generator.integers(0, 28, len(months))
        levels = generator.choice(["leader", "minister"], len(months))
        rows = [f"{day},{day},{one},{other},CONSULT,visit,{level}\n" for day, level in zip(days, levels, strict=True)]
        (folder / f"{one}-{other}.csv".lower()).write_text(HEADER + "".join(rows), encoding="utf-8")


def main() -> None:
    """Print seconds of reading and of the panel, its rows, and the peak of memory."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DYADS
    with tempfile.TemporaryDirectory() as place:
        write_ledgers(Path(place) / "data" / "raw" / "engagements", count)
        began = time.process_time()
        history = load_history(Path(place))
        read = time.process_time()
        panel = build_panel(history, as_of_grid(np.datetime64("2018-01-01"), np.datetime64("2018-12-01")))
        done = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{count} dyads, {len(history.events)} events, {len(panel.signals)} rows of {panel.signals.shape[1]} columns")
    print(f"reading {read - began:.1f} CPU s, panel {done - read:.1f} CPU s, peak {peak:.2f} GiB")


if __name__ == "__main__":
    main()
