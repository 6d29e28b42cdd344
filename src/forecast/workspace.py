"""A user's folder: found, laid out with the shipped facts, and its facts read into one history."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import pandas as pd

from forecast.errors import DataMissingError, InputError
from forecast.facts.history import History, make_history
from forecast.files import written_whole
from forecast.readers.calendar import read_calendar
from forecast.readers.coded_facts import ENGAGEMENTS, STATE_DEPARTMENT, read_engagements, read_state_department
from forecast.readers.leaders import read_leaders

#: Folders of a workspace.
FOLDERS = ("data/raw/engagements", "data/features", "mlruns", "notebooks")


def shipped_facts() -> Path:
    """Folder of the coded facts that come with the program.

    Raises
    ------
    DataMissingError
        If this installation has none.
    """
    here = Path(str(files("forecast")))
    # Installed, the facts lie inside the package; in a checkout they stand at its top, where they are kept.
    for folder in (here / "shipped", here.parent.parent / "data" / "raw"):
        if (folder / STATE_DEPARTMENT / "manifest.json").exists():
            return folder
    raise DataMissingError("this installation of forecast came without its facts; install it again")


def lay_out(root: Path) -> Path:
    """Make the folders of a workspace with the shipped facts; facts that stand there already are never overwritten."""
    raw = root / "data" / "raw"
    if raw.exists():
        raise InputError("exists already and is left as it is; choose another folder", path=raw)
    with written_whole(raw) as draft:
        shutil.copytree(shipped_facts(), draft, dirs_exist_ok=True)
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    return root


def find_workspace(near: Path | str) -> Path:
    """Find the workspace around a folder; where there is none, lay one out in it with the shipped facts.

    A notebook asks for the one around itself, ``find_workspace(".")``, and so works in a checkout, in a workspace and
    anywhere else.

    Parameters
    ----------
    near : path-like
        A folder in a workspace, or one in which the folder `forecast-workspace` is to be made.

    Returns
    -------
    Path
        The nearest folder, from `near` upwards, that holds `data/raw`, or else the new one.

    Raises
    ------
    InputError
        If there is none and it cannot be made.
    """
    here = Path(near).resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / "raw").is_dir():
            return folder
    made = here / "forecast-workspace"
    return made if (made / "data" / "raw").is_dir() else lay_out(made)


def load_history(root: Path) -> History:
    """Read the facts of a workspace.

    Parameters
    ----------
    root : Path
        A folder with `data/raw/`, as ``forecast init`` lays it out.

    Raises
    ------
    DataMissingError
        If there is neither a publisher's coded facts nor a ledger with events.
    InputError
        If a file cannot be understood.
    """
    raw = root / "data" / "raw"
    tables, coverages = [], []
    if (raw / STATE_DEPARTMENT / "manifest.json").exists():
        events, found = read_state_department(raw / STATE_DEPARTMENT)
        tables.append(events)
        coverages += found
    if (raw / ENGAGEMENTS).is_dir():
        events, found = read_engagements(raw / ENGAGEMENTS)
        if found:
            tables.append(events)
            coverages += found
    if not tables:
        raise DataMissingError(
            f"{raw} holds no events: run 'forecast init DIR' for a workspace with the shipped facts, or put a ledger "
            f"into {raw / ENGAGEMENTS}"
        )
    return make_history(pd.concat(tables, ignore_index=True), coverages, read_calendar(raw), read_leaders(raw))
