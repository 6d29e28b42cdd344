"""The verbs *init*, *ingest* and *check*: a workspace and its facts."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import pandas as pd

from forecast.errors import DataMissingError, InputError
from forecast.facts.codebook import IN_PERSON_MODES
from forecast.facts.history import History
from forecast.files import clear_remains, locked, reason_of, written_whole
from forecast.readers.coded_facts import STATE_DEPARTMENT, read_manifest
from forecast.readers.crosscheck import CalendarCheck, check_calendar, read_gatherings
from forecast.workspace import load_history

#: Folders of a workspace.
FOLDERS = ("data/raw/engagements", "data/features", "mlruns", "notebooks")

#: Publishers whose records can be read.
PUBLISHERS = (STATE_DEPARTMENT,)


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


def init(directory: Path | str) -> Path:
    """Lay out a workspace with the shipped facts.

    Parameters
    ----------
    directory : path-like
        A folder that does not exist yet or has no `data/raw`.

    Returns
    -------
    Path
        The workspace.

    Raises
    ------
    InputError
        If there are facts already: nothing is overwritten.
    """
    root = Path(directory)
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
    return made if (made / "data" / "raw").is_dir() else init(made)


def ingest(publisher: str, directory: Path | str, *, root: Path | str = ".") -> pd.DataFrame:
    """Code a publisher's records and replace its facts in the workspace.

    Parameters
    ----------
    publisher : {"state-department"}
    directory : path-like
        The publisher's files.
    root : path-like

    Returns
    -------
    pandas.DataFrame
        One row a collection, as `check` gives them.
    """
    if publisher not in PUBLISHERS:
        raise InputError(f"unknown publisher {publisher!r}; there are {', '.join(PUBLISHERS)}")
    source, destination = Path(directory), Path(root) / "data" / "raw" / publisher
    if not source.is_dir():
        raise InputError("is no folder; name the one that holds visits/ and president-travels/", path=source)
    from forecast.coding.state_department import ingest as code

    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with locked(destination.parent):
            clear_remains(destination)
            code(source, destination)
    except OSError as error:
        raise InputError(f"cannot be written: {reason_of(error)}", path=destination) from None
    return check(root=root)


def check(*, root: Path | str = ".") -> pd.DataFrame:
    """Report what the workspace knows: coverage, counts and records that could not be coded.

    Parameters
    ----------
    root : path-like

    Returns
    -------
    pandas.DataFrame
        One row a source: publisher, source, coverage_start, coverage_end, declared, records, events,
        leader_meetings, uncoded, coded_share_since_1945. What a source does not tell is missing.
    """
    history = load_history(Path(root))
    folder = Path(root) / "data" / "raw" / STATE_DEPARTMENT
    rows = []
    for coverage in history.coverages:
        coded = coverage.publisher == STATE_DEPARTMENT
        events = _collection(folder, coverage.source) if coded else _ledger(history, coverage.publisher)
        told = read_manifest(folder / "manifest.json")["collections"][coverage.source] if coded else {}
        leaders = events.loc[(events["level"] == "leader") & (events["status"] == "occurred")]
        rows.append(
            {
                "publisher": coverage.publisher,
                "source": coverage.source,
                "coverage_start": str(coverage.starts_on),
                "coverage_end": str(coverage.ends_on),
                "declared": coverage.declared,
                "records": told.get("records"),
                "events": len(events),
                "leader_meetings": int(leaders["mode"].isin(IN_PERSON_MODES).sum()),
                "uncoded": sum(told.get("uncoded", {}).values()),
                "coded_share_since_1945": told.get("coded_rate_since_1945"),
            }
        )
    return pd.DataFrame(rows)


def _collection(folder: Path, name: str) -> pd.DataFrame:
    table = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
    return table.loc[table["event"] != ""]


def _ledger(history: History, publisher: str) -> pd.DataFrame:
    return history.events.loc[history.events["publisher"] == publisher]


def calendar_check(*, root: Path | str = ".") -> CalendarCheck | None:
    """Look the summits that the records name up in the calendar.

    Parameters
    ----------
    root : path-like
        The workspace.

    Returns
    -------
    CalendarCheck or None
        None if the workspace has no calendar or its records name no summit.
    """
    history = load_history(Path(root))
    if not history.calendar.editions:
        return None
    found = check_calendar(history, read_gatherings(Path(root) / "data" / "raw"))
    return found if found.named else None


def uncoded(*, root: Path | str = ".") -> pd.DataFrame:
    """List the records that could not be coded, with the reason.

    Parameters
    ----------
    root : path-like
        The workspace.

    Returns
    -------
    pandas.DataFrame
        Columns collection, record_id, started_on, reason and more as the reader gives them; empty without a
        publisher's records.
    """
    path = Path(root) / "data" / "raw" / STATE_DEPARTMENT / "uncoded.csv"
    if not path.exists():
        return pd.DataFrame(columns=["collection", "record_id", "started_on", "reason"])
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except ValueError as error:
        raise InputError(f"is no table of uncoded records ({error}); run forecast ingest again", path=path) from None
