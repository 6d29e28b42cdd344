"""The facts of a run as MLflow's dataset inputs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from forecast.dates import Day
from forecast.facts.coverage import Coverage
from forecast.facts.history import History
from forecast.readers.coded_facts import ENGAGEMENTS


def fact_files(history: History, *, root: Path, as_of: Day) -> list[dict[str, Any]]:
    """Each file of the workspace's facts with its SHA-256, and how far its records reach.

    Parameters
    ----------
    history : History
    root : Path
    as_of : numpy.datetime64[D]
        Only what was known before it was used.

    Returns
    -------
    list of dict
        Keys file, sha256, bytes, as_of, coverage_start, coverage_end; the last two are None where the file declares
        none. They are those of the file, which may reach beyond the as-of date.
    """
    raw = root / "data" / "raw"
    found = []
    for path in sorted(part for part in raw.rglob("*") if part.is_file() and not part.name.startswith(".")):
        content = path.read_bytes()
        coverage = next((c for c in history.coverages if _tells(c, path)), None)
        found.append(
            {
                "file": path.relative_to(root).as_posix(),
                "sha256": hashlib.sha256(content).hexdigest(),
                "bytes": len(content),
                "as_of": str(as_of),
                "coverage_start": str(coverage.starts_on) if coverage else None,
                "coverage_end": str(coverage.ends_on) if coverage else None,
            }
        )
    return found


def _tells(coverage: Coverage, path: Path) -> bool:
    """Whether a file holds the records of a source: a publisher's collection, or a ledger."""
    if path.parent.name == ENGAGEMENTS:
        return path.suffix == ".csv" and coverage.publisher == f"ledger:{path.stem}"
    return (path.parent.name, path.name) == (coverage.publisher, f"{coverage.source}.csv")


def dataset_inputs(files: list[dict[str, Any]], *, context: str) -> list[Any]:
    """MLflow's own form of what `fact_files` gives."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    return [
        DatasetInput(
            Dataset(
                name=told["file"],
                # MLflow keeps 36 characters here; the whole SHA-256 stands in the source, the profile and a tag.
                digest=told["sha256"][:32],
                source_type="local",
                source=json.dumps({"uri": told["file"], "sha256": told["sha256"]}),
                profile=json.dumps({name: value for name, value in told.items() if name != "file"}),
            ),
            [
                InputTag("mlflow.data.context", context),
                InputTag("sha256", told["sha256"]),
                InputTag("as_of", told["as_of"]),
                *([InputTag("coverage_end", told["coverage_end"])] if told["coverage_end"] else []),
            ],
        )
        for told in files
    ]
