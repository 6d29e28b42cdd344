"""The champion: the model that a retraining chose, as plain files that nothing can change half.

::

    mlruns/champion-meeting                   a symbolic link into the folder below, replaced in one step
    mlruns/champions/<model>-<target>-<version>/
        state.npz card.json                   the bundle (`forecast.training.bundle`)
        decision.json                         why it became champion, of which facts and by which program
    mlruns/champions/meeting.json             the champions one after the other, for the way back

The folders are never written again. A reader (`forecast.training.champion`) follows the link once and then reads from
one folder, so it sees the old champion or the new one, never a mix. Here they are written: a folder whole or not at
all, then the link in one step.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from forecast.errors import BusyError, HeldError, InputError, ModelError
from forecast.files import digest_of, locked, reason_of, sync_folder, write_text, writing, written_whole
from forecast.training.bundle import pack_state, write_bundle
from forecast.training.champion import (
    NAME,
    champion_link,
    champion_name,
    champions_folder,
    folder_name,
    former_names,
    journal_path,
    read_folder,
    read_journal,
)
from forecast.training.provenance import now
from forecast.training.train import Trained

#: So many former champions are kept for the way back.
KEPT: Final = 10


@contextmanager
def alone(root: Path, *, wait_seconds: float) -> Iterator[None]:
    """Be the only one who changes champions, or raise `BusyError`; the remains of one that was killed are cleared."""
    folder = champions_folder(root)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder, wait_seconds=wait_seconds))
        except HeldError:
            raise BusyError(
                f"{folder}: another forecast has been retraining or promoting here for {wait_seconds:g} seconds; try "
                "again when it is done, or wait longer with --wait"
            ) from None
        _clear_remains(root)
        yield


def _clear_remains(root: Path) -> None:
    for place in (root / "mlruns", champions_folder(root), root / "mlruns" / "retrain"):
        for draft in [*place.glob(".champion-*.draft"), *place.glob(".*.json.*.draft")]:
            with contextlib.suppress(OSError):
                draft.unlink()
        # Draft folders of `written_whole`, where those who hold the lock alone write.
        for draft in place.glob(".*-????????") if place.name != "mlruns" else ():
            shutil.rmtree(draft, ignore_errors=True)


def export_champion(root: Path, trained: Trained, decision: dict[str, Any]) -> str:
    """Write the folder of a model whole, unless it stands already, and return its name; a damaged one is set aside."""
    name = folder_name(trained)
    folder = champions_folder(root) / name
    try:
        if folder.is_dir():
            read_folder(folder)
            return name
    except ModelError:
        _set_aside(folder)
    with written_whole(folder) as draft:
        write_bundle(draft, pack_state(trained.model), trained.card)
        sealed = {**decision, "seal": digest_of(decision)}
        (draft / "decision.json").write_text(json.dumps(sealed, indent=1) + "\n", encoding="utf-8")
    sync_folder(folder.parent)
    return name


def _set_aside(folder: Path) -> None:
    place = folder.parent / "broken"
    stamp = now()[:19].replace(":", "")
    try:
        place.mkdir(exist_ok=True)
        folder.rename(place / f"{stamp}-{os.getpid()}-{folder.name}")
    except OSError as error:
        raise InputError(f"is damaged and cannot be set aside: {reason_of(error)}", path=folder) from None


def switch(root: Path, target: str, name: str, *, by: str) -> None:
    """Make a folder the champion in one step; a rollback takes the present one off the end of the order."""
    read_folder(champions_folder(root) / name)
    before = read_journal(root, target)
    after = [*before, {"name": name, "at": now(), "by": by}]
    if by == "rollback":
        until = max((k for k, entry in enumerate(before) if entry["name"] == name), default=-1)
        after = before[: until + 1] or after
    write_text(journal_path(root, target), json.dumps({"before": before, "after": after}, indent=1) + "\n")
    sync_folder(champions_folder(root))
    link = champion_link(root, target)
    draft = link.with_name(f".{link.name}.{os.getpid()}.draft")
    try:
        draft.unlink(missing_ok=True)
        draft.symlink_to(Path("champions") / name, target_is_directory=True)
        draft.replace(link)
    except (OSError, NotImplementedError) as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        reason = reason_of(error) if isinstance(error, OSError) else "this system has no symbolic links"
        raise InputError(f"cannot be replaced: {reason}", path=link) from None
    sync_folder(link.parent)


def prune(root: Path, target: str) -> list[str]:
    """Delete folders that are neither the champion nor among the last `KEPT` former ones; return their names."""
    keep = {champion_name(root, target), *former_names(root, target)[:KEPT]}
    gone = []
    for folder in sorted(champions_folder(root).glob(f"*-{target}-*")):
        parts = NAME.fullmatch(folder.name)
        if parts is not None and parts["target"] == target and folder.name not in keep and folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
            gone.append(folder.name)
    return gone
