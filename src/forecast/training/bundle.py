"""Trained models on disk: arrays and a card, written whole or not at all, read without pickling.

A bundle is a folder ``mlruns/models/<model>-<target>-<trained as of>-<key>`` with `state.npz` (arrays only) and
`card.json`. The key is made from the facts known at the day of training, the model's parameters and the program's own
code, so a bundle is used again only by exactly what made it.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.errors import ModelError
from forecast.files import written_whole
from forecast.models import MODELS, make_model
from forecast.models.base import PeriodModel

FORMAT: Final = 1
#: Names of learned state: of the model itself, or of its classifier.
_LEARNED: Final = re.compile(r"(classifier\.)?[a-z][a-z_]*_")


@dataclass(frozen=True)
class Card:
    """The metadata of a bundle."""

    #: Name in the registry.
    model_id: str
    #: Day of training and the head of the state's SHA-256.
    model_version: str
    target: str
    trained_as_of: str
    #: Of facts, parameters and code.
    key: str
    #: Fingerprint of the training rows, which the next four describe too.
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
    """SHA-256 of the card, so that a card changed by hand is refused."""
    return hashlib.sha256(json.dumps(asdict(card), sort_keys=True).encode()).hexdigest()


def load_bundle(
    path: Path, *, named: str | None = None, advice: str = "delete the folder and it is trained again"
) -> tuple[PeriodModel, Card]:
    """Read a bundle: arrays of numbers and texts, under names that a model of the registry learns, and nothing else.

    Any other is refused with `advice`, under the name `named` or its path.
    """
    where = named if named is not None else str(path)
    try:
        content = json.loads((path / "card.json").read_text(encoding="utf-8"))
        seal = content.pop("seal")
        card = Card(**content)
        state = (path / "state.npz").read_bytes()
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise ModelError(f"{where} is no trained model ({error}); {advice}") from None
    if card.format != FORMAT or card.model_id not in MODELS:
        raise ModelError(f"{where} was written by another version of the program; {advice}")
    if seal != _seal(card):
        raise ModelError(f"{where}: card.json was changed after training; {advice}")
    if hashlib.sha256(state).hexdigest() != card.state_sha256:
        raise ModelError(f"{where}: state.npz was changed after training; {advice}")
    try:
        model = make_model(card.model_id).set_params(**card.parameters)
    except (TypeError, ValueError) as error:
        raise ModelError(f"{where}: card.json names impossible parameters ({error}); {advice}") from None
    try:
        model.set_state(_trusted(state))
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"{where}: state.npz holds no state of a model ({error}); {advice}") from None
    return model, card


def _trusted(state: bytes) -> dict[str, npt.NDArray[Any]]:
    """Arrays under names that a model learns, for whoever can seal a file could else set any attribute of the model."""
    with np.load(io.BytesIO(state), allow_pickle=False) as archive:
        arrays = dict(archive)
    for name, value in arrays.items():
        if value.dtype.kind not in "biufU":
            raise ValueError(f"{name} is of the type {value.dtype}")
        if not _LEARNED.fullmatch(name):
            raise ValueError(f"{name} is nothing that a model learns")
    return arrays
