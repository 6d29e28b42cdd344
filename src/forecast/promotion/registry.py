"""What MLflow keeps of a retraining. The files decide; the registry mirrors them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from forecast.dates import parse_day
from forecast.display.progress import Step
from forecast.errors import ModelError, TrackingError
from forecast.facts.history import History
from forecast.models import model_names
from forecast.panel.panel import Panel, build_panel
from forecast.promotion.challenge import Challenge
from forecast.promotion.folds import CHALLENGER, CHAMPION
from forecast.promotion.report import report_text
from forecast.training.champion import Champion, read_champion


def keep_run(root: Path, result: Challenge, report: dict[str, Any], everything: History) -> dict[str, str]:
    """Log a retraining as a run with its challenger: `run_id`, registered `version` and `problem`, empty if none."""
    from forecast.tracking import registry_name, set_alias, tracked_run

    card = result.trained.card
    title = f"retrain {card.model_id} {card.target} {report['as_of']}"
    tags = {name: report[name] for name in ("target", "as_of", "decision", "key")} | {
        "model_version": card.model_version
    }
    try:
        with tracked_run(root, kind="retrain", name=title, tags=tags) as run:
            _fill(run, root, result, report, everything)
        set_alias(root, registry_name(card.model_id, card.target), CHALLENGER, run.version)
        return {"run_id": run.run_id, "version": run.version, "problem": ""}
    except TrackingError as problem:
        return {"run_id": "", "version": "", "problem": f"the run {title!r} is not logged: {problem}"}


def _fill(run: Any, root: Path, result: Challenge, report: dict[str, Any], everything: History) -> None:
    from forecast.tracking.runs import keep_backtest

    card = result.trained.card
    run.parameters(
        {
            **{name: report[name] for name in ("model", "target", "as_of", "folds")},
            "champion": report["champion"]["name"] if report["champion"] else None,
            **{f"model.{key}": value for key, value in card.parameters.items()},
        }
    )
    run.facts(everything, root=root, as_of=parse_day(report["as_of"], what="as_of"))
    if not result.forecasts.empty:
        own, scores = (
            table.loc[table["model_id"] == CHALLENGER].assign(model_id=card.model_id)
            for table in (result.forecasts, result.scores)
        )
        keep_backtest(run, own, scores)
        run.table(result.scores, "scores_by_who")
        run.table(result.comparisons, "comparisons")
        run.metrics(_differences(report))
    run.metrics({f"drift/{key}": value for key, value in result.drift.metrics().items()})
    run.metrics({f"check/{check['name']}": float(check["passed"]) for check in report["checks"]})
    run.table(result.drift.to_frame(), "drift")
    run.text(result.drift.text() + "\n", "drift.txt")
    run.text(report_text(report), "report.md")
    run.model(result.trained, result.training_rows)


def _differences(report: dict[str, Any]) -> dict[str, float]:
    return {
        f"difference_{row['rows']}_{row['other']}_{row['horizon_days']}d{end}": float(row[column])
        for row in report["comparisons"]
        for column, end in (("difference", ""), ("low", "_low"), ("high", "_high"), ("margin", "_margin"))
        if row[column] is not None
    }


def mirror(root: Path, target: str, everything: History, *, say: Step) -> str:
    """Let the registry's alias `champion` say what the files say, and return what went wrong."""
    from forecast.tracking import registry_name, set_alias
    from forecast.tracking.registry import drop_alias

    try:
        champion = read_champion(root, target)
    except ModelError:
        return ""
    try:
        for model in model_names():
            name = registry_name(model, target)
            versions, at = _versions(root, name)
            if champion is None or champion.trained.card.model_id != model:
                if at:
                    drop_alias(root, name, CHAMPION)
                continue
            version = versions.get(champion.trained.card.model_version)
            if version is None:
                say("registering the champion, which the registry lacks")
                version = _register(root, champion, everything)
            if version not in at:
                set_alias(root, name, CHAMPION, version)
    except (TrackingError, ModelError) as problem:
        return f"the registry does not show the champion: {problem}"
    return ""


def _versions(root: Path, name: str) -> tuple[dict[str, str], list[str]]:
    """The registry's version (the newest) of each of the program's versions, and those that are called champion."""
    from forecast.tracking import registered_versions

    rows = registered_versions(root, name).to_dict(orient="records")
    by_model = {str(row["model_version"]): str(row["version"]) for row in reversed(rows)}
    return by_model, [str(row["version"]) for row in rows if CHAMPION in row["aliases"].split(",")]


def _register(root: Path, champion: Champion, everything: History) -> str:
    from forecast.tracking import tracked_run

    card = champion.trained.card
    rows = _example_rows(champion, everything)
    tags = {"target": card.target, "model_version": card.model_version, "restored": "yes"}
    with tracked_run(root, kind="retrain", name=f"register {champion.folder.name}", tags=tags) as run:
        run.text((champion.folder / "decision.json").read_text(encoding="utf-8"), "decision.json")
        run.model(champion.trained, rows)
    return run.version


def _example_rows(champion: Champion, everything: History) -> Panel:
    """The champion's training rows of the last date: they show what it is called with."""
    card = champion.trained.card
    known = everything.known_before(parse_day(card.trained_as_of, what="trained_as_of"))
    rows = build_panel(known, np.array([parse_day(card.last_as_of, what="last_as_of")]), target=card.target)
    if list(rows.signals.columns) != list(champion.trained.model.feature_names_in_):
        raise ModelError(f"{champion.folder.name} cannot be registered: this version of the program has other signals")
    return rows


def agreement(root: Path, target: str, name: str | None) -> str:
    """Whether registry and files agree on the champion, in a few words; the store is not made if it is not there."""
    from forecast.tracking.client import database, is_own

    if is_own(root) and not database(root).exists():
        return "there is no registry"
    from forecast.tracking import registered_versions, registry_name

    champions = []
    try:
        for model in model_names():
            rows = registered_versions(root, registry_name(model, target))
            named = rows.loc[[CHAMPION in aliases.split(",") for aliases in rows["aliases"]], "model_version"]
            champions += [f"{model}-{target}-{version}" for version in named]
    except TrackingError as problem:
        return f"the registry cannot be read: {problem}"
    if champions == ([name] if name is not None else []):
        return "registry and files agree"
    shown = ", ".join(champions) or "none"
    return f"the registry says {shown}, the files say {name or 'none'}: the files decide; retrain corrects the registry"
