"""Drift: whether sources, signals, probabilities and calibration are still those that a model learned.

`samples` and `columns` compare distributions, `gaps` judges a source's silence by its own past, `calibration` sets
meetings observed against meetings expected, `report` holds the verdicts. All are pure functions of figures;
`forecast.verbs.drift` finds the figures in a workspace.
"""

from forecast.monitoring.drift_report import DriftReport, DriftRow

__all__ = ["DriftReport", "DriftRow"]
