"""Figures in prose are those that a command prints on the same page, and the picture is the one that is drawn now."""

from __future__ import annotations

import csv
import importlib.util
import re
from pathlib import Path

import pytest

from cases import each
from documentation_examples import TOLERANCE, blocks, commands, renewed, renewed_page

TOP = Path(__file__).resolve().parent.parent.parent
DOCS = TOP / "docs"
FOLDERS = ("tutorial", "how-to")
PAGES = [
    TOP / "README.md",
    DOCS / "index.md",
    *(page for name in FOLDERS for page in sorted((DOCS / name).glob("*.md"))),
]
README = PAGES[0].read_text(encoding="utf-8")


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@each("page", PAGES)
def test_a_percentage_in_prose_is_one_that_the_page_shows(page):
    """What it shows is compared with what its commands print by the tests of the examples."""
    text = page.read_text(encoding="utf-8")
    shown = set(re.findall(r"\d+\.\d%", " ".join(re.findall(r"```.*?\n(.*?)```", text, flags=re.S))))
    prose = re.sub(r"```.*?```", "", text, flags=re.S)
    assert [share for share in re.findall(r"\d+(?:\.\d+)?%", prose) if share not in shown and share != "90%"] == []


def test_the_readme_counts_records_and_summits_as_they_are():
    raw = TOP / "data" / "raw"
    records = sum(
        len({row["record_id"] for row in rows(path)})
        for path in (raw / "state-department").glob("*.csv")
        if path.stem in ("visits", "president-travels", "secretary-travels")
    )
    summits = sum(row["status"] == "held" for row in rows(raw / "venues.csv"))
    assert f"{round(records, -2):,} official records" in " ".join(README.split())
    assert f"{round(summits, -2):,} summits" in README


@pytest.mark.slow
def test_the_picture_of_the_front_pages_shows_the_forecasts_of_now(trained):
    spec = importlib.util.spec_from_file_location("make_pictures", DOCS / "make_pictures.py")
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    with pictures.FIGURES.open(encoding="utf-8") as lines:
        drawn = {row["as_of"]: float(row["probability"]) for row in csv.DictReader(lines)}
    now = pictures.weekly(trained).set_index("as_of")["probability"].to_dict()
    assert list(drawn) == list(now)
    apart = {day: (drawn[day], now[day]) for day in drawn if abs(drawn[day] - now[day]) > TOLERANCE / 100}
    assert apart == {}, "run `make figures`"
    assert pictures.PICTURE.name in README


def test_figures_are_renewed_where_the_words_are_the_same():
    shown = "dyad  probability\nUSA-CHN  95.5%  ...\nmodel hazard-...\n"
    printed = "dyad  probability\nUSA-CHN  71.2%  8.0%\nmodel hazard-2023\n"
    assert renewed(shown, printed) == shown.replace("95.5", "71.2")
    assert renewed(shown, "other words 71.2%") == shown


def test_figures_are_renewed_in_a_block_of_a_list(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("1. See:\n\n   ```console\n   $ forecast x\n   share\n\n   95.5%\n   ```\n", encoding="utf-8")
    (block,) = blocks(page)
    (command,) = commands(block)
    text = renewed_page(page.read_text(encoding="utf-8"), block.pad, command.prints, "share\n\n71.2%\n")
    assert text == page.read_text(encoding="utf-8").replace("95.5", "71.2")


def test_every_page_with_figures_shows_a_command():
    assert all(blocks(page) for page in PAGES if re.search(r"\d+\.\d%", page.read_text(encoding="utf-8")))
