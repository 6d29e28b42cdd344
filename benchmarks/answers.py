"""How long an answer takes beside bare imports on the same machine, for docs/benchmarks.md.

    python benchmarks/answers.py [--runs N] [--quick]

A figure is the CPU time of a whole process and its children, so that other work on the machine does not count; a ratio
is the median of paired runs, the two commands one after the other in turn. `--quick` leaves out what trains a model.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
IMPORTS = [sys.executable, "-c", "import pandas, sklearn.linear_model"]
COMMAND = [sys.executable, "-c", "from forecast.cli.main import main; main()"]
#: One thread, and modules compiled once: as an installation has them.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "OMP_NUM_THREADS": "1",
}
DAY = "2023-09-29"
#: Other days of the year for which the same model answers, so that no run repeats the question before it.
DAYS = ("2023-03-01", "2023-05-17", "2023-07-04", "2023-08-08", "2023-10-30", "2023-11-11", "2023-12-24")
NOTEBOOK = f"""
import sys, time, forecast as fc
fc.predict("USA-CHN", as_of={DAY!r}, root=sys.argv[1])
start = time.process_time()
fc.predict("USA-CHN", as_of=sys.argv[2], root=sys.argv[1])
print(time.process_time() - start)
"""


def cpu(command: list[str]) -> float:
    """CPU seconds of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def paired(one: Callable[[int], list[str]], other: Callable[[int], list[str]], runs: int) -> tuple[float, float, float]:
    """Median CPU seconds of two commands run in turn, and the median of their ratios."""
    cpu(one(0)), cpu(other(0))  # files are in memory and what is kept is kept
    pairs = [(cpu(one(run)), cpu(other(run))) for run in range(runs)]
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs), statistics.median(a / b for a, b in pairs)


def crowd(path: Path) -> Path:
    """Twenty questions over fifteen years with somebody's probability."""
    lines = []
    for n in range(20):
        day = f"{2008 + n * 15 // 20}-{1 + n % 12:02d}"
        lines.append(f"q{n},USA-{('CHN', 'FRA', 'IND', 'JPN')[n % 4]},{day}-01,{day}-28,0.1,,crowd")
    path.write_text(
        "\n".join(["question,dyad,as_of,by,probability,outcome,forecaster", *lines]) + "\n", encoding="utf-8"
    )
    return path


def main() -> None:
    """Print each figure beside what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; CPU seconds, medians of {given.runs} paired runs")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        shutil.copytree(TOP / "data" / "raw", root / "data" / "raw")
        (root / "data" / "features").mkdir()

        def ask(*words: str) -> list[str]:
            return [*COMMAND, *words, "--root", str(root)]

        def one(run: int) -> list[str]:
            return ask("predict", "USA-CHN", "--as-of", DAYS[run % len(DAYS)])

        def everyone(run: int) -> list[str]:
            return ask("predict", "--all", "--focal", "USA", "--as-of", DAYS[run % len(DAYS)])

        def show(name: str, figure: float, wanted: str, detail: str = "") -> None:
            print(f"{name:<52}{figure:8.2f}   wanted {wanted}{detail}", flush=True)

        taken = cpu(one(0))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        show("first forecast, with training: CPU s", taken, "12")
        show("  its peak memory: GiB", peak, "1")
        for name, command, base, wanted in (
            ("one forecast / imports", one, lambda _: IMPORTS, "1.0"),
            ("all dyads of the USA / one", everyone, one, "1.2"),
            (
                "explain / imports",
                lambda _: ask("explain", "USA-CHN", "--as-of", DAY, "--by", "2023-11-30"),
                lambda _: IMPORTS,
                "1.5",
            ),
            (
                "report with one sheet / imports",
                lambda _: ask("report", "USA-CHN", "--as-of", DAY, "--output", f"{folder}/report.html"),
                lambda _: IMPORTS,
                "3",
            ),
        ):
            ours, theirs, ratio = paired(command, base, given.runs)
            show(name, ratio, wanted, f"   ({ours:.2f} s, {theirs:.2f} s)")
        second = [
            float(
                subprocess.run(
                    [sys.executable, "-c", NOTEBOOK, str(root), day],
                    check=True, capture_output=True, text=True, env=ENVIRONMENT,
                ).stdout
            )
            for day in [DAY] * given.runs + list(DAYS)
        ]  # fmt: skip
        show("second forecast of a process, same day: s", statistics.median(second[: given.runs]), "0.15")
        show("second forecast of a process, other days: s", statistics.median(second[given.runs :]), "0.15")
        show("forecast --help: s", statistics.median(cpu([*COMMAND, "--help"]) for _ in range(given.runs)), "0.1")
        questions = str(crowd(Path(folder) / "crowd.csv"))
        show(
            "verify, 20 questions of 15 years, climatology: s",
            cpu(ask("verify", questions, "--model", "climatology")),
            "10",
        )
        if not given.quick:
            show("the same with the default model, trained anew: s", cpu(ask("verify", questions)), "60")
            show("retrain: s", cpu(ask("retrain", "--as-of", "2024-06-01")), "40")


if __name__ == "__main__":
    main()
