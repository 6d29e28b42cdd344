"""The verb *ingest*: a publisher's files, coded in place of its facts in the workspace."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecast.errors import InputError
from forecast.files import locked, reason_of
from forecast.readers.coded_facts import STATE_DEPARTMENT
from forecast.verbs.check import check

#: Publishers whose records can be read.
PUBLISHERS = (STATE_DEPARTMENT,)


def ingest(publisher: str, directory: Path | str, *, root: Path | str = ".") -> pd.DataFrame:
    """Code a publisher's records and replace its facts in the workspace `root`.

    Parameters
    ----------
    publisher : {"state-department"}
    directory, root : path-like
        The publisher's files, and the workspace.

    Returns
    -------
    pandas.DataFrame
        One row a collection, as `check` returns them.
    """
    if publisher not in PUBLISHERS:
        raise InputError(f"unknown publisher {publisher!r}; there are {', '.join(PUBLISHERS)}")
    source, destination = Path(directory), Path(root) / "data" / "raw" / publisher
    if not source.is_dir():
        raise InputError("is no folder; name the one that holds visits/ and president-travels/", path=source)
    from forecast.coding.state_department import ingest as code
    from forecast.files import clear_remains

    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with locked(destination.parent):
            clear_remains(destination)
            code(source, destination)
    except OSError as error:
        raise InputError(f"cannot be written: {reason_of(error)}", path=destination) from None
    return check(root=root)
