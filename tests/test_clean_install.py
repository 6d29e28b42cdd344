"""An installation without the checkout: what travels inside the package is enough."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Builds and installs the package.
pytestmark = pytest.mark.slow

TOP = Path(__file__).parent.parent
WITHOUT = shutil.ignore_patterns(
    ".git", ".venv", "mlruns", "__pycache__", "*.pyc", ".*_cache", ".hypothesis", "features", "notebooks", "tests"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as pip installs it, from a copy so that nothing is written into the checkout."""
    folder = tmp_path_factory.mktemp("install")
    shutil.copytree(TOP, folder / "checkout", ignore=WITHOUT)
    done = subprocess.run(
        [
            sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--no-build-isolation", "--no-index", "--no-compile", "--target", str(folder / "site"), ".",
        ],
        cwd=folder / "checkout", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shutil.rmtree(folder / "checkout")
    return folder / "site"


def run(installed: Path, environment: dict[str, str], cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command; the checkout is not on its path."""
    begin = "from forecast.cli.main import main; main(prog_name='forecast')"
    # An editable installation answers to the same name: the installed folder must come first.
    return subprocess.run(
        [sys.executable, "-c", begin, *words],
        capture_output=True, text=True, cwd=cwd, check=False,
        env={**environment, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


def relative_files(folder: Path) -> dict[str, bytes]:
    return {str(part.relative_to(folder)): part.read_bytes() for part in folder.rglob("*") if part.is_file()}


@pytest.mark.parametrize(
    "name",
    [
        "shipped/state-department/manifest.json",
        "shipped/state-department/visits.csv",
        "shipped/venues.csv",
        "shipped/memberships.csv",
        "coding/people.csv",
        "coding/expressions.csv",
        "coding/offices.csv",
        "coding/spellings.csv",
        "coding/words.csv",
        "coding/state_department/patterns.csv",
        "facts/data/states.csv",
        "py.typed",
    ],
)
def test_the_package_holds_its_facts_and_tables(installed, name):
    assert (installed / "forecast" / name).is_file()


def test_the_package_holds_every_module_and_every_fact_of_the_checkout(installed):
    program = {name for name in relative_files(TOP / "src" / "forecast") if "__pycache__" not in name}
    assert program <= set(relative_files(installed / "forecast"))
    assert relative_files(installed / "forecast" / "shipped") == relative_files(TOP / "data" / "raw")


def test_the_command_is_installed(installed):
    assert os.access(installed / "bin" / "forecast", os.X_OK)
    (metadata,) = installed.glob("forecast-*.dist-info/METADATA")
    assert "License-Expression: MIT" in metadata.read_text(encoding="utf-8")


def test_a_workspace_is_laid_out_away_from_the_checkout(installed, environment, tmp_path):
    where = run(installed, environment, tmp_path, "--version")
    assert (where.returncode, where.stderr) == (0, "")
    done = run(installed, environment, tmp_path, "init", "ws")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.count("\n") == 1
    root = tmp_path / "ws"
    assert relative_files(root / "data" / "raw") == relative_files(installed / "forecast" / "shipped")
    for folder in ("data/raw/engagements", "data/features", "mlruns", "notebooks"):
        assert (root / folder).is_dir()
    assert [part.name for part in tmp_path.iterdir()] == ["ws"]

    (root / "data" / "raw" / "venues.csv").write_text("mine", encoding="utf-8")
    again = run(installed, environment, tmp_path, "init", "ws")
    assert (again.returncode, again.stdout) == (3, "")
    assert again.stderr == "forecast: ws/data/raw: exists already and is left as it is; choose another folder\n"
    assert (root / "data" / "raw" / "venues.csv").read_text(encoding="utf-8") == "mine"


def test_the_workspace_is_checked_by_the_installed_program(installed, environment, tmp_path):
    assert run(installed, environment, tmp_path, "init", "ws").returncode == 0
    done = run(installed, environment, tmp_path / "ws", "check")
    assert (done.returncode, done.stderr) == (0, "")
    for source in ("visits", "president-travels", "secretary-travels"):
        assert source in done.stdout


def test_the_installed_program_is_the_one_that_answers(installed, environment, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import forecast; print(forecast.__file__)"],
        capture_output=True, text=True, cwd=tmp_path, check=True, env={**environment, "PYTHONPATH": str(installed)},
    )  # fmt: skip
    assert Path(done.stdout.strip()) == installed / "forecast" / "__init__.py"
