"""The reduction of event data, written once for any engine: reports to counts by dyad, day of publication and class.

The expression is of narwhals, so that DuckDB and Spark run the same one. It reads every row once and drops none in
silence: what is no report of two states is counted under the reason instead of a class.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from forecast.facts.countries import states
from forecast.facts.reports import CLASSES, classes_of_cameo, classes_of_plover
from forecast.readers.event_layouts import Layout
from forecast.readers.state_names import state_named

#: Reasons for which a row is no report, in the place of its class.
MALFORMED, NO_DYAD, NO_CLASS = "malformed", "no two states", "no PLOVER event"
REASONS: Final = (MALFORMED, NO_DYAD, NO_CLASS)
#: Classes of which both sides have a row where one interaction is reported: made and hosted visits, consultations.
_MIRRORED: Final = ("visit", "call", "talk")
#: Columns of the cube.
CELLS: Final = ("dyad", "day", "kind", "who", "n", "rows")
#: Text columns of the tables that rows are joined with.
STATES: Final = ("name", "state", "begins", "ends", "place")
CODES: Final = ("code", "kind")


def code_table(layout: Layout) -> list[tuple[str, str]]:
    """Event codes of a layout and their classes."""
    return sorted((classes_of_cameo() if layout.codes == "cameo" else classes_of_plover()).items())


def state_table(names: Iterable[str | None]) -> list[tuple[str, str, str, str, int]]:
    """The names or codes that are of states, with the days between which the state exists and its place in dyads."""
    order = {code: place for place, code in enumerate(sorted(states(), key=lambda c: (states()[c].order, c)))}
    rows = []
    for name in names:
        code = state_named(name) if name else None
        if name and code is not None:  # and neither a region nor an organisation
            begins, ends = (str(day).replace("-", "") for day in (states()[code].exists_from, states()[code].exists_to))
            rows.append((name, code, begins, ends, order[code]))
    return rows


def named_states(reports: Any) -> Any:
    """The distinct names of states that reports hold."""
    import narwhals as nw

    sides = [reports.select(name=nw.col(side)).unique() for side in ("first", "second")]
    return nw.concat(sides, how="vertical").unique()


def reduce(reports: Any, state_rows: Any, code_rows: Any) -> Any:
    """Count reports by the columns `CELLS`; `n` has mirrored rows once, `rows` is how many rows were read.

    Parameters
    ----------
    reports, state_rows, code_rows : narwhals.LazyFrame
        With the columns `REPORT`, `STATES` and `CODES`.
    """
    import narwhals as nw

    for side in ("first", "second"):
        names = {name: f"{side}_{name}" for name in STATES[1:]}
        of_side = state_rows.rename({"name": side, **names})
        reports = reports.join(of_side, on=side, how="left")
    reports = reports.join(code_rows, on="code", how="left")
    day = nw.col("day").fill_null("")
    alive = [(nw.col(f"{side}_begins") <= day) & (day < nw.col(f"{side}_ends")) for side in ("first", "second")]
    two = (nw.col("first_state") != nw.col("second_state")) & alive[0] & alive[1]
    kind = (
        nw.when(nw.col("odd")).then(nw.lit(MALFORMED)).otherwise(
            nw.when(two).then(nw.col("kind").fill_null(NO_CLASS)).otherwise(nw.lit(NO_DYAD))
        )
    )  # fmt: skip
    forward = nw.col("first_place") < nw.col("second_place")
    dyad = (
        nw.when(forward)
        .then(nw.concat_str("first_state", "second_state", separator="-"))
        .otherwise(nw.concat_str("second_state", "first_state", separator="-"))
    )
    counted = nw.col("kind").is_in(list(CLASSES))
    cells = (
        reports.select("document", day=day, kind=kind, dyad=dyad, who=nw.min_horizontal("first_role", "second_role"))
        .with_columns(
            dyad=nw.when(counted).then(nw.col("dyad")).otherwise(nw.lit("")),
            who=nw.when(counted).then(nw.col("who")).otherwise(nw.lit(0)),
            document=nw.when(nw.col("kind").is_in(_MIRRORED)).then(nw.col("document")).otherwise(nw.lit("")),
        )
        .group_by("dyad", "day", "kind", "who", "document")
        .agg(rows=nw.len())
        .with_columns(n=nw.when(nw.col("document") == "").then(nw.col("rows")).otherwise(nw.lit(1)))
    )
    return cells.group_by("dyad", "day", "kind", "who").agg(
        n=nw.col("n").sum().cast(nw.Int64), rows=nw.col("rows").sum().cast(nw.Int64)
    )
