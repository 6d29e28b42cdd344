"""What event data report of the two governments, each against the dyad's own usual volume.

A value is the log of the reports in a window over those that are usual in as many days, half a report added to both;
usual is the year before the window. Sources are judged apart, each against itself, and their values averaged. A source
counts where it reported on four in five days of the window and on 90 days of the year before; where none does, the
value is missing, not zero.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Floats
from forecast.facts.reports import CLASSES, LACKS
from forecast.signals.declare import ComputedSignal
from forecast.signals.view import View

WINDOWS: Final = (7, 14, 30, 90)
#: Days before the window that say what is usual, and how many of them must be covered.
USUAL_DAYS: Final = 365
FEWEST_DAYS: Final = 90
#: Share of the window that must be covered, and how late the newest report of a source may be: some appear weekly.
COVERED: Final = 0.8
LATE_DAYS: Final = 8

#: Measure -> classes, whether of leaders alone, description.
MEASURES: Final = {
    "intent": (("intent",), False, "the intent to meet or negotiate"),
    "contact": (("visit", "call"), False, "visits, meetings and telephone calls"),
    "refusal": (("refusal",), False, "proposals to meet or negotiate refused"),
    "halt": (("halt",), False, "talks, mediation or relations broken off"),
    "cooperation": (("intent", "visit", "call", "talk", "cooperation"), False, "cooperation of every kind"),
    "conflict": (("refusal", "halt", "conflict"), False, "conflict of every kind"),
    "leaders": (("intent", "visit", "call", "talk"), True, "the intent to meet, meetings, calls and talks of leaders"),
}


def reported_signals(view: View) -> pd.DataFrame:
    """Log ratios of the reports in each window to the usual number, columns ``reported__measure__window``."""
    sources = [_of_source(view, source) for source in view.reports.years]
    values = np.stack(sources) if sources else np.full((1, len(view.dyads), len(MEASURES), len(WINDOWS)), np.nan)
    counted = ~np.isnan(values)
    mean = np.where(counted, values, 0.0).sum(axis=0) / np.where(counted.any(axis=0), counted.sum(axis=0), np.nan)
    names = [f"reported__{measure}__{days}d" for measure in MEASURES for days in WINDOWS]
    return pd.DataFrame(mean.reshape(len(view.dyads), -1), columns=names)


def _of_source(view: View, source: str) -> Floats:
    """The ratios of one source, shape (n_dyads, n_measures, n_windows); missing where it does not cover the days."""
    ratios = np.full((len(view.dyads), len(MEASURES), len(WINDOWS)), np.nan)
    recent = view.reports.days(source, view.today - LATE_DAYS, view.today)
    if not len(recent):
        return ratios
    # Windows end where the source ends.
    end = int(recent[-1]) + 1
    days = view.reports.days(source, end - WINDOWS[-1] - USUAL_DAYS, end)
    edges = np.unique([end, *(end - w for w in WINDOWS), *(end - w - USUAL_DAYS for w in WINDOWS)])
    counts = view.reports.counts(source, np.asarray(view.dyads, dtype=str), edges)
    running = np.concatenate([np.zeros((*counts.shape[:-1], 1), np.int64), np.cumsum(counts, axis=-1)], axis=-1)
    kinds = list(CLASSES)
    for k, (classes, leaders, _) in enumerate(MEASURES.values()):
        if set(classes) <= set(LACKS.get(source, ())):
            continue
        of_measure = running[int(leaders)][:, [kinds.index(kind) for kind in classes]].sum(axis=1)
        for w, window in enumerate(WINDOWS):
            start, first = np.searchsorted(edges, [end - window, end - window - USUAL_DAYS])
            covered = int((days >= end - window).sum())
            before = int(((days >= end - window - USUAL_DAYS) & (days < end - window)).sum())
            if covered < COVERED * window or before < FEWEST_DAYS:
                continue
            now, year = of_measure[:, -1] - of_measure[:, start], of_measure[:, start] - of_measure[:, first]
            ratios[:, k, w] = np.log((now + 0.5) / (year * covered / before + 0.5))
    return ratios


WORDS: Final = {"reported": "what event data report"}

SIGNALS: Final = (
    ComputedSignal(
        "reported",
        "what event data report of the two governments",
        reported_signals,
        {
            f"reported__{measure}__{days}d": (
                "log ratio",
                f"reports of {said} in {days} days, against what is usual",
            )
            for measure, (_, _, said) in MEASURES.items()
            for days in WINDOWS
        },
    ),
)
