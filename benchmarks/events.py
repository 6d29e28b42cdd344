"""Event data at scale: files to signals, against the same work by hand in DuckDB and NumPy in the same run.

``python benchmarks/events.py --rows 1000000`` makes synthetic files in the layout of GDELT 2.0 and prints CPU seconds,
their ratio and the peak memory; every piece of work has a process of its own. ``--format parquet`` for sizes whose CSV
would fill a disk; ``--others`` sets polars and pandas beside it, ``--spark`` compares the sums with Spark's, ``--kills
50`` ends an ingestion as often at a random instant, and ``--trial ROOT`` asks on a user's own event data whether the
intent to meet foretells meetings.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

PER_FILE = 1_000_000
FIRST, YEARS = np.datetime64("2014-01-01"), 10
#: As-of dates of the signals, monthly in the last nine years, and how many dyads have a row on each.
MONTHS = np.arange("2015-06", "2024-01", dtype="datetime64[M]").astype("datetime64[D]")
DYADS = 200
_STATES = """
USA CHN RUS FRA DEU GBR JPN IND PAK ISR IRN TUR UKR KOR PRK SAU EGY SYR IRQ AFG BRA MEX CAN AUS ITA ESP POL NLD BEL
GRC SWE NOR FIN DNK CHE AUT HUN CZE ROU BGR SRB HRV VNM THA PHL IDN MYS SGP BGD LKA NGA ZAF KEN ETH SDN LBY DZA MAR
TUN ARG CHL COL PER VEN CUB JOR LBN ARE QAT KWT
"""
#: The frequent ones more than once; statements, which are no events of PLOVER, are the largest part of the files.
_CODES = """
010 010 010 020 036 036 040 040 043 046 050 051 057 061 071 090 111 112 120 125 130 141 160 164 173 190 190
"""
STATES, CODES = _STATES.split(), _CODES.split()


class Measured(NamedTuple):
    """What a piece of work gave, took and held."""

    result: Any
    cpu: float
    gib: float


def measured(work: Callable[..., Any], *arguments: Any) -> Measured:
    """Work in a process of its own; its CPU seconds hold all threads, and say nothing of others on the machine."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return Measured(*pool.submit(_timed, work, arguments).result())


def _timed(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, float, float]:
    result = work(*arguments)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return result, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20


def make_files(folder: Path, rows: int, form: str) -> None:
    """Synthetic exports, 1 million rows each: skewed dyads, four in five rows of no two states, one in ten mirrored.

    Two whole files of GDELT of 2015 and 2019 have 79% rows of no two states.
    """
    import duckdb

    from forecast.readers.event_layouts import GDELT_2

    folder.mkdir(parents=True, exist_ok=True)
    given = {
        "GLOBALEVENTID": "i", "SQLDATE": "day", "Actor1Code": "a", "Actor1Name": "a", "Actor1CountryCode": "a",
        "Actor1Type1Code": "kind", "Actor2Code": "b", "Actor2Name": "b", "Actor2CountryCode": "b",
        "Actor2Type1Code": "kind", "EventCode": "code", "GoldsteinScale": "'1.0'", "AvgTone": "'-1.25'",
        "ActionGeo_FullName": "'Geneva, Switzerland'", "DATEADDED": "day || '120000'",
        "SOURCEURL": "'https://news.example.org/world/' || (j // 3) || '/a-story-of-usual-length.html'",
    }  # fmt: skip
    cells = ", ".join(
        f'({given[name]})::VARCHAR AS "{name}"' if name in given else f'NULL::VARCHAR AS "{name}"' for name in GDELT_2
    )
    drawn = "(hash(j * 31 + {}) % 1000003) / 1000003.0"
    options = "FORMAT parquet" if form == "parquet" else "FORMAT csv, DELIMITER '\t', HEADER false, QUOTE '', ESCAPE ''"
    with duckdb.connect() as database:
        database.execute("SET preserve_insertion_order = false")
        database.execute("CREATE TABLE states AS SELECT unnest(?) AS state", [STATES])
        for start in range(0, rows, PER_FILE):
            path = folder / f"{start // PER_FILE:05d}.{'parquet' if form == 'parquet' else 'export.CSV'}"
            database.execute(
                f"COPY (SELECT {cells} FROM (SELECT i, j, day, kind, "
                "  CASE WHEN mirrored THEN second ELSE first END AS a, "
                "  CASE WHEN mirrored THEN first ELSE second END AS b, "
                "  CASE WHEN mirrored THEN '043' WHEN j % 10 = 8 THEN '042' ELSE code END AS code FROM ("
                "  SELECT i, j, i <> j AS mirrored, "
                "  strftime(DATE '2014-01-01' + (j * 3652 // ?)::INT, '%Y%m%d') AS day, "
                f"  $states[1 + floor({len(STATES)} * {drawn.format(1)} * {drawn.format(2)})::INT] AS first, "
                f"  CASE WHEN {drawn.format(3)} < 0.74 THEN NULL ELSE "
                f"    $states[1 + floor({len(STATES)} * {drawn.format(4)} * {drawn.format(5)})::INT] END AS second, "
                f"  $codes[1 + floor({len(CODES)} * {drawn.format(6)})::INT] AS code, "
                f"  CASE WHEN {drawn.format(7)} < 0.4 THEN 'GOV' WHEN {drawn.format(7)} < 0.6 THEN 'BUS' END AS kind "
                "  FROM (SELECT i, CASE WHEN i % 10 = 9 THEN i - 1 ELSE i END AS j FROM range(?, ?) AS t(i))))) "
                f"TO '{path}' ({options})".replace("$states", f"{STATES}").replace("$codes", f"{CODES}"),
                [rows, start, min(start + PER_FILE, rows)],
            )


