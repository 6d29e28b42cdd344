"""Reading the champion: one look at the link, then one folder."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from forecast.errors import ModelError
from forecast.files import digest_of, reading
from forecast.training.bundle import load_bundle
from forecast.training.train import Trained

#: What a folder of a champion is called: model, target and version.
NAME: Final = re.compile(r"(?P<model>.+)-(?P<target>meeting|bilateral)-(?P<version>\d{4}-\d\d-\d\d-[0-9a-f]{8})")
#: How often a reader looks again if the champion changes under its eyes and the old folder goes.
_LOOKS: Final = 5


@dataclass(frozen=True, eq=False)
class Champion:
    """A champion, or a former one, and why it became champion, of which facts and by which program."""

    trained: Trained
    decision: dict[str, Any]
    folder: Path


def champions_folder(root: Path) -> Path:
    """Folder of all champions of a workspace."""
    return root / "mlruns" / "champions"


def champion_link(root: Path, target: str) -> Path:
    """The link that says which one is the champion."""
    return root / "mlruns" / f"champion-{target}"


def journal_path(root: Path, target: str) -> Path:
    """The file that lists the champions one after the other."""
    return champions_folder(root) / f"{target}.json"


def champion_name(root: Path, target: str) -> str | None:
    """Name of the champion's folder, or None if there is no champion."""
    link = champion_link(root, target)
    try:
        goal = os.readlink(link)
    except FileNotFoundError:
        return None
    except OSError:
        raise ModelError(f"{link} is no link to a champion; remove it, and run 'forecast retrain'") from None
    name = Path(goal).name
    if not NAME.fullmatch(name):
        raise ModelError(f"{link} leads to {goal!r}, which is no champion; remove it, and run 'forecast retrain'")
    return name


def read_champion(root: Path, target: str) -> Champion | None:
    """Read the champion, or None if there is none; one of which a file is missing or was changed is a `ModelError`."""
    name = champion_name(root, target)
    for _ in range(_LOOKS):
        if name is None:
            return None
        try:
            return read_folder(champions_folder(root) / name)
        except ModelError as error:
            now = champion_name(root, target)
            if now == name:
                raise type(error)(
                    f"the champion cannot be used: {error}; 'forecast rollback' or 'forecast retrain' makes another one"
                ) from None
            name = now
    raise ModelError(f"{champion_link(root, target)} changes faster than it can be read; try again")


def read_folder(folder: Path) -> Champion:
    """Read one folder of a champion; one of which a file is missing or was changed is a `ModelError`."""
    with reading(lambda reason: ModelError(f"{folder / 'decision.json'} cannot be read ({reason})")):
        decision = json.loads((folder / "decision.json").read_text(encoding="utf-8"))
        seal = decision.pop("seal")
    if seal != digest_of(decision):
        raise ModelError(f"{folder / 'decision.json'} was changed after it was written")
    model, card = load_bundle(folder)
    if folder_name(Trained(model, card)) != folder.name:
        raise ModelError(f"{folder} holds the model of another folder")
    return Champion(Trained(model, card), decision, folder)


def folder_name(trained: Trained) -> str:
    """What the folder of a model is called among the champions."""
    card = trained.card
    return f"{card.model_id}-{card.target}-{card.model_version}"


def read_journal(root: Path, target: str) -> list[dict[str, str]]:
    """The champions one after the other, the present one last.

    The journal is written before the link is replaced and holds the order before and after: the link says which of the
    two is true. Where the journal is lost, the folders that remain are taken in the order of their versions. Each entry
    has `name`, `at` (when it became champion) and `by` (the verb).
    """
    now = champion_name(root, target)
    if now is None:
        return []
    try:
        journal = json.loads(journal_path(root, target).read_text(encoding="utf-8"))
        for order in (journal["after"], journal["before"]):
            if order and order[-1]["name"] == now:
                return [dict(entry) for entry in order]
    except Exception:  # a journal of any other kind is lost, and made anew of the folders
        pass
    folders = sorted(path.name for path in champions_folder(root).glob(f"*-{target}-*") if NAME.fullmatch(path.name))
    return [{"name": name, "at": "", "by": "found"} for name in [*(n for n in folders if n != now), now]]


def former_names(root: Path, target: str) -> list[str]:
    """Folders of former champions that still exist, the last one first, each once."""
    now = champion_name(root, target)
    names = [entry["name"] for entry in reversed(read_journal(root, target))]
    return [n for n in dict.fromkeys(names) if n != now and (champions_folder(root) / n / "card.json").is_file()]
