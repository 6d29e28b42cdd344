"""Any table in one go: what is recognised, what is refused and how, and what cannot depend on the way of writing."""

from __future__ import annotations

import csv
import io
import itertools
import random
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from babel.core import get_global
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.errors import InputError
from forecast.facts.countries import states
from forecast.facts.events import OPTIONAL, REQUIRED
from forecast.readers.any_table import LEDGER, TableReading, read_any_table
from forecast.readers.ledger import read_ledger
from forecast.readers.state_names import StateNames, name_key, names_in, number_system
from forecast.readers.table_columns import field_of, meaning
from forecast.readers.table_days import DayError, count_orders, parse_cell
from tiers import examples

TODAY = np.datetime64("2024-06-01", "D")
SHOWN = ["started_on", "ended_on", "known_on", "source", "recipient", "setting", "status"]


def table(text: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]


def shown(found: TableReading) -> list[tuple[str, ...]]:
    return [tuple(row) for row in found.rows[SHOWN].itertuples(index=False)]


@pytest.fixture
def read(tmp_path: Path):
    def reading(text: str | bytes, name: str = "table.csv", **more: object) -> TableReading:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_any_table(path, **{"today": TODAY, **more})

    return reading


# The file of the report: 72 journeys with semicolons, dd/mm/yyyy and French names.

HOSTS = [
    *("Allemagne", "États-Unis", "Chine", "Corée du Sud", "Royaume-Uni", "Côte d’Ivoire", "Émirats arabes unis"),
    *("République tchèque", "RDC", "Brésil", "Égypte", "Arabie saoudite", "Grèce", "Roumanie", "Pays-Bas", "Suisse"),
]


def journeys(*, seed: int = 72, count: int = 72, spoilt: bool = False) -> list[list[str]]:
    """Rows of invented journeys, a stay each, none touching another; spoilt ones have the errors of a real file."""
    chance = random.Random(seed)
    rows, day = [], np.datetime64("2016-01-04")
    for number in range(count):
        day += chance.randint(9, 40)
        end = day + chance.randint(0, 3)
        kind = chance.choice(["Visite d'État", "Visite officielle", "Visite de travail", "Sommet du G20"])
        rows.append([_french(day), _french(end), HOSTS[number % len(HOSTS)], chance.choice(["Kévin", "Chloé"]), kind])
        day = end
    if spoilt:
        for number, cell, text in (
            (3, 2, "Allemange"),
            (9, 2, "Allemange"),
            (11, 2, "Syldavie"),
            (20, 0, "31/06/2018"),
        ):
            rows[number][cell] = text
        rows[30][0], rows[30][1] = rows[30][1], "01/01/2015"
        rows[40][2] = "France"
        rows[50][2] = ""
    return rows


def _french(day: np.datetime64) -> str:
    year, month, number = str(day).split("-")
    return f"{number}/{month}/{year}"


def written(rows: list[list[str]], *, separator: str = ";") -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(["Date de début", "Date de fin", "Pays visité", "Conseiller", "Nature de la visite"])
    writer.writerows(rows)
    return text.getvalue()


def test_seventy_two_journeys_are_read_in_one_run(read, tmp_path: Path) -> None:
    found = read(written(journeys()).encode("cp1252"), focal="FRA")
    assert found.problems == []
    assert len(found.rows) == 72
    assert set(found.rows["source"]) == {"FRA"}
    assert {"KOR", "CIV", "CZE", "COD", "NLD"} <= set(found.rows["recipient"])
    assert set(found.rows["setting"]) == {"bilateral", "multilateral"}
    said = "\n".join(found.notes)
    for words in (
        "encoding: Windows-1252",
        "separator: semicolon",
        "header: line 1",
        "dates: dd/mm/yyyy, which",
        "Pays visité = recipient",
        "columns not used: Conseiller",
        "all rows are journeys of FRA",
        "names of states: French",
        "known_on: not said, taken as the last day of the stay (72 rows: lines 2, 3, 4, 5, 6, 7 and 66 more)",
        "level: not said, taken as leader",
    ):
        assert words in said
    ledger = tmp_path / "ledger.csv"
    found.rows.to_csv(ledger, index=False, lineterminator="\n")
    assert len(read_ledger(ledger)) == 72


