"""The samples of texts coded by reading keep to their own rules (tests/gold/text/README.md)."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pycountry
import pytest

from benchmark_modules import benchmark_module

GOLD = Path(__file__).resolve().parent.parent / "gold" / "text"
SAMPLES = ("ministry", "white-house", "articles")
VALUES = {
    "half": {"dev", "held"},
    "kind": {
        *("meeting", "call", "plan", "invitation", "refusal", "cancelled", "postponed"),
        *("suspended", "resumed", "dialogue", "sanction", "goodwill"),
    },
    "level": {"leader", "deputy", "minister", "deputy_minister", "working", ""},
    "status": {"occurred", "announced", "reported"},
    "mode": {"in_person", "virtual", "phone", ""},
}
STATES = {country.alpha_3 for country in pycountry.countries} | {"XKX"}


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(GOLD / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.mark.parametrize("sample", SAMPLES)
class TestSample:
    def test_facts_use_the_words_of_the_format(self, sample):
        facts = read(sample)
        odd = {
            column: set(facts[column]) - allowed for column, allowed in VALUES.items() if set(facts[column]) - allowed
        }
        assert odd == {}
        assert (set(facts["source"]) | set(facts["recipient"])) - STATES == set()
        assert not (facts["source"] == facts["recipient"]).any()

    def test_each_fact_belongs_to_a_document_and_its_half(self, sample):
        facts, documents = read(sample), read(f"{sample}-documents")
        assert documents["url"].is_unique
        half = dict(zip(documents["url"], documents["half"], strict=True))
        assert [half[url] for url in facts["url"]] == facts["half"].tolist()
        assert set(documents.loc[documents["diplomatic"] == "yes", "url"]) == set(facts["url"])

    def test_the_halves_are_equal(self, sample):
        counts = Counter(read(f"{sample}-documents")["half"])
        # 150 documents more were read while the coder of releases was written.
        assert counts["dev"] - 150 * (sample == "white-house") == counts["held"] > 0

    def test_what_occurred_did_so_by_the_day_of_publication(self, sample):
        documents = read(f"{sample}-documents")
        published = dict(zip(documents["url"], documents["published"], strict=True))
        for fact in read(sample).to_dict("records"):
            day = date.fromisoformat(published[fact["url"]])
            assert bool(fact["started_on"]) == bool(fact["ended_on"])
            if fact["started_on"]:
                first, last = date.fromisoformat(fact["started_on"]), date.fromisoformat(fact["ended_on"])
                assert first <= last
                assert fact["status"] != "occurred" or first <= day, fact
                assert fact["status"] != "announced" or last >= day, fact


def front_matter(page: Path) -> dict[str, str]:
    """Return what stands between the first two lines of dashes, without the quotes."""
    _, head, text = page.read_text(encoding="utf-8").split("---\n", 2)
    values = dict(line.split(": ", 1) for line in head.splitlines())
    return {key: value.strip('"') for key, value in values.items()} | {"text": text.strip()}


def test_each_article_has_its_text_and_the_front_matter_agrees():
    documents = read("articles-documents").set_index("slug")
    pages = {page.stem: front_matter(page) for page in sorted((GOLD / "articles").glob("*.md"))}
    assert set(pages) == set(documents.index)
    for slug, page in pages.items():
        row = documents.loc[slug]
        assert set(page) == {"title", "published", "publisher", "url", "text"}
        assert [page[key] for key in ("published", "publisher", "url")] == row[
            ["published", "publisher", "url"]
        ].tolist()
        assert slug.startswith(row["published"])
        assert page["title"]
        assert page["text"].count(".") >= 3


def test_the_sample_is_drawn_without_repeated_texts_and_in_two_halves(tmp_path):
    texts = [f"text {number}" for number in range(300)] + ["text 0"] * 300
    dates = ["2020-01-01"] * len(texts)
    messages, headlines = tmp_path / "messages.csv", tmp_path / "headlines.csv"
    pd.DataFrame({"date": dates, "text_120": texts}).to_csv(messages, index=False)
    addresses = [f"https://example.org/{number}" for number in range(len(texts))]
    pd.DataFrame({"date": dates, "title_en_mt": texts, "url": addresses}).to_csv(headlines, index=False)
    script = benchmark_module("gold_ministry_sample")
    table = script.sample(messages, headlines)
    assert table.groupby(["collection", "half"]).size().to_dict() == {
        ("russia-1tv", "dev"): 20,
        ("russia-1tv", "held"): 20,
        ("russia-mfa", "dev"): 50,
        ("russia-mfa", "held"): 50,
    }
    assert all(text == texts[record - 1] for text, record in zip(table["text"], table["record"], strict=True))
    assert not table.duplicated(["collection", "text"]).any()
    assert table["url"].is_unique
    pd.testing.assert_frame_equal(table, script.sample(messages, headlines))
    assert not table["record"].equals(script.sample(messages, headlines, seed=1)["record"])


def test_the_documents_are_drawn_by_strata_and_in_two_halves(tmp_path):
    kinds = {
        "readouts": ("statements-releases", "Readout of a call with the king of Norway", "They spoke."),
        "briefings": ("press-briefings", "Press briefing", "On Monday the president will host the king of Norway."),
        "diplomatic": ("speeches-remarks", "Remarks", "The king of Norway is here."),
        "others": ("statements-releases", "Readout of a call with governors", "They spoke of bridges."),
    }
    corpus = tmp_path / "documents.jsonl.gz"
    with gzip.open(corpus, "wt", encoding="utf-8") as lines:
        for number in range(150):
            for kind, (section, title, text) in kinds.items():
                document = {
                    "published": "2023-05-01 10:00:00-04:00",
                    "section": section,
                    "title": title,
                    "url": f"https://example.org/{kind}/{number}",
                    "text": text,
                }
                lines.write(json.dumps(document) + "\n")
    script = benchmark_module("gold_text_sample")
    rows = script.sample(corpus)
    drawn = Counter((stratum, half) for _, _, half, stratum in rows)
    assert drawn == {(name, half): size // 2 for name, size in script.SIZES.items() for half in ("dev", "held")}
    assert all(url.split("/")[-2] == stratum for url, _, _, stratum in rows)
    assert len({url for url, *_ in rows}) == len(rows)
    assert rows == script.sample(corpus)
    assert {url for url, *_ in rows} != {url for url, *_ in script.sample(corpus, seed=1)}
