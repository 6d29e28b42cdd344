"""The verb *rollback*: the champion before the present one."""

from __future__ import annotations

from pathlib import Path

from forecast.display.progress import Step, logged
from forecast.errors import ModelError
from forecast.panel.outcomes import check_target
from forecast.promotion.champions import alone, switch
from forecast.training.champion import champion_name, champions_folder, former_names, read_folder
from forecast.verbs.promote import Promotion, mirrored
from forecast.verbs.retrain import WAIT_SECONDS


def rollback(
    *,
    root: Path | str = ".",
    target: str = "meeting",
    wait_seconds: float = WAIT_SECONDS,
    track: bool = False,
    on_step: Step = logged,
) -> Promotion:
    """Go back to the last champion before the present one that can be believed.

    Parameters
    ----------
    root, target, wait_seconds, track, on_step
        As in `forecast.promote`.

    Returns
    -------
    Promotion
    """
    place = Path(root)
    check_target(target)
    with alone(place, wait_seconds=wait_seconds):
        before = champion_name(place, target)
        passed = []
        for name in former_names(place, target):
            try:
                read_folder(champions_folder(place) / name)
            except ModelError as problem:
                passed.append(f"{name} is passed over: {problem}")
                continue
            switch(place, target, name, by="rollback")
            return Promotion(before, name, "; ".join(passed), mirrored(place, target, track=track, say=on_step))
    reasons = "; ".join(passed)
    raise ModelError(f"there is no former champion for {target} to go back to{': ' + reasons if reasons else ''}")
