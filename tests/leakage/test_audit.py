"""The audit: each proof catches signals that look ahead, and the shipped signals pass all of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import forecast as fc
from forecast.errors import AuditError, DataMissingError, DateError, InputError, ModelError
from forecast.facts.calendar import Calendar, Edition
from forecast.leakage.audit import COLUMNS, PROOFS, AuditDates, check_passed, draw_audit_dates, run_proofs
from forecast.leakage.comparison import OUTCOME_DAYS
from forecast.workspace import load_history
from leaking_signals import BOUNDARY, DECLARED, EARLY, EDITIONS, HONEST, LEADERS, OUTCOME, WHOLE

# Whole audits of histories with and without leaks.
pytestmark = pytest.mark.slow

BITS = ("poisoned future", "truncation", "late arrival", "mirror")


def silent(step: str) -> None:
    """Say nothing."""


def failed(report: pd.DataFrame) -> set[str]:
    return set(report.loc[~report["passed"], "test"])


def contents(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(root.rglob("*"))
    }


@pytest.fixture(scope="module")
def leaking(neighbours):
    """The report on a signal that reads the outcome, by a model that follows what it learned from four dyads."""
    return fc.audit(root=neighbours, trials=3, signals=[OUTCOME], model="classifier")


@pytest.fixture(scope="module")
def honest(rivals):
    """What the shipped signals and honest ones of a user's own give, with what was said and what was there before."""
    before, steps = contents(rivals), []
    report = fc.audit(root=rivals, trials=2, signals=[HONEST, DECLARED], on_step=steps.append)
    return report, steps, before


# --- the outcome itself is caught by each ---


@pytest.mark.parametrize("proof", list(PROOFS))
def test_each_proof_catches_a_signal_that_reads_the_outcome(leaking, proof):
    (row,) = leaking.loc[leaking["test"] == proof].to_dict("records")
    assert not row["passed"]
    assert row["rows"] > 0
    assert row["failures"] > 0
    assert row["worst_difference"] > row["allowed"]
    assert {"outcome__value", "forecast of 90 days"} <= set(row["changed"].split(", "))
    assert row["dyad"] in {"CHN-IND", "CHN-PAK", "IND-PAK", "FRA-DEU"}
    assert row["as_of"] in row["as_ofs"].split()


@pytest.mark.parametrize("proof", BITS)
def test_the_counterexample_is_of_the_signal_and_not_of_the_shipped_ones(leaking, proof):
    (row,) = leaking.loc[leaking["test"] == proof].to_dict("records")
    assert row["signal"] == "outcome__value"
    assert {row["before"], row["after"]} == {"0.0", "1.0"}
    shipped = [name for name in row["changed"].split(", ") if "__" in name]
    assert shipped == ["outcome__value"]


def test_a_forecast_from_the_future_has_skill_in_permuted_futures(leaking):
    (row,) = leaking.loc[leaking["test"] == "permuted outcomes"].to_dict("records")
    assert row["worst_difference"] > 0.2 > row["allowed"] > 0
    assert row["failures"] > 0
    assert float(row["after"]) > float(row["before"].removeprefix("base rate "))


def test_a_default_that_four_dyads_hold_to_climatology_is_caught_by_its_bits(neighbours):
    report = fc.audit(root=neighbours, trials=1, signals=[OUTCOME])
    assert failed(report) == set(BITS)


def test_a_failed_audit_is_an_error_with_its_own_code(leaking):
    with pytest.raises(
        AuditError, match="poisoned future, truncation, late arrival, mirror, permuted outcomes found a leak"
    ):
        check_passed(leaking)
    assert AuditError.exit_code == 8


# --- other ways to look ahead ---

