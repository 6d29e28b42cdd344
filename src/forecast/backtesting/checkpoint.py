"""The checkpoint of a backtest: finished folds on disk, so that an interrupted one goes on where it stopped.

A checkpoint is the folder that will hold the results::

    backtest.json     the request, the facts and the program
    folds/DATE.csv    one table a finished fold, while the backtest is unfinished
    forecasts.csv     the tables of all folds, one after the other
    cuts.csv          scores by year, setting, base rate and so on
    scores.json       written last: a folder that holds it is finished
    ablation.csv      if requested, what each family of signals gains

Every file is written whole or not at all. The tables of the folds are removed when `scores.json` stands, for
`forecasts.csv` holds the same lines.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.errors import InputError
from forecast.files import locked, read_json, reading, write_text, written_whole

RECORD: Final = "backtest.json"
FORECASTS: Final = "forecasts.csv"
CUTS: Final = "cuts.csv"
SCORES: Final = "scores.json"
ABLATION: Final = "ablation.csv"
#: Messages where these differ; other entries of a request are named with their values.
_CHANGED: Final = {
    "data": "the facts of the workspace have changed since",
    "code": "the program has changed since",
    "own": "models or signals of your own have changed since",
}


@dataclass(frozen=True)
class Checkpoint:
    """The folder of a backtest that this process alone may write."""

    folder: Path

    @property
    def finished(self) -> bool:
        """Whether the scores stand."""
        return (self.folder / SCORES).exists()

    def holds(self, fold: str) -> bool:
        """Whether a fold is finished; a table that cannot be read makes room, and the fold is computed again."""
        try:
            self.read(fold)
        except InputError:
            self._table(fold).unlink(missing_ok=True)
            return False
        return True

    def write(self, fold: str, table: pd.DataFrame) -> None:
        """Keep the forecasts of a finished fold; numbers are written so that they are read again to the last bit."""
        self._table(fold).parent.mkdir(exist_ok=True)
        write_text(self._table(fold), table.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d"))

    def read(self, fold: str) -> pd.DataFrame:
        """The forecasts of a finished fold."""
        return _forecasts(self._table(fold))

    def forecasts(self) -> pd.DataFrame:
        """The forecasts of a finished backtest."""
        return _forecasts(self.folder / FORECASTS)

    def close(self, folds: list[str], scores: pd.DataFrame, cuts: pd.DataFrame) -> None:
        """Put the forecasts of all folds, their scores and those by cut in place and remove the tables of the folds."""
        texts = [self._table(fold).read_text(encoding="utf-8") for fold in folds]
        head = texts[0].partition("\n")[0]
        write_text(self.folder / FORECASTS, head + "\n" + "".join(text.partition("\n")[2] for text in texts))
        write_text(self.folder / CUTS, cuts.to_csv(index=False, lineterminator="\n"))
        rows = scores.astype(object).where(scores.notna(), None).to_dict(orient="records")
        write_text(self.folder / SCORES, json.dumps(rows, indent=1) + "\n")
        self.clear()

    def ablation(self) -> pd.DataFrame | None:
        """What each family of signals gains, if it was computed before; a table that cannot be read makes room."""
        try:
            return pd.read_csv(self.folder / ABLATION, keep_default_na=False)
        except Exception:
            return None

    def keep_ablation(self, gains: pd.DataFrame) -> None:
        """Put what each family of signals gains beside the scores."""
        write_text(self.folder / ABLATION, gains.to_csv(index=False, lineterminator="\n"))

    def clear(self) -> None:
        """Remove the tables of the folds, and drafts of a process that was killed."""
        shutil.rmtree(self.folder / "folds", ignore_errors=True)
        for draft in self.folder.glob(".*.draft"):
            draft.unlink(missing_ok=True)

    def scores(self) -> pd.DataFrame:
        """The scores of a finished backtest."""
        path = self.folder / SCORES
        with reading(lambda reason: InputError(f"cannot be understood ({reason}); name a new folder", path=path)):
            table = pd.DataFrame(read_json(path, kind=list))
            empty = [name for name in table if table[name].isna().all()]
            return table.astype(dict.fromkeys(empty, float))

    def _table(self, fold: str) -> Path:
        return self.folder / "folds" / f"{fold}.csv"


@contextmanager
def open_checkpoint(folder: Path, request: dict[str, Any]) -> Iterator[Checkpoint]:
    """Begin a backtest in a new folder, or take up the one of the same request, facts (`data`) and program (`code`)."""
    if not folder.exists() and not folder.is_symlink():
        with written_whole(folder) as draft:
            _keep(draft, request)
    if not (folder / RECORD).is_file():
        raise InputError("exists already; name a new folder", path=folder)
    with locked(folder, wait_seconds=0.0):
        checkpoint = Checkpoint(folder)
        try:
            recorded = read_json(folder / RECORD)
        except InputError as error:
            raise InputError(f"{error.problem}; name a new folder", path=error.path) from None
        if recorded != request:
            if checkpoint.finished or any((folder / "folds").glob("*.csv")):
                raise InputError(_refusal(recorded, request, finished=checkpoint.finished), path=folder)
            _keep(folder, request)  # nothing was computed yet, so nothing is lost
        if checkpoint.finished:
            checkpoint.clear()
        yield checkpoint


def _forecasts(path: Path) -> pd.DataFrame:
    with reading(lambda reason: InputError(f"is no table of forecasts ({reason}); name a new folder", path=path)):
        table = pd.read_csv(
            path,
            keep_default_na=False,
            parse_dates=["as_of"],
            # The parser's own reading of numbers may miss the last bit.
            converters=dict.fromkeys(("probability", "climatology"), float),
        )
        return table.astype({"as_of": "datetime64[s]"})


def _keep(folder: Path, request: dict[str, Any]) -> None:
    write_text(folder / RECORD, json.dumps(request, indent=1) + "\n")


def _refusal(recorded: dict[str, Any], request: dict[str, Any], *, finished: bool) -> str:
    """Say what differs and what to do."""
    differing = [name for name in {**request, **recorded} if recorded.get(name) != request.get(name)]
    parts = [
        _CHANGED.get(name) or f"{name} {_words(recorded.get(name))}, now {_words(request.get(name))}"
        for name in differing
    ]
    state = "finished" if finished else "unfinished"
    return f"holds the {state} backtest of another request ({'; '.join(parts)}); name a new folder, or delete this one"


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name} {item}" for name, item in value.items())
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    return "none" if value is None else str(value)
