"""What was public about a dyad before a day: its engagements, and the summits ahead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from forecast.dates import AnyDay, Horizon
from forecast.explanation.engagement_history import engagements_of, venues_of
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


def venues_ahead(
    dyad: str, *, as_of: AnyDay | None = None, horizon: Horizon = 180, root: Path | str = "."
) -> pd.DataFrame:
    """List the summits with both states in the window, as far as they were announced before a day.

    Parameters
    ----------
    dyad : str
        Such as ``"USA-CHN"``.
    as_of, root
        As in `forecast.predict`.
    horizon : int or str
        A summit counts if it begins in ``[as_of, as_of + horizon)``.

    Returns
    -------
    pandas.DataFrame
        Columns name, series, edition, host, starts_on, ends_on, announced_on.
    """
    query = Workspace(root).query(as_of)
    day, days = query.day, query.horizon(horizon)
    canonical = query.workspace.dyad(dyad, on=day)
    return venues_of(query.workspace.known_before(day), canonical, first=day, last=day + np.timedelta64(days - 1, "D"))
