"""Trained models on disk: arrays and a card, written whole or not at all, read without pickling.

A bundle is a folder ``mlruns/models/<model>-<target>-<trained as of>-<key>`` with `state.npz` (arrays only) and
`card.json`. The key is made from the facts known at the day of training, the model's parameters and the program's own
code, so a bundle is used again only by exactly what made it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import math
import re
import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import parse_day
from forecast.errors import ModelError, OtherVersionError
from forecast.files import digest_of, reading, stamp_of, written_whole
from forecast.models import MODELS, model_names, named_model
from forecast.models.base import PeriodModel

FORMAT: Final = 2
#: Bytes of a state, packed or not: far more than a model learns, far less than a computer has.
LARGEST_STATE: Final = 256 * 2**20
#: Bytes of a card.
_LARGEST_CARD: Final = 2**20
#: The first lines of an array in an npz archive, which give its type and shape.
_LARGEST_HEAD: Final = 2**14
#: Kinds of arrays of numbers and texts.
_KINDS: Final = "biufU"
#: Names of learned state: of the model itself, or of its classifier.
_LEARNED: Final = re.compile(r"(classifier\.)?[a-z][a-z_]*_")


@dataclass(frozen=True)
class Card:
    """The metadata of a bundle."""

    #: Name in the registry.
    model_id: str
    #: Day of training and the head of `state_sha256`.
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
    #: Of the state and its day of training.
    state_sha256: str
    created_at: str
    format: int = FORMAT
    #: Rows of which the training rows are a weighted sample; 0 if the model learned from all rows.
    drawn_from: int = 0


#: Bundles that a process read last, with their stamps, and how many: a notebook puts many questions to one model.
_loaded: dict[Path, tuple[Any, tuple[PeriodModel, Card]]] = {}
_LOADED: Final = 4


def bundle_path(root: Path, *, model: str, target: str, trained_as_of: str, key: str) -> Path:
    """Folder of a bundle within the workspace."""
    head = re.split(r"[^\w-]", model)[0]  # of an estimator its class; the key knows its parameters
    return root / "mlruns" / "models" / f"{head}-{target}-{trained_as_of}-{key[:12]}"


def plain_parameters(model: PeriodModel) -> dict[str, Any]:
    """Parameters of a model that a card can hold; a classifier inside it is part of its state."""
    parameters = model.get_params(deep=False)
    return {name: value for name, value in parameters.items() if isinstance(value, str | int | float | None)}


def pack_state(model: PeriodModel) -> bytes:
    """Learned state of a model as the bytes of an npz archive without pickled objects."""
    state, kind = model.get_state(), type(model).__name__
    odd = [name for name, value in state.items() if value.dtype.kind not in _KINDS or not _LEARNED.fullmatch(name)]
    if odd:
        raise ModelError(
            f"{kind} cannot be kept: {', '.join(odd)} must be an array of numbers or texts under a name in small "
            "letters that ends in an underscore"
        )
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **state)
    if buffer.tell() > LARGEST_STATE:
        raise ModelError(f"{kind} cannot be kept: what it learned takes more than {LARGEST_STATE / 2**20:g} MiB")
    return buffer.getvalue()


def state_hash(state: bytes, trained_as_of: str) -> str:
    """SHA-256 of a packed state and its day of training: on another day it is another model."""
    return hashlib.sha256(trained_as_of.encode() + b"\0" + state).hexdigest()


def version_of(trained_as_of: str, state_sha256: str) -> str:
    """Version of a model: its day of training and the head of the hash of both."""
    return f"{trained_as_of}-{state_sha256[:8]}"


def save_bundle(path: Path, state: bytes, card: Card) -> None:
    """Write a bundle, whole or not at all."""
    with written_whole(path) as draft:
        write_bundle(draft, state, card)


def write_bundle(folder: Path, state: bytes, card: Card) -> None:
    """Write the files of a bundle into a folder that is a draft of something larger."""
    (folder / "state.npz").write_bytes(state)
    # So that a card changed by hand is refused.
    sealed = {**asdict(card), "seal": digest_of(asdict(card))}
    (folder / "card.json").write_text(json.dumps(sealed, indent=1) + "\n", encoding="utf-8")


def load_bundle(
    path: Path,
    *,
    model: PeriodModel | None = None,
    named: str | None = None,
    advice: str = "delete the folder and it is trained again",
) -> tuple[PeriodModel, Card]:
    """Read a bundle: arrays of numbers and texts, under names that a model learns, and nothing else.

    It is read into an unfitted `model`, by default the one that is registered under the name on the card. Any other
    bundle is refused with `advice`, under the name `named` or its path.
    """
    stamp = None
    with contextlib.suppress(OSError):  # what cannot be read is refused below
        stamp = [stamp_of(path / name) for name in ("card.json", "state.npz")] if model is None else None
    if stamp is not None and path in _loaded and _loaded[path][0] == stamp:
        return _loaded[path][1]
    bundle = _load_bundle(path, model, named if named is not None else str(path), advice)
    if stamp is not None:
        _loaded[path] = stamp, bundle
    while len(_loaded) > _LOADED:
        del _loaded[next(iter(_loaded))]
    return bundle


def _load_bundle(path: Path, model: PeriodModel | None, where: str, advice: str) -> tuple[PeriodModel, Card]:
    """Read the files."""

    def refused(what: str) -> ModelError:
        return ModelError(f"{where}{what}; {advice}")

    with reading(lambda reason: refused(f" is no trained model ({reason})")):
        content = json.loads(_read(path / "card.json", _LARGEST_CARD).decode())
        seal = content.pop("seal")
        card = Card(**content)
        state = _read(path / "state.npz", LARGEST_STATE)
    unknown = model is None and card.model_id not in MODELS and card.model_id not in model_names()
    if card.format != FORMAT or unknown:
        other = "another version of the program" + (f", or nothing here registers {card.model_id!r}" if unknown else "")
        raise OtherVersionError(f"{where} was written by {other}; {advice}")
    if seal != digest_of(content):  # not of the card: an earlier version wrote fewer entries
        raise refused(": card.json was changed after training")
    with reading(lambda reason: refused(f": card.json is none of a trained model ({reason})")):
        _check_card(card)
    if state_hash(state, card.trained_as_of) != card.state_sha256:
        raise refused(": state.npz, or its day of training, was changed after training")
    if version_of(card.trained_as_of, card.state_sha256) != card.model_version:
        raise refused(f": card.json names the version {card.model_version} of another state")
    if model is None:
        model = named_model(card.model_id)
    with reading(lambda reason: refused(f": card.json names impossible parameters ({reason})")):
        model.set_params(**card.parameters)
    with reading(lambda reason: refused(f": state.npz holds no state of a model ({reason})")):
        model.set_state(_trusted(state))
        _try_out(model, card)
    return model, card


def _read(path: Path, most: int) -> bytes:
    """Read a file whose size is bounded."""
    if path.stat().st_size > most:
        raise ValueError(f"{path.name} is larger than {most / 2**20:g} MiB")
    return path.read_bytes()


def _check_card(card: Card) -> None:
    """Refuse what no training writes: parts of another type, rows of the day of training or later."""
    kinds = {"str": str, "int": int, "dict[str, Any]": dict, "dict[str, str]": dict}
    for part in fields(card):
        if not isinstance(getattr(card, part.name), kinds[str(part.type)]):
            raise ValueError(f"{part.name} is {getattr(card, part.name)!r}")
    first, last, day = (
        parse_day(getattr(card, name), what=name) for name in ("first_as_of", "last_as_of", "trained_as_of")
    )
    if not first <= last < day:
        raise ValueError(f"rows of {first} to {last} cannot have been learned on {day}")


def _trusted(state: bytes) -> dict[str, npt.NDArray[Any]]:
    """Arrays under names that a model learns, for whoever can seal a file could else set any attribute of the model.

    What they would take is added up before one is unpacked: an archive of a few bytes can hold gigabytes of zeros.
    """
    with zipfile.ZipFile(io.BytesIO(state)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > LARGEST_STATE:
            raise ValueError(f"it unpacks to more than {LARGEST_STATE / 2**20:g} MiB")
        for part in parts:
            _check_part(archive, part)
    with np.load(io.BytesIO(state), allow_pickle=False) as arrays:
        return dict(arrays)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse an array of another kind or name, and one that is larger or smaller than its head says."""
    name = part.filename.removesuffix(".npy")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or part.flag_bits & 1:
        raise ValueError(f"{name} is packed in a way that the program does not use")
    with archive.open(part) as packed:
        head = io.BytesIO(packed.read(_LARGEST_HEAD))
    version = np.lib.format.read_magic(head)
    if version != (1, 0):
        raise ValueError(f"{name} is written in another format of arrays")
    shape, _, dtype = np.lib.format.read_array_header_1_0(head)
    if dtype.kind not in _KINDS:
        raise ValueError(f"{name} is of the type {dtype}")
    if not _LEARNED.fullmatch(name):
        raise ValueError(f"{name} is nothing that a model learns")
    if head.tell() + math.prod(shape) * dtype.itemsize != part.file_size:
        raise ValueError(f"{name} is not of the shape {shape} that it claims")


def _try_out(model: PeriodModel, card: Card) -> None:
    """Let the model answer once: arrays whose shapes do not fit one another are seen here, not in a forecast."""
    names = model.feature_names_in_
    if names.ndim != 1 or model.n_features_in_ != len(names):
        raise ValueError("it names other signals than it has")
    index = pd.MultiIndex.from_tuples([("CHN-USA", pd.Timestamp(card.trained_as_of))], names=["dyad", "as_of"])
    row = pd.DataFrame([[model.neutral(str(name)) for name in names]], index=index, columns=names, dtype=np.float64)
    horizons = (1, 30, 100)
    parts = model.predict_with_interval(row, horizons)
    if any(part.shape != (1, len(horizons)) for part in parts):
        raise ValueError("its arrays do not fit one another")