def test_an_unknown_name_has_one_suggestion_in_a_table() -> None:
    names = StateNames()
    first = names.suggestion("allemange")
    names.languages.update(dict.fromkeys(("fr", "de", "es"), 9))
    assert names.suggestion("allemange") == first
    names.forget_suggestions()
    assert names.suggestion("allemange") == "; did you mean Germany (DEU)?" != first


def test_all_errors_of_a_file_are_listed_at_once(read) -> None:
    found = read(written(journeys(spoilt=True)).encode("cp1252"), focal="FRA")
    assert found.problems == [
        "recipient: unknown state 'Allemange'; did you mean Germany (DEU)? (2 rows: lines 5, 11)",
        "recipient: unknown state 'Syldavie'; did you mean Moldova (MDA)? (line 13)",
        "started_on: '31/06/2018' is no day of the calendar (line 22)",
        "ended_on: lies before started_on (line 32)",
        "recipient: France is the visitor too; an event needs two states (line 42)",
        "recipient: is empty; a state is needed (line 52)",
    ]
    assert len(found.rows) == 72 - 7


# What a table cannot depend on.

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encoding_and_separator_do_not_matter(read, encoding: str, separator: str) -> None:
    rows = [[cell.replace("’", "'") for cell in row] for row in journeys(count=20)]
    plain = read(written(rows), focal="FRA").rows
    other = read(written(rows, separator=separator).encode(encoding), focal="FRA")
    assert other.problems == []
    assert other.rows.equals(plain)


stays = st.lists(
    st.tuples(
        st.dates(min_value=np.datetime64("1995-01-01").item(), max_value=np.datetime64("2023-12-01").item()),
        st.integers(0, 9),
        st.sampled_from(["DEU", "CHN", "KEN", "BRA"]),
    ),
    min_size=1,
    max_size=12,
)
WAYS = ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%y", "%Y/%m/%d", "%Y%m%d"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=examples(40))
@given(stays=stays, way=st.sampled_from(WAYS), shuffled=st.randoms(use_true_random=False))
def test_the_way_of_writing_days_and_the_order_of_rows_do_not_matter(read, stays, way: str, shuffled) -> None:
    stays = [*stays, (np.datetime64("2023-12-25").item(), 3, "IND")]  # proves the order

    def text(form: str, rows: list) -> str:
        lines = [
            f"{day.strftime(form)};{(np.datetime64(day) + length).item().strftime(form)};{host}"
            for day, length, host in rows
        ]
        return "\n".join(["start;end;host", *lines])

    plain = read(text("%Y-%m-%d", stays), focal="FRA")
    mixed = list(stays)
    shuffled.shuffle(mixed)
    other = read(text(way, mixed), focal="FRA")
    assert plain.problems == other.problems == []
    assert other.rows.equals(plain.rows)
    # Rows that came out are a fixed point: read again as a table they are the same.
    again = read(plain.rows.to_csv(index=False))
    assert again.problems == []
    assert again.rows.equals(plain.rows)


def test_a_workbook_is_read_like_the_text(read, tmp_path: Path) -> None:
    rows = journeys(count=30)
    book = openpyxl.Workbook()
    book.active.title = "Lisez-moi"
    book.active.append(["Déplacements", None, "2016"])
    sheet = book.create_sheet("Données")
    sheet.append(["Liste des déplacements"])
    sheet.append([])
    sheet.append(["Date de début", "Date de fin", "Pays visité", "Conseiller", "Nature de la visite"])
    for start, end, *rest in rows:
        days = [np.datetime64("-".join(text.split("/")[::-1])).item() for text in (start, end)]
        sheet.append([*days, *rest])
    path = tmp_path / "journeys.xlsx"
    book.save(path)
    found = read_any_table(path, today=TODAY, focal="France")
    assert found.problems == []
    assert found.rows.equals(read(written(rows), focal="FRA").rows)
    assert "workbook: sheet 'Données'; not read: Lisez-moi" in found.notes
    assert "header: line 3" in found.notes


# The order of days.


