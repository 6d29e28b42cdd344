"""Time and memory of a world of dyads: the panel, a training, and the forecasts of all of them.

    python benchmarks/world.py [--states 15 46 101 195] [--years 10 5 2] [--figures FILE]
    python benchmarks/world.py --figures docs/static/world.csv --picture docs/static/world.png

For each number of states a workspace is laid out whose ledgers hold all journeys of every leader over the years of the
rows and one more, with the shipped calendar and leaders: N states are N (N - 1) / 2 dyads. What happens in it is
simulated: few dyads meet often and most never do, as between the states that there are. Each step runs in a process of
its own: the rows of all dyads on the first day of each month, made and looked at in blocks of dates; the rows for
training; the fit; and `forecast predict --all` with the model that was kept.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

TOP: Final = Path(__file__).resolve().parent.parent
STATES: Final = (15, 46, 101, 195)
#: States of the worlds of fewer dates.
MIDDLE: Final = 101
#: Day of training and of the forecasts.
AS_OF: Final = "2024-01-01"
CALENDAR: Final = ("announcement-rules.csv", "gatherings.csv", "leaders.csv", "memberships.csv", "venues.csv")
#: Share of the pairs of members that meet at a summit, and the rate a year of journeys of leaders, log-normal.
AT_SUMMITS: Final = 0.01
MEDIAN_RATE, SPREAD = 0.02, 1.6


def lay_out(root: Path, n_states: int, years: int, *, seed: int = 0) -> None:
    """Lay out a workspace of so many states, each with a ledger of all journeys of its leader."""
    from forecast.facts.countries import states
    from forecast.readers.calendar import read_calendar

    raw = root / "data" / "raw"
    ledgers = raw / "engagements"
    ledgers.mkdir(parents=True)
    (root / "data" / "features").mkdir()
    (root / "mlruns").mkdir()
    for name in CALENDAR:
        shutil.copy(TOP / "data" / "raw" / name, raw / name)
    until = np.datetime64(AS_OF, "D")
    since = (until.astype("datetime64[Y]") - years - 1).astype("datetime64[D]")
    alive = sorted(code for code, one in states().items() if one.exists_on(since) and one.exists_on(until))[:n_states]
    if len(alive) < n_states:
        raise SystemExit(f"{len(alive)} states exist over these years, not {n_states}")
    generator = np.random.default_rng(seed)
    pairs = np.array(list(itertools.combinations(alive, 2)))
    parts = []
    for level in ("leader", "minister"):
        rates = MEDIAN_RATE * np.exp(SPREAD * generator.standard_normal(len(pairs)))
        times = np.repeat(np.arange(len(pairs)), generator.poisson(rates * (years + 1)))
        ways = np.where(generator.random(len(times))[:, None] < 0.5, pairs[times], pairs[times][:, ::-1])
        days = since + generator.integers(0, int((until - since).astype(int)), len(times))
        parts.append(pd.DataFrame({"started_on": days, "source": ways[:, 0], "recipient": ways[:, 1],
                                   "mode": "visit", "level": level, "setting": "bilateral"}))  # fmt: skip
    for edition in read_calendar(raw).editions:
        if not since <= edition.starts_on < until:
            continue
        there = np.array(list(itertools.combinations(sorted({code for code, _ in edition.members} & set(alive)), 2)))
        met = there[generator.random(len(there)) < AT_SUMMITS] if len(there) else there.reshape(0, 2)
        parts.append(pd.DataFrame({"started_on": edition.starts_on, "source": met[:, 0], "recipient": met[:, 1],
                                   "mode": "third-party", "level": "leader", "setting": "margins"}))  # fmt: skip
    events = pd.concat(parts, ignore_index=True).drop_duplicates().assign(event="CONSULT")
    events["known_on"] = events["started_on"] = events["started_on"].astype("datetime64[s]").dt.strftime("%Y-%m-%d")
    declared = {}
    for code in alive:
        own = events.loc[events["source"] == code].sort_values("started_on", kind="stable")
        own.to_csv(ledgers / f"{code.lower()}.csv", index=False)
        declared[f"{code.lower()}.csv"] = {
            "coverage_start": str(since), "coverage_end": str(until - 1), "focal": code, "direction": "journeys",
        }  # fmt: skip
    (ledgers / "manifest.json").write_text(json.dumps(declared), encoding="utf-8")


def read(root: Path, years: int) -> dict[str, Any]:
    """Read the facts, which are kept for what follows."""
    from forecast.workspace import Workspace

    history = Workspace(root, today=AS_OF).history
    return {"events": len(history.events), "dyads": len(history.cohort(np.datetime64(AS_OF, "D")))}


def panel(root: Path, years: int) -> dict[str, Any]:
    """Make the rows of every dyad, block by block, and look at each of them."""
    from forecast.panel.panel import panel_blocks
    from forecast.training.train import training_days
    from forecast.workspace import Workspace

    day = np.datetime64(AS_OF, "D")
    known = Workspace(root, today=AS_OF).known_before(day)
    began = os.times()
    rows = dates = columns = met = 0
    for block in panel_blocks(known, training_days(known, day)):
        rows, dates, columns = rows + len(block.signals), dates + len(np.unique(block.as_ofs)), block.signals.shape[1]
        met += int((block.outcomes["first_meeting_in_days"] >= 0).sum())
    return {"rows": rows, "dates": dates, "columns": columns, "with a meeting": met, **taken_since(began)}


def fit(root: Path, years: int) -> dict[str, Any]:
    """Make the rows for training and learn from them, apart from one another in time; keep the model."""
    from forecast.models import DEFAULT
    from forecast.training.train import keep_model, train, training_panel
    from forecast.workspace import Workspace

    day = np.datetime64(AS_OF, "D")
    history = Workspace(root, today=AS_OF).history
    began = os.times()
    rows = training_panel(history, day, target="meeting")
    made = taken_since(began)
    began = os.times()
    trained = train(history, day, model=DEFAULT, target="meeting", panel=rows)
    keep_model(root, trained)
    return {"rows": len(rows.signals), "training rows": made, **taken_since(began)}


def taken_since(began: os.times_result) -> dict[str, float]:
    """CPU and wall seconds since a moment."""
    now = os.times()
    return {"cpu": now.user - began.user + now.system - began.system, "wall": now.elapsed - began.elapsed}


STEPS: Final = {"read": read, "panel": panel, "fit": fit}


def step(name: str, root: Path, years: int) -> dict[str, Any]:
    """Run one step in a process of its own and return what it says, with its peak of memory in GiB."""
    command = [sys.executable, __file__, "--step", name, "--root", str(root), "--years", str(years)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def predict_all(root: Path) -> dict[str, Any]:
    """Run `forecast predict --all` as a user does: CPU and wall seconds of the whole process, peak memory and rows."""
    output = root / "all.csv"
    command = [sys.executable, "-c", "from forecast.cli.main import main; main()", "predict", "--all", "--as-of", AS_OF,
               "--root", str(root), "--format", "csv", "--output", str(output)]  # fmt: skip
    began = time.perf_counter()
    with (root / "predict.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stderr=log, stdout=log)
        _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit((root / "predict.log").read_text(encoding="utf-8"))
    wall, rows = time.perf_counter() - began, len(pd.read_csv(output))
    output.unlink()
    return {"rows": rows, "cpu": used.ru_utime + used.ru_stime, "wall": wall, "gib": used.ru_maxrss / 2**20}


def measured(n_states: int, years: int, folder: Path) -> list[dict[str, Any]]:
    """Figures of every step for a world of so many states over so many years."""
    root = folder / f"{n_states}-states-{years}-years"
    lay_out(root, n_states, years)
    dyads = step("read", root, years)["dyads"]
    every, fitted = step("panel", root, years), step("fit", root, years)
    drawn = fitted.pop("training rows")
    found = {
        "panel": every, "rows for training": drawn | {name: fitted[name] for name in ("rows", "gib")}, "fit": fitted,
        "predict --all": predict_all(root),
    }  # fmt: skip
    rows = [
        {"dyads": dyads, "dates": every["dates"], "step": name}
        | {key: round(figures[key], 2) for key in ("rows", "cpu", "wall", "gib")}
        for name, figures in found.items()
    ]
    for row in rows:
        print("| {dyads:,} | {dates} | {step} | {rows:,} | {cpu} | {wall} | {gib} |".format(**row), flush=True)
    return rows


def draw(figures: pd.DataFrame, path: Path) -> None:
    """Draw CPU seconds by number of dyads and of dates, and peak memory by number of dyads."""
    from forecast.display.pictures import canvas
    from forecast.display.pictures.signs import RULE, SERIES

    picture, axes = canvas.sheet("What a world of dyads costs", height=3.2, columns=(1.0, 1.0, 1.0))
    most = figures["dates"].max()
    by_dyads = figures[figures["dates"] == most]
    few = figures.groupby("dyads").filter(lambda rows: rows["dates"].max() > rows["dates"].min())
    parts = (
        (by_dyads, "dyads", "cpu", f"{most} dates", "Dyads", "CPU seconds"),
        (few, "dates", "cpu", f"{few['dyads'].max():,} dyads" if len(few) else "", "Dates", "CPU seconds"),
        (by_dyads, "dyads", "gib", f"{most} dates", "Dyads", "Peak memory (GiB)"),
    )
    handles = []
    for at, (rows, x, y, note, below, beside) in zip(axes, parts, strict=True):
        for name, style in zip(dict.fromkeys(figures["step"]), SERIES, strict=False):
            own = rows[rows["step"] == name].sort_values(x)
            shown = at.plot(own[x], own[y], color=style.colour, marker=style.marker, linestyle=style.line, label=name)
            handles += shown if at is axes[0] else []
        if (x, y) == ("dyads", "cpu"):
            at.set_yscale("log")
            at.yaxis.set_major_formatter("{x:g}")
        if x == "dyads":
            at.set_xscale("log")
            ticks = sorted(set(rows[x]))
            at.set_xticks(ticks, [f"{tick:,}" for tick in ticks], rotation=30)
            at.minorticks_off()
        else:
            at.set_xlim(0, None)
        at.set_ylim(0.5 if (x, y) == ("dyads", "cpu") else 0.0, None)
        at.grid(axis="y", color=RULE, linewidth=0.6)
        canvas.note(at, note)
        canvas.name_axes(at, x=below, y=beside)
    canvas.legend(picture, handles)
    picture.savefig(path, dpi=100)


def main() -> None:
    """Print a line for each world and each step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--states", type=int, nargs="+", default=list(STATES))
    parser.add_argument("--years", type=int, nargs="+", default=[10], help="all but the first for 101 states alone")
    parser.add_argument("--folder", type=Path, help="where the workspaces are laid out and stay; else a temporary one")
    parser.add_argument("--figures", type=Path, help="a CSV file to which the figures are added")
    parser.add_argument("--picture", type=Path, help="draw what stands in --figures; nothing is measured")
    parser.add_argument("--step", choices=list(STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        found = STEPS[given.step](given.root, given.years[0])
        print(json.dumps(found | {"gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}))
        return
    if given.picture:
        draw(pd.read_csv(given.figures), given.picture)
        return
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    worlds = [(n, given.years[0]) for n in given.states] + [(MIDDLE, years) for years in given.years[1:]]
    with tempfile.TemporaryDirectory() as place:
        for n_states, years in worlds:
            rows = pd.DataFrame(measured(n_states, years, given.folder or Path(place)))
            if given.figures:
                rows.to_csv(given.figures, mode="a", index=False, header=not given.figures.exists())


if __name__ == "__main__":
    main()
