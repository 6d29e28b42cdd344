"""The verb *check*: coverage, counts, contradictions and the calendar of a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import day_numbers
from forecast.display.table import Column, Document, Table
from forecast.facts.codebook import IN_PERSON_MODES
from forecast.facts.contradictions import contradictions as contradictions_of
from forecast.facts.coverage import Coverage
from forecast.facts.history import History
from forecast.facts.record import NONE
from forecast.files import file_reader, locked
from forecast.readers.coded_facts import ENGAGEMENTS
from forecast.readers.coded_source import MANIFEST, UNCODED, read_manifest, read_rows
from forecast.readers.crosscheck import CalendarCheck, check_calendar, read_gatherings
from forecast.readers.seals import seal_folder
from forecast.signals.catalogue import CATALOGUE
from forecast.signals.cube import classified
from forecast.workspace import Workspace, facts_folder

#: Contradictions and rows that decide nothing shown beside the counts.
SHOWN: Final = 5
#: Days from which a stay of leaders is worth a look.
LONG_STAY_DAYS: Final = 14
#: Days before a planned meeting from which its announcement is taken for a slip of the pen.
EARLY_PLAN_DAYS: Final = 1096
_UNDECIDED: Final = ("publisher", "record_id", "dyad", "started_on", "ended_on")
_UNCOVERED: Final = "no complete source covers the pair then"
_UNSEEN: Final = "no meeting, no plan, and no signal looks at it"


def check(*, root: Path | str = ".") -> pd.DataFrame:
    """Report what the workspace `root` knows: coverage, counts and records that could not be coded.

    Parameters
    ----------
    root : path-like

    Returns
    -------
    pandas.DataFrame
        One row a source: publisher, source, holds (of whom, in which direction), complete, coverage_start,
        coverage_end, declared, records, events, leader_meetings, undecided (meetings that resolve nothing and, of a
        ledger, rows that nothing looks at), uncoded, coded_share_since_1945. What a source does not report is missing.
    """
    workspace = Workspace(root)
    history, aside = workspace.history, undecided(root=root)
    idle = aside.loc[aside["reason"].isin([_UNCOVERED, _UNSEEN]), "record_id"]
    rows = []
    for coverage in history.coverages:
        folder, counts = workspace.raw / coverage.publisher, dict[str, float]()
        own = history.events.loc[history.events["publisher"] == coverage.publisher]
        if (folder / MANIFEST).exists():
            table, counts = _collection(folder, coverage.source)
            own = own.loc[own["record_id"].isin(table["record_id"])]
            events = table.loc[table["event"] != ""]
        else:
            events = own
        leaders = (events["level"] == "leader") & (events["status"] == "occurred") & (events["event"] == "CONSULT")
        rows.append(
            {
                "publisher": coverage.publisher, "source": coverage.source, "holds": holds(history, coverage),
                "complete": coverage.complete, "coverage_start": str(coverage.starts_on),
                "coverage_end": str(coverage.ends_on), "declared": coverage.declared,
                "records": counts.get("records"), "events": len(events),
                "leader_meetings": int((leaders & events["mode"].isin(IN_PERSON_MODES)).sum()),
                "undecided": int(own["record_id"].isin(idle).sum()),
                "uncoded": int(counts.get("uncoded", 0)),
                "coded_share_since_1945": counts.get("coded_rate_since_1945"),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


@file_reader
def _collection(folder: Path, name: str) -> tuple[pd.DataFrame, dict[str, float]]:
    """Rows of a collection of coded facts, and what its manifest counts."""
    said = read_manifest(folder / MANIFEST)["collections"][name]
    counts = {key: float(said[key]) for key in ("records", "coded_rate_since_1945") if said.get(key) is not None}
    counts["uncoded"] = sum(int(count) for count in said.get("uncoded", {}).values())
    return read_rows(folder / f"{name}.csv"), counts


def seal(*, root: Path | str = ".") -> list[str]:
    """Seal the coded facts and the tables of hand as they are, and name the files that were not as their seal said."""
    raw = facts_folder(root)
    folders = [path.parent for path in sorted(raw.glob(f"*/{MANIFEST}")) if path.parent.name != ENGAGEMENTS]
    with locked(raw):
        return [str((folder / name).relative_to(raw)) for folder in (raw, *folders) for name in seal_folder(folder)]


def holds(history: History, coverage: Coverage) -> str:
    """Whose meetings a source holds, and in which direction."""
    if coverage.focal:
        of = {"journeys": "journeys of", "visits": "visits to", "both": "journeys of and visits to"}
        below = "" if coverage.defines_meetings else "ministers' "
        return f"{below}{of.get(coverage.direction, 'events of')} {coverage.focal}"
    dyads = sorted(history.events.loc[history.events["publisher"] == coverage.publisher, "dyad"].unique())
    return dyads[0] if len(dyads) == 1 else f"{len(dyads)} pairs"


def contradictions(*, root: Path | str = ".") -> pd.DataFrame:
    """List where the sources of the workspace `root` contradict one another (`forecast.facts.contradictions`)."""
    return contradictions_of(Workspace(root).history)


def undecided(*, root: Path | str = ".") -> pd.DataFrame:
    """List the rows that can decide nothing, and in ledgers very long stays of leaders and very early plans.

    A meeting on a day that no complete source covers for the pair informs signals and resolves no outcome. A ledger's
    row that is no meeting, no plan and looked at by no signal of the catalogue informs nothing either.

    Parameters
    ----------
    root : path-like

    Returns
    -------
    pandas.DataFrame
        Columns publisher, record_id, dyad, started_on, ended_on, reason.
    """
    history = Workspace(root).history
    events = history.events
    met = (events["meeting_of"] != NONE).to_numpy()
    first, last = (day_numbers(events[name].to_numpy("datetime64[D]")) for name in ("started_on", "ended_on"))
    reasons = np.full(len(events), "", dtype=object)
    for dyad, rows in events.loc[met].groupby("dyad").groups.items():
        at = events.index.get_indexer(rows)
        reasons[at[history.resolved_until(str(dyad), first[at]) == first[at]]] = _UNCOVERED
    kinds = classified(history, events)
    seen = met | ((events["level"] == "leader") & (events["status"] != "occurred")).to_numpy()
    for signal in CATALOGUE.values():
        seen |= signal.select.takes(kinds)
        seen |= signal.against.takes(kinds) if signal.against is not None else False
    ledger = events["publisher"].str.startswith("ledger:").to_numpy()
    reasons[ledger & ~seen] = _UNSEEN
    long = np.where(ledger & met & (last - first >= LONG_STAY_DAYS), f"lasts more than {LONG_STAY_DAYS} days", "")
    ahead = first - day_numbers(events["known_on"].to_numpy("datetime64[D]"))
    early = np.where(ledger & (ahead > EARLY_PLAN_DAYS), "announced more than three years ahead", "")
    both = pd.concat([events[list(_UNDECIDED)].assign(reason=why) for why in (reasons, long, early)])
    named = pd.DataFrame(both.loc[both["reason"] != ""])
    days = {name: named[name].dt.strftime("%Y-%m-%d") for name in ("started_on", "ended_on")}
    return named.assign(**days).sort_values(["publisher", "reason", *_UNDECIDED[2:], "record_id"], ignore_index=True)


def calendar_check(*, root: Path | str = ".") -> CalendarCheck | None:
    """Look up in the calendar the summits that the records name; None without a calendar or without such a summit."""
    workspace = Workspace(root)
    return named_summits(workspace.history, workspace.raw)


def named_summits(history: History, raw: Path) -> CalendarCheck | None:
    """The summits that the records of a history name, looked up in its calendar."""
    result = check_calendar(history, read_gatherings(raw)) if history.calendar.editions else None
    return result if result is not None and result.named else None


def notes_on_sources(declared: bool, calendar: CalendarCheck | None) -> list[str]:
    """Notes below a table of sources: whose days are not declared, and how many named summits the calendar has."""
    notes = [] if declared else ["? not declared: taken from the first and last known_on of the ledger"]
    if calendar is not None:
        counts = f"{len(calendar.matched)} of {calendar.named}"
        notes.append(f"named summits since 1990 in the calendar: {calendar.share:.1%} ({counts})")
    return notes


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
    details = [f"{row['holds']}{'' if row['complete'] else ', not all of them'}" for _, row in rows.iterrows()]
    notes = []
    shares = rows.dropna(subset="coded_share_since_1945")
    if len(shares):
        each = ", ".join(f"{row['source']} {row['coded_share_since_1945']:.1%}" for _, row in shares.iterrows())
        notes += [f"coded since 1945: {each}", "'forecast check --uncoded' lists the records that could not be coded"]
    notes += notes_on_sources(bool(rows["declared"].all()), calendar)
    return Table(columns, cells, notes=notes, details=details)


def problems_table(contradicted: pd.DataFrame, aside: pd.DataFrame) -> Document:
    """The latest contradictions between sources, and the latest rows that decide nothing, with their counts."""
    parts = []
    if len(contradicted):
        by_kind = ", ".join(f"{n} {kind}" for kind, n in contradicted["kind"].value_counts(sort=False).items())
        other = contradicted["kind"] + ": " + contradicted["other"] + " " + contradicted["other_days"]
        title = f"{len(contradicted)} contradictions: {by_kind}"
        parts.append(_latest(contradicted.assign(reason=other), "but", title, "--contradictions"))
    if len(aside):
        counted = "1 row that decides" if len(aside) == 1 else f"{len(aside)} rows that decide"
        title = f"{counted} nothing, or odd ones"
        parts.append(_latest(aside.sort_values("started_on", kind="stable"), "why", title, "--undecided"))
    return Document(*parts)


def _latest(rows: pd.DataFrame, why: str, title: str, flag: str) -> Table:
    columns = {"dyad": Column("dyad"), "started_on": Column("day"), "publisher": Column("reported by", width=23),
               "reason": Column(why, wraps=True)}  # fmt: skip
    return Table.of(rows.tail(SHOWN), columns, title=title, notes=[f"'forecast check {flag}' lists all"])


def uncoded(*, root: Path | str = ".") -> pd.DataFrame:
    """List the records of the workspace `root` that could not be coded, with the reason.

    Parameters
    ----------
    root : path-like

    Returns
    -------
    pandas.DataFrame
        Columns collection, record_id, started_on, reason and more as `forecast ingest` wrote them, and publisher; empty
        without a publisher's records.
    """
    paths = sorted(Workspace(root).raw.glob(f"*/{UNCODED}"))
    tables = [read_rows(path).assign(publisher=path.parent.name) for path in paths]
    empty = pd.DataFrame(columns=["collection", "record_id", "started_on", "reason", "publisher"])
    return pd.concat(tables, ignore_index=True).fillna("") if tables else empty
