"""Crashes for real: what a retraining leaves behind when it is killed, and when disk, database or company are bad.

Run ``.venv/bin/python benchmarks/crashes.py`` (about ten minutes on two idle cores; Linux). A workspace of six
simulated ledgers is retrained again and again:

* ``--kills`` times (default 120) a retraining, MLflow and all, is killed with SIGKILL at a random instant. What is
  computed before the first write is computed once and handed in, so that the instants lie in the writing; each
  twentieth retraining computes everything anew. After each kill the champion must answer, to the bit, as the old or as
  the new one; then a retraining that is left alone must heal: the new champion, the registry in agreement, no drafts
  left;
* the disk is full (a small file system in memory where one may be mounted, otherwise a limit on the size of files);
* the store is read-only (where a file system may be mounted), and the database of runs is corrupt: the champion is new
  all the same, and registered once the damaged database is moved away;
* two retrainings and ten predictions at once.

The margin is opened wide, so that a base rate is promoted at every date and its probabilities change.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import forecast.tracking.runs
from forecast.dates import parse_day
from forecast.errors import BusyError, ForecastError, TrackingError
from forecast.leakage import permutation
from forecast.panel.panel import build_panel
from forecast.promotion import challenge as challenging
from forecast.promotion import checks
from forecast.promotion.champions import alone
from forecast.promotion.registry import agreement
from forecast.tracking.client import mlflow
from forecast.training.champion import read_champion
from forecast.verbs import predict as predicting
from forecast.verbs import retrain as retraining
from forecast.workspace import load_history
from simulated_ledgers import league_workspace

MODEL = "base-rate"
DYAD = "IND-PAK"

#: KiB that are left on a full disk.
ROOMS = (0, 8, 32, 64, 128, 256, 512, 1024)

FIRST, NEXT, ASKED = "2018-02-01", "2018-06-01", "2019-06-01"


def main() -> None:
    """Crash in every way and print what was seen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--place", help="Folder for the workspaces, such as /dev/shm, where nothing waits for a disk.")
    asked = parser.parse_args()
    # A base rate passes, and the audit is quick: it has tests of its own.
    checks.MARGIN, checks.MEANS, permutation._MOST, challenging.TRIALS = 10.0, (0.0, 100.0), 2, 1  # type: ignore[misc]
    # Figures take most of the time of a run, and every one is written like the other files.
    forecast.tracking.runs._figures = lambda forecasts: iter(())
    # Imported before any fork.
    mlflow()
    import_module("mlflow.pyfunc")

    with tempfile.TemporaryDirectory(prefix="crashes-", dir=asked.place) as place:
        root = league_workspace(Path(place) / "ws")
        if in_child(lambda: retrain(root, FIRST)):
            raise SystemExit("the first retraining failed")
        given = computed(root)
        failures = kills(root, given, asked.kills, random.Random(asked.seed))
        failures += full_disk(root, given, Path(place))
        failures += read_only(root, given, Path(place))
        failures += corrupt_database(root, given)
        failures += company(root)
    print("everything held" if not failures else f"{failures} failures")
    sys.exit(1 if failures else 0)


# --- killed at a random instant ---


def kills(base: Path, given: challenging.Challenge, n: int, chance: random.Random) -> int:
    """Kill retrainings of copies of a workspace."""
    signals = rows_asked(base)
    old = answers(base, signals)
    took = {True: 0.0, False: 0.0}
    seen: Counter[str] = Counter()
    failures = 0
    for k in range(n + 2):
        whole = k % 20 == 1
        part = None if whole else given
        root = copied(base, base.with_name(f"killed-{k}"))
        begun = time.monotonic()
        child = fork(lambda root=root, part=part: retrain(root, NEXT, given=part))
        if not took[whole]:  # the first of each kind is left alone and timed
            os.waitpid(child, 0)
            took[whole] = time.monotonic() - begun
            print(
                f"a retraining {'that computes' if whole else 'from what was computed'} takes {took[whole]:.1f} s",
                flush=True,
            )
            shutil.rmtree(root)
            continue
        time.sleep(chance.uniform(0.0, took[whole]))
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        between = answers(root, signals)
        left = len(remains(root))
        healed = in_child(lambda root=root, part=part: retrain(root, NEXT, given=part))
        new = answers(root, signals)
        name = (root / "mlruns" / "champion-meeting").resolve().name
        problems = [
            "" if between in (old, new) else "a mix of champions",
            "" if healed == 0 else f"the next retraining ended with {healed}",
            "" if NEXT in new[-1] and new != old else "the next retraining did not promote",
            "" if (said := registry(root, name)) == "agrees" else said,
            "" if not remains(root) else f"left behind: {remains(root)}",
        ]
        seen["killed" if status == -signal.SIGKILL else "quicker than the kill"] += 1
        seen["the old champion" if between == old else "the new champion"] += 1
        seen["with drafts left"] += bool(left)
        for problem in filter(None, problems):
            failures += 1
            print(f"FAILED after kill {k}: {problem}", flush=True)
        shutil.rmtree(root)
        if k % 10 == 0:
            print(f"  {k} kills, {failures} failures", flush=True)
    told = ", ".join(f"{what} {count}" for what, count in seen.items())
    print(f"kill -9 at {n} random instants: {told}; {failures} failures", flush=True)
    return failures


