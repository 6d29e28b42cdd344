"""Which signals there are (the verb *signals*), and which models."""

from __future__ import annotations

import inspect

import pandas as pd

from forecast.display.table import Column, Table
from forecast.errors import InputError, ModelError
from forecast.models import DEFAULT, MODELS, model_names, named_model
from forecast.signals.catalogue import CATALOGUE, COMPUTED
from forecast.signals.declare import Signal
from forecast.signals.entry_points import SIGNALS, registered
from forecast.signals.user_signals import own_signals


def catalogue() -> pd.DataFrame:
    """List the signals of a panel, then those that other distributions register, which count only where they are named.

    Returns
    -------
    pandas.DataFrame
        Columns name, family, unit, declared, description; one row a signal.
    """
    declared = [
        {"name": s.name, "family": s.family, "unit": s.unit, "declared": True, "description": s.description}
        for s in CATALOGUE.values()
    ]
    computed = [
        {"name": name, "family": name.split("__")[0], "unit": unit, "declared": False, "description": description}
        for name, (unit, description) in COMPUTED.items()
    ]
    return pd.DataFrame([*declared, *computed, *(row for name in registered(SIGNALS) for row in _registered(name))])


def _registered(name: str) -> list[dict[str, object]]:
    """The signals that another distribution registers under a name, or why they cannot be used."""
    try:
        found = own_signals([name])
    except InputError as error:
        return [{"name": name, "family": "", "unit": "", "declared": False, "description": str(error)}]
    rows: list[dict[str, object]] = []
    for one in found:
        columns = {one.name: (one.unit, one.description)} if isinstance(one, Signal) else dict(one.columns)
        columns = columns or {one.name: ("", one.description)}
        rows += [
            {"name": column, "family": one.family, "unit": unit, "declared": isinstance(one, Signal),
             "description": f"{description} (signals=[{name!r}])"}
            for column, (unit, description) in columns.items()
        ]  # fmt: skip
    return rows


def table(rows: pd.DataFrame) -> Table:
    """The catalogue of signals: name, unit and what it says."""
    names = [(f"{row['name']} [{row['unit']}]",) for _, row in rows.iterrows()]
    return Table([Column("", style="cyan")], names, details=list(rows["description"]))


def registry() -> pd.DataFrame:
    """List the models: the program's own, then those that other distributions register.

    Returns
    -------
    pandas.DataFrame
        Columns name, description, default; one row a model.
    """
    described = {name: MODELS[name][2] if name in MODELS else _described(name) for name in model_names()}
    return pd.DataFrame(
        {"name": name, "description": description, "default": name == DEFAULT}
        for name, description in described.items()
    )


def _described(name: str) -> str:
    """What a model of another distribution says of itself, or why it cannot be used."""
    try:
        return (inspect.getdoc(named_model(name)) or "").partition("\n")[0]
    except ModelError as error:
        return str(error)
