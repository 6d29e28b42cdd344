"""China's lists of journeys and visits: states and titles in Chinese, and what is no meeting of leaders."""

from __future__ import annotations

import csv
import datetime as dt
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import InputError
from forecast.facts.countries import states
from forecast.facts.events import LEVELS, SETTINGS
from forecast.readers.china import code_china
from forecast.readers.china_names import OFFICES, chinese_names
from forecast.readers.coded_source import FACTS, contents_of, read_source
from text_tables import day, table

FIXTURES = Path(__file__).parent / "fixtures" / "china"
JOURNEYS = ("leader", "start_date", "end_date", "destination_country", "locale", "details")
VISITS = ("country", "leader_title", "name", "first", "last", "visit_type", "source")


def write(path, columns, rows, defaults):
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns)
        writer.writeheader()
        writer.writerows({**dict.fromkeys(columns, ""), **defaults, **row} for row in rows)
    return path


def coded(tmp_path, journeys=(), visits=()):
    """Code journeys and visits; a list that is not given holds one row long ago."""
    outbound = write(
        tmp_path / "out.csv",
        JOURNEYS,
        journeys or [{"start_date": "2013-06-04", "end_date": "2013-06-04", "destination_country": "Mexico"}],
        {"leader": "Xi Jinping", "start_date": "2013-06-04", "end_date": "2013-06-06"},
    )
    inbound = write(
        tmp_path / "in.csv",
        VISITS,
        visits or [{"country": "法国", "leader_title": "总统", "name": "奥朗德"}],
        {"first": "2013-04-25", "last": "2013-04-26", "visit_type": "国事访问", "source": "PRC MFA zyxw"},
    )
    source = code_china(outbound, inbound, version="test")
    return {one.name: one for one in source.collections}


def journey(tmp_path, details, state="Japan", **cells):
    found = coded(tmp_path, [{"destination_country": state, "details": details, **cells}])["journeys"]
    return found.rows, found.uncoded


def visit(tmp_path, country, title="总统", name="某某", **cells):
    found = coded(tmp_path, visits=[{"country": country, "leader_title": title, "name": name, **cells}])["visits"]
    return found.rows, found.uncoded


DETAILS = """
state         | details                                                            | recipient mode setting
Costa Rica    |                                                                    | CRI visit bilateral
Russia        | State visit.                                                       | RUS visit bilateral
Japan         | Attendance to the 14th G20 summit.                                 | JPN visit multilateral
Brazil        | Attendance to a BRICS summit. Met with President Jair Bolsonaro.   | BRA visit margins
South Africa  | State visit and attendance to the 10th BRICS summit.               | ZAF visit bilateral
United States | Attendance to the US-China leader summit and the APEC meeting.     | USA visit margins
United States | Hosted by President Barack Obama; not a formal visit.              | USA visit bilateral
India         | Informal summit with Prime Minister Narendra Modi.                 | IND visit bilateral
Morocco       | Met with Crown Prince, head of government and other officials.     | MAR visit bilateral
Japan         | Attendance to a G20 summit. Met with U.S. President Donald Trump.  | JPN visit multilateral; USA third-party margins
Trinidad and Tobago | Met with President of Guyana Donald Ramotar to discuss ties. | TTO visit bilateral; GUY third-party bilateral
Uzbekistan    | State visit and attendance to an SCO summit. Met with Russian president Vladimir Putin. | UZB visit bilateral; RUS third-party margins
Tanzania      | State visit; Met with President of Zanzibar Ali Mohamed Shein.     | TZA visit bilateral
France        | State visit. Met with European Commission President Ursula von der Leyen. | FRA visit bilateral
Czech Republic | His visit was met by protests of Slovak President followers.      | CZE visit bilateral
"""  # noqa: E501


