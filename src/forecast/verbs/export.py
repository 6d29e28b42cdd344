"""The verb *export*: forecasts as files that others can score."""

from __future__ import annotations

from pathlib import Path

from forecast.errors import InputError
from forecast.exchange.forecast_files import read_forecasts
from forecast.exchange.hubverse import check_team, write_hub
from forecast.files import written_whole
from forecast.panel.outcomes import TARGETS


def export(forecasts: Path | str, *, output: Path | str, team: str = "forecast") -> Path:
    """Write a table of forecasts in the layout of a hubverse hub (`forecast.exchange.hubverse`), for others to score.

    Parameters
    ----------
    forecasts : path-like
        The `forecasts.csv` of a backtest, or a prediction in CSV or (named ``.json``) JSON.
    output : path-like
        A folder that does not exist yet. It is written whole or not at all.
    team : str
        Whose models these are: letters, digits and underscores.

    Returns
    -------
    Path
        The folder.
    """
    check_team(team)
    path, folder = Path(forecasts), Path(output)
    if folder.exists():
        raise InputError("exists already; name a new folder", path=folder)
    table = read_forecasts(path)
    strange = sorted(set(table["target"]) - set(TARGETS))
    if strange:
        raise InputError(f"{strange[0]!r} is not one of {', '.join(TARGETS)}", path=path, field="target")
    try:
        with written_whole(folder) as draft:
            write_hub(draft, table, team=team)
    except InputError as error:
        # What the layout cannot hold is a fault of the table, not of the folder.
        raise error if error.path is not None else InputError(error.problem, path=path) from None
    return folder
