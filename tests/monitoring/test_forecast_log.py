"""The log of issued forecasts: nothing said is lost or changed unseen, whoever writes and whatever crashes."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import forecast.monitoring.forecast_log as log_module
from forecast.errors import DataMissingError, ForecastError, InputError
from forecast.files import locked
from forecast.monitoring.forecast_log import (
    NOTHING_BEFORE,
    append_forecasts,
    check_chain,
    first_recorded,
    is_hindcast,
    log_path,
    read_log,
    score_log,
    write_line,
)
from forecast.verification import brier_score, brier_skill
from tiers import examples


def told(number: int = 0, **changes: object) -> dict:
    """A forecast as it is recorded."""
    entry = {
        "model_id": "hazard",
        "model_version": "2024-01-01-0a1b2c3d",
        "dyad": "USA-CHN",
        "as_of": str(np.datetime64("2024-01-01") + number),
        "horizon_days": 30,
        "window_end": str(np.datetime64("2024-01-30") + number),
        "target": "meeting",
        "probability": 0.25,
        "climatology": 0.125,
        "announced": False,
        "issued_at": "2024-01-01T09:00:00+00:00",
        "warnings": "São Tomé",
    }
    return entry | changes


def chain_of(count: int) -> list[bytes]:
    lines, head = [], NOTHING_BEFORE
    for number in range(1, count + 1):
        line, head = write_line(told(number), number=number, previous=head)
        lines.append(line)
    return lines


# --- the chain ---


def test_what_is_recorded_is_read_back_in_its_order(tmp_path):
    first = append_forecasts(tmp_path, [told(0), told(1)])
    second = append_forecasts(tmp_path, [told(2)])
    log = read_log(tmp_path)
    assert log.entries == (told(0), told(1), told(2))
    assert (first.n_lines, second.n_lines) == (2, 3)
    assert (first.head, second.head) == (log.hashes[1], log.head)
    assert log.torn_bytes == 0
    assert log_path(tmp_path) == tmp_path / "forecast-log" / "log.jsonl"


def test_a_hash_is_that_of_the_line_without_it_by_another_program():
    import hashlib

    for at, line in enumerate(chain_of(3)):
        entry = json.loads(line)
        head = entry.pop("sha256")
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode("utf-8")).hexdigest() == head
        assert entry["previous"] == (NOTHING_BEFORE if at == 0 else json.loads(chain_of(at)[-1])["sha256"])


def test_recording_only_adds_bytes(tmp_path):
    append_forecasts(tmp_path, [told(0)])
    before = log_path(tmp_path).read_bytes()
    append_forecasts(tmp_path, [told(1)])
    assert log_path(tmp_path).read_bytes().startswith(before)


@settings(max_examples=examples(150))
@given(data=st.data())
def test_a_change_of_any_byte_is_seen_at_its_line(data):
    lines = chain_of(4)
    at = data.draw(st.integers(0, 3))
    where = data.draw(st.integers(0, len(lines[at]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value not in (lines[at][where], ord("\n"))))
    lines[at] = lines[at][:where] + bytes([byte]) + lines[at][where + 1 :]
    with pytest.raises(InputError, match=r"was changed|has the format") as caught:
        check_chain(lines, path=Path("log.jsonl"))
    assert caught.value.row == at + 1


@given(order=st.permutations(range(5)), kept=st.integers(1, 5))
def test_only_a_beginning_in_its_order_is_a_chain(order, kept):
    lines = chain_of(5)
    moved = [lines[at] for at in order[:kept]]
    wrong = [at for at, line in enumerate(order[:kept]) if at != line]
    if not wrong:
        assert len(check_chain(moved, path=Path("log.jsonl"))[1]) == kept
        return
    with pytest.raises(InputError, match="does not follow") as caught:
        check_chain(moved, path=Path("log.jsonl"))
    assert caught.value.row == wrong[0] + 1


def test_a_line_forged_with_its_own_hash_breaks_the_next():
    lines = chain_of(3)
    entry = json.loads(lines[1])
    forged = {name: value for name, value in entry.items() if name not in ("format", "line", "previous", "sha256")}
    lines[1] = write_line(forged | {"probability": 0.99}, number=2, previous=entry["previous"])[0]
    with pytest.raises(InputError, match=r"log\.jsonl, line 3: does not follow the line before it"):
        check_chain(lines, path=Path("log.jsonl"))


def test_lines_lost_at_the_end_are_seen_by_a_kept_head_alone(tmp_path):
    kept = append_forecasts(tmp_path, [told(0), told(1), told(2)]).head
    path = log_path(tmp_path)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    log = read_log(tmp_path)
    assert len(log.entries) == 2
    with pytest.raises(InputError, match="no line has the kept head"):
        log.line_of(kept)
    assert log.line_of(log.hashes[0].upper()) == 1
    with pytest.raises(InputError, match="--head: 'abc' is no head"):
        log.line_of("abc")


def test_a_log_of_another_format_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("forecast.monitoring.forecast_log.FORMAT", 2)
    append_forecasts(tmp_path, [told()])
    monkeypatch.undo()
    with pytest.raises(InputError, match="line 1: has the format 2, not 1"):
        read_log(tmp_path)


def test_what_could_not_be_verified_later_is_not_recorded(tmp_path):
    lame = told()
    del lame["climatology"]
    with pytest.raises(ForecastError, match=r"must have model_id, .*climatology"):
        append_forecasts(tmp_path, [lame])
    with pytest.raises(ForecastError, match="none of format, line"):
        append_forecasts(tmp_path, [told(line=3)])
    with pytest.raises(DataMissingError, match="forecast predict --record"):
        read_log(tmp_path / "elsewhere")


# --- the disk ---


def _record(root: str, worker: int, times: int) -> None:
    for time in range(times):
        append_forecasts(Path(root), [told(0, dyad=f"{worker}-{time}", part=part) for part in range(2)])


def test_ten_processes_at_once_lose_nothing(tmp_path):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_record, args=(str(tmp_path), worker, 10)) for worker in range(10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 10
    entries = read_log(tmp_path).entries
    assert sorted((e["dyad"], e["part"]) for e in entries) == sorted(
        (f"{worker}-{time}", part) for worker in range(10) for time in range(10) for part in range(2)
    )
    # What was recorded at once stands together.
    assert all(a["dyad"] == b["dyad"] for a, b in zip(entries[::2], entries[1::2], strict=True))


@pytest.mark.parametrize("back", [1, 2, 40, 400])
def test_a_log_cut_at_any_byte_keeps_its_whole_lines(tmp_path, back):
    append_forecasts(tmp_path, [told(0), told(1)])
    path = log_path(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-back])
    before = read_log(tmp_path)
    # Where only the line break is lost, the line is whole all the same.
    assert len(before.entries) == (2 if back == 1 else 1)
    assert (before.torn_bytes > 0) is (back > 1)
    done = append_forecasts(tmp_path, [told(2)])
    log = read_log(tmp_path)
    assert log.entries == (*before.entries, told(2))
    assert log.torn_bytes == 0
    assert done.n_lines == len(log.entries)
    aside = sorted(path.parent.glob("torn-*"))
    assert aside == ([] if back == 1 else [done.set_aside])
    if aside:
        assert path.read_bytes().splitlines(keepends=True)[0] + aside[0].read_bytes() == whole[:-back]


@settings(max_examples=examples(30))
@given(cut=st.integers(0, 1500))
def test_no_crash_while_writing_loses_an_earlier_line(tmp_path_factory, cut):
    root = tmp_path_factory.mktemp("crash")
    append_forecasts(root, [told(0)])
    path = log_path(root)
    kept = len(path.read_bytes())
    append_forecasts(root, [told(1), told(2)])
    whole = path.read_bytes()
    path.write_bytes(whole[: kept + min(cut, len(whole) - kept)])
    append_forecasts(root, [told(3)])
    entries = read_log(root).entries
    assert entries[0] == told(0)
    assert entries[-1] == told(3)
    assert list(entries[1:-1]) == [told(1), told(2)][: len(entries) - 2]
    shutil.rmtree(root)


def test_a_torn_first_line_leaves_an_empty_log(tmp_path):
    log_path(tmp_path).parent.mkdir()
    log_path(tmp_path).write_bytes(b'{"as_of":"20')
    assert (read_log(tmp_path).entries, read_log(tmp_path).torn_bytes) == ((), 12)
    done = append_forecasts(tmp_path, [told()])
    assert (done.n_lines, done.set_aside.read_bytes()) == (1, b'{"as_of":"20')


def test_nothing_is_added_to_a_last_line_that_was_changed(tmp_path):
    append_forecasts(tmp_path, [told()])
    path = log_path(tmp_path)
    changed = path.read_bytes().replace(b'"probability":0.25', b'"probability":0.75')
    path.write_bytes(changed)
    with pytest.raises(InputError, match="nothing is added"):
        append_forecasts(tmp_path, [told(1)])
    assert path.read_bytes() == changed


def test_a_full_disk_leaves_the_log_as_it_was(tmp_path, monkeypatch):
    append_forecasts(tmp_path, [told()])
    before = log_path(tmp_path).read_bytes()
    calls = []

    class FullDisk(io.FileIO):
        def write(self, text):
            calls.append(text)
            if len(calls) > 1:
                raise OSError(28, "No space left on device")
            return super().write(text[:7])

    monkeypatch.setattr(Path, "open", lambda path, mode, buffering: FullDisk(path, mode.replace("b", "")))
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        append_forecasts(tmp_path, [told(1)])
    monkeypatch.undo()
    assert log_path(tmp_path).read_bytes() == before


def test_lines_longer_than_a_block_are_found_from_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(log_module, "_BLOCK", 64)
    for number in range(4):
        append_forecasts(tmp_path, [told(number, warnings="é" * 300)])
    assert len(read_log(tmp_path).entries) == 4


def test_a_copy_put_in_place_while_waiting_is_the_one_written(tmp_path, monkeypatch):
    append_forecasts(tmp_path, [told()])
    path = log_path(tmp_path)

    @contextmanager
    def swapped(folder):
        with locked(folder):
            shutil.copy(path, tmp_path / "copy")
            os.replace(tmp_path / "copy", path)
            yield

    monkeypatch.setattr(log_module, "locked", swapped)
    append_forecasts(tmp_path, [told(1)])
    monkeypatch.undo()
    assert read_log(tmp_path).entries == (told(), told(1))


def test_reading_writes_nothing(tmp_path):
    append_forecasts(tmp_path, [told()])
    path = log_path(tmp_path)
    path.write_bytes(path.read_bytes() + b"torn")
    before = {file: file.read_bytes() for file in path.parent.iterdir()}
    read_log(tmp_path)
    assert {file: file.read_bytes() for file in path.parent.iterdir()} == before


# --- scores ---


def test_a_hindcast_is_issued_more_than_a_day_after_its_as_of_date():
    issued = ["2024-01-05T00:00:00+00:00", "2023-12-31T12:00:00+00:00", "2024-01-06T00:00:00+00:00"]
    issued += ["2024-01-06T00:00:01+00:00", "2024-01-06T01:30:00+02:00"]
    rows = pd.DataFrame({"as_of": "2024-01-05", "issued_at": issued})
    assert is_hindcast(rows).tolist() == [False, False, False, True, False]


def simulated(count: int = 400, *, dyads: int = 8) -> pd.DataFrame:
    generator = np.random.default_rng(3)
    p = generator.uniform(0.05, 0.6, count)
    rows = pd.DataFrame([told(number * 7) for number in range(count)])
    return rows.assign(
        dyad=[f"D{number % dyads}" for number in range(count)],
        issued_at=[f"{day}T08:00:00+00:00" for day in rows["as_of"]],
        probability=p,
        climatology=0.3,
        outcome=(generator.random(count) < p).astype(float),
    )


def test_scores_are_those_of_the_resolved_forecasts():
    rows = simulated()
    rows.loc[390:, "outcome"] = np.nan
    (score,) = score_log(rows).to_dict("records")
    part = rows.iloc[:390]
    assert (score["forecasts"], score["unresolved"], score["n"], score["hindcast"]) == (400, 10, 390, False)
    assert score["n_met"] == part["outcome"].sum()
    assert score["brier"] == brier_score(part["probability"], part["outcome"])
    assert score["skill"] == brier_skill(part["probability"], part["outcome"], reference=part["climatology"])
    assert score["skill_low"] < score["skill"] < score["skill_high"]
    assert score["reason"] == ""


def test_recording_again_changes_no_score_and_the_first_word_counts():
    rows = simulated()
    again = pd.concat([rows, rows.assign(probability=rows["outcome"])], ignore_index=True)
    (once,), (twice,) = score_log(rows).to_dict("records"), score_log(again).to_dict("records")
    assert twice == once | {"repeated": 400}
    assert first_recorded(again)["probability"].tolist() == rows["probability"].tolist()


def test_versions_targets_and_hindcasts_are_scored_apart():
    rows = simulated()
    late = rows.assign(as_of=[str(np.datetime64(day) - 400) for day in rows["as_of"]])
    other = rows.assign(model_version="2025-01-01-ffffffff")
    scores = score_log(pd.concat([late, rows, other, rows.assign(target="bilateral")], ignore_index=True))
    assert scores["hindcast"].tolist() == [False, False, False, True]
    assert scores["n"].tolist() == [400] * 4
    assert scores[["model_version", "target"]].drop_duplicates().shape == (3, 2)


def test_few_cases_are_said_and_not_scored():
    rows = simulated(40)
    few = rows.assign(outcome=[1.0] * 3 + [0.0] * 37)
    (score,) = score_log(few).to_dict("records")
    assert (score["n"], score["n_met"], score["reason"]) == (40, 3, "not enough cases (n = 3)")
    assert score["brier"] is score["skill"] is score["skill_low"] is None
    assert score_log(rows.assign(outcome=np.nan)).loc[0, "reason"] == "not enough cases (n = 0)"
    assert score_log(rows.head(0)).empty


def test_forecasts_of_few_dyads_within_one_window_give_no_interval():
    rows = simulated(60, dyads=2).assign(as_of=[str(np.datetime64("2024-01-01") + n % 20) for n in range(60)])
    rows = rows.drop_duplicates(["dyad", "as_of"]).assign(horizon_days=180)
    rows["issued_at"] = rows["as_of"]
    rows["outcome"] = [float(number % 2) for number in range(len(rows))]
    (score,) = score_log(rows).to_dict("records")
    assert score["brier"] is not None
    assert score["skill"] is score["skill_low"] is None
    assert score["reason"] == "not enough cases for an interval (n = 2)"


def test_the_interval_holds_the_true_skill_nine_times_in_ten():
    """With an uninformed forecaster whose climatology is the truth, skill 0 is nearly always inside."""
    inside = 0
    for seed in range(40):
        generator = np.random.default_rng(seed)
        rows = simulated(300, dyads=10)
        noise = np.clip(0.3 + generator.normal(0, 0.02, 300), 0, 1)
        rows = rows.assign(probability=noise, outcome=(generator.random(300) < 0.3).astype(float))
        (score,) = score_log(rows, resamples=200).to_dict("records")
        expected = -np.mean((noise - 0.3) ** 2) / (0.3 * 0.7)
        inside += score["skill_low"] <= expected <= score["skill_high"]
    assert inside >= 32
