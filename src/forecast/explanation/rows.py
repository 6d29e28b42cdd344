"""Rows for training kept in the workspace, so that analogues need not build them anew for every question."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.facts.history import History
from forecast.files import written_whole
from forecast.training.train import training_key, training_panel

_FILE = "rows.npz"


class Rows(NamedTuple):
    """Signals and outcomes of the rows for training, both with the index (dyad, as_of)."""

    signals: pd.DataFrame
    outcomes: pd.DataFrame


def kept_rows(root: Path, history: History, trained_as_of: Day, *, target: str) -> Rows | None:
    """The stored rows for training of a day, or None if they were not built from these facts by this code.

    They lie in ``data/features/`` and can be deleted. A file that cannot be read makes room.
    """
    try:
        with np.load(_folder(root, history, trained_as_of, target) / _FILE, allow_pickle=False) as arrays:
            index = pd.MultiIndex.from_arrays(
                [arrays["dyad"], arrays["as_of"].astype("datetime64[s]")], names=["dyad", "as_of"]
            )
            signals = pd.DataFrame(arrays["signals"], columns=arrays["signal_names"], index=index)
            return Rows(signals, pd.DataFrame(arrays["outcomes"], columns=arrays["outcome_names"], index=index))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def training_rows(root: Path, history: History, trained_as_of: Day, *, target: str) -> Rows:
    """Build the rows for training of a day and keep them.

    Parameters
    ----------
    root : Path
        The workspace.
    history : History
    trained_as_of : numpy.datetime64[D]
        Only what was known before this day is in them.
    target : {"meeting", "bilateral"}
    """
    panel = training_panel(history, trained_as_of, target=target)
    index = panel.signals.index
    folder = _folder(root, history, trained_as_of, target)
    if folder.is_dir():
        (folder / _FILE).unlink(missing_ok=True)
        folder.rmdir()
    with written_whole(folder) as draft:
        np.savez_compressed(
            draft / _FILE,
            allow_pickle=False,
            dyad=index.get_level_values("dyad").to_numpy(dtype=str),
            as_of=index.get_level_values("as_of").to_numpy().astype("datetime64[D]"),
            signals=panel.signals.to_numpy(dtype=np.float64),
            signal_names=panel.signals.columns.to_numpy(dtype=str),
            outcomes=panel.outcomes.to_numpy(dtype=np.int64),
            outcome_names=panel.outcomes.columns.to_numpy(dtype=str),
        )
    return Rows(panel.signals, panel.outcomes)


def _folder(root: Path, history: History, trained_as_of: Day, target: str) -> Path:
    facts = history.known_before(trained_as_of).fingerprint()
    key = training_key(facts, trained_as_of, model="rows", target=target)
    return root / "data" / "features" / f"rows-{target}-{trained_as_of}-{key[:12]}"