def pairs() -> list[str]:
    """The dyads that have a row on each as-of date."""
    from forecast.facts.countries import canonical_dyad

    named = STATES[:21]
    return sorted({canonical_dyad(a, b) for a in named for b in named if a != b})[:DYADS]


def by_program(files: Path, root: Path) -> np.ndarray[Any, Any]:
    """Files to signals as `forecast ingest` and the panel do it."""
    from forecast.readers.event_engines import engine_named
    from forecast.readers.event_store import ingest_events

    with engine_named("duckdb") as engine:
        ingest_events("gdelt", [files], root=root, engine=engine)
    return signals_of(root)


def signals_of(root: Path) -> np.ndarray[Any, Any]:
    """The family `reported` of all rows, from the cube on disk."""
    from forecast.readers.event_store import read_reports
    from forecast.signals.emerging.reported import reported_signals

    reports, dyads = read_reports(root), pairs()
    tables = []
    for as_of in MONTHS:
        view = SimpleNamespace(today=int(as_of.astype(int)), dyads=dyads, reports=reports.known_before(as_of))
        tables.append(reported_signals(view).to_numpy())
    return np.stack(tables)


def by_hand(files: Path, form: str) -> np.ndarray[Any, Any]:
    """The same from the files in one go: one query in DuckDB, windows by binary search in NumPy."""
    import duckdb

    from forecast.facts.countries import states
    from forecast.facts.reports import CLASSES, classes_of_cameo
    from forecast.readers.event_layouts import _NO_LEADER, _OFFICE, GDELT_2

    with duckdb.connect() as database:
        database.execute("SET memory_limit = '1GB'")
        database.execute("SET preserve_insertion_order = false")
        order = sorted(states(), key=lambda code: (states()[code].order, code))
        rows = [
            (code, place, str(states()[code].exists_from), str(states()[code].exists_to))
            for place, code in enumerate(order)
        ]
        database.execute("CREATE TABLE states (code VARCHAR, place INT, begins VARCHAR, ends VARCHAR)")
        database.executemany("INSERT INTO states VALUES (?, ?, ?, ?)", rows)
        database.execute("CREATE TABLE codes (code VARCHAR, kind INT)")
        kinds = list(CLASSES)
        database.executemany(
            "INSERT INTO codes VALUES (?, ?)", [(c, kinds.index(k)) for c, k in classes_of_cameo().items()]
        )
        columns = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in GDELT_2) + "}"
        source = (
            f"read_parquet('{files}/*.parquet')" if form == "parquet" else
            f"read_csv('{files}/*.CSV', delim = '\t', quote = '', escape = '', header = false, auto_detect = false, "
            f"columns = {columns})"
        )  # fmt: skip

        def role(side: int) -> str:
            kind = f"concat_ws(' ', Actor{side}Type1Code, Actor{side}Type2Code, Actor{side}Type3Code)"
            name = f"coalesce(Actor{side}Name, '')"
            return (
                f"CASE WHEN {kind} LIKE '%GOV%' AND regexp_matches({name}, '{_OFFICE}') "
                f"AND NOT regexp_matches({name}, '{_NO_LEADER}') THEN 2 "
                f"WHEN {kind} LIKE '%GOV%' OR ({kind} = '' AND Actor{side}KnownGroupCode IS NULL) THEN 1 ELSE 0 END"
            )

        cells = database.execute(
            f"""
            WITH reports AS (
                SELECT CASE WHEN a.place < b.place THEN a.code || '-' || b.code
                    ELSE b.code || '-' || a.code END AS dyad,
                    strptime(DATEADDED[:8], '%Y%m%d')::DATE - DATE '1970-01-01' AS day, kind,
                    least({role(1)}, {role(2)}) AS who,
                    CASE WHEN kind BETWEEN 1 AND 3 THEN concat_ws('|', SOURCEURL, least(Actor1Code, Actor2Code),
                        greatest(Actor1Code, Actor2Code)) END AS document
                FROM {source} JOIN states a ON Actor1CountryCode = a.code JOIN states b ON Actor2CountryCode = b.code
                JOIN codes ON EventCode = codes.code WHERE a.code <> b.code
            ), once AS (
                SELECT dyad, kind, day, who, CASE WHEN document IS NULL THEN count(*) ELSE 1 END AS n
                FROM reports WHERE who >= 1 GROUP BY dyad, kind, day, who, document
            )
            SELECT dyad, kind, day, sum(n)::BIGINT AS n, coalesce(sum(n) FILTER (who = 2), 0)::BIGINT AS leaders
            FROM once GROUP BY ALL ORDER BY dyad, kind, day
            """
        ).fetchnumpy()
    return _windows(cells, kinds)


