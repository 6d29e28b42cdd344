"""Releases of the White House, coded by the templates of this publisher: titles, sentences, days and sides."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from forecast.cli.main import main
from forecast.coding.holders import read_holders
from forecast.coding.press.events import event_row, statements_of
from forecast.coding.press.facts import Document
from forecast.coding.press.templates import Coder
from forecast.coding.publishers import publisher_of
from forecast.coding.releases import read_documents
from forecast.facts.plans import plans
from forecast.workspace import load_history
from simulated_ledgers import rivals_workspace
from text_tables import table

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
PUBLISHER = publisher_of("white-house")
CODER = Coder(PUBLISHER.template, read_holders(RAW))
PRESIDENT = "Statement from Press Secretary Jane Doe on the Visit of Prime Minister Giorgia Meloni of Italy"


def code(published: str, title: str, text: str, *, section: str = "statements-releases", at: dt.time | None = None):
    """Kind, state, level, mode, first and last day of what a document states."""
    document = Document(dt.date.fromisoformat(published), section, title, "https://example.org/x", text, at)
    return [
        (one.kind, one.state, one.level, one.mode, str(one.first or ""), str(one.last or ""))
        for one in CODER.code(document)
    ]


@pytest.mark.parametrize(
    ("published", "title", "text", "expected"),
    [
        (
            "2023-05-12",
            "Readout of President Biden\u2019s Call with President Zelenskyy of Ukraine",
            "President Biden spoke today with President Zelenskyy of Ukraine about air defence.",
            [("call", "UKR", "leader", "phone", "2023-05-12", "2023-05-12")],
        ),
        (
            "2023-09-27",
            "Readout of National Security Advisor Jake Sullivan\u2019s Meeting with President Lasso of Ecuador",
            "Mr. Sullivan met yesterday with President Guillermo Lasso of Ecuador at the White House.",
            [("meeting", "ECU", "minister", "visit", "2023-09-26", "2023-09-26")],
        ),
        (
            "2021-03-09",
            "Readout of Vice President Kamala Harris Call with Prime Minister Erna Solberg of Norway",
            "The Vice President spoke today with the Norwegian Prime Minister.",
            [("call", "NOR", "deputy", "phone", "2021-03-09", "2021-03-09")],
        ),
        (
            "2023-10-27",
            "Readout of President Biden\u2019s Meeting with Foreign Minister Wang Yi of China",
            "President Biden met today with Foreign Minister Wang Yi of the People\u2019s Republic of China (PRC).",
            [("meeting", "CHN", "minister", "meet", "2023-10-27", "2023-10-27")],
        ),
        (
            "2021-02-20",
            "Statement on the Bilateral Virtual Meeting Between President Joe Biden and Prime Minister Justin Trudeau",
            "On Tuesday, February 23, the President will hold a virtual meeting with Prime Minister Trudeau of Canada.",
            [("plan", "CAN", "leader", "virtual", "2021-02-23", "2021-02-23")],
        ),
        (
            "2024-02-23",
            PRESIDENT,
            "President Biden looks forward to welcoming Prime Minister Meloni of Italy to the White House on March 1.",
            [("plan", "ITA", "leader", "visit", "2024-03-01", "2024-03-01")],
        ),
        (
            "2022-04-27",
            "Statement by Press Secretary Jane Doe on the President\u2019s Travel to the Republic of Korea and Japan",
            "President Joseph R. Biden, Jr. will visit the Republic of Korea and Japan from May 20-May 24.",
            [
                ("plan", "KOR", "leader", "visit", "2022-05-20", "2022-05-24"),
                ("plan", "JPN", "leader", "visit", "2022-05-20", "2022-05-24"),
            ],
        ),
        (
            "2023-10-03",
            "Readout of President Biden\u2019s Call with Allies and Partners",
            "President Biden convened a call. Joining President Biden on the call were Prime Minister Trudeau "
            "of Canada, European Commission President von der Leyen, Chancellor Scholz of Germany, and NATO Secretary "
            "General Stoltenberg.",
            [
                ("call", "CAN", "leader", "phone", "2023-10-03", "2023-10-03"),
                ("call", "DEU", "leader", "phone", "2023-10-03", "2023-10-03"),
            ],
        ),
        (
            "2021-05-21",
            "Remarks by President Biden and H.E. Moon Jae-in, President of the Republic of Korea at Press Conference",
            "",
            [("meeting", "KOR", "leader", "meet", "2021-05-21", "2021-05-21")],
        ),
        (
            "2022-05-16",
            "Remarks by President BidenAnd Prime Minister Mitsotakis of GreeceBefore Bilateral Meeting",
            "",
            [("meeting", "GRC", "leader", "meet", "2022-05-16", "2022-05-16")],
        ),
        (
            "2021-06-14",
            "Readout of President Biden\u2019s Meeting with President Duda of Poland",
            "President Biden spoke today with President Duda of Poland on the margins of the NATO Summit. They agreed.",
            [("meeting", "POL", "leader", "meet", "2021-06-14", "2021-06-14")],
        ),
    ],
)
def test_a_release_says_who_met_or_will_meet_whom_and_when(published, title, text, expected):
    assert code(published, title, text) == expected


DEEDS = """
title                                                                        | text                       | deeds
FACT SHEET: The United States Imposes Costs on Norway and Belarus for War Against Mali |             | NOR BLR SANCTION
Letter on Blocking Property With Respect to Russian Efforts to Undermine Moldova |                        | RUS SANCTION
Statement from President Joe Biden on Iran Sanctions                         |                            | IRN SANCTION
Statement from the President on Lifting Iran Sanctions                       |                            |
Notice on the Continuation of the National Emergency and Blocking Property of Persons in Mali |           |
Statement Welcoming European Union Sanctions on Belarus                      |                            |
FACT SHEET: Actions to Lower Costs for German American Families              |                            |
Statement Announcing Additional Humanitarian Support to Libya After Floods   |                            | LBY AID
Statement by Jane Doe on Additional Security Assistance to Ukraine           |                            |
FACT SHEET: Emergency Assistance to Georgia                                  |                            |
Statement of the President on the Return of American Detainees from Iran     | They are coming home.      | IRN CONCEDE
Statement of the President on the Return of Jane Doe                         | Jane was detained in Mali. | MLI CONCEDE
Statement of the President on the Release of Jane Doe                        | Terrorists in Mali had her. |
Statement on the Release of the National Strategy for China                  |                            |
"""


@pytest.mark.parametrize("row", table(DEEDS))
def test_a_title_states_sanctions_aid_and_releases(row):
    document = Document(dt.date(2023, 6, 1), "statements-releases", row["title"], "https://example.org/x", row["text"])
    made = [event_row("USA", one) for one in statements_of(document, CODER.code(document))]
    acting = {"CONCEDE": "source"}
    found = [(one[acting.get(one["event"], "recipient")], one["event"], one["known_on"]) for one in made]
    *states, event = row["deeds"].split() or [""]
    assert found == [(state, event, "2023-06-01") for state in states]


BRIEFING = """
sentence                                                                                         | kind      | state | level    | first
Prime Minister Kishida of Japan will visit the White House on June 12.                           | plan      | JPN   | leader   | 2023-06-12
Chancellor Scholz will travel to Washington on June 12 to meet with President Biden.             | plan      | DEU   | leader   | 2023-06-12
President Biden is due to host Prime Minister Kishida of Japan on June 12.                       | plan      | JPN   | leader   | 2023-06-12
President Biden accepted an invitation from Prime Minister Modi of India to visit New Delhi.     | plan      | IND   | leader   |
On Friday the President will have the opportunity to sit down with President Macron of France.   | plan      | FRA   | leader   | 2023-06-02
Assistant Secretary of State Daniel Kritenbrink will lead a delegation of U.S. officials to Fiji. | plan     | FJI   | working  |
The President had a chance this morning to speak by phone with President Petro of Colombia.      | call      | COL   | leader   | 2023-06-01
Today, he called Taoiseach Leo Varadkar of Ireland, the President said.                          |           |       |          |
The President's trip to Australia has been postponed.                                            | postponed | AUS   | leader   |
President Biden's meeting with Prime Minister Netanyahu of Israel was called off.                | cancelled | ISR   | leader   |
President Biden will welcome to the White House Prime Minister Albanese of Australia on June 9.  | plan      | AUS   | leader   | 2023-06-09
If President Putin of Russia visits Washington, it will be a mistake.                            |           |       |          |
President Putin of Russia will not visit Washington this week.                                   |           |       |          |
President Yoon of the Republic of Korea traveled to Washington last year.                        |           |       |          |
The President will host Cuban-American leaders at the White House today.                         |           |       |          |
President Biden will welcome the President of the Italian Episcopal Conference on July 18.       |           |       |          |
Mr. Sullivan met today with a delegation of Philippine labor leaders.                            |           |       |          |
Mr. Sullivan met today with the UN Special Envoy for Yemen Hans Grundberg.                       |           |       |          |
The White House will host Prime Minister Frederiksen of Denmark on June 5.                       | plan      | DNK   | leader   | 2023-06-05
Tomorrow's meeting between President Biden and Prime Minister Sunak of the United Kingdom is on trade. | plan | GBR | leader | 2023-06-02
The President will be hosted by Prime Minister Kishida of Japan for dinner on Friday.            | plan      | JPN   | leader   | 2023-06-02
The U.S.-Moldova Strategic Dialogue will be held in Washington next week.                        | plan      | MDA   | working  |
The visit of President Zelenskyy of Ukraine has been canceled.                                   | cancelled | UKR   | leader   |
President Putin of Russia's meeting with President Xi of China was called off.                   |           |       |          |
The President will also, tomorrow, meet with the King of Belgium.                                | plan      | BEL   | leader   | 2023-06-02
This morning, the President was excited to host Taoiseach Leo Varadkar of Ireland for talks.     | meeting   | IRL   | leader   | 2023-06-01
On Friday, President Biden and President Zelenskyy of Ukraine will sit down to discuss support.  | plan      | UKR   | leader   | 2023-06-02
Prime Minister Narendra Modi of India welcomed President Joe Biden to India today.               | meeting   | IND   | leader   | 2023-06-01
The President spent an hour yesterday, and was on the phone today with King Abdullah of Jordan.  | call      | JOR   | leader   | 2023-06-01
Today President Biden welcomed President Ferdinand R. Marcos, Jr. of the Philippines to the White House. | meeting | PHL | leader | 2023-06-01
King Abdullah of Jordan, of course, will visit the White House on Friday.                        | plan      | JOR   | leader   | 2023-06-02
President Sisi of Egypt, who, as you know, President Biden spoke to yesterday, is here.          | call      | EGY   | leader   | 2023-05-31
Jake had a chance to meet with the Prime Minister of Qatar today.                                | meeting   | QAT   | minister | 2023-06-01
The President's call will be on Friday with Prime Minister Trudeau of Canada.                    | plan      | CAN   | leader   | 2023-06-02
On Friday, the President will attend a banquet dinner hosted by the Taoiseach.                   | plan      | IRL   | leader   | 2023-06-02
The trip will conclude on Friday, when the President will pay a visit to France.                 | plan      | FRA   | leader   | 2023-06-02
The President is meeting with Prime Minister Sunak of the United Kingdom this afternoon.         | plan      | GBR   | leader   | 2023-06-01
Today's meeting is short; the President spoke of his meeting with President Xi of China tomorrow. | plan     | CHN   | leader   | 2023-06-02
"""  # noqa: E501


@pytest.mark.parametrize("row", table(BRIEFING), ids=lambda row: row["sentence"])
def test_a_sentence_of_a_briefing_says_one_thing_or_nothing(row):
    found = code("2023-06-01", "Press Briefing by Press Secretary Jane Doe", row["sentence"], section="press-briefings")
    expected = [(row["kind"], row["state"], row["level"], row["first"])] if row["kind"] else []
    assert [(kind, state, level, first) for kind, state, level, _, first, _ in found] == expected


def test_leaders_who_speak_in_the_room_and_those_of_a_list_met():
    spoken = (
        "PRESIDENT NIINIST\u00d6: Welcome. PRESIDENT BIDEN: Good to be back. PRIME MINISTER FREDERIKSEN: Thank you."
    )
    summit = "Remarks by President Biden at the U.S.-Nordic Leaders\u2019 Summit | Helsinki, Finland"
    found = code("2023-07-13", summit, spoken)
    assert [(kind, state, day) for kind, state, _, _, day, _ in found] == [
        ("meeting", "FIN", "2023-07-13"), ("meeting", "DNK", "2023-07-13"),
    ]  # fmt: skip
    assert code("2023-07-13", "Remarks by President Biden on Jobs", spoken) == []
    title = "Readout of Vice President Harris\u2019s Meeting with Caribbean Leaders"
    listed = (
        "Vice President Kamala Harris met virtually today with leaders. The Leaders that participated:\n"
        "-   Prime Minister Mia Mottley of Barbados\n-   Prime Minister Andrew Holness of Jamaica\n"
        "-   President Irfaan Ali of Guyana"
    )
    found = code("2022-04-29", title, listed)
    assert [(kind, state, level, mode) for kind, state, level, mode, *_ in found] == [
        ("meeting", state, "deputy", "virtual") for state in ("BRB", "JAM", "GUY")
    ]
    assert code("2022-04-29", title, listed.replace(" virtually", "")) == [], "in no place that is said"
    quad = (
        "Today, we \u2013 Prime Minister Anthony Albanese of Australia, Prime Minister Fumio Kishida of Japan, and "
        "President Joe Biden of the United States \u2013 convene in Tokyo to renew our commitment."
    )
    found = code("2022-05-24", "Quad Joint Leaders\u2019 Statement", quad)
    assert [(kind, state, mode) for kind, state, _, mode, *_ in found] == [
        ("meeting", "AUS", "third-party"), ("meeting", "JPN", "visit"),
    ]  # fmt: skip
    declared = (
        "This week, we \u2013 the presidents of the United States, the Republic of Kazakhstan, and the Kyrgyz Republic "
        "\u2013 met on the occasion of the first summit, held in New York City."
    )
    found = CODER.code(Document(dt.date(2023, 9, 21), "", "C5+1 Leaders\u2019 Joint Statement", "x", declared))
    assert [(one.kind, one.state, one.first, one.note) for one in found] == [
        ("meeting", "KAZ", None, "week=2023-09-18"), ("meeting", "KGZ", None, "week=2023-09-18"),
    ]  # fmt: skip
    called = (
        "Today, the leaders of France, Germany and the United States released this statement following their call: We "
        "support Ukraine."
    )
    found = code("2023-10-09", "Joint Statement on Ukraine", called)
    assert [(kind, state, mode) for kind, state, _, mode, *_ in found] == [
        ("call", "FRA", "phone"), ("call", "DEU", "phone"),
    ]  # fmt: skip
    summit = "At the Quad Leaders\u2019 Summit this past May, President Biden and Prime Minister Kishida opened it."
    found = CODER.code(Document(dt.date(2022, 12, 9), "", "Statement on the Quad", "x", summit))
    assert [(one.kind, one.state, one.first, one.note) for one in found] == [("meeting", "JPN", None, "month=2022-05")]
    away = "We, the Leaders of the G7, met today with Ukrainian President Zelenskyy on the war of President Putin."
    assert code("2022-12-12", "G7 Leaders\u2019 Statement", away) == [], "on a screen, and of no place"
    listed = (
        "President Biden met today with the Bucharest Nine. Joining President Biden at the meeting were the following "
        "leaders:\n-   Bulgarian President Rumen Radev\n-   Latvian President Egils Levits\n\nThey spoke of NATO."
    )
    found = code("2023-02-22", "Readout of President Biden\u2019s Meeting with the Bucharest Nine", listed)
    assert [(kind, state) for kind, state, *_ in found] == [("meeting", "BGR"), ("meeting", "LVA")]


def test_a_briefing_tells_the_week_ahead_and_its_questions_tell_nothing():
    text = (
        "1:05 P.M. EDT\nMS. DOE: On Tuesday, the President will welcome Prime Minister Mario Draghi of Italy to the "
        "White House. On Wednesday, the President will travel to Chicago, Illinois.\n"
        "Q Will the President meet with President Putin of Russia on Friday?\n"
        "MS. DOE: He has no plans to meet with President Putin of Russia. He\u2019ll speak with Chancellor Scholz of "
        "Germany tomorrow."
    )
    assert code("2022-05-06", "Press Briefing by Press Secretary Jane Doe", text, section="press-briefings") == [
        ("plan", "ITA", "leader", "visit", "2022-05-10", "2022-05-10"),
        ("plan", "DEU", "leader", "phone", "2022-05-07", "2022-05-07"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "The President has not spoken with President Xi of China today.",
        "If President Xi of China comes, the President would meet with President Xi of China on Monday.",
        "President Biden hopes to meet with President Xi Jinping of China on Monday.",
        "He noted that Prime Minister Modi of India will meet with President Putin of Russia on Monday.",
        "The President spoke today with Governor Kathy Hochul of New York and the Mayor of Atlanta, Georgia.",
        "President Biden will travel to Atlanta, Georgia on Monday.",
        "President Biden met today with Prime Minister Masrour Barzani of Iraq\u2019s Kurdistan Region.",
        "President Biden spoke today with Secretary General Jens Stoltenberg of NATO.",
    ],
)
def test_what_was_not_or_may_be_or_concerns_no_state_yields_nothing(sentence):
    assert code("2023-06-01", "Press Briefing by Press Secretary Jane Doe", sentence, section="press-briefings") == []


def test_a_speech_that_came_out_the_next_morning_was_held_the_evening_before():
    title = "Remarks by President Biden and President Macron of France at State Dinner"
    text = "South Lawn\n9:45 P.M. EST\nPRESIDENT BIDEN: Good evening."
    days = [
        code("2022-12-02", title, text, section="speeches-remarks", at=at)[0][4]
        for at in (dt.time(11, 0), dt.time(23, 0))
    ]
    assert days == ["2022-12-01", "2022-12-02"]
    dated = "South Lawn (October 25, 2023)\n8:55 P.M. EDT\nTHE PRESIDENT: Good evening."
    briefing = "3:05 P.M. EDT\nMS. DOE: The President met today with Prime Minister Sunak of the United Kingdom."
    title = "Press Briefing by Press Secretary Jane Doe"
    found = code("2022-12-09", title, briefing, section="press-briefings", at=dt.time(9, 34))
    assert found[0][4] == "2022-12-09", "a stamp in the morning is wrong: the briefing is of its day"
    title = "Remarks by President Biden and Prime Minister Albanese of Australia at State Dinner"
    assert code("2023-10-26", title, dated, section="speeches-remarks")[0][4] == "2023-10-25"


def test_in_a_statement_of_the_president_he_speaks_himself_and_a_briefing_keeps_him_in_mind():
    said = "I have just spoken with Prime Minister Netanyahu of Israel. I met on Tuesday with the President of Ukraine."
    found = code("2023-12-14", "Statement from President Joe Biden on Israel", said)
    assert [(kind, state, day) for kind, state, _, _, day, _ in found] == [
        ("call", "ISR", "2023-12-14"), ("meeting", "UKR", "2023-12-12"),
    ]  # fmt: skip
    long = (
        "MS. DOE: The President flies to Europe tonight. It is a long way. He will rest. The weather is fine. "
        "The pool has seats. He will meet with Chancellor Scholz of Germany on Friday."
    )
    found = code("2023-12-14", "Press Briefing by Press Secretary Jane Doe", long, section="press-briefings")
    assert [(kind, state, day) for kind, state, _, _, day, _ in found] == [("plan", "DEU", "2023-12-15")]
    other = long.replace("The pool has seats", "Senator Doe is on board")
    assert code("2023-12-14", "Press Briefing by Press Secretary Jane Doe", other, section="press-briefings") == []


def test_an_announcement_from_several_capitals_is_no_meeting():
    title = (
        "Remarks by President Biden, Prime Minister Morrison of Australia, and Prime Minister Johnson Announcing a Pact"
    )
    assert code("2021-09-15", title, "THE PRESIDENT: Good evening.", section="speeches-remarks") == []


DOCUMENTS = [
    ("2023-05-01 09:00:00-04:00", "Statement on President Biden\u2019s Travel to Australia", "a/2023/05/01/travel",
     "President Biden will travel to Sydney, Australia on May 24."),
    ("2023-05-16 20:00:00-04:00", "Statement on President Biden\u2019s Travel to Australia", "a/2023/05/16/travel",
     "The President spoke with Prime Minister Albanese of Australia earlier today and will be postponing his trip to "
     "Australia."),
    ("2023-06-20 23:30:00-04:00", "Readout of President Biden\u2019s Meeting with Prime Minister Modi of India",
     "a/2023/06/20/meeting",
     "President Biden met today with Prime Minister Modi of India at the White House. They held candid talks."),
    ("2023-06-21", "Remarks by President Biden and Prime Minister Modi of India Before Bilateral Meeting",
     "a/2023/06/21/remarks", "THE PRESIDENT: Welcome."),
]  # fmt: skip


def write(path: Path, documents=DOCUMENTS) -> Path:
    names = ("published", "title", "url", "text")
    lines = [
        json.dumps(dict(zip(names, cells, strict=True)) | {"section": "statements-releases"}) for cells in documents
    ]
    content = "\n".join(lines).encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return rivals_workspace(tmp_path / "ws")


def ingest(place: Path, source: Path):
    return CliRunner().invoke(main, ["ingest", "white-house", str(source), "--root", str(place)])


def test_documents_become_facts_of_a_partial_source(place, tmp_path):
    done = ingest(place, write(tmp_path / "documents.jsonl.gz"))
    assert done.exit_code == 0, done.output
    history = load_history(place)
    covered = [c for c in history.coverages if c.publisher == "white-house"]
    assert {(str(c.starts_on), str(c.ends_on), c.focal, c.direction, c.complete) for c in covered} == {
        ("2023-05-01", "2023-06-21", "USA", "", False)
    }
    assert history.coverage_end("USA-IND") is None, "a partial source proves no absence"
    events = history.events.loc[history.events["publisher"] == "white-house"]
    met = events.loc[events["status"].eq("occurred") & events["mode"].ne("phone")]
    assert met[["dyad", "known_on", "note"]].astype(str).to_numpy().tolist() == [
        ["USA-IND", "2023-06-20", "candid"],
        ["USA-IND", "2023-06-21", ""],
    ]
    assert (events["url"] != "").all()
    (plan,) = plans(history)
    assert (plan.dyad, str(plan.first), [str(day) for day in plan.called_off_on]) == (
        "USA-AUS",
        "2023-05-24",
        ["2023-05-16"],
    )


def test_the_list_of_statements_stands_beside_the_facts_and_no_sentence_does(place, tmp_path):
    assert ingest(place, write(tmp_path / "documents.jsonl")).exit_code == 0
    folder = place / "data" / "raw" / "white-house"
    statements = (folder / "statements.csv").read_text(encoding="utf-8").splitlines()
    assert len(statements) == 1 + 5
    words = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert "postponing" not in words
    assert "Welcome" not in words


def test_all_that_is_wrong_with_a_file_is_said_at_once_and_nothing_is_written(place, tmp_path):
    path = tmp_path / "documents.jsonl"
    path.write_text(
        '{"published": "x", "title": "a", "url": "b", "text": "c"}\n[1]\n{"title": ""}\nno\n', encoding="utf-8"
    )
    done = ingest(place, path)
    assert done.exit_code == 3
    for words in (
        "line 1: published: 'x' is no day",
        "line 2: must hold an object",
        "line 3: has no text in",
        "line 4: is no JSON",
    ):
        assert words in done.output
    assert not (place / "data" / "raw" / "white-house").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.jsonl", b"", "holds no document"),
        ("latin.jsonl", "{\u00e9".encode("latin-1"), "cannot be read"),
        ("half.jsonl.gz", gzip.compress(b"{}" * 500, mtime=0)[:20], "cannot be read"),
    ],
)
def test_an_unreadable_file_is_refused_in_one_line(place, tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    done = ingest(place, tmp_path / name)
    assert (done.exit_code, len(done.output.strip().splitlines())) == (3, 1)
    assert words in done.output


def test_the_day_of_a_document_is_its_day_in_washington(tmp_path):
    path = write(tmp_path / "one.jsonl", [("2023-05-02T01:00:00+00:00", "t", "u", "x")])
    assert str(read_documents(path, PUBLISHER)[0].published) == "2023-05-01"


def test_the_president_receives_in_the_past_and_in_the_present():
    from forecast.coding.press.titles import PATTERNS

    words = ["met with", "meet with", "welcomed", "is hosting", "held talks with"]
    assert all(PATTERNS["receives"].search(f"Today, President Biden {word} Prime Minister A") for word in words)