@pytest.mark.parametrize("row", table(DETAILS), ids=lambda row: f"{row['state']}: {row['details'][:30]}")
def test_a_journey_yields_its_host_and_whoever_is_named_as_met(tmp_path, row):
    rows, _ = journey(tmp_path, row["details"], row["state"])
    found = [" ".join(one) for one in rows[["recipient", "mode", "setting"]].itertuples(index=False)]
    assert "; ".join(found) == row["recipient mode setting"]
    assert set(rows["source"]) == {"CHN"}
    assert set(rows["level"]) == {"leader"}


def test_several_leaders_in_one_sentence_are_rows_each_with_name_and_office(tmp_path):
    rows, uncoded = journey(
        tmp_path,
        "Attendance to a summit. Met numerous world leaders including the US president Joe Biden, Australian Prime "
        "Minister Anthony Albanese and US Vice President Kamala Harris.",
        "Indonesia",
    )
    found = set(rows.loc[rows["mode"] == "third-party", ["recipient", "level", "persons"]].itertuples(index=False))
    assert {tuple(one) for one in found} == {
        ("USA", "leader", "Joe Biden"),
        ("AUS", "leader", "Anthony Albanese"),
        ("USA", "deputy", "Kamala Harris"),
    }
    assert uncoded["reason"].tolist() == ["more leaders met, not named"]


def test_a_meeting_is_public_on_the_last_day_of_the_stay(tmp_path):
    rows, _ = journey(tmp_path, "State visit.", start_date="2015-10-19", end_date="2015-10-24")
    assert rows.loc[0, ["started_on", "occurred_on", "ended_on", "known_on"]].tolist() == [
        "2015-10-19",
        "2015-10-19",
        "2015-10-24",
        "2015-10-24",
    ]


@pytest.mark.parametrize(
    ("state", "start", "details", "reason"),
    [
        ("Spain", "2016-11-24", "", "no meeting: stopover"),
        ("Portugal", "2014-07-25", "Technical stopover on Terceira.", "no meeting: stopover"),
        ("Portugal", "2014-07-25", "In transit to China.", "no meeting: stopover"),
    ],
)
def test_a_stopover_is_no_meeting(tmp_path, state, start, details, reason):
    rows, uncoded = journey(tmp_path, details, state, start_date=start, end_date=start)
    assert rows.empty
    assert uncoded["reason"].tolist() == [reason]


def test_the_premier_is_a_leader_and_others_are_not_coded(tmp_path):
    rows, _ = journey(tmp_path, "", leader="Li Keqiang")
    assert rows["level"].tolist() == ["leader"]
    rows, uncoded = journey(tmp_path, "", leader="Wang Yi")
    assert rows.empty
    assert uncoded["reason"].tolist() == ["office of the traveller not known"]


def test_the_leader_of_taiwan_was_met_in_singapore(tmp_path):
    rows, _ = journey(tmp_path, "State visit.", "Singapore", start_date="2015-11-06", end_date="2015-11-07")
    assert rows[["recipient", "place", "occurred_on"]].to_numpy().tolist() == [
        ["SGP", "SGP", "2015-11-06"],
        ["TWN", "SGP", "2015-11-07"],
    ]


