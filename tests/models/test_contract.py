"""What every model of the registry promises: scikit-learn's contract and the laws of a probability."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import estimator_checks

from cases import each
from forecast.dates import as_of_grid
from forecast.errors import DateError, ModelError
from forecast.models import DEFAULT, MODELS, make_model
from forecast.models.base import PeriodModel, at_risk
from forecast.models.hazard import HazardModel
from forecast.panel.panel import build_panel
from forecast.periods import EDGES, PERIODS
from forecast.training.splits import PeriodSplit
from simulated_histories import simulate_history

OWN = {"tree": HazardModel(DecisionTreeClassifier(min_samples_leaf=20, random_state=0), resamples=2)}
NAMES = [*sorted(MODELS), *OWN]
EACH = [pytest.param(name, marks=pytest.mark.slow) if name in {"classifier", "tree"} else name for name in NAMES]
RATES = {"FRA": 1 / 60, "GBR": 1 / 120, "IND": 1 / 300, "PAK": 1 / 900, "FJI": 1 / 5000}
DYADS = sorted(["USA-FRA", "USA-GBR", "USA-IND", "USA-PAK", "USA-FJI"])


def made(name):
    """An unfitted model of the registry, or a hazard around a classifier without weights."""
    return clone(OWN[name]) if name in OWN else make_model(name)


@pytest.fixture(scope="module")
def rows():
    """Signals and outcomes of five dyads with known rates, by quarter."""
    history = simulate_history(
        start=np.datetime64("1996-01-01"), end=np.datetime64("2011-12-31"), daily_rates=RATES, seed=3
    )
    grid = as_of_grid(np.datetime64("2001-01-01"), np.datetime64("2011-10-01"), every="quarter")
    panel = build_panel(history, grid, dyads=DYADS)
    return panel.signals, panel.outcomes


@pytest.fixture(scope="module")
def fitted(rows):
    """Every model, fitted once."""
    return {name: made(name).fit(*rows) for name in NAMES}


def test_the_default_is_registered_and_an_unknown_name_is_refused():
    assert DEFAULT in MODELS
    with pytest.raises(ModelError, match=r"unknown model 'oracle'; there are .*climatology") as refusal:
        make_model("oracle")
    assert refusal.value.exit_code == 7


@pytest.mark.parametrize("name", EACH)
def test_a_model_says_what_it_is_and_what_its_interval_means(name):
    assert name in OWN or MODELS[name][2]
    model = made(name)
    assert isinstance(model, PeriodModel)
    assert model.interval_method not in ("", "none")


@pytest.mark.parametrize("name", EACH)
def test_parameters_go_round(name):
    model = made(name)
    parameters = model.get_params(deep=False)
    assert set(parameters) == set(inspect.signature(type(model)).parameters)
    assert str(clone(model).get_params()) == str(model.get_params())
    assert type(model)(**parameters).set_params(**parameters).get_params(deep=False) == parameters
    with pytest.raises(ValueError, match="Invalid parameter"):
        model.set_params(no_such_parameter=1)


@pytest.mark.parametrize("name", EACH)
def test_making_a_model_does_no_work(name):
    model = made(name)
    assert set(vars(model)) == set(model.get_params(deep=False))
    for parameter, value in model.get_params(deep=False).items():
        assert value is getattr(model, parameter)


@each("name", NAMES)
@each(
    "check",
    [
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_get_params_invariance",
        "check_set_params",
        "check_estimator_repr",
        "check_estimator_cloneable",
        "check_estimator_tags_renamed",
        "check_valid_tag_types",
    ],
)
def test_scikit_learns_own_checks_pass(name, check):
    assert getattr(estimator_checks, check)(type(made(name)).__name__, made(name)) is None


@pytest.mark.parametrize("name", EACH)
def test_before_fitting_nothing_is_answered(name, rows):
    for ask in (
        lambda model: model.predict_hazards(rows[0]),
        lambda model: model.predict_cumulative_incidence(rows[0], [30]),
        lambda model: model.predict_interval(rows[0], [30]),
        lambda model: model.get_state(),
    ):
        with pytest.raises(NotFittedError):
            ask(made(name))


@pytest.mark.parametrize("name", EACH)
def test_fitting_returns_the_model_and_touches_neither_rows_nor_parameters(name, rows):
    X, y = rows[0].copy(), rows[1].copy()
    model = made(name)
    before = model.get_params()
    assert model.fit(X, y) is model
    pd.testing.assert_frame_equal(X, rows[0])
    pd.testing.assert_frame_equal(y, rows[1])
    assert model.get_params() == before
    assert model.n_features_in_ == X.shape[1]
    assert model.feature_names_in_.tolist() == X.columns.tolist()
    learned = set(vars(model)) - set(before)
    assert all(attribute.endswith("_") and not attribute.startswith("_") for attribute in learned)


@pytest.mark.parametrize("name", EACH)
def test_answering_touches_neither_rows_nor_model(name, rows, fitted):
    X = rows[0].copy()
    before = {key: np.copy(value) for key, value in fitted[name].get_state().items()}
    fitted[name].predict_cumulative_incidence(X, [30])
    fitted[name].predict_interval(X[:5], [30])
    pd.testing.assert_frame_equal(X, rows[0])
    after = fitted[name].get_state()
    assert all(np.array_equal(before[key], after[key]) for key in before)


@pytest.mark.parametrize("name", EACH)
def test_fitting_again_forgets_the_first_rows(name, rows, fitted):
    again = made(name).fit(rows[0][:90], rows[1][:90]).fit(*rows)
    for key, value in fitted[name].get_state().items():
        assert np.array_equal(again.get_state()[key], value), key


@pytest.mark.parametrize("name", EACH)
def test_state_goes_round_by_the_bit(name, rows, fitted):
    state = fitted[name].get_state()
    assert all(value.dtype.kind in "fiubU" for value in state.values())
    restored = clone(fitted[name]).set_state(state)
    X = rows[0][:20]
    assert restored.predict_hazards(X).tobytes() == fitted[name].predict_hazards(X).tobytes()
    for one, other in zip(restored.predict_interval(X, [30]), fitted[name].predict_interval(X, [30]), strict=True):
        assert one.tobytes() == other.tobytes()


COLUMN_CHANGES = [
    (lambda X: X.drop(columns=X.columns[3]), r"was given \d+: it lacks {}"),
    (lambda X: X.assign(fashion=1.0), r"does not know fashion"),
    (lambda X: X.rename(columns={X.columns[3]: "fashion"}), r"lacks {} and does not know fashion"),
    (lambda X: X[X.columns[::-1]], r"has them in another order"),
    (lambda X: X.iloc[:, :2], r"lacks .* \.\.\."),
]


@each("name", NAMES)
@each(("change", "problem"), COLUMN_CHANGES)
def test_other_columns_than_those_learned_are_refused_with_the_difference(name, change, problem, rows, fitted):
    X = change(rows[0])
    for ask in (
        lambda: fitted[name].predict_hazards(X),
        lambda: fitted[name].predict_cumulative_incidence(X, [30]),
        lambda: fitted[name].predict_interval(X, [30]),
    ):
        with pytest.raises(ModelError, match=problem.format(rows[0].columns[3])):
            ask()


BAD_ROWS = [
    (lambda X, y: (X.to_numpy(), y), "must be a pandas DataFrame with named columns, not ndarray"),
    (lambda X, y: (X[:0], y[:0]), "there are no rows"),
    (lambda X, y: (X.assign(**{X.columns[1]: np.inf}), y), r"signal .* is infinite in some row"),
    (lambda X, y: (X, y[:-1]), "rows of signals but"),
    (lambda X, y: (X, y.to_numpy()), "outcomes must be a pandas DataFrame with the columns"),
    (lambda X, y: (X, y.drop(columns="followup_days")), "outcomes must be a pandas DataFrame with the columns"),
    (lambda X, y: (X, y.assign(followup_days=3)), "no row has a resolved outcome"),
    (lambda X, y: (X, y.assign(first_meeting_in_days=-1)), "never meet in the rows for training"),
]


@each("name", NAMES)
@each(("spoil", "problem"), BAD_ROWS)
def test_rows_that_cannot_teach_are_refused(name, spoil, problem, rows):
    with pytest.raises(ModelError, match=problem):
        made(name).fit(*spoil(*rows))


@pytest.mark.parametrize("name", EACH)
def test_one_row_keeps_its_axis_and_its_answer(name, rows, fitted):
    X = rows[0]
    together = fitted[name].predict_cumulative_incidence(X[:9], [30, 365])
    alone = fitted[name].predict_cumulative_incidence(X[4:5], [30, 365])
    assert fitted[name].predict_hazards(X[4:5]).shape == (1, len(PERIODS))
    assert alone.shape == (1, 2)
    assert alone[0] == pytest.approx(together[4], abs=1e-12)
    low, high = fitted[name].predict_interval(X[4:5], [30])
    assert low.shape == high.shape == (1, 1)


@pytest.mark.parametrize("name", EACH)
def test_permuted_rows_have_permuted_answers(name, rows, fitted):
    X = rows[0][:60]
    order = np.random.default_rng(0).permutation(len(X))
    straight, turned = (fitted[name].predict_cumulative_incidence(part, [7, 90]) for part in (X, X.iloc[order]))
    assert turned == pytest.approx(straight[order], abs=1e-12)
    for one, other in zip(
        fitted[name].predict_interval(X, [7, 90]), fitted[name].predict_interval(X.iloc[order], [7, 90]), strict=True
    ):
        assert other == pytest.approx(one[order], abs=1e-9)


@pytest.mark.parametrize("name", EACH)
def test_a_probability_is_bounded_ordered_and_inside_its_interval(name, rows, fitted):
    """At every horizon there is, which are answered alone as among all others."""
    X, every = rows[0][::37], range(1, EDGES[-1] + 1)
    found = fitted[name].predict_cumulative_incidence(X, every)
    low, high = fitted[name].predict_interval(X, every)
    assert ((low >= 0) & (high <= 1)).all()
    assert ((low <= found) & (found <= high)).all()
    assert (np.diff(found, axis=1) >= 0).all()
    for some in ([1], [EDGES[-1]], [15, 16, 17, 90], [44, 400, 729]):
        at = np.array(some) - 1
        assert np.array_equal(fitted[name].predict_cumulative_incidence(X, some), found[:, at])
        for side, whole in zip(fitted[name].predict_interval(X, some), (low, high), strict=True):
            assert np.array_equal(side, whole[:, at])


@pytest.mark.parametrize("name", EACH)
def test_a_higher_level_gives_a_wider_interval(name, rows, fitted):
    X = rows[0][::37]
    (low, high), (lower, higher) = (fitted[name].predict_interval(X, [30, 180], level=level) for level in (0.5, 0.95))
    assert (lower <= low).all()
    assert (high <= higher).all()
    assert (higher - lower > high - low).any()


@each("name", NAMES)
@each("level", [0.0, 1.0, -0.5, 90])
def test_an_impossible_level_is_refused(name, level, rows, fitted):
    with pytest.raises(ModelError, match="level between 0 and 1"):
        fitted[name].predict_interval(rows[0][:1], [30], level=level)


@each("name", NAMES)
@each("horizons", [[0], [731], [30, -1], []])
def test_an_impossible_horizon_is_refused_by_every_answer(name, horizons, rows, fitted):
    with pytest.raises(DateError):
        fitted[name].predict_cumulative_incidence(rows[0][:1], horizons)
    with pytest.raises(DateError):
        fitted[name].predict_interval(rows[0][:1], horizons)


@pytest.mark.parametrize("name", EACH)
def test_the_same_rows_teach_the_same_model(name, rows, fitted):
    again = made(name).fit(*rows)
    for key, value in fitted[name].get_state().items():
        assert np.asarray(again.get_state()[key]).tobytes() == np.asarray(value).tobytes(), key


# A row is at risk in a period if the whole of it is resolved and the two had not met before it.
AT_RISK = [
    # first meeting, follow-up, period, at risk, met
    (-1, 30, (15, 30), True, False),
    (-1, 29, (15, 30), False, False),
    (15, 30, (15, 30), True, True),
    (29, 30, (15, 30), True, True),
    (14, 30, (15, 30), False, False),
    (30, 60, (15, 30), True, False),
    (20, 29, (15, 30), False, False),
]


@pytest.mark.parametrize(("first", "followup", "period", "risk", "met"), AT_RISK)
def test_who_is_at_risk_in_a_period(first, followup, period, risk, met):
    y = pd.DataFrame({"first_meeting_in_days": [first], "followup_days": [followup]})
    found_rows, hits = at_risk(y, *period)
    assert (found_rows.tolist(), hits.tolist()) == ([risk], [met])


CLASSIFIERS = [
    HistGradientBoostingClassifier(max_iter=10, max_leaf_nodes=8, random_state=0),
    RandomForestClassifier(n_estimators=10, min_samples_leaf=20, random_state=0),
    GaussianNB(),
    LinearDiscriminantAnalysis(),
]


@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda classifier: type(classifier).__name__)
def test_a_hazard_around_any_classifier_gives_probabilities(classifier, rows):
    model = HazardModel(classifier, with_lead=False).fit(*rows)
    found = model.predict_cumulative_incidence(rows[0], [30, 90, 365])
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found, axis=1) >= 0).all()
    means = pd.Series(found[:, 1], index=rows[0].index).groupby("dyad").mean()
    assert means["USA-FRA"] > means["USA-IND"] > means["USA-FJI"]
    assert not hasattr(classifier, "classes_"), "the classifier that was given is cloned, not fitted"


def test_without_resamples_a_tree_has_no_interval(rows):
    model = HazardModel(CLASSIFIERS[0], resamples=0).fit(rows[0][:60], rows[1][:60])
    with pytest.raises(ModelError, match="resamples=0 and has no interval; set resamples=20"):
        model.predict_interval(rows[0], [30])
    with pytest.raises(ModelError, match="resamples is 0, for no interval, or at least 2, not 1"):
        HazardModel(CLASSIFIERS[0], resamples=1).fit(*rows)


def test_rows_that_hold_too_little_to_resample_are_refused(rows):
    X, y = rows[0].xs("USA-FRA", drop_level=False)[:4], rows[1].xs("USA-FRA", drop_level=False)[:4]
    never = y.assign(first_meeting_in_days=[0, -1, -1, -1])
    one_day = X.set_axis(X.index[[0] * len(X)])
    assert len(HazardModel(GaussianNB()).fit(one_day, never).resampled_) == 20, "rows are drawn, if nothing else can be"
    always = y.assign(first_meeting_in_days=0, followup_days=20)
    with pytest.raises((ModelError, ValueError), match=r"too few dyads and years met|class"):
        HazardModel(GaussianNB()).fit(X, always)


def test_a_hazard_around_ones_own_logistic_regression_has_its_interval(rows):
    model = HazardModel(LogisticRegression(C=0.1, max_iter=500)).fit(*rows)
    low, high = model.predict_interval(rows[0][:5], [30])
    assert (low < high).all()


@pytest.mark.parametrize("name", EACH)
def test_probabilities_of_both_outcomes_are_those_of_the_horizon(name, rows, fitted):
    X = rows[0][::37]
    both = fitted[name].predict_proba(X, horizon=30)
    assert both.shape == (len(X), 2)
    assert both.sum(axis=1) == pytest.approx(1.0)
    assert both[:, 1].tolist() == fitted[name].predict_cumulative_incidence(X, [30])[:, 0].tolist()
    assert (fitted[name].predict_proba(X)[:, 1] == fitted[name].predict_proba(X, "90d")[:, 1]).all()
    for horizon in (0, 731, "soon", [30, 90]):
        with pytest.raises(DateError, match="horizon"):
            fitted[name].predict_proba(X, horizon)


@pytest.mark.parametrize("name", EACH)
def test_the_score_is_minus_the_brier_score_of_what_is_resolved(name, rows, fitted):
    X, y = rows
    known = (y["followup_days"] >= 180).to_numpy()
    assert 0 < known.sum() < len(X)
    met = y["first_meeting_in_days"].between(0, 179).to_numpy()
    p = fitted[name].predict_cumulative_incidence(X, [180])[:, 0]
    assert fitted[name].score(X, y, horizon=180) == pytest.approx(-np.mean((p - met)[known] ** 2), abs=1e-12)
    assert fitted[name].score(X, y) == fitted[name].score(X, y, horizon=90)
    with pytest.raises(ModelError, match="no row has a resolved outcome within 180 days"):
        fitted[name].score(X, y.assign(followup_days=179), horizon=180)
    with pytest.raises(ModelError, match="outcomes must be"):
        fitted[name].score(X, y.to_numpy())


def test_scikit_learn_searches_and_scores_by_time(rows):
    X, y = rows
    cut = y.assign(followup_days=y["followup_days"].clip(upper=90))
    search = GridSearchCV(make_model("hazard"), {"ridge": [10.0, 1e6]}, cv=PeriodSplit(3)).fit(X, cut)
    assert search.best_params_ == {"ridge": 10.0}
    assert search.predict_proba(X[:2]).shape == (2, 2)
    scores = cross_val_score(Pipeline([("model", make_model("climatology"))]), X, y, cv=PeriodSplit(2))
    assert len(scores) == 2
    assert ((scores > -1) & (scores < 0)).all()