def test_an_order_that_nothing_proves_is_refused_once(read) -> None:
    text = "start;end;host\n03/04/2019;05/04/2019;Chine\n01/02/2020;01/02/2020;Kenya\n06/06/2020;06/06/2020;Syldavie\n"
    found = read(text, focal="FRA")
    assert found.problems[0] == (
        "dates: 4 days such as '03/04/2019' may be dd/mm/yyyy or mm/dd/yyyy, and no day of the file is above 12; "
        "say dates=dd/mm/yyyy or dates=mm/dd/yyyy"
    )
    assert "'Syldavie'" in found.problems[1]
    assert len(found.problems) == 2
    assert found.rows.empty


@pytest.mark.parametrize(
    ("said", "start"), [("dd/mm/yyyy", "2019-04-03"), ("mm/dd/yyyy", "2019-03-04"), ("jj/mm/aaaa", "2019-04-03")]
)
def test_the_order_can_be_said(read, said: str, start: str) -> None:
    found = read("start;host\n03/04/2019;Chine\n", focal="FRA", mapping={"dates": said})
    assert found.problems == []
    assert found.rows["started_on"].tolist() == [start]


def test_days_against_the_order_of_the_file_are_problems(read) -> None:
    text = "start;host\n25/04/2019;Chine\n26/04/2020;Kenya\n04/27/2020;Inde\n"
    found = read(text, focal="FRA")
    assert found.problems == ["started_on: '04/27/2020' is no day in the order dd/mm/yyyy (line 4)"]
    torn = read("start;host\n25/04/2019;Chine\n04/27/2020;Inde\n", focal="FRA")
    assert torn.problems == ["dates: 1 days are dd/mm/yyyy and as many are mm/dd/yyyy; say which is meant"]


DAYS = """
    2019-03-12               | 2019-03-12 | 2019-03-12
    12/03/2019               | 2019-03-12 | 2019-03-12
    12.3.19                  | 2019-03-12 | 2019-03-12
    12/03/99                 | 1999-03-12 | 1999-03-12
    2019-03-12 00:00:00      | 2019-03-12 | 2019-03-12
    2019-03-12T08:30:00Z     | 2019-03-12 | 2019-03-12
    12/03/2019 - 15/03/2019  | 2019-03-12 | 2019-03-15
    12/03/2019 au 15/03/2019 | 2019-03-12 | 2019-03-15
    12 mars 2019             | 2019-03-12 | 2019-03-12
    1er août 2019            | 2019-08-01 | 2019-08-01
    12. März 2019            | 2019-03-12 | 2019-03-12
    12 de março de 2019      | 2019-03-12 | 2019-03-12
    12 марта 2019            | 2019-03-12 | 2019-03-12
    2019年3月12日             | 2019-03-12 | 2019-03-12
    43536                    | 2019-03-12 | 2019-03-12
"""
NO_DAYS = """
    31/06/2019 | is no day of the calendar
    12/13/2019 | is no day in the order dd/mm/yyyy
    mars 2019  | is no day
    2019       | is no day
    soon       | is no day
"""


@pytest.mark.parametrize(("text", "first", "last"), table(DAYS))
def test_days(text: str, first: str, last: str) -> None:
    assert [str(one) for one in parse_cell(text, order="dmy", today=TODAY)] == [first, last]


# A range of which the first day borrows the month or the year of the last.
RANGES = """
    du 3 au 5 mai 2019                       | 2019-05-03 | 2019-05-05
    3 al 5 de mayo de 2019                   | 2019-05-03 | 2019-05-05
    de 3 a 5 de maio de 2019                 | 2019-05-03 | 2019-05-05
    3.-5. Mai 2019                           | 2019-05-03 | 2019-05-05
    3-5 May 2019                             | 2019-05-03 | 2019-05-05
    27–29 juin 2019                          | 2019-06-27 | 2019-06-29
    From 28 May to 2 June 2017               | 2017-05-28 | 2017-06-02
    30 de noviembre - 2 de diciembre de 2019 | 2019-11-30 | 2019-12-02
    vom 30. Dezember bis 2. Januar 2020      | 2019-12-30 | 2020-01-02
"""


