"""A clean installation: the package carries its facts and lays out a workspace far from the checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    said = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--no-index"]
    command = [sys.executable, "-m", "pip", *said, "--target", str(target), str(CHECKOUT)]
    subprocess.run(command, check=True, capture_output=True, text=True, cwd=target)
    return target


def test_the_package_carries_its_facts_and_tables(installed):
    carried = {
        str(path.relative_to(installed / "forecast")) for path in (installed / "forecast").rglob("*") if path.is_file()
    }
    assert "shipped/state-department/manifest.json" in carried
    assert {"data/states.csv", "data/cameo.csv", "py.typed"} <= carried
    assert not [name for name in carried if name.startswith(("tests/", "test_")) or name.endswith(".draft")]


def test_a_workspace_is_laid_out_from_the_installation(installed, tmp_path, environment):
    alone = environment | {"PYTHONPATH": str(installed)}
    program = (
        "import sys, forecast; assert forecast.__file__.startswith(sys.argv.pop(1)), forecast.__file__\n"
        "from forecast.cli import main; main()"
    )
    command = [sys.executable, "-c", program, str(installed)]
    shown = subprocess.run(
        [*command, "init", str(tmp_path / "ws")], capture_output=True, text=True, env=alone, cwd=tmp_path, check=False
    )
    assert (shown.returncode, shown.stdout) == (0, ""), shown.stderr
    assert (tmp_path / "ws" / "data" / "raw" / "state-department" / "visits.csv").stat().st_size > 100_000
    shown = subprocess.run(
        [*command, "check"], capture_output=True, text=True, env=alone, cwd=tmp_path / "ws", check=False
    )
    assert shown.returncode == 0, shown.stderr
    assert "visits" in shown.stdout
