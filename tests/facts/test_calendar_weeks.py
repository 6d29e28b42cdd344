"""Two whole weeks of days around three summits whose states, host or place became public late.

In the first tables a cell names those of the two who are expected, as of that day. It is blank while the edition is not
known, once it is off, and while neither is known to take part. In the second a cell says whether the forecast of that
day, for 60 days ahead and by a model that looks at the calendar, is more than five points above that of the day before
(up) or below it (down).
"""

from __future__ import annotations

import numpy as np
import pytest

from forecast.facts.calendar import Calendar
from forecast.facts.countries import sides
from forecast.facts.history import History
from forecast.models import make_model
from forecast.models.base import PeriodModel
from forecast.panel.circumstances import venues_within
from forecast.panel.panel import build_panel
from forecast.signals.cube import Cube, make_cube
from forecast.signals.meetings import MEETING
from forecast.signals.summits import known_summits, summit_table
from text_tables import day, days, table

# Egypt and Guinea-Bissau, suspended by the African Union, were invited in July: public on the 14th.
US_AFRICA_2014 = """
as_of      | us-africa/2014 USA-EGY | us-africa/2014 USA-GNB | us-africa/2014 USA-KEN
2014-07-07 | USA                    | USA                    | USA KEN
2014-07-08 | USA                    | USA                    | USA KEN
2014-07-09 | USA                    | USA                    | USA KEN
2014-07-10 | USA                    | USA                    | USA KEN
2014-07-11 | USA                    | USA                    | USA KEN
2014-07-12 | USA                    | USA                    | USA KEN
2014-07-13 | USA                    | USA                    | USA KEN
2014-07-14 | USA                    | USA                    | USA KEN
2014-07-15 | USA EGY                | USA GNB                | USA KEN
2014-07-16 | USA EGY                | USA GNB                | USA KEN
2014-07-17 | USA EGY                | USA GNB                | USA KEN
2014-07-18 | USA EGY                | USA GNB                | USA KEN
2014-07-19 | USA EGY                | USA GNB                | USA KEN
2014-07-20 | USA EGY                | USA GNB                | USA KEN
"""

# Azerbaijan stood among the fifty states that the host named on 9 February, Hungary among six more of the 23rd.
NSS_2012 = """
as_of      | nss/2012 USA-AZE | nss/2012 USA-HUN | nss/2012 USA-KOR
2012-02-01 |                  |                  | KOR
2012-02-02 |                  |                  | KOR
2012-02-03 |                  |                  | KOR
2012-02-04 |                  |                  | KOR
2012-02-05 |                  |                  | KOR
2012-02-06 |                  |                  | KOR
2012-02-07 |                  |                  | KOR
2012-02-08 |                  |                  | KOR
2012-02-09 |                  |                  | KOR
2012-02-10 | USA AZE          | USA              | USA KOR
2012-02-11 | USA AZE          | USA              | USA KOR
2012-02-12 | USA AZE          | USA              | USA KOR
2012-02-13 | USA AZE          | USA              | USA KOR
2012-02-14 | USA AZE          | USA              | USA KOR
"""

# Chile withdrew on 30 October; that Spain would be host was confirmed on 1 November. The USA named no leader to come.
COP_2019 = """
as_of      | cop/2019-santiago USA-CHL | cop/2019-santiago USA-ESP | cop/2019 USA-CHL | cop/2019 USA-ESP
2019-10-25 | CHL                       |                           |                  |
2019-10-26 | CHL                       |                           |                  |
2019-10-27 | CHL                       |                           |                  |
2019-10-28 | CHL                       |                           |                  |
2019-10-29 | CHL                       |                           |                  |
2019-10-30 | CHL                       |                           |                  |
2019-10-31 |                           |                           |                  |
2019-11-01 |                           |                           |                  |
2019-11-02 |                           |                           |                  | ESP
2019-11-03 |                           |                           |                  | ESP
2019-11-04 |                           |                           |                  | ESP
2019-11-05 |                           |                           |                  | ESP
2019-11-06 |                           |                           |                  | ESP
2019-11-07 |                           |                           |                  | ESP
"""

# Invited in public on 14 July, so forecast from the 15th; Kenya had been invited from the beginning.
US_AFRICA_2014_FORECASTS = """
as_of      | USA-EGY | USA-GNB | USA-KEN
2014-07-07 |         |         |
2014-07-08 |         |         |
2014-07-09 |         |         |
2014-07-10 |         |         |
2014-07-11 |         |         |
2014-07-12 |         |         |
2014-07-13 |         |         |
2014-07-14 |         |         |
2014-07-15 | up      | up      |
2014-07-16 |         |         |
2014-07-17 |         |         |
2014-07-18 |         |         |
2014-07-19 |         |         |
2014-07-20 |         |         |
"""

