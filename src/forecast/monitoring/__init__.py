"""Drift, and the log of issued forecasts.

`distances` compares two samples of a figure, `verdicts` judges sources, figures and calibration one by one and holds
the report, `drift` measures them in a workspace. `forecast_log` keeps and scores what was forecast.
"""
