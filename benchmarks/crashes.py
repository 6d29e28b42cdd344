"""Crashes for real: what a retraining leaves behind when it is killed, and when disk, database or company are bad.

Run ``.venv/bin/python benchmarks/crashes.py`` (about ten minutes on two idle cores; Linux). A workspace of six
simulated ledgers is retrained again and again:

* ``--kills`` times (default 120) a retraining, MLflow and all, is killed with SIGKILL at a random instant. What a
  challenger is made of is computed once a date and handed in, so that nearly all instants lie in the writing; each
  tenth retraining computes everything anew. After each kill the champion must answer, to the bit, as the old or as the
  new one; then a retraining that is left alone must heal: the new champion, the registry in agreement, no drafts left;
* the disk is full (a small file system in memory where one may be mounted, otherwise a limit on the size of files);
* the store is read-only (where a file system may be mounted), and the database of runs is corrupt;
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

import forecast.tracking.contents
import forecast.tracking.packaging  # noqa: F401
from forecast.audits import permutation
from forecast.challenges import checks
from forecast.champions import read_champion
from forecast.dates import parse_day
from forecast.errors import BusyError, ForecastError
from forecast.history import History, load_history
from forecast.jobs import challenging, predicting, retraining
from forecast.jobs.mirroring import agreement
from forecast.panel import build_panel
from forecast.tracking.silence import mlflow
from simulated_ledgers import league_workspace

MODEL = "base-rate"
DYAD = "IND-PAK"
ASKED = "2019-06-01"


def main() -> None:
    """Crash in every way and print what was seen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    # A base rate passes, and the audit is quick: it has tests of its own.
    checks.MARGIN, checks.MEANS, permutation._MOST, challenging.TRIALS = 10.0, (0.0, 100.0), 2, 1  # type: ignore[misc]
    # Imported before any fork.
    mlflow()
    import_module("mlflow.pyfunc")

    with tempfile.TemporaryDirectory(prefix="crashes-") as place:
        root = league_workspace(Path(place) / "ws")
        failures = kills(root, asked.kills, random.Random(asked.seed))
        failures += full_disk(root, Path(place))
        failures += read_only(root, Path(place))
        failures += corrupt_database(root)
        failures += company(root)
    print("everything held" if not failures else f"{failures} failures")
    sys.exit(1 if failures else 0)


# --- killed at a random instant ---


