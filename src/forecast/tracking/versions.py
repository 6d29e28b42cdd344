"""What made a run: the program's commit and code, the libraries, the machine's Python."""

from __future__ import annotations

import getpass
import importlib.metadata
import platform
import subprocess
from importlib.resources import files
from pathlib import Path

from forecast.training.provenance import code_fingerprint, library_versions


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
