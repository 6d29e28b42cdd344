"""Forecasts in the layout of a hubverse hub, so that others' tools can read and score them.

=============================================  =====================================================================
file                                           what it holds
=============================================  =====================================================================
`model-output/<team>-<model>/<day>-….csv`      probabilities of one model as of one day, a row a category
`hub-config/{tasks,admin}.json`                which questions there are (`forecast.exchange.hub_config`)
`hub-config/model-metadata-schema.json`        what the metadata of a model say
`model-metadata/<team>-<model>.yml`            the model's own name and version
`target-data/oracle-output.csv`                what happened, where the forecasts' file tells
=============================================  =====================================================================

Ruled on here:

* A meeting happens or not, so the output type is ``pmf`` over the categories ``no`` and ``yes``, which sum to 1.
* The task IDs are `reference_date` (our as-of date), `target`, `dyad` (in the place of a location) and `horizon` in
  days. The window is the `horizon` days from the reference date on, that date included: its last day is
  ``reference_date + horizon - 1``. The hubverse advises against a third date that follows from two, so there is none.
* An outcome belongs to a window, not to a day: the oracle output carries all four task IDs.
* Names of teams and models hold letters, digits and underscores only: ``base-rate`` is filed as ``base_rate``, and
  its metadata keep the name.

References
----------
Layout and columns: https://docs.hubverse.io/en/latest/user-guide/model-output.html; outcomes:
https://docs.hubverse.io/en/latest/user-guide/target-data.html; metadata:
https://hubverse.io/en/latest/user-guide/model-metadata.html; task IDs:
https://docs.hubverse.io/en/latest/user-guide/tasks.html.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from forecast.errors import ForecastError, InputError
from forecast.exchange.hub_config import admin, metadata_schema, tasks
from forecast.exchange.hub_files import CATEGORIES, MODEL_OUTPUT, ORACLE_OUTPUT, TASK_IDS

_TASK = {"as_of": "reference_date", "target": "target", "dyad": "dyad", "horizon_days": "horizon"}


def check_team(team: str) -> str:
    """Return the team's name, or say what a name may hold.

    Examples
    --------
    >>> check_team("our_lab")
    'our_lab'
    """
    if not re.fullmatch(r"[A-Za-z0-9_]+", team):
        raise ForecastError(f"team {team!r}: a name of the hubverse holds letters, digits and underscores only")
    return team


def abbreviate(model_id: str) -> str:
    """Write a model's name with letters, digits and underscores only.

    Examples
    --------
    >>> abbreviate("base-rate")
    'base_rate'
    """
    return re.sub(r"[^A-Za-z0-9_]", "_", model_id)


def write_hub(folder: Path, forecasts: pd.DataFrame, *, team: str) -> None:
    """Write forecasts into an empty folder in the hubverse layout.

    Parameters
    ----------
    folder : Path
    forecasts : pandas.DataFrame
        As `forecast.exchange.forecast_files.read_forecasts` gives them.
    team : str

    Raises
    ------
    InputError
        If two models share a file's name, or two rows differ on what happened.
    ForecastError
        If the team's name is none of the hubverse.
    """
    check_team(team)
    names = _abbreviations(forecasts)
    oracle = _oracle(forecasts)
    _write_json(folder / "hub-config" / "tasks.json", tasks(forecasts))
    _write_json(folder / "hub-config" / "admin.json", admin(team))
    _write_json(folder / "hub-config" / "model-metadata-schema.json", metadata_schema())
    for model_id, own in forecasts.groupby("model_id", sort=True):
        name = f"{team}-{names[str(model_id)]}"
        _write(folder / "model-metadata" / f"{name}.yml", _metadata(str(model_id), names[str(model_id)], team, own))
        for as_of, rows in own.groupby("as_of", sort=True):
            table = _both_categories(rows, "probability", MODEL_OUTPUT)
            _write(folder / "model-output" / name / f"{as_of}-{name}.csv", table.to_csv(index=False))
    if len(oracle):
        table = _both_categories(oracle, "outcome", ORACLE_OUTPUT).astype({"oracle_value": int})
        _write(folder / "target-data" / "oracle-output.csv", table.to_csv(index=False))


def _abbreviations(forecasts: pd.DataFrame) -> dict[str, str]:
    found: dict[str, str] = {}
    for model_id in sorted(set(forecasts["model_id"])):
        short = abbreviate(model_id)
        if short in found.values():
            other = next(name for name, taken in found.items() if taken == short)
            raise InputError(f"the models {other!r} and {model_id!r} would share the name {short!r}; rename one")
        found[model_id] = short
    return found


def _oracle(forecasts: pd.DataFrame) -> pd.DataFrame:
    """One row a question whose outcome is told."""
    told = forecasts.loc[forecasts["outcome"].notna(), [*_TASK, "outcome"]].drop_duplicates()
    twice = told.duplicated(list(_TASK))
    if twice.any():
        row = told.loc[twice].iloc[0]
        raise InputError(
            f"two rows differ on what happened to {row['dyad']} as of {row['as_of']} within {row['horizon_days']} days"
        )
    return told


def _both_categories(rows: pd.DataFrame, column: str, columns: tuple[str, ...]) -> pd.DataFrame:
    value = columns[-1]
    table = rows[list(_TASK)].rename(columns=_TASK)
    parts = [
        table.assign(output_type="pmf", output_type_id=category, **{value: given})
        for category, given in zip(CATEGORIES, (1.0 - rows[column], rows[column]), strict=True)
    ]
    return pd.concat(parts).sort_values([*TASK_IDS, "output_type_id"], kind="stable")[list(columns)]


def _metadata(model_id: str, abbreviation: str, team: str, rows: pd.DataFrame) -> str:
    """The metadata as YAML: a text in double quotes as JSON writes it is one of YAML's."""
    told = {"team_name": team, "team_abbr": team, "model_name": model_id, "model_abbr": abbreviation}
    versions = sorted({version for version in rows["model_version"] if version})
    if versions:
        told["model_version"] = ", ".join(versions)
    return "".join(f"{name}: {json.dumps(text)}\n" for name, text in told.items())


def _write_json(path: Path, content: dict[str, Any]) -> None:
    _write(path, json.dumps(content, indent=1) + "\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