def copied(base: Path, place: Path) -> Path:
    """A copy of a workspace."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(base, place, symlinks=True)
    return place


def rows_asked(root: Path) -> pd.DataFrame:
    """Rows with which a champion is asked."""
    return build_panel(load_history(root), np.array([parse_day(ASKED)])).signals


def registry(root: Path, name: str) -> str:
    """What the registry says; read in a child, for a store that MLflow opened here could not be forked."""
    answer = root.with_name("agreement.txt")
    in_child(lambda: answer.write_text(agreement(root, "meeting", name), encoding="utf-8"))
    said = answer.read_text(encoding="utf-8")
    return "agrees" if said == "registry and files agree" else said


def computed(root: Path) -> challenging.Challenge:
    """What the next retraining computes before it writes."""
    champion, day = read_champion(root, "meeting"), parse_day(NEXT)
    return challenging.challenge(
        root, load_history(root), day, model=MODEL, target="meeting", champion=champion, say=lambda step: None
    )


def retrain(root: Path, day: str, *, given: challenging.Challenge | None = None, track: bool = True) -> None:
    """Retrain, from what was computed before if it is given; a problem with the store of runs is an error."""
    if given is not None:
        retraining.challenge = lambda *args, **kwargs: given  # type: ignore[assignment]
    done = retraining.retrain(root=root, as_of=day, model=MODEL, track=track)
    if done.problem:
        raise TrackingError(done.problem)


def answers(root: Path, signals: pd.DataFrame) -> list[str]:
    """What the champion says, to the last bit, and who it is."""
    champion = read_champion(root, "meeting")
    assert champion is not None
    found = champion.trained.model.predict_cumulative_incidence(signals, [90])[:, 0]
    return [float(p).hex() for p in found] + [champion.trained.card.model_version]


def remains(root: Path) -> list[str]:
    """Drafts that nobody cleared."""
    store = root / "mlruns"
    return [
        str(path.relative_to(store))
        for place in (store, store / "champions", store / "retrain")
        for path in place.glob(".*")
    ]


def fork(act: Callable[[], object]) -> int:
    """Begin a child and give its number."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    try:
        act()
    except ForecastError as error:
        print(f"  says: {error}", file=sys.stderr, flush=True)
        os._exit(error.exit_code)
    except BaseException as error:
        print(f"  {error!r}", file=sys.stderr, flush=True)
        os._exit(99)
    os._exit(0)


def in_child(act: Callable[[], object]) -> int:
    """Act in a child and give how it ended."""
    return os.waitstatus_to_exitcode(os.waitpid(fork(act), 0)[1])


# --- bad places ---


@contextmanager
def mounted(place: Path, *, megabytes: int) -> Iterator[Path | None]:
    """A small file system in memory, or None where none may be mounted."""
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if done.returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def full_disk(base: Path, given: challenging.Challenge, place: Path) -> int:
    """Retrain with ever more room: each failure leaves the old champion or the new one, and the next call heals."""
    ends: Counter[int] = Counter()
    failures = 0
    signals = rows_asked(base)
    old = answers(base, signals)
    with mounted(place / "small", megabytes=64) as small:
        for room in ROOMS:
            root = copied(base, (small or place) / "full")
            ballast = root.with_name("ballast")
            if small is not None:
                ballast.write_bytes(b"\0" * max(0, shutil.disk_usage(small).free - room * 1024))

            def limited(root: Path = root, room: int = room) -> None:
                if small is None:
                    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                    resource.setrlimit(resource.RLIMIT_FSIZE, (room * 1024, room * 1024))
                retrain(root, NEXT, given=given)

            ended = in_child(limited)
            ends[ended] += 1
            between = answers(root, signals)
            ballast.unlink(missing_ok=True)
            healed = in_child(lambda root=root: retrain(root, NEXT, given=given))
            new = answers(root, signals)
            # A disk that fills up after the link was replaced leaves the new champion, whole.
            if not (ended in (0, 3, 10) and between in (old, new) and healed == 0 and new != old and not remains(root)):
                failures += 1
                print(f"FAILED with {room} KiB: {ended} {between[-1]} {healed} {new[-1]} {remains(root)}", flush=True)
    kind = "a full file system in memory" if small is not None else "a limit on the size of files"
    told = ", ".join(f"{count} with code {code}" for code, count in sorted(ends.items()))
    print(f"full disk ({kind}) with {ROOMS} KiB left: {told}; {failures} failures", flush=True)
    return failures


