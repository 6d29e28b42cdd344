"""The verb *venues_ahead*: summits with both states that were announced before a day."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from forecast.dates import AnyDay, Horizon
from forecast.explanation.engagement_history import venues_of
from forecast.workspace import Workspace


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
