"""The codebook as tables: a record of the publisher, and the rows it must yield."""

# ruff: noqa: E501 - a row of a table stands on one line

from __future__ import annotations

import csv
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from forecast.coding.state_department import ingest

PRESIDENTS = """
Dwight D. Eisenhower | 1953-01-20 | 1961-01-20
Richard M. Nixon     | 1969-01-20 | 1974-08-09
Gerald R. Ford       | 1974-08-09 | 1977-01-20
Jimmy Carter         | 1977-01-20 | 1981-01-20
Ronald Reagan        | 1981-01-20 | 1989-01-20
George Bush          | 1989-01-20 | 1993-01-20
William J. Clinton   | 1993-01-20 | 2001-01-20
George W. Bush       | 2001-01-20 | 2009-01-20
Barack Obama         | 2009-01-20 | 2017-01-20
Joseph R. Biden      | 2021-01-20 | 2025-01-20
"""

#: Visitors that only teach the register who is who.
SCHOOL = """
1994-05-01 | 1994-05-01 | jordan               | King Hussein                     | Working visit.
1999-05-01 | 1999-05-01 | israel               | Prime Minister Ehud Barak        | Working visit.
1999-09-01 | 1999-09-01 | palestinian-authority | Chairman Yasir Arafat           | Working visit.
2012-05-01 | 2012-05-01 | malawi               | President Joyce Banda            | Working visit.
1958-01-01 | 1958-01-01 | iran                 | Shah Mohammed Reza Pahlavi       | Working visit.
"""


def cells(line: str, number: int) -> list[str]:
    found = [cell.strip() for cell in line.split("|")]
    return found + [""] * (number - len(found))


def lines_of(table: str) -> list[str]:
    return [line for line in table.strip().splitlines() if line.strip()]


def visit_xml(table: str, start: int = 1) -> str:
    rows = []
    for number, line in enumerate(lines_of(table), start=start):
        began, ended, country, visitor, text = cells(line, 5)[:5]
        rows.append(
            f"<visit><id>{number}</id><start-date>{began}</start-date><end-date>{ended}</end-date>"
            f'<visitor>{escape(visitor)}</visitor><from id="{country}">x</from>'
            f"<description>{escape(text)}</description></visit>"
        )
    return "<visits>\n" + "\n".join(rows) + "\n</visits>"


def trip_xml(table: str, start: int = 1) -> str:
    rows = []
    for number, line in enumerate(lines_of(table), start=start):
        began, ended, country, who, text = cells(line, 5)[:5]
        rows.append(
            f"<trip><id>{number}</id><name>{who}</name><start-date>{began}</start-date><end-date>{ended}</end-date>"
            f'<country id="{country}">x</country><locale/><remarks>{escape(text)}</remarks></trip>'
        )
    return "<trips>\n" + "\n".join(rows) + "\n</trips>"


def source_folder(root: Path, *, visits: str = "", presidents: str = "", secretaries: str = "") -> Path:
    terms = "".join(
        f"<president><name>{name}</name><took-office-date>{began}</took-office-date>"
        f"<left-office-date>{ended}</left-office-date></president>"
        for name, began, ended in (cells(line, 3) for line in lines_of(PRESIDENTS))
    )
    contents = {
        "visits/school.xml": visit_xml(SCHOOL, start=9001),
        "visits/visits.xml": visit_xml(visits),
        "president-travels/trips.xml": trip_xml(presidents or "1990-01-01|1990-01-01|france|George Bush|Vacation."),
        "secretary-travels/trips.xml": trip_xml(secretaries or "1990-01-01|1990-01-01|france|James Baker|Vacation."),
        "presidents/presidents.xml": f"<presidents>{terms}</presidents>",
    }
    for name, content in contents.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    return root


def coded(tmp_path: Path, collection: str, record: str) -> list[dict[str, str]]:
    """Code one record in a small source folder and return its rows."""
    key = {"visits": "visits", "president-travels": "presidents", "secretary-travels": "secretaries"}[collection]
    ingest(source_folder(tmp_path / "in", **{key: record}), tmp_path / "out")
    with (tmp_path / "out" / f"{collection}.csv").open(encoding="utf-8", newline="") as rows:
        return [row for row in csv.DictReader(rows) if row["record_id"] == "1"]