def read_only(base: Path, given: challenging.Challenge, place: Path) -> int:
    """Retrain on a file system that became read-only."""
    with mounted(place / "frozen", megabytes=64) as frozen:
        if frozen is None:
            print("read-only store: not tried, for no file system may be mounted", flush=True)
            return 0
        root = copied(base, frozen / "ws")
        signals = rows_asked(root)
        old = answers(root, signals)
        subprocess.run(["mount", "-o", "remount,ro", str(frozen)], check=True)
        ended = in_child(lambda: retrain(root, NEXT, given=given))
        between = answers(root, signals)
        subprocess.run(["mount", "-o", "remount,rw", str(frozen)], check=True)
        healed = in_child(lambda: retrain(root, NEXT, given=given))
        new = answers(root, signals)
    good = ended == 3 and between == old and healed == 0 and new != old
    print(f"read-only store: code {ended}, then code {healed}: {'held' if good else 'FAILED'}", flush=True)
    return int(not good)


def corrupt_database(base: Path, given: challenging.Challenge) -> int:
    """Damage the database of runs in several ways: predictions do not care, a retraining promotes all the same."""
    failures = 0
    signals = rows_asked(base)
    ways: dict[str, Callable[[Path], object]] = {
        "filled with noise": lambda path: path.write_bytes(random.Random(1).randbytes(100_000)),
        "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 77]),
        "emptied": lambda path: path.write_bytes(b""),
        "gone": Path.unlink,
    }
    for way, harm in ways.items():
        root = copied(base, base.with_name("damaged"))
        harm(root / "mlruns" / "mlflow.db")
        old = answers(root, signals)
        ended = in_child(lambda root=root: retrain(root, NEXT, given=given))
        new = answers(root, signals)
        good = new != old and NEXT in new[-1] and ended == (10 if way in ("filled with noise", "cut in half") else 0)
        if ended:
            (root / "mlruns" / "mlflow.db").rename(root / "mlruns" / "mlflow.db.damaged")
            good = good and in_child(lambda root=root: retrain(root, NEXT, given=given)) == 0
        name = (root / "mlruns" / "champion-meeting").resolve().name
        good = good and registry(root, name) == "agrees"
        failures += not good
        print(f"database {way}: retraining ended with {ended}: {'held' if good else 'FAILED'}", flush=True)
    return failures


def company(root: Path) -> int:
    """Two retrainings and ten predictions at once: one retrains, the other finds it done, predictions are whole."""
    signals = build_panel(load_history(root), np.array([parse_day(ASKED)])).signals
    old = answers(root, signals)

    def predict_often() -> None:
        found = set()
        for _ in range(4):
            row = predicting.predict(DYAD, as_of=ASKED, root=root, horizons=[90]).iloc[0]
            found.add((row["model_version"], float(row["probability"]).hex()))
        told.write_text("\n".join(f"{version} {bits}" for version, bits in found) + "\n", encoding="utf-8")

    children = [fork(lambda: retrain(root, "2019-05-01")) for _ in range(2)]
    files = []
    for k in range(10):
        told = root.with_name(f"predicted-{k}.txt")
        files.append(told)
        children.append(fork(predict_often))
    ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    new = answers(root, signals)
    said = {line for told in files for line in told.read_text(encoding="utf-8").splitlines()}
    row = predicting.predict(DYAD, as_of=ASKED, root=root, horizons=[90]).iloc[0]
    allowed = {old[-1], new[-1]}
    by_version = {line.split()[0] for line in said}
    whole = len(said) == len(by_version) and by_version <= allowed
    last = f"{row['model_version']} {float(row['probability']).hex()}"
    good = ended == [0] * 12 and new != old and whole and last.split()[0] == new[-1]
    told_ends = f"ended with {sorted(set(ended))}, {len(by_version)} champions seen, each with one probability"
    print(f"two retrainings and ten predictions at once: {told_ends}: {'held' if good else 'FAILED'}", flush=True)
    busy = in_child(lambda: _held(root))
    print(
        f"a third one that does not wait: code {busy}: {'held' if busy == BusyError.exit_code else 'FAILED'}",
        flush=True,
    )
    return int(not good) + int(busy != BusyError.exit_code)


def _held(root: Path) -> None:
    """Hold the lock in one process and ask for it in another."""
    ready, begin = os.pipe()

    def hold() -> None:
        with alone(root, wait_seconds=0):
            os.write(begin, b"1")
            time.sleep(60)

    holder = fork(hold)
    os.read(ready, 1)
    try:
        retraining.retrain(root=root, as_of="2019-05-02", model=MODEL, wait_seconds=0)
    finally:
        # Killed, not asked: the lock goes with its holder.
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)


if __name__ == "__main__":
    main()
