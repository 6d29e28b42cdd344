"""Headlines and short messages of a publisher: their words in any order, what ships, and what it adds to the record."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from forecast.cli.main import main
from forecast.coding.holders import read_holders
from forecast.coding.press.facts import Document
from forecast.coding.press.headlines import HeadlineCoder
from forecast.coding.publishers import publisher_of
from forecast.readers.coded_source import read_source
from forecast.readers.seals import seal_of
from forecast.workspace import load_history
from simulated_ledgers import rivals_workspace

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
CODER = HeadlineCoder(publisher_of("russia").template, read_holders(RAW))


def code(published: str, text: str) -> list[tuple[str, ...]]:
    """Kind, state, level, mode and first day of what a message states."""
    document = Document(dt.date.fromisoformat(published), "messages", "", "messages/1", text)
    return [(one.kind, one.state, one.level, one.mode, str(one.first or "")) for one in CODER.code(document)]


@pytest.mark.parametrize(
    ("published", "text", "expected"),
    [
        ("2015-05-08", "In Moscow held talks between the presidents of Russia and Chile",
         [("meeting", "CHL", "leader", "visit", "")]),
        ("2015-05-08", "Trade was the topic that Vladimir Putin and Angela Merkel discussed by phone",
         [("call", "DEU", "leader", "phone", "")]),
        ("2015-05-08", "Tomorrow Vladimir Putin will receive the President of Chile in Sochi",
         [("plan", "CHL", "leader", "visit", "2015-05-09")]),
        ("2015-05-08", "Vladimir Putin arrives in Rome on an official visit",
         [("meeting", "ITA", "leader", "visit", "2015-05-08")]),
        ("2010-03-04", "Dmitry Medvedev met with the King of Norway",
         [("meeting", "NOR", "leader", "meet", "")]),
        ("2021-03-04", "Dmitry Medvedev met with the King of Norway",
         [("meeting", "NOR", "minister", "meet", "")]),
        ("2015-05-08", "Vladimir Putin met with Chinese Foreign Minister Wang Yi",
         [("meeting", "CHN", "minister", "meet", "")]),
        ("2015-05-08", "Vladimir Putin postpones visit to Norway",
         [("postponed", "NOR", "leader", "visit", "")]),
        ("2015-05-08", "Vladimir Putin at the invitation of George W. Bush will visit Washington on May 10",
         [("plan", "USA", "leader", "visit", "2015-05-10")]),
        ("2015-05-08", "Foreign Ministers of Russia and Chile met ahead of talks between Vladimir Putin and Michelle "
         "Bachelet", [("meeting", "CHL", "minister", "meet", "")]),
        ("2015-05-08", "A crop was discussed by Vladimir Putin with Angela Merkel and at a meeting at home", []),
        ("2015-05-08", "Dmitry Medvedev met with other leaders of the Ukrainian \u201cOpposition\u201d", []),
        ("2015-05-08", "Vladimir Putin held a working meeting with Moscow Mayor Sergei Sobyanin", []),
        ("2015-05-08", "The Russian President may meet with the President of Chile", []),
        ("2015-05-08", "Vladimir Putin attended a meeting of the council of heads of state chaired by the "
         "President of Kyrgyzstan", []),
        ("2021-02-08", "on february 7, #lavrov had a telephone conversation with foreign minister of norway",
         [("call", "NOR", "minister", "phone", "2021-02-07")]),
        ("2021-02-08", "\U0001f1f7\U0001f1fa \U0001f1f3\U0001f1f4 sergey lavrov’s opening remarks at talks with ",
         [("meeting", "NOR", "minister", "", "")]),
        ("2021-02-08", "sergey lavrov's talks with minister of trade and foreign affairs of hungary",
         [("meeting", "HUN", "minister", "meet", "")]),
        ("2021-02-08", "press release on sergey lavrov's talks with foreign minister of turkmenista",
         [("meeting", "TKM", "minister", "meet", "")]),
        ("2021-02-08", "\U0001f1f7\U0001f1fa \U0001f1f3\U0001f1f4 ✉️ president putin sent a message of greetings to the"
         " king of norway", []),
        ("2021-02-08", "#otd in 1971, the first meeting of the foreign ministers of russia and norway", []),
        ("2021-02-08", "sergey lavrov met with the un secretary-general", []),
    ],
)  # fmt: skip
def test_a_message_states(published, text, expected):
    found = code(published, text)
    if expected and expected[0][3] == "":
        found = [(*one[:3], "", one[4]) for one in found]
    assert found == expected


def test_messages_are_coded_by_the_verb_too_each_with_its_sentence():
    import forecast as fc

    text = (
        "Foreign Minister Sergey Lavrov met with Foreign Minister of Norway in Oslo today. The weather was fine. "
        "President Vladimir Putin had a telephone conversation with President of Finland Sauli Niinisto."
    )
    rows = fc.code(text.encode(), published="2021-02-08", publisher="russian-foreign-ministry")
    assert rows[["source", "recipient", "mode", "level", "started_on"]].to_numpy().tolist() == [
        ["RUS", "NOR", "visit", "minister", "2021-02-08"],
        ["RUS", "FIN", "phone", "leader", "2021-02-08"],
    ]
    assert rows["unresolved"].tolist() == ["", "started_on: no day is named"]
    stands = [text[first:last] for first, last in rows[["evidence_start", "evidence_end"]].to_numpy()]
    assert [words.split()[0] for words in stands] == ["Foreign", "President"]


MESSAGES = """date,flags_iso2,text_120
2021-02-08,RU|NO,"on february 7, sergey lavrov met with foreign minister of norway in oslo"
2021-02-09,RU|CN,sergey lavrov's talks with foreign minister of china wang yi
2021-02-09,RU|FI,sergey lavrov at talks on a bridge to finland
"""
HEADLINES = """date,title_en_mt,title_ru,url
2021-02-10,Vladimir Putin met with the President of Finland,,https://example.org/news/2021-02-10/1-a
2021-02-11,The Presidents of Russia and Finland held a meeting,,https://example.org/news/2021-02-11/2-b
2021-02-12,Vladimir Putin discussed a bridge with the President of Finland,телефон,https://example.org/news/2021-02-12/3-c
2021-02-13,Media on the results of Vladimir Putin's meeting with Angela Merkel,,https://example.org/news/2021-02-13/4-d
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return rivals_workspace(tmp_path / "ws")


