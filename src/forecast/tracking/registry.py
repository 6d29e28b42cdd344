"""The registry: versions of a model and the aliases that point at them. It mirrors the files that decide."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.errors import ModelError
from forecast.panel.panel import Panel
from forecast.tracking.client import Store, is_server, mlflow, opened
from forecast.tracking.serving import BUNDLE, write_mlflow_model
from forecast.training.bundle import Card, load_bundle
from forecast.training.train import Trained

COLUMNS: Final = ("version", "model_version", "aliases", "run_id", "created_at")
#: Tag of a version: the logged model that it is, which the database of a workspace forgets.
LOGGED: Final = "model_id"


def registry_name(model: str, target: str) -> str:
    """Name of a registered model, such as ``forecast-hazard-meeting``."""
    return f"forecast-{model}-{target}"


# --- writing ---


def log_model(store: Store, run_id: str, trained: Trained, rows: Panel) -> str:
    """Log a trained model and register it, unless a version holds exactly this one; return the version's number."""
    from mlflow.entities import LoggedModelOutput

    name = registry_name(trained.card.model_id, trained.card.target)
    same = (trained.card.state_sha256, trained.card.key)
    held = (v for v in _all_versions(store, name) if (v.tags.get("state_sha256"), v.tags.get("key")) == same)
    version = max(held, key=lambda v: int(v.version), default=None)
    if version is None:
        model_id = _log_files(store, run_id, trained, rows)
        version = _register(store, name, model_id, run_id, trained.card)
    store.client.log_outputs(run_id, [LoggedModelOutput(version.tags[LOGGED], step=0)])
    return str(version.version)


def _log_files(store: Store, run_id: str, trained: Trained, rows: Panel) -> str:
    from mlflow.models import Model

    card = trained.card
    logged = store.client.create_logged_model(
        store.experiment_id,
        name=f"{card.model_id}-{card.target}",
        source_run_id=run_id,
        tags=_tags(card),
        params={name: as_text(value) for name, value in card.parameters.items()},
        model_type=card.model_id,
    )
    description = Model(
        artifact_path=logged.artifact_location,
        model_uuid=logged.model_id,
        model_id=logged.model_id,
        run_id=run_id,
        metadata=_tags(card),
    )
    with tempfile.TemporaryDirectory() as folder:
        write_mlflow_model(Path(folder) / "model", trained, rows, description=description)
        store.client.log_model_artifacts(logged.model_id, str(Path(folder) / "model"))
    store.client.finalize_logged_model(logged.model_id, "READY")
    return str(logged.model_id)


def _register(store: Store, name: str, model_id: str, run_id: str, card: Card) -> Any:
    """Make a logged model the next version of a name."""
    from mlflow.exceptions import MlflowException

    try:
        store.client.create_registered_model(name, description="The default question: do two leaders meet in person?")
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    # A server looks up what it keeps itself; without one MLflow would look into its process-wide store.
    place = store.client.get_logged_model(model_id).artifact_location
    return store.client.create_model_version(
        name,
        source=f"models:/{model_id}" if is_server(store.uri) else place,
        run_id=run_id,
        model_id=model_id,
        tags={**_tags(card), LOGGED: model_id},
        description=f"{card.model_id} for {card.target}, trained as of {card.trained_as_of}",
    )


def _tags(card: Card) -> dict[str, str]:
    return {
        "model_version": card.model_version,
        "target": card.target,
        "trained_as_of": card.trained_as_of,
        "state_sha256": card.state_sha256,
        "panel": card.panel,
        "key": card.key,
    }


def as_text(value: object) -> str:
    """A parameter as MLflow keeps it: lists joined by commas, what is None written so."""
    if isinstance(value, list | tuple):
        return ",".join(str(part) for part in value)
    return "none" if value is None else str(value)


def set_alias(root: Path, name: str, alias: str, version: str) -> None:
    """Let an alias, such as ``champion``, point at a version of a registered model."""
    with opened(root) as store:
        store.client.set_registered_model_alias(name, alias, version)


def drop_alias(root: Path, name: str, alias: str) -> None:
    """Take an alias away from a registered model."""
    with opened(root) as store:
        store.client.delete_registered_model_alias(name, alias)


# --- reading, for people and for other programs ---


def registered_versions(root: Path, name: str) -> pd.DataFrame:
    """Versions of a registered model with the columns `COLUMNS`, the newest first; empty if there is none."""
    with opened(root) as store:
        versions = _all_versions(store, name)
        aliases = store.client.get_registered_model(name).aliases if versions else {}
    rows = [
        {
            "version": str(version.version),
            "model_version": version.tags.get("model_version", ""),
            "aliases": ",".join(sorted(alias for alias, at in aliases.items() if str(at) == str(version.version))),
            "run_id": version.run_id or "",
            "created_at": pd.Timestamp(version.creation_timestamp, unit="ms", tz="UTC").isoformat(timespec="seconds"),
        }
        for version in sorted(versions, key=lambda version: -int(version.version))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def load_registered(root: Path, name: str, alias_or_version: str) -> Trained:
    """Load version ``"3"`` or ``"champion"`` of a registered model; one that was changed since is refused."""
    with opened(root) as store:
        version = _version(store, name, alias_or_version)
        title = f"version {version.version} of {name}"
        with tempfile.TemporaryDirectory() as folder:
            # From this store: an address that begins with models:/ would be looked up in the process-wide one.
            uri = store.client.get_logged_model(version.tags[LOGGED]).artifact_location
            place = mlflow().artifacts.download_artifacts(artifact_uri=uri, dst_path=folder, tracking_uri=store.uri)
            model, card = load_bundle(
                Path(place) / BUNDLE, named=title, advice="promote another version or train again"
            )
    # A bundle that was exchanged for another one is sealed too, but the registry knows which one it was.
    if card.state_sha256 != version.tags.get("state_sha256"):
        raise ModelError(f"{title} is not the model that was registered; promote another version or train again")
    return Trained(model, card)


def _version(store: Store, name: str, alias_or_version: str) -> Any:
    from mlflow.exceptions import MlflowException

    client = store.client
    look_up = client.get_model_version if alias_or_version.isdigit() else client.get_model_version_by_alias
    try:
        return look_up(name, alias_or_version)
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            raise
        known = ", ".join(str(version.version) for version in _all_versions(store, name)) or "none"
        raise ModelError(f"{name} has no version {alias_or_version!r} in the registry; its versions: {known}") from None


def _all_versions(store: Store, name: str) -> list[Any]:
    versions: list[Any] = []
    token = None
    while True:
        page = store.client.search_model_versions(f"name = '{name}'", page_token=token)
        versions += page
        token = page.token
        if not token:
            return versions
