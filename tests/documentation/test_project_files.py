"""The files for contributors name what exists, and one version."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

import forecast as fc

TOP = Path(__file__).resolve().parent.parent.parent
MAKEFILE = (TOP / "Makefile").read_text(encoding="utf-8")
CONTRIBUTING = (TOP / "CONTRIBUTING.md").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load((TOP / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))


def test_the_map_names_every_room_in_the_order_of_the_diagram():
    diagram = (TOP / "tests" / "test_import_diagram.py").read_text(encoding="utf-8")
    rooms = re.search(r'^ROOMS = """\n(.*?)"""', diagram, flags=re.M | re.S)[1].split()
    table = CONTRIBUTING.split("## The rooms")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert [name for cell in cells for name in re.findall(r"`(\w+)`", cell)] == rooms


@pytest.mark.parametrize("place", re.findall(r"`(tests/[\w/.]+)`", CONTRIBUTING))
def test_the_tests_that_contributors_are_sent_to_exist(place):
    assert (TOP / place).exists()


def test_the_workflow_runs_targets_that_exist():
    run = {step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step}
    assert run == {"make lint", "make test", "make test-all", "make demo"}
    assert all(re.search(rf"^{words.split()[1]}:", MAKEFILE, flags=re.M) for words in run)


def test_the_hooks_are_the_tools_of_the_checks():
    hooks = yaml.safe_load((TOP / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    assert [hook["id"] for hook in hooks] == ["ruff", "ruff-format", "nbstripout", "mypy"]
    needed = " ".join(tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
                      ["optional-dependencies"]["dev"])  # fmt: skip
    for hook in hooks:
        program = hook["entry"].split()[0]
        assert program.startswith(".venv/bin/")
        assert Path(program).name in needed


def test_one_version_stands_everywhere():
    citation = yaml.safe_load((TOP / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## (\S+) \((?:unreleased|\d{4}-\d\d-\d\d)\)$",
                       (TOP / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)  # fmt: skip
    assert citation["version"] == newest[1] == fc.__version__
