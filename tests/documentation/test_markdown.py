"""The pages in Markdown: they lead somewhere, lag behind no registry and are wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import each
from forecast.cli.main import main
from forecast.facts.events import OPTIONAL, REQUIRED

TOP = Path(__file__).resolve().parent.parent.parent
PAGES = [
    *sorted(TOP.glob("*.md")),
    *sorted((TOP / "docs").rglob("*.md")),
    TOP / "deploy/README.md",
    TOP / "tests/README.md",
]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
WIDTH = 120


def prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of each line outside code, tables, comments and headings."""
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.strip()
        if fence:
            fence = "" if words == fence else fence
        elif opened := re.match(r"`{3,}|~{3,}|:{3,}", words):
            fence = opened[0]
        elif not words.startswith(("|", "#", "<!--")):
            yield number, line


@each("page", PAGES)
def test_prose_is_wrapped(page):
    """A line may be longer only if it is one word that cannot be broken, such as a link."""
    long = [
        f"{page.name}:{number} has {len(line)} columns"
        for number, line in prose_lines(page.read_text(encoding="utf-8"))
        if len(line) > WIDTH and " " in re.sub(r"^(?:[*+-]|\d+\.) ", "", line.strip())
    ]
    assert long == []


def test_code_and_tables_are_no_prose():
    text = "one\n\n```sh\ncode\n```\n\n| a | b |\n\n   ```text\n   more\n   ```\ntwo"
    assert [line for _, line in prose_lines(text) if line] == ["one", "two"]


@pytest.mark.parametrize("column", [*REQUIRED, *OPTIONAL])
def test_every_column_of_a_ledger_stands_in_the_documentation(column):
    assert re.search(rf"`{column}`", (TOP / "docs" / "ledger.md").read_text(encoding="utf-8"))


def test_no_verb_is_documented_that_does_not_exist():
    blocks = "\n".join(re.findall(r"^ *```(?:sh|console)\n(.*?)```", TEXT, flags=re.MULTILINE | re.DOTALL))
    headings = re.findall(r"^## forecast ([\w-]+)", TEXT, flags=re.MULTILINE)
    named = {*headings, *re.findall(r"^ *(?:\$ )?forecast ([a-z][a-z-]+)", blocks, flags=re.MULTILINE)}
    assert len(named) > 10
    assert named - set(main.commands) == set()


def test_links_within_the_documentation_lead_somewhere():
    links = [
        (page, target)
        for page in PAGES
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:")
    ]
    broken = [f"{page.name}: {target}" for page, target in links if not (page.parent / target).exists()]
    assert broken == []