def ingest(place: Path, source: Path):
    return CliRunner().invoke(main, ["ingest", "russia", str(source), "--root", str(place)])


def write(folder: Path) -> Path:
    folder.mkdir()
    (folder / "messages-2021.csv").write_text(MESSAGES, encoding="utf-8")
    (folder / "headlines-2021.csv").write_text(HEADLINES, encoding="utf-8")
    return folder


def test_messages_become_facts_of_a_partial_source(place, tmp_path):
    folder = write(tmp_path / "in")
    done = ingest(place, folder)
    assert done.exit_code == 0, done.output
    written = place / "data" / "raw" / "russia"
    first = {path.name: path.read_bytes() for path in written.iterdir()}
    history = load_history(place)
    assert {(c.focal, c.direction, c.complete) for c in history.coverages if c.publisher == "russia"} == {
        ("RUS", "", False)
    }
    assert history.coverage_end("RUS-FIN") is None
    events = history.events.loc[history.events["publisher"] == "russia"].astype(str)
    days = ["dyad", "mode", "level", "started_on", "ended_on", "occurred_on", "known_on"]
    assert events.sort_values(["started_on", "dyad"])[days].to_numpy().tolist() == [
        ["RUS-NOR", "visit", "minister", *["2021-02-07"] * 3, "2021-02-08"],
        ["RUS-CHN", "meet", "minister", "2021-02-08", *["2021-02-09"] * 3],
        # The second headline on one meeting, a day later, is no second meeting; a call is another event.
        ["RUS-FIN", "meet", "leader", "2021-02-09", *["2021-02-10"] * 3],
        ["RUS-FIN", "phone", "leader", "2021-02-11", *["2021-02-12"] * 3],
    ]
    assert "messages/3" not in "".join(events["record_id"])
    assert (written / "uncoded.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "meetings,messages/3,2021-02-09,no template fits,"
    ]
    assert not any(b"bridge" in content for content in first.values()), "no sentence is kept"
    assert ingest(place, folder).exit_code == 0
    assert {path.name: path.read_bytes() for path in written.iterdir()} == first


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("date,text\nyesterday,a\n2021-01-01,\n", ["line 2: date: 'yesterday' is no day", "line 3: text: is empty"]),
        ("date,body\n2021-01-01,a\n", ["holds no message; it needs the columns date and one of"]),
        ("day,text\n2021-01-01,a\n", ["the header lacks date"]),
    ],
)
def test_what_is_wrong_with_a_table_is_said_at_once_and_nothing_is_written(place, tmp_path, content, words):
    path = tmp_path / "messages.csv"
    path.write_text(content, encoding="utf-8")
    done = ingest(place, path)
    assert done.exit_code == 3
    assert [word for word in words if word not in done.output] == []
    assert not (place / "data" / "raw" / "russia").exists()


class TestShipped:
    """The facts in data/raw/russia."""

    def test_they_are_whole_and_hold_facts_alone(self):
        folder = RAW / "russia"
        events, coverages = read_source(folder)
        assert len(events) == sum(len(pd.read_csv(folder / f"{one.source}.csv")) for one in coverages)
        assert (events[["source", "recipient"]] == "RUS").any(axis=1).all()
        assert (events["known_on"] >= events["started_on"])[events["status"] == "occurred"].all()
        assert {one.complete for one in coverages} == {False}
        longest = max(len(str(cell)) for cell in events.drop(columns=["url", "record_id"]).to_numpy().ravel())
        assert longest < 60, "names and codes, no sentence"
        contents = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "seal.json"}
        assert (folder / "seal.json").read_bytes() == seal_of(contents)

    @pytest.mark.parametrize(
        ("other", "first", "last", "met"),
        [
            ("CHN", "2022-02-04", "2022-02-04", True),  # the declaration of Beijing
            ("CHN", "2023-10-18", "2023-10-18", True),  # the third Belt and Road forum
            ("USA", "2021-06-16", "2021-06-16", True),  # Geneva
            ("USA", "2018-07-16", "2018-07-16", True),  # Helsinki
            ("TUR", "2023-09-04", "2023-09-04", True),  # Sochi
            ("USA", "2021-07-01", "2023-12-31", False),  # after Geneva they spoke by telephone and video alone
            ("UKR", "2020-01-01", "2023-12-31", False),  # they last met in Paris in December 2019
        ],
    )
    def test_meetings_that_everybody_knows(self, other, first, last, met):
        events, _ = read_source(RAW / "russia")
        pair = (events[["source", "recipient"]] == other).any(axis=1) & (events["level"] == "leader")
        person = events["mode"].isin(["visit", "meet", "third-party"]) & (events["status"] == "occurred")
        inside = (events["started_on"] <= last) & (events["ended_on"] >= first)
        assert (pair & person & inside).any() == met
