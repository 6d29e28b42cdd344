"""COLT's journeys of heads of state and government: what is a meeting, with whom, and what is none."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import InputError
from forecast.facts.countries import states
from forecast.readers.coded_source import FACTS, contents_of, read_source
from forecast.readers.colt import code_colt, said_on
from forecast.readers.colt_names import persons
from text_tables import table

FIXTURES = Path(__file__).parent / "fixtures" / "colt"
#: The official layout, 76 columns.
HEADER = tuple((FIXTURES / "header.csv").read_text(encoding="utf-8").strip().split(","))
DEFAULTS = {
    "LeaderCountryOrIGO": "Brazil",
    "LeaderCountryISO": "BRA",
    "LeaderRole": "GS",
    "LeaderTitle": "President",
    "LeaderFullName": "Ana Sousa",
    "Exiled": "0",
    "CountryVisited": "Argentina",
    "CountryVisitedISO": "ARG",
    "TripStartDate": "2010-03-04T00:00:00",
    "TripEndDate": "2010-03-06T00:00:00",
    "MetHostHoGS": "Yes",
    "SubHOGSmetHostSubHOGS": "No",
    "AttendedMultilatEvent": "No",
    "MetNonhostHOGS": "No",
}
LEADERS = """
state | leader             | office         | from       | to
ARG   | Cristina Fernandez | president      | 2007-12-10 | 2015-12-09
ARG   | Mauricio Macri     | president      | 2015-12-10 | 2019-12-09
VEN   | Hugo Chavez        | president      | 1999-02-02 | 2013-03-05
MCO   | Albert II          | prince         | 2005-04-06 |
SAU   | Mohammed bin Salman | crown prince and prime minister | 2022-09-27 |
"""


def rows_of(trips):
    return [
        dict.fromkeys(HEADER, "") | DEFAULTS | {"TripID": f"t{number}"} | trip for number, trip in enumerate(trips, 1)
    ]


def write(path, rows, header=HEADER):
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, header, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def code(folder, *trips, **options):
    leaders = write(folder / "leaders.csv", table(LEADERS), ("state", "leader", "office", "from", "to"))
    return code_colt(write(folder / "trips.csv", rows_of(trips)), leaders=leaders, version="test", **options)


def first(folder, **trip):
    """Rows and uncoded records of a file of one trip."""
    [collection] = code(folder, trip).collections
    return collection.rows, collection.uncoded


TRIPS = """
MetHostHoGS | AttendedMultilatEvent | NameMultilatEvent | NonhostHOGSNames | met
Yes |     |                       |                                           | ARG visit bilateral
Yes | Yes | MERCOSUR Summit       |                                           | ARG visit margins
No  |     |                       |                                           |
No  | Yes | MERCOSUR Summit       |                                           |
No  | Yes | MERCOSUR Summit       | President Hugo Chavez                     | VEN third-party margins
Yes |     |                       | President Hugo Chavez                     | ARG visit bilateral; VEN third-party bilateral
Yes | Yes | Rio Group Summit      | Evo Morales (Bolivia), Hugo Chávez (Venezuela) | ARG visit margins; BOL third-party margins; VEN third-party margins
No  | Yes | Rio Group Summit      | President Cristina Fernandez de Kirchner  | ARG visit margins
Yes |     |                       | President Ana Sousa                       | ARG visit bilateral
Yes |     |                       | Crown Prince Mohammed bin Salman          | ARG visit bilateral
Yes |     |                       | Vladimir Putin (Rusia)                    | ARG visit bilateral; RUS third-party bilateral
"""  # noqa: E501


@pytest.mark.parametrize("row", table(TRIPS), ids=lambda row: row["met"] or "none")
def test_a_trip_yields_the_host_if_met_and_the_leaders_who_are_named(tmp_path, row):
    trip = {name: cell for name, cell in row.items() if name != "met" and cell}
    rows, _ = first(tmp_path, **trip)
    found = [" ".join(one) for one in rows[["recipient", "mode", "setting"]].itertuples(index=False)]
    assert "; ".join(found) == row["met"]
    assert set(rows["place"]) <= {"ARG"}
    assert set(rows["source"]) <= {"BRA"}


REASONS = """
column                | cell                         | reason
MetHostHoGS           | No                           | no meeting with the host's leader
MetHostHoGS           |                              | not known whether the host's leader was met
Notes                 | POSIBLE VIAJE FANTASMA de nuestra base | no meeting: trip not made
Notes                 | No se encontró evidencia de una visita | no meeting: trip not made
Notes                 | no hay evidencia independiente de un viaje | no meeting: trip not made
Notes                 | x fue CANCELADO. No ocurrio como indica COLT | no meeting: trip not made
Notes                 | phantom trip                 | no meeting: trip not made
Notes                 | The trip was cancelled       | no meeting: trip not made
Notes                 | Visit planned;but unconfirmed | no meeting: trip not made
Exiled                | 1                            | not a leader: in exile
LeaderRole            | VP                           | not a leader: role 'VP'
TripEndDate           | 2010-03-03T00:00:00          | trip ends before it begins
TripEndDate           | 2010-06-03T00:00:00          | stay longer than 31 days
CountryVisited        | Unknown                      | no state on that day
CountryVisitedISO     | BRA                          | trip in the own state
HostHOGSName          | President Hugo Chavez        | host's leader named is of another state
NonhostHOGSNames      | President Nobody Known       | leader whose state is not known
NonhostHOGSNames      | Crown Prince Somebody (Saudi Arabia) | not a leader: crown prince
NonhostHOGSNames      | José Kast (presidente electo de Chile) | not a leader: elect
NonhostHOGSNames      | ~20 jefes de Estado          | leaders not named
"""


@pytest.mark.parametrize("row", table(REASONS), ids=lambda row: f"{row['column']} {row['cell'][:20]}")
def test_what_is_no_meeting_is_listed_with_the_reason(tmp_path, row):
    rows, uncoded = first(tmp_path, **{row["column"]: row["cell"]})
    assert uncoded["reason"].tolist() == [row["reason"]]
    host = row["column"] == "NonhostHOGSNames"
    assert set(rows["recipient"]) == ({"ARG"} if host else {"VEN"} if row["column"] == "HostHOGSName" else set())


def test_notes_about_single_cells_do_not_make_a_phantom(tmp_path):
    rows, _ = first(
        tmp_path, Notes="investigacion independiente no encontro evidencia suficiente; no es un viaje adicional"
    )
    assert len(rows) == 1


def test_a_summit_in_the_host_state_is_a_ruling_of_its_own(tmp_path):
    trip = {"MetHostHoGS": "No", "AttendedMultilatEvent": "Yes"}
    _, uncoded = first(tmp_path, **trip, NameMultilatEvent="Summit of the Americas (SOA)")
    assert uncoded["reason"].tolist() == ["no meeting: summit in the host's state, host not named as met"]
    _, uncoded = first(tmp_path, **trip, NameMultilatEvent="United Nations (UN) General Assembly")
    assert uncoded["reason"].tolist() == ["no meeting with the host's leader"]


def test_a_territory_is_no_state(tmp_path):
    rows, uncoded = first(tmp_path, CountryVisited="Hong Kong", CountryVisitedISO="HKG")
    assert rows.empty
    assert uncoded["reason"].tolist() == ["territory of another state"]


def test_below_the_leaders_the_level_is_minister(tmp_path):
    rows, _ = first(
        tmp_path, MetHostHoGS="No", SubHOGSmetHostSubHOGS="Yes", HostSubHOGSName="Vice President Maria Lopez"
    )
    assert rows[["level", "persons", "offices"]].to_numpy().tolist() == [["minister", "Maria Lopez", "vice president"]]


@pytest.mark.parametrize("form", ["2010-03-04T00:00:00", "2010-03-04 00:00:00", "2010-03-04", "2010-03-04T00:00"])
def test_days_stand_in_several_forms(tmp_path, form):
    rows, _ = first(tmp_path, TripStartDate=form)
    assert rows.loc[0, ["started_on", "occurred_on", "ended_on", "known_on"]].tolist() == [
        "2010-03-04",
        "2010-03-04",
        "2010-03-06",
        "2010-03-06",
    ]


@pytest.mark.parametrize(
    ("iso", "name", "start", "code"),
    [
        ("RUS", "Russia", "1990-05-01", "SUN"),
        ("RUS", "Russia", "1992-05-01", "RUS"),
        ("", "Germany", "2010-05-01", "DEU"),
        ("CZE", "Czechia", "1991-05-01", "CSK"),
    ],
)
def test_a_state_is_that_of_the_day(tmp_path, iso, name, start, code):
    rows, _ = first(tmp_path, CountryVisitedISO=iso, CountryVisited=name, TripStartDate=start, TripEndDate=start)
    assert rows["recipient"].tolist() == [code]


NAMES = """
cell                                    | office         | name                  | state | leader
President Hugo Chavez                   | president      | Hugo Chavez           |       | yes
General Secretary Xi Jinping            | general secretary | Xi Jinping         |       | yes
King Abdullah II bin Al-Hussein         | king           | Abdullah II bin Al-Hussein |  | yes
Crown Prince Mohammed bin Salman        | crown prince   | Mohammed bin Salman   |       | no
Vice President Maria Lopez              | vice president | Maria Lopez           |       | no
President Umaru Musa Yar'Adua           | president      | Umaru Musa Yar'Adua   |       | yes
Evo Morales (Bolivia)                   |                | Evo Morales           | BOL   | yes
Sanae Takaichi (Japón, Primera Ministra) |               | Sanae Takaichi        | JPN   | yes
José Antonio Kast (presidente electo de Chile) |         | José Antonio Kast     | CHL   | no
Friedrich Merz / Hannover Messe 2026    |                | Friedrich Merz        |       | yes
Posse de Jorge Batlle                   |                |                       |       | yes
Busca de investimentos                  |                |                       |       | yes
"""


@pytest.mark.parametrize("row", table(NAMES), ids=lambda row: row["cell"])
def test_names_are_read_with_office_and_state(row):
    [one] = persons(row["cell"])
    assert (one.office, one.name, one.state, one.leader) == (
        row["office"],
        row["name"],
        row["state"],
        row["leader"] == "yes",
    )


def test_two_leaders_may_stand_in_one_cell():
    found = persons("PM Luís Montenegro / presidente António José Seguro")
    assert [(one.office, one.name) for one in found] == [
        ("prime minister", "Luís Montenegro"),
        ("president", "António José Seguro"),
    ]


def test_a_name_without_a_state_is_placed_by_register_and_by_the_hosts_of_the_file(tmp_path):
    trips = (
        {"CountryVisited": "Chile", "CountryVisitedISO": "CHL", "HostHOGSName": "President Luisa Rojas"},
        {"NonhostHOGSNames": "President Luisa Rojas;President Hugo Chavez"},
    )
    [collection] = code(tmp_path, *trips).collections
    third = collection.rows[collection.rows["mode"] == "third-party"]
    assert third["recipient"].tolist() == ["CHL", "VEN"]


def test_the_register_holds_on_its_days_only(tmp_path):
    trip = {"NonhostHOGSNames": "President Hugo Chavez", "TripStartDate": "2014-01-01", "TripEndDate": "2014-01-01"}
    rows, uncoded = first(tmp_path, **trip)
    assert rows["recipient"].tolist() == ["ARG"]
    assert uncoded["reason"].tolist() == ["leader whose state is not known"]


def test_an_elect_or_crown_prince_who_leads_by_the_register_is_a_leader(tmp_path):
    macri = {"NonhostHOGSNames": "Mauricio Macri (Argentina, presidente electo)", "CountryVisitedISO": "PRY"}
    rows, _ = first(tmp_path, **macri, TripStartDate="2015-12-21", TripEndDate="2015-12-21")
    assert rows["recipient"].tolist() == ["PRY", "ARG"]
    prince = {"NonhostHOGSNames": "Crown Prince Mohammed bin Salman"}
    rows, _ = first(tmp_path, **prince, TripStartDate="2023-11-27", TripEndDate="2023-11-28")
    assert rows["recipient"].tolist() == ["ARG", "SAU"]


def test_a_host_who_shares_a_name_with_another_leader_leads_the_place(tmp_path):
    trip = {"CountryVisited": "Belgium", "CountryVisitedISO": "BEL", "HostHOGSName": "King Albert II"}
    rows, uncoded = first(tmp_path, **trip)
    assert rows["recipient"].tolist() == ["BEL"]
    assert uncoded.empty


def test_each_travelling_state_is_a_collection_complete_from_first_to_last_trip(tmp_path):
    peru = {"LeaderCountryISO": "PER", "LeaderCountryOrIGO": "Peru"}
    source = code(
        tmp_path,
        {"TripStartDate": "1949-05-18", "TripEndDate": "1949-05-27"},
        {},
        peru | {"TripStartDate": "1999-05-18", "TripEndDate": "1999-05-20"},
        peru | {"TripStartDate": "2001-05-18", "TripEndDate": "2001-05-20", "MetHostHoGS": "No"},
    )
    found = {
        one.name: (one.focal, one.direction, one.complete, one.starts_on, one.ends_on, one.records)
        for one in source.collections
    }
    assert found == {
        "bra-journeys": ("BRA", "journeys", True, "1990-01-01", "2010-03-06", 2),
        "per-journeys": ("PER", "journeys", True, "1999-05-18", "2001-05-20", 2),
    }


def test_single_trips_of_early_years_prove_nothing(tmp_path):
    [collection] = code(tmp_path, {"TripStartDate": "1949-05-18", "TripEndDate": "1949-05-27"}).collections
    assert (collection.complete, len(collection.rows)) == (False, 1)


def test_leaders_of_organisations_are_listed_and_prove_nothing(tmp_path):
    trip = {"LeaderCountryISO": "", "LeaderCountryOrIGO": "European Commission (EC)", "LeaderRole": "IGO"}
    [collection] = code(tmp_path, trip).collections
    assert (collection.name, collection.complete, collection.focal) == ("organisations", False, "")
    assert collection.uncoded["reason"].tolist() == ["organisation"]


def test_journeys_called_off_are_snubs_known_from_the_day_that_is_named(tmp_path):
    source = code(tmp_path, {}, cancelled=FIXTURES / "cancelled.csv")
    cancelled = source.collections[-1]
    assert (cancelled.name, cancelled.complete, cancelled.direction, cancelled.focal) == ("cancelled", False, "", "")
    columns = ["source", "recipient", "event", "mode", "status", "setting", "started_on", "ended_on", "known_on", "url"]
    act = ["SANCTION", "cancel", "cancelled"]
    assert cancelled.rows[columns].to_numpy().tolist() == [
        ["BRA", "CAN", *act, "multilateral", "2010-06-26", "2010-06-26", "2010-06-25", "https://example.org/b"],
        ["BRA", "USA", *act, "bilateral", "2013-10-23", "2013-10-24", "2013-09-17", "https://example.org/a"],
        ["BRA", "RUS", *act, "multilateral", "2024-10-22", "2024-10-22", "2024-10-22", ""],
    ]
    assert set(cancelled.rows["level"]) == {"leader"}
    assert (cancelled.rows["occurred_on"] == cancelled.rows["known_on"]).all()


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("retiro la venia por fuerza mayor el 8-jun-2026", "2026-06-08"),
        ("CANCELADA el 99-jun", "2026-06-13"),
        ("CANCELADA el 20-jun", "2026-06-13"),
        ("anuncio 3-foo-2026", "2026-06-13"),
    ],
)
def test_a_day_that_cannot_be_is_not_believed(text, known):
    assert said_on(text, dt.date(2026, 6, 13)).isoformat() == known


def workbook(path, rows, header=HEADER):
    book = openpyxl.Workbook()
    book.active.append(["a sheet before"])
    sheet = book.create_sheet("COLT")
    sheet.append(list(header))
    for row in rows:
        sheet.append([row[name] or None for name in header])
    book.save(path)
    return path


def test_a_spreadsheet_yields_what_the_csv_yields(tmp_path):
    trips = rows_of([{}, {"MetHostHoGS": "No"}, {"NonhostHOGSNames": "Evo Morales (Bolivia)"}])
    days = [dict(trip, TripStartDate=dt.datetime(2010, 3, 4), LeaderID=12.0) for trip in trips]
    one = code_colt(write(tmp_path / "trips.csv", trips), version="x")
    other = code_colt(workbook(tmp_path / "trips.xlsx", days), version="x")
    assert contents_of(one) == contents_of(other)


def test_a_broken_spreadsheet_is_refused(tmp_path):
    """Cut, or whole as an archive with a part that is no XML, which is found only when the rows are read."""
    whole = workbook(tmp_path / "trips.xlsx", rows_of([{}]))
    (tmp_path / "cut.xlsx").write_bytes(whole.read_bytes()[:400])
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / "odd.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<no xml" if name.startswith("xl/worksheets/sheet") else old.read(name))
    for name in ("cut.xlsx", "odd.xlsx"):
        with pytest.raises(InputError, match="is no workbook"):
            code_colt(tmp_path / name, version="x")


def test_a_spreadsheet_of_something_else_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"line 1: the header lacks TripID, .*MetHostHoGS"):
        code_colt(workbook(tmp_path / "trips.xlsx", [], header=("city", "year")), version="x")
    with pytest.raises(InputError, match="holds no rows"):
        code_colt(workbook(tmp_path / "trips.xlsx", []), version="x")
    (tmp_path / "text.xlsx").write_text("no zip", encoding="utf-8")
    with pytest.raises(InputError, match="is no workbook"):
        code_colt(tmp_path / "text.xlsx", version="x")
    with pytest.raises(InputError, match="cannot be read"):
        code_colt(tmp_path / "none.xlsx", version="x")


def test_every_error_of_a_file_is_said_at_once(tmp_path):
    with pytest.raises(InputError) as caught:
        code(
            tmp_path,
            {"TripStartDate": "03/04/2010"},
            {"TripEndDate": "2010-02-30T00:00:00"},
            {"CountryVisited": "Argentinia", "CountryVisitedISO": ""},
            {"CountryVisited": "Argentinia", "CountryVisitedISO": "XX"},
            {"LeaderCountryOrIGO": "Brasilia", "LeaderCountryISO": ""},
        )
    said = str(caught.value)
    assert "5 problems:" in said
    assert "line 2, TripStartDate: '03/04/2010' is no day" in said
    assert "line 3, TripEndDate: '2010-02-30T00:00:00'" in said
    assert "lines 4, 5: unknown state 'Argentinia'; did you mean Argentina (ARG)" in said
    assert "line 6: unknown state 'Brasilia'" in said


def test_missing_columns_are_all_named(tmp_path):
    header = [name for name in HEADER if name not in {"TripID", "MetHostHoGS", "Notes"}]
    with pytest.raises(InputError, match="line 1: the header lacks TripID, MetHostHoGS, Notes"):
        code_colt(write(tmp_path / "trips.csv", rows_of([{}]), header), version="x")


def test_the_layout_has_76_columns():
    assert len(HEADER) == 76


def test_laid_out_and_read_back_the_facts_are_the_same(tmp_path):
    source = code(tmp_path, {"NonhostHOGSNames": "President Hugo Chavez"}, {}, cancelled=FIXTURES / "cancelled.csv")
    (tmp_path / "out").mkdir()
    for name, content in contents_of(source).items():
        (tmp_path / "out" / name).write_bytes(content)
    events, coverages = read_source(tmp_path / "out")
    assert len(events) == 3 + 3
    assert [(one.source, one.complete) for one in coverages] == [("bra-journeys", True), ("cancelled", False)]


cells = st.fixed_dictionaries(
    {
        "MetHostHoGS": st.sampled_from(["Yes", "No", ""]),
        "AttendedMultilatEvent": st.sampled_from(["Yes", "No"]),
        "CountryVisitedISO": st.sampled_from(["ARG", "USA", "RUS", "VEN", "DEU"]),
        "NonhostHOGSNames": st.sampled_from(["", "President Hugo Chavez", "Evo Morales (Bolivia);X Y (Chile)", "?"]),
        "Notes": st.sampled_from(["", "phantom"]),
    }
)


@given(trip=cells, start=st.dates(dt.date(1985, 1, 1), dt.date(2025, 1, 1)), length=st.integers(-1, 40))
def test_every_record_is_coded_or_listed(tmp_path_factory, trip, start, length):
    days = {"TripStartDate": start.isoformat(), "TripEndDate": (start + dt.timedelta(length)).isoformat()}
    [collection] = code(tmp_path_factory.mktemp("trip"), trip | days).collections
    rows, uncoded = collection.rows, collection.uncoded
    assert set(rows["record_id"]) | set(uncoded["record_id"]) == {"t1"}
    assert list(rows.columns) == list(FACTS)
    assert not rows.duplicated(["recipient"]).any()
    for row in rows.to_dict("records"):
        assert row["recipient"] in states()
        assert row["recipient"] not in {row["source"], ""}
        assert row["started_on"] <= row["occurred_on"] <= row["known_on"] == row["ended_on"]
    if trip["MetHostHoGS"] != "Yes":
        assert not set(rows.loc[rows["mode"] == "visit", "recipient"]) - {"VEN"}


@given(order=st.permutations(range(4)))
def test_the_order_of_rows_does_not_matter(tmp_path_factory, order):
    trips = [{"TripID": f"r{n}", "TripStartDate": f"2010-03-0{n + 1}"} for n in range(4)]
    folder = tmp_path_factory.mktemp("order")
    one, other = (code(folder, *rows).collections[0].rows for rows in (trips, [trips[n] for n in order]))
    assert one.equals(other)


KNOWN = """
source | recipient | first      | last       | what
BRA    | ARG       | 2023-01-22 | 2023-01-25 | Buenos Aires
BRA    | USA       | 2023-02-09 | 2023-02-11 | Washington
BRA    | CHN       | 2023-04-12 | 2023-04-15 | Beijing
BRA    | USA       | 2019-03-17 | 2019-03-20 | Washington
BRA    | IRN       | 2010-05-15 | 2010-05-17 | Tehran
COL    | USA       | 2023-04-17 | 2023-04-21 | Washington
COL    | VEN       | 2022-11-01 | 2022-11-01 | Caracas
URY    | CHN       | 2023-11-18 | 2023-11-25 | Beijing
ECU    | CHN       | 2018-12-11 | 2018-12-14 | Beijing
PER    | CHN       | 2024-06-24 | 2024-06-30 | Beijing
SUR    | CHN       | 2024-04-10 | 2024-04-18 | Beijing
"""
