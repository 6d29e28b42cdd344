"""The command *ingest* for sources beside the State Department: from a file to facts that a workspace reads."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from forecast.cli.main import main
from forecast.readers.wikipedia_pages import SavedPage
from forecast.workspace import load_history
from simulated_ledgers import rivals_workspace

FIXTURES = Path(__file__).parent / "fixtures"
TABLE = """Date d\u00e9but;Date fin;Pays visit\u00e9;Visiteur
03/04/2012;05/04/2012;Allemagne;France
21/06/2013;22/06/2013;Maroc;France
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return rivals_workspace(tmp_path / "ws")


def ingest(place: Path, *words: object) -> Result:
    return CliRunner().invoke(main, ["ingest", *(str(word) for word in words), "--root", str(place)])


def test_chinas_lists_become_two_complete_collections(place, tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    for name, part in (("journeys", "outbound"), ("visits", "inbound"), ("attendees", "hosted")):
        shutil.copy(FIXTURES / "china" / f"{name}.csv", folder / f"china-{part}-x.csv")
    done = ingest(place, "china", folder)
    assert done.exit_code == 0, done.output
    history = load_history(place)
    assert {(c.source, c.direction) for c in history.coverages if c.focal == "CHN" and c.complete} == {
        ("journeys", "journeys"),
        ("visits", "visits"),
    }
    assert history.focal_states == ("CHN",)


def test_a_list_of_trips_becomes_journeys_of_its_leader(place):
    page = FIXTURES / "wikipedia-trips" / "year-sections.html"
    assert ingest(place, "wikipedia-trips", page).exit_code == 3
    done = ingest(place, "wikipedia-trips", page, "--state", "FRA")
    assert done.exit_code == 0, done.output
    coverages = [c for c in load_history(place).coverages if c.publisher == "wikipedia-trips-fra"]
    assert {(c.focal, c.direction) for c in coverages} == {("FRA", "journeys")}


def test_a_list_of_trips_is_fetched_by_its_title_if_a_contact_is_given(place, monkeypatch):
    def fetched(title, *, contact):
        assert contact == "ann@example.org"
        html = (FIXTURES / "wikipedia-trips" / "year-sections.html").read_text(encoding="utf-8")
        return SavedPage(
            title, html, np.datetime64("2024-01-01"), "html", "7", "https://example.org/w/index.php?oldid=7"
        )

    monkeypatch.setattr("forecast.readers.wikipedia_trips.fetch_trips", fetched)
    words = ("wikipedia-trips", "List of trips made by Ann", "--state", "FRA")
    assert ingest(place, *words).exit_code == 3
    done = ingest(place, *words, "--contact", "ann@example.org")
    assert done.exit_code == 0, done.output
    manifest = (place / "data" / "raw" / "wikipedia-trips-fra" / "manifest.json").read_text(encoding="utf-8")
    assert '"address": "https://example.org/w/index.php?oldid=7 (List of trips made by Ann)"' in manifest


def test_a_table_becomes_a_ledger_once_and_a_dry_run_writes_nothing(place, tmp_path):
    path = tmp_path / "voyages.csv"
    path.write_text(TABLE, encoding="cp1252")
    ledger = place / "data" / "raw" / "engagements" / "voyages.csv"
    done = ingest(place, "table", path, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "2 rows read, nothing written" in done.stderr
    assert not ledger.exists()
    assert ingest(place, "table", path).exit_code == 0
    events = load_history(place).events
    assert set(events.loc[events["publisher"] == "ledger:voyages", "dyad"]) == {"FRA-DEU", "FRA-MAR"}
    again = ingest(place, "table", path)
    assert again.exit_code == 3
    assert "exists already" in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["china", "{fixtures}"], "is not the folder that holds china-outbound"),
        (["colt", "{fixtures}/none.csv"], "does not exist; name a file in COLT's layout"),
        (["table", "{fixtures}/china/visits.csv", "{fixtures}/china/journeys.csv"], "2 paths are named; name a table"),
        (["colt", "{fixtures}/china/visits.csv", "--dry-run"], "go with a table"),
    ],
)
def test_what_cannot_be_read_is_said(place, words, said):
    done = ingest(place, *(word.format(fixtures=FIXTURES) for word in words))
    assert done.exit_code == 3
    assert said in done.stderr
