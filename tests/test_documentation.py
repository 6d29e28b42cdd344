"""The documentation cannot lag behind the live registries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from forecast.cli.main import main
from forecast.errors import exit_codes
from forecast.models import MODELS
from forecast.readers.ledger import OPTIONAL, REQUIRED

ROOT = Path(__file__).resolve().parent.parent
TEXT = "\n".join(
    path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
)
OPTIONS = sorted(
    {
        option
        for command in main.commands.values()
        for parameter in command.params
        for option in parameter.opts
        if option[:2] == "--"
    }
)


@pytest.mark.parametrize("verb", sorted(main.commands))
def test_every_verb_stands_in_the_documentation(verb):
    assert re.search(rf"forecast {verb}\b", TEXT)


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_stands_in_the_documentation(option):
    assert re.search(rf"{option}\b", TEXT)


@pytest.mark.parametrize("model", list(MODELS))
def test_every_model_stands_in_the_documentation(model):
    assert re.search(rf"`{model}`", TEXT)


@pytest.mark.parametrize("column", [*REQUIRED, *OPTIONAL])
def test_every_column_of_a_ledger_stands_in_the_documentation(column):
    assert re.search(rf"`{column}`", TEXT)


@pytest.mark.parametrize("code", [code for code in exit_codes() if code > 1])
def test_every_exit_code_stands_in_the_documentation(code):
    assert re.search(rf"(^|\|)\s*`?{code}`?\s*\|", TEXT, flags=re.MULTILINE)


def test_no_verb_is_documented_that_does_not_exist():
    told = set(re.findall(r"^\s*(?:\$ )?forecast ([a-z][a-z-]+)", TEXT, flags=re.MULTILINE))
    assert told <= set(main.commands)


def test_links_within_the_documentation_lead_somewhere():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    links = [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:")
    ]
    broken = [f"{page.name}: {target}" for page, target in links if not (page.parent / target).exists()]
    assert broken == []
