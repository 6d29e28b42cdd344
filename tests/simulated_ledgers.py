"""Ledgers simulated for tests, and workspaces around them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

HEADER = ("started_on", "known_on", "source", "recipient", "event", "mode", "level", "setting", "status")


def simulated_ledger(
    one: str, other: str, *, start: str, end: str, leader_rows: int, minister_rows: int, seed: int = 0
) -> pd.DataFrame:
    """Meetings and visits on random days; some become known up to two months later."""
    generator = np.random.default_rng(seed)
    days = np.arange(np.datetime64(start), np.datetime64(end))
    rows = []
    for level, count in (("leader", leader_rows), ("minister", minister_rows)):
        for at in np.sort(generator.choice(days, size=count, replace=False)):
            late = int(generator.choice([0, 0, 0, 1, 60]))
            source, recipient = (one, other) if generator.random() < 0.5 else (other, one)
            mode = str(generator.choice(["visit", "meet", "multilateral", "third-party"]))
            setting = "multilateral" if mode == "multilateral" else "bilateral"
            cells = (str(at), str(at + late), source, recipient, "CONSULT", mode, level, setting, "occurred")
            rows.append(dict(zip(HEADER, cells, strict=True)))
    return pd.DataFrame(rows)


def write_workspace(
    root: Path, ledgers: dict[str, pd.DataFrame], declared: dict[str, dict[str, str]] | None = None
) -> Path:
    """Lay out a workspace with ledgers and, where declared, their coverage."""
    folder = root / "data" / "raw" / "engagements"
    folder.mkdir(parents=True)
    for name, rows in ledgers.items():
        rows.to_csv(folder / name, index=False, lineterminator="\n")
    if declared:
        (folder / "manifest.json").write_text(json.dumps(declared), encoding="utf-8")
    return root


def rivals_workspace(root: Path) -> Path:
    """India and Pakistan over twelve years: sixty rows of one ledger with declared coverage."""
    rows = simulated_ledger(
        "IND", "PAK", start="2008-01-01", end="2019-12-31", leader_rows=24, minister_rows=36, seed=5
    )
    declared = {"rivals.csv": {"coverage_start": "2008-01-01", "coverage_end": "2019-12-31"}}
    return write_workspace(root, {"rivals.csv": rows}, declared)


def league_workspace(root: Path) -> Path:
    """Six dyads of four states that meet at one rate over twelve years: nothing beats the base rate there."""
    pairs = ("IND-PAK", "IND-CHN", "CHN-PAK", "IND-LKA", "CHN-LKA", "LKA-PAK")
    ledgers, declared = {}, {}
    for seed, pair in enumerate(pairs):
        name = f"{pair.lower()}.csv"
        ledgers[name] = simulated_ledger(
            *pair.split("-"), start="2008-01-01", end="2019-12-31", leader_rows=24, minister_rows=3, seed=seed
        )
        declared[name] = {"coverage_start": "2008-01-01", "coverage_end": "2019-12-31"}
    return write_workspace(root, ledgers, declared)