def _windows(cells: dict[str, Any], kinds: list[str]) -> np.ndarray[Any, Any]:
    from forecast.signals.emerging.reported import MEASURES, USUAL_DAYS, WINDOWS

    names, codes = np.unique(np.asarray(cells["dyad"], dtype=str), return_inverse=True)
    keys = (codes * len(kinds) + cells["kind"]) * (1 << 22) + cells["day"]
    sums = [np.concatenate([[0], np.cumsum(np.asarray(cells[name]))]) for name in ("n", "leaders")]
    dyads = np.array(pairs())
    place = np.minimum(np.searchsorted(names, dyads), len(names) - 1)
    known = names[place] == dyads
    result = np.full((len(MONTHS), len(dyads), len(MEASURES), len(WINDOWS)), np.nan)
    for m, as_of in enumerate(MONTHS.astype(int)):
        edges = np.unique([as_of, *(as_of - w for w in WINDOWS), *(as_of - w - USUAL_DAYS for w in WINDOWS)])
        query = (place[:, None, None] * len(kinds) + np.arange(len(kinds))[:, None]) * (1 << 22) + edges
        at = np.searchsorted(keys, query.ravel()).reshape(query.shape)
        for k, (classes, leaders, _) in enumerate(MEASURES.values()):
            seen = np.where(known[:, None, None], sums[int(leaders)][at], 0)[
                :, [kinds.index(one) for one in classes]
            ].sum(axis=1)
            for w, window in enumerate(WINDOWS):
                start, first = np.searchsorted(edges, [as_of - window, as_of - window - USUAL_DAYS])
                now, year = seen[:, -1] - seen[:, start], seen[:, start] - seen[:, first]
                result[m, :, k, w] = np.log((now + 0.5) / (year * window / USUAL_DAYS + 0.5))
    return result.reshape(len(MONTHS), len(dyads), -1)