VISITORS = """
country     | title      | name              | first      | state | level    | office
俄罗斯      | 总统       | 普京              | 2016-06-25 | RUS   | leader   | president
白俄罗斯    | 总统       | 卢卡申科          | 2016-09-30 | BLR   | leader   | president
印度        | 总理       | 莫迪              | 2018-04-27 | IND   | leader   | prime minister
印度尼西亚  | 总统       | 佐科              | 2022-07-26 | IDN   | leader   | president
印度尼西亚当选 | 总统    | 普拉博沃          | 2024-04-01 | IDN   | deputy   | president-elect
苏丹        | 总统       | 巴希尔            | 2015-09-01 | SDN   | leader   | president
苏丹主权委员会 | 主席    | 布尔汉            | 2024-09-06 | SDN   | leader   | chairman
南苏丹      | 总统       | 基尔              | 2024-09-06 | SSD   | leader   | president
文莱        | 苏丹       | 哈桑纳尔          | 2013-04-05 | BRN   | leader   | sultan
刚果共和国  | 总统       | 萨苏              | 2016-07-06 | COG   | leader   | president
刚果民主共和国 | 总统    | 卡比拉            | 2015-09-04 | COD   | leader   | president
几内亚比绍  | 总统       | 恩巴洛            | 2024-07-10 | GNB   | leader   | president
赤道几内亚  | 总统       | 奥比昂            | 2024-05-28 | GNQ   | leader   | president
中非        | 总统       | 图瓦德拉          | 2024-09-06 | CAF   | leader   | president
多米尼克    | 总理       | 斯凯里特          | 2013-07-17 | DMA   | leader   | prime minister
多米尼加    | 总统       | 梅迪纳            | 2018-11-02 | DOM   | leader   | president
也门        | 总统       | 哈迪              | 2013-11-13 | YEM   | leader   | president
韩国国务    | 总理       | 黄教安            | 2016-06-29 | KOR   | leader   | prime minister
巴勒斯坦国  | 总统       | 阿巴斯            | 2017-07-18 | PSE   | leader   | president
巴新        | 总理       | 奥尼尔            | 2016-07-05 | PNG   | leader   | prime minister
朝鲜        | 委员长     | 金正恩            | 2018-06-20 | PRK   | leader   | chairman
越南        | 国家主席/总书记 | 苏林         | 2024-08-19 | VNM   | leader   | president
古巴        | 国务委员会主席 | 迪亚斯-卡内尔 | 2018-11-08 | CUB   | leader   | chairman
瑞士        | 联邦主席   | 毛雷尔            | 2019-04-28 | CHE   | leader   | president
卡塔尔      | 埃米尔     | 塔米姆            | 2019-01-31 | QAT   | leader   | emir
丹麦        | 女王       | Margrethe II      | 2014-04-25 | DNK   | leader   | queen
卢森堡      | 大公       | 亨利              | 2022-02-04 | LUX   | leader   | grand duke
摩纳哥      | 亲王       | 阿尔贝二世        | 2022-02-04 | MCO   | leader   | ruling prince
缅甸        | 国务资政   | 昂山素季          | 2017-05-14 | MMR   | leader   | state counsellor
波黑        | 主席       | 团轮值主席乔维奇  | 2015-09-04 | BIH   | leader   | chairman
利比亚      | 总统       | 委员会主席曼菲    | 2024-09-04 | LBY   | leader   | chairman
利比亚      | 总统委员会主席 | 曼菲          | 2024-09-04 | LBY   | leader   | chairman
沙特        | 国王       | 萨勒曼            | 2017-03-16 | SAU   | leader   | king
沙特        | 王储       | 穆罕默德          | 2019-02-22 | SAU   | deputy   | crown prince
沙特        | 王储       | 穆罕默德          | 2023-01-01 | SAU   | leader   | crown prince and prime minister
土库曼斯坦  | 最高人民委员会主席 | 别尔德穆哈梅多夫 | 2023-10-17 | TKM | deputy | chairman of the people's council
越南        | 副总理     | 陈流光            | 2023-11-01 | VNM   | deputy   | deputy prime minister
新西兰      | 总督       | 基罗              | 2023-11-01 | NZL   | deputy   | governor-general
美国        | 总统       | 国家安全事务助理赖斯 | 2015-08-28 | USA | minister | national security adviser
俄罗斯      | 总统       | 办公厅主任伊万诺夫 | 2016-03-25 | RUS  | minister | chief of staff
德国        | 外长       | 贝尔伯克          | 2023-04-14 | DEU   | minister | foreign minister
法国        | 参议长     | 拉尔歇            | 2023-04-14 | FRA   | working  | speaker
"""


@pytest.mark.parametrize("row", table(VISITORS), ids=lambda row: f"{row['country']}{row['title']}")
def test_states_and_titles_are_ruled_on(tmp_path, row):
    rows, uncoded = visit(tmp_path, row["country"], row["title"], row["name"], first=row["first"], last=row["first"])
    assert uncoded.empty
    found = rows.loc[0, ["source", "recipient", "level", "offices", "mode", "place"]].tolist()
    assert found == [row["state"], "CHN", row["level"], row["office"], "visit", "CHN"]


