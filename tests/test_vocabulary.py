"""One vocabulary: every verb takes the same words for the same thing."""

from __future__ import annotations

import datetime as dt
import inspect
import re

import pandas as pd
import pytest
from click.testing import CliRunner

import forecast as fc
from forecast.cli.main import main
from forecast.errors import DateError

VERBS = {name: getattr(fc, name) for name in fc.__all__ if inspect.isfunction(getattr(fc, name))}
QUESTION = {"as_of": "2018-03-01", "model": "climatology"}


def test_a_horizon_is_one_or_several_by_either_name(rivals):
    (one,) = fc.predict("IND-PAK", horizon="12w", root=rivals, **QUESTION)["horizon_days"]
    (other,) = fc.predict("IND-PAK", horizons=84, root=rivals, **QUESTION)["horizon_days"]
    assert one == other == 84
    ahead = fc.rank(focal="IND", horizons=["3m"], root=rivals, **QUESTION)["horizon_days"]
    assert set(ahead) == {90}
    with pytest.raises(DateError, match=r"^horizon: one horizon is answered at a time, not 2$"):
        fc.rank(focal="IND", horizon=[30, 90], root=rivals, **QUESTION)
    with pytest.raises(DateError, match=r"^horizon: name either horizon or horizons, not both$"):
        fc.predict("IND-PAK", horizon=30, horizons=[30], root=rivals, **QUESTION)


def test_a_date_is_a_text_a_date_or_a_timestamp(rivals):
    shown = {
        str(fc.predict("pakistan india", as_of=day, by=by, root=rivals, model="climatology")[["as_of", "window_end"]])
        for day, by in [
            ("2018-03", "2018-05"),
            (dt.date(2018, 3, 1), dt.date(2018, 5, 31)),
            (pd.Timestamp("2018-03-01"), pd.Timestamp("2018-05-31")),
        ]
    }
    assert len(shown) == 1


def test_two_states_are_two_words_of_the_shell(rivals):
    day = ["--as-of", "2018-03-01", "--model", "climatology", "--root", str(rivals)]
    for words in (["predict", "india", "pakistan"], ["predict", "IND_PAK"], ["explain", "pakistan", "india"]):
        done = CliRunner().invoke(main, [*words, *day, "--format", "json"], catch_exceptions=False)
        assert (done.exit_code, "IND-PAK" in done.stdout) == (0, True), done.stderr
    done = CliRunner().invoke(main, ["explain", "IND-PAK", "IND-CHN", *day])
    assert (done.exit_code, "one dyad is taken at a time, not 2: IND-PAK, IND-CHN" in done.stderr) == (2, True)
    done = CliRunner().invoke(main, ["explain", *day])
    assert (done.exit_code, "Missing argument 'DYAD'" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "verb", [name for name, verb in VERBS.items() if "as_of" in inspect.signature(verb).parameters]
)
def test_without_an_as_of_date_a_function_means_today(verb):
    assert inspect.signature(VERBS[verb]).parameters["as_of"].default is None


def test_a_word_means_one_thing_in_every_command():
    """Options of one name have one kind of value: a date, a state, days, or the same choice."""
    options: dict[str, set[str]] = {}
    for command in main.commands.values():
        for option in command.params:
            if option.opts[0] in ("--by", "--as-of", "--horizon", "--focal", "--model", "--target", "--root"):
                options.setdefault(option.opts[0], set()).add(option.metavar or str(option.type))
    options["--horizon"] -= {"DAYS"}
    options["--model"] -= {"NAME"}
    assert {name: len(kinds) for name, kinds in options.items()} == dict.fromkeys(options, 1)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: fc.predict(5), "dyads: 5 is no text or list of texts"),
        (lambda: fc.predict(["IND-PAK", 5]), "dyads: ['IND-PAK', 5] is no text or list of texts"),
        (lambda: fc.predict("IND-PAK", strict="yes"), "strict: 'yes' is no True or False"),
        (lambda: fc.predict("IND-PAK", horizons=90.5), "horizons: a horizon of 90.5 days is outside 1..730"),
        (lambda: fc.status(root=None), "root: None is no path or text"),
        (lambda: fc.rank(focal=5), "focal: 5 is no text"),
        (lambda: fc.explain("IND-PAK", analogues=1.5), "analogues: 1.5 is no whole number"),
        (lambda: fc.ablate("x", start="2013", end="2014"), "changes: 'x' is no list of texts"),
        (lambda: fc.build_panel(start="2013", end="2014", signals=5), "signals: 5 is no list of signals"),
        (lambda: fc.build_panel(start="2013", end=None), "end: None is no day"),
        (lambda: fc.run(wait_seconds="long"), "wait_seconds: 'long' is no number"),
        (lambda: fc.review([1]), "candidates: [1] is no table or path or text"),
    ],
)
def test_an_argument_of_another_kind_is_an_error_that_names_it(call, problem):
    with pytest.raises(fc.ForecastError, match=f"^{re.escape(problem)}$"):
        call()


def test_every_public_function_checks_what_it_is_given():
    """`root` is the one argument that nearly all of them take."""
    for name, verb in VERBS.items():
        if "root" in (parameters := inspect.signature(verb).parameters):
            needed = {p.name: "x" for p in parameters.values() if p.default is p.empty and "str" in str(p.annotation)}
            with pytest.raises(fc.ForecastError, match=r"^root: 5 is no path"):
                verb(**needed, root=5)
            assert verb.__wrapped__ is not verb, name


def test_forecasts_are_followed_for_at_least_one_dyad(rivals):
    with pytest.raises(fc.ForecastError, match=r"^dyads: name at least one dyad$"):
        fc.follow([], start="2018-01", end="2018-02", root=rivals, model="climatology")