@pytest.mark.parametrize(("text", "first", "last"), table(RANGES))
def test_ranges_that_name_a_month_once(text: str, first: str, last: str) -> None:
    assert [str(day) for day in parse_cell(text, order=None, today=TODAY)] == [first, last]


ODD_FILES = {
    "utf-8-sig": "Pays;Pays visité;Date de début;Date de fin\nFrance;Allemagne;03.05.2019;05.05.2019\n",
    "utf-16": "Land\tReiseziel\tVon\tBis\nDeutschland\tÖsterreich\t3. Mai 2019\t5. Mai 2019\n",
    "latin-1": "Viajero,Destino,Fechas\nEspaña,Países Bajos,3 al 5 de mayo de 2019\n",
    "cp1252": "País;País visitado;Período\nBrasil;Coreia do Sul;de 3 a 5 de maio de 2019\n",
    "utf-8": "Paese visitatore|Destinazione|Inizio|Fine\nItalia|Germania|03.05.19|05.05.19\n",
}


@pytest.mark.parametrize("encoding", ODD_FILES)
def test_odd_files_need_one_run(read, encoding: str) -> None:
    found = read(ODD_FILES[encoding].encode(encoding))
    assert found.problems == []
    assert found.rows[["started_on", "ended_on"]].to_numpy().tolist() == [["2019-05-03", "2019-05-05"]]


def test_between_dots_the_day_stands_first_unless_the_file_proves_otherwise(read) -> None:
    rows = "source,recipient,started_on,ended_on\nFRA,DEU,03.04.2019,05.04.2019\n"
    assert shown(read(rows))[0][0] == "2019-04-03"
    assert shown(read(rows + "FRA,DEU,05.13.2019,05.14.2019\n"))[0][0] == "2019-03-04"


@pytest.mark.parametrize(("text", "problem"), table(NO_DAYS))
def test_what_is_no_day(text: str, problem: str) -> None:
    with pytest.raises(DayError) as caught:
        parse_cell(text, order="dmy", today=TODAY)
    assert str(caught.value) == problem


@given(st.dates(min_value=np.datetime64("1950-01-01").item(), max_value=np.datetime64("2049-12-31").item()))
def test_an_order_is_proved_by_days_above_twelve_alone(day) -> None:
    counted = count_orders([day.strftime("%d/%m/%Y")])
    assert (counted.order == "dmy") == (day.day > 12)
    assert counted.open == (day.day <= 12 and day.day != day.month)


# States.

STATES = """
    FR | FRA
    fra | FRA
    Frankreich | FRA
    法国 | FRA
    Франция | FRA
    U.S. | USA
    EEUU | USA
    KSV | XKX
    ROM | ROU
    ZAR | COD
    TMP | TLS
    UK | GBR
    NA | NAM
    République démocratique du Congo | COD
    الصين | CHN
    भारत | IND
"""


@pytest.mark.parametrize(("text", "code"), table(STATES))
def test_states_by_any_name_or_code(text: str, code: str) -> None:
    assert StateNames().find(text) == code


def test_numbers_are_of_the_one_list_that_has_all(read) -> None:
    assert number_system(["156", "840"]) == ("iso", "")
    assert number_system(["710", "2"]) == ("cow", "")
    iso = read("start;visitor;host\n2019-01-02;250;156\n2019-03-02;840;004\n")
    assert iso.rows["recipient"].tolist() == ["CHN", "AFG"]
    cow = read("start;visitor;host\n2019-01-02;220;710\n2019-03-02;2;700\n")
    assert cow.rows["recipient"].tolist() == ["CHN", "AFG"]
    assert "codes: numbers of the Correlates of War list" in cow.notes
    both = read("start;visitor;host\n2019-01-02;710;2019\n")
    assert both.problems == ["codes: 2019, 710 are numbers of no one list; iso lacks 2019"]


def test_numbers_of_two_lists_are_refused_unless_said(read) -> None:
    text = "start;visitor;host\n2019-01-02;710;70\n"
    found = read(text)
    assert found.problems == [
        "codes: 70, 710 may be numbers of ISO 3166 or of the Correlates of War; say codes=iso or codes=cow"
    ]
    assert read(text, mapping={"codes": "iso"}).rows[["source", "recipient"]].to_numpy().tolist() == [["ZAF", "BIH"]]
    assert read(text, mapping={"codes": "cow"}).rows[["source", "recipient"]].to_numpy().tolist() == [["CHN", "MEX"]]


