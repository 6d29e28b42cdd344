"""The catalogue: names, descriptions and units of all declared signals."""

from __future__ import annotations

import re
from functools import partial

from cases import each
from forecast.panel import panel as panels
from forecast.periods import PERIODS
from forecast.signals.catalogue import CATALOGUE, EMERGING
from forecast.signals.declare import MEASURES
from forecast.verbs.catalogue import catalogue
from text_tables import days, history_of

#: With every family of the catalogue, those too that the default model does not use.
build_panel = partial(panels.build_panel, emerging=EMERGING)


@each("name", CATALOGUE)
def test_a_signal_is_named_for_family_measure_and_window(name):
    signal = CATALOGUE[name]
    assert signal.name == name
    assert re.fullmatch(r"[a-z]+(__[a-z0-9_]+)+", name)
    if name.endswith("d") and re.search(r"__\d+d$", name):
        assert int(name.rpartition("__")[2][:-1]) == signal.window_days


@each("name", CATALOGUE)
def test_a_signal_says_what_it_is(name):
    signal = CATALOGUE[name]
    assert len(signal.description.split()) >= 3
    assert signal.unit == MEASURES[signal.measure]


def test_descriptions_differ():
    said = [signal.description for signal in CATALOGUE.values()]
    assert len(set(said)) == len(said)


def test_the_listing_holds_every_declared_signal():
    listing = catalogue()
    assert set(CATALOGUE) <= set(listing["name"])
    assert listing["name"].is_unique
    assert not listing.isna().any().any()
    assert (listing["description"] != "").all()


def test_every_column_of_the_panel_stands_in_the_listing():
    history = history_of("occurred_on\n2010-05-01")
    panel = build_panel(history, days("2012-01-01"), dyads=["USA-CHN"])
    names = {name.partition("@")[0] for name in panel.signals.columns}
    assert sorted(names - set(catalogue()["name"])) == []


def test_columns_of_periods_cover_every_period():
    history = history_of("occurred_on\n2010-05-01")
    panel = build_panel(history, days("2012-01-01"), dyads=["USA-CHN"])
    spans = {}
    for name in panel.signals.columns:
        stem, _, span = name.partition("@")
        if span:
            spans.setdefault(stem, set()).add(span)
    assert spans
    assert all(found == {f"{start}-{end}" for start, end in PERIODS} for found in spans.values())