def as_table(rows: list[dict[str, str]], columns: str) -> list[str]:
    return [" ".join(row[column] or "-" for column in columns.split()) for row in rows]


VISITS = """
# plain visits
2009-05-06 | 2009-05-06 | afghanistan | President Hamid Karzai | Working Visit. => AFG leader bilateral -
1966-05-06 | 1966-05-07 | russia | Chairman Aleksei N. Kosygin | State visit. => SUN leader bilateral -
1991-05-06 | 1991-05-07 | yugoslavia | Prime Minister Ante Markovic | Private visit. => YUG leader bilateral -
1990-02-20 | 1990-02-21 | czechoslovakia | President Vaclav Havel | Working visit. => CSK leader bilateral -
1994-02-20 | 1994-02-21 | czech-republic | President Vaclav Havel | Working visit. => CZE leader bilateral -
1990-06-11 | 1990-06-12 | german-democratic-republic | Prime Minister Lothar de Maiziere | Working visit. => DDR leader bilateral -
# who is a leader
1979-10-06 | 1979-10-07 | holy-see | Pope John Paul II | Met with President Carter. => VAT leader bilateral -
1994-06-01 | 1994-06-01 | jordan | King Hussein | Working visit. => JOR leader bilateral -
1961-05-24 | 1961-05-24 | monaco | Prince Rainier III | Luncheon (social visit). => MCO leader bilateral -
2018-03-19 | 2018-03-24 | saudi-arabia | Crown Prince Mohammed bin Salman | Working Visit. => SAU deputy bilateral -
2023-03-19 | 2023-03-24 | saudi-arabia | Crown Prince Mohammed bin Salman | Working Visit. => SAU leader bilateral -
2019-02-22 | 2019-02-22 | china | Vice Premier Liu He | Bilateral Meeting. => CHN deputy bilateral -
2000-08-23 | 2000-08-23 | mexico | President-elect Vicente Fox | Working visit. => MEX deputy bilateral -
1954-05-03 | 1954-05-05 | canada | Governor General Massey | Addressed U.S. Congress May 4. => CAN deputy bilateral -
1977-09-06 | 1977-09-09 | panama | General Omar Torrijos Herrera | Attended signing of the Panama Canal Treaty. => PAN leader multilateral signing
# settings
2008-09-23 | 2008-09-23 | uganda | President Yoweri Museveni | Met with President Bush at the UN General Assembly in New York City. => UGA leader margins unga
2003-06-24 | 2003-06-26 | greece | Prime Minister Simitis | Working visit. Met with President Bush at the U.S.-EU Summit Meeting. => GRC leader bilateral us-eu
2007-05-07 | 2007-05-08 | united-kingdom | Queen Elizabeth II | State Visit. Addressed Virginia General Assembly. => GBR leader bilateral -
2010-04-12 | 2010-04-13 | finland | President Tarja Halonen | Attended the Nuclear Security Summit. => FIN leader multilateral nss
2021-11-18 | 2021-11-18 | mexico | President Lopez Obrador | Working Visit; North American Leaders' Summit. => MEX leader bilateral nals
2004-06-11 | 2004-06-11 | germany | Chancellor Gerhard Schroeder | Attended the funeral of Former President Reagan. => DEU leader multilateral funeral
1995-10-23 | 1995-10-23 | russia | President Boris N. Yeltsin | Summit meeting with President Clinton at Hyde Park, New York. => RUS leader bilateral -
# the other side is no leader
1998-06-29 | 1998-06-29 | macedonia | Prime Minister Branko Crvenkovski | Met with Vice President Gore. => MKD deputy bilateral -
1993-01-08 | 1993-01-08 | mexico | President Carlos Salinas | Discussed NAFTA with President-elect Clinton in Austin, Texas. => MEX deputy bilateral -
# two persons of one state
2024-03-12 | 2024-03-12 | poland | President Andrzej Duda and Prime Minister Donald Tusk | Working Visit. => POL leader bilateral -
"""


def spec(table: str) -> list[tuple[str, str]]:
    found = []
    for line in lines_of(table):
        if not line.startswith("#"):
            record, _, expected = line.partition("=>")
            found.append((record.strip(), expected.strip()))
    return found


