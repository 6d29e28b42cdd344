"""The verb *check*: coverage, counts and the calendar of a workspace."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecast.display.table import Column, Table
from forecast.facts.codebook import IN_PERSON_MODES
from forecast.readers.coded_facts import STATE_DEPARTMENT
from forecast.readers.coded_source import read_manifest
from forecast.readers.crosscheck import CalendarCheck, check_calendar, read_gatherings
from forecast.workspace import Workspace


def check(*, root: Path | str = ".") -> pd.DataFrame:
    """Report what the workspace `root` knows: coverage, counts and records that could not be coded.

    Parameters
    ----------
    root : path-like

    Returns
    -------
    pandas.DataFrame
        One row a source: publisher, source, coverage_start, coverage_end, declared, records, events,
        leader_meetings, uncoded, coded_share_since_1945. What a source does not report is missing.
    """
    workspace = Workspace(root)
    history, folder = workspace.history, workspace.raw / STATE_DEPARTMENT
    rows = []
    for coverage in history.coverages:
        if coverage.publisher == STATE_DEPARTMENT:
            events = pd.read_csv(folder / f"{coverage.source}.csv", dtype=str, keep_default_na=False)
            events = events.loc[events["event"] != ""]
            manifest = read_manifest(folder / "manifest.json")["collections"][coverage.source]
        else:
            events, manifest = history.events.loc[history.events["publisher"] == coverage.publisher], {}
        leaders = events.loc[(events["level"] == "leader") & (events["status"] == "occurred")]
        rows.append(
            {
                "publisher": coverage.publisher, "source": coverage.source, "coverage_start": str(coverage.starts_on),
                "coverage_end": str(coverage.ends_on), "declared": coverage.declared,
                "records": manifest.get("records"), "events": len(events),
                "leader_meetings": int(leaders["mode"].isin(IN_PERSON_MODES).sum()),
                "uncoded": sum(manifest.get("uncoded", {}).values()),
                "coded_share_since_1945": manifest.get("coded_rate_since_1945"),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def calendar_check(*, root: Path | str = ".") -> CalendarCheck | None:
    """Look up in the calendar the summits that the records name; None without a calendar or without such a summit."""
    workspace = Workspace(root)
    history = workspace.history
    if not history.calendar.editions:
        return None
    result = check_calendar(history, read_gatherings(workspace.raw))
    return result if result.named else None


def table(rows: pd.DataFrame, calendar: CalendarCheck | None) -> Table:
    """What the workspace knows, a row a source."""
    columns = [
        Column("source", width=21), Column("covered"),
        Column("records", align="right", form=lambda records: f"{int(records)}", missing=""),
        *(Column(head, align="right") for head in ("events", "leaders", "uncoded")),
    ]  # fmt: skip
    cells = [
        (row["source"], f"{row['coverage_start']} to {row['coverage_end']}{'' if row['declared'] else '?'}",
         row["records"], row["events"], row["leader_meetings"], row["uncoded"])
        for _, row in rows.iterrows()
    ]  # fmt: skip
    notes = []
    shares = rows.dropna(subset="coded_share_since_1945")
    if len(shares):
        each = ", ".join(f"{row['source']} {row['coded_share_since_1945']:.1%}" for _, row in shares.iterrows())
        notes += [f"coded since 1945: {each}", "'forecast check --uncoded' lists the records that could not be coded"]
    if not rows["declared"].all():
        notes.append("? not declared: taken from the first and last known_on of the ledger")
    if calendar is not None:
        counts = f"{len(calendar.matched)} of {calendar.named}"
        notes.append(f"named summits since 1990 in the calendar: {calendar.share:.1%} ({counts})")
    return Table(columns, cells, notes=notes)
