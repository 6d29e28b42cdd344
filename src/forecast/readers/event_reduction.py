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
#: What a number in the column `kind` means: numbers are compared and grouped in half the time of their names.
KINDS: Final = (*REASONS, *CLASSES)
#: Classes of which both sides have a row where one interaction is reported: made and hosted visits, consultations.
_MIRRORED: Final = ("visit", "call", "talk")
#: Columns of the cube.
CELLS: Final = ("dyad", "day", "kind", "who", "n", "rows")
#: Text columns of the tables that rows are joined with.
STATES: Final = ("name", "state", "begins", "ends", "place")
CODES: Final = ("code", "kind")


def code_table(layout: Layout) -> list[tuple[str, int]]:
    """Event codes of a layout and the numbers of their classes."""
    classes = classes_of_cameo() if layout.codes == "cameo" else classes_of_plover()
    return sorted((code, KINDS.index(kind)) for code, kind in classes.items())


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


def reduce(layout: Layout, reports: Any, state_rows: Any, code_rows: Any) -> Any:
    """Count reports by the columns `CELLS`, classes as numbers of `KINDS`.

    `n` has mirrored rows once, `rows` is how many rows were read.

    Parameters
    ----------
    layout : Layout
    reports, state_rows, code_rows : narwhals.LazyFrame
        What `layout.reports` gives, and tables with the columns `STATES` and `CODES`.
    """
    import narwhals as nw

    for side in ("first", "second"):
        names = {name: f"{side}_{name}" for name in STATES[1:]}
        reports = reports.join(state_rows.rename({"name": side, **names}), on=side, how="left")
    reports = reports.join(code_rows, on="code", how="left")
    day = nw.col("day").fill_null("")
    alive = [(nw.col(f"{side}_begins") <= day) & (day < nw.col(f"{side}_ends")) for side in ("first", "second")]
    two = (nw.col("first_state") != nw.col("second_state")) & alive[0] & alive[1]
    malformed, no_dyad, no_class = (nw.lit(KINDS.index(reason)) for reason in REASONS)
    of_two = nw.when(two).then(nw.coalesce(nw.col("kind"), no_class)).otherwise(no_dyad)
    reports = reports.with_columns(day=day, kind=nw.when(nw.col("odd")).then(malformed).otherwise(of_two))
    forward = nw.col("first_place") < nw.col("second_place")
    dyad = nw.when(forward).then(_joined("first", "second")).otherwise(_joined("second", "first"))
    counted = nw.col("kind") >= len(REASONS)
    first, *_, last = sorted(KINDS.index(kind) for kind in _MIRRORED)
    mirrored = (nw.col("kind") >= first) & (nw.col("kind") <= last)
    # Roles and documents are costly texts: in a branch they are made of the rows alone that need them.
    cells = (
        reports.select(
            "day",
            "kind",
            dyad=nw.when(counted).then(dyad).otherwise(nw.lit("")),
            who=nw.when(counted).then(nw.min_horizontal(*layout.roles())).otherwise(nw.lit(0)),
            document=nw.when(mirrored).then(layout.document()).otherwise(nw.lit("")),
        )
        .group_by("dyad", "day", "kind", "who", "document")
        .agg(rows=nw.len())
        .with_columns(n=nw.when(nw.col("document") == "").then(nw.col("rows")).otherwise(nw.lit(1)))
    )
    sums = {name: nw.col(name).sum().cast(nw.Int64) for name in ("n", "rows")}
    return cells.group_by("dyad", "day", "kind", "who").agg(**sums).select(*CELLS)


def _joined(one: str, other: str) -> Any:
    import narwhals as nw

    return nw.concat_str(f"{one}_state", f"{other}_state", separator="-")
