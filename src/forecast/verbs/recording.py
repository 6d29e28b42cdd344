"""Forecasts recorded as they are issued."""

from __future__ import annotations

from pathlib import Path

from forecast.display.forecasts import Forecasts
from forecast.monitoring.forecast_log import append_forecasts
from forecast.training.provenance import code_fingerprint


def recorded(rows: Forecasts, *, root: Path) -> Forecasts:
    """Append forecasts to the log of a workspace and return them, with the head of the log in ``attrs["log"]``.

    If the torn end of an earlier crash was set aside, `warnings` names the file.
    """
    code = code_fingerprint()[:12]
    lines = [{**row, "code_version": code} for row in rows.to_dict(orient="records")]
    done = append_forecasts(root, [{str(name): value for name, value in line.items()} for line in lines])
    if done.set_aside is not None:
        note = f"the forecast log ended with a line that a crash tore: it is set aside in {done.set_aside}"
        rows = Forecasts(rows.assign(warnings=[f"{before}; {note}" if before else note for before in rows["warnings"]]))
    rows.attrs["log"] = {"head": done.head, "n_lines": done.n_lines}
    return rows