def by_polars(files: Path) -> int:
    """The program's own expression on polars."""
    import narwhals as nw
    import polars as pl

    from forecast.readers.event_engines import CODES, code_table, reduce, state_table
    from forecast.readers.event_engines import STATES as COLUMNS
    from forecast.readers.event_layouts import BEYOND, LAYOUTS
    from forecast.readers.state_names import state_codes

    layout = LAYOUTS["gdelt2"]
    rows = pl.scan_csv(
        sorted(files.glob("*.CSV")), separator="\t", has_header=False, quote_char=None,
        schema=dict.fromkeys(layout.columns, pl.String),
    ).with_columns(pl.lit(None, pl.String).alias(BEYOND))  # fmt: skip
    states, codes = (
        nw.from_native(pl.LazyFrame(table, schema=list(names), orient="row"))
        for names, table in ((COLUMNS, state_table(state_codes())), (CODES, code_table(layout)))
    )
    cells = reduce(layout, layout.reports(nw.from_native(rows)), states, codes).to_native().collect()
    return int(cells.filter((pl.col("dyad") != "") & (pl.col("who") >= 1))["n"].sum())


def by_pandas(files: Path) -> int:
    """The same reduction in pandas, of the columns that it needs."""
    import pandas as pd

    from forecast.facts.countries import states
    from forecast.facts.reports import classes_of_cameo
    from forecast.readers.event_layouts import _NO_LEADER, _OFFICE, GDELT_2

    sides = [f"Actor{side}{name}" for side in (1, 2) for name in ("Code", "Name", "CountryCode", "KnownGroupCode")]
    kinds = [f"Actor{side}Type{k}Code" for side in (1, 2) for k in (1, 2, 3)]
    tables = [
        pd.read_csv(
            path, sep="\t", header=None, names=list(GDELT_2), dtype=str, quoting=3, keep_default_na=False,
            usecols=[*sides, *kinds, "EventCode", "DATEADDED", "SOURCEURL"],
        )
        for path in sorted(files.glob("*.CSV"))
    ]  # fmt: skip
    rows = pd.concat(tables, ignore_index=True)
    order = {code: place for place, code in enumerate(sorted(states(), key=lambda c: (states()[c].order, c)))}
    places = [rows[f"Actor{side}CountryCode"].map(order) for side in (1, 2)]
    rows["kind"] = rows["EventCode"].map(classes_of_cameo())
    keep = places[0].notna() & places[1].notna() & (places[0] != places[1]) & rows["kind"].notna()
    forward = (places[0] < places[1])[keep]
    rows = rows.loc[keep]
    one, other = rows["Actor1CountryCode"], rows["Actor2CountryCode"]
    rows = rows.assign(dyad=one.where(forward, other) + "-" + other.where(forward, one), day=rows["DATEADDED"].str[:8])
    roles = []
    for side in (1, 2):
        kind = rows[[f"Actor{side}Type{k}Code" for k in (1, 2, 3)]].agg(" ".join, axis=1).str.strip()
        name, official = rows[f"Actor{side}Name"], kind.str.contains("GOV")
        leader = official & name.str.contains(_OFFICE.replace("(?i)", ""), case=False) & ~name.str.contains(_NO_LEADER)
        roles.append(
            np.where(leader, 2, np.where(official | ((kind == "") & (rows[f"Actor{side}KnownGroupCode"] == "")), 1, 0))
        )
    rows["who"] = np.minimum(*roles)
    low, high = (
        fold(rows["Actor1Code"].to_numpy(), rows["Actor2Code"].to_numpy()) for fold in (np.minimum, np.maximum)
    )
    document = (rows["SOURCEURL"] + "|" + low + "|" + high).where(rows["kind"].isin(["visit", "call", "talk"]), "")
    rows["document"] = document
    once = rows.groupby(["dyad", "kind", "day", "who", "document"]).size().reset_index(name="n")
    once.loc[once["document"] != "", "n"] = 1
    cells = once.groupby(["dyad", "kind", "day", "who"])["n"].sum().reset_index()
    return int(cells.loc[cells["who"] >= 1, "n"].sum())