# The host's list of 9 February names Azerbaijan; Hungary is not expected in these weeks.
NSS_2012_FORECASTS = """
as_of      | USA-AZE | USA-HUN | USA-KOR
2012-02-01 |         |         |
2012-02-02 |         |         |
2012-02-03 |         |         |
2012-02-04 |         |         |
2012-02-05 |         |         |
2012-02-06 |         |         |
2012-02-07 |         |         |
2012-02-08 |         |         |
2012-02-09 |         |         |
2012-02-10 | up      |         | up
2012-02-11 |         |         |
2012-02-12 |         |         |
2012-02-13 |         |         |
2012-02-14 |         |         |
"""

# With COP Chile gave up APEC, where the two were expected: both were public on 30 October.
COP_2019_FORECASTS = """
as_of      | USA-CHL | USA-ESP
2019-10-25 |         |
2019-10-26 |         |
2019-10-27 |         |
2019-10-28 |         |
2019-10-29 |         |
2019-10-30 |         |
2019-10-31 | down    |
2019-11-01 |         |
2019-11-02 |         |
2019-11-03 |         |
2019-11-04 |         |
2019-11-05 |         |
2019-11-06 |         |
2019-11-07 |         |
"""

WEEKS = {"us-africa-2014": US_AFRICA_2014, "nss-2012": NSS_2012, "cop-2019": COP_2019}
FORECASTS = {
    "us-africa-2014": US_AFRICA_2014_FORECASTS,
    "nss-2012": NSS_2012_FORECASTS,
    "cop-2019": COP_2019_FORECASTS,
}


@pytest.fixture(scope="module")
def history(shipped_history) -> History:
    return shipped_history


@pytest.fixture(scope="module")
def cube(history) -> Cube:
    return make_cube(history)


def asked(row: dict[str, str]) -> list[tuple[str, str, str]]:
    """Edition, dyad and expected states of each cell of a row."""
    return [(*column.split(), cell) for column, cell in row.items() if column != "as_of"]


def expected_of(calendar: Calendar, name: str, dyad: str, as_of: np.datetime64) -> str:
    found = [edition for edition in calendar.editions if f"{edition.series}/{edition.edition}" == name]
    standing = [edition for edition in found if edition.announced_on < as_of <= edition.off_on]
    return " ".join(state for state in sides(dyad) if any(state in edition.expected(as_of) for edition in standing))


@pytest.mark.parametrize("week", WEEKS)
def test_who_is_expected_as_of_each_day(history, week):
    rows = table(WEEKS[week])
    assert len(rows) == 14
    for row in rows:
        as_of = day(row["as_of"])
        for name, dyad, expected in asked(row):
            for calendar in (history.calendar, history.calendar.known_before(as_of)):
                assert expected_of(calendar, name, dyad, as_of) == expected, (row["as_of"], name, dyad)


@pytest.mark.parametrize("week", WEEKS)
def test_the_signals_and_the_circumstances_expect_the_same(history, cube, week):
    rows = table(WEEKS[week])
    dyads = sorted({dyad for _, dyad, _ in asked(rows[0])})
    summits_of_week = {name for name, _, _ in asked(rows[0])}
    summits = summit_table(cube, MEETING, dyads)
    alone = Calendar(tuple(e for e in history.calendar.editions if f"{e.series}/{e.edition}" in summits_of_week))
    for row in rows:
        as_of = day(row["as_of"])
        seen = known_summits(summits, dyads, today=int(as_of.astype(int)), recorded_from=np.zeros(len(dyads), int))
        ahead = seen.ahead()
        both = {
            (f"{seen.editions[at].series}/{seen.editions[at].edition}", dyad)
            for at, flags in zip(ahead, seen.both_expected(ahead), strict=True)
            for dyad, flag in zip(dyads, flags, strict=True)
            if flag
        }
        expected = {(name, dyad) for name, dyad, cell in asked(row) if len(cell.split()) == 2}
        assert {pair for pair in both if pair[0] in summits_of_week} == expected
        within = venues_within(alone, dyads=dyads, as_ofs=days(*[row["as_of"]] * len(dyads)), horizon_days=100)
        assert within.tolist() == [dyad in {one for _, one in expected} for dyad in dyads]


@pytest.fixture(scope="module")
def model(history) -> PeriodModel:
    """A model that looks at the calendar, trained on what was known before the first of the weeks."""
    known = history.known_before(day("2012-02-01"))
    rows = build_panel(known, np.arange(day("2006-01-15"), day("2011-02-01"), 90), focal="USA")
    return make_model("venue-calendar").fit(rows.signals, rows.outcomes)


@pytest.mark.parametrize("week", FORECASTS)
def test_forecasts_move_on_the_day_after_and_on_no_other(history, model, week):
    rows = table(FORECASTS[week])
    as_ofs, dyads = days(*(row["as_of"] for row in rows)), [name for name in rows[0] if name != "as_of"]
    assert len(rows) == 14
    signals = build_panel(history, as_ofs, dyads=dyads).signals[model.feature_names_in_]
    for dyad in dyads:
        chances = model.predict_cumulative_incidence(signals.xs(dyad, level="dyad", drop_level=False), [60])[:, 0]
        moves = np.diff(chances, prepend=chances[0])
        said = np.select([moves > 0.05, moves < -0.05], ["up", "down"], "")
        assert said.tolist() == [row[dyad] for row in rows], (dyad, chances)
