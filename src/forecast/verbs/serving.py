"""A registered model as MLflow loads it: for a dyad and a date it takes the signals from a workspace."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.errors import ModelError
from forecast.panel.panel import build_panel
from forecast.tracking.serving import Served
from forecast.training.bundle import Card, load_bundle
from forecast.workspace import Workspace


def _load_pyfunc(path: str) -> Served:
    model, card = load_bundle(Path(path))
    return Served(model, partial(signals_of, card=card))


def signals_of(rows: pd.DataFrame, root: str, *, card: Card) -> pd.DataFrame:
    """Signals of the rows' `dyad` and `as_of`, in their order, from what was public before each date."""
    place = root or os.environ.get("FORECAST_ROOT", "")
    if not place:
        raise ModelError("name the workspace: params={'root': ...}, or FORECAST_ROOT in the environment")
    workspace, parts = Workspace(place), []
    queries = rows.reset_index(drop=True)
    for as_of, part in queries.groupby("as_of", sort=False):
        query = workspace.query(str(as_of)[:10], target=card.target)
        if card.trained_as_of > str(query.day):
            raise ModelError(f"the model was trained on {card.trained_as_of} and has seen what came after {query.day}")
        dyads = [workspace.dyad(str(dyad), on=query.day) for dyad in part["dyad"]]
        for dyad in dyads:
            query.check_recorded(dyad)
        built = build_panel(query.known, np.array([query.day]), target=card.target, dyads=sorted(set(dyads))).signals
        by_dyad = built.set_axis(built.index.get_level_values("dyad"), axis=0)
        parts.append(by_dyad.loc[dyads].set_axis(part.index, axis=0))
    return pd.concat(parts).loc[queries.index].set_axis(rows.index, axis=0)