@pytest.mark.parametrize(("record", "expected"), spec(VISITS))
def test_a_visit_is_one_row_of_its_visitors_state(tmp_path: Path, record: str, expected: str) -> None:
    rows = coded(tmp_path, "visits", record)
    assert as_table(rows, "source level setting venue") == [expected]
    assert as_table(rows, "ruling recipient event mode context status place") == [
        "meeting USA CONSULT visit diplomatic occurred USA"
    ]


RULED_VISITS = """
2022-09-28 | 2022-09-28 | french-polynesia | President Edouard Fritch | Attended the Summit. => not yet a state
1961-07-17 | 1961-07-17 | tanzania | Prime Minister Nyerere | Informal visit. => not yet a state
1999-10-27 | 1999-10-27 | italy | Prime Minister Romano Prodi | Met with President Clinton as President of the European Commission. => organisation
2020-09-18 | 2020-09-18 | kuwait | Sheikh Nasser Sabah Al-Ahmed Al-Sabah | Private Ceremony for the Legion of Merit. => not a leader
"""


@pytest.mark.parametrize(("record", "ruling"), spec(RULED_VISITS))
def test_a_visit_without_a_leader_of_a_state_is_ruled_on(tmp_path: Path, record: str, ruling: str) -> None:
    [row] = coded(tmp_path, "visits", record)
    assert row["ruling"] == ruling
    assert {row[column] for column in ("source", "recipient", "event", "occurred_on", "known_on")} == {""}


def test_one_stay_with_two_rows_stays_two_rows_and_is_known_at_its_end(tmp_path: Path) -> None:
    stay = """
    2023-11-12 | 2023-11-12 | china | President Xi Jinping | Offsite Meeting at Woodside, CA.
    2023-11-12 | 2023-11-17 | china | President Xi Jinping | Attended the APEC Leaders' Summit at San Francisco, CA.
    """
    ingest(source_folder(tmp_path / "in", visits=stay), tmp_path / "out")
    with (tmp_path / "out" / "visits.csv").open(encoding="utf-8", newline="") as rows:
        found = [row for row in csv.DictReader(rows) if row["source"] == "CHN"]
    assert as_table(found, "setting ended_on known_on") == [
        "bilateral 2023-11-12 2023-11-17",
        "multilateral 2023-11-17 2023-11-17",
    ]


def test_two_visitors_of_one_state_are_one_row_with_two_persons(tmp_path: Path) -> None:
    record = "2024-03-12 | 2024-03-12 | poland | President Andrzej Duda and Prime Minister Donald Tusk | Working Visit."
    [row] = coded(tmp_path, "visits", record)
    assert row["persons"] == "Andrzej Duda; Donald Tusk"
    assert row["offices"] == "president; prime minister"


DAYS = """
# the remark names the day
1981-03-15 | 1981-03-18 | argentina | President Roberto E. Viola | Private visit. Met with President Reagan March 17. => 1981-03-17 1981-03-17
# it does not: the meeting is dated on the first day and certain on the last
2009-05-06 | 2009-05-08 | afghanistan | President Hamid Karzai | Working Visit. => 2009-05-06 2009-05-08
# days of the travel are not the day of the meeting
1966-04-22 | 1966-04-24 | denmark | Prime Minister Jens Otto Krag | Private visit. Arrived in U.S. April 20. => 1966-04-22 1966-04-24
# a meeting with somebody else does not date the meeting with the president
2006-09-24 | 2006-09-27 | afghanistan | President Hamid Karzai | Working visit. Also met with Pakistani President Musharraf on September 27. => 2006-09-24 2006-09-27
# the year comes from the stay
1999-12-30 | 2000-01-03 | france | President Jacques Chirac | Private visit. Met with President Clinton January 2. => 2000-01-02 2000-01-02
"""


@pytest.mark.parametrize(("record", "days"), spec(DAYS))
def test_a_meeting_is_dated_by_the_remark_or_by_the_stay(tmp_path: Path, record: str, days: str) -> None:
    assert as_table(coded(tmp_path, "visits", record), "occurred_on known_on") == [days]


