"""The registry: versions of a model and the aliases that point at them. It mirrors the files that decide."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.errors import ModelError
from forecast.tracking.client import served
from forecast.tracking.packaging import BUNDLE
from forecast.tracking.store import Store, open_store
from forecast.tracking.telemetry import asking, failures, mlflow
from forecast.training.bundle import Card, load_bundle
from forecast.training.train import Trained

COLUMNS: Final = ("version", "model_version", "aliases", "run_id", "created_at")

#: Tag of a version: the logged model that it is.
LOGGED: Final = "model_id"


def registry_name(model: str, target: str) -> str:
    """Name of a registered model.

    Examples
    --------
    >>> registry_name("hazard", "meeting")
    'forecast-hazard-meeting'
    """
    return f"forecast-{model}-{target}"


def register(store: Store, name: str, *, logged: Any, run_id: str, tags: dict[str, str], note: str) -> str:
    """Register a logged model as the next version of a name and return the version."""
    from mlflow.exceptions import MlflowException

    try:
        store.client.create_registered_model(name, description="The default question: do two leaders meet in person?")
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    made = store.client.create_model_version(
        name,
        # A server looks up what it keeps itself; without one MLflow would ask its process-wide store.
        source=f"models:/{logged.model_id}" if served(store.uri) else logged.artifact_location,
        run_id=run_id,
        model_id=logged.model_id,
        # The database of a workspace forgets which logged model a version is.
        tags={**tags, LOGGED: logged.model_id},
        description=note,
    )
    return str(made.version)


def whole_version(store: Store, name: str, card: Card) -> Any:
    """The newest version that holds exactly this trained model, with files that can be believed; None if none does."""
    for version in sorted(_all_versions(store, name), key=lambda version: -int(version.version)):
        if (version.tags.get("key"), version.tags.get("state_sha256")) == (card.key, card.state_sha256):
            try:
                _loaded(store, name, version)
            except ModelError:
                continue
            except failures():
                continue
            return version
    return None


def set_alias(root: Path, name: str, alias: str, version: str) -> None:
    """Let an alias, such as ``champion``, point at a version of a registered model.

    Raises
    ------
    TrackingError
    """
    store = open_store(root)
    with asking(store.uri):
        store.client.set_registered_model_alias(name, alias, version)


def drop_alias(root: Path, name: str, alias: str) -> None:
    """Take an alias away from a registered model.

    Raises
    ------
    TrackingError
    """
    store = open_store(root)
    with asking(store.uri):
        store.client.delete_registered_model_alias(name, alias)


def registered_versions(root: Path, name: str) -> pd.DataFrame:
    """Versions of a registered model, the newest first.

    Parameters
    ----------
    root : Path
    name : str

    Returns
    -------
    pandas.DataFrame
        Columns `version`, `model_version` (the program's own), `aliases` (joined by commas), `run_id`, `created_at`
        (UTC); empty if nothing is registered under the name.

    Raises
    ------
    TrackingError
    """
    store = open_store(root)
    with asking(store.uri):
        found = _all_versions(store, name)
        aliases = _aliases(store, name) if found else {}
    rows = [
        {
            "version": str(version.version),
            "model_version": version.tags.get("model_version", ""),
            "aliases": ",".join(sorted(alias for alias, at in aliases.items() if at == str(version.version))),
            "run_id": version.run_id or "",
            "created_at": pd.Timestamp(version.creation_timestamp, unit="ms", tz="UTC").isoformat(timespec="seconds"),
        }
        for version in sorted(found, key=lambda version: -int(version.version))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def load_registered(root: Path, name: str, alias_or_version: str) -> Trained:
    """Load a registered model; what is no bundle of arrays, or was changed since it was registered, is refused.

    Parameters
    ----------
    root : Path
    name : str
        As `registry_name` gives it.
    alias_or_version : str
        ``"champion"`` or ``"3"``.

    Raises
    ------
    ModelError
        If there is no such version, or its files cannot be believed.
    TrackingError
    """
    store = open_store(root)
    with asking(store.uri):
        return _loaded(store, name, _version(store, name, alias_or_version))


def _loaded(store: Store, name: str, version: Any) -> Trained:
    told = f"version {version.version} of {name}"
    with tempfile.TemporaryDirectory() as folder:
        # Asked of this store: an address that begins with models:/ would be looked up in the process-wide one.
        kept = version.tags.get(LOGGED)
        uri = store.client.get_logged_model(kept).artifact_location if kept else version.source
        place = mlflow().artifacts.download_artifacts(artifact_uri=uri, dst_path=folder, tracking_uri=store.uri)
        model, card = load_bundle(Path(place) / BUNDLE, named=told, advice="promote another version or train again")
    # A bundle that was exchanged for another one is sealed too, but the registry knows which one it was.
    if card.state_sha256 != version.tags.get("state_sha256"):
        raise ModelError(f"{told} is not the model that was registered; promote another version or train again")
    return Trained(model, card)


def _version(store: Store, name: str, alias_or_version: str) -> Any:
    from mlflow.exceptions import MlflowException

    client = store.client
    find = client.get_model_version if alias_or_version.isdigit() else client.get_model_version_by_alias
    try:
        return find(name, alias_or_version)
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            raise
        known = ", ".join(str(version.version) for version in _all_versions(store, name)) or "none"
        raise ModelError(f"{name} has no version {alias_or_version!r} in the registry; its versions: {known}") from None


def _all_versions(store: Store, name: str) -> list[Any]:
    found: list[Any] = []
    token = None
    while True:
        page = store.client.search_model_versions(f"name = '{name}'", page_token=token)
        found += page
        token = page.token
        if not token:
            return found


def _aliases(store: Store, name: str) -> dict[str, str]:
    return {alias: str(at) for alias, at in store.client.get_registered_model(name).aliases.items()}
