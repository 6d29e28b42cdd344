"""The ridge model: symmetry under exchange of the sides, climatology without evidence, and the laws of its weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.base import clone

from forecast.dates import as_of_grid
from forecast.errors import ModelError
from forecast.facts.countries import canonical_dyad
from forecast.facts.history import make_history
from forecast.models.baselines import climatology_of
from forecast.models.ridge import WORLD, RidgeModel, exchanged
from forecast.models.summits import CHANCES, MISSES, without_summits
from forecast.panel.outcomes import met_within
from forecast.panel.panel import Panel, build_panel
from forecast.periods import EDGES, PERIODS, column
from forecast.signals.catalogue import CATALOGUE
from forecast.signals.sides import FOCAL
from forecast.training.splits import training_grid
from simulated_histories import simulate_history
from text_tables import as_frame, covered, day, first_facts

HORIZONS = [1, 7, 15, 30, 63, 90, 180, 365, 500, 730]
FREE = {"ridge": 1.0, "full_dyads": 1, "full_years": 1}
RATES = {"CHN": 1 / 60, "FRA": 1 / 120, "IND": 1 / 300, "BRA": 1 / 900}


@pytest.fixture(scope="module")
def panel() -> Panel:
    """Four dyads of the USA, with signals on either side and summits that bring them together."""
    history = simulate_history(start=day("1998-01-01"), end=day("2010-12-31"), daily_rates=RATES, seed=3)
    panel = build_panel(history, as_of_grid(day("2002-01-01"), day("2010-10-01"), every="quarter"))
    generator, signals = np.random.default_rng(0), panel.signals.copy()
    for name in signals.columns:
        if "_to_first" in name or "_to_second" in name:
            signals[name] = generator.poisson(2.0, len(signals)).astype(float)
    signals[CHANCES] = generator.exponential(0.3, (len(signals), len(CHANCES))) * (
        generator.random((len(signals), len(CHANCES))) < 0.1
    )
    return replace(panel, signals=signals)


@pytest.fixture(scope="module")
def free(panel) -> Callable[..., RidgeModel]:
    """The model of nearly free weights fitted to the panel, with any sides as the focal ones; each is fitted once."""

    @cache
    def fit(*sides: float) -> RidgeModel:
        return RidgeModel(**FREE).fit(as_focal(panel.signals, *sides) if sides else panel.signals, panel.outcomes)

    return fit


@pytest.fixture(scope="module")
def default(panel) -> RidgeModel:
    """The model with its own parameters fitted to the panel."""
    return RidgeModel().fit(panel.signals, panel.outcomes)


def as_focal(X: pd.DataFrame, first: float, second: float) -> pd.DataFrame:
    return X.assign(**dict(zip(FOCAL, (first, second), strict=True)))


def turned(X: pd.DataFrame) -> pd.DataFrame:
    """The same rows with the sides exchanged: names of the dyads, and columns."""
    other = X.rename(columns=swapped)[X.columns]
    dyads = ["-".join(reversed(dyad.split("-"))) for dyad in X.index.get_level_values("dyad")]
    return other.set_index(pd.MultiIndex.from_arrays([dyads, X.index.get_level_values("as_of")], names=X.index.names))


def swapped(name: str) -> str:
    stem, at, period = name.partition("@")
    return exchanged(stem) + at + period


def test_each_directed_signal_has_one_that_says_the_same_of_the_other_side():
    directed = [name for name in CATALOGUE if exchanged(name) != name]
    assert len(directed) >= 10
    for name in directed:
        one, other = CATALOGUE[name], CATALOGUE.get(exchanged(name))
        assert other is not None, name
        assert (one.measure, one.window_days, one.about) == (other.measure, other.window_days, other.about)
        assert one.select.forward is (not other.select.forward)


# The sides as a focal state in the rows, and in the training rows.
@pytest.mark.parametrize(
    ("taught", "sides"),
    [
        pytest.param(*case, marks=() if case[0] == (0.0, 0.0) and case[1][1] == 0.0 else pytest.mark.slow)
        for case in product([(1.0, 1.0), (0.0, 0.0), (1.0, 0.0)], [(1.0, 1.0), (0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])
    ],
)
def test_exchanging_the_sides_of_a_dyad_changes_no_forecast(panel, free, taught, sides):
    model = free(*taught)
    assert np.abs(model.coef_).max() > 0.05
    X = as_focal(panel.signals[::5], *sides)
    one, other = (model.predict_cumulative_incidence(rows, HORIZONS) for rows in (X, turned(X)))
    assert np.abs(one - other).max() < 1e-12
    for bound, again in zip(
        model.predict_interval(X, HORIZONS), model.predict_interval(turned(X), HORIZONS), strict=True
    ):
        assert np.abs(bound - again).max() < 1e-9


def test_exchanging_the_sides_of_the_training_rows_changes_no_forecast(panel, free):
    X = as_focal(panel.signals, 0.0, 0.0)
    half = np.arange(len(X)) % 2 == 0
    mixed = pd.concat([X[half], turned(X)[~half]])
    outcomes = pd.concat([panel.outcomes[half], panel.outcomes[~half]])
    one, other = (
        model.predict_cumulative_incidence(X[:20], HORIZONS)
        for model in (free(0.0, 0.0), RidgeModel(**FREE).fit(mixed, outcomes))
    )
    assert np.abs(one - other).max() < 1e-9


def test_a_side_is_told_from_the_other_where_one_is_focal(panel, free):
    model = free()
    X = panel.signals[:20]
    # Exchanged columns under the same names are another state of affairs.
    columns = X.rename(columns=swapped)[X.columns].assign(**X[list(FOCAL)])
    one, other = (model.predict_cumulative_incidence(rows, [90]) for rows in (X, columns))
    assert np.abs(one - other).max() > 1e-4


@pytest.mark.parametrize("ridge", [None, pytest.param(1.0, marks=pytest.mark.slow), 1e-3])
def test_probabilities_do_not_fall_with_the_horizon(panel, free, default, ridge):
    if ridge == 1e-3:
        model = RidgeModel(**FREE | {"ridge": ridge}).fit(panel.signals, panel.outcomes)
    else:
        model = free() if ridge else default
    found = model.predict_cumulative_incidence(panel.signals, range(1, EDGES[-1] + 1, 9))
    assert (np.diff(found, axis=1) >= 0.0).all()
    assert ((found >= 0.0) & (found <= 1.0)).all()


@pytest.mark.parametrize("n_rows", [12, 36])
def test_with_one_dyad_and_few_rows_the_forecast_is_the_climatology(panel, n_rows):
    for dyad in sorted(RATES):
        rows = panel.signals.index.get_level_values("dyad") == f"USA-{dyad}"
        if not met_within(panel.outcomes[rows][:n_rows], 15).any():
            continue
        model = RidgeModel().fit(panel.signals[rows][:n_rows], panel.outcomes[rows][:n_rows])
        X = panel.signals[rows]
        found, habit = model.predict_cumulative_incidence(X, EDGES[1:]), climatology_of(X, EDGES[1:])
        assert np.abs(found - habit).max() < 0.02
        inside = (habit >= 1e-3) & (habit <= 0.999)
        assert ((found >= 1e-3) & (found <= 0.999))[inside].all()


def test_a_group_without_training_rows_believes_the_others_by_half_around_its_climatology(panel, free):
    model = free()
    assert model.groups_.tolist() == ["", "USA"]
    slopes = model.coef_[:, :, 1:] / model.scale_
    assert slopes[0] == pytest.approx(slopes[1] / 2.0, abs=1e-12)
    assert not model.coef_[0, :, 0].any()  # the level of another state's years is none of its own
    for sides in ((0.0, 1.0), (0.0, 0.0)):
        low, high = model.predict_interval(as_focal(panel.signals, *sides), [30, 180])
        assert (high - low > 0.0).all()


def test_a_young_group_is_near_to_the_others_where_alone_it_would_learn_nothing(panel, default):
    """The same truth for both: what a few rows cannot tell, the many rows of another state do."""
    dyads = panel.signals.index.get_level_values("dyad")
    few = np.isin(dyads, sorted(set(dyads))[:30])
    X, y = panel.signals[few], panel.outcomes[few]
    X.index = pd.MultiIndex.from_tuples(
        [(dyad.replace("USA", "AAA"), day) for dyad, day in X.index], names=X.index.names
    )
    both = RidgeModel().fit(pd.concat([panel.signals[~few], X]), pd.concat([panel.outcomes[~few], y]))
    alone = RidgeModel().fit(X, y)
    wanted = default.predict_cumulative_incidence(panel.signals[few], [90])

    def distance(model):
        return np.abs(logit(model.predict_cumulative_incidence(X, [90])) - logit(wanted)).mean()

    assert distance(both) < 0.75 * distance(alone)


def test_rows_without_names_are_refused_only_where_weights_depend_on_the_state(panel, free, default):
    bare = panel.signals.reset_index(drop=True)
    with pytest.raises(ModelError, match=r"need the index \(dyad, as_of\)"):
        default.predict_hazards(bare)
    X, model = as_focal(panel.signals, 0.0, 0.0), free(0.0, 0.0)
    assert model.predict_hazards(X).tobytes() == model.predict_hazards(X.reset_index(drop=True)).tobytes()


def test_the_order_of_the_training_rows_changes_no_weight(panel, free):
    order = np.random.default_rng(5).permutation(len(panel.signals))
    one = free()
    other = RidgeModel(**FREE).fit(panel.signals.iloc[order], panel.outcomes.iloc[order])
    assert one.signals_.tolist() == other.signals_.tolist()
    for name in ("coef_", "mean_", "scale_", "year_variance_"):
        assert np.abs(getattr(one, name) - getattr(other, name)).max() < 1e-8, name


def test_the_state_of_the_world_is_clipped_to_the_range_of_the_training_rows(panel):
    worldly = [name for name in panel.signals if name.split("__")[0] in WORLD and "@" not in name]
    assert worldly
    signals = panel.signals.copy()
    signals[worldly] = np.random.default_rng(2).normal(size=(len(signals), len(worldly)))
    model = RidgeModel(**FREE).fit(signals, panel.outcomes)
    edge, beyond = signals[:8].copy(), signals[:8].copy()
    # Of the training rows of the longest edge, which are the fewest.
    resolved = signals[(panel.outcomes["followup_days"] >= EDGES[-1]).to_numpy()]
    edge[worldly], beyond[worldly] = signals[worldly].max().to_numpy(), 1e4
    one, other = (model.predict_cumulative_incidence(rows, EDGES[1:]) for rows in (edge, beyond))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, model.predict_cumulative_incidence(signals[:8], EDGES[1:]))
    assert len(resolved) < len(signals)
    ours = "visits__leader_to_second_count__1096d"
    free = [model.predict_hazards(signals[:8].assign(**{ours: value})) for value in (signals[ours].max(), 1e4)]
    assert not np.array_equal(*free)


@pytest.mark.parametrize("sides", [(1.0, 0.0), (0.0, 0.0)])
def test_state_goes_round_by_the_bit(panel, free, sides):
    X, model = as_focal(panel.signals, *sides), free(*sides)
    state = model.get_state()
    assert all(value.dtype.kind in "fiubU" for value in state.values())
    other = clone(model).set_state(state)
    assert other.predict_hazards(X).tobytes() == model.predict_hazards(X).tobytes()
    assert other.groups_.tolist() == model.groups_.tolist()


def test_parameters_go_round():
    given = {
        "ridge": 7.0,
        "full_dyads": 3,
        "full_years": 2,
        "world_factor": 2.0,
        "climatology_factor": 0.5,
        "borrowed_ridge": 1.0,
        "without": "season",
    }
    model = RidgeModel(**given)
    assert model.get_params() == given
    assert clone(model).get_params() == given
    assert RidgeModel().set_params(**given).get_params() == given


def test_weights_minimise_the_penalised_loss(panel):
    """Against the formula of the docstring: no small step lowers it."""
    from forecast.models.ridge import _fitted

    generator = np.random.default_rng(4)
    columns = np.column_stack([np.ones(200), generator.normal(size=(200, 4))])
    offset, penalty = generator.normal(size=200), np.array([1.0, 1.0, 2.0, 5.0, 100.0])
    met = (generator.random(200) < expit(offset + columns @ [0.5, 1.0, -1.0, 0.0, 2.0])).astype(float)
    weights, other = (_fitted(columns, met, offset, penalty, np.full(5, start)) for start in (0.0, 3.0))
    assert np.abs(weights - other).max() < 1e-12
    slope = columns.T @ (expit(offset + columns @ weights) - met) + penalty * weights
    assert np.abs(slope).max() < 1e-10


def test_what_pulls_and_the_climatology_add_is_the_forecast(panel, free):
    model = free()
    X = panel.signals[:30]
    log_odds = model._log_odds(X)[0]
    for k, pulls in enumerate(model.pulls(X, range(len(PERIODS)))):
        assert (pulls.sum(axis=1) + model.coef_[1, k, 0]) == pytest.approx(log_odds[:, k], abs=1e-9)
    first = climatology_of(X, [EDGES[1]])[:, 0]
    assert log_odds.shape == (30, len(PERIODS))
    assert (first > 0.0).all()


def test_summits_of_later_periods_are_not_seen_by_earlier_edges(panel, free):
    model = free()
    X = panel.signals[:20]
    later = X.assign(**{column("venues__hosted_by_first", *PERIODS[5]): 2.0})
    one, other = (model._log_odds(rows)[0] for rows in (X, later))
    assert np.array_equal(one[:, :5], other[:, :5])
    assert not np.array_equal(one[:, 5:], other[:, 5:])


def ledgers(n_dyads: int, years: float, seed: int):
    """Ledgers of dyads with known rates from one meeting in a month to one in twenty years."""
    generator = np.random.default_rng(seed)
    codes = ["IND", "PAK", "CHN", "LKA", "NPL", "BGD", "MMR", "THA", "IDN", "FRA", "DEU", "ITA", "ESP", "PRT", "BEL"]
    codes += ["NLD", "POL", "GRC", "SWE", "NOR", "FIN", "JPN", "KOR", "AUS", "NZL"]
    pairs = [(a, b) for at, a in enumerate(codes) for b in codes[at + 1 :]][:n_dyads]
    rates = np.exp(generator.uniform(np.log(1 / 7300), np.log(1 / 30), len(pairs)))
    start, rows, coverages = day("2000-01-01"), [], []
    days = int((years + 5) * 365.25)
    for (a, b), rate in zip(pairs, rates, strict=True):
        publisher = f"ledger:{a.lower()}-{b.lower()}"
        own = {"publisher": publisher, "source": a, "recipient": b}
        # A ledger exists from its first report.
        rows.append(own | {"occurred_on": str(start), "event": "AID", "mode": "assist", "level": "working"})
        rows += [
            own | {"occurred_on": str(start + int(at)), "source": b if generator.random() < 0.5 else a,
                   "recipient": a if own["source"] == b else b}
            for at in np.flatnonzero(generator.random(days) < rate)
        ]  # fmt: skip
        coverages.append(covered(publisher, str(start), str(start + days), focal="", source=f"{a}-{b}.csv"))
    for row in rows:
        if row["source"] == row["recipient"]:
            row["recipient"] = next(p for p in row["publisher"][7:].upper().split("-") if p != row["source"])
    known = {canonical_dyad(*pair): rate for pair, rate in zip(pairs, rates, strict=True)}
    return make_history(as_frame([*rows, *first_facts(coverages)]), coverages), start, known


@pytest.mark.parametrize(
    ("n_dyads", "years", "seed"),
    [(3, 3, 0), (10, 10, 4), (30, 3, 5)]
    + [
        pytest.param(*case, marks=pytest.mark.slow)
        for case in (
            *((3, 10, 1), (3, 20, 2), (10, 3, 3), (30, 8, 6)),
            *((3, 30, 7), (10, 1.5, 8), (100, 3, 9), (300, 1.5, 10)),
        )
    ],
)
def test_the_default_is_never_behind_climatology_on_ledgers_with_known_rates(n_dyads, years, seed):
    """By the score that is expected under the rates, without the luck of the years that are forecast."""
    history, start, rates = ledgers(n_dyads, years, seed)
    trained_on = start + int(years * 365.25)
    taught = build_panel(history.known_before(trained_on), training_grid(start, trained_on))
    asked = build_panel(history, as_of_grid(trained_on, trained_on + 3 * 365, every="quarter"))
    model = RidgeModel().fit(taught.signals, taught.outcomes)
    horizons = [30, 90, 180]
    found = model.predict_cumulative_incidence(asked.signals, horizons)
    habit = climatology_of(asked.signals, horizons)
    rate = np.array([rates[dyad] for dyad in asked.signals.index.get_level_values("dyad")])
    truth = -np.expm1(np.outer(np.log1p(-rate), horizons))
    ours, theirs = (((one - truth) ** 2 + truth * (1 - truth)).mean(axis=0) for one in (found, habit))
    assert (1.0 - ours / theirs > -0.01).all(), 1.0 - ours / theirs
    inside = (habit >= 1e-3) & (habit <= 0.999)
    assert ((found >= 1e-3) & (found <= 0.999))[inside].all()
    assert np.isfinite(logit(found[inside])).all()


def test_where_leaders_stay_away_the_forecast_lies_between_those_with_and_without_summits(panel, free):
    model = free()
    X = panel.signals[:200]
    promised = X[CHANCES].to_numpy().reshape(len(X), len(PERIODS), -1).sum(axis=2)
    full, half, none = (
        model.predict_cumulative_incidence(X.assign(**dict(zip(MISSES, share * promised.T, strict=True))), EDGES[1:])
        for share in (0.0, 0.5, 1.0)
    )
    quiet = model.predict_cumulative_incidence(without_summits(X), EDGES[1:])
    assert none == pytest.approx(quiet, abs=1e-12)
    assert ((half >= np.minimum(full, quiet) - 1e-12) & (half <= np.maximum(full, quiet) + 1e-12)).all()
    assert np.abs(full - quiet).max() > 0.1


@pytest.mark.parametrize("years", [pytest.param(1.5, marks=pytest.mark.slow), 6])
def test_a_young_record_is_held_nearer_to_the_climatology_than_an_old_one(panel, years):
    """The same rows, said to be of more years, move the forecast further."""
    rows = panel.as_ofs < panel.as_ofs.min() + np.timedelta64(int(365 * years), "D")
    X, y = panel.signals[rows], panel.outcomes[rows]
    habit = logit(climatology_of(X, [180]))
    young, old = (
        np.abs(logit(RidgeModel(full_years=full).fit(X, y).predict_cumulative_incidence(X, [180])) - habit).mean()
        for full in (10, 1)
    )
    assert 0.0 < young < old


def test_the_level_of_a_year_to_come_is_as_unsure_as_the_years_were_apart():
    from forecast.models.ridge import _level_variance

    generator = np.random.default_rng(6)
    dyads, years = np.repeat(np.arange(400), 30), np.tile(np.arange(30), 400)
    chance = np.full(len(years), 0.3)

    def variance(spread: float, seen: int) -> float:
        level = generator.normal(0.0, spread, 30)[years]
        met = (generator.random(len(years)) < expit(logit(chance) + level)).astype(float)
        rows = years < seen
        clusters = [dyads[rows], years[rows], np.arange(len(years))[rows]]
        return _level_variance(met[rows], chance[rows], clusters)

    assert variance(0.0, 30) == pytest.approx(6.0 * 0.1 * 5 / 35, abs=0.075)
    assert variance(0.6, 30) > 3.0 * variance(0.0, 30)
    assert variance(0.0, 2) == variance(0.6, 2) == pytest.approx(0.6)  # what two years say is not believed


@pytest.mark.parametrize("counted", [1.0, 1e3, 1e6])
def test_columns_that_are_nearly_alike_under_a_weak_penalty_end_where_the_slope_is_flat(counted):
    from forecast.models.ridge import _fitted

    generator = np.random.default_rng(4)
    one = generator.normal(size=(1000, 4))
    columns = np.hstack([np.ones((1000, 1)), one, one + 1e-4 * generator.normal(size=one.shape)])
    met = (generator.random(1000) < 0.1).astype(float)
    weights = _fitted(columns, met, np.zeros(1000), np.full(9, 0.03), np.zeros(9), np.full(1000, counted))
    slope = columns.T @ (counted * (expit(columns @ weights) - met)) + 0.03 * weights
    assert np.abs(slope).max() < 1e-7 * counted


@pytest.mark.parametrize(("n_dyads", "years", "factor"), [(100, 10, 0.03), (100, 5, 0.03**0.5), (1, 1, 0.03**0.0001)])
def test_a_long_record_learns_freely_how_far_to_believe_its_climatology(n_dyads, years, factor):
    """Its penalty is a thirtieth of the others', that of a young or small record hardly less than theirs."""
    dyad, year = (codes.ravel() for codes in np.meshgrid(np.arange(n_dyads), np.arange(years)))
    cases = SimpleNamespace(clusters=[dyad, year], counted=1.0)
    intercept, *columns = RidgeModel()._penalty(cases, np.zeros(3, dtype=bool), 30)
    assert np.allclose(columns, [intercept * factor, intercept * factor, intercept])
