"""Readers of event data: each layout, what counts once, what is left out, and every refusal with its place."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

import forecast as fc
from event_rows import HEADERS, counts, gdelt_line, icews_line, polecat_line, write_events
from forecast.cli.main import main
from forecast.errors import InputError
from forecast.readers.event_layouts import GDELT_1, GDELT_2, ICEWS, POLECAT
from forecast.readers.event_store import CUBE

PRESIDENT, MINISTER = "USA/GOV/PRESIDENT", "CHN/GOV/FOREIGN MINISTER"


@pytest.fixture
def root(tmp_path) -> Path:
    (tmp_path / "ws" / "data" / "raw").mkdir(parents=True)
    return tmp_path / "ws"


def test_the_layouts_have_the_widths_of_the_publishers():
    assert [len(layout) for layout in (GDELT_1, GDELT_2, ICEWS, POLECAT)] == [58, 61, 20, 40]


def test_gdelt_is_known_when_it_was_added_and_read_without_quotes(root, tmp_path):
    lines = [
        gdelt_line("2018-03-02", "USA/GOV", "CHN/GOV", "036", SOURCEURL='https://example.org/"open'),
        gdelt_line("2018-03-03", "CHN/BUS", "USA/GOV", "112"),
        gdelt_line("2018-03-03", "USA", "EUR", "042"),
        gdelt_line("2018-03-03", "USA", "USA/MIL", "190"),
        gdelt_line("2018-03-03", "USA", "CHN", "010"),
    ]
    rows = fc.ingest("gdelt", write_events(tmp_path / "20180303.export.CSV", lines), root=root)
    assert counts(root, "gdelt") == {
        ("USA-CHN", "intent", "2018-03-02", 1): 1,
        ("USA-CHN", "conflict", "2018-03-03", 0): 1,
    }
    assert rows[["rows", "reports", "no_dyad", "no_class", "malformed"]].to_numpy().tolist() == [[5, 2, 2, 1, 0]]


def test_the_three_widths_of_gdelt(root, tmp_path):
    old = gdelt_line("2012-03-02", "FRA", "DEU", "041", version=1)
    without_address = "\t".join(old.split("\t")[:57])
    fc.ingest("gdelt", write_events(tmp_path / "old.csv", [old, without_address]), root=root)
    fc.ingest("gdelt", write_events(tmp_path / "new.csv", [gdelt_line("2018-03-02", "FRA", "DEU", "041")]), root=root)
    assert counts(root, "gdelt") == {
        ("FRA-DEU", "call", "2012-03-02", 1): 2,
        ("FRA-DEU", "call", "2018-03-02", 1): 1,
    }


def test_leaders_governments_and_others(root, tmp_path):
    lines = [
        gdelt_line("2018-03-01", PRESIDENT, "CHN/GOV/PRESIDENT XI", "036"),
        gdelt_line("2018-03-02", PRESIDENT, MINISTER, "036"),
        gdelt_line("2018-03-03", "USA/GOV/VICE PRESIDENT", "CHN/GOV/PRESIDENT XI", "036"),
        gdelt_line("2018-03-04", PRESIDENT, "CHN/BUS/COMPANY", "036"),
        gdelt_line("2018-03-05", "GBR//UNITED KINGDOM", "CHN", "036"),
        gdelt_line("2018-03-06", "USA", "CHN", "036", Actor2KnownGroupCode="ABC"),
    ]
    fc.ingest("gdelt", write_events(tmp_path / "a.csv", lines), root=root)
    assert {day: who for (_, _, day, who) in counts(root, "gdelt")} == {
        "2018-03-01": 2, "2018-03-02": 1, "2018-03-03": 1, "2018-03-04": 0, "2018-03-05": 1, "2018-03-06": 0,
    }  # fmt: skip


def test_mirrored_rows_count_once(root, tmp_path):
    lines = [
        gdelt_line("2018-03-01", "USA/GOV", "CHN/GOV", "042"),
        gdelt_line("2018-03-01", "CHN/GOV", "USA/GOV", "043"),
        gdelt_line("2018-03-01", "CHN/GOV", "USA/GOV", "043", SOURCEURL="https://example.org/b"),
        gdelt_line("2018-03-01", "USA/GOV", "CHN/GOV", "112"),
        gdelt_line("2018-03-01", "CHN/GOV", "USA/GOV", "112"),
    ]
    rows = fc.ingest("gdelt", write_events(tmp_path / "a.csv", lines), root=root)
    assert counts(root, "gdelt") == {
        ("USA-CHN", "visit", "2018-03-01", 1): 2,
        ("USA-CHN", "conflict", "2018-03-01", 1): 2,
    }
    assert rows["mirrored"].tolist() == [1]


def test_icews_by_names_of_states(root, tmp_path):
    korea = "North Korea/Government,Executive,Executive Office/Kim"
    lines = [
        icews_line("2018-06-01", korea, "United States/Government,Executive Office/Trump", "036"),
        icews_line("2018-06-01", "Japan", "Vietnam/Foreign Ministry,Government", "040"),
        icews_line("2018-06-01", "Vietnam/Foreign Ministry,Government", "Japan", "040"),
        icews_line("2018-06-01", "Japan/Business", "the former Yugoslav Republic of Macedonia", "057"),
        icews_line("2018-06-01", "NA", "Namibia", "057"),
        icews_line("2018-06-01", "Hong Kong", "Namibia", "057"),
    ]
    fc.ingest("icews", write_events(tmp_path / "events.tab", lines, header="icews"), root=root)
    assert counts(root, "icews") == {
        ("USA-PRK", "intent", "2018-06-01", 2): 1,
        ("JPN-VNM", "talk", "2018-06-01", 1): 1,
        ("MKD-JPN", "cooperation", "2018-06-01", 0): 1,
    }


def test_icews_with_commas_and_quotes(root, tmp_path):
    line = icews_line("2018-06-01", "Japan", "Vietnam/Foreign Ministry,Government", "040")
    cells = [",".join(f'"{cell}"' for cell in text.split("\t")) for text in (HEADERS["icews"], line)]
    fc.ingest("icews", write_events(tmp_path / "events.csv", cells), root=root)
    assert counts(root, "icews") == {("JPN-VNM", "talk", "2018-06-01", 1): 1}


def test_polecat_pairs_every_state_with_every_other(root, tmp_path):
    lines = [
        polecat_line("2021-05-02", "USA; CAN/GOV/President", "FRA/GOV/Prime Minister"),
        polecat_line("2021-05-03", "USA/GOV/Former President", "FRA/GOV/Prime Minister", "REJECT", "meet"),
        polecat_line("2021-05-04", "USA", "FRA", "SANCTION", "withdraw"),
        polecat_line("2021-05-04", "USA/BUS", "FRA", "AID", "None"),
        polecat_line("2021-05-04", "None", "FRA", "AID", "None"),
    ]
    header = HEADERS["polecat"].replace("Intensity", "Event Intensity")
    # Several of the publisher's files end in blank columns, header and rows alike.
    text = [f"{line}\t\t" for line in [header, *lines]]
    fc.ingest("polecat", write_events(tmp_path / "ngecEvents.DV.2021.txt", text), root=root)
    assert counts(root, "polecat") == {
        ("USA-FRA", "visit", "2021-05-02", 2): 1,
        ("CAN-FRA", "visit", "2021-05-02", 2): 1,
        ("USA-FRA", "refusal", "2021-05-03", 1): 1,
        ("USA-FRA", "halt", "2021-05-04", 1): 1,
        ("USA-FRA", "cooperation", "2021-05-04", 0): 1,
    }


def test_a_state_counts_on_the_days_on_which_it_exists(root, tmp_path):
    lines = [gdelt_line(day, "SSD", "UGA", "057") for day in ("2011-07-08", "2011-07-09")]
    fc.ingest("gdelt", write_events(tmp_path / "a.csv", lines), root=root)
    assert [day for (_, _, day, _) in counts(root, "gdelt")] == ["2011-07-09"]


def test_folders_patterns_archives_and_parquet_hold_the_same(root, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    line = gdelt_line("2018-03-02", "USA", "CHN", "036")
    folder = tmp_path / "files"
    plain = write_events(folder / "one.csv", [line])
    with zipfile.ZipFile(folder / "two.zip", "w") as archive:
        archive.writestr("20180302.export.CSV", line.replace("036", "041") + "\n")
        archive.writestr("readme.pdf", "no table")
    (folder / "deep").mkdir()
    (folder / "deep" / "three.csv.gz").write_bytes(gzip.compress(line.replace("036", "040").encode()))
    row = dict(zip(GDELT_2, line.replace("036", "112").split("\t"), strict=True))
    pq.write_table(pa.table({name: [cell or None] for name, cell in row.items()}), folder / "four.parquet")
    (folder / "notes.md").write_text("not read", encoding="utf-8")
    fc.ingest("gdelt", folder, root=root)
    held = counts(root, "gdelt")
    assert sorted(kind for (_, kind, _, _) in held) == ["call", "conflict", "intent", "talk"]
    again = fc.ingest("gdelt", [plain, folder / "*.zip", folder / "**" / "*.gz"], root=root)
    assert len(again) == 0
    assert sorted(again.attrs["known"]) == ["one.csv", "three.csv.gz", "two.zip"]
    assert counts(root, "gdelt") == held


def test_a_file_is_known_by_name_size_and_content(root, tmp_path):
    line = gdelt_line("2018-03-02", "USA", "CHN", "036")
    path = write_events(tmp_path / "a" / "one.csv", [line])
    fc.ingest("gdelt", path, root=root)
    moved = write_events(tmp_path / "b" / "other-name.csv", [line])
    assert fc.ingest("gdelt", moved, root=root).attrs["known"] == ["other-name.csv"]
    write_events(path, [line, gdelt_line("2019-03-02", "USA", "CHN", "041")])
    fc.ingest("gdelt", path, root=root)
    assert counts(root, "gdelt") == {
        ("USA-CHN", "intent", "2018-03-02", 1): 1,
        ("USA-CHN", "call", "2019-03-02", 1): 1,
    }
    assert len(list((root / CUBE / "gdelt" / "index").glob("*.json"))) == 1


def test_a_changed_file_brings_those_that_were_read_with_it(root, tmp_path):
    one, two = (write_events(tmp_path / f"{k}.csv", [gdelt_line(f"2018-03-0{k}", "USA", "CHN")]) for k in (1, 2))
    fc.ingest("gdelt", [one, two], root=root)
    write_events(one, [gdelt_line("2018-03-01", "USA", "FRA")])
    with pytest.raises(InputError, match=r"1\.csv has changed, and was read together with 2\.csv: name all of them"):
        fc.ingest("gdelt", one, root=root)
    fc.ingest("gdelt", [one, two], root=root)
    assert {dyad for (dyad, _, _, _) in counts(root, "gdelt")} == {"USA-FRA", "USA-CHN"}


def test_malformed_rows_are_counted_and_named(root, tmp_path):
    good = gdelt_line("2018-03-02", "USA", "CHN", "036")
    lines = [
        good,
        "few\tcells",
        gdelt_line("2018-13-02", "USA", "CHN"),
        "",
        good + "\tone more",
        good.replace("036", ""),
    ]
    lines.append(gdelt_line("2018-03-02", "USA/GOV/CAF\udce9", "CHN", "041"))
    path = write_events(tmp_path / "a.csv", lines)
    rows = fc.ingest("gdelt", path, root=root)
    assert rows["malformed"].tolist() == [5]
    assert rows["reports"].tolist() == [1]
    said = [line.partition(", ")[2] for line in rows.attrs["malformed"]]
    assert said == [
        "line 2: has 2 cells, not 61",
        "line 3: DATEADDED: '20181302120000' is no day of the calendar",
        "line 5: has 62 cells, not 61",
        "line 6: EventCode is empty",
        "line 7: byte 24 is not UTF-8",
    ]


def test_more_malformed_rows_than_are_let_pass_stop_the_run(root, tmp_path):
    good = write_events(tmp_path / "a.csv", [gdelt_line("2018-03-02", "USA", "CHN")])
    fc.ingest("gdelt", good, root=root)
    bad = write_events(tmp_path / "b.csv", [gdelt_line("2018-03-03", "USA", "CHN"), *["x\ty"] * 25])
    with pytest.raises(InputError, match="25 malformed rows, more than the 24 that are let pass") as caught:
        fc.ingest("gdelt", bad, root=root, most_malformed=24)
    assert str(caught.value).count("\n") == 21
    assert str(caught.value).endswith("and 5 more")
    assert len(counts(root, "gdelt")) == 1


def test_the_two_layouts_of_gdelt_do_not_count_a_day_twice(root, tmp_path):
    fc.ingest("gdelt", write_events(tmp_path / "new.csv", [gdelt_line("2018-03-02", "USA", "CHN")]), root=root)
    old = write_events(tmp_path / "old.csv", [gdelt_line("2018-03-02", "USA", "CHN", version=1)])
    with pytest.raises(InputError, match=r"is gdelt1 and holds 20180302, which new\.csv, gdelt2, holds too"):
        fc.ingest("gdelt", old, root=root)


def truncated_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "".join(gdelt_line("2018-03-02", "USA", "CHN", str(k)) + "\n" for k in range(500)))
    path.write_bytes(path.read_bytes()[:-200])
    return path


def damaged_gzip(path: Path) -> Path:
    content = bytearray(
        gzip.compress(b"".join(gdelt_line("2018-03-02", "USA", "CHN", str(k)).encode() for k in range(99)))
    )
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    return path


def numeric_parquet(path: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({name: [1] for name in GDELT_2}), path)
    return path


REFUSALS = {
    "absent": (lambda folder: folder / "none*.csv", "does not exist; name files, folders or a pattern"),
    "empty folder": (lambda folder: folder, "holds no file of events"),
    "empty file": (lambda folder: write_events(folder / "a.csv", []), "a.csv: is empty"),
    "a web page": (
        lambda folder: write_events(folder / "a.csv", ["<html>"]),
        "a.csv, line 1: is no file of gdelt: its first line has 1 cells between tabs, not 61 columns or 57 and 58",
    ),
    "truncated zip": (lambda folder: truncated_zip(folder / "a.zip"), "a.zip: is a broken or truncated archive"),
    "damaged gzip": (lambda folder: damaged_gzip(folder / "a.csv.gz"), "a.csv.gz: is a broken or truncated archive"),
    "no parquet": (lambda folder: write_events(folder / "a.parquet", ["x"]), "a.parquet: is no Parquet file"),
    "numbers": (lambda folder: numeric_parquet(folder / "a.parquet"), "a.parquet: has numbers in EventCode"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_file_that_cannot_be_read_is_one_line(root, tmp_path, case):
    make, says = REFUSALS[case]
    (tmp_path / "given").mkdir()
    done = CliRunner().invoke(
        main, ["ingest", "gdelt", str(make(tmp_path / "given")), "--root", str(root)], catch_exceptions=False
    )
    assert done.exit_code == 3, done.output
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert counts(root, "gdelt") == {}
    assert [path for path in (root / CUBE).rglob("*") if path.is_file()] == []


def test_a_full_disk_is_one_line_and_leaves_what_was_there(root, tmp_path, monkeypatch):
    import pyarrow.parquet as pq

    fc.ingest("gdelt", write_events(tmp_path / "a.csv", [gdelt_line("2018-03-02", "USA", "CHN")]), root=root)
    before = counts(root, "gdelt")

    def full(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    other = write_events(tmp_path / "b.csv", [gdelt_line("2018-03-03", "USA", "CHN")])
    with pytest.raises(InputError, match=r"\.parquet: cannot be written: No space left on device"):
        fc.ingest("gdelt", other, root=root)
    assert counts(root, "gdelt") == before


def test_a_damaged_record_of_the_index_is_named(root, tmp_path):
    path = write_events(tmp_path / "a.csv", [gdelt_line("2018-03-02", "USA", "CHN")])
    fc.ingest("gdelt", path, root=root)
    (record,) = (root / CUBE / "gdelt" / "index").glob("*.json")
    record.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="is no record of ingested files"):
        fc.ingest("gdelt", path, root=root)


def test_cells_of_another_version_of_the_program_are_reduced_again(root, tmp_path):
    path = write_events(tmp_path / "a.csv", [gdelt_line("2018-03-02", "USA", "CHN")])
    fc.ingest("gdelt", path, root=root)
    (record,) = (root / CUBE / "gdelt" / "index").glob("*.json")
    record.write_text(json.dumps(json.loads(record.read_text(encoding="utf-8")) | {"version": 0}), encoding="utf-8")
    assert len(fc.ingest("gdelt", path, root=root)) == 1
    assert list(counts(root, "gdelt").values()) == [1]


def test_two_files_of_one_name_are_refused(root, tmp_path):
    for folder, code in (("a", "042"), ("b", "036")):
        write_events(tmp_path / folder / "same.csv", [gdelt_line("2018-03-02", "USA", "CHN", code)])
    with pytest.raises(InputError, match="a file is known by its name: rename one"):
        fc.ingest("gdelt", [tmp_path / "a", tmp_path / "b"], root=root)


def test_the_command_says_what_was_added(root, tmp_path):
    path = write_events(tmp_path / "a.csv", [gdelt_line("2018-03-02", "USA", "CHN"), "x\ty"])
    command = ["ingest", "gdelt", str(path), "--root", str(root)]
    first, second = (CliRunner().invoke(main, command, catch_exceptions=False) for _ in range(2))
    assert first.stdout == ""
    assert first.stderr.splitlines()[0] == (
        "forecast: 1 new file, 2 rows: 1 reports of two states, 0 mirrored or repeated, 0 of no two states, "
        "0 of no PLOVER event, 1 malformed"
    )
    assert first.stderr.splitlines()[1].endswith("a.csv, line 2: has 2 cells, not 61")
    assert second.stderr == "forecast: 1 file is held already\n"


def test_an_unknown_engine_is_named(root, tmp_path):
    path = write_events(tmp_path / "a.csv", [gdelt_line("2018-03-02", "USA", "CHN")])
    with pytest.raises(InputError, match=r"--engine: 'dask' is not one of duckdb, spark and spark:MASTER"):
        fc.ingest("gdelt", path, root=root, engine="dask")