def kills(root: Path, n: int, chance: random.Random) -> int:
    """Kill retrainings, one date after the other."""
    history = load_history(root)
    signals = build_panel(history, np.array([parse_day(ASKED)])).signals
    days = [
        str(day) for day in np.arange("2013-01-01", "2019-01-01", dtype="datetime64[D]")[:: max(1, 2190 // (n + 1))]
    ]
    begun = time.monotonic()
    ended = in_child(lambda: retrain(root, days[0]))
    assert ended == 0
    took: dict[bool, float] = {}
    seen: Counter[str] = Counter()
    failures = 0
    for k, day in enumerate(days[1 : n + 1]):
        whole = k % 10 == 9
        old = answers(root, signals)
        given = None if whole else computed(root, history, day)
        limit = took.get(whole, 12.0)
        child = fork(lambda day=day, given=given: retrain(root, day, given=given))
        time.sleep(chance.uniform(0.0, limit))
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        between = answers(root, signals)
        seen["killed" if status == -signal.SIGKILL else "was quicker"] += 1
        begun = time.monotonic()
        healed = in_child(lambda day=day, given=given: retrain(root, day, given=given))
        if status == -signal.SIGKILL and between == old:
            took[whole] = time.monotonic() - begun
        new = answers(root, signals)
        name = (root / "mlruns" / "champion-meeting").resolve().name
        problems = [
            "" if between in (old, new) else "a mix of champions",
            "" if healed == 0 else f"the next retraining ended with {healed}",
            "" if day in new[-1] and new != old else "the next retraining did not promote",
            "" if (said := registry(root, name)) == "registry and files agree" else said,
            "" if not (left := remains(root)) else f"left behind: {left}",
        ]
        seen["champion still the old one" if between == old else "champion already the new one"] += 1
        for problem in filter(None, problems):
            failures += 1
            print(f"FAILED after kill {k + 1} ({day}): {problem}", flush=True)
    told = ", ".join(f"{what}: {count}" for what, count in seen.items())
    print(f"kill -9 at {n} random instants: {told}; {failures} failures", flush=True)
    return failures


def registry(root: Path, name: str) -> str:
    """What the registry says, asked in a child: a store that was opened here could not be forked."""
    read, write = os.pipe()
    child = fork(lambda: os.write(write, agreement(root, "meeting", name).encode()))
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read, "rb") as said:
        return said.read().decode()


def computed(root: Path, history: History, day: str) -> challenging.Challenge:
    """What a retraining computes before it writes."""
    champion = read_champion(root, "meeting")
    return challenging.challenge(
        root, history, parse_day(day), model=MODEL, target="meeting", champion=champion, say=lambda step: None
    )


def retrain(root: Path, day: str, *, given: challenging.Challenge | None = None, track: bool = True) -> None:
    """Retrain, from what was computed before if it is given; a problem with the store of runs is an error."""
    if given is not None:
        retraining.challenge = lambda *args, **kwargs: given  # type: ignore[assignment]
    done = retraining.retrain(root=root, as_of=day, model=MODEL, track=track)
    if done.problem:
        raise ForecastError(done.problem)


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


def full_disk(root: Path, place: Path) -> int:
    """Retrain with ever more room, from none to enough: each failure leaves the old champion, the last one heals."""
    ends: Counter[str] = Counter()
    failures = 0
    with mounted(place / "small", megabytes=16) as small:
        for room in (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 1024):
            where = place / "limited" if small is None else small / "ws"
            shutil.rmtree(where, ignore_errors=True)
            shutil.copytree(root / "data", where / "data", symlinks=True)
            assert in_child(lambda where=where: retrain(where, "2018-02-01", track=False)) == 0
            signals = build_panel(load_history(where), np.array([parse_day(ASKED)])).signals
            old = answers(where, signals)
            ballast = where.parent / "ballast"
            if small is not None:
                left = shutil.disk_usage(small).free
                ballast.write_bytes(b"\0" * max(0, left - room * 1024))
            limit = None if small is not None else room * 1024

            def limited(where: Path = where, limit: int | None = limit) -> None:
                if limit is not None:
                    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
                retrain(where, "2018-06-01", track=False)

            ended = in_child(limited)
            ends[f"code {ended}"] += 1
            between = answers(where, signals)
            ballast.unlink(missing_ok=True)
            healed = in_child(lambda where=where: retrain(where, "2018-06-01", track=False))
            new = answers(where, signals)
            # A disk that fills up after the link was replaced leaves the new champion, whole.
            good = ended in (0, 3) and between in (old, new) and healed == 0 and new != old and not remains(where)
            if not good:
                failures += 1
                print(f"FAILED with {room} KiB: {ended} {between[-1]} {healed} {new[-1]} {remains(where)}", flush=True)
    kind = "a full file system in memory" if small is not None else "a limit on the size of files"
    print(f"full disk ({kind}), eleven sizes: {dict(ends)}; {failures} failures", flush=True)
    return failures


def read_only(root: Path, place: Path) -> int:
    """Retrain on a file system that became read-only."""
    with mounted(place / "frozen", megabytes=64) as frozen:
        if frozen is None:
            print("read-only store: not tried, for no file system may be mounted", flush=True)
            return 0
        where = frozen / "ws"
        shutil.copytree(root / "data", where / "data", symlinks=True)
        assert in_child(lambda: retrain(where, "2018-02-01")) == 0
        signals = build_panel(load_history(where), np.array([parse_day(ASKED)])).signals
        old = answers(where, signals)
        subprocess.run(["mount", "-o", "remount,ro", str(frozen)], check=True)
        ended = in_child(lambda: retrain(where, "2018-06-01"))
        between = answers(where, signals)
        subprocess.run(["mount", "-o", "remount,rw", str(frozen)], check=True)
        healed = in_child(lambda: retrain(where, "2018-06-01"))
        new = answers(where, signals)
    good = ended == 3 and between == old and healed == 0 and new != old
    print(f"read-only store: code {ended}, then code {healed}: {'held' if good else 'FAILED'}", flush=True)
    return int(not good)


def corrupt_database(root: Path) -> int:
    """Damage the database of runs in several ways; predictions do not care, the next retraining begins a new one."""
    failures = 0
    signals = build_panel(load_history(root), np.array([parse_day(ASKED)])).signals
    database = root / "mlruns" / "mlflow.db"
    ways = {
        "filled with noise": lambda: database.write_bytes(random.Random(1).randbytes(100_000)),
        "cut in half": lambda: database.write_bytes(database.read_bytes()[: database.stat().st_size // 2 + 77]),
        "emptied": lambda: database.write_bytes(b""),
        "gone": database.unlink,
    }
    for k, (way, harm) in enumerate(ways.items()):
        harm()
        old = answers(root, signals)
        day = f"2019-02-{k + 1:02d}"
        ended = in_child(lambda day=day: retrain(root, day))
        new = answers(root, signals)
        name = (root / "mlruns" / "champion-meeting").resolve().name
        good = ended == 0 and new != old and day in new[-1] and registry(root, name) == "registry and files agree"
        failures += not good
        print(f"database {way}: retraining ended with {ended}: {'held' if good else 'FAILED'}", flush=True)
    aside = sorted(path.name for path in (root / "mlruns").glob("mlflow.db.*"))
    print(f"set aside, not deleted: {len(aside)} databases", flush=True)
    return failures + (len(aside) != 2)


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
        with retraining.alone(root, wait_seconds=0):
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
