"""Trained models on disk: the same bits back, and nothing that was changed is believed."""

from __future__ import annotations

import dataclasses
import io
import json
import multiprocessing
import shutil
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.errors import InputError, ModelError
from forecast.models import MODELS
from forecast.training.bundle import (
    FORMAT,
    Card,
    bundle_path,
    load_bundle,
    pack_state,
    save_bundle,
    state_hash,
    version_of,
    write_bundle,
)
from forecast.training.train import Trained, keep_model, kept_model, train, training_panel
from forecast.workspace import load_history

DAY = np.datetime64("2017-01-01", "D")
HORIZONS = [1, 30, 90, 180, 365, 730]


@pytest.fixture(scope="module")
def panel(rivals):
    return training_panel(load_history(rivals), DAY, target="meeting")


@pytest.fixture(scope="module")
def trained(rivals, panel) -> dict[str, Trained]:
    """Every model of the registry, trained on a small ledger."""
    history = load_history(rivals)
    return {name: train(history, DAY, model=name, target="meeting", panel=panel) for name in MODELS}


@pytest.fixture
def stored(tmp_path, trained) -> Path:
    """A stored model of small size."""
    one = trained["base-rate"]
    save_bundle(tmp_path / "bundle", pack_state(one.model), one.card)
    return tmp_path / "bundle"


@pytest.mark.parametrize("name", MODELS)
def test_a_model_comes_back_with_the_same_bits(tmp_path, trained, panel, name):
    one = trained[name]
    save_bundle(tmp_path / "bundle", pack_state(one.model), one.card)
    model, card = load_bundle(tmp_path / "bundle")
    assert card == one.card
    assert pack_state(model) == pack_state(one.model)
    assert model.get_params() == one.model.get_params()
    rows = panel.signals
    for ours, theirs in [
        (model.predict_cumulative_incidence(rows, HORIZONS), one.model.predict_cumulative_incidence(rows, HORIZONS)),
        *zip(model.predict_interval(rows[-3:], [90]), one.model.predict_interval(rows[-3:], [90]), strict=True),
    ]:
        assert ours.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("name", MODELS)
def test_the_same_rows_give_the_same_state(rivals, trained, panel, name):
    again = train(load_history(rivals), DAY, model=name, target="meeting", panel=panel)
    assert pack_state(again.model) == pack_state(trained[name].model)
    assert again.card.model_version == trained[name].card.model_version


def test_the_state_holds_no_pickled_objects(stored):
    with np.load(stored / "state.npz", allow_pickle=False) as arrays:
        assert len(arrays.files) > 0
        assert all(arrays[name].dtype != object for name in arrays.files)
    assert sorted(part.name for part in stored.iterdir()) == ["card.json", "state.npz"]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_changed_byte_is_refused(stored, share):
    path = stored / "state.npz"
    state = bytearray(path.read_bytes())
    state[int(share * len(state))] ^= 1
    path.write_bytes(state)
    with pytest.raises(ModelError, match=r"state\.npz.* was changed after training; delete the folder"):
        load_bundle(stored)


def test_a_shortened_state_is_refused(stored):
    path = stored / "state.npz"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelError, match="was changed"):
        load_bundle(stored)


@pytest.mark.parametrize("name", ["card.json", "state.npz"])
def test_a_missing_file_is_refused(stored, name):
    (stored / name).unlink()
    with pytest.raises(ModelError, match="is no trained model"):
        load_bundle(stored)


def test_an_empty_folder_and_no_folder_are_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("empty", "absent"):
        with pytest.raises(ModelError, match="is no trained model"):
            load_bundle(tmp_path / name)


CARDS = {
    "no JSON": ("{", "is no trained model"),
    "a list": ("[]", "is no trained model"),
    "a number": ("3", "is no trained model"),
    "empty": ("", "is no trained model"),
    "not UTF-8": (b"\xff\xfe", "is no trained model"),
    "format": ({"format": FORMAT + 1}, "another version"),
    "model": ({"model_id": "oracle"}, "another version"),
    "other model": ({"model_id": "climatology", "parameters": {}}, "delete the folder"),
    "more": ({"mood": "good"}, "is no trained model"),
    "parameters": ({"parameters": {"mood": 1}}, "delete the folder"),
    "no parameters": ({"parameters": None}, "delete the folder"),
    "checksum": ({"state_sha256": "0" * 64}, "was changed"),
    "brackets": ("[" * 100_000, "is no trained model .it is nested too deeply"),
    "too large": (" " * 2**20 + "{}", "card.json is larger than 1 MiB"),
}


