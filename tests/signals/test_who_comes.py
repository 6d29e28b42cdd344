"""Who comes to which summit, on the shipped calendar: what hosts and leaders said, and where these stayed away."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.facts.countries import sides
from forecast.panel.outcomes import TARGETS
from forecast.periods import PERIODS, column
from forecast.signals.cube import make_cube
from forecast.signals.summits import RELATIONS
from forecast.signals.venues import MISSED, venue_signals
from forecast.signals.view import View
from text_tables import day, table


@pytest.fixture(scope="module")
def history(shipped_history):
    return shipped_history


def chance(history, dyad: str, series: str, edition: str, as_of: str) -> float:
    """Chance that the two come to one summit and meet there."""
    known = history.known_before(day(as_of))
    cohort = [one for one in known.cohort(day(as_of)) if set(sides(one)) & set(sides(dyad))]
    seen = View(day(as_of), [dyad], cohort, make_cube(known), TARGETS["meeting"])
    (one,) = [each for each in seen.history.calendar.editions if (each.series, each.edition) == (series, edition)]
    with_it, without = venue_signals(seen), venue_signals(seen.without_summit(one))

    def lost(names: tuple[str, ...]) -> float:
        columns = [column(f"venues__{name}", *period) for name in names for period in PERIODS]
        return float((with_it[columns] - without[columns]).to_numpy().sum())

    whole = lost(RELATIONS)
    return -float(np.expm1(-whole)) * (1.0 - lost((MISSED,)) / whole) if whole > 0.0 else 0.0


ENDED = """
dyad    | series   | edition         | last day | said
USA-MEX | americas | 2022            | 2022-06-06 | the president will not come
USA-MMR | us-asean | 2022-washington | 2022-04-20 | the ruler is not welcome
USA-ZAF | g20      | 2026            | 2025-11-26 | the host does not invite
USA-RUS | apec     | 2023            | 2023-10-05 | the president is under the host's sanctions
"""


@pytest.mark.parametrize("row", table(ENDED), ids=lambda row: f"{row['dyad']} {row['said']}")
def test_what_is_said_ends_the_chance_on_the_day_after(history, row):
    where = row["dyad"], row["series"], row["edition"]
    assert chance(history, *where, row["last day"]) > 0.05
    assert chance(history, *where, str(day(row["last day"]) + 1)) == 0.0


def test_a_leader_who_came_to_no_summit_of_the_kind_for_two_years_is_hardly_expected_at_the_next(history):
    """A week before the host said that he was not invited."""
    found = {state: chance(history, f"USA-{state}", "apec", "2023", "2023-09-29") for state in ("CHN", "JPN", "RUS")}
    assert found["RUS"] < 0.45 * found["CHN"] < 0.45 * found["JPN"]