@pytest.mark.parametrize(
    ("country", "title", "name", "reason"),
    [
        ("欧洲理事会", "主席", "米歇尔", "organisation"),
        ("俄罗斯统一俄罗斯党", "主席", "梅德韦杰夫", "not an office of the state: party chairman"),
        ("哈萨克斯坦首任", "总统", "纳扎尔巴耶夫", "not a leader: former office holder"),
        ("法国", "前总理", "拉法兰", "not a leader: former office holder"),
        ("法国", "亲王", "某某", "not a leader: royal who does not reign"),
        ("法国", "委员长", "某某", "office not recognised"),
        ("法国", "主席", "某某", "office not recognised"),
        ("法国", "总统", "外事顾问博纳", "office not recognised"),
    ],
)
def test_who_holds_no_office_is_listed_with_the_reason(tmp_path, country, title, name, reason):
    rows, uncoded = visit(tmp_path, country, title, name)
    assert rows.empty
    assert uncoded["reason"].tolist() == [reason]
    assert country in uncoded.loc[0, "text"]


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        *dict.fromkeys(("国事访问", "正式访问", "工作访问", "会见/会谈(双边)"), "bilateral").items(),
        ("来华出席", "multilateral"),
    ],
)
def test_the_kind_of_visit_gives_the_setting(tmp_path, kind, setting):
    rows, _ = visit(tmp_path, "法国", visit_type=kind)
    assert rows["setting"].tolist() == [setting]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("过境", "no meeting: transit"), ("休假", "no meeting: private stay"), ("?", "visit type not recognised")],
)
def test_other_kinds_of_visit_are_no_meeting(tmp_path, kind, reason):
    rows, uncoded = visit(tmp_path, "法国", visit_type=kind)
    assert rows.empty
    assert uncoded["reason"].tolist() == [reason]


ABROAD = [
    {
        "destination_country": "Tajikistan",
        "start_date": "2014-09-11",
        "end_date": "2014-09-14",
        "details": "State visit and attendance to a meeting.",
    }
]


@pytest.mark.parametrize(
    ("country", "first", "pages", "expected"),
    [
        ("俄罗斯", "2014-09-11", "PRC MFA /eng/", ("CHN", "RUS", "third-party", "TJK", "margins")),
        ("俄罗斯", "2014-09-14", "PRC MFA /eng/", ("CHN", "RUS", "third-party", "TJK", "margins")),
        ("俄罗斯", "2014-09-15", "PRC MFA /eng/", ("RUS", "CHN", "visit", "CHN", "bilateral")),
        ("俄罗斯", "2014-09-11", "PRC MFA zyxw", ("RUS", "CHN", "visit", "CHN", "bilateral")),
        ("塔吉克斯坦", "2014-09-13", "PRC MFA /eng/", "journey of China's president, in the other list"),
    ],
)
def test_a_visit_while_the_president_is_abroad_is_a_meeting_there(tmp_path, country, first, pages, expected):
    row = {"country": country, "leader_title": "总统", "name": "x", "first": first, "last": first, "source": pages}
    found = coded(tmp_path, ABROAD, [row])["visits"]
    if isinstance(expected, str):
        assert found.uncoded["reason"].tolist() == [expected]
    else:
        columns = ["source", "recipient", "mode", "place", "setting"]
        assert tuple(found.rows.loc[0, columns]) == expected


def test_an_announced_visit_that_was_put_off_is_no_meeting(tmp_path):
    rows, _ = visit(tmp_path, "伊拉克", "总理", "阿巴迪", first="2015-08-19", last="2015-08-21", source="zyxw (预告)")
    found = rows.loc[0, ["event", "mode", "status", "source", "known_on", "occurred_on"]].tolist()
    assert found == ["SANCTION", "cancel", "postponed", "IRQ", "2015-08-18", "2015-08-18"]