def test_a_state_of_its_day(read) -> None:
    found = read("start;visitor;host\n1985-01-02;France;URSS\n2005-01-02;France;URSS\n2006-01-02;France;URSS\n")
    assert found.rows["recipient"].tolist() == ["SUN"]
    assert found.problems == ["recipient: Soviet Union (SUN) did not exist on its day (2 rows: lines 3, 4)"]


@given(st.text(max_size=20))
def test_keys_are_stable(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)
    assert name_key(text.upper()) == name_key(text.upper().lower())


# Columns.

COLUMNS = """
    Date de début | started_on
    Startdatum    | started_on
    Fecha de fin  | ended_on
    结束日期       | ended_on
    Gastland      | recipient
    País visitado | recipient
    Страна визита | recipient
    Visitor       | source
    Pays          | country
    Date(s)       | days
    known_on      | known_on
    TripStartDate | started_on
    CountryVisitedISO | recipient
    Budget        |
"""


@pytest.mark.parametrize(("name", "field"), table(COLUMNS))
def test_names_of_columns(name: str, field: str) -> None:
    assert field_of(name) == field


WORDS = """
    level   | Président de la République | leader
    level   | Vice President             | deputy
    level   | Außenminister              | minister
    level   | clown                      |
    setting | en marge du G20            | margins
    setting | Staatsbesuch               | bilateral
    status  | annulée                    | cancelled
    mode    | videoconference            | virtual
    mode    | vist                       |
"""


@pytest.mark.parametrize(("field", "text", "value"), table(WORDS))
def test_words_of_cells(field: str, text: str, value: str) -> None:
    assert meaning(field, text) == value


def test_a_mapping_goes_over_every_guess_in_either_direction(read) -> None:
    text = "wann;bis;wer;wohin;Besucher\n2019-01-02;2019-01-03;FRA;CHN;Herr X\n"
    expected = [("2019-01-02", "2019-01-03", "2019-01-03", "FRA", "CHN", "bilateral", "occurred")]
    for mapping in (
        {"start": "wann", "visitor": "wer", "host": "wohin"},
        {"wann": "started_on", "wer": "source", "wohin": "recipient"},
    ):
        found = read(text, mapping=mapping)
        assert found.problems == []
        assert shown(found) == expected
    all_of = read(text, mapping={"start": "wann", "visitor": "=Deutschland", "host": "wohin"})
    assert all_of.rows["source"].tolist() == ["DEU"]


def test_a_mapping_that_names_what_is_not_there_is_a_problem(read) -> None:
    found = read("start;host\n2019-01-02;CHN\n", mapping={"host": "Ziel", "colour": "host", "size": "=3"}, focal="FRA")
    assert found.problems[0] == "mapping host=Ziel: the header has no column 'Ziel'; it has start, host"
    assert found.problems[-1].startswith("mapping size==3: there is no field 'size'")


def test_missing_and_doubtful_columns_are_named_together(read) -> None:
    found = read("Début;Beginn;Ville\n2019-01-02;2019-01-02;Pékin\n")
    assert [problem.split(";")[0] for problem in found.problems] == [
        "header: 'Début' and 'Beginn' may both be started_on",
        "header: no column of the visitor is recognised among Début, Beginn, Ville",
        "header: no column of the host is recognised among Début, Beginn, Ville",
    ]


def test_a_country_is_the_side_that_is_missing(read) -> None:
    assert read("date;country\n2019-01-02;CHN\n", focal="FRA").rows["recipient"].tolist() == ["CHN"]
    visits = read("date;visitor\n2019-01-02;CHN\n", focal="FRA")
    assert visits.rows[["source", "recipient"]].to_numpy().tolist() == [["CHN", "FRA"]]
    both = read("date;country;host\n2019-01-02;CHN;FRA\n")
    assert both.rows[["source", "recipient"]].to_numpy().tolist() == [["CHN", "FRA"]]


