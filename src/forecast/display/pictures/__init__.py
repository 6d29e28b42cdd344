"""Pictures of forecasts: functions that take tables and return matplotlib figures.

Nothing is drawn on a global canvas and no global setting is changed: each function returns a figure of its own, which a
notebook shows and ``figure.savefig("a.png", dpi=200)`` keeps. The colour-blind distinguish the colours too, which never
stand alone: markers, line styles or hatches show the same. Needs matplotlib, which the extra `pictures` brings.

Examples
--------
>>> import forecast as fc
>>> from forecast.verification.forecasts import example_forecasts
>>> rows = example_forecasts().query("model_id == 'sharp'")
>>> figure = fc.pictures.reliability(rows, resamples=50)
>>> [axes.get_ylabel() for axes in figure.axes]
['Share of forecasts after which they met (%)', 'Forecasts']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from forecast.errors import ForecastError

if TYPE_CHECKING:
    from forecast.display.pictures.canvas import Picture
    from forecast.display.pictures.one_forecast import hazard_curve, waterfall
    from forecast.display.pictures.over_time import engagements, timeline
    from forecast.display.pictures.scores import reliability, skill

# matplotlib is an extra and slow to import: it is imported with the first picture.
_HOME = {
    "Picture": "canvas", "engagements": "over_time", "hazard_curve": "one_forecast", "reliability": "scores",
    "skill": "scores", "timeline": "over_time", "waterfall": "one_forecast",
}  # fmt: skip

__all__ = ["Picture", "engagements", "hazard_curve", "reliability", "skill", "timeline", "waterfall"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'forecast.display.pictures' has no attribute {name!r}")
    require_matplotlib()
    return getattr(import_module(f"forecast.display.pictures.{_HOME[name]}"), name)


def require_matplotlib() -> None:
    """Raise an error that names what to install if matplotlib is not there."""
    try:
        import_module("matplotlib.figure")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "matplotlib":
            raise
        raise ForecastError("pictures need matplotlib: pip install 'forecast[pictures]'") from None


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