def cells_by(engine: str, files: Path, root: Path) -> dict[str, int]:
    """Sums by class of what an engine makes of the files."""
    import duckdb

    from forecast.readers.event_engines import engine_named
    from forecast.readers.event_store import CUBE, ingest_events

    with engine_named(engine) as running:
        ingest_events("gdelt", [files], root=root, engine=running)
    with duckdb.connect() as database:
        return dict(
            database.execute(
                "SELECT kind || ' ' || who, sum(n)::BIGINT FROM read_parquet(?) WHERE kind <> '' GROUP BY ALL",
                [str(root / CUBE / "gdelt" / "year=*" / "*.parquet")],
            ).fetchall()
        )


def make_ledger(path: Path, rows: int) -> None:
    """A ledger of so many rows over eighteen years, each with a note and an address of its own."""
    random_ = np.random.default_rng(0)
    day = np.datetime64("2007-01-01") + random_.integers(0, 6_570, rows)
    one = random_.integers(0, len(STATES), rows)
    other = (one + random_.integers(1, len(STATES), rows)) % len(STATES)
    levels = np.array(["leader", "minister", "working"])[random_.integers(0, 3, rows)]
    with path.open("w", encoding="utf-8") as file:
        file.write("started_on,ended_on,known_on,source,recipient,event,mode,level,setting,place,note,url\n")
        for k, (start, a, b, level) in enumerate(zip(day.astype(str), one, other, levels, strict=True)):
            file.write(
                f"{start},,{start},{STATES[a]},{STATES[b]},CONSULT,visit,{level},bilateral,{STATES[b]},"
                f'"Talks, number {k}",https://example.org/{k}\n'
            )


def ledger_by_program(path: Path) -> int:
    """Rows of a ledger, read and checked."""
    from forecast.readers.ledger import read_ledger

    return len(read_ledger(path, today=np.datetime64("2026-01-01")))


def ledger_by_duckdb(path: Path) -> int:
    """Rows of a ledger, read into a table."""
    import duckdb

    with duckdb.connect() as database:
        return int(database.sql(f"SELECT * FROM read_csv('{path}', all_varchar = true)").to_arrow_table().num_rows)


def killed(files: Path, place: Path, kills: int) -> None:
    """Kill an ingestion at random instants and go on; what is held in the end is what one run holds."""
    wanted = measured(cells_by, "duckdb", files, place / "whole").result
    root = place / "killed"
    program = (
        "import sys; from pathlib import Path; from forecast.readers.event_engines import engine_named\n"
        "from forecast.readers.event_store import ingest_events\n"
        "with engine_named('duckdb') as engine:\n"
        "    ingest_events('gdelt', [sys.argv[1]], root=Path(sys.argv[2]), engine=engine)"
    )
    command = [sys.executable, "-c", program, str(files), str(root)]
    instants, done = random.Random(7), 0
    for _ in range(kills):
        running = subprocess.Popen(command)
        time.sleep(instants.uniform(0.2, 8.0))
        done += running.poll() is not None
        running.send_signal(signal.SIGKILL)
        running.wait()
        if done:  # all is held: begin again
            shutil.rmtree(root)
            done = 0
    subprocess.run(command, check=True)
    held = measured(cells_by, "duckdb", files, root).result
    print(f"{kills} kills: sums {'equal' if held == wanted else 'DIFFER'}, {sum(held.values())} reports")


