"""Workspaces that several test files share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, settings

# The modules beside this file that are no tests (text tables, oracle, simulated ledgers) are imported by name.
sys.path.insert(0, str(Path(__file__).parent))

# Examples are small as they are: shrinking and explaining would cost minutes on a failure.
settings.register_profile(
    "forecast", deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("forecast")


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the shipped facts; models are kept in it, so each is trained once."""
    from forecast.jobs.workspace import init

    return init(tmp_path_factory.mktemp("shipped") / "ws")


@pytest.fixture(scope="session")
def rivals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with nothing but a ledger of India and Pakistan."""
    from simulated_ledgers import rivals_workspace

    return rivals_workspace(tmp_path_factory.mktemp("rivals") / "ws")


@pytest.fixture
def environment() -> dict[str, str]:
    """Variables for a command in a process of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
