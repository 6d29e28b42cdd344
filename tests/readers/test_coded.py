"""The coded facts of a workspace: manifests, ledgers side by side, declared and undeclared coverage."""

from __future__ import annotations

import json

import numpy as np
import pytest

from forecast.errors import DataMissingError, InputError
from forecast.facts.history import make_history
from forecast.readers.coded_facts import read_engagements, read_manifest
from forecast.readers.seals import seal_folder
from forecast.workspace import load_history
from text_tables import day, write_ledger

LEDGER = """
started_on | known_on   | source | recipient | event   | mode  | level
2010-03-05 | 2010-03-07 | IND    | PAK       | CONSULT | visit | leader
2012-06-01 | 2012-06-01 | PAK    | IND       | CONSULT | visit | leader
2011-01-01 | 2013-02-03 | CHN    | IND       | CONSULT | visit | minister
"""


def folder_with(tmp_path, manifest=None, **ledgers):
    for name, text in ledgers.items():
        write_ledger(tmp_path / f"{name}.csv", text)
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return tmp_path


def test_undeclared_coverage_runs_from_the_first_to_the_last_day_known(tmp_path):
    events, (coverage,) = read_engagements(folder_with(tmp_path, border=LEDGER))
    assert (coverage.starts_on, coverage.ends_on) == (day("2010-03-07"), day("2013-02-03"))
    assert not coverage.declared
    assert coverage.focal == ""
    assert coverage.publisher == "ledger:border"
    assert len(events) == 3


def test_ten_years_without_a_row_are_not_covered(tmp_path):
    odd = LEDGER + "1964-05-01 | 1964-05-01 | IND | PAK | CONSULT | visit | leader\n"
    _, coverages = read_engagements(folder_with(tmp_path, border=odd))
    days = [(str(coverage.starts_on), str(coverage.ends_on)) for coverage in coverages]
    assert days == [("1964-05-01", "1964-05-01"), ("2010-03-07", "2013-02-03")]


def test_an_odd_row_changes_no_day_that_the_others_resolve(tmp_path):
    odd = LEDGER + "1964-05-01 | 1964-05-01 | CHN | IND | CONSULT | visit | leader\n"
    days = np.arange("1960-01-01", "2014-01-01", 37, dtype="datetime64[D]").astype(np.int64)
    resolved = []
    for name, text in (("plain", LEDGER), ("odd", odd)):
        history = make_history(*read_engagements(folder_with(make(tmp_path / name), border=text)))
        cut = history.known_before(day("2012-01-01"))
        resolved.append([*history.recorded("IND-PAK", days), history.resolved_until("IND-PAK", days),
                         *cut.recorded("IND-PAK", days)])  # fmt: skip
    np.testing.assert_array_equal(*resolved)


def make(folder):
    folder.mkdir()
    return folder


def test_declared_coverage_is_taken_from_the_manifest(tmp_path):
    declared = {"border.csv": {"coverage_start": "2009-01-01", "coverage_end": "2014-12-31"}}
    _, (coverage,) = read_engagements(folder_with(tmp_path, declared, border=LEDGER))
    assert (coverage.starts_on, coverage.ends_on, coverage.declared) == (day("2009-01-01"), day("2014-12-31"), True)


@pytest.mark.parametrize(("given", "missing"), [("coverage_start", "coverage_end"), ("coverage_end", "coverage_start")])
def test_one_day_alone_declares_nothing_and_is_refused(tmp_path, given, missing):
    with pytest.raises(InputError, match=f"{missing} is missing; declare both days or none"):
        read_engagements(folder_with(tmp_path, {"border.csv": {given: "2009-01-01"}}, border=LEDGER))


def test_ledgers_stand_side_by_side_in_the_order_of_their_names(tmp_path):
    events, coverages = read_engagements(folder_with(tmp_path, zebra=LEDGER, ant=LEDGER))
    assert [coverage.publisher for coverage in coverages] == ["ledger:ant", "ledger:zebra"]
    assert len(events) == 6


def test_a_folder_without_ledgers_has_no_events(tmp_path):
    events, coverages = read_engagements(tmp_path)
    assert events.empty
    assert coverages == []


BAD_MANIFESTS = [
    ({"other.csv": {}}, "declares other.csv, which is not in the folder"),
    (
        {"border.csv": {"coverage_start": "2009-01-01", "coverage_end": "2014-02-30"}},
        r"border\.csv: coverage_end: '2014-02-30' is no day",
    ),
    ({"border.csv": {"coverage_start": "2014-01-01", "coverage_end": "2013-01-01"}}, "coverage ends before it begins"),
    ([], "must hold one JSON object"),
]


@pytest.mark.parametrize(("manifest", "problem"), BAD_MANIFESTS)
def test_a_bad_manifest_is_refused(tmp_path, manifest, problem):
    with pytest.raises(InputError, match=rf"manifest\.json: .*{problem}"):
        read_engagements(folder_with(tmp_path, manifest, border=LEDGER))


@pytest.mark.parametrize("entry", ["2014-12-31", ["2009-01-01", "2014-12-31"], None])
def test_a_declaration_that_is_no_object_is_refused(tmp_path, entry):
    with pytest.raises(InputError, match=r"manifest\.json: .*border\.csv"):
        read_engagements(folder_with(tmp_path, {"border.csv": entry}, border=LEDGER))


def test_a_misspelt_key_of_a_declaration_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"border\.csv: .*coverage_ends"):
        read_engagements(folder_with(tmp_path, {"border.csv": {"coverage_ends": "2014-12-31"}}, border=LEDGER))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1]"])
def test_a_manifest_that_is_no_json_object_is_refused(tmp_path, content):
    path = tmp_path / "manifest.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"manifest\.json"):
        read_engagements(tmp_path)
    seal_folder(tmp_path)
    with pytest.raises(InputError, match=r"manifest\.json"):
        read_manifest(path)


def test_a_workspace_without_facts_says_what_to_do(tmp_path):
    with pytest.raises(DataMissingError, match=r"holds no events: .*'forecast init") as missing:
        load_history(tmp_path)
    assert missing.value.exit_code == 6


def test_a_ledger_with_a_header_alone_is_no_fact(tmp_path):
    folder = tmp_path / "data" / "raw" / "engagements"
    folder.mkdir(parents=True)
    (folder / "empty.csv").write_text("started_on,known_on,source,recipient,event,mode,level\n", encoding="utf-8")
    with pytest.raises(DataMissingError):
        load_history(tmp_path)
