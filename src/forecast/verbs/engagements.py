"""The verb *engagements*: what was public about a dyad before a day."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecast.dates import AnyDay
from forecast.explanation.engagement_history import engagements_of
from forecast.workspace import Workspace


def engagements(dyad: str, *, as_of: AnyDay | None = None, root: Path | str = ".") -> pd.DataFrame:
    """List the engagements of two states that were public before a day.

    Parameters
    ----------
    dyad : str
        Such as ``"USA-CHN"``.
    as_of, root
        As in `forecast.predict`.

    Returns
    -------
    pandas.DataFrame
        One row an event, what became known last at the end; the columns of `forecast.facts.events.COLUMNS`, `dyad`,
        `forward` and `meeting`: the leaders met, as the publishers that define the dyad's outcomes record it.

    Raises
    ------
    StateError, DateError, DataMissingError, InputError
    """
    workspace = Workspace(root)
    day = workspace.day(as_of)
    canonical = workspace.dyad(dyad, on=day)
    return engagements_of(workspace.known_before(day), canonical)