CALENDAR = Calendar(
    tuple(
        Edition(
            series="summit", edition=str(year), host="IND", starts_on=np.datetime64(f"{year}-09-01", "D"),
            ends_on=np.datetime64(f"{year}-09-02", "D"), announced_on=np.datetime64(f"{year - 1}-09-01", "D"),
            off_on=np.datetime64("9999-01-01", "D"), took_place=True,
            members=tuple((code, np.datetime64(f"{year - 1}-09-01", "D")) for code in ("CHN", "IND", "PAK")),
        )
        for year in range(2005, 2018)
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def dates(record):
    return draw_audit_dates(record, as_of=None, trials=2, generator=np.random.default_rng(2))


@pytest.mark.usefixtures("few_permutations")
@pytest.mark.parametrize(
    ("signal", "caught"),
    [
        (BOUNDARY, {"poisoned future", "mirror"}),
        (EARLY, {"late arrival", "poisoned future"}),
        (WHOLE, {"poisoned future", "truncation", "late arrival", "mirror"}),
        (EDITIONS, {"poisoned future", "truncation"}),
        (LEADERS, {"poisoned future"}),
        (HONEST, set()),
        (DECLARED, set()),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_every_way_to_look_ahead_is_caught_by_the_proof_of_it(record, subject_of, dates, signal, caught):
    history = replace(record, calendar=CALENDAR)
    report = run_proofs(subject_of(history, signal), dates, seed=1, on_step=silent)
    assert failed(report) >= caught
    if not caught:
        assert failed(report) == set()
    changed = {name for names in report["changed"] for name in names.split(", ") if "__" in name}
    assert changed <= {f"{signal.name}__value"}


# --- an honest workspace ---


def test_the_shipped_signals_and_honest_ones_pass(honest):
    report, _, _ = honest
    assert list(report.columns) == list(COLUMNS)
    assert report["test"].tolist() == list(PROOFS)
    assert report["passed"].all()
    assert (report["rows"] > 0).all()
    assert (report["worst_difference"] <= report["allowed"]).all()
    assert not report.isna().to_numpy().any()
    assert all(int(tried.split()[0]) > 0 for tried in report["tried"])
    check_passed(report)


def test_the_steps_are_said(honest):
    _, steps, _ = honest
    assert steps[0].startswith("training the model 'hazard' on what was known before ")
    assert [step.startswith("as-of date") for step in steps[1:]] == [True, True, False, False]


def test_nothing_is_written_into_the_workspace(honest, rivals):
    assert contents(rivals) == honest[2]


def test_the_shipped_records_pass(shipped):
    """All that is shipped, with a model that needs little training: about ten seconds."""
    before = contents(shipped / "data" / "raw")
    report = fc.audit(root=shipped, model="climatology", trials=1, seed=3, as_of="2006-02-03")
    assert report["passed"].all(), report.to_string()
    assert report.loc[report["test"] == "poisoned future", "rows"].item() > 180
    # Other workers keep models in the same workspace meanwhile.
    assert contents(shipped / "data" / "raw") == before


@pytest.mark.usefixtures("few_permutations")
def test_the_same_seed_gives_the_same_report_and_another_seed_other_dates(neighbours):
    said = {"root": neighbours, "trials": 1, "model": "base-rate"}
    one, same, other = (fc.audit(**said, seed=seed) for seed in (4, 4, 5))
    pd.testing.assert_frame_equal(one, same)
    assert one["as_ofs"].tolist() != other["as_ofs"].tolist()


# --- an audit that compares nothing has not passed ---


@pytest.mark.usefixtures("few_permutations")
def test_an_audit_without_a_day_of_a_meeting_has_not_passed(record, subject_of):
    quiet = AuditDates(np.array(["2012-05-14"], dtype="datetime64[D]"), np.array([], dtype="datetime64[D]"))
    report = run_proofs(subject_of(record), quiet, seed=0, on_step=silent)
    assert failed(report) == {"mirror"}
    with pytest.raises(AuditError, match="mirror compared nothing, which proves nothing"):
        check_passed(report)


# --- dates ---


def test_dates_are_drawn_where_there_is_a_past_and_a_future(record):
    drawn = draw_audit_dates(record, as_of=None, trials=20, generator=np.random.default_rng(0))
    assert len(np.unique(drawn.as_ofs)) == 20
    assert len(np.unique(drawn.meeting_days)) == 20
    last = max(c.ends_on for c in record.coverages) - OUTCOME_DAYS
    for days in (drawn.as_ofs, drawn.meeting_days):
        assert days.max() <= last
        assert days.min() >= np.datetime64("2009-01-01")
    assert drawn.first == min(drawn.as_ofs.min(), drawn.meeting_days.min())


def test_a_ledger_that_ended_long_ago_does_not_shorten_the_span(record):
    ended = [
        replace(c, ends_on=np.datetime64("2011-01-01", "D"), declared=True) if c.publisher == "ledger:untold" else c
        for c in record.coverages
    ]
    drawn = draw_audit_dates(
        replace(record, coverages=tuple(ended)), as_of=None, trials=40, generator=np.random.default_rng(0)
    )
    assert drawn.as_ofs.max() > np.datetime64("2015-01-01")


def test_a_date_that_is_named_is_tried_again_and_again_with_meetings_after_it(record):
    day = np.datetime64("2013-03-03", "D")
    dates = draw_audit_dates(record, as_of=day, trials=3, generator=np.random.default_rng(0))
    assert dates.as_ofs.tolist() == [day.item()] * 3
    assert (dates.meeting_days >= day).all()
    assert len(dates.meeting_days) == 3


def test_a_date_without_a_resolved_outcome_is_refused(neighbours):
    with pytest.raises(
        DateError, match=r"^as_of 2017-12-01: outcomes of 90 days are resolved for .* up to 2017-\d\d-\d\d"
    ):
        fc.audit(root=neighbours, as_of="2017-12-01")


def test_a_record_without_meetings_is_refused(tmp_path):
    folder = tmp_path / "data" / "raw" / "engagements"
    folder.mkdir(parents=True)
    (folder / "one.csv").write_text(
        "started_on,known_on,source,recipient,event,mode,level\n2010-01-01,2010-01-01,IND,PAK,CONSULT,visit,minister\n"
    )
    with pytest.raises(DataMissingError, match="records 0 meetings of leaders: too few"):
        fc.audit(root=tmp_path)


def test_a_short_record_is_refused(tmp_path):
    folder = tmp_path / "data" / "raw" / "engagements"
    folder.mkdir(parents=True)
    rows = "".join(f"2010-0{month}-01,2010-0{month}-01,IND,PAK,CONSULT,visit,leader\n" for month in (1, 2, 3))
    (folder / "one.csv").write_text("started_on,known_on,source,recipient,event,mode,level\n" + rows)
    assert len(load_history(tmp_path).events) == 3
    with pytest.raises(DataMissingError, match="too short for an audit"):
        fc.audit(root=tmp_path)


@pytest.mark.parametrize(
    ("said", "error", "message"),
    [
        ({"trials": 0}, InputError, "at least one trial"),
        ({"model": "oracle"}, ModelError, "unknown model 'oracle'"),
        ({"as_of": "2013-02-30"}, DateError, "no day of the calendar"),
        ({"signals": [len]}, InputError, "is no Signal and no ComputedSignal"),
        ({"signals": ["nowhere.py:LEAK"]}, InputError, "there is no such file"),
    ],
)
def test_a_wrong_question_is_refused_before_anything_long_begins(tmp_path, said, error, message):
    with pytest.raises(error, match=message):
        fc.audit(root=tmp_path, **said)
