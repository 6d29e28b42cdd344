"""The configuration of a hub: which tasks its forecasts answer, and the plain facts of its administration.

Written for schema version 5.0.1, whose two schemas are at the addresses in `SCHEMAS`. They are described at
https://docs.hubverse.io/en/latest/user-guide/hub-config.html and
https://docs.hubverse.io/en/latest/user-guide/tasks.html.
"""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from forecast.exchange.hub_files import CATEGORIES

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
    """Make `tasks.json`: one set of tasks, a round a reference date.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        Columns `as_of` (ISO text), `target`, `dyad`, `horizon_days`.
    """
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
