"""New ledgers: laid out, never over another, and what they declare."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

import forecast as fc
from forecast.cli.main import main
from forecast.errors import DataMissingError, ForecastError, InputError
from forecast.facts.countries import canonical_dyad
from forecast.facts.events import REQUIRED
from forecast.readers.ledger import read_ledger
from forecast.verbs.check import check, contradictions, undecided
from forecast.verbs.ledger import new
from forecast.workspace import lay_out, load_history

ROW = "2020-03-01,2020-03-02,2020-03-02,{},{},CONSULT,visit,leader,,,,,,\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path


def manifest(root):
    return json.loads((root / "data" / "raw" / "engagements" / "manifest.json").read_text(encoding="utf-8"))


def test_a_new_ledger_has_a_header_and_declares_nothing(root):
    path = new("China-Russia", root=root)
    assert path == root / "data" / "raw" / "engagements" / "rus-chn.csv"
    assert read_ledger(path).empty
    assert set(REQUIRED) <= set(path.read_text(encoding="utf-8").strip().split(","))
    assert [one.name for one in path.parent.iterdir()] == ["rus-chn.csv"]


def test_a_ledger_that_stands_there_is_left_as_it_is(root):
    path = new("RUS-CHN", root=root)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="stands there already"):
        new("RUS-CHN", root=root, since="2000-01-01", until="2020-01-01")
    assert path.read_text(encoding="utf-8") == "mine"
    assert not (path.parent / "manifest.json").exists()


def test_what_other_ledgers_declare_stays(root):
    new("RUS-CHN", root=root, since="2000-01-01", until="2020-12-31")
    new(root=root, focal="Brazil", direction="journeys", since="2001-01-01", until="2021-12-31")
    assert manifest(root) == {
        "rus-chn.csv": {"coverage_start": "2000-01-01", "coverage_end": "2020-12-31"},
        "bra.csv": {
            "coverage_start": "2001-01-01", "coverage_end": "2021-12-31", "focal": "BRA", "direction": "journeys",
        },
    }  # fmt: skip


def test_pairs_that_a_ledger_of_a_focal_state_does_not_mention_exist_and_did_not_meet(root):
    path = new(root=root, focal="BRA", since="2000-01-01", until="2021-12-31")
    with path.open("a", encoding="utf-8") as ledger:
        ledger.write(ROW.format("BRA", "ARG"))
    history = load_history(root)
    as_of = np.datetime64("2021-01-01")
    dyads = history.known_before(as_of).cohort(as_of)
    assert {"BRA-ARG", "COL-BRA"} <= {*dyads, *("-".join(reversed(dyad.split("-"))) for dyad in dyads)}
    assert all("BRA" in dyad for dyad in dyads)
    assert history.coverage_end(canonical_dyad("BRA", "COL")) == np.datetime64("2021-12-31")
    assert history.coverage_end(canonical_dyad("COL", "PER")) is None


def test_one_direction_alone_resolves_no_pair(root):
    path = new(root=root, focal="BRA", direction="journeys", since="2000-01-01", until="2021-12-31")
    with path.open("a", encoding="utf-8") as ledger:
        ledger.write(ROW.format("BRA", "ARG"))
    assert load_history(root).coverage_end(canonical_dyad("BRA", "COL")) is None


MISTAKES = [
    ({}, "name one dyad"),
    ({"dyad": "RUS-CHN", "focal": "BRA"}, "name one dyad"),
    ({"dyad": "RUS-CHN", "since": "2000-01-01"}, "give both the first and the last day"),
    ({"focal": "BRA"}, "needs the days over which it is complete"),
    ({"focal": "BRA", "since": "2001-01-01", "until": "2000-01-01"}, "is before since"),
    ({"focal": "BRA", "since": "2001-01-01", "until": "2000-13-01"}, "is no day of the calendar"),
    ({"focal": "Brasilia", "since": "2001-01-01", "until": "2002-01-01"}, "unknown state"),
    ({"dyad": "RUS-CHN", "direction": "visits"}, "goes with a focal state"),
    ({"dyad": "RUS-CHN", "direction": "up"}, "is not one of journeys, visits, both"),
    ({"dyad": "RUS"}, "RUS"),
]


@pytest.mark.parametrize(("words", "problem"), MISTAKES)
def test_a_mistake_lays_out_nothing(root, words, problem):
    with pytest.raises(ForecastError, match=problem):
        new(**words, root=root)
    assert not list((root / "data" / "raw").rglob("*.csv"))


def test_a_folder_without_facts_is_no_workspace(tmp_path):
    with pytest.raises(DataMissingError, match="forecast init"):
        new("RUS-CHN", root=tmp_path)


def test_the_command_says_what_to_do_next(root):
    done = CliRunner().invoke(main, ["ledger", "new", "RUS-CHN", "--root", str(root)])
    assert (done.exit_code, done.stdout) == (0, "")
    assert "rus-chn.csv is ready" in done.stderr
    for words in ([], ["RUS-CHN", "--focal", "BRA"]):
        assert CliRunner().invoke(main, ["ledger", "new", *words, "--root", str(root)]).exit_code == 2


CHECKED = """
2020-03-01 | 2020-03-02 | 2020-03-02 | IND | PAK | CONSULT  | visit    | leader   | occurred
2020-04-01 | 2020-04-16 | 2020-04-16 | IND | PAK | CONSULT  | visit    | leader   | occurred
2020-05-01 | 2020-05-01 | 2020-05-01 | IND | PAK | REJECT   | meet     | leader   | occurred
2020-06-01 | 2020-06-01 | 2020-06-01 | IND | PAK | CONSULT  | announce | minister | occurred
2021-03-01 | 2021-03-02 | 2021-03-02 | IND | PAK | CONSULT  | visit    | leader   | occurred
2021-06-01 | 2021-06-01 | 2021-05-01 | IND | PAK | CONSULT  | visit    | leader   | announced
2104-06-01 | 2104-06-01 | 2021-05-01 | IND | PAK | CONSULT  | visit    | leader   | announced
"""


def test_the_check_counts_meetings_and_names_rows_that_decide_nothing(root):
    path = new("IND-PAK", root=root, since="2020-01-01", until="2020-12-31")
    names = "started_on,ended_on,known_on,source,recipient,event,mode,level,status"
    rows = [",".join(cell.strip() for cell in line.split("|")) for line in CHECKED.strip().splitlines()]
    path.write_text("\n".join([names, *rows]) + "\n", encoding="utf-8")
    (source,) = check(root=root).to_dict("records")
    assert (source["events"], source["leader_meetings"], source["undecided"]) == (7, 3, 2)
    assert (source["holds"], source["complete"]) == ("IND-PAK", True)
    found = undecided(root=root)
    assert found[["started_on", "reason"]].to_numpy().tolist() == [
        ["2104-06-01", "announced more than three years ahead"],
        ["2020-04-01", "lasts more than 14 days"],
        ["2021-03-01", "no complete source covers the pair then"],
        ["2020-06-01", "no meeting, no plan, and no signal looks at it"],
    ]
    assert contradictions(root=root).empty
    done = CliRunner().invoke(main, ["check", "--root", str(root)])
    assert "4 rows that decide nothing, or odd ones" in done.stdout
    assert "contradictions" not in done.stdout
    listed = CliRunner().invoke(main, ["check", "--undecided", "--root", str(root)])
    assert listed.stdout.startswith("publisher,record_id,dyad,started_on,ended_on,reason\nledger:ind-pak,")


@pytest.mark.slow
def test_a_meeting_after_the_publishers_record_moves_the_forecast_and_stands_in_its_explanation(tmp_path):
    root = lay_out(tmp_path / "ws")
    question = {"root": root, "as_of": "2026-01-15", "model": "recurrence"}
    before = fc.predict("USA-JPN", horizons=[90], **question)
    path = new("USA-JPN", root=root)
    with path.open("a", encoding="utf-8") as ledger:
        ledger.write("2025-10-28,2025-10-28,2025-10-28,USA,JPN,CONSULT,visit,leader,,,,,,\n")
    after = fc.predict("USA-JPN", horizons=[90], **question)
    assert abs(after["probability"].iloc[0] - before["probability"].iloc[0]) > 0.01
    assert after["stale_days"].iloc[0] == before["stale_days"].iloc[0]  # it says nothing of the days around it
    explanation = fc.explain("USA-JPN", horizon=90, analogues=0, **question)
    assert "2025-10-28" in str(explanation)
    assert "ledger:" in json.dumps(explanation.to_dict(), default=str)
