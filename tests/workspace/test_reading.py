"""Facts are read once a process, and anew as soon as a file of theirs changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import forecast as fc
from forecast.errors import DataMissingError, DateError, InputError, ModelError
from forecast.workspace import Workspace, load_history

LEDGER = Path("data", "raw", "engagements", "rivals.csv")


@pytest.fixture
def own(rivals: Path, tmp_path: Path) -> Path:
    """A copy of the ledger's workspace that a test may change."""
    shutil.copytree(rivals / "data", tmp_path / "ws" / "data")
    return tmp_path / "ws"


def test_the_facts_are_read_once(own, monkeypatch):
    monkeypatch.chdir(own)
    history = Workspace(own).history
    assert Workspace(str(own)).history is history
    assert Workspace(".").history is history
    day = np.datetime64("2018-03-01")
    assert Workspace(own).known_before(day) is Workspace(own).query("2018-03-01").known
    assert history.fingerprint() == load_history(own).fingerprint()


@pytest.mark.parametrize("change", ["a row more", "same size", "a file more", "a file less"])
def test_a_changed_file_is_read_anew(own, change):
    workspace = Workspace(own)
    before = workspace.history.fingerprint()
    path = own / LEDGER
    text = path.read_text("utf-8")
    if change == "a row more":
        path.write_text(text + text.splitlines()[-1].replace(",meet,", ",multilateral,") + "\n", encoding="utf-8")
    elif change == "same size":
        path.write_text(text.replace("2018-", "2017-"), encoding="utf-8")
        assert len(path.read_text("utf-8")) == len(text)
    elif change == "a file more":
        shutil.copy(path, path.with_name("again.csv"))
    else:
        path.unlink()
        with pytest.raises(InputError, match=r"declares rivals\.csv"):
            workspace.history  # noqa: B018
        return
    assert workspace.history.fingerprint() == load_history(own).fingerprint() != before


def test_a_query_checks_its_words_before_it_reads_a_file(tmp_path):
    nowhere = Workspace(tmp_path / "nowhere")
    with pytest.raises(DateError):
        nowhere.query("2018-02-30")
    with pytest.raises(ModelError):
        nowhere.query("2018-03-01", model="oracle")
    query = nowhere.query("2018-03-01")
    with pytest.raises(DateError, match="horizons: 'soon' is no whole number"):
        query.horizons(["soon"])
    with pytest.raises(DataMissingError):
        query.known  # noqa: B018


def test_a_query_knows_nothing_of_its_own_day(own):
    query = Workspace(own).query("2018-03-01")
    assert query.known.events["known_on"].max() < query.day
    assert query.history.events["known_on"].max() >= query.day


def test_warnings_stand_one_by_one_and_joined(rivals):
    rows = fc.predict(root=rivals, as_of="2026-01-01", model="climatology", horizons=[30])
    for dyad, warnings in rows.attrs["warnings"].items():
        assert set(rows.loc[rows["dyad"] == dyad, "warnings"]) == {"; ".join(warnings)}
    assert rows.attrs["warnings"]
