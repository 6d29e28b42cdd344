"""Whatever is wrong with a file, its reader gives facts or one error that names the file: nothing else escapes.

Every reader gets a sound folder of small files. One file is broken in a way that a seed draws: bits flipped, parts cut
out, doubled or inserted, cells and JSON values exchanged for impossible ones, other encodings. Where a folder has a
seal, it is sealed again, so that what lies behind the seal is tried too.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import openpyxl
import pandas as pd
import pytest

import forecast as fc
from cases import each
from event_rows import gdelt_line, write_events
from forecast.backtesting.checkpoint import ABLATION, CUTS, FORECASTS, RECORD, SCORES, open_checkpoint
from forecast.coding.state_department import code
from forecast.dates import Day
from forecast.errors import ForecastError
from forecast.exchange.comparison import read_entries
from forecast.explanation.analogues import kept_rows, training_rows
from forecast.facts.history import History
from forecast.monitoring.forecast_log import append_forecasts, read_log
from forecast.promotion.champions import export_champion, switch
from forecast.readers.any_table import read_any_table
from forecast.readers.archives import read_archive
from forecast.readers.calendar import read_calendar
from forecast.readers.china import code_china
from forecast.readers.coded_facts import read_addresses, read_engagements
from forecast.readers.coded_source import read_source
from forecast.readers.colt import code_colt
from forecast.readers.crosscheck import read_gatherings
from forecast.readers.event_store import read_reports
from forecast.readers.kept_facts import kept_history
from forecast.readers.leaders import read_leaders
from forecast.readers.seals import SEAL, seal_folder
from forecast.readers.wikipedia_trips import code_trips
from forecast.training.bundle import load_bundle, pack_state, save_bundle, state_hash, version_of
from forecast.training.champion import read_champion, read_journal
from forecast.training.train import train
from forecast.verbs.check import uncoded
from forecast.verbs.promote import reports
from forecast.workspace import load_history, read_settings, shipped_facts
from publisher_host import archive
from simulated_ledgers import rivals_workspace

HERE = Path(__file__).parent
TODAY = np.datetime64("2026-11-27", "D")
#: Seeds of each file; the slow run tries seven times as many.
QUICK, SLOW = 8, 60

NASTY = (
    *("", " ", "0", "-1", "NaN", "inf", "1e999", "9" * 400, "0000-00-00", "2023-02-30", "0001-01-01", "9999-12-31"),
    *("10000-01-01", "2023-01-01T00:00", "\x00", "\x1b[31m", "\u202e", "\ud7ff", "'", '"', ",,,", "a" * 200_000),
    *("../../etc/passwd", "null", "true", "[]", "{}", "<x>", "&lt;", "*UN", "USA", "Atlantis", "SCG", "-0.0", "\u0663"),
)
VALUES = (None, True, 0, -1, 1.5, 10**400, "", "x", "\x00", "9999-12-31", [], [None], {}, {"a": 1}, [[[[]]]])


def broken(content: bytes, name: str, draw: random.Random) -> bytes:
    """Break a file in a way that a random generator draws."""
    if not content:
        return b"\xff" * draw.randrange(1, 9)
    at, length = draw.randrange(len(content)), draw.choice((1, 2, 8, 64))
    way = draw.randrange(12 if name.endswith((".json", ".jsonl")) else 10)
    if way == 0:
        return content[:at]
    if way == 1:
        return content[:at] + bytes([content[at] ^ 1 << draw.randrange(8)]) + content[at + 1 :]
    if way == 2:
        return content[:at] + draw.randbytes(length) + content[at:]
    if way == 3:
        return content[:at] + content[at + length :]
    if way == 4:
        other = draw.randrange(len(content))
        return content[:at] + content[min(at, other) : max(at, other)] + content[at:]
    if way == 5:
        return draw.choice(
            (b"", b"[" * 100_000, b'{"a":' * 100_000, b"\x00" * 999, b"PK\x03\x04", b"\xef\xbb\xbf", b"\n")
        )
    if way == 6:
        return content.decode("utf-8", "replace").encode(
            draw.choice(("utf-16", "utf-8-sig", "utf-32", "cp037")), "replace"
        )
    if way == 7:
        lines = content.splitlines(keepends=True)
        draw.shuffle(lines)
        return b"".join(lines)
    if way in (8, 9):
        return _cell_exchanged(content, draw)
    return _value_exchanged(content, draw)


def _cell_exchanged(content: bytes, draw: random.Random) -> bytes:
    """A cell of a line between commas, quotes, colons or angle brackets, exchanged for an impossible one."""
    lines = content.decode("utf-8", "replace").split("\n")
    at = draw.randrange(len(lines))
    sign = draw.choice([one for one in ',;":<>' if one in lines[at]] or [","])
    cells = lines[at].split(sign)
    cells[draw.randrange(len(cells))] = draw.choice(NASTY)
    lines[at] = sign.join(cells)
    return "\n".join(lines).encode("utf-8", "replace")


def _value_exchanged(content: bytes, draw: random.Random) -> bytes:
    """A value of a JSON document exchanged for one of another kind, or left out."""
    try:
        document = json.loads(content)
    except ValueError:
        return content + b"}"
    places: list[tuple[dict | list, object]] = []
    queue = [document]
    while queue:
        one = queue.pop()
        inner = list(one.items()) if isinstance(one, dict) else list(enumerate(one)) if isinstance(one, list) else []
        places += [(one, key) for key, _ in inner]
        queue += [value for _, value in inner]
    if not places or draw.random() < 0.05:
        return json.dumps(draw.choice(VALUES)).encode()
    holder, key = draw.choice(places)
    if draw.random() < 0.3:
        del holder[key]
    else:
        holder[key] = draw.choice(VALUES)
    return json.dumps(document).encode()


# --- sound folders ---


def head(path: Path, rows: int = 8, wanted: str = "") -> str:
    """The header of a CSV file and its first rows, or those that hold a word."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(lines[:1] + [line for line in lines[1:] if wanted in line][:rows])