def trial(root: Path, days_ahead: int = 30) -> None:
    """Whether the intent to meet, of the last 14 days, adds to climatology: by blocks of time, each left out once."""
    import pandas as pd
    from scipy.special import logit
    from sklearn.linear_model import LogisticRegression

    from forecast.errors import ForecastError
    from forecast.models.baselines import climatology_of
    from forecast.panel.outcomes import met_within
    from forecast.panel.panel import build_panel
    from forecast.workspace import Workspace

    try:
        history = Workspace(root).history
    except ForecastError as problem:
        raise SystemExit(f"no trial: {problem}") from None
    years = {year for by_year in history.reports.years.values() for year in by_year}
    if not years:
        print(f"{root} holds no event data: run 'forecast ingest gdelt|icews|polecat'")
        return
    weeks = np.arange(np.datetime64(f"{min(years)}-01-01"), np.datetime64(f"{max(years) + 1}-01-01"), 7)
    rows = build_panel(history, weeks, emerging=("reported",))
    intent = rows.signals["reported__intent__14d"]
    met = met_within(rows.outcomes, days_ahead)
    keep = (intent.notna() & met.notna()).to_numpy()
    print(
        f"as-of weeks {min(years)} to {max(years)}: {keep.sum()} rows with event data, {int(met[keep].sum())} meetings"
    )
    if met[keep].sum() < 10:
        print("too few meetings to say anything")
        return
    usual = np.clip(climatology_of(rows.signals, [days_ahead])[keep, 0], 1e-4, 1 - 1e-4)
    columns = {"climatology": [logit(usual)], "with intent": [logit(usual), intent.to_numpy()[keep]]}
    blocks = pd.qcut(
        rows.signals.index.get_level_values("as_of")[keep].astype("int64"), 5, labels=False, duplicates="drop"
    )
    outcome = met[keep].to_numpy()
    reference = ((usual - outcome) ** 2).mean()
    for name, parts in columns.items():
        X, chance = np.column_stack(parts), np.empty(len(outcome))
        for block in np.unique(blocks):
            test = blocks == block
            chance[test] = LogisticRegression(C=1.0).fit(X[~test], outcome[~test]).predict_proba(X[test])[:, 1]
        print(f"skill at {days_ahead} days, {name}: {1 - ((chance - outcome) ** 2).mean() / reference:+.3f}")


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv")
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--ledger", action="store_true", help="read a ledger of so many rows instead")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--trial", type=Path)
    asked = parser.parse_args()
    if asked.trial is not None:
        trial(asked.trial)
        return
    with tempfile.TemporaryDirectory(prefix="events-") as folder:
        place, files = Path(folder), Path(folder) / "files"
        if asked.ledger:
            make_ledger(place / "ledger.csv", asked.rows)
            hand, ours = (measured(work, place / "ledger.csv") for work in (ledger_by_duckdb, ledger_by_program))
            print(f"ledger of {ours.result:,} rows; read by DuckDB: {hand.cpu:.1f} CPU s, {hand.gib:.2f} GiB")
            print(f"forecast: {ours.cpu:.1f} CPU s, ratio {ours.cpu / hand.cpu:.2f}, {ours.gib:.2f} GiB")
            return
        make_files(files, asked.rows, asked.format)
        size = sum(path.stat().st_size for path in files.iterdir()) / 2**30
        print(f"{asked.rows:,} rows, {asked.format}, {size:.2f} GiB; load {os.getloadavg()[0]:.1f}")
        hand = measured(by_hand, files, asked.format)
        ours = measured(by_program, files, place / "ours")
        shown = measured(signals_of, place / "ours")
        same = "equal" if np.array_equal(hand.result, ours.result) else "DIFFERENT"
        print(f"DuckDB and NumPy by hand: {hand.cpu:.1f} CPU s, {hand.gib:.2f} GiB")
        print(
            f"forecast: {ours.cpu:.1f} CPU s, ratio {ours.cpu / hand.cpu:.2f} (limit 1.2), {ours.gib:.2f} GiB (limit "
            f"2), {same} values; again from the cube: {shown.cpu:.1f} CPU s"
        )
        if asked.others:
            for name, work in (("polars, the same expression", by_polars), ("pandas", by_pandas)):
                other = measured(work, files)
                print(f"{name}: {other.cpu:.1f} CPU s, {other.gib:.2f} GiB, {other.result} reports (reduction alone)")
        if asked.spark:
            sums = [
                measured(cells_by, engine, files, place / engine.partition(":")[0]) for engine in ("duckdb", "spark")
            ]
            print(f"Spark: sums {'equal' if sums[0].result == sums[1].result else 'DIFFER'}")
        if asked.kills:
            killed(files, place, asked.kills)


if __name__ == "__main__":
    main()