def test_the_plainer_of_two_names_of_columns_is_taken(read) -> None:
    text = "LeaderCountryISO,CountryVisitedISO,CountryVisited,TripStartDate,TripEndDate\nBRA,XXX,Kenya,{},2019-01-05\n"
    found = read(text.format("2019-01-02"))
    assert found.problems == []
    assert shown(found) == [("2019-01-02", "2019-01-05", "2019-01-05", "BRA", "KEN", "bilateral", "occurred")]


def test_a_source_beside_a_country_is_where_the_row_was_found(read) -> None:
    found = read("date,country,source\n2019-01-02,CHN,https://example.org/1\n", focal="FRA")
    assert found.rows[["source", "recipient", "url"]].to_numpy().tolist() == [["FRA", "CHN", "https://example.org/1"]]


# Rows.

LEGS = """
    2019-01-02 | 2019-01-03 | CHN
    2019-01-04 | 2019-01-05 | CHN
    2019-01-05 | 2019-01-05 | CHN
    2019-01-07 | 2019-01-07 | CHN
    2019-01-06 | 2019-01-06 | KEN
    2019-01-06 | 2019-01-06 | KEN
"""


def test_legs_are_one_stay_and_repeats_are_counted(read) -> None:
    rows = "\n".join(";".join(row) for row in table(LEGS))
    found = read(f"start;end;host\n{rows}\n", focal="FRA")
    assert [(row[0], row[1], row[4]) for row in shown(found)] == [
        ("2019-01-02", "2019-01-05", "CHN"),
        ("2019-01-06", "2019-01-06", "KEN"),
        ("2019-01-07", "2019-01-07", "CHN"),
    ]
    assert found.problems == []
    assert "repeats: 1 rows say what another says and are left out" in found.notes
    assert "legs: 2 rows go on with a stay in the same state and are merged with it" in found.notes


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=examples(40))
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5), st.sampled_from(["CHN", "KEN"])), min_size=1))
def test_merging_keeps_the_days_and_is_done_when_done(read, legs) -> None:
    first = np.datetime64("2019-01-01")
    text = "\n".join(f"{first + begin};{first + begin + length};{host}" for begin, length, host in legs)
    found = read(f"start;end;host\n{text}\n", focal="FRA")

    def days(rows) -> set[tuple[str, np.datetime64]]:
        return {
            (host, one) for begin, end, host in rows for one in np.arange(np.datetime64(begin), np.datetime64(end) + 1)
        }

    merged = [(row[0], row[1], row[4]) for row in shown(found)]
    assert days(merged) == days([(first + begin, first + begin + length, host) for begin, length, host in legs])
    for host in ("CHN", "KEN"):
        own = sorted(row for row in merged if row[2] == host)
        assert all(np.datetime64(b[0]) > np.datetime64(a[1]) + 1 for a, b in itertools.pairwise(own))


PROBLEMS = """
    start;host;status          | 2019-01-02;CHN;planned            | known_on: is empty, and what is announced has no other day of publication
    start;host;status          | 2019-01-02;CHN;maybe              | status: 'maybe' is not one of occurred, announced, reported, cancelled, postponed
    start;host;known           | 2019-01-02;CHN;2018-12-01         | known_on: lies before started_on; what is planned has the status announced
    start;host;known           | 2019-01-02;CHN;2104-12-01         | known_on: lies after 2024-06-01
    start;end;host             | 2025-01-02;2025-01-03;CHN         | status: occurred, but ended after 2024-06-01; what is planned has the status announced
    start;end;host             | 2019-01-02;2021-01-03;CHN         | ended_on: a stay of more than 366 days
    start;host;mode            | 2019-01-02;CHN;vist               | mode: 'vist' is not one of visit, third-party, multilateral, meet
    start;host;event           | 2019-01-02;CHN;REJECT             | mode: is empty; write how, such as meet, announce or cancel
    start;host;event           | 2019-01-02;CHN;RUN                | event: 'RUN' is not one of AGREE
    start;host;mode            | 2019-01-02;CHN;cancel             | mode: 'cancel' is no way to consult; name the event too
    start;host                 | ;CHN                              |
    start;host;end             | 2019-01-02;CHN;;;x                | has more cells than the header, which has 3
    start;host                 |                                   | the header has no rows below it
"""  # noqa: E501


