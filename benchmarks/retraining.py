"""What a retraining of the shipped records costs: wall time, processor time, memory.

Run ``.venv/bin/python benchmarks/retraining.py`` (two to three minutes). A new workspace is retrained as of 2024-06-01,
without a champion, and as of 2024-09-01, against the first one, both tracked in MLflow; then the same is asked again,
which does nothing. On a busy machine look at the processor time: the wall time is that of the company.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from forecast.verbs.init import init

SCRIPT = Path(sys.executable).with_name("forecast")


def main() -> None:
    """Retrain three times and print what each took."""
    print(f"{'retrain':<38}{'wall':>8}{'CPU':>8}{'peak':>10}  load before")
    with tempfile.TemporaryDirectory(prefix="retraining-") as place:
        root = init(Path(place) / "ws")
        for as_of in ("2024-06-01", "2024-09-01", "2024-09-01"):
            measure(root, as_of)


def measure(root: Path, as_of: str) -> None:
    """Retrain in a process of its own."""
    load = os.getloadavg()[0]
    begun = time.monotonic()
    with subprocess.Popen(
        [SCRIPT, "retrain", "--root", str(root), "--as-of", as_of], stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        said = running.stdout.read()
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"ended with {running.returncode}")
    decided = re.search(r"(?:Retraining as of .*: |already, )(.*)", said)
    what = f"as of {as_of}: {decided[1] if decided else said[:20]}"
    cpu = used.ru_utime + used.ru_stime
    peak = used.ru_maxrss / 2**20
    print(f"{what:<38}{time.monotonic() - begun:>6.0f} s{cpu:>6.0f} s{peak:>6.2f} GiB  {load:.1f}", flush=True)


if __name__ == "__main__":
    main()
