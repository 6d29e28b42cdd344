"""Trained models on disk: arrays and a card, written whole or not at all, read without pickling.

A bundle is a folder ``mlruns/models/<model>-<target>-<trained as of>-<key>`` with `state.npz` (arrays only) and
`card.json`. The key
is made from the facts known at the day of training, the model's parameters and the program's own code, so a bundle
is found again only by exactly what made it.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from forecast.errors import ModelError
from forecast.files import written_whole
from forecast.models import MODELS, make_model
from forecast.models.base import PeriodModel

FORMAT: Final = 1


@dataclass(frozen=True)
class Card:
    """What a bundle says of itself.

    Parameters
    ----------
    model_id : str
        Name in the registry.
    model_version : str
        Day of training and the head of the state's SHA-256.
    target : str
    trained_as_of : str
    key : str
        Of facts, parameters and code.
    panel : str
        Fingerprint of the rows for training.
    n_rows, n_dyads : int
    first_as_of, last_as_of : str
        Of the rows for training.
    parameters : dict
    libraries : dict
    state_sha256 : str
    created_at : str
    format : int
    """

    model_id: str
    model_version: str
    target: str
    trained_as_of: str
    key: str
    panel: str
    n_rows: int
    n_dyads: int
    first_as_of: str
    last_as_of: str
    parameters: dict[str, Any]
    libraries: dict[str, str]
    state_sha256: str
    created_at: str
    format: int = FORMAT


def bundle_path(root: Path, *, model: str, target: str, trained_as_of: str, key: str) -> Path:
    """Folder of a bundle within the workspace."""
    return root / "mlruns" / "models" / f"{model}-{target}-{trained_as_of}-{key[:12]}"


def pack_state(model: PeriodModel) -> bytes:
    """Learned state of a model as the bytes of an npz archive without pickled objects."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **model.get_state())
    return buffer.getvalue()


def save_bundle(path: Path, state: bytes, card: Card) -> None:
    """Write a bundle, whole or not at all."""
    with written_whole(path) as draft:
        write_bundle(draft, state, card)


def write_bundle(folder: Path, state: bytes, card: Card) -> None:
    """Write the files of a bundle into a folder that is a draft of something larger."""
    (folder / "state.npz").write_bytes(state)
    sealed = {**asdict(card), "seal": _seal(card)}
    (folder / "card.json").write_text(json.dumps(sealed, indent=1) + "\n", encoding="utf-8")


def _seal(card: Card) -> str:
    """SHA-256 of the card, so that a card changed by hand is not believed."""
    return hashlib.sha256(json.dumps(asdict(card), sort_keys=True).encode()).hexdigest()


def load_bundle(path: Path) -> tuple[PeriodModel, Card]:
    """Read a bundle.

    Raises
    ------
    ModelError
        If a file is missing, was changed after it was written, or comes from another format.
    """
    try:
        told = json.loads((path / "card.json").read_text(encoding="utf-8"))
        seal = told.pop("seal")
        card = Card(**told)
        state = (path / "state.npz").read_bytes()
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise ModelError(f"{path} is no trained model ({error}); delete the folder and it is trained again") from None
    if card.format != FORMAT or card.model_id not in MODELS:
        raise ModelError(f"{path} was written by another version of the program; delete the folder")
    if seal != _seal(card):
        raise ModelError(f"{path / 'card.json'} was changed after training; delete the folder and it is trained again")
    if hashlib.sha256(state).hexdigest() != card.state_sha256:
        raise ModelError(f"{path / 'state.npz'} was changed after training; delete the folder and it is trained again")
    try:
        model = make_model(card.model_id).set_params(**card.parameters)
    except (TypeError, ValueError) as error:
        raise ModelError(f"{path / 'card.json'} names impossible parameters ({error}); delete the folder") from None
    with np.load(io.BytesIO(state), allow_pickle=False) as arrays:
        model.set_state(dict(arrays))
    return model, card
