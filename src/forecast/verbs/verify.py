"""The verb *verify*: other people's forecasts beside our own on the same questions, and the log of our own, scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, Days, as_days, parse_day
from forecast.display.frames import SCORE_COLUMNS, SKILL_INTERVAL
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Document, Paragraph, Table
from forecast.errors import DataMissingError, DateError, ForecastError, InputError
from forecast.exchange import comparison
from forecast.exchange.comparison import LEFT_OUT, QUESTION, REFERENCE, SCORES, Entries, answered_by_all
from forecast.facts.countries import sides
from forecast.facts.history import History
from forecast.files import write_text
from forecast.models import DEFAULT, MODELS, make_model
from forecast.models.baselines import climatology_of
from forecast.monitoring.forecast_log import (
    FOLDER,
    NEEDED,
    ForecastLog,
    first_recorded,
    is_hindcast,
    read_log,
    score_log,
)
from forecast.pages.page import Leaderboard
from forecast.panel.outcomes import check_target, met_within, observe
from forecast.panel.panel import Panel, build_panel
from forecast.signals.cube import Cube, make_cube
from forecast.training.answering import answering_models
from forecast.training.provenance import now
from forecast.training.splits import refit_day
from forecast.training.train import Trained, kept_model, rows_at_hand, training_days, training_panel
from forecast.verification import brier_score
from forecast.workspace import Workspace

#: Reasons for which a row is left out, beside those of `forecast.exchange.crowd`.
UNRESOLVED: Final = "unresolved: no outcome is stated and the records do not reach the end of the window"
BEFORE_THE_DATA: Final = "the as-of date is before the data begin"
NO_SOURCE: Final = "no source records the dyad's meetings"
UNTRAINED: Final = "no model could be trained for so early a date"
NOT_ALL: Final = "not answered by all"
#: Columns of the answers that were scored.
ANSWERS: Final = ("who", *QUESTION, "probability", "climatology", "outcome")


@dataclass(frozen=True, eq=False)
class Verification:
    """Forecasters side by side.

    Attributes
    ----------
    scores : pandas.DataFrame
        One row a forecaster, with the columns `forecast.exchange.comparison.SCORES`; `n` is 0 and the figures are
        None if no question is answered by all.
    answers : pandas.DataFrame
        What was scored: who, dyad, as_of, by, probability, climatology, outcome.
    left_out : pandas.DataFrame
        Rows of the files that were not scored: file, line, question, reason, detail.
    contradicted : pandas.DataFrame
        Rows whose stated outcome, which was scored, the workspace's record contradicts: file, line, dyad, as_of, by,
        outcome.
    """

    scores: pd.DataFrame
    answers: pd.DataFrame
    left_out: pd.DataFrame
    contradicted: pd.DataFrame


def verify(
    files: Path | str | Sequence[Path | str],
    *,
    root: Path | str = ".",
    target: str = "meeting",
    model: str = DEFAULT,
    on_step: Step = logged,
) -> Verification:
    """Score forecasts of other people, of the program and of climatology on the same questions.

    Parameters
    ----------
    files : path-like or sequence of path-like
        The `forecasts.csv` of a backtest, a prediction in CSV or JSON, or other people's probabilities with the columns
        question, dyad, as_of, by, probability, outcome and perhaps forecaster.
    root, target, on_step
        As in `forecast.predict`; the records of the workspace resolve open outcomes.
    model : str
        The model that answers the questions of other people that none of the files holds its answer to.

    Returns
    -------
    Verification
    """
    check_target(target)
    make_model(model)
    paths = [Path(files)] if isinstance(files, (str, Path)) else [Path(one) for one in files]
    if not paths:
        raise ForecastError("name at least one file of forecasts")
    entries = comparison.read_entries(list(dict.fromkeys(paths)), target=target)
    _refuse_borrowed_names(entries)
    workspace = Workspace(root)
    rows, contradicted = _resolved(entries.rows, workspace.history, target)
    known = rows.dropna(subset="outcome")
    everybody = {*known["who"], *([model] if known["others"].any() else [])}
    missing = _missing(known, everybody, model)
    computed, failed = _computed(
        missing, workspace, target=target, model=model, wanted=model in everybody, on_step=on_step
    )
    answers = _with_reference(known, computed)
    common = answers.loc[answered_by_all(answers, everybody | {REFERENCE})].reset_index(drop=True)
    names = [*dict.fromkeys(entries.rows["who"]), *sorted(everybody), REFERENCE]
    scores = comparison.side_by_side(common) if len(common) else _no_scores(names)
    left_out = _left_out(entries, rows, common, failed)
    return Verification(scores, common[list(ANSWERS)], left_out, contradicted)


def _no_scores(everybody: list[str]) -> pd.DataFrame:
    rows = [dict.fromkeys(SCORES) | {"who": who, "n": 0} for who in dict.fromkeys(everybody)]
    return pd.DataFrame(rows, columns=list(SCORES), dtype=object).astype({"n": int})


def _refuse_borrowed_names(entries: Entries) -> None:
    """Other people must not be called as a model is: their scores would be taken for the program's own."""
    others = entries.rows.loc[entries.rows["others"]]
    own = {*MODELS, *entries.rows.loc[~entries.rows["others"], "who"]}
    borrowed = others.loc[others["who"].isin(sorted(own))]
    if len(borrowed):
        row = borrowed.iloc[0]
        raise InputError(
            f"{row['who']!r} is the name of a model; give the forecaster another one",
            path=row["file"], row=int(row["line"]), field="forecaster",
        )  # fmt: skip


