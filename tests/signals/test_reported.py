"""Signals of event data: against the dyad's own usual volume, missing where no source reports, never the future."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import forecast as fc
from cases import each
from event_rows import gdelt_line, icews_line, write_events
from forecast.dates import as_days
from forecast.facts.countries import canonical_dyad
from forecast.panel.panel import build_panel
from forecast.signals.emerging.reported import FEWEST_DAYS, MEASURES, WINDOWS
from forecast.workspace import Workspace
from simulated_ledgers import rivals_workspace
from text_tables import table

AS_OF = "2016-06-01"


def days_before(day: str, first: int, last: int) -> list[str]:
    return [str(np.datetime64(day, "D") - back) for back in range(last, first - 1, -1)]


@pytest.fixture
def root(tmp_path) -> Path:
    return rivals_workspace(tmp_path / "ws")


def covering(days: list[str]) -> list[str]:
    """A source that reports on somebody else each day."""
    return [gdelt_line(day, "USA", "FRA", "057") for day in days]


def signals(root: Path, *as_ofs: str, dyads: tuple[str, ...] = ("IND-PAK",)) -> pd.DataFrame:
    history = Workspace(root).history
    panel = build_panel(history, as_days(as_ofs or [AS_OF]), dyads=list(dyads), emerging=("reported",))
    return panel.signals.filter(like="reported__")


def ingest(root: Path, lines: list[str], name: str = "a.csv") -> None:
    fc.ingest("gdelt", write_events(root / "files" / name, lines), root=root)


def value(now: int, usual: float) -> float:
    return math.log((now + 0.5) / (usual + 0.5))


# Reports on the two, so many days before the as-of date; a source that covers 400 days before it.
CASES = table("""
case                            | code | days back   | measure     | window | now | year
a report of yesterday           | 036  | 1           | intent      | 7      | 1   | 0
a report of the as-of date      | 036  | 0           | intent      | 7      | 0   | 0
the first day of the window     | 036  | 7           | intent      | 7      | 1   | 0
the day before the window       | 036  | 8           | intent      | 7      | 0   | 1
the same in a longer window     | 036  | 8           | intent      | 14     | 1   | 0
the last day of the year        | 036  | 372         | intent      | 7      | 0   | 1
beyond the year                 | 036  | 373         | intent      | 7      | 0   | 0
many, and many usual            | 041  | 1,2,3,50,60 | contact     | 30     | 3   | 2
a refusal                       | 125  | 2           | refusal     | 14     | 1   | 0
talks broken off                | 164  | 2           | halt        | 14     | 1   | 0
refusals are conflict           | 125  | 2           | conflict    | 14     | 1   | 0
an intent is cooperation        | 036  | 2           | cooperation | 14     | 1   | 0
another class                   | 112  | 2           | cooperation | 14     | 0   | 0
""")


#: Each case is of a dyad of its own, so that one source holds them all.
OTHERS = ("PAK", "CHN", "LKA", "NPL", "BGD", "MMR", "BTN", "AFG", "IRN", "RUS", "DEU", "GBR", "ITA")


@pytest.fixture(scope="module")
def of_cases(tmp_path_factory) -> pd.DataFrame:
    """The signals of all cases, by dyad."""
    lines = covering(days_before(AS_OF, 1, 500))
    for case, other in zip(CASES, OTHERS, strict=True):
        reported = [str(np.datetime64(AS_OF) - int(back)) for back in case["days back"].split(",")]
        lines += [gdelt_line(day, "IND/GOV", f"{other}/GOV", case["code"]) for day in reported]
    root = rivals_workspace(tmp_path_factory.mktemp("cases") / "ws")
    ingest(root, lines)
    return signals(root, dyads=tuple(canonical_dyad("IND", other) for other in OTHERS)).droplevel("as_of")


@each(("case", "other"), zip(CASES, OTHERS, strict=True))
def test_reports_against_the_usual_number(of_cases, case, other):
    window = int(case["window"])
    found = of_cases.loc[canonical_dyad("IND", other), f"reported__{case['measure']}__{window}d"]
    assert found == pytest.approx(value(int(case["now"]), int(case["year"]) * window / 365))


def test_governments_and_leaders_apart_from_others(root):
    day = days_before(AS_OF, 3, 3)[0]
    lines = [gdelt_line(day, "IND/BUS", "PAK/GOV", "036")]
    lines += [gdelt_line(day, "IND/GOV/PRIME MINISTER", "PAK/GOV/PRIME MINISTER", "036")]
    ingest(root, covering(days_before(AS_OF, 1, 500)) + lines)
    found = signals(root)
    assert found["reported__intent__7d"].item() == pytest.approx(value(1, 0))
    assert found["reported__leaders__7d"].item() == pytest.approx(value(1, 0))


def test_without_event_data_all_is_missing(root):
    found = signals(root)
    assert found.shape == (1, len(MEASURES) * len(WINDOWS))
    assert found.isna().all(axis=None)


@pytest.mark.parametrize(
    ("days", "present"),
    [
        (days_before(AS_OF, 1, 500), [7, 14, 30, 90]),
        (days_before(AS_OF, 8, 500), [7, 14, 30, 90]),  # a weekly source: windows end where it ends
        (days_before(AS_OF, 9, 500), []),  # and one that has ended
        (days_before(AS_OF, 1, 30 + FEWEST_DAYS), [7, 14, 30]),
        (days_before(AS_OF, 1, 30 + FEWEST_DAYS - 1), [7, 14]),
        (days_before(AS_OF, 1, 2) + days_before(AS_OF, 9, 500), [30, 90]),  # a gap in the short windows
    ],
)
def test_what_a_source_does_not_cover_is_missing(root, days, present):
    ingest(root, covering(days))
    found = signals(root).iloc[0]
    assert [w for w in WINDOWS if not np.isnan(found[f"reported__conflict__{w}d"])] == present


def test_sources_are_averaged_each_against_itself(root):
    days = days_before(AS_OF, 1, 500)
    ingest(root, covering(days) + [gdelt_line(days[-1], "IND", "PAK", "036")] * 3)
    stories = [icews_line(day, "France", "Germany", "057") for day in days]
    fc.ingest("icews", write_events(root / "files" / "i.tab", stories, header="icews"), root=root)
    assert signals(root)["reported__intent__14d"].item() == pytest.approx((value(3, 0) + value(0, 0)) / 2)


def test_a_dyad_reads_the_same_alone_and_in_company(root):
    days = days_before(AS_OF, 1, 500)
    ingest(
        root,
        [*covering(days), gdelt_line(days[-5], "IND", "PAK", "036"), gdelt_line(days[-9], "USA", "FRA", "041")],
    )
    alone = signals(root, "2016-05-01", AS_OF)
    company = signals(root, "2016-05-01", AS_OF, dyads=("IND-PAK", "USA-FRA", "BRA-ARG"))
    pd.testing.assert_frame_equal(company.xs("IND-PAK", drop_level=False), alone)


def test_reports_of_the_future_change_nothing(root):
    """The poisoned future: reports from the as-of date on change no value by a bit, and no fingerprint of facts."""
    days = days_before(AS_OF, 1, 500)
    ingest(root, [*covering(days), gdelt_line(days[-5], "IND", "PAK", "036")])
    before, facts = signals(root), Workspace(root).history.fingerprint()
    later = [str(np.datetime64(AS_OF) + ahead) for ahead in range(400)]
    codes = ("036", "041", "125", "164", "112", "057")
    ingest(root, [gdelt_line(day, "IND/GOV", "PAK/GOV", code) for day in later for code in codes] * 3, "future.csv")
    pd.testing.assert_frame_equal(signals(root), before, check_exact=True)
    assert Workspace(root).history.fingerprint() == facts


def test_event_data_resolve_no_outcome_and_open_no_dyad(root):
    before = build_panel(Workspace(root).history, as_days([AS_OF]))
    lines = [
        gdelt_line(day, "IND/GOV/PRIME MINISTER", "PAK/GOV/PRIME MINISTER") for day in days_before(AS_OF, -60, 500)
    ]
    ingest(root, lines)
    after = build_panel(Workspace(root).history, as_days([AS_OF]))
    pd.testing.assert_frame_equal(after.signals, before.signals)
    pd.testing.assert_frame_equal(after.outcomes, before.outcomes)
    assert after.fingerprint == before.fingerprint


def test_a_year_is_read_only_when_it_is_looked_at(root):
    for year in (2012, 2015, 2016):
        ingest(root, covering(days_before(f"{year}-06-01", 1, 120)), f"{year}.csv")
    reports = Workspace(root).history.reports
    read = []
    spied = {
        year: (lambda year=year, cells=cells: read.append(year) or cells())
        for year, cells in reports.years["gdelt"].items()
    }
    behind = type(reports)({"gdelt": spied}).known_before(np.datetime64("2016-03-01"))
    behind.days("gdelt", int(np.datetime64("2015-01-01").astype(int)), 99999)
    assert sorted(read) == [2015, 2016]


def brute_force(lines: list[tuple[str, str]], as_of: str, window: int) -> float:
    days = [np.datetime64(day) for day, code in lines if code == "036"]
    end = np.datetime64(as_of)
    now = sum(end - window <= day < end for day in days)
    year = sum(end - window - 365 <= day < end - window for day in days)
    return value(now, year * window / 365)


def test_against_a_brute_force_over_years(root):
    generator = np.random.default_rng(4)
    days = days_before("2017-02-01", 1, 1200)
    lines = [(str(day), code) for day in generator.choice(days, 300) for code in ("036", "112")]
    ingest(root, covering(days) + [gdelt_line(day, "PAK", "IND", code) for day, code in lines])
    as_ofs = [str(day) for day in generator.choice(days[500:], 12, replace=False)]
    found = signals(root, *as_ofs).droplevel("dyad")
    for as_of in as_ofs:
        for window in WINDOWS:
            got = found.loc[as_of, f"reported__intent__{window}d"]
            assert got == pytest.approx(brute_force(lines, as_of, window)), (as_of, window)