JOURNEYS = """
# the host
2009-02-19 | 2009-02-19 | canada | Barack Obama | Met with Prime Minister Harper. => CAN leader bilateral visit
1994-11-12 | 1994-11-13 | philippines | William J. Clinton | State Visit. => PHL leader bilateral visit
2009-07-10 | 2009-07-10 | holy-see | Barack Obama | Audience with Pope Benedict XVI. => VAT leader bilateral visit
1974-06-14 | 1974-06-15 | saudi-arabia | Richard M. Nixon | Met with King Faisal. => SAU leader bilateral visit
1974-06-14 | 1974-06-15 | saudi-arabia | Richard M. Nixon | Met with Crown Prince Fahd. => SAU deputy bilateral visit
1981-10-08 | 1981-10-08 | mexico | Ronald Reagan | Exchange of visits with President-elect de la Madrid. => MEX deputy bilateral visit
1994-10-27 | 1994-10-28 | israel | William J. Clinton | Met with senior Israeli officials and addressed the Knesset. => ISR working bilateral visit
1980-06-24 | 1980-06-25 | yugoslavia | Jimmy Carter | Official visit; met with President Mijatovic. => YUG leader bilateral visit
1957-03-20 | 1957-03-24 | united-kingdom | Dwight D. Eisenhower | Met with Prime Minister Macmillan. => GBR leader bilateral visit
# a summit on the host's soil is chaired by its leader; a ministerial meeting or a forum is not
2006-11-28 | 2006-11-29 | latvia | George W. Bush | Attended NATO Summit Meeting. => LVA leader multilateral visit
1957-12-14 | 1957-12-19 | france | Dwight D. Eisenhower | Attended meeting of NATO Heads of Government. => FRA leader multilateral visit
# a meeting beside a larger event
2021-06-09 | 2021-06-13 | united-kingdom | Joseph R. Biden | Met with Prime Minister Boris Johnson and Queen Elizabeth II. Attended the G7 Summit. => GBR leader margins visit
1998-04-16 | 1998-04-19 | chile | William J. Clinton | State visit; attended the Second Summit of the Americas. => CHL leader bilateral visit
# a summit of two is no larger event, and does not make the country it is held in a party
1993-04-03 | 1993-04-04 | canada | William J. Clinton | Summit meeting with Russian President Yeltsin. => RUS leader bilateral third-party
2009-02-27 | 2009-02-28 | vietnam | Barack Obama | Attended the second North Korea-U.S. summit. => PRK leader bilateral third-party
"""


@pytest.mark.parametrize(("record", "expected"), spec(JOURNEYS))
def test_a_president_meets_one_state(tmp_path: Path, record: str, expected: str) -> None:
    assert as_table(coded(tmp_path, "president-travels", record), "recipient level setting mode") == [expected]


SEVERAL = """
# by demonym, by office lists, by name: the host first, then the others in their order
1978-01-04 | 1978-01-04 | egypt | Jimmy Carter | Met with President Sadat and German Chancellor Schmidt. => EGY bilateral, DEU bilateral
1990-11-21 | 1990-11-22 | saudi-arabia | George Bush | Met with King Fahd and the Amir of Kuwait. => SAU bilateral, KWT bilateral
2002-11-22 | 2002-11-23 | lithuania | George W. Bush | Met with the presidents of the Baltic States. => LTU bilateral, EST bilateral, LVA bilateral
1977-05-05 | 1977-05-10 | united-kingdom | Jimmy Carter | Also met with the Prime Ministers of Greece, Belgium, and Turkey, and with the President of Portugal. => GRC bilateral, BEL bilateral, TUR bilateral, PRT bilateral
1978-06-16 | 1978-06-17 | panama | Jimmy Carter | Met with Presidents Perez of Venezuela, Lopez Michelson of Colombia, and Prime Minister Manley of Jamaica. => VEN bilateral, COL bilateral, JAM bilateral
1999-07-25 | 1999-07-25 | morocco | William J. Clinton | Attended the funeral of King Hassan II; met with Palestinian Authority President Arafat and Israeli Prime Minister Barak. => PSE margins, ISR margins
1994-10-25 | 1994-10-26 | egypt | William J. Clinton | Met with President Mubarak and King Hussein. => EGY bilateral, JOR bilateral
# participants of the event itself
1975-11-15 | 1975-11-17 | france | Gerald R. Ford | Attended Economic Summit meeting of the Heads of State and Government of France, Italy, and Japan. => FRA multilateral, ITA multilateral, JPN multilateral
1955-07-16 | 1955-07-23 | switzerland | Dwight D. Eisenhower | Summit conference with British Prime Minister Eden, French Premier Faure, and Soviet Premier Bulganin. => GBR multilateral, FRA multilateral, SUN multilateral
1988-03-01 | 1988-03-03 | belgium | Ronald Reagan | Attended NATO Summit Meeting. Present were the Heads of State and Government of Canada and Denmark. => BEL multilateral, CAN multilateral, DNK multilateral
# the host is met beside, the guests in the margins
2013-07-13 | 2013-07-13 | france | Barack Obama | Attended the G-8 Economic Summit and met with Chinese President Hu Jintao. => FRA multilateral, CHN margins
# names of dissolved and of new states by the day
1985-11-16 | 1985-11-21 | switzerland | Ronald Reagan | Met with Soviet General Secretary Gorbachev and Czechoslovak President Husak. => SUN bilateral, CSK bilateral
1989-06-16 | 1989-06-21 | switzerland | George Bush | Met with East German Prime Minister Modrow and Yugoslav President Drnovsek. => DDR bilateral, YUG bilateral
"""