def put(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


LEDGER = (
    "started_on,ended_on,known_on,source,recipient,event,mode,level,setting,status,place,persons,note,url\n"
    "2019-02-01,2019-02-03,2019-02-03,IND,PAK,CONSULT,visit,leader,bilateral,occurred,PAK,A,n,https://example.org/1\n"
    "2019-06-01,,2019-06-02,PAK,IND,CONSULT,phone,minister,,,,,,\n"
    "2019-09-09,,2019-09-01,India,Pakistan,REJECT,meet,leader,,,,,,\n"
)


def facts_folder(folder: Path) -> Path:
    """Few rows of every file of shipped facts, with a ledger and coded facts that are sealed."""
    shipped = shipped_facts()
    put(
        folder,
        {
            "venues.csv": head(shipped / "venues.csv", 12, "g20"),
            "memberships.csv": head(shipped / "memberships.csv", 20, "g20"),
            "leaders.csv": head(shipped / "leaders.csv"),
            "gatherings.csv": head(shipped / "gatherings.csv"),
            "meetings-beside-summits.csv": head(shipped / "meetings-beside-summits.csv"),
            "record-corrections.csv": head(shipped / "record-corrections.csv", 0),
            "engagements/ind-pak.csv": LEDGER,
            "engagements/manifest.json": json.dumps(
                {"ind-pak.csv": {"coverage_start": "2019-01-01", "coverage_end": "2020-01-01", "complete": True}}
            ),
            "state-department/visits.csv": head(shipped / "state-department/visits.csv"),
            "state-department/uncoded.csv": head(shipped / "state-department/uncoded.csv"),
        },
    )
    manifest = json.loads((shipped / "state-department/manifest.json").read_text(encoding="utf-8"))
    manifest["collections"] = {"visits": manifest["collections"]["visits"]}
    put(folder, {"state-department/manifest.json": json.dumps(manifest)})
    seal_folder(folder / "state-department")
    (folder / "features").mkdir()
    _kept_facts(folder)
    return folder


def source_folder(folder: Path) -> Path:
    publisher = HERE.parent / "coding" / "fixtures" / "state-department" / "publisher"
    shutil.copytree(publisher / "travels", folder, dirs_exist_ok=True)
    shutil.copytree(publisher / "visits" / "data", folder / "visits")
    return folder


def tables_folder(folder: Path) -> Path:
    fixtures = HERE / "fixtures"
    shutil.copytree(fixtures / "china", folder / "china")
    shutil.copytree(fixtures / "wikipedia-trips", folder / "wikipedia")
    columns = (fixtures / "colt" / "header.csv").read_text(encoding="utf-8").strip()
    row = dict.fromkeys(columns.split(","), "x") | {
        "LeaderCountryOrIGO": "Brazil", "LeaderCountryISO": "BRA", "CountryVisited": "Chile",
        "CountryVisitedISO": "CHL", "TripStartDate": "2013-01-26", "TripEndDate": "2013-01-28", "TripYear": "2013",
    }  # fmt: skip
    put(folder, {"colt/trips.csv": columns + "\n" + ",".join(row.values()) + "\n", "table.csv": LEDGER})
    shutil.copy(fixtures / "colt" / "cancelled.csv", folder / "colt" / "cancelled.csv")
    shutil.copy(shipped_facts() / "announcement-rules.csv", folder / "rules.csv")
    put(folder, {"colt/leaders.csv": head(shipped_facts() / "leaders.csv", 8, "BRA")})
    for name, header, cells in (("colt/trips.xlsx", columns, row.values()), ("table.xlsx", *LEDGER.splitlines()[:2])):
        book = openpyxl.Workbook()
        book.active.append(header.split(","))
        book.active.append(cells.split(",") if isinstance(cells, str) else list(cells))
        book.save(folder / name)
    return folder


FORECAST_ROWS = (
    "model_id,model_version,dyad,as_of,horizon_days,target,probability,climatology,outcome\n"
    "hazard,2019-01-01-00000000,IND-PAK,2019-02-01,90,meeting,0.25,0.1,1\n"
    "hazard,2019-01-01-00000000,IND-PAK,2019-05-01,90,meeting,0.5,,\n"
)
CROWD = "question,dyad,as_of,by,probability,outcome,forecaster\nq,IND-PAK,2019-02-01,2019-05-01,0.7,1,ann\n"
REQUEST = {"start": "2019-02-01", "models": ["hazard"], "horizons": [30], "data": "0", "code": "1"}
SETTINGS_TEXT = 'focal = ["USA"]\nhorizons = ["30d", "90d"]\nsources = ["state-department"]\nschedule = "monthly"\n'
FORECAST = {
    "model_id": "hazard", "model_version": "v", "dyad": "IND-PAK", "as_of": "2019-02-01", "horizon_days": 30,
    "window_end": "2019-03-02", "target": "meeting", "probability": 0.25, "climatology": 0.1, "issued_at": "now",
}  # fmt: skip


def results_folder(folder: Path) -> Path:
    put(folder, {"forecasts.csv": FORECAST_ROWS, "crowd.csv": CROWD})
    table = pd.read_csv(folder / "forecasts.csv", keep_default_na=False)
    put(folder, {"forecasts.json": json.dumps(table.to_dict(orient="records"), default=str)})
    checkpoint = {
        RECORD: json.dumps(REQUEST),
        FORECASTS: "model_id,dyad,as_of,probability,climatology\nhazard,IND-PAK,2019-02-01,0.25,0.1\n",
        SCORES: json.dumps([{"model": "hazard", "score": 0.1}]),
        CUTS: "cut,score\nall,0.1\n",
        ABLATION: "family,gain\nvisits,0.1\n",
    }
    put(folder, {f"backtest/{name}": content for name, content in checkpoint.items()})
    append_forecasts(folder, [FORECAST, FORECAST])
    report = {"decided_at": "2019", "target": "meeting", "challenger": {"name": "x", "model_version": "v"}}
    put(folder, {"mlruns/retrain/one/report.json": json.dumps(report)})
    put(folder, {"forecast.toml": SETTINGS_TEXT})
    return put(folder, {"archive.tar.gz": archive({"data/1970.xml": b"<visits/>"})})


def models_folder(folder: Path) -> Path:
    """A bundle, a champion with its journal, and kept training rows."""
    history = load_history(rivals_workspace(folder / "rivals"))
    day = np.datetime64("2014-01-01", "D")
    one = train(history, day, model="climatology", target="meeting")
    save_bundle(folder / "bundle", pack_state(one.model), one.card)
    name = export_champion(folder, one, {"rows_code": "0"})
    switch(folder, "meeting", name, by="promote")
    training_rows(folder, history, day, target="meeting")
    assert kept_rows(folder, history, day, target="meeting") is not None
    _HISTORY.append((history, day))
    return folder


def events_folder(folder: Path) -> Path:
    """Event data, and what they were reduced to."""
    lines = [gdelt_line("2018-03-02", "USA/GOV", "CHN/GOV", "036"), gdelt_line("2018-03-03", "USA", "CHN", "010")]
    write_events(folder / "20180303.export.CSV", lines)
    _ingested(folder)
    return folder


#: The history of the kept training rows.
_HISTORY: list[tuple[History, Day]] = []


# --- readers ---


def _kept_facts(folder: Path) -> History:
    """What is parsed is kept beside the facts, under a key that the test names."""
    return kept_history(folder / "features" / "facts", "a" * 64, lambda: load_history(folder.parents[1]))


def _ingested(folder: Path) -> object:
    shutil.rmtree(folder / "data", ignore_errors=True)
    (folder / "data" / "raw").mkdir(parents=True)
    return fc.ingest("gdelt", folder / "20180303.export.CSV", root=folder)


def _counted(folder: Path) -> object:
    days = np.arange(17500, 17700)
    return read_reports(folder).counts("gdelt", np.array(["USA-CHN"]), days)


def _checkpoint(folder: Path) -> None:
    with open_checkpoint(folder / "backtest", REQUEST) as checkpoint:
        checkpoint.forecasts()
        checkpoint.scores()
        checkpoint.ablation()


def _bundle(folder: Path) -> None:
    """A bundle that is sealed again, so that what lies behind the seal is tried."""
    path = folder / "bundle"
    try:
        content = json.loads((path / "card.json").read_text(encoding="utf-8"))
        content.pop("seal", None)
        content["state_sha256"] = state_hash((path / "state.npz").read_bytes(), content["trained_as_of"])
        content["model_version"] = version_of(content["trained_as_of"], content["state_sha256"])
        seal = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        (path / "card.json").write_text(json.dumps({**content, "seal": seal}), encoding="utf-8")
    except Exception:  # a card that is broken stays as it is
        pass
    load_bundle(path)


def _table(name: str) -> Callable[[Path], object]:
    return lambda at: read_any_table(at / name, today=TODAY, mapping=None, focal=None)


def _china(at: Path) -> None:
    place = at / "china"
    code_china(place / "journeys.csv", place / "visits.csv", attendees=place / "attendees.csv", version="x")


def _colt(name: str) -> Callable[[Path], object]:
    register = "colt/leaders.csv"
    return lambda at: code_colt(at / name, cancelled=at / "colt" / "cancelled.csv", leaders=at / register, version="x")


def _wikipedia(name: str) -> Callable[[Path], object]:
    return lambda at: code_trips([at / "wikipedia" / name], leader_state="FRA", today=TODAY, leaders=())


#: By what is read: the sound folder, the file that is broken, the reader of the folder.
READERS: Final[dict[str, tuple[Callable[[Path], Path], str, Callable[[Path], object]]]] = {
    "venues": (facts_folder, "venues.csv", read_calendar),
    "memberships": (facts_folder, "memberships.csv", read_calendar),
    "leaders": (facts_folder, "leaders.csv", read_leaders),
    "gatherings": (facts_folder, "gatherings.csv", read_gatherings),
    "ledger": (facts_folder, "engagements/ind-pak.csv", lambda at: read_engagements(at / "engagements")),
    "ledgers' manifest": (facts_folder, "engagements/manifest.json", lambda at: read_engagements(at / "engagements")),
    "coded facts": (facts_folder, "state-department/visits.csv", lambda at: read_source(at / "state-department")),
    "their manifest": (facts_folder, "state-department/manifest.json", lambda at: read_source(at / "state-department")),
    "uncoded": (facts_folder, "state-department/uncoded.csv", lambda at: uncoded(root=at.parents[1])),
    "addresses of summits": (facts_folder, "venues.csv", read_addresses),
    "addresses of records": (facts_folder, "state-department/visits.csv", read_addresses),
    "addresses by manifest": (facts_folder, "state-department/manifest.json", read_addresses),
    **{
        f"workspace, {name}": (facts_folder, name, lambda at: fc.check(root=at.parents[1]))
        for name in (
            *("venues.csv", "memberships.csv", "leaders.csv", "meetings-beside-summits.csv", "record-corrections.csv"),
            *("engagements/ind-pak.csv", "engagements/manifest.json", "state-department/visits.csv"),
            "state-department/manifest.json",
        )
    },
    "China's journeys": (tables_folder, "china/journeys.csv", _china),
    "China's visits": (tables_folder, "china/visits.csv", _china),
    "China's guests": (tables_folder, "china/attendees.csv", _china),
    "COLT": (tables_folder, "colt/trips.csv", _colt("colt/trips.csv")),
    "COLT's workbook": (tables_folder, "colt/trips.xlsx", _colt("colt/trips.xlsx")),
    "COLT's cancelled journeys": (tables_folder, "colt/cancelled.csv", _colt("colt/trips.csv")),
    "COLT's leaders": (tables_folder, "colt/leaders.csv", _colt("colt/trips.csv")),
    "any table": (tables_folder, "table.csv", _table("table.csv")),
    "any workbook": (tables_folder, "table.xlsx", _table("table.xlsx")),
    "a page": (tables_folder, "wikipedia/year-sections.html", _wikipedia("year-sections.html")),
    "an answer of the API": (tables_folder, "wikipedia/wikitext-answer.json", _wikipedia("wikitext-answer.json")),
    **{
        f"the State Department's {name}": (source_folder, place, code)
        for name, place in (
            ("journeys", "president-travels/carter-jimmy.xml"),
            ("presidents", "presidents/presidents.xml"),
        )
    },
    "archive": (
        results_folder,
        "archive.tar.gz",
        lambda at: read_archive((at / "archive.tar.gz").read_bytes(), "archive", folders=["data"]),
    ),
    "forecasts": (results_folder, "forecasts.csv", lambda at: read_entries([at / "forecasts.csv"], target="meeting")),
    "forecasts in JSON": (
        results_folder,
        "forecasts.json",
        lambda at: read_entries([at / "forecasts.json"], target="meeting"),
    ),
    "a crowd": (results_folder, "crowd.csv", lambda at: read_entries([at / "crowd.csv"], target="meeting")),
    "log": (results_folder, "forecast-log/log.jsonl", read_log),
    "log, added to": (results_folder, "forecast-log/log.jsonl", lambda at: append_forecasts(at, [FORECAST])),
    "backtest, request": (results_folder, f"backtest/{RECORD}", _checkpoint),
    "backtest, forecasts": (results_folder, f"backtest/{FORECASTS}", _checkpoint),
    "backtest, scores": (results_folder, f"backtest/{SCORES}", _checkpoint),
    "backtest, ablation": (results_folder, f"backtest/{ABLATION}", _checkpoint),
    "settings": (results_folder, "forecast.toml", read_settings),
    "facts kept": (facts_folder, "features/facts/*.facts", _kept_facts),
    "event data": (events_folder, "20180303.export.CSV", _ingested),
    "event data, index": (events_folder, "data/features/*/gdelt/index/*.json", _counted),
    "event data, cells": (events_folder, "data/features/*/gdelt/*/*.parquet", _counted),
    "reports of retrainings": (results_folder, "mlruns/retrain/one/report.json", reports),
    "bundle, card": (models_folder, "bundle/card.json", lambda at: load_bundle(at / "bundle")),
    "bundle, state": (models_folder, "bundle/state.npz", lambda at: load_bundle(at / "bundle")),
    "bundle, card, sealed": (models_folder, "bundle/card.json", _bundle),
    "bundle, state, sealed": (models_folder, "bundle/state.npz", _bundle),
    "champion, decision": (models_folder, "mlruns/champions/*/decision.json", lambda at: read_champion(at, "meeting")),
    "champion, card": (models_folder, "mlruns/champions/*/card.json", lambda at: read_champion(at, "meeting")),
    "champion, journal": (models_folder, "mlruns/champions/meeting.json", lambda at: read_journal(at, "meeting")),
    "kept rows": (models_folder, "data/features/*/rows.npz", lambda at: kept_rows(at, *_HISTORY[0], target="meeting")),
}
#: What only makes reading quicker, or can be made anew: it makes room, and nothing at all is raised.
MAKES_ROOM: Final = ("kept rows", "facts kept", "champion, journal", "reports of retrainings", "backtest, ablation")


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[Callable[[Path], Path], Path]:
    """The sound folders, each made once."""
    made = {}
    for make in {row[0] for row in READERS.values()}:
        place = tmp_path_factory.mktemp("sound") / "data" / "raw"
        place.mkdir(parents=True)
        made[make] = make(place)
    return made


def found(folder: Path, name: str) -> Path:
    """The file of a name, or the one whose folders have names of their own."""
    (path,) = folder.glob(name)
    return path


@each("case", READERS)
def test_a_sound_folder_is_read(folders, case):
    make, name, read = READERS[case]
    assert found(folders[make], name).stat().st_size > 0
    read(folders[make])


def try_seeds(folder: Path, case: str, seeds: range) -> int:
    """Break one file once a seed and read it; how often it was refused."""
    _, name, read = READERS[case]
    path = found(folder, name)
    sound, refused, seal = path.read_bytes(), 0, folder / "state-department" / SEAL
    sealed = seal.read_bytes() if seal.exists() else b""
    card = (folder / "bundle" / "card.json").read_bytes() if (folder / "bundle").exists() else b""
    for seed in seeds:
        draw = random.Random(f"{case} {seed}")
        path.write_bytes(broken(sound, name, draw))
        if sealed and draw.random() < 0.8:
            seal_folder(folder / "state-department")
        try:
            read(folder)
        except ForecastError:
            refused += 1
        except Exception as error:
            error.add_note(f"{case}, seed {seed}: {path.read_bytes()[:200]!r}")
            raise
        finally:
            path.write_bytes(sound)
            if sealed:
                seal.write_bytes(sealed)
            if card:
                (folder / "bundle" / "card.json").write_bytes(card)
    return refused


@pytest.mark.parametrize("case", READERS)
def test_a_broken_file_gives_facts_or_an_error_for_the_user(folders, tmp_path, case):
    folder = tmp_path / "data" / "raw"
    shutil.copytree(folders[READERS[case][0]], folder, symlinks=True)
    refused = try_seeds(folder, case, range(QUICK))
    if refused == 0 and case not in MAKES_ROOM:  # a few seeds may spare a file that holds times
        refused = try_seeds(folder, case, range(QUICK, SLOW))
    assert (refused == 0) == (case in MAKES_ROOM)


@pytest.mark.slow
@pytest.mark.parametrize("case", READERS)
def test_many_broken_files(folders, tmp_path, case):
    folder = tmp_path / "data" / "raw"
    shutil.copytree(folders[READERS[case][0]], folder, symlinks=True)
    assert (try_seeds(folder, case, range(QUICK, SLOW)) == 0) == (case in MAKES_ROOM)