def test_other_announced_visits_say_that_their_days_are_as_announced(tmp_path):
    rows, _ = visit(tmp_path, "南非", source="zyxw (预告)")
    assert rows.loc[0, ["status", "note"]].tolist() == ["occurred", "days as announced"]


def test_the_shape_of_the_real_files_is_laid_out_and_read_back(tmp_path):
    source = code_china(
        FIXTURES / "journeys.csv", FIXTURES / "visits.csv", attendees=FIXTURES / "attendees.csv", version="made up"
    )
    for name, content in contents_of(source).items():
        (tmp_path / name).write_bytes(content)
    events, coverages = read_source(tmp_path)
    found = {one.source: (one.focal, one.direction, one.complete, one.starts_on, one.ends_on) for one in coverages}
    assert found == {
        "journeys": ("CHN", "journeys", True, day("2014-03-22"), day("2019-06-29")),
        "visits": ("CHN", "visits", True, day("2014-09-11"), day("2024-08-29")),
        "hosted-summits": ("CHN", "", False, day("2016-09-04"), day("2018-11-05")),
    }
    assert len(events) == 4 + 4 + 3
    hosted = events[events["url"] != ""].set_index("venue")["url"].to_dict()
    assert hosted == {
        "sco": "https://zh.wikipedia.org/wiki/2018年上海合作组织青岛峰会",
        "forum": "https://gov.cn/xinwen/2018-11/05/content_5337594",
    }
    assert set(events.loc[events["url"] != "", "setting"]) == {"multilateral"}


def test_the_same_record_keeps_its_name_when_rows_are_added_before_it(tmp_path):
    one, two = ({"country": name, "leader_title": "总统", "name": "x"} for name in ("法国", "德国"))
    alone = coded(tmp_path, visits=[one])["visits"].rows["record_id"].tolist()
    after = coded(tmp_path, visits=[two, one])["visits"].rows["record_id"].tolist()
    assert set(alone) <= set(after)


def test_two_records_of_one_state_and_day_have_two_names(tmp_path):
    one = {"country": "法国", "leader_title": "总统", "name": "x"}
    assert coded(tmp_path, visits=[one, one])["visits"].rows["record_id"].tolist() == [
        "FRA-2013-04-25",
        "FRA-2013-04-25-2",
    ]


def test_every_error_of_a_file_is_said_at_once(tmp_path):
    rows = [
        {"country": "哈萨克", "leader_title": "总统", "name": "x"},
        {"country": "哈萨克", "leader_title": "总统", "name": "x", "first": "2013-02-30"},
        {"country": "Atlantis", "leader_title": "总统", "name": "x", "last": "soon"},
    ]
    with pytest.raises(InputError) as caught:
        coded(tmp_path, visits=rows)
    said = str(caught.value)
    assert "5 problems:" in said
    assert "line 3, first: '2013-02-30' is no day of the calendar" in said
    assert "line 4, last: 'soon'" in said
    assert "lines 2, 3: unknown state '哈萨克'; did you mean 哈萨克斯坦 (KAZ)?" in said
    assert "unknown state 'Atlantis'" in said


def test_an_unknown_destination_comes_with_a_suggestion(tmp_path):
    with pytest.raises(InputError, match=r"line 2: unknown state 'Argentinia'; did you mean Argentina \(ARG\)"):
        journey(tmp_path, "", "Argentinia")


def test_only_the_first_twenty_lines_are_listed(tmp_path):
    row = {"country": "法国", "leader_title": "总统", "name": "x"}
    with pytest.raises(InputError) as caught:
        coded(tmp_path, visits=[row | {"first": f"?{number}"} for number in range(25)])
    assert "line 21, first: '?19'" in str(caught.value)
    assert "line 22, first" not in str(caught.value)
    assert "and 5 more" in str(caught.value)


