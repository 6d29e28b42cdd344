"""What made a run: the facts that it used, as MLflow's dataset inputs, and the versions of program and libraries."""

from __future__ import annotations

import getpass
import hashlib
import importlib.metadata
import json
import platform
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

from forecast.dates import Day
from forecast.facts.coverage import Coverage
from forecast.facts.history import History
from forecast.readers.coded_facts import ENGAGEMENTS
from forecast.training.provenance import code_fingerprint, library_versions


def fact_files(history: History, *, root: Path, as_of: Day) -> list[dict[str, Any]]:
    """Each file of the workspace's facts with its SHA-256 and its coverage, which may reach beyond the as-of date."""
    raw = root / "data" / "raw"
    rows = []
    for path in sorted(part for part in raw.rglob("*") if part.is_file() and not part.name.startswith(".")):
        content = path.read_bytes()
        coverage = next((c for c in history.coverages if _is_recorded_in(c, path)), None)
        rows.append(
            {
                "file": path.relative_to(root).as_posix(),
                "sha256": hashlib.sha256(content).hexdigest(),
                "bytes": len(content),
                "as_of": str(as_of),
                "coverage_start": str(coverage.starts_on) if coverage else None,
                "coverage_end": str(coverage.ends_on) if coverage else None,
            }
        )
    return rows


def _is_recorded_in(coverage: Coverage, path: Path) -> bool:
    """Whether a file holds the records of a source: a publisher's collection, or a ledger."""
    if path.parent.name == ENGAGEMENTS:
        return path.suffix == ".csv" and coverage.publisher == f"ledger:{path.stem}"
    return (path.parent.name, path.name) == (coverage.publisher, f"{coverage.source}.csv")


def dataset_inputs(rows: list[dict[str, Any]], *, context: str) -> list[Any]:
    """The rows of `fact_files` in MLflow's own form."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    return [
        DatasetInput(
            Dataset(
                name=row["file"],
                # MLflow keeps 36 characters here; the whole SHA-256 stands in the source, the profile and a tag.
                digest=row["sha256"][:32],
                source_type="local",
                source=json.dumps({"uri": row["file"], "sha256": row["sha256"]}),
                profile=json.dumps({name: value for name, value in row.items() if name != "file"}),
            ),
            [
                InputTag("mlflow.data.context", context),
                InputTag("sha256", row["sha256"]),
                InputTag("as_of", row["as_of"]),
                *([InputTag("coverage_end", row["coverage_end"])] if row["coverage_end"] else []),
            ],
        )
        for row in rows
    ]


def version_tags() -> dict[str, str]:
    """Tags of every run: versions of the program and its libraries, and the commit if the program is a checkout."""
    tags = {
        "version.forecast": importlib.metadata.version("forecast"),
        "version.python": platform.python_version(),
        "version.mlflow": importlib.metadata.version("mlflow"),
        **{f"version.{name}": version for name, version in library_versions().items()},
        "code": code_fingerprint(),
        "mlflow.source.name": "forecast",
        "mlflow.source.type": "LOCAL",
        "mlflow.user": _user(),
    }
    commit = git_commit(Path(str(files("forecast"))))
    if commit is not None:
        sha, changed = commit
        tags |= {"mlflow.source.git.commit": sha, "git.changed": str(changed).lower()}
    return tags


def git_commit(folder: Path) -> tuple[str, bool] | None:
    """Commit of the files in a folder, and whether they were changed since; None if git does not keep them.

    An installed package may lie inside the repository of something else, whose commit says nothing of it: the folder
    must hold files that git keeps.
    """
    if not _git(folder, "ls-files", "--", "."):
        return None
    sha = _git(folder, "rev-parse", "HEAD")
    return (sha, bool(_git(folder, "status", "--porcelain", "--", "."))) if sha else None


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"  # a container may run under a number without a name