@pytest.mark.parametrize(("record", "expected"), spec(SEVERAL))
def test_every_state_that_is_named_as_met_is_a_row(tmp_path: Path, record: str, expected: str) -> None:
    rows = as_table(coded(tmp_path, "president-travels", record), "recipient setting")
    assert rows == expected.split(", ")


RULED_JOURNEYS = """
1966-10-26 | 1966-10-26 | vietnam | Lyndon B. Johnson | Visited U.S. military personnel. => no meeting: troops
1939-08-14 | 1939-08-16 | canada | Franklin D. Roosevelt | Fishing trip. => no meeting: vacation
2005-04-06 | 2005-04-08 | holy-see | George W. Bush | Attended the funeral of Pope John Paul II. => no meeting: funeral
1967-04-14 | 1967-04-14 | suriname | Lyndon B. Johnson | Refueling stop en route from Uruguay. => no meeting: stopover
1953-10-19 | 1953-10-19 | mexico | Dwight D. Eisenhower | Dedicated Falcon Dam. => no meeting: ceremony
1940-12-05 | 1940-12-05 | united-kingdom | Franklin D. Roosevelt | Inspected British base sites for possible American use. => no meeting: inspection
1978-07-15 | 1978-07-15 | germany | Jimmy Carter | Spoke at the Airlift Memorial. => no meeting: address
2000-01-29 | 2000-01-29 | switzerland | William J. Clinton | Addressed the World Economic Forum. => no meeting: event without named leaders
2012-07-01 | 2012-07-02 | israel | Barack Obama | Consulted with regional partners. => no meeting: nobody named
1996-01-13 | 1996-01-13 | hungary | William J. Clinton | Met with U.S. military personnel. => no meeting: own officials
1999-05-04 | 1999-05-04 | belgium | William J. Clinton | Discussed the Kosovo conflict with NATO officials. => organisation
1959-08-22 | 1959-08-30 | united-kingdom | Dwight D. Eisenhower | Met with the Governor of Bermuda. => not a leader
1981-01-05 | 1981-01-05 | mexico | Ronald Reagan | Met with President Lopez Portillo. [Visit made as President-elect.] => no meeting: before or after office
1994-03-05 | 1994-03-06 | mexico | Jimmy Carter | Met with President Salinas. => no meeting: before or after office
2000-08-28 | 2000-08-29 | tanzania | William J. Clinton | Met with former South African President Mandela. => not a leader
"""


@pytest.mark.parametrize(("record", "ruling"), spec(RULED_JOURNEYS))
def test_a_journey_without_a_meeting_is_ruled_on(tmp_path: Path, record: str, ruling: str) -> None:
    [row] = coded(tmp_path, "president-travels", record)
    assert (row["ruling"], row["recipient"], row["event"]) == (ruling, "", "")


