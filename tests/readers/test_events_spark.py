"""Spark gives the cells that DuckDB gives, from the one expression; without Spark or Java this is said, not proved."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys

import pytest

from event_rows import counts, gdelt_line, icews_line, polecat_line, write_events

pytestmark = [
    pytest.mark.slow,  # a Java machine takes half a minute
    pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="the extra 'spark' is not installed"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java, and there is none on this machine"),
]

PAIRS = [("USA", "CHN"), ("USA/GOV/PRESIDENT", "CHN/GOV/PRESIDENT"), ("CHN/BUS", "USA"), ("EUR", "USA"), ("FRA", "FRA")]
CODES = ("036", "041", "042", "043", "112", "125", "164", "010", "---")


#: In a process of its own: Spark warns of the pandas that the tests have loaded.
PROGRAM = """
import sys
from pathlib import Path
from forecast.readers.event_engines import engine_named
from forecast.readers.event_store import ingest_events

files, root = map(Path, sys.argv[2:])
with engine_named(sys.argv[1]) as engine:
    for source in ("gdelt", "icews", "polecat"):
        ingest_events(source, [files / source], root=root, engine=engine)
"""


def test_equal_cells_on_both_engines(tmp_path, environment):
    lines = [gdelt_line(f"2018-03-{k:02d}", *pair, code) for k in range(1, 9) for pair in PAIRS for code in CODES]
    lines += ["few\tcells", lines[0] + "\tmore", gdelt_line("2018-13-01", "USA", "CHN")]
    write_events(tmp_path / "files" / "gdelt" / "a.csv", lines)
    names = {"USA": "United States", "CHN": "China"}
    lines = [icews_line("2018-06-01", names.get(a, a), names.get(b, b), code) for a, b in PAIRS for code in CODES]
    write_events(tmp_path / "files" / "icews" / "a.tab", lines, header="icews")
    lines = [polecat_line("2021-05-02", "USA; CAN/GOV/President", "FRA/GOV", event) for event in ("CONSULT", "AID")]
    write_events(tmp_path / "files" / "polecat" / "a.txt", lines, header="polecat")
    held = []
    for engine in ("duckdb", "spark:local[1]"):
        root = tmp_path / engine.partition(":")[0]
        command = [sys.executable, "-c", PROGRAM, engine, str(tmp_path / "files"), str(root)]
        subprocess.run(command, check=True, env=environment)
        held.append({source: counts(root, source) for source in ("gdelt", "icews", "polecat")})
    assert held[0] == held[1]
    assert all(held[0].values())
