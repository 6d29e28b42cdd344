"""Forecasts in the layout of a hubverse hub, so that others' tools can read and score them.

=============================================  =====================================================================
file                                           what it holds
=============================================  =====================================================================
`model-output/<team>-<model>/<day>-….csv`      probabilities of one model as of one day, a row a category
`hub-config/{tasks,admin}.json`                which questions there are (schema version 5.0.1)
`hub-config/model-metadata-schema.json`        what the metadata of a model say
`model-metadata/<team>-<model>.yml`            the model's own name and version
`target-data/oracle-output.csv`                what happened, where the forecasts' file says so
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
https://docs.hubverse.io/en/latest/user-guide/tasks.html; configuration:
https://docs.hubverse.io/en/latest/user-guide/hub-config.html.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.errors import ForecastError, InputError

#: The columns that say which question a row answers: the hub's task IDs.
TASK_IDS: Final = ("reference_date", "target", "dyad", "horizon")
#: Columns of a model output file and of the oracle output.
MODEL_OUTPUT: Final = (*TASK_IDS, "output_type", "output_type_id", "value")
ORACLE_OUTPUT: Final = (*TASK_IDS, "output_type", "output_type_id", "oracle_value")
#: The two categories of the outcome, in this order.
CATEGORIES: Final = ("no", "yes")

_TASK = {"as_of": "reference_date", "target": "target", "dyad": "dyad", "horizon_days": "horizon"}


def check_team(team: str) -> None:
    """Refuse a name that a hubverse cannot hold."""
    if not re.fullmatch(r"[A-Za-z0-9_]+", team):
        raise ForecastError(f"team {team!r}: a name of the hubverse holds letters, digits and underscores only")


def write_hub(folder: Path, forecasts: pd.DataFrame, *, team: str) -> None:
    """Write forecasts, as `read_forecasts` returns them, into an empty folder in the hubverse layout."""
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
    """Names of models with letters, digits and underscores only: ``base-rate`` is ``base_rate``."""
    short_names: dict[str, str] = {}
    for model_id in sorted(set(forecasts["model_id"])):
        short = re.sub(r"[^A-Za-z0-9_]", "_", model_id)
        if short in short_names.values():
            other = next(name for name, taken in short_names.items() if taken == short)
            raise InputError(f"the models {other!r} and {model_id!r} would share the name {short!r}; rename one")
        short_names[model_id] = short
    return short_names


def _oracle(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return one row a question whose outcome is known."""
    resolved = forecasts.loc[forecasts["outcome"].notna(), [*_TASK, "outcome"]].drop_duplicates()
    twice = resolved.duplicated(list(_TASK))
    if twice.any():
        row = resolved.loc[twice].iloc[0]
        raise InputError(
            f"two rows differ on what happened to {row['dyad']} as of {row['as_of']} within {row['horizon_days']} days"
        )
    return resolved


def _both_categories(rows: pd.DataFrame, column: str, columns: tuple[str, ...]) -> pd.DataFrame:
    value = columns[-1]
    table = rows[list(_TASK)].rename(columns=_TASK)
    parts = [
        table.assign(output_type="pmf", output_type_id=category, **{value: shares})
        for category, shares in zip(CATEGORIES, (1.0 - rows[column], rows[column]), strict=True)
    ]
    return pd.concat(parts).sort_values([*TASK_IDS, "output_type_id"], kind="stable")[list(columns)]


def _metadata(model_id: str, abbreviation: str, team: str, rows: pd.DataFrame) -> str:
    """The metadata as YAML: a text in double quotes as JSON writes it is one of YAML's."""
    entries = {"team_name": team, "team_abbr": team, "model_name": model_id, "model_abbr": abbreviation}
    versions = sorted({version for version in rows["model_version"] if version})
    if versions:
        entries["model_version"] = ", ".join(versions)
    return "".join(f"{name}: {json.dumps(text)}\n" for name, text in entries.items())


def _write_json(path: Path, content: dict[str, Any]) -> None:
    _write(path, json.dumps(content, indent=1) + "\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


_VERSION = "https://raw.githubusercontent.com/hubverse-org/schemas/main/v5.0.1"
SCHEMAS: Final = {name: f"{_VERSION}/{name}-schema.json" for name in ("tasks", "admin")}
#: Name of each target for reading, at most 100 characters.
TARGET_NAMES: Final = {
    "meeting": "The leaders of the two states meet in person, in any setting",
    "bilateral": "The leaders of the two states meet in person, alone or on the margins of a larger event",
}
#: Fields of a model's metadata that every model has.
METADATA: Final = ("team_name", "team_abbr", "model_name", "model_abbr")


def tasks(forecasts: pd.DataFrame) -> dict[str, Any]:
    """Make `tasks.json` of forecasts: one set of tasks, a round a reference date."""
    targets = sorted(set(forecasts["target"]))
    allowed = {
        "reference_date": sorted(set(forecasts["as_of"])),
        "target": targets,
        "dyad": sorted(set(forecasts["dyad"])),
        "horizon": sorted({int(days) for days in forecasts["horizon_days"]}),
    }
    return {
        "schema_version": SCHEMAS["tasks"],
        "rounds": [
            {
                "round_id_from_variable": True,
                "round_id": "reference_date",
                "model_tasks": [
                    {
                        # Nothing is required: a model may answer any of the questions.
                        "task_ids": {name: {"required": None, "optional": values} for name, values in allowed.items()},
                        "output_type": {
                            "pmf": {
                                "output_type_id": {"required": list(CATEGORIES)},
                                "value": {"type": "double", "minimum": 0, "maximum": 1},
                                "is_required": True,
                            }
                        },
                        "target_metadata": [_target(name) for name in targets],
                    }
                ],
                # A forecast as of midnight at the start of a day may be handed in on that day at the latest.
                "submissions_due": {"relative_to": "reference_date", "start": -1, "end": 0},
            }
        ],
        "output_type_id_datatype": "character",
    }


def _target(name: str) -> dict[str, Any]:
    return {
        "target_id": name,
        "target_name": TARGET_NAMES[name],
        "target_units": "probability",
        "target_keys": {"target": name},
        "target_type": "binary",
        "description": "1 if they meet on any of the horizon's days, of which the reference date is the first.",
        # A longer horizon asks about a longer window, not about a later step of a series.
        "is_step_ahead": False,
    }


def admin(team: str) -> dict[str, Any]:
    """Make `admin.json`. Who takes the folder into a hub writes its repository and contact there."""
    return {
        "schema_version": SCHEMAS["admin"],
        "name": "Meetings of leaders",
        "maintainer": team,
        "contact": {"name": team},
        "repository": {},
        "file_format": ["csv"],
        # The schema's list of zones lacks UTC; Iceland keeps it all year.
        "timezone": "Atlantic/Reykjavik",
        "model_output_dir": "model-output",
    }


def metadata_schema() -> dict[str, Any]:
    """Make `model-metadata-schema.json`: what a model's metadata must say."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Metadata of a model",
        "type": "object",
        "properties": {name: {"type": "string"} for name in (*METADATA, "model_version")},
        "required": list(METADATA),
        "additionalProperties": True,
    }
