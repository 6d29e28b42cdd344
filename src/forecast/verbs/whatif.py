"""The verb *whatif*: a forecast with hypothetical facts beside the real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from forecast.dates import AnyDay, Horizon, as_day
from forecast.display.frames import forecasts_table, records, warnings_by_dyad, with_warnings
from forecast.display.numbers import log_odds
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Document, Drawn, Paragraph, Table
from forecast.errors import DataMissingError, InputError
from forecast.explanation.contributions import contributions
from forecast.explanation.evidence import event_words
from forecast.explanation.result import SLIGHT
from forecast.explanation.scenario import Scenario, make_scenario
from forecast.facts.calendar import Edition
from forecast.facts.history import History
from forecast.panel.outcomes import QUESTIONS
from forecast.panel.panel import build_panel
from forecast.verbs.explain import HORIZON, fallback_parts
from forecast.verbs.fallback import MODEL as FALLBACK
from forecast.verbs.predict import COLUMNS, fallback_rows, forecast_rows
from forecast.workspace import Workspace

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

#: Columns of the tables of a supposition.
CHANGES: Final = ("change", "kind", "on", "known_on", "what", "record_id", "publisher")
SIGNALS: Final = ("signal", "real", "hypothetical")
FAMILIES: Final = ("family", "real", "hypothetical", "change")

#: Signals in the text of a supposition; a notebook shows all.
_SIGNALS_SHOWN: Final = 12


@dataclass(frozen=True, eq=False, repr=False)
class Supposition(Drawn):
    """A hypothetical forecast beside the real one.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        Two rows as `forecast.predict` returns them, with a first column `hypothetical`: the real forecast, then the
        other. The warnings of the hypothetical one begin with what is supposed.
    changes : pandas.DataFrame
        The facts added and removed.
    families : pandas.DataFrame
        Log-odds of each family in both forecasts and their difference; the differences sum to that of the forecasts.
        The first row holds climatology and what the model makes of it.
    signals : pandas.DataFrame
        Signals that differ, with both values; a missing one is missing.
    warnings : tuple of str
        What to know about the hypothetical forecast; they begin with what is supposed.
    """

    forecasts: pd.DataFrame
    changes: pd.DataFrame
    families: pd.DataFrame
    signals: pd.DataFrame
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """All parts as lists of records, for JSON; a missing value is None."""
        return {name: records(part) for name, part in vars(self).items() if isinstance(part, pd.DataFrame)}

    def html(self) -> Markup:
        """The forecasts, what is supposed and all signals that differ."""
        return _document(self, signals_shown=None).html()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield _document(self, signals_shown=_SIGNALS_SHOWN)

    def __repr__(self) -> str:
        real, other = self.forecasts["probability"]
        row = self.forecasts.iloc[0]
        return f"Supposition({row['dyad']} as of {row['as_of']}: {real:.1%}, hypothetical {other:.1%})"


def whatif(
    dyad: str,
    *,
    as_of: AnyDay | None = None,
    root: Path | str = ".",
    by: AnyDay | None = None,
    horizon: Horizon | Sequence[Horizon] = HORIZON,
    add: str | Sequence[str] = (),
    remove: str | Sequence[str] = (),
    add_venue: str | Sequence[str] = (),
    target: str = "meeting",
    model: str | None = None,
    on_step: Step = logged,
) -> Supposition:
    """Forecast with hypothetical facts, beside the real forecast. The workspace's facts are left as they are.

    Parameters
    ----------
    dyad : str
        Such as ``"USA-CHN"``.
    as_of, root, by, horizon, target, model, on_step
        As in `forecast.explain`. Hypothetical facts must be known before the as-of date; the model is trained on the
        real history.
    add : str or sequence of str
        Events to add, each as ``column=cell,column=cell,...`` in the ledger's columns, or a CSV file in ledger form.
        They count as reported by the publisher that defines the meetings of the pair, unless ``publisher=...`` names
        another.
    remove : str or sequence of str
        Record ids of the dyad to leave out, or summits as ``series/edition``.
    add_venue : str or sequence of str
        Summits to add, each ``series=...,host=...,starts_on=...``.

    Returns
    -------
    Supposition
        The hypothetical forecast is the one of a workspace with these facts, by the same model. Of a pair that no
        complete source covers both are fallbacks.

    Raises
    ------
    StateError, DateError, DataMissingError, InputError, ModelError
    """
    query = Workspace(root).query(as_of, target=target, model=model)
    day = query.day
    days = query.horizon(horizon, by=by)
    pair = query.workspace.dyad(dyad, on=day)
    texts = [[part] if isinstance(part, str) else list(part) for part in (add, remove, add_venue)]
    if not any(texts):
        raise InputError("nothing is supposed: add or remove at least one event or summit", path="whatif")
    known = query.known
    scenario = make_scenario(query.history, dyad=pair, as_of=day, add=texts[0], remove=texts[1], summits=texts[2])
    both = (known, scenario.history.known_before(day))
    if known.coverage_end(pair) is None:
        rows = [fallback_rows(facts, [pair], day, [days], target) for facts in both]
        parts = [fallback_parts(facts, pair, day, days, target) for facts in both]
        signals = pd.DataFrame(columns=list(SIGNALS))
    else:
        if both[1].coverage_end(pair) is None:
            raise DataMissingError(f"without the removed records no source records meetings of {pair} before {day}")
        answering = query.answering(on_step)
        trained, warned = answering.trained, answering.warnings
        rows = [forecast_rows(facts, trained, [pair], day, [days], target, warnings=warned) for facts in both]
        columns = [build_panel(facts, np.array([day]), target=target, dyads=[pair]).signals for facts in both]
        parts = [contributions(trained.model, X, days) for X in columns]
        signals = _signals(columns)
    real, hypothetical = rows
    warnings = (_summary(scenario), *_too_late(scenario, both[1]), *warnings_by_dyad(hypothetical).get(pair, ()))
    hypothetical = with_warnings(hypothetical, {pair: warnings})
    forecasts = pd.concat([real, hypothetical], ignore_index=True)
    forecasts.insert(0, "hypothetical", [False, True])
    changes = _changes(scenario)
    return Supposition(forecasts[["hypothetical", *COLUMNS]], changes, _families(parts), signals, warnings)


def _summary(scenario: Scenario) -> str:
    counts = {"event added": len(scenario.added), "event removed": len(scenario.removed),
              "summit added": len(scenario.summits_added), "summit removed": len(scenario.summits_removed)}  # fmt: skip
    parts = [f"{n} {what.replace(' ', 's ' if n > 1 else ' ')}" for what, n in counts.items() if n]
    return f"hypothetical: {', '.join(parts)}"


def _too_late(scenario: Scenario, known: History) -> list[str]:
    """Warnings of added events that come after the record of their dyad has ended, so that no signal counts them."""
    warnings = []
    for _, event in scenario.added.iterrows():
        end = known.coverage_end(event["dyad"])
        if end is not None and end < as_day(event["known_on"]):
            warnings.append(
                f"{event['record_id']} is known after the record of {event['dyad']} ends on {end}: signals are "
                "taken as of then and do not count it"
            )
    return warnings


def _changes(scenario: Scenario) -> pd.DataFrame:
    def event(change: str, row: pd.Series) -> tuple[str, ...]:
        days = (f"{row['occurred_on']:%Y-%m-%d}", f"{row['known_on']:%Y-%m-%d}")
        return (change, "event", *days, event_words(row), row["record_id"], row["publisher"])

    def summit(change: str, one: Edition) -> tuple[str, ...]:
        days = (str(one.starts_on), str(one.announced_on))
        return (change, "summit", *days, f"{one.series} {one.edition} in {one.host}", "", "calendar")

    rows = [event("added", row) for _, row in scenario.added.iterrows()]
    rows += [event("removed", row) for _, row in scenario.removed.iterrows()]
    rows += [summit("added", one) for one in scenario.summits_added]
    rows += [summit("removed", one) for one in scenario.summits_removed]
    return pd.DataFrame(rows, columns=list(CHANGES))


def _families(parts: list[pd.DataFrame]) -> pd.DataFrame:
    real, other = (part.set_index("family") for part in parts)
    # The first line holds climatology as well as what the model makes of it: both move with the dyad's record.
    first = real.index[0]
    table = pd.DataFrame({"real": real["contribution"], "hypothetical": other["contribution"]}, dtype=float).fillna(0.0)
    table = table.reindex(list(dict.fromkeys([*real.index, *other.index])))
    table.loc[first] += [float(log_odds(part.loc[first, "without"])) for part in (real, other)]
    table["change"] = table["hypothetical"] - table["real"]
    return table.rename_axis("family").reset_index()[list(FAMILIES)]


def _signals(rows: list[pd.DataFrame]) -> pd.DataFrame:
    real, other = (X.iloc[0] for X in rows)
    moved = ~((real == other) | (real.isna() & other.isna()))
    return pd.DataFrame(
        {"signal": real.index[moved], "real": real[moved].to_numpy(), "hypothetical": other[moved].to_numpy()},
        columns=list(SIGNALS),
    )


def _document(result: Supposition, *, signals_shown: int | None) -> Document:
    """A hypothetical forecast beside the real one, what is supposed, and what differs; all signals or the first."""
    real = result.forecasts.iloc[0]
    question = (
        f"{real['dyad']}: will the leaders {QUESTIONS[real['target']]} by {real['window_end']}?\n"
        f"As of {real['as_of']}, from what was public before; the second line is hypothetical."
    )
    names = ["hypothetical", "probability", "interval", "climatology", "announced"]
    which = {"hypothetical": Column("", form=lambda hypothetical: "hypothetical" if hypothetical else "real")}
    forecasts = forecasts_table(result.forecasts, names, own=which, styles={1: "magenta"})
    columns = {"change": Column("supposed"), "on": Column("on"), "known_on": Column("known on"),
               "what": Column("what", wraps=True), "record_id": Column("record")}  # fmt: skip
    styles = dict.fromkeys(range(len(result.changes)), "magenta")
    changes = Table.of(result.changes, columns, title="Supposed, and not written anywhere", styles=styles)
    made_by: tuple[Table | str, ...] = (
        _signals_table(result.signals, signals_shown),
        f"model {real['model_id']} {real['model_version']}, trained on the real history",
    )
    if real["model_id"] == FALLBACK:
        made_by = ("both are fallbacks: no complete source covers the pair, and no model looks at it",)
    return Document(Paragraph(question, style="bold"), forecasts, changes, _families_table(result.families), *made_by)


def _families_table(families: pd.DataFrame) -> Table:
    names = ["real", "hypothetical", "change"]
    moved = families.loc[families["change"].abs() >= SLIGHT, ["family", *names]]
    columns = [Column("Log-odds by family"), *(Column(name, align="right", form="+.2f") for name in names)]
    rows = [*moved.itertuples(index=False, name=None), ("all", *families[names].sum())]
    return Table(columns, rows)


def _signals_table(signals: pd.DataFrame, shown: int | None) -> Table:
    figure = Column("", align="right", form=".4g", missing="missing")
    columns = {"signal": Column("Signals that differ"), **{name: replace(figure, head=name) for name in SIGNALS[1:]}}
    rows = signals.head(shown if shown is not None else len(signals))
    more = len(signals) - len(rows)
    notes = [f"and {more} more"] if more else [] if len(signals) else ["none: no signal looks at it"]
    return Table.of(rows, columns, notes=notes)
