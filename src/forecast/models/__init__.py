"""The registry of models. Heavy imports happen when a model is asked for."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from forecast.errors import InputError, ModelError
from forecast.signals import entry_points
from forecast.signals.entry_points import find_object, in_one_line, load_registered, registered

if TYPE_CHECKING:
    from forecast.models.base import PeriodModel

#: Name -> (module, class, what it is). The first is the default.
MODELS: Final = {
    "hazard": (
        "forecast.models.ridge",
        "RidgeModel",
        "hazards from a ridge regression per edge (default)",
    ),
    "classifier": ("forecast.models.hazard", "HazardModel", "hazards from a scikit-learn classifier"),
    "climatology": ("forecast.models.baselines", "Climatology", "the dyad's own record, shrunk towards all dyads"),
    "recurrence": ("forecast.models.baselines", "Recurrence", "recency-weighted rate of the dyad's meetings"),
    "venue-calendar": ("forecast.models.baselines", "VenueCalendar", "the calendar of summits alone"),
    "base-rate": ("forecast.models.baselines", "BaseRate", "one rate for all dyads"),
}
DEFAULT: Final = "hazard"


#: A model by its name, or an unfitted estimator.
Model: TypeAlias = "str | PeriodModel"
#: What an estimator must have to be fitted anew by every caller.
_NEEDED: Final = ("fit", "get_params")
#: How it may answer.
_ANSWERS: Final = ("predict_cumulative_incidence", "predict_proba")


def make_model(model: Model) -> PeriodModel:
    """Make an unfitted model.

    Parameters
    ----------
    model : str or estimator
        A name of the registry, one that another distribution registers (entry points, group ``forecast.models``),
        ``package.module:NAME`` or ``file.py:NAME``, whose module is run; or an estimator, which is cloned. It needs
        `fit(X, y)`, `get_params()` and `predict_cumulative_incidence(X, horizons)` or `predict_proba(X, horizon=days)`,
        as every `forecast.models.base.PeriodModel` has them, and searches and pipelines around one.

    Raises
    ------
    ModelError
        If there is none of that name, or what there is cannot be used.

    Examples
    --------
    >>> make_model("base-rate")
    BaseRate()
    """
    if not isinstance(model, str):
        return _unfitted(model)
    if ":" not in model:
        return named_model(model)
    try:
        return _unfitted(find_object(model, field="model"), made=True)
    except InputError as error:
        raise ModelError(str(error)) from None


def named_model(name: str) -> PeriodModel:
    """Make an unfitted model that is registered under a name, here or by another distribution."""
    if name in MODELS:
        module, kind, _ = MODELS[name]
        model: PeriodModel = getattr(import_module(module), kind)()
        return model
    if name not in registered(entry_points.MODELS):
        raise ModelError(f"unknown model {name!r}; there are {', '.join(model_names())}")
    try:
        return _unfitted(load_registered(entry_points.MODELS, name), made=True)
    except InputError as error:
        raise ModelError(str(error)) from None


def model_names() -> list[str]:
    """Names of the registry and of what other distributions register; of the same names the program's own count."""
    return list(dict.fromkeys([*MODELS, *registered(entry_points.MODELS)]))


def model_name(model: Model) -> str:
    """What a model is called in tables: its registered name, or the estimator with the parameters that were set.

    Examples
    --------
    >>> from forecast.models.ridge import RidgeModel
    >>> model_name("hazard"), model_name(RidgeModel(ridge=10.0))
    ('hazard', 'RidgeModel(ridge=10.0)')
    """
    if isinstance(model, str) and ":" not in model:
        return model
    from sklearn import config_context
    from sklearn.base import BaseEstimator

    made = make_model(model)
    with config_context(print_changed_only=True):
        shown = made.__repr__(N_CHAR_MAX=sys.maxsize) if isinstance(made, BaseEstimator) else repr(made)
    return " ".join(shown.split())


def _unfitted(model: Any, *, made: bool = False) -> PeriodModel:
    """A clone of an estimator, or one made from its class if that may be (`made`)."""
    from sklearn.base import clone, is_classifier

    kind = model.__name__ if isinstance(model, type) else type(model).__name__
    try:
        if isinstance(model, type) and made:
            model = model()
        if isinstance(model, type):
            raise ModelError(f"{kind} is a class; make an estimator of it: {kind}()")
        lacking = [name for name in _NEEDED if not hasattr(model, name)]
        lacking += [] if any(hasattr(model, name) for name in _ANSWERS) else [" or ".join(_ANSWERS)]
        if lacking:
            raise ModelError(
                f"{kind} is no model, for it lacks {' and '.join(lacking)}; derive it from "
                "forecast.models.base.PeriodModel"
            )
        if not hasattr(model, _ANSWERS[0]) and is_classifier(model):
            raise ModelError(
                f"{kind} is a classifier, which knows no horizons; put it into a hazard: "
                f"forecast.models.hazard.HazardModel({kind}(...))"
            )
        copy: PeriodModel = clone(model)
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(f"{kind} is no estimator that can be cloned ({in_one_line(error)})") from None
    return copy