def test_missing_columns_are_all_named(tmp_path):
    (tmp_path / "in.csv").write_text("country,name\n法国,x\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"in\.csv, line 1: the header lacks leader_title, first, last, visit_type, source"
    ):
        code_china(FIXTURES / "journeys.csv", tmp_path / "in.csv", version="x")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the header lacks"),
        (b"\xff\xfe", "is not UTF-8"),
        ((",".join(VISITS) + "\n").encode(), "holds no rows"),
        ((",".join(VISITS) + "\na,b\n").encode(), "line 2: has 2 cells, but the header has 7"),
        ((",".join(VISITS) + '\n"open\n').encode(), "is no CSV"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, said):
    (tmp_path / "in.csv").write_bytes(content)
    with pytest.raises(InputError, match=said):
        code_china(FIXTURES / "journeys.csv", tmp_path / "in.csv", version="x")


def test_an_absent_file_is_an_error_of_the_user(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        code_china(tmp_path / "none.csv", FIXTURES / "visits.csv", version="x")


@given(
    state=st.sampled_from(sorted(set(chinese_names().values()) - {"CHN"})),
    title=st.sampled_from(sorted(OFFICES)),
    first=st.dates(dt.date(2013, 4, 1), dt.date(2024, 12, 1)),
    length=st.integers(0, 9),
)
def test_a_coded_visit_obeys_the_schema(tmp_path_factory, state, title, first, length):
    name = next(name for name, code in chinese_names().items() if code == state)
    last = first + dt.timedelta(length)
    rows, uncoded = visit(
        tmp_path_factory.mktemp("visit"), name, title, "张三", first=first.isoformat(), last=last.isoformat()
    )
    assert len(rows) + len(uncoded) == 1
    assert list(rows.columns) == list(FACTS)
    for row in rows.to_dict("records"):
        assert row["source"] in states()
        assert row["level"] in LEVELS
        assert row["setting"] in SETTINGS
        assert row["started_on"] <= row["occurred_on"] <= row["known_on"] <= row["ended_on"]


def test_names_of_states_lead_to_states_and_the_longest_is_read_first():
    names = list(chinese_names())
    assert set(chinese_names().values()) <= set(states())
    for one in names:
        assert next(name for name in names if one.startswith(name)) == one


KNOWN = """
state | first      | last       | what
RUS   | 2013-03-22 | 2013-03-24 | Moscow
RUS   | 2014-05-20 | 2014-05-21 | Shanghai
RUS   | 2019-06-05 | 2019-06-08 | Moscow
RUS   | 2022-02-04 | 2022-02-06 | Beijing
RUS   | 2022-09-14 | 2022-09-16 | Samarkand
RUS   | 2023-03-20 | 2023-03-22 | Moscow
RUS   | 2024-05-16 | 2024-05-17 | Beijing
USA   | 2013-06-07 | 2013-06-09 | Sunnylands
USA   | 2016-03-31 | 2016-04-01 | Washington
USA   | 2016-09-03 | 2016-09-06 | Hangzhou
USA   | 2017-11-08 | 2017-11-10 | Beijing
USA   | 2019-06-28 | 2019-06-29 | Osaka
USA   | 2022-11-14 | 2022-11-14 | Bali
USA   | 2023-11-15 | 2023-11-15 | Woodside
PRK   | 2019-06-20 | 2019-06-21 | Pyongyang
IND   | 2018-04-27 | 2018-04-28 | Wuhan
IND   | 2019-10-11 | 2019-10-12 | Mahabalipuram
FRA   | 2024-05-06 | 2024-05-07 | Paris
TWN   | 2015-11-07 | 2015-11-07 | Singapore
"""


def test_each_ruling_on_a_single_record_is_understood_and_has_an_address():
    """A ruling that the reader does not know would be read and ignored."""
    with (files("forecast.readers") / "china_rulings.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    for row in rows:
        known = {"journeys": ("no meeting: stopover", "also met"), "visits": ("put off",)}[row["list"]]
        assert row["ruling"] in known
        assert row["url"].startswith(("http://", "https://"))
        assert bool(row["day"]) == (row["ruling"] in ("also met", "put off"))
        assert bool(row["met"]) == (row["ruling"] == "also met")
