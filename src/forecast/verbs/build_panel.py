"""The verb *build_panel*: rows with their signals and outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from forecast.dates import AnyDay
from forecast.panel.panel import Panel
from forecast.panel.panel import build_panel as build
from forecast.signals.user_signals import OwnSignal, own_signals
from forecast.workspace import Workspace, as_of_dates


def build_panel(
    *,
    start: AnyDay,
    end: AnyDay,
    root: Path | str = ".",
    every: str = "month",
    target: str = "meeting",
    focal: str | None = None,
    signals: Sequence[OwnSignal] = (),
) -> Panel:
    """Build the rows (dyad, as_of) between two as-of dates, with their signals and outcomes.

    Parameters
    ----------
    start, end : str, date or numpy.datetime64
        First and last as-of date; ``YYYY-MM`` is the first day of the month.
    every : {"month", "quarter", "week"}
    root, target
        As in `forecast.predict`.
    focal : str, optional
        Only dyads of this state.
    signals : sequence of Signal, ComputedSignal or str
        Your own signals beside those of the catalogue (`forecast.signals.declare`), or their names, as in
        `forecast.audit`.

    Returns
    -------
    Panel
        `signals` and `outcomes` are pandas DataFrames.
    """
    extra, grid = own_signals(signals), as_of_dates(start, end, every)
    centre = Workspace(root).focal(focal)
    return build(Workspace(root).history, grid, target=target, focal=centre, extra=extra)
