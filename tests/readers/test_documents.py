"""Documents of every form, and one clear line on each that is none."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from forecast.readers.documents import LONGEST_TEXT, read_documents, read_text_of

BODY = "President Biden met President Ruto of Kenya in Nairobi on Thursday."
DAY = dt.date(2023, 9, 29)
PAGE = f"""<!doctype html><html><head><title>Site | Talks</title><meta charset="utf-8">
<meta property="og:title" content="Talks"><meta property="article:published_time" content="2023-09-29T09:00:00-04:00">
<script>var x = "Putin met Xi";</script></head><body><nav><p>Menu</p></nav><article><p>{BODY}<p>Second
paragraph.</article><footer><p>Contact</p></footer></body>"""
RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>x</title><item><title>Talks</title>
<description>&lt;p&gt;{BODY}&lt;/p&gt;</description><pubDate>Fri, 29 Sep 2023 10:00:00 -0400</pubDate>
<link>https://example.org/a</link></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Talks</title><published>2023-09-29T10:00:00Z</published>
<link href="https://example.org/a"/><summary>{BODY}</summary></entry></feed>"""
LINE = json.dumps(
    {"title": "Talks", "text": BODY, "published": "2023-09-29 15:12:57-04:00", "url": "https://example.org/a"}
)
MARKDOWN = f'---\ntitle: "Talks"\ndate: 2023-09-29\n---\n\n{BODY}\n'


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.md", MARKDOWN), ("a.html", PAGE), ("a.rss", RSS), ("a.xml", ATOM), ("a.atom", ATOM), ("a.jsonl", LINE)],
)
def test_title_day_and_text_are_read(tmp_path, name, content):
    (tmp_path / name).write_text(content, encoding="utf-8")
    (document,) = read_documents(tmp_path / name)
    assert (document.problem, document.title, document.published) == ("", "Talks", DAY)
    assert BODY in document.text
    assert not any(word in document.text for word in ("Menu", "Putin", "Contact", "published"))


@pytest.mark.parametrize("content", [MARKDOWN, PAGE, RSS, ATOM, LINE, BODY])
def test_standard_input_is_recognised(content):
    (document,) = read_text_of(content.encode(), "any", "text")
    assert BODY in document.text


def test_places_in_markdown_are_those_of_the_file():
    (document,) = read_text_of(MARKDOWN.encode(), "text", "a.md")
    assert document.text.index(BODY) == MARKDOWN.index(BODY)


def test_a_folder_is_read_in_the_order_of_names_with_what_cannot_be_read(tmp_path):
    (tmp_path / "b.txt").write_text(BODY, encoding="utf-8")
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    (tmp_path / ".hidden.txt").write_text(BODY, encoding="utf-8")
    found = [(document.name.rsplit("/", 1)[-1], document.problem[:9]) for document in read_documents(tmp_path)]
    assert found == [("a.pdf", "is none o"), ("b.txt", "")]


def test_stamps_are_dated_at_the_publishers_place():
    line = json.dumps({"text": BODY, "published": "2023-09-30T01:30:00Z"}).encode()
    assert [document.published for document in read_text_of(line, "lines", "a", zone="America/New_York")] == [DAY]
    assert [document.published for document in read_text_of(line, "lines", "a")] == [dt.date(2023, 9, 30)]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.txt", b"", "holds no text"),
        ("blank.md", b"---\ntitle: x\n---\n\n  \n", "holds no text"),
        ("latin.txt", "Türkiye’s minister".encode("cp1252"), "byte 1 is not UTF-8; save the file as UTF-8"),
        ("broken.html", b"<html><body><p></div></p", "holds no text"),
        ("nothing.html", b"", "holds no text"),
        ("broken.rss", b"<rss><channel><item>", "is no XML: no element found"),
        ("no.xml", b"<a><b/></a>", "is no RSS or Atom feed, or one without entries"),
        (
            "bomb.xml",
            b'<!DOCTYPE a [<!ENTITY b "cc">]><rss><item><title>&b;</title></item></rss>',
            "is an XML that defines entities; such feeds are not read",
        ),
        ("odd.jsonl", b"[1]\n", "is no JSON object"),
        ("odd.jsonl", b"{'a'\n", "is no JSON in UTF-8"),
        ("odd.md", b"---\npublished: soon\n---\ntext", "published: 'soon' is no day; write YYYY-MM-DD"),
        ("zeros.txt", b"a\x00b", "holds characters that no text has; save it as UTF-8"),
        (
            "french.txt",
            "Le président de la République a reçu hier soir à Paris le chancelier allemand pour un dîner.".encode(),
            "is not in English",
        ),
        (
            "chinese.txt",
            "中国外交部长王毅在马耳他会见了美国国家安全顾问沙利文，双方进行了坦诚的会谈。".encode(),
            "is not in English",
        ),
        ("long.txt", b"word " * (LONGEST_TEXT // 5 + 1), "split it into its articles"),
    ],
)
def test_what_is_no_document_gets_one_line(tmp_path, name, content, problem):
    (tmp_path / name).write_bytes(content)
    (document,) = read_documents(tmp_path / name)
    assert problem in document.problem
    assert "\n" not in document.problem


def test_a_file_of_fifty_megabytes_is_not_read(tmp_path):
    with (tmp_path / "huge.html").open("wb") as file:
        file.truncate(50_000_000)
    (document,) = read_documents(tmp_path / "huge.html")
    assert document.problem.startswith("holds 50,000,000 bytes")
    assert document.text == ""


def test_other_languages_are_left_out_and_places_stay():
    french = "Le président de la République a reçu hier soir à Paris le chancelier allemand pour un dîner de travail."
    (document,) = read_text_of(f"{french}\n\n{BODY}\n".encode(), "text", "a")
    assert document.text.index(BODY) == len(french) + 2
    assert "président" not in document.text
