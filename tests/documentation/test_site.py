"""The documentation's site: it builds without a warning, and its generated pages leave nothing out."""

from __future__ import annotations

import html
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import forecast as fc
from forecast.cli.main import main
from forecast.verification import __all__ as verification_names

# Builds the site.
pytestmark = pytest.mark.slow

TOP = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, environment_of_module: dict[str, str]) -> Path:
    folder = tmp_path_factory.mktemp("site")
    made = subprocess.run(
        [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q", "-d", str(folder / "trees"),
         str(TOP / "docs"), str(folder / "html")],
        capture_output=True, text=True, check=False, env=environment_of_module,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert made.stderr == ""
    return folder / "html"


@pytest.fixture(scope="module")
def environment_of_module() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}


def text_of(page: Path) -> str:
    return html.unescape(page.read_text(encoding="utf-8"))


def test_every_public_name_stands_on_the_page_of_the_api(site):
    page = text_of(site / "reference" / "api.html")
    names = [name for name in fc.__all__ if name != "pictures"]
    assert [name for name in names if f'id="forecast.{name}"' not in page] == []
    pictures = text_of(site / "reference" / "pictures.html")
    assert [name for name in fc.pictures.__all__ if f'id="forecast.display.pictures.{name}"' not in pictures] == []


def test_every_score_stands_on_its_page(site):
    page = text_of(site / "reference" / "scores.html")
    functions = [name for name in verification_names if name != "CUTS"]
    assert [name for name in functions if not re.search(rf'id="forecast\.verification\.\w+\.{name}"', page)] == []


def test_every_verb_and_option_stands_on_the_page_of_the_reference(site):
    page = text_of(site / "reference.html")
    for verb, command in main.commands.items():
        assert f'id="forecast-{verb}"' in page
        section = page.partition(f'id="forecast-{verb}"')[2].partition("</section>")[0]
        flags = {flag for parameter in command.params for flag in parameter.opts if flag.startswith("--")}
        for option in flags - {"--root"}:  # described once for all
            assert re.search(rf"{option}(?![\w-])", section), (verb, option)


def test_the_catalogue_and_the_models_are_whole(site):
    page = text_of(site / "reference.html")
    missing = [row.name for row in fc.catalogue().itertuples() if f">{row.name}<" not in page]
    assert missing == []
    assert [name for name in fc.registry()["name"] if f">{name}<" not in page] == []


def test_every_page_has_its_place_and_nothing_is_fetched_from_elsewhere(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 25
    for page in pages:
        told = page.read_text(encoding="utf-8")
        assert not re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?//[^"]+"', told), page.name


def test_a_link_to_what_is_no_page_becomes_a_name(tmp_path):
    spec = importlib.util.spec_from_file_location("registries", TOP / "docs" / "extensions" / "registries.py")
    registries = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(registries)
    (tmp_path / "docs" / "how-to").mkdir(parents=True)
    (tmp_path / "docs" / "time.md").touch()
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "README.md").touch()
    page, top = tmp_path / "docs" / "how-to" / "a.md", tmp_path / "docs"
    text = "from [deploy/](../../deploy/README.md), by [the rules](../time.md), see [these](../../deploy/README.md)"
    told = "from `deploy/README.md`, by [the rules](../time.md), see these (`deploy/README.md`)"
    assert registries.inside(text, page=page, top=top) == told


def test_no_generated_page_is_kept():
    ignored = (TOP / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/docs/_build/" in ignored
