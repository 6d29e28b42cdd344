"""A tracked run: what a training, a backtest or a retraining leaves behind."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.dates import Day
from forecast.errors import TrackingError
from forecast.facts.history import History
from forecast.panel.panel import Panel
from forecast.tracking.inputs import dataset_inputs, fact_files
from forecast.tracking.measures import score_metrics
from forecast.tracking.packaging import write_mlflow_model
from forecast.tracking.registry import LOGGED, register, whole_version
from forecast.tracking.store import Store, open_store
from forecast.tracking.telemetry import asking
from forecast.tracking.upkeep import end_abandoned, process_tags, set_aside_damaged
from forecast.tracking.versions import version_tags
from forecast.training.train import Trained

#: Dots per inch of figures.
_DPI: Final = 150


class TrackedRun:
    """A run of the store that is under way.

    Parameters
    ----------
    store : Store
    run_id : str
    kind : str
        What is tracked: train, backtest or retrain.
    """

    def __init__(self, store: Store, run_id: str, *, kind: str) -> None:
        self.store = store
        self.run_id = run_id
        self.kind = kind
        self._linked: set[str] = set()

    def parameters(self, values: Mapping[str, object]) -> None:
        """Keep parameters; lists are joined by commas, what is None is written so."""
        from mlflow.entities import Param

        self._batch(params=[Param(name, _written(value)) for name, value in values.items()])

    def metrics(self, values: Mapping[str, float]) -> None:
        """Keep figures."""
        from mlflow.entities import Metric

        at = int(time.time() * 1000)
        self._batch(metrics=[Metric(name, float(value), at, 0) for name, value in values.items()])

    def tags(self, values: Mapping[str, str]) -> None:
        """Keep tags, by which runs are found."""
        from mlflow.entities import RunTag

        self._batch(tags=[RunTag(name, value) for name, value in values.items()])

    def scores(self, scores: pd.DataFrame) -> None:
        """Keep the scores of `forecast.backtesting.backtest.score`: as metrics with intervals, and as a table."""
        self.metrics(score_metrics(scores))
        self.table(scores, "scores")

    def facts(self, history: History, *, root: Path, as_of: Day) -> None:
        """Keep which facts were used: each file with its SHA-256, the as-of date and its coverage."""
        files = fact_files(history, root=root, as_of=as_of)
        context = "backtest" if self.kind == "backtest" else "training"
        with asking(self.store.uri):
            self.store.client.log_inputs(self.run_id, datasets=dataset_inputs(files, context=context))
        self.tags({"as_of": str(as_of), "data_version": history.known_before(as_of).fingerprint()})
        self.table(pd.DataFrame(files), "facts")

    def figure(self, figure: Any, name: str) -> None:
        """Keep a picture, such as those of `forecast.display.pictures`, as ``figures/NAME.png``."""
        with self._draft(f"{name}.png") as path:
            figure.savefig(path, dpi=_DPI, format="png")
            self.file(path, folder="figures")

    def table(self, table: pd.DataFrame, name: str) -> None:
        """Keep a table as ``NAME.csv``."""
        self.text(table.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d"), f"{name}.csv")

    def text(self, text: str, name: str) -> None:
        """Keep a text as a file of that name."""
        with self._draft(name) as path:
            path.write_text(text, encoding="utf-8", newline="")
            self.file(path)

    def file(self, path: Path, *, folder: str | None = None) -> None:
        """Keep a file."""
        with asking(self.store.uri):
            self.store.client.log_artifact(self.run_id, str(path), folder)

    def model(self, trained: Trained, rows: Panel, *, register_as: str | None) -> str | None:
        """Keep a trained model, with its signature, an example and its requirements.

        Parameters
        ----------
        trained : Trained
        rows : Panel
            Rows for training.
        register_as : str, optional
            Name under which it becomes the next version, as `registry_name` gives it.

        Returns
        -------
        str or None
            The version that the registry gave it: the one that holds exactly this model already, if there is one.
        """
        from mlflow.models import Model

        card, client = trained.card, self.store.client
        tags = {
            "model_version": card.model_version,
            "target": card.target,
            "trained_as_of": card.trained_as_of,
            "state_sha256": card.state_sha256,
            "panel": card.panel,
            "key": card.key,
        }
        with asking(self.store.uri):
            if register_as is not None and (kept := whole_version(self.store, register_as, card)) is not None:
                self._link(kept.tags[LOGGED])
                return str(kept.version)
            logged = client.create_logged_model(
                self.store.experiment_id,
                name=f"{card.model_id}-{card.target}",
                source_run_id=self.run_id,
                tags=tags,
                params={name: _written(value) for name, value in card.parameters.items()},
                model_type=card.model_id,
            )
            try:
                with tempfile.TemporaryDirectory() as folder:
                    described = Model(
                        artifact_path=logged.artifact_location,
                        model_uuid=logged.model_id,
                        model_id=logged.model_id,
                        run_id=self.run_id,
                        metadata=tags,
                    )
                    write_mlflow_model(Path(folder) / "model", trained, rows, described=described)
                    client.log_model_artifacts(logged.model_id, str(Path(folder) / "model"))
                client.finalize_logged_model(logged.model_id, "READY")
            except BaseException:
                with contextlib.suppress(Exception):
                    client.finalize_logged_model(logged.model_id, "FAILED")
                raise
            self._link(logged.model_id)
            if register_as is None:
                return None
            note = f"{card.model_id} for {card.target}, trained as of {card.trained_as_of}"
            return register(self.store, register_as, logged=logged, run_id=self.run_id, tags=tags, note=note)

    def _link(self, model_id: str) -> None:
        from mlflow.entities import LoggedModelOutput

        if model_id in self._linked:
            return
        self._linked.add(model_id)
        self.store.client.log_outputs(self.run_id, [LoggedModelOutput(model_id, step=0)])

    def _batch(self, **entries: list[Any]) -> None:
        with asking(self.store.uri):
            self.store.client.log_batch(self.run_id, **entries)

    @contextmanager
    def _draft(self, name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder) / name

    def end(self, status: str) -> None:
        """End the run as FINISHED, FAILED or KILLED."""
        with asking(self.store.uri):
            self.store.client.set_terminated(self.run_id, status)


@contextmanager
def tracked_run(root: Path, *, kind: str, name: str, tags: Mapping[str, str]) -> Iterator[TrackedRun]:
    """Track what happens in the block.

    Parameters
    ----------
    root : Path
    kind : {"train", "backtest", "retrain"}
    name : str
        Shown in the list of runs.
    tags : mapping of str

    Notes
    -----
    Runs of this machine's processes that were killed are ended as KILLED. A damaged database of the workspace is an
    error, but a retraining, which runs unattended, moves it aside (tag `set_aside`) and begins a new one.

    Yields
    ------
    TrackedRun
        It ends as FINISHED, as FAILED if the block raises, as KILLED if the user interrupts it; the error passes on.

    Raises
    ------
    TrackingError
        If the store cannot be read, written or reached: before the block, if it is so from the beginning.
    """
    aside = set_aside_damaged(root) if kind == "retrain" else None
    store = open_store(root)
    end_abandoned(store, root)
    told = {**version_tags(), **process_tags(), "kind": kind, **tags}
    if aside is not None:
        told["set_aside"] = aside.name
    with asking(store.uri):
        made = store.client.create_run(store.experiment_id, run_name=name, tags=told)
    run = TrackedRun(store, made.info.run_id, kind=kind)
    try:
        yield run
    except BaseException as error:
        # The error of the block is the one to be told, also where the store is gone meanwhile.
        with contextlib.suppress(TrackingError):
            if str(error):
                run.tags({"error": str(error).partition("\n")[0][:500]})
            run.end("KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED")
        raise
    run.end("FINISHED")


def is_tracked(root: Path, *, kind: str, tags: Mapping[str, str]) -> bool:
    """Whether the store holds a finished run of this kind with these tags."""
    store = open_store(root)
    asked = " and ".join(f"tags.`{name}` = '{value}'" for name, value in {"kind": kind, **tags}.items())
    with asking(store.uri):
        found = store.client.search_runs(
            [store.experiment_id], f"{asked} and attributes.status = 'FINISHED'", max_results=1
        )
    return bool(found)


def _written(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(str(part) for part in value)
    return "none" if value is None else str(value)
