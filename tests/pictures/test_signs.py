"""Colours are told apart by everybody, and never alone."""

from __future__ import annotations

from itertools import combinations

import pytest

from forecast.display.pictures.signs import BLUE, CLIMATOLOGY, GREY, INK, SERIES, SIGNS, VERMILLION
from picture_checks import DEUTERANOPIA, contrast, difference

#: A difference of 2.3 is just noticeable side by side; apart, on small marks, ten times as much is needed.
TOLD_APART = 20.0

TOGETHER = [
    *combinations([style.colour for style in SERIES[:4]], 2),
    *combinations([sign.colour for sign in SIGNS.values()], 2),
    (BLUE, VERMILLION),
    (BLUE, GREY),
    (SERIES[0].colour, CLIMATOLOGY.colour),
]


@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_colours_of_one_picture_differ_without_green_cones_too(one, other):
    assert difference(one, other) > TOLD_APART
    assert difference(one, other, seen_by=DEUTERANOPIA) > TOLD_APART


def test_the_measure_knows_colours_that_are_mixed_up():
    """Red and green of equal lightness are far apart for most, and near for one in twenty men."""
    assert difference("#B05000", "#607000") > 30
    assert difference("#B05000", "#607000", seen_by=DEUTERANOPIA) < 15
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)


@pytest.mark.parametrize("colour", [INK, GREY])
def test_text_stands_out_from_the_paper(colour):
    assert contrast(colour, "#FFFFFF") > 4.5


def test_every_series_and_kind_has_a_marker_of_its_own():
    assert len({style.marker for style in SERIES}) == len(SERIES)
    assert len({style.line for style in SERIES}) == len(SERIES)
    assert len({sign.marker for sign in SIGNS.values()}) == len(SIGNS)
