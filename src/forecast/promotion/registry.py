"""What MLflow keeps of a retraining. The files decide; the registry mirrors them and is healed where it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from forecast.backtesting.backtest import score
from forecast.dates import parse_day
from forecast.errors import ModelError, TrackingError
from forecast.facts.history import History
from forecast.models import MODELS
from forecast.panel.panel import Panel, build_panel
from forecast.promotion.challenge import Challenge
from forecast.promotion.lineage import Champion, read_champion

CHAMPION, CHALLENGER = "champion", "challenger"


@dataclass(frozen=True)
class Mirror:
    """What the store of runs keeps.

    Parameters
    ----------
    run_id, version : str
        Of the run and of the registered model; empty if nothing was kept.
    problem : str
        What went wrong.
    """

    run_id: str = ""
    version: str = ""
    problem: str = ""


def keep_run(root: Path, found: Challenge, told: dict[str, Any], everything: History) -> Mirror:
    """Keep a retraining as a run, with the challenger as a version of its name in the registry."""
    from forecast.tracking import registry_name, set_alias, set_aside_damaged, tracked_run
    from forecast.tracking.contents import keep_backtest

    card = found.trained.card
    name = registry_name(card.model_id, card.target)
    try:
        aside = set_aside_damaged(root)
        if aside is not None:
            told["notes"].append(f"the damaged database of runs was set aside to {aside.name}, and a new one begun")
        tags = {
            "target": card.target,
            "as_of": told["as_of"],
            "decision": told["decision"],
            "model_version": card.model_version,
            "key": told["key"],
        }
        title = f"retrain {card.model_id} {card.target} {told['as_of']}"
        with tracked_run(root, kind="retrain", name=title, tags=tags) as run:
            run.parameters(
                {
                    "model": card.model_id,
                    "target": card.target,
                    "as_of": told["as_of"],
                    "folds": told["folds"],
                    "champion": told["champion"]["name"] if told["champion"] else None,
                    **{f"model.{key}": value for key, value in card.parameters.items()},
                }
            )
            run.facts(everything, root=root, as_of=parse_day(told["as_of"], what="as_of"))
            if not found.forecasts.empty:
                own = found.forecasts.loc[found.forecasts["model_id"] == CHALLENGER].assign(model_id=card.model_id)
                keep_backtest(run, own, score(own))
                run.table(found.scores, "scores_by_who")
                run.table(found.comparisons, "comparisons")
                run.metrics(_differences(told))
            run.metrics({f"drift/{key}": value for key, value in found.drift.metrics().items()})
            run.metrics({f"check/{check['name']}": float(check["passed"]) for check in told["checks"]})
            run.table(found.drift.to_frame(), "drift")
            run.text(found.drift.text() + "\n", "drift.txt")
            from forecast.promotion import report_text

            run.text(report_text(told), "report.md")
            # If a retraining that was killed has registered it already, that version is given and linked to this run.
            version = run.model(found.trained, found.taught, register_as=name)
            run_id = run.run_id
        set_alias(root, name, CHALLENGER, str(version))
        return Mirror(run_id, str(version))
    except TrackingError as problem:
        return Mirror(problem=str(problem))


def _differences(told: dict[str, Any]) -> dict[str, float]:
    return {
        f"difference_{row['rows']}_{row['other']}_{row['horizon_days']}d{end}": float(row[column])
        for row in told["comparisons"]
        for column, end in (("difference", ""), ("low", "_low"), ("high", "_high"), ("margin", "_margin"))
        if row[column] is not None
    }


def mirror(root: Path, target: str, everything: History, *, say: Callable[[str], None]) -> Mirror:
    """Let the registry's alias `champion` say what the files say; a champion that it lacks is registered again."""
    from forecast.tracking import registered_versions, registry_name, set_alias, set_aside_damaged, tracked_run
    from forecast.tracking.registry import drop_alias

    try:
        champion = read_champion(root, target)
    except ModelError:
        return Mirror()
    try:
        set_aside_damaged(root)
        for model in MODELS:
            name = registry_name(model, target)
            known = registered_versions(root, name)
            at = [
                str(v)
                for v, told in zip(known["version"], known["aliases"], strict=True)
                if CHAMPION in told.split(",")
            ]
            if champion is None or champion.trained.card.model_id != model:
                if at:
                    drop_alias(root, name, CHAMPION)
                continue
            card = champion.trained.card
            kept = [str(v) for v in known.loc[known["model_version"] == card.model_version, "version"]]
            if not kept:
                say("registering the champion again, which the registry has lost")
                rows = _example_rows(champion, everything)
                tags = {"target": target, "model_version": card.model_version, "restored": "yes"}
                with tracked_run(root, kind="retrain", name=f"restore {folder(champion)}", tags=tags) as run:
                    run.text((champion.folder / "decision.json").read_text(encoding="utf-8"), "decision.json")
                    kept = [str(run.model(champion.trained, rows, register_as=name))]
            if not set(at) & set(kept):
                set_alias(root, name, CHAMPION, kept[0])
    except (TrackingError, ModelError) as problem:
        return Mirror(problem=str(problem))
    return Mirror()


def folder(champion: Champion) -> str:
    """Name of a champion's folder."""
    return champion.folder.name


def _example_rows(champion: Champion, everything: History) -> Panel:
    """Rows of the last date that a champion learned from: they show what it is asked with."""
    card = champion.trained.card
    known = everything.known_before(parse_day(card.trained_as_of, what="trained_as_of"))
    rows = build_panel(known, np.array([parse_day(card.last_as_of, what="last_as_of")]), target=card.target)
    if list(rows.signals.columns) != list(champion.trained.model.feature_names_in_):
        raise ModelError(
            f"the champion {folder(champion)} cannot be registered again: this version of the program has other signals"
        )
    return rows


def agreement(root: Path, target: str, name: str | None) -> str:
    """Whether registry and files agree on the champion, in a few words; the store is not made if it is not there."""
    from forecast.tracking.client import database, own

    if own(root) and not database(root).exists():
        return "there is no registry"
    from forecast.tracking import registered_versions, registry_name

    found = []
    try:
        for model in MODELS:
            known = registered_versions(root, registry_name(model, target))
            told = known.loc[[CHAMPION in aliases.split(",") for aliases in known["aliases"]], "model_version"]
            found += [f"{model}-{target}-{version}" for version in told]
    except TrackingError as problem:
        return f"the registry cannot be asked: {problem}"
    said = ", ".join(found) or "none"
    return "registry and files agree" if found == [name] or (not found and name is None) else (
        f"the registry says {said}, the files say {name or 'none'}: the files decide, and the next retrain heals it"
    )  # fmt: skip
