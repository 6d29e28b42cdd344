"""A tracked run: gathered while a verb is at work, and logged once, at its end."""

from __future__ import annotations

import contextlib
import json
import math
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.display.frames import wider_ends
from forecast.errors import ForecastError, TrackingError
from forecast.facts.history import History
from forecast.files import reason_of
from forecast.models import MODELS, make_model, model_names
from forecast.models.base import PeriodModel
from forecast.panel.panel import Panel
from forecast.tracking.client import Store, opened, tracking_uri
from forecast.tracking.provenance import dataset_inputs, fact_files, version_tags
from forecast.tracking.registry import as_text, log_model, registry_name
from forecast.training.train import Trained
from forecast.verification import scores_by_cut

#: Larger arrays, such as a covariance, are no table for a reader.
_MOST_FIGURES: Final = 2000
#: Alias of the version that `forecast train` made last.
TRAINED: Final = "trained"
#: Dots per inch of figures, and resamples of their intervals.
_DPI: Final = 150
_RESAMPLES: Final = 200
#: More models cannot be distinguished in a picture.
_MOST_MODELS: Final = 6
#: MLflow takes so many metrics at a time.
_METRICS_AT_ONCE: Final = 1000
#: Column of the table of scores -> head of the metric's name.
_METRICS: Final = {
    "n": "n", "base_rate": "base_rate", "brier": "brier", "skill": "skill", "log_score": "log_score",
    "log_skill": "log_skill", "auc": "auc", "calibration_error": "ece",
}  # fmt: skip


