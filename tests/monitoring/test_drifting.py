"""The report of drift on workspaces."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import forecast as fc
from forecast.cli.main import main
from forecast.errors import DataMissingError, DateError
from forecast.monitoring.verdicts import DriftReport, DriftRow
from forecast.readers.seals import seal_folder

# Trains the models of two years on the shipped records.
pytestmark = pytest.mark.slow


def drift(root: Path, as_of: str) -> DriftReport:
    # Workers share the workspace: the first one trains, the others wait.
    with (root / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return fc.drift(root=root, as_of=as_of, model="climatology")


def rows(report: DriftReport, kind: str) -> list[DriftRow]:
    return [row for row in report.rows if row.kind == kind]


@pytest.fixture(scope="module")
def alive(shipped) -> DriftReport:
    return drift(shipped, "2024-06-01")


@pytest.fixture(scope="module")
def ended(shipped) -> DriftReport:
    return drift(shipped, "2025-12-01")


def test_while_the_sources_speak_everything_is_compared(alive):
    sources = {row.name: row for row in rows(alive, "source")}
    assert {"usa-chn.csv", "secretary-travels", "state-department/visits", "journeys", "bra-journeys"} <= set(sources)
    assert {name for name, row in sources.items() if row.verdict != "ok"} == {
        "president-travels", "per-journeys", "russia/calls", "russia/meetings",
    }  # fmt: skip
    # Nobody went abroad from the journey to Israel in October to that to France in June.
    assert sources["president-travels"].what == "president-travels silent since 2023-10-18"
    (calibration,) = rows(alive, "calibration")
    assert calibration.low < calibration.value < calibration.high
    assert all(row.value is not None for row in rows(alive, "probability"))
    told = [row for row in rows(alive, "signal") if row.value is not None]
    assert len(told) > 60
    # Few dyads have telephoned, and the days since the last call are missing for the others.
    assert all(row.n > (50 if row.name.startswith("calls__") else 150) for row in told)
    assert not any(row.name.startswith(("season", "leaders__term")) for row in alive.rows)
    # Of friction the years are few, which cannot show a change.
    assert {row.verdict for row in alive.rows if row.name.startswith("friction__")} == {"not enough cases (n = 3)"}
    assert alive.recent == "2023-07-01 to 2024-06-01"
    assert alive.learned.endswith("2023-06-01")


def test_a_source_that_ended_is_named_and_its_standstill_is_not_compared(ended):
    sources = {row.what: row for row in rows(ended, "source")}
    sources |= {row.name: row for row in rows(ended, "source") if row.verdict == "drift"}
    assert sources["secretary-travels"].what == "secretary-travels ends on 2025-02-19"
    behind = np.datetime64("2025-12-01") - np.datetime64("2025-02-19")
    assert sources["secretary-travels"].value == behind.astype(int) - 1
    assert sources["state-department/visits"].verdict == sources["secretary-travels"].verdict == "drift"
    others = [row for row in ended.rows if row.kind != "source"]
    # Of the dyads of the two powers no row is compared; those of South America are few, and their sources still speak.
    pairs = 6 * 5 // 2 + 1
    assert all(row.n <= pairs for row in others if row.kind != "calibration")
    assert any("The record of meetings ends on 2024-11-12, 383 days before" in note for note in ended.notes)


def test_each_collection_of_a_publisher_ends_where_its_own_records_do(ended):
    found = {row.name: row.what for row in rows(ended, "source")}
    assert found["china/visits"].endswith("2024-12-18")
    assert found["hosted-summits"].endswith("2024-09-06")


def test_the_observed_meetings_are_those_of_windows_end_to_end(alive, shipped):
    days = [str(np.datetime64("2024-06-01") - 90 * k) for k in (4, 3, 2, 1)]
    told = [fc.predict(as_of=day, root=shipped, horizons=[90], model="climatology") for day in days]
    expected = sum(part["probability"].sum() for part in told)
    (row,) = rows(alive, "calibration")
    assert row.value * expected == pytest.approx(round(row.value * expected), abs=1e-6)
    assert round(row.value * expected) == row.n


def test_facts_of_the_future_change_nothing(shipped, alive, tmp_path):
    root = tmp_path / "ws"
    shutil.copytree(shipped / "data", root / "data")
    for name in ("visits", "president-travels", "secretary-travels"):
        path = root / "data" / "raw" / "state-department" / f"{name}.csv"
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        late = (table["known_on"] >= "2024-06-01") | (table["ended_on"] >= "2024-06-01")
        assert late.any()
        table.loc[late & (table.index % 2 == 0), "recipient"] = "FRA"
        table.drop(table.index[late & (table.index % 3 == 0)]).to_csv(path, index=False)
        seal_folder(path.parent)
    again = fc.drift(root=root, as_of="2024-06-01", model="climatology")
    assert again == alive


def test_one_dyad_is_not_enough_and_an_ended_ledger_is_named(rivals, tmp_path):
    shutil.copytree(rivals / "data", tmp_path / "ws" / "data")
    report = fc.drift(root=tmp_path / "ws", as_of="2022-03-01", model="base-rate")
    (source,) = rows(report, "source")
    assert (source.what, source.value) == ("rivals.csv ends on 2019-12-31", 790.0)
    assert {row.verdict for row in rows(report, "signal")} == {"not enough cases (n = 0)"}
    report = fc.drift(root=tmp_path / "ws", as_of="2019-12-01", model="base-rate")
    found = {row.verdict for row in rows(report, "signal")}
    assert "not enough cases (n = 1)" in found
    assert found <= {"not enough cases (n = 0)", "not enough cases (n = 1)"}
    assert rows(report, "source")[0].verdict == "ok"


def test_dates_without_data_are_errors(rivals):
    with pytest.raises(DateError, match="before the data begin"):
        fc.drift(root=rivals, as_of="1900-01-01", model="base-rate")
    with pytest.raises(DataMissingError):
        fc.drift(root=rivals, as_of="2008-03-01", model="base-rate")


def test_the_command_prints_the_report(rivals, alive):
    asked = ["drift", "--as-of", "2019-06-01", "--model", "base-rate", "--root", str(rivals)]
    done = CliRunner().invoke(main, asked, catch_exceptions=False)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == fc.drift(root=rivals, as_of="2019-06-01", model="base-rate").text() + "\n"
    assert max(len(line) for line in alive.text().splitlines()) <= 80
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
