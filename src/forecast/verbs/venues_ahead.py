"""The verb *venues_ahead*: summits with both states that were announced before a day."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from forecast.dates import Day, check_horizons
from forecast.explanation.engagement_history import venues_of
from forecast.facts.countries import parse_dyad
from forecast.workspace import Workspace


def venues_ahead(dyad: str, *, as_of: str | Day, horizon_days: int = 180, root: Path | str = ".") -> pd.DataFrame:
    """List the summits with both states in the window, as far as they were announced before a day.

    Parameters
    ----------
    dyad : str
        Such as ``"USA-CHN"``.
    as_of, root
        As in `forecast.predict`.
    horizon_days : int
        A summit counts if it begins in ``[as_of, as_of + horizon_days)``.

    Returns
    -------
    pandas.DataFrame
        Columns name, series, edition, host, starts_on, ends_on, announced_on.
    """
    workspace = Workspace(root)
    day = workspace.day(as_of)
    canonical, days = parse_dyad(dyad, on=day), check_horizons([horizon_days])[0]
    known = workspace.known_before(day)
    return venues_of(known, canonical, first=day, last=day + np.timedelta64(days - 1, "D"))