@pytest.mark.parametrize("case", CARDS)
def test_a_card_that_cannot_be_believed_is_refused(stored, case):
    change, words = CARDS[case]
    path = stored / "card.json"
    if isinstance(change, dict):
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    else:
        path.write_bytes(change if isinstance(change, bytes) else change.encode())
    with pytest.raises(ModelError, match=words) as caught:
        load_bundle(stored)
    assert "\n" not in str(caught.value)
    assert str(stored) in str(caught.value)


def sealed(folder: Path, state: bytes | None = None, *, hashed: bool = True, **changes: object) -> Path:
    """Change a bundle and seal it again, as whoever can write to the folder can; `hashed` with the state's hash."""
    content = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    content.pop("seal")
    card = dataclasses.replace(Card(**content), **changes)
    state = (folder / "state.npz").read_bytes() if state is None else state
    if hashed:
        sha256 = state_hash(state, str(card.trained_as_of))
        version = changes.get("model_version", version_of(str(card.trained_as_of), sha256))
        card = dataclasses.replace(card, state_sha256=sha256, model_version=version)
    write_bundle(folder, state, card)
    return folder


def test_a_day_of_training_that_was_moved_is_refused_though_it_is_sealed(stored):
    with pytest.raises(ModelError, match=r"state\.npz, or its day of training, was changed after training"):
        load_bundle(sealed(stored, trained_as_of="2018-01-01", hashed=False))
    with pytest.raises(ModelError, match=r"rows of .* to 2016-1.* cannot have been learned on 2010-01-01"):
        load_bundle(sealed(stored, trained_as_of="2010-01-01"))


@pytest.mark.parametrize("version", ["2010-01-01-00000000", "2017-01-01-00000000", "", "../x"])
def test_the_version_is_that_of_the_state_and_its_day(stored, version):
    with pytest.raises(ModelError, match=r"card\.json names the version .* of another state"):
        load_bundle(sealed(stored, model_version=version))


@pytest.mark.parametrize(
    ("part", "value"),
    [("trained_as_of", "soon"), ("trained_as_of", "2017-02-30"), ("last_as_of", "2017-01-01"), ("n_rows", "many"),
     ("libraries", None), ("first_as_of", "2018-01-01"), ("key", 7)],
)  # fmt: skip
def test_a_card_that_no_training_writes_is_refused_though_it_is_sealed(stored, part, value):
    with pytest.raises(ModelError, match=r"card\.json is none of a trained model"):
        load_bundle(sealed(stored, **{part: value}))