@pytest.mark.parametrize(("header", "row", "problem"), table(PROBLEMS))
def test_problems_of_rows(read, header: str, row: str, problem: str) -> None:
    found = read(f"{header}\n{row}\n", focal="FRA")
    assert found.rows.empty
    if problem:
        assert found.problems[0].startswith(problem)
    else:
        assert "started_on: is empty; a day is needed (line 2)" in found.problems


def test_what_was_planned_or_called_off_is_read(read) -> None:
    text = (
        "début;fin;pays;statut;annoncé le\n02/01/2025;03/01/2025;Chine;prévu;20/05/2024\n"
        "13/01/2024;13/01/2024;Kenya;annulé;02/01/2024\n"
    )
    assert shown(read(text, focal="FRA")) == [
        ("2024-01-13", "2024-01-13", "2024-01-02", "FRA", "KEN", "bilateral", "cancelled"),
        ("2025-01-02", "2025-01-03", "2024-05-20", "FRA", "CHN", "bilateral", "announced"),
    ]


def test_a_long_stay_is_warned_of_and_a_sum_is_no_row(read) -> None:
    found = read("start;end;host\n2019-01-02;2019-01-25;CHN\nTotal 1;;\n", focal="FRA")
    assert found.problems == []
    assert "warning: a stay of more than 14 days (line 2)" in found.notes
    assert "left out, since it has one cell: 'Total 1' (line 3)" in found.notes


def test_titles_blank_lines_quotes_and_breaks_in_cells(read) -> None:
    text = 'Journeys\n\nsep\n\nstart;host;note\n\n2019-01-02;CHN;"talks; a\nlong note"\n2019-01-05;KEN;x\n'
    found = read(text, focal="FRA")
    assert found.problems == []
    assert found.rows["note"].tolist() == ["talks; a long note", "x"]
    assert "header: line 5" in found.notes
    marked = read("sep=|\r\nstart|host\r\n2019-01-02|CHN\r\n2019-01-05|Norwayy\r\n", focal="FRA")
    assert marked.problems == ["recipient: unknown state 'Norwayy'; did you mean Norway (NOR)? (line 4)"]


REFUSED = {
    "nothing": (b"", "holds no rows"),
    "null bytes": (b"start;host\n\0\n2019-01-02;CHN\n" + b"x" * 50, "is no text"),
    "half of UTF-16": (b"\xff\xfes\x00t", "begins as UTF-16"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx"),
    "a broken workbook": (b"PK\x03\x04 and no more", "is no workbook"),
}


@pytest.mark.parametrize(("content", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_at_all(read, content: bytes, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read(content)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_any_table(tmp_path / "none.csv", today=TODAY)


def test_the_columns_are_those_of_a_ledger() -> None:
    assert set(LEDGER) == {*REQUIRED, *OPTIONAL}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=examples(150))
@given(
    st.one_of(st.binary(max_size=300), st.text(alphabet="start;host\n,\"'/2019CHN\t\0é", max_size=200).map(str.encode))
)
def test_any_bytes_are_read_or_refused_in_words(read, content: bytes) -> None:
    try:
        found = read(content, focal="FRA")
    except InputError:
        return
    assert list(found.rows.columns) == list(LEDGER)
    assert found.rows.empty or not any("\n" in said for said in found.notes + found.problems)


def test_every_state_of_today_is_found_by_its_iso_codes_and_its_names():
    """The locale data give a dissolved state the code of its successor: Yemen is not South Yemen."""
    today = np.datetime64("2024-01-01", "D")
    aliases = get_global("territory_aliases")
    alive = {code for code, state in states().items() if state.exists_on(today)}
    numbers = {given[0]: code for code, given in aliases.items() if code.isdigit() and len(given) == 1}
    alpha_2 = {code: aliases[code][0] for code in alive if len(aliases.get(code, ())) == 1}
    assert len(alpha_2) > 190
    found, names = StateNames("iso"), names_in("de")
    for code, short in alpha_2.items():
        assert found.find(short, on=today) == code
        assert found.find(names[code], on=today) == code
        if short in numbers:
            assert found.find(numbers[short], on=today) == code
