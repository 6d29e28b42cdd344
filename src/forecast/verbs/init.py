"""The verb *init*: a new workspace with the shipped facts."""

from __future__ import annotations

from pathlib import Path

from forecast.workspace import lay_out


def init(directory: Path | str) -> Path:
    """Lay out a workspace with the shipped facts; nothing is overwritten.

    Parameters
    ----------
    directory : path-like
        A folder that does not exist yet or has no `data/raw`.

    Returns
    -------
    Path
        The workspace.
    """
    return lay_out(Path(directory))
