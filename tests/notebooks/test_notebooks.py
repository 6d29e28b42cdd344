"""The notebooks run from a clean checkout, say what they claim, and hold no output."""

from __future__ import annotations

import ast
import json
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

# Runs the notebooks, each in a kernel of its own.
pytestmark = pytest.mark.slow

TOP = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = sorted((TOP / "notebooks").glob("*.ipynb"))
NAMES = [
    *("01-xi-biden-2023", "02-signals", "03-skill", "04-bring-your-own-events", "05-new-signal"),
    "06-from-an-article",
]
#: What a notebook may import beside the standard library.
USUAL = {"forecast", "pandas", "numpy", "matplotlib", "sklearn", "mlflow"}


def code_of(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def around(trained, tmp_path_factory):
    """A workspace with the shipped facts and models around the notebooks; what they write stays in it."""
    root = tmp_path_factory.mktemp("notebooks")
    (root / "data").mkdir()
    (root / "data" / "raw").symlink_to(trained / "data" / "raw")
    (root / "mlruns").mkdir()
    for kept in ("mlruns/models", "data/features"):
        (trained / kept).mkdir(parents=True, exist_ok=True)
        (root / kept).symlink_to(trained / kept)
    shutil.copytree(TOP / "notebooks", root / "notebooks")
    return root


def test_the_notebooks_are_those_that_are_promised():
    assert [path.stem for path in NOTEBOOKS] == NAMES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_every_picture_and_table_is_there(path, around):
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(around / "notebooks")}}
    NotebookClient(notebook, kernel_name="python3", timeout=300, resources=place).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in shown if output.output_type == "error"]
    # A warning in red would be the first thing that a reader sees.
    assert not [output for output in shown if output.output_type == "stream" and output.name == "stderr"]
    kinds = [kind for output in shown for kind in output.get("data", {})]
    assert "text/html" in kinds
    if path.stem != "05-new-signal":
        assert "image/png" in kinds
    CLAIMS[path.stem](shown)


def told(shown) -> str:
    return "\n".join(str(output.get("data", {}).get("text/plain", output.get("text", ""))) for output in shown)


def html(shown) -> str:
    return "\n".join(str(output.get("data", {}).get("text/html", "")) for output in shown)


def founding_case(shown):
    """The words around the pictures: low in spring, high once APEC is within reach, announced in November."""
    rows = [re.sub(r"(<[^>]*>)+", " ", line).split() for line in html(shown).splitlines() if ">USA-CHN<" in line]
    said = {row[1]: float(row[4].removesuffix("%")) for row in rows}
    assert said["2023-04-28"] < 35.0
    assert said["2023-09-01"] > 75.0
    assert "apec" in told(shown)


def families_that_carry_skill(shown):
    assert "- venues" in told(shown)
    assert "climatology + venues" in told(shown)


def peers(shown):
    assert "venue-calendar" in told(shown)
    assert "Skill is against climatology" in html(shown)


def own_events(shown):
    assert "lines 3, 7, 19, recipient: unknown state 'Inda'; did you mean India (IND)" in told(shown)
    assert "brics" in told(shown)


def slip_found_and_kept(shown):
    text = told(shown)
    assert "slip__meetings__365d" in text
    assert "FINISHED" in text
    changed = next(part for part in text.split("test")[1:] if "poisoned future" in part)
    assert "thaw" not in changed.split("FINISHED")[0].split("change")[0]


def each_sentence_weighed(shown):
    table = html(shown)
    assert "CONSULT third-party, minister" in table
    assert "REJECT meet, leader" in table
    assert "visits" in told(shown)
    assert "2023-11-11" in table


CLAIMS = {
    "01-xi-biden-2023": founding_case,
    "02-signals": families_that_carry_skill,
    "03-skill": peers,
    "04-bring-your-own-events": own_events,
    "05-new-signal": slip_found_and_kept,
    "06-from-an-article": each_sentence_weighed,
}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_stripped(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
        assert cell["metadata"] == {}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_only_forecast_and_the_usual_libraries(path):
    found = set()
    for node in ast.walk(ast.parse("\n".join(code_of(path)))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).split(".")[0])
    assert found - set(sys.stdlib_module_names) <= USUAL


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_no_logic_of_its_own(path):
    """A loop over axes or models is presentation; more than two functions, or a class, belongs in the package."""
    nodes = list(ast.walk(ast.parse("\n".join(code_of(path)))))
    assert not [node for node in nodes if isinstance(node, ast.ClassDef | ast.While)]
    assert len([node for node in nodes if isinstance(node, ast.FunctionDef)]) <= 1