class TrackedRun:
    """What a run will hold: gathered here and in a folder, and written to the store at `uri` when its block ends.

    Only then have `run_id` and `version`, its number in the store and that of the model in the registry, a value.
    """

    def __init__(self, folder: Path, *, kind: str, uri: str) -> None:
        self.kind = kind
        self.uri = uri
        self.run_id = self.version = ""
        self._folder = folder
        self._parameters: dict[str, str] = {}
        self._metrics: dict[str, float] = {}
        self._tags: dict[str, str] = {}
        self._facts: list[dict[str, Any]] = []
        self._model: tuple[Trained, Panel] | None = None
        self._children: list[tuple[str, dict[str, object], dict[str, float]]] = []

    def parameters(self, values: Mapping[str, object]) -> None:
        """Keep parameters; lists are joined by commas, what is None is written so."""
        self._parameters |= {name: as_text(value) for name, value in values.items()}

    def metrics(self, values: Mapping[str, float]) -> None:
        """Keep figures."""
        self._metrics |= {name: float(value) for name, value in values.items()}

    def tags(self, values: Mapping[str, str]) -> None:
        """Keep tags, by which runs are looked up."""
        self._tags |= values

    def facts(self, history: History, *, root: Path, as_of: Day) -> None:
        """Keep which facts were used: each file with its SHA-256, the as-of date and its coverage."""
        self._facts = fact_files(history, root=root, as_of=as_of)
        self.tags({"as_of": str(as_of), "data_version": history.known_before(as_of).fingerprint()})
        self.table(pd.DataFrame(self._facts), "facts")

    def figure(self, figure: Any, name: str) -> None:
        """Keep a picture, such as those of `forecast.display.pictures`, as ``figures/NAME.png``."""
        with self._new_file(f"figures/{name}.png") as path:
            figure.savefig(path, dpi=_DPI, format="png")

    def table(self, table: pd.DataFrame, name: str) -> None:
        """Keep a table as ``NAME.csv``."""
        self.text(table.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d"), f"{name}.csv")

    def text(self, text: str, name: str) -> None:
        """Keep a text as a file of that name."""
        with self._new_file(name) as path:
            path.write_text(text, encoding="utf-8", newline="")

    def file(self, path: Path) -> None:
        """Keep a copy of a file."""
        with self._new_file(path.name) as copy:
            shutil.copyfile(path, copy)

    @contextmanager
    def _new_file(self, name: str) -> Iterator[Path]:
        path = self._folder / name
        try:
            path.parent.mkdir(exist_ok=True)
            yield path
        except OSError as error:
            raise TrackingError(f"{name} cannot be kept for the run: {reason_of(error)}") from None

    def model(self, trained: Trained, rows: Panel) -> None:
        """Keep a trained model with an example from its training rows: it becomes the next version of its name."""
        self._model = trained, rows

    def child(self, name: str, *, parameters: dict[str, object], metrics: dict[str, float]) -> None:
        """Keep a run of its own below this one: of one model of several, with its parameters and figures."""
        self._children.append((name, parameters, metrics))

    def log(self, store: Store, *, name: str, began_at: float, status: str) -> None:
        """Write the run to a store and end it; one that cannot be written whole ends as FAILED if it can end at all."""
        client = store.client
        tags = {**version_tags(), "kind": self.kind, **self._tags}
        run = client.create_run(store.experiment_id, run_name=name, start_time=int(began_at * 1000), tags=tags)
        self.run_id = run.info.run_id
        try:
            self._log_contents(store)
        except BaseException:
            with contextlib.suppress(Exception):
                client.set_terminated(self.run_id, "FAILED")
            raise
        client.set_terminated(self.run_id, status)

    def _log_contents(self, store: Store) -> None:
        from mlflow.entities import Metric, Param

        client, at = store.client, int(time.time() * 1000)
        client.log_batch(self.run_id, params=[Param(name, value) for name, value in self._parameters.items()])
        metrics = [Metric(name, value, at, 0) for name, value in self._metrics.items()]
        for start in range(0, len(metrics), _METRICS_AT_ONCE):
            client.log_batch(self.run_id, metrics=metrics[start : start + _METRICS_AT_ONCE])
        if self._facts:
            context = "backtest" if self.kind == "backtest" else "training"
            client.log_inputs(self.run_id, datasets=dataset_inputs(self._facts, context=context))
        if any(self._folder.iterdir()):
            client.log_artifacts(self.run_id, str(self._folder))
        if self._model is not None:
            self.version = log_model(store, self.run_id, *self._model)
            if self.kind == "train":
                card = self._model[0].card
                name = registry_name(card.model_id, card.target)
                client.set_registered_model_alias(name, TRAINED, self.version)
        for name, parameters, figures in self._children:
            tags = {"mlflow.parentRunId": self.run_id, "kind": f"{self.kind}-model", "model": name}
            below = client.create_run(store.experiment_id, run_name=name, start_time=at, tags=tags).info.run_id
            client.log_batch(
                below,
                params=[Param(key, as_text(value)) for key, value in parameters.items()],
                metrics=[Metric(key, value, at, 0) for key, value in figures.items()],
            )
            client.set_terminated(below, "FINISHED")


@contextmanager
def tracked_run(root: Path, *, kind: str, name: str, tags: Mapping[str, str]) -> Iterator[TrackedRun]:
    """Track what happens in the block: the store is opened and written when the block ends, also if it fails."""
    began_at = time.time()
    with tempfile.TemporaryDirectory(prefix="forecast-run-") as folder:
        run = TrackedRun(Path(folder), kind=kind, uri=tracking_uri(root))
        run.tags(tags)

        def log(status: str) -> None:
            with opened(root) as store:
                run.log(store, name=name, began_at=began_at, status=status)

        try:
            yield run
        except BaseException as error:
            if str(error):
                run.tags({"error": str(error).partition("\n")[0][:500]})
            # The error of the block is the one to be reported, also where the store cannot be written.
            with contextlib.suppress(TrackingError):
                log("KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED")
            raise
        log("FINISHED")


def is_tracked(root: Path, *, kind: str, tags: Mapping[str, str]) -> bool:
    """Whether the store holds a finished run of this kind with these tags."""
    query = " and ".join(f"tags.`{name}` = '{value}'" for name, value in {"kind": kind, **tags}.items())
    with opened(root) as store:
        runs = store.client.search_runs(
            [store.experiment_id], f"{query} and attributes.status = 'FINISHED'", max_results=1
        )
    return bool(runs)


# --- what the verbs keep ---


def keep_training(run: TrackedRun, trained: Trained, rows: Panel) -> None:
    """Keep the card and the model, which becomes the next version of its name."""
    card = trained.card
    run.metrics({"n_rows": card.n_rows, "n_dyads": card.n_dyads})
    run.tags({"model_version": card.model_version})
    run.text(json.dumps(asdict(card), indent=1) + "\n", "card.json")
    run.parameters({f"model/{name}": value for name, value in card.parameters.items()})
    run.table(coefficients(trained.model), "coefficients")
    if card.model_id in model_names():  # any other cannot be made anew from its name
        run.model(trained, rows)


def keep_backtest(
    run: TrackedRun,
    forecasts: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    files: Sequence[Path] = (),
    ablation: pd.DataFrame | None = None,
) -> None:
    """Keep scores, forecasts and figures; `files` are the tables of forecasts and cuts, if they are written already."""
    run.metrics(score_metrics(scores))
    run.table(scores, "scores")
    for model, rows in scores.groupby("model_id", sort=False):
        known = make_model(str(model)).get_params() if model in MODELS else {}
        run.child(str(model), parameters=known, metrics=score_metrics(rows))
    if ablation is not None:
        run.table(ablation, "ablation")
    for path in files:
        run.file(path)
    if not files:
        run.table(forecasts, "forecasts")
        run.table(scores_by_cut(forecasts), "cuts")
    left_out = []
    for name, draw in _figures(forecasts):
        try:
            run.figure(draw(), name)
        except ForecastError as problem:
            left_out.append(f"{name}: {problem}")
    if left_out:
        run.text("\n".join(left_out) + "\n", "figures-left-out.txt")


def _figures(forecasts: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    from forecast.display import pictures

    for (model, days), rows in forecasts.groupby(["model_id", "horizon_days"], sort=False):
        yield (
            f"reliability-{_plain(str(model))}-{days}d",
            lambda rows=rows: pictures.reliability(rows, resamples=_RESAMPLES),
        )
    models = [name for name in dict.fromkeys(forecasts["model_id"]) if name != "climatology"][:_MOST_MODELS]
    shown = forecasts.loc[forecasts["model_id"].isin([*models, "climatology"])]
    horizons = sorted(set(shown["horizon_days"]))
    for days in horizons:
        # Each alone: the years of one horizon beside it, without scoring the others anew.
        part = shown.loc[shown["horizon_days"] == days]
        yield f"skill-{days}d", lambda part=part: pictures.skill(part, resamples=_RESAMPLES)


def _plain(model: str) -> str:
    """Name of a model as MLflow and file systems take it."""
    return re.sub(r"[^\w.-]+", "-", model).strip("-")


def coefficients(model: PeriodModel) -> pd.DataFrame:
    """Figures that a model learned: a row each with its `array`, its place there, and its signal if it is of one."""
    names = [str(name) for name in model.feature_names_in_]
    rows = []
    for array, value in model.get_state().items():
        if np.issubdtype(value.dtype, np.floating) and 0 < value.ndim < 3 and value.size <= _MOST_FIGURES:
            of_signals = value.shape[-1] == len(names)
            for (row, column), figure in np.ndenumerate(np.atleast_2d(value)):
                rows.append((array, row, column, names[column] if of_signals else "", float(figure)))
    return pd.DataFrame(rows, columns=["array", "row", "column", "signal", "value"])


def score_metrics(scores: pd.DataFrame) -> dict[str, float]:
    """Metrics of a table of scores such as `skill_90d`; with several models each name begins with the model's."""
    several = len(set(scores["model_id"])) > 1
    metrics: dict[str, float] = {}
    for row in scores.to_dict(orient="records"):
        prefix = f"{_plain(row['model_id'])}/" if several else ""
        days = f"{int(row['horizon_days'])}d"
        figures = {f"{name}_{days}": row.get(column) for column, name in _METRICS.items()}
        for skill in ("skill", "log_skill"):
            figures[f"{skill}_{days}_low"], figures[f"{skill}_{days}_high"] = wider_ends(row, skill)
        metrics |= {
            f"{prefix}{name}": float(value)
            for name, value in figures.items()
            if value is not None and math.isfinite(value)
        }
    return metrics
