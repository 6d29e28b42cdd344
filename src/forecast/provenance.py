"""Where a forecast comes from: fingerprints of the code, versions of the libraries, the time of computing."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

#: Modules without a part in rows and models. A new module counts as one that has, until it is named here.
BESIDE_ROWS = (
    "__init__.py", "ablations.py", "archives.py", "audits/", "backtests.py", "bundles.py", "challenges/", "champions/",
    "changes_table.py", "circumstances.py", "cli.py", "commands/", "crosscheck.py", "dossiers.py", "drifts/",
    "exchange/", "explanations/", "fetching.py", "files.py", "forecast_log/", "forecasts.py", "hypotheses.py", "jobs/",
    "journals.py", "log_table.py", "pages/", "pictures/", "progress.py", "provenance.py", "question_tables.py",
    "readers/crowd.py", "readers/forecasts.py", "readers/hubverse.py", "readers/state_department/", "shares.py",
    "shipped/", "simulation.py", "status_table.py", "tables.py", "tracking/", "training.py", "verification/",
)  # fmt: skip

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")


@cache
def code_fingerprint() -> str:
    """SHA-256 of the program's own files: modules and tables. A model of other code is another model."""
    digest = hashlib.sha256()
    for name, part in sorted(_files(files("forecast"), "")):
        digest.update(name.encode() + b"\0" + part.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def rows_fingerprint() -> str:
    """SHA-256 of the part of the program that makes rows and learns from them.

    A model kept by an earlier program may only be asked with the rows that it learned from: signals of the same name
    can have another meaning. A changed page or verb changes no row.
    """
    digest = hashlib.sha256()
    for name, part in sorted(_files(files("forecast"), "")):
        if not name.startswith(BESIDE_ROWS):
            digest.update(name.encode() + b"\0" + part.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found = []
    for part in folder.iterdir():
        if part.is_dir():
            found += _files(part, f"{prefix}{part.name}/")
        elif part.name.endswith((".py", ".csv")):
            found.append((prefix + part.name, part))
    return found


def library_versions() -> dict[str, str]:
    """Versions of the libraries that touch a probability."""
    return {name: importlib.metadata.version(name) for name in LIBRARIES}


def now() -> str:
    """The present moment in UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