def _resolved(rows: pd.DataFrame, history: History, target: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One outcome for each question: the one a file states, else the one on record; NaN if there is neither."""
    on_record = outcomes_on_record(rows, make_cube(history), target)
    against = rows["outcome"].notna() & on_record.notna() & (rows["outcome"] != on_record)
    contradicted = rows.loc[against, ["file", "line", *QUESTION, "outcome"]].reset_index(drop=True)
    stated = rows.groupby(QUESTION)["outcome"].transform("first")
    return rows.assign(outcome=stated.fillna(on_record).to_numpy(dtype=np.float64)), contradicted


def outcomes_on_record(rows: pd.DataFrame, cube: Cube, target: str) -> pd.Series:
    """Whether the leaders met, of rows with dyad, as_of and horizon_days; NaN where the records do not reach."""
    dyads = [str(dyad) for dyad in rows["dyad"]]
    seen = observe(cube, dyads=dyads, as_ofs=as_days(rows["as_of"].to_numpy()), target=target)
    outcome = pd.Series(np.nan, index=rows.index)
    for horizon in rows["horizon_days"].unique():
        of_horizon = (rows["horizon_days"] == horizon).to_numpy()
        outcome[of_horizon] = met_within(seen.loc[of_horizon], int(horizon)).to_numpy()
    return outcome


def _missing(known: pd.DataFrame, everybody: set[str], model: str) -> pd.DataFrame:
    """Questions to be computed: those that all other forecasters answer, the model or climatology not yet."""
    shared = known.loc[answered_by_all(known, everybody - {model})] if everybody != {model} else known
    shared = shared.drop_duplicates(QUESTION)
    unreferenced = ~_keys(shared).isin(_keys(known.dropna(subset="climatology")))
    unanswered = ~_keys(shared).isin(_keys(known.loc[known["who"] == model])) & (model in everybody)
    return shared.loc[unreferenced | unanswered]


def _keys(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[QUESTION])


def _computed(
    questions: pd.DataFrame, workspace: Workspace, *, target: str, model: str, wanted: bool, on_step: Step
) -> tuple[pd.DataFrame, dict[tuple[str, ...], str]]:
    """Answer the questions with the model, if it is wanted, and with climatology; what cannot be answered has a reason.

    Climatology learns from no rows: where nothing else is wanted, no model is trained. Otherwise rows for training are
    built once for all years that need them.
    """
    history = workspace.history
    answers = [questions.head(0)]
    by_day, failed = _askable(questions, workspace, target)
    if not by_day:
        return pd.concat(answers, ignore_index=True), failed
    days = as_days(sorted(by_day))
    dyads = sorted({str(dyad) for part in by_day.values() for dyad in part["dyad"]})
    on_step(f"building the rows of {len(days)} as-of dates")
    # A row looks back from its own date alone, so the rows of all dates are built once.
    rows = build_panel(history.known_before(days[-1]), days, target=target, dyads=dyads)
    training_rows = _training_rows(history, workspace.root, days, model=model, target=target)
    for day in days:
        part = by_day[day]
        horizons = sorted({int(horizon) for horizon in part["horizon_days"]})
        on_step(f"forecasting with the model {model!r} as of {day}")
        try:
            trained = None
            if wanted and model != REFERENCE:
                trained = answering_models(
                    workspace.root, history, [day], model=model, target=target, on_step=on_step,
                    training_rows=training_rows,
                )[day].trained  # fmt: skip
            else:
                training_days(history.known_before(refit_day(day)), refit_day(day))
        except DataMissingError:
            failed |= dict.fromkeys(_keys(part), UNTRAINED)
            continue
        figures = _figures(rows, trained, day, part, horizons)
        answers.append(part.assign(who=model, others=False, file="", line=0, **figures))
    return pd.concat(answers, ignore_index=True), failed


def _askable(
    questions: pd.DataFrame, workspace: Workspace, target: str
) -> tuple[dict[Day, pd.DataFrame], dict[tuple[str, ...], str]]:
    """The questions that facts may answer, by as-of date, and why the others are none of them."""
    history = workspace.history
    by_day: dict[Day, pd.DataFrame] = {}
    failed: dict[tuple[str, ...], str] = {}
    for as_of, part in questions.groupby("as_of", sort=True):
        day = parse_day(as_of)
        known = workspace.known_before(day)
        if known.events.empty:
            covered = part["dyad"].map(lambda dyad: bool({c.focal for c in history.resolving} & set(sides(dyad))))
            failed |= dict.fromkeys(_keys(part.loc[covered.to_numpy(bool)]), BEFORE_THE_DATA)
            part = part.loc[~covered.to_numpy(bool)]
        recorded = part["dyad"].map(lambda dyad, known=known: known.coverage_end(dyad) is not None).to_numpy(bool)
        failed |= dict.fromkeys(_keys(part.loc[~recorded]), NO_SOURCE)
        part = part.loc[recorded]
        if part.empty:
            continue
        try:
            workspace.query(day, target=target).known  # noqa: B018 - refuses a day before the data begin
        except DateError:
            failed |= dict.fromkeys(_keys(part), BEFORE_THE_DATA)
        else:
            by_day[day] = part
    return by_day, failed


def _figures(
    rows: Panel, trained: Trained | None, day: Day, part: pd.DataFrame, horizons: list[int]
) -> dict[str, npt.NDArray[np.float64]]:
    """Probability and climatology of each question of a day."""
    signals = rows.signals.loc[rows.as_ofs == day]
    names = sorted(set(part["dyad"]))
    signals = signals.iloc[signals.index.get_level_values("dyad").get_indexer(names)]
    climatology = climatology_of(signals, horizons)
    model = trained.model.predict_cumulative_incidence(signals, horizons) if trained is not None else climatology
    at = np.searchsorted(names, part["dyad"].astype(str)), np.searchsorted(horizons, part["horizon_days"].astype(int))
    return {"probability": model[at], "climatology": climatology[at]}


def _training_rows(history: History, root: Path, days: Days, *, model: str, target: str) -> Callable[[Day], Panel]:
    """Training rows of each day of training, cut from one panel of all those whose model is not kept yet."""

    @cache
    def whole() -> Panel | None:
        grids = []
        for refit in as_days(sorted({refit_day(day) for day in days})):
            if kept_model(root, history, refit, model=model, target=target) is None:
                with suppress(DataMissingError):
                    grids.append(training_days(history.known_before(refit), refit))
        return rows_at_hand(history, np.unique(np.concatenate(grids)), target=target) if grids else None

    return lambda refit: training_panel(history, refit, target=target, rows=whole())


def _with_reference(known: pd.DataFrame, computed: pd.DataFrame) -> pd.DataFrame:
    """All answers, each beside climatology's, which answers too; what a file holds comes before what was computed."""
    held = pd.concat([known, computed], ignore_index=True)
    # The first in the order of the files: one without climatology is served by the next.
    held["climatology"] = held.groupby(QUESTION, sort=False)["climatology"].transform("first")
    held = held.drop_duplicates(["who", *QUESTION]).dropna(subset="climatology")
    reference = held.drop_duplicates(QUESTION)
    reference = reference.assign(who=REFERENCE, probability=reference["climatology"], file="", line=0)
    return pd.concat([held.loc[held["who"] != REFERENCE], reference], ignore_index=True)


def _left_out(
    entries: Entries, rows: pd.DataFrame, common: pd.DataFrame, failed: dict[tuple[str, ...], str]
) -> pd.DataFrame:
    keys = _keys(rows)
    reasons = pd.Series([failed.get(key, NOT_ALL) for key in keys], index=rows.index, dtype=object)
    reasons = reasons.mask(rows["outcome"].isna(), UNRESOLVED)
    aside = rows.assign(reason=reasons, detail="").loc[~keys.isin(_keys(common))]
    aside = pd.concat([entries.left_out, aside[list(LEFT_OUT)]], ignore_index=True)
    order = {name: number for number, name in enumerate(dict.fromkeys(aside["file"]))}
    return aside.sort_values(["file", "line"], key=lambda c: c.map(order) if c.name == "file" else c, ignore_index=True)


def table(result: Verification) -> Document:
    """Forecasters side by side, and the rows that were left out, a line a reason."""
    answers, left_out = result.answers, result.left_out
    n = len(answers.drop_duplicates(QUESTION))
    about = f"{answers['dyad'].nunique()} dyads" if len(set(answers["dyad"])) > 1 else "".join(set(answers["dyad"]))
    lead = (
        f"Questions (dyad, as-of date, last day) that all answer: {n}, about {about}"
        if n
        else "not enough cases (n = 0): no question is answered by all"
    )
    log_score = Column("log score", align="right", form=".4f")
    columns = [Column("who", width=20), *SCORE_COLUMNS[1:], SKILL_INTERVAL, log_score]
    rows = [
        (row["who"], row["n"], row["base_rate"], row["brier"], row["skill"], _interval(row), row["log_score"])
        for _, row in result.scores.iterrows()
    ]
    infinite = (result.scores["log_score"].dropna().astype(float) == float("inf")).any()
    notes = ["log score inf: something happened whose probability was 0%"] if infinite else []
    parts: list[Paragraph | Table] = [Paragraph(lead, style="bold"), Table(columns, rows, notes=notes)]
    reasons = [(len(part), f"{reason} ({_places(part)})") for reason, part in left_out.groupby("reason", sort=False)]
    if reasons:
        counted = [Column("", align="right"), Column("", wraps=True)]
        parts.append(Table(counted, reasons, title=f"left out: {len(left_out)} rows"))
    return Document(*parts)


def contradictions(rows: pd.DataFrame, *, shown: int = 10) -> list[str]:
    """A line for each row whose stated outcome the record contradicts, the first few of many."""
    lines = [
        f"{row['file']}, line {row['line']}: the workspace's record contradicts the outcome {row['outcome']:.0f} for "
        f"{row['dyad']} as of {row['as_of']} by {row['by']}; the file's outcome is scored"
        for _, row in rows.head(shown).iterrows()
    ]
    if len(rows) > shown:
        lines.append(f"and {len(rows) - shown} more rows whose outcome the record contradicts")
    return lines


def _interval(row: pd.Series) -> str:
    if row["who"] == REFERENCE and row["n"]:
        return "reference"
    if row["skill"] is None or row["skill_low"] is None:
        return "not enough cases"
    return f"{row['skill_low']:+.3f} to {row['skill_high']:+.3f}"


def _places(rows: pd.DataFrame) -> str:
    """Files with the lines that were left out for one reason, and the first detail of each."""
    places = []
    for file, part in rows.groupby("file", sort=False):
        details = [text for text in dict.fromkeys(part["detail"]) if text]
        detail = f": {details[0]}{' ...' if len(details) > 1 else ''}" if details else ""
        places.append(f"{file}: {_lines(sorted(part['line']))}{detail}")
    return "; ".join(places)


def _lines(numbers: list[int], *, shown: int = 6) -> str:
    """Name lines of a file, the first few of many."""
    head = ", ".join(str(number) for number in numbers[:shown])
    more = f" and {len(numbers) - shown} more" if len(numbers) > shown else ""
    return f"{'line' if len(numbers) == 1 else 'lines'} {head}{more}"


@dataclass(frozen=True, eq=False)
class LogVerification:
    """A log whose chain holds, scored.

    Attributes
    ----------
    scores : pandas.DataFrame
        One row a model version and target, hindcasts apart, with the columns `forecast.monitoring.forecast_log.SCORES`.
    forecasts : pandas.DataFrame
        The lines in their order, with `line`, `hindcast` and `outcome` (1, 0, or NaN while unresolved).
    head : str
        SHA-256 of the last line. Keep it elsewhere: it alone shows later that no line is missing at the end.
    n_lines, torn_bytes : int
        Whole lines, and what a crash left behind the last of them.
    kept_line : int or None
        Line of the head that was kept, if there is one: nothing up to it was changed or lost.
    """

    scores: pd.DataFrame
    forecasts: pd.DataFrame
    head: str
    n_lines: int
    kept_line: int | None
    torn_bytes: int

    @property
    def warnings(self) -> list[str]:
        """What a reader must know about the state of the log."""
        if not self.torn_bytes:
            return []
        return [
            f"the log ends with {self.torn_bytes} bytes of a line that a crash tore; the next recording sets them "
            f"aside to a file in {FOLDER}/"
        ]


def verify_log(*, root: Path | str = ".", head: str | None = None) -> LogVerification:
    """Check the log of recorded forecasts and score what has resolved since. Nothing is written.

    Outcomes are taken from the workspace's records as they are now; probability and climatology are those recorded at
    issue. A forecast recorded twice counts once, as it was first recorded.

    Parameters
    ----------
    root : path-like
        The workspace.
    head : str, optional
        A head of the log that was kept elsewhere.

    Returns
    -------
    LogVerification
    """
    log = read_log(Path(root))
    kept = log.line_of(head) if head is not None else None
    forecasts = _with_outcomes(_log_rows(log), Path(root))
    return LogVerification(score_log(forecasts), forecasts, log.head, len(log.entries), kept, log.torn_bytes)


def leaderboard(*, output: Path, root: Path | str = ".", crowds: Verification | None = None) -> Path:
    """Write a page with the recorded forecasts by month, and with those of other people if they were scored."""
    result = verify_log(root=root)
    parts = []
    for hindcast, heading in {False: "Forecasts", True: "Hindcasts"}.items():
        rows = by_month(result.forecasts.loc[result.forecasts["hindcast"] == hindcast])
        about = (
            "Issued after their as-of date by more than a day: they show what the model would have said."
            if hindcast
            else "Issued by the day after their as-of date, by month of that date."
        )
        if len(rows):
            parts.append((heading, about, _months_table(rows, "model")))
    if crowds is not None and len(crowds.answers):
        rows = by_month(crowds.answers.assign(model_id=crowds.answers["who"], repeated=0))
        parts.append(("Crowds", "The same questions (dyad, as-of date, last day) for all.", _months_table(rows, "who")))
    write_text(output, Leaderboard(now()[:10], result.head, result.n_lines, parts).html())
    return output


def by_month(rows: pd.DataFrame) -> pd.DataFrame:
    """Forecasts counted and scored by month of their as-of date and forecaster, the latest month first."""
    scored = []
    once = rows if "repeated" in rows else first_recorded(rows)
    for (month, who), part in once.groupby([once["as_of"].str[:7], "model_id"], sort=True):
        known = part.dropna(subset="outcome")
        figures: dict[str, float] = {}
        if len(known):
            p, y, reference = (known[name].to_numpy(float) for name in ("probability", "outcome", "climatology"))
            figures = {"brier": brier_score(p, y), "reference": brier_score(reference, y)}
        counts = {"forecasts": len(part), "resolved": len(known), "met": int(known["outcome"].sum())}
        scored.append({"month": month, "who": who, **counts, **figures})
    columns = ["month", "who", "forecasts", "resolved", "met", "brier", "reference"]
    return pd.DataFrame(scored, columns=columns).sort_values("month", ascending=False, kind="stable")


def _months_table(rows: pd.DataFrame, who: str) -> Table:
    counted = [Column(head, align="right") for head in ("forecasts", "resolved", "met")]
    scores = [Column(head, align="right", form=".4f") for head in ("Brier", "climatology's")]
    cells = [
        (*row[:5], *(None if pd.isna(score) else score for score in row[5:]), _skill(row[5], row[6]))
        for row in rows.itertuples(index=False, name=None)
    ]
    return Table([Column("as of"), Column(who), *counted, *scores, Column("skill", align="right", form="+.3f")], cells)


def _skill(brier: float, reference: float) -> float | None:
    return None if pd.isna(brier) or reference <= 0 else 1.0 - brier / reference


def _log_rows(log: ForecastLog) -> pd.DataFrame:
    rows = pd.DataFrame([dict(entry) for entry in log.entries])
    if rows.empty:
        rows = pd.DataFrame(columns=list(NEEDED))
    rows.insert(0, "line", np.arange(1, len(rows) + 1))
    return rows


def _with_outcomes(rows: pd.DataFrame, root: Path) -> pd.DataFrame:
    outcome = pd.Series(np.nan, index=rows.index)
    if rows.empty:
        return rows.assign(hindcast=False, outcome=outcome)
    cube = make_cube(Workspace(root).history)
    for target, part in rows.groupby("target"):
        outcome.loc[part.index] = outcomes_on_record(part, cube, str(target))
    return rows.assign(hindcast=is_hindcast(rows), outcome=outcome)


def log_table(result: LogVerification) -> Document:
    """What recorded forecasts turned out to be worth, hindcasts apart, and where the log ends."""
    titles = {False: "Forecasts, issued by the day after their as-of date", True: "Hindcasts"}
    parts: list[Table | str] = []
    for hindcast, title in titles.items():
        rows = [row for _, row in result.scores.loc[result.scores["hindcast"] == hindcast].iterrows()]
        names = [(f"{row['model_id']} {row['model_version']}, {row['target']}",) for row in rows]
        if rows:
            parts.append(Table([Column("")], names, title=title, details=[_account(row) for row in rows]))
    end = f"{result.n_lines} lines, and the head of the log:\n{result.head}"
    if result.kept_line is not None:
        end = f"the kept head is that of line {result.kept_line}: up to it nothing was changed or lost\n{end}"
    return Document(*parts or ["not enough cases (n = 0): no forecast is recorded"], Paragraph(end, wraps=False))


def _account(row: pd.Series) -> str:
    """How many forecasts there are, how many resolved, and their scores as far as there are enough."""
    counts = f"{row['forecasts']} recorded, {row['unresolved']} unresolved, {row['n']} resolved, {row['n_met']} met"
    if row["repeated"]:
        counts += f"; {row['repeated']} repeats not counted"
    lines = [counts]
    if row["brier"] is not None:
        lines.append(f"base rate {row['base_rate']:.3f}, Brier {row['brier']:.4f}")
    if row["skill"] is None:
        return "\n".join([*lines, row["reason"]])
    spread = f"90% interval {row['skill_low']:+.3f} to {row['skill_high']:+.3f}"
    return "\n".join([*lines, f"skill against climatology {row['skill']:+.3f}, {spread}"])
