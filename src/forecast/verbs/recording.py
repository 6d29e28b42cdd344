"""Forecasts recorded as they are issued."""

from __future__ import annotations

from pathlib import Path

from forecast.display.frames import Forecasts, warnings_by_dyad, with_warnings
from forecast.monitoring.forecast_log import append_forecasts
from forecast.training.provenance import code_fingerprint


def recorded(rows: Forecasts, *, root: Path) -> Forecasts:
    """Append forecasts to the log of a workspace; ``attrs["log"]`` of the result holds its `head` and `n_lines`.

    If the torn end of an earlier crash was set aside, the warnings name the file.
    """
    code = code_fingerprint()[:12]
    lines = [{str(name): value for name, value in row.items()} for row in rows.to_dict(orient="records")]
    done = append_forecasts(root, [{**line, "code_version": code} for line in lines])
    if done.set_aside is not None:
        torn = f"the forecast log ended with a line that a crash tore: it is set aside in {done.set_aside}"
        before = warnings_by_dyad(rows)
        rows = with_warnings(rows, {dyad: (*before.get(dyad, ()), torn) for dyad in rows["dyad"].unique()})
    rows.attrs["log"] = {"head": done.head, "n_lines": done.n_lines}
    return rows
