"""Speed and memory of the command and of the panel, for docs/benchmarks.md.

Run ``make bench``, or ``make speed`` for this part alone. Processes are timed from outside, the median of several
runs, and compared in the same run with ``python -c "import pandas, sklearn.linear_model"`` on the same machine.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np

TOP = Path(__file__).resolve().parent.parent
COMMAND = str(Path(sys.executable).with_name("forecast"))
RUNS = 7
T = TypeVar("T")
IMPORTS = [sys.executable, "-c", "import pandas, sklearn.linear_model"]


def seconds(command: list[str], *, runs: int = RUNS) -> float:
    """Median wall time of a process."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def peak_gib() -> float:
    """Most memory that any finished process of this run held."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20


def build_panel_of_all(root: Path) -> tuple[float, tuple[int, int], float]:
    """Seconds, shape and peak memory (GiB) of the panel of all dyads of the USA, monthly since 1990."""
    from forecast.dates import as_of_grid
    from forecast.panel.panel import build_panel
    from forecast.workspace import load_history

    history = load_history(root)
    grid = as_of_grid(np.datetime64("1990-01-01"), np.datetime64("2024-05-01"))
    start = time.perf_counter()
    panel = build_panel(history, grid, focal="USA")
    taken = time.perf_counter() - start
    return taken, panel.signals.shape, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def in_own_process(work: Callable[[Path], T], root: Path) -> T:
    """Work in a process of its own, whose memory nothing else has touched."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, root).result()


def main() -> None:
    """Print each figure beside its limit."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        shutil.copytree(TOP / "data", root / "data")
        ask = [COMMAND, "predict", "USA-CHN", "--as-of", "2023-09-29", "--root", str(root)]
        first = seconds(ask, runs=1)
        print(f"first forecast with training: {first:.1f} s (limit 30), peak memory {peak_gib():.2f} GiB (limit 2)")
        base, one = seconds(IMPORTS), seconds(ask)
        print(f"imports alone {base:.2f} s; one forecast {one:.2f} s: ratio {one / base:.2f} (limit 2.0)")
        horizons = "30,60,90,180,365,730"
        single = seconds([*ask, "--horizon", horizons])
        every = [COMMAND, "predict", "--all", "--focal", "USA", "--as-of", "2023-09-29", "--horizon", horizons]
        everyone = seconds([*every, "--root", str(root)])
        print(f"six horizons: all {everyone:.2f} s; one dyad {single:.2f} s; ratio {everyone / single:.2f} (limit 2)")
        print(f"forecast --help: {seconds([COMMAND, '--help']):.2f} s (limit 0.3)")
        taken, shape, peak = in_own_process(build_panel_of_all, root)
        print(
            f"panel of all dyads, monthly since 1990: {taken:.1f} s (limit 10), peak memory {peak:.2f} GiB (limit 2), "
            f"{shape[0]} rows, {shape[1]} signals"
        )
        every_model = [COMMAND, "backtest", "--focal", "USA", "--root", str(root)]
        print(f"backtest of all models, monthly 2010 to 2024-05: {seconds(every_model, runs=1):.0f} s (limit 300)")


if __name__ == "__main__":
    main()
