"""The registry of models. Heavy imports happen when a model is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from forecast.errors import ModelError

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


def make_model(name: str) -> PeriodModel:
    """Make an unfitted model of the registry.

    Raises
    ------
    ModelError
        If there is none of that name.

    Examples
    --------
    >>> make_model("base-rate")
    BaseRate()
    """
    if name not in MODELS:
        raise ModelError(f"unknown model {name!r}; there are {', '.join(MODELS)}")
    from importlib import import_module

    module, kind, _ = MODELS[name]
    model: PeriodModel = getattr(import_module(module), kind)()
    return model