def test_the_days_named_in_a_remark_belong_to_the_persons_beside_them(tmp_path: Path) -> None:
    record = (
        "2006-07-14 | 2006-07-17 | russia | George W. Bush | Attended the G-8 Economic Summit. Met with President Hu "
        "of China, July 16; and President Lula of Brazil and Prime Minister Singh of India, July 17."
    )
    assert as_table(coded(tmp_path, "president-travels", record), "recipient setting occurred_on known_on") == [
        "RUS multilateral 2006-07-14 2006-07-17",
        "CHN margins 2006-07-16 2006-07-16",
        "BRA margins 2006-07-17 2006-07-17",
        "IND margins 2006-07-17 2006-07-17",
    ]


def test_a_name_never_means_one_who_was_not_in_office_then(tmp_path: Path) -> None:
    # The register knows the Banda of Malawi from 2012; the Banda met in Zambia in 2011 is Zambia's.
    record = "2010-06-10 | 2010-06-11 | zambia | Barack Obama | Met with President Banda."
    assert as_table(coded(tmp_path, "president-travels", record), "recipient") == ["ZMB"]


def test_a_king_is_not_taken_for_a_longer_name(tmp_path: Path) -> None:
    # "Mohammed V" is not a short form of Iran's Mohammed Reza Pahlavi.
    record = "1959-12-22 | 1959-12-22 | morocco | Dwight D. Eisenhower | Met with King Mohammed V."
    assert as_table(coded(tmp_path, "president-travels", record), "recipient") == ["MAR"]


SECRETARIES = """
1997-02-17 | 1997-02-18 | france | Madeleine Albright | Met with President Chirac, Prime Minister Juppe, and Foreign Minister de Charette. => FRA head_of_state false -
1997-02-17 | 1997-02-18 | italy | Madeleine Albright | Met with Prime Minister Prodi and Foreign Minister Dini. => ITA head_of_government false -
1977-02-19 | 1977-02-20 | saudi-arabia | Cyrus Vance | Met with Crown Prince Fahd and Foreign Minister Prince Saud. => SAU deputy false -
1986-12-09 | 1986-12-10 | united-kingdom | George Shultz | Met with Foreign Secretary Howe. => GBR foreign_minister false -
1994-10-11 | 1994-10-11 | syria | Warren Christopher | Discussed the Middle East peace process with senior Syrian officials. => SYR officials false -
1983-04-25 | 1983-04-27 | egypt | George Shultz | Attempted to negotiate the withdrawal of foreign forces. => EGY officials false -
1985-03-17 | 1985-03-18 | canada | George Shultz | Accompanied President Reagan. => CAN none true -
1990-11-21 | 1990-11-22 | saudi-arabia | James Baker | Accompanied President Bush to meetings with King Fahd. => SAU head_of_state true -
1983-04-18 | 1983-04-19 | mexico | George Shultz | Attended the 3rd meeting of U.S.-Mexico Binational Commission. => MEX none false U.S.-Mexico Binational Commission
2014-07-08 | 2014-07-10 | china | John Kerry | Attended the Sixth Round of the U.S.-China Strategic and Economic Dialogue. => CHN none false U.S.-China Strategic and Economic Dialogue
2012-05-02 | 2012-05-05 | china | Hillary Clinton | Attended the 4th joint meeting of the U.S.-China Economic and Strategic Dialogue. => CHN none false U.S.-China Strategic and Economic Dialogue
1975-05-21 | 1975-05-23 | turkey | Henry Kissinger | Attended CENTO Ministerial Meeting. => TUR none false CENTO Council
"""


@pytest.mark.parametrize(("record", "expected"), spec(SECRETARIES))
def test_a_secretarys_journey_says_how_high_he_was_received(tmp_path: Path, record: str, expected: str) -> None:
    rows = coded(tmp_path, "secretary-travels", record)
    assert as_table(rows, "recipient access accompanied dialogue") == [expected]
    assert [row["level"] for row in rows] == ["minister"]


def test_ministers_of_third_states_are_rows_of_their_own(tmp_path: Path) -> None:
    record = "1996-04-18 | 1996-04-20 | netherlands | Warren Christopher | Met with Foreign Minister Van Mierlo and Chinese Foreign Minister Qian."
    assert as_table(coded(tmp_path, "secretary-travels", record), "recipient mode place access") == [
        "NLD visit NLD foreign_minister",
        "CHN third-party NLD foreign_minister",
    ]
