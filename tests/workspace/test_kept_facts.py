"""Parsed facts and fingerprints that a workspace keeps: the same to the bit, and made anew when anything differs."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import forecast.workspace as workspace
from forecast.facts.history import History
from forecast.readers.kept_facts import KEPT
from forecast.training import provenance
from forecast.workspace import Workspace, load_history


def laid_out(facts: Path, root: Path) -> Path:
    shutil.copytree(facts / "data" / "raw", root / "data" / "raw")
    (root / "data" / "features").mkdir()
    return root


@pytest.fixture
def root(rivals, tmp_path) -> Path:
    return laid_out(rivals, tmp_path)


@pytest.fixture
def parsed(monkeypatch) -> list[Path]:
    """The folders whose facts were parsed."""
    seen: list[Path] = []

    def spied(root: Path, **options: object) -> History:
        seen.append(root)
        return load_history(root, **options)

    monkeypatch.setattr(workspace, "load_history", spied)
    monkeypatch.setattr(workspace, "_facts", {})
    return seen


def history(root: Path) -> History:
    """The history as another process would read it."""
    workspace._facts.clear()
    return Workspace(root).history


def test_what_is_kept_is_what_was_parsed(shipped, tmp_path, parsed):
    root = laid_out(shipped, tmp_path)
    first, again, fresh = history(root), history(root), load_history(root)
    assert len(parsed) == 1
    for kept in (first, again):
        pd.testing.assert_frame_equal(kept.events, fresh.events, check_exact=True)
        assert (kept.calendar, kept.leaders, kept.coverages) == (fresh.calendar, fresh.leaders, fresh.coverages)
        assert kept.fingerprint() == fresh.fingerprint()
    day = np.datetime64("2010-01-01")
    assert again.known_before(day).fingerprint() == fresh.known_before(day).fingerprint()


def test_a_changed_file_is_parsed_anew_and_the_old_facts_go(root, parsed):
    before = history(root).fingerprint()
    ledger = root / "data" / "raw" / "engagements" / "mine.csv"
    ledger.write_text(
        "started_on,known_on,source,recipient,event,mode,level\n2012-03-01,2012-03-02,FRA,DEU,CONSULT,visit,leader\n",
        encoding="utf-8",
    )
    assert history(root).fingerprint() != before
    assert len(parsed) == 2
    assert len(list((root / KEPT).iterdir())) == 1
    ledger.unlink()
    assert history(root).fingerprint() == before


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: b"x" + content[1:], lambda _: b""])
def test_damaged_facts_are_parsed_anew(root, parsed, damage):
    before = history(root).fingerprint()
    (kept,) = (root / KEPT).iterdir()
    kept.write_bytes(damage(kept.read_bytes()))
    assert history(root).fingerprint() == before
    assert len(parsed) == 2
    history(root)
    assert len(parsed) == 2


def test_nothing_is_kept_where_no_workspace_was_laid_out(root, parsed):
    shutil.rmtree(root / "data" / "features")
    history(root)
    assert sorted(path.name for path in (root / "data").iterdir()) == ["raw"]


def test_nothing_that_was_refused_is_kept(root, parsed):
    (root / "data" / "raw" / "leaders.csv").write_text("no,table\n", encoding="utf-8")
    with pytest.raises(workspace.InputError):
        history(root)
    assert not (root / KEPT).exists()


def test_fingerprints_are_recalled_while_the_program_is_the_same(root, monkeypatch):
    monkeypatch.setattr(provenance, "_recalled", {})
    rooms = (provenance.ROWS, provenance.FITTING)
    fresh = [provenance._fingerprint(which) for which in rooms]
    provenance.recall_fingerprints(root)
    assert [provenance._recalled[which] for which in rooms] == fresh
    monkeypatch.setattr(provenance, "_recalled", {})
    monkeypatch.setattr(provenance, "_what_it_does", lambda _source: pytest.fail("made anew"))
    provenance.recall_fingerprints(root)
    assert [provenance._recalled[which] for which in rooms] == fresh


def test_fingerprints_of_another_program_are_made_anew(root, monkeypatch):
    monkeypatch.setattr(provenance, "_recalled", {})
    provenance.recall_fingerprints(root)
    fresh = dict(provenance._recalled)
    monkeypatch.setattr(provenance, "_recalled", {})
    path = root / provenance._KEPT
    path.write_text(path.read_text(encoding="utf-8").replace(provenance.program_digest(), "0" * 64), encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(fresh[provenance.ROWS], "1" * 64), encoding="utf-8")
    provenance.recall_fingerprints(root)
    assert provenance._recalled == fresh


def test_fingerprints_that_were_changed_by_hand_are_made_anew(root, monkeypatch):
    monkeypatch.setattr(provenance, "_recalled", {})
    provenance.recall_fingerprints(root)
    fresh = dict(provenance._recalled)
    path = root / provenance._KEPT
    whole = path.read_text(encoding="utf-8")
    for damaged in (whole.replace(fresh[provenance.ROWS], "1" * 64), whole[:-9], "[]", "7"):
        path.write_text(damaged, encoding="utf-8")
        monkeypatch.setattr(provenance, "_recalled", {})
        provenance.recall_fingerprints(root)
        assert provenance._recalled == fresh
        assert path.read_text(encoding="utf-8") == whole


def test_a_process_that_reads_facts_recalls_the_fingerprints(root, monkeypatch, parsed):
    monkeypatch.setattr(provenance, "_recalled", {})
    history(root)
    assert set(provenance._recalled) == {provenance.ROWS, provenance.FITTING}


def test_the_fingerprint_tells_texts_in_neighbouring_rows_apart(root):
    """Lengths go in: 'ab', 'c' are not 'a', 'bc'."""
    whole = load_history(root)
    events = whole.events.iloc[:2].reset_index(drop=True)

    def fingerprint(*notes: str) -> str:
        return History(events.assign(note=list(notes)), whole.coverages).fingerprint()

    assert len({fingerprint("ab", "c"), fingerprint("a", "bc"), fingerprint("", "abc"), fingerprint("abc", "")}) == 4