def archive(parts: dict[str, bytes], *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An npz archive of bytes that may be no arrays."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as packed:
        for name, content in parts.items():
            packed.writestr(f"{name}.npy", content)
    return made.getvalue()


def head_of(shape: tuple[int, ...]) -> bytes:
    """The first lines of an array of floats, which may claim any shape."""
    made = io.BytesIO()
    np.lib.format.write_array_header_1_0(made, {"descr": "<f8", "fortran_order": False, "shape": shape})
    return made.getvalue()


@pytest.mark.slow  # packs half a gibibyte of zeros
def test_a_state_of_zeros_is_refused_before_it_is_unpacked(stored):
    """512 MiB of zeros are packed into half a mebibyte."""
    count = 2**26
    state = archive({"rate_": head_of((count,)) + bytes(8 * count)})
    assert len(state) < 2**20
    tracemalloc.start()
    with pytest.raises(ModelError, match="it unpacks to more than 256 MiB"):
        load_bundle(sealed(stored, state))
    assert tracemalloc.get_traced_memory()[1] < 64 * 2**20
    tracemalloc.stop()


def test_a_file_that_is_too_large_is_not_read(stored):
    with (stored / "state.npz").open("r+b") as file:
        file.truncate(2**40)
    with pytest.raises(ModelError, match=r"state\.npz is larger than 256 MiB"):
        load_bundle(stored)


STATES = {
    "a shape that is not there": (archive({"rate_": head_of((10**12,)) + bytes(80)}), "not of the shape"),
    "more than its shape": (archive({"rate_": head_of((2,)) + bytes(80)}), "not of the shape"),
    "packed otherwise": (archive({"rate_": head_of((2,)) + bytes(16)}, packing=zipfile.ZIP_BZIP2), "does not use"),
    "no array": (archive({"rate_": b"zeros"}), "holds no state of a model"),
    "nothing": (archive({}), "feature_names_in_. is missing"),
    "another name": (archive({"predict": head_of((2,)) + bytes(16)}), "predict is nothing that a model learns"),
    "no archive": (b"zeros", "holds no state of a model"),
    "an archive cut off": (archive({"rate_": head_of((2,)) + bytes(16)})[:-40], "holds no state of a model"),
}


@pytest.mark.parametrize("case", STATES)
def test_a_state_of_something_else_is_refused_though_it_is_sealed(stored, case):
    state, words = STATES[case]
    with pytest.raises(ModelError, match=words) as caught:
        load_bundle(sealed(stored, state))
    assert "\n" not in str(caught.value)


@pytest.mark.slow  # each array in each of its dimensions
@pytest.mark.parametrize("name", MODELS)
def test_arrays_that_do_not_fit_one_another_are_refused(tmp_path, trained, name):
    """Each array of a state is left out, and cut in each of its dimensions, and given another; answers stay answers."""
    one = trained[name]
    row = pd.DataFrame(
        np.zeros((1, len(one.model.feature_names_in_))),
        columns=one.model.feature_names_in_,
        index=pd.MultiIndex.from_tuples([("IND-PAK", pd.Timestamp(DAY))], names=["dyad", "as_of"]),
    )
    refused = 0
    for part, array in one.model.get_state().items():
        shapes = [
            None,
            np.zeros(()),
            np.zeros((0,)),
            np.zeros((2, 3, 5)),
            *(array.take([], a) for a in range(array.ndim)),
        ]
        for other in shapes:
            state = {key: value for key, value in one.model.get_state().items() if key != part}
            state |= {} if other is None else {part: other}
            made = io.BytesIO()
            np.savez(made, allow_pickle=False, **state)
            (tmp_path / "bundle").mkdir(exist_ok=True)
            write_bundle(tmp_path / "bundle", pack_state(one.model), one.card)
            try:
                model, _ = load_bundle(sealed(tmp_path / "bundle", made.getvalue()))
            except ModelError as error:
                refused += "state.npz holds no state of a model" in str(error)
            else:
                assert model.predict_cumulative_incidence(row, HORIZONS).shape == (1, len(HORIZONS))
    assert refused >= len(one.model.get_state())


def test_a_card_without_one_of_its_parts_is_refused(stored):
    path = stored / "card.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    for name in set(whole) - {"format"}:
        path.write_text(json.dumps({key: value for key, value in whole.items() if key != name}), encoding="utf-8")
        with pytest.raises(ModelError, match="delete the folder"):
            load_bundle(stored)


def test_the_card_says_what_was_learned_from(trained, panel):
    card = trained["hazard"].card
    assert (card.model_id, card.target, card.trained_as_of) == ("hazard", "meeting", str(DAY))
    assert (card.n_rows, card.n_dyads) == (len(panel.signals), 1)
    assert card.first_as_of == str(panel.as_ofs.min())
    assert card.last_as_of < card.trained_as_of
    assert card.panel == panel.fingerprint
    assert card.model_version.startswith(f"{DAY}-")
    assert card.state_sha256.startswith(card.model_version[-8:])
    assert json.loads(json.dumps(dataclasses.asdict(card))) == dataclasses.asdict(card)


def test_every_question_has_a_folder_of_its_own(tmp_path):
    questions = [
        {"model": model, "target": target, "trained_as_of": day, "key": key}
        for model in MODELS
        for target in ("meeting", "bilateral")
        for day in ("2017-01-01", "2018-01-01")
        for key in ("a" * 64, "b" * 64)
    ]
    folders = {bundle_path(tmp_path, **question) for question in questions}
    assert len(folders) == len(questions)
    assert {folder.parent for folder in folders} == {tmp_path / "mlruns" / "models"}


def test_a_kept_model_is_found_by_its_question_alone(tmp_path, rivals, trained):
    history = load_history(rivals)
    keep_model(tmp_path, trained["base-rate"])
    kept = kept_model(tmp_path, history, DAY, model="base-rate", target="meeting")
    assert kept is not None
    assert kept.card == trained["base-rate"].card
    for day, model, target in [
        (DAY + 1, "base-rate", "meeting"),
        (DAY, "climatology", "meeting"),
        (DAY, "base-rate", "bilateral"),
    ]:
        assert kept_model(tmp_path, history, day, model=model, target=target) is None


def test_a_model_of_other_facts_or_of_other_code_is_not_found(tmp_path, rivals, trained, monkeypatch):
    keep_model(tmp_path, trained["base-rate"])
    ledger = tmp_path / "other" / "data" / "raw" / "engagements"
    shutil.copytree(rivals / "data" / "raw" / "engagements", ledger)
    lines = (ledger / "rivals.csv").read_text(encoding="utf-8").splitlines()
    (ledger / "rivals.csv").write_text("\n".join(lines[:1] + lines[2:]) + "\n", encoding="utf-8")
    question = {"model": "base-rate", "target": "meeting"}
    assert kept_model(tmp_path, load_history(tmp_path / "other"), DAY, **question) is None
    monkeypatch.setattr("forecast.training.train.code_fingerprint", lambda: "other code")
    assert kept_model(tmp_path, load_history(rivals), DAY, **question) is None


def test_a_model_in_the_folder_of_another_is_not_believed(tmp_path, rivals, trained, panel):
    history = load_history(rivals)
    earlier = keep_model(tmp_path, train(history, DAY - 366, model="base-rate", target="meeting"))
    place = keep_model(tmp_path, trained["base-rate"])
    shutil.rmtree(place)
    earlier.rename(place)
    with pytest.raises(ModelError):
        kept_model(tmp_path, history, DAY, model="base-rate", target="meeting")


def test_leftover_drafts_do_not_disturb(tmp_path, rivals, trained):
    one = trained["base-rate"]
    path = bundle_path(tmp_path, model="base-rate", target="meeting", trained_as_of=str(DAY), key=one.card.key)
    draft = path.with_name(f".{path.name}-abc")
    draft.mkdir(parents=True)
    (draft / "state.npz").write_bytes(b"half")
    assert kept_model(tmp_path, load_history(rivals), DAY, model="base-rate", target="meeting") is None
    assert keep_model(tmp_path, one) == path
    assert kept_model(tmp_path, load_history(rivals), DAY, model="base-rate", target="meeting") is not None
    assert draft.exists()


def test_a_full_disk_leaves_no_half_model(tmp_path, trained, monkeypatch):
    def disk_full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", disk_full)
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        keep_model(tmp_path, trained["base-rate"])
    assert list((tmp_path / "mlruns" / "models").iterdir()) == []


def save_repeatedly(folder: str, state: bytes, card: Card) -> None:
    """Save and read one bundle again and again, as a process of its own."""
    for turn in range(20):
        save_bundle(Path(folder) / str(turn), state, card)
        load_bundle(Path(folder) / str(turn))


def test_two_processes_that_keep_one_model_both_succeed(tmp_path, trained):
    one = trained["base-rate"]
    fork = multiprocessing.get_context("fork")
    both = [
        fork.Process(target=save_repeatedly, args=(str(tmp_path), pack_state(one.model), one.card)) for _ in range(2)
    ]
    for process in both:
        process.start()
    for process in both:
        process.join(timeout=60)
    assert [process.exitcode for process in both] == [0, 0]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(str(turn) for turn in range(20))
