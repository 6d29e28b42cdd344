"""Workspaces that several test files share."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import Phase, settings

if TYPE_CHECKING:
    from forecast.facts.history import History

# Each worker of pytest-xdist has one core: threads of its own would only wait. Set before numpy is imported.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# The modules beside this file that are no tests (text tables, oracle, simulated ledgers) are imported by name.
sys.path.insert(0, str(Path(__file__).parent))

from tiers import examples  # noqa: E402

# Examples are small as they are: shrinking and explaining would cost minutes on a failure.
settings.register_profile(
    "forecast",
    max_examples=examples(100),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile("forecast")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no file that is slow as a whole where nothing slow is run."""
    if collection_path.suffix != ".py" or config.getoption("markexpr") != "not slow":
        return None
    return "\npytestmark = pytest.mark.slow" in collection_path.read_text(encoding="utf-8") or None


def pytest_collection_finish() -> None:
    """Spare the garbage collector the thousands of tests, which live to the end: it looked at all of them each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the shipped facts, one for all workers; models are kept in it, so each is trained once.

    Laid out by hand: `init` has tests of its own.
    """
    from forecast.workspace import shipped_facts

    alone = "PYTEST_XDIST_WORKER" not in os.environ
    root = (tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent) / "shipped"
    with root.with_suffix(".lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            shutil.copytree(shipped_facts(), root / "data" / "raw")
    return root


@pytest.fixture(scope="session")
def shipped_history(shipped: Path) -> History:
    """The shipped facts, read once by each worker."""
    from forecast.workspace import load_history

    return load_history(shipped)


@pytest.fixture(scope="session")
def trained(shipped: Path) -> Path:
    """The shipped workspace with the model of the founding question: one worker trains it, the others wait."""
    import forecast as fc

    with (shipped / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fc.predict("USA-CHN", as_of="2023-09-29", horizons=[90], root=shipped)
    return shipped


@pytest.fixture(scope="session")
def rivals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with nothing but a ledger of India and Pakistan."""
    from simulated_ledgers import rivals_workspace

    return rivals_workspace(tmp_path_factory.mktemp("rivals") / "ws")


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with ledgers whose texts try to be more than text."""
    from odd_ledgers import odd_workspace

    return odd_workspace(tmp_path_factory.mktemp("odd") / "ws")


@contextmanager
def quick_audit() -> Iterator[None]:
    """Few permutations and dates: the audit has tests of its own."""
    with patch("forecast.leakage.permutation._MOST", 2), patch("forecast.promotion.challenge.TRIALS", 1):
        yield


@pytest.fixture
def quickly_audited() -> Iterator[None]:
    """Retrain with a quick audit."""
    with quick_audit():
        yield


@pytest.fixture(scope="session")
def league(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of ledgers whose champion is a base rate trained as of 2014: copy it (links as links) to change it.

    `climatology` was retrained as of 2013 and promoted on its merits, `base-rate` was not and promoted by hand.
    """
    import forecast as fc
    from simulated_ledgers import league_workspace

    alone = "PYTEST_XDIST_WORKER" not in os.environ
    root = (tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent) / "league"
    with root.with_suffix(".lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            league_workspace(root)
            with quick_audit():
                fc.retrain(root=root, as_of="2013-06-01", model="climatology")
                refused = fc.retrain(root=root, as_of="2014-01-01", model="base-rate")
            fc.promote(refused.told["challenger"]["model_version"], root=root)
    return root


@pytest.fixture
def environment() -> dict[str, str]:
    """Variables for a command in a process of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
