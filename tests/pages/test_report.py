"""The page: what a reader sees of it in a browser, on a desk, on a phone and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import forecast as fc
from browser import Page, opened
from forecast.display.characters import plain
from forecast.display.numbers import percent
from odd_ledgers import NOTES

# Opens the page in a browser.
pytestmark = pytest.mark.slow

#: The default holds two dyads to their climatology; this model leaves it.
QUESTION = {"as_of": "2018-03-01", "model": "classifier"}
DYADS = ["pakistan-india", "CHN-IND"]


@pytest.fixture(scope="module")
def written(odd, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    fc.backtest(
        root=odd, models=["classifier", "climatology"], start="2016-01", end="2018-02", every="quarter",
        output=folder / "scores",
    )  # fmt: skip
    forecasts = folder / "scores" / "forecasts.csv"
    return fc.report(DYADS, root=odd, forecasts=forecasts, output=folder / "report.html", **QUESTION)


@pytest.fixture(scope="module")
def page(written) -> Iterator[Page]:
    with opened(written) as shown:
        yield shown


@pytest.fixture(autouse=True)
def on_a_desk(page) -> None:
    page.resize(1280)


def table(page: Page, caption: str) -> list[list[str]]:
    """Cells of the one table whose caption begins so, without its head."""
    found = page.ask(
        "[...document.querySelectorAll('table')].filter(t => t.caption.innerText.startsWith(arguments[0]))"
        ".map(t => [...t.tBodies[0].rows].map(r => [...r.cells].map(c => c.innerText)))",
        caption,
    )
    assert len(found) == 1, caption
    return [[" ".join(cell.split()) for cell in row] for row in found[0]]


def test_the_parts_stand_in_their_order(page):
    assert page.ask("document.title") == "Will the leaders meet? Forecasts as of 2018-03-01"
    assert page.texts("h1") == ["Will the leaders meet? Forecasts as of 2018-03-01"]
    assert page.texts("h2") == ["Watch list", "Dyads", "Skill", "Data"]
    assert page.texts("h3") == ["India and Pakistan IND-PAK", "China and India CHN-IND"]
    parts = [
        "From climatology to the forecast for 90 days", "Summits of both within 180 days",
        "What stands behind each family", "Over the horizon", "Nearest situations of the past", "What is missing",
        "Engagements",
    ]  # fmt: skip
    assert page.texts("h4") == parts * 2
    assert page.ask("document.documentElement.lang") == "en"


def test_the_watch_list_holds_the_figures_of_predict_and_rank(page, odd):
    told = fc.predict(root=odd, horizons=[30, 90, 180], **QUESTION).set_index(["dyad", "horizon_days"])
    changed = fc.rank(root=odd, focal="IND", sort="change", **QUESTION).set_index("dyad")
    likeliest = told.xs(90, level="horizon_days")["probability"].sort_values(ascending=False)
    rows = table(page, "Probability that the leaders meet, by dyad")
    assert [row[1].split()[-1] for row in rows] == list(likeliest.index)
    for at, (row, dyad) in enumerate(zip(rows, likeliest.index, strict=True), start=1):
        soon, now, later = (told.loc[(dyad, days)] for days in (30, 90, 180))
        assert row[0] == str(at)
        assert row[2:] == [
            percent(now["probability"]),
            f"{percent(now['low'])} to {percent(now['high'])}",
            percent(now["climatology"]),
            f"{changed.loc[dyad, 'surprise']:+.2f}",
            f"{100 * changed.loc[dyad, 'change']:+.1f}",
            percent(soon["probability"]),
            percent(later["probability"]),
            "no",
        ]
    assert "since 2018-02-01" in page.text()


def test_a_sheet_holds_the_explanation(page, odd):
    found = fc.explain("IND-PAK", root=odd, horizon=90, **QUESTION)
    captions = page.texts("article table caption")
    assert sum(caption.startswith("The lines sum to the forecast") for caption in captions) == 2
    rows = page.ask(
        "[...document.querySelector('article').querySelectorAll('table')[1].tBodies[0].rows]"
        ".map(r => [...r.cells].map(c => c.innerText))"
    )
    assert rows[0][4] == percent(found.forecast["climatology"].iloc[0])
    assert rows[-1][4] == percent(found.probability)
    # Written with two decimals, each within half a hundredth.
    shares = [float(row[2]) for row in rows]
    assert sum(shares[:-1]) == pytest.approx(shares[-1], abs=0.005 * len(shares))
    by_family = found.contributions.set_index("family")["contribution"]
    families = [row for row in rows[2:-1] if row[0]]
    assert len(families) > 3
    for family, _, share, *_ in families:
        assert float(share) == pytest.approx(by_family[family], abs=0.0051)
    text = page.text()
    for problem in found.missing["problem"]:
        assert problem in text


def test_pictures_are_drawn_with_a_size_and_told_in_words(page):
    shown = page.ask(
        "[...document.querySelectorAll('figure svg')].map(e => [e.getAttribute('aria-label'), e.clientWidth,"
        " e.clientHeight, e.querySelectorAll('path').length])"
    )
    kinds = ("Hazard curve", "What moves the forecast", "Engagements over 3 years", "Past forecasts")
    expected = {f"{kind}, {dyad}" for kind in kinds for dyad in ("IND-PAK", "CHN-IND")}
    assert {label for label, *_ in shown} == expected | {"Skill by horizon and year", "Reliability of classifier"}
    for label, width, height, paths in shown:
        assert width >= 400, label
        assert height >= 150, label
        assert paths > 20, label
    assert all(len(caption) > 40 for caption in page.texts("figcaption"))
    assert len(page.texts("figcaption")) == len(shown)


def test_text_from_a_ledger_stays_text(page):
    said = "\n".join(page.texts(".stack td:nth-of-type(3)"))
    # Twelve of the latest are shown: all notes are among them.
    for note in NOTES:
        assert " ".join(plain(note).split()) in said
    assert "A <b>bold</b> name" in said
    assert page.ask("document.querySelectorAll('script, img, iframe, object, b').length") == 0
    assert page.ask("[...document.querySelectorAll('*')].filter(e => [...e.attributes]"
                    ".some(a => a.name.startsWith('on'))).length") == 0  # fmt: skip
    assert "Not a heading" not in page.texts("h1")


def test_links_lead_to_the_web_or_to_a_place_on_the_page(page):
    links = page.ask("[...document.querySelectorAll('a')].map(a => [a.getAttribute('href'), a.protocol])")
    within = [href for href, _ in links if href.startswith("#")]
    outward = [href for href, protocol in links if not href.startswith("#") and protocol in ("http:", "https:")]
    assert len(within) + len(outward) == len(links)
    assert set(outward) == {"https://example.org/a?b=1&c=<d>", "http://example.org/e"}
    assert len(within) >= 6
    assert page.ask("arguments[0].every(id => document.querySelectorAll('[id=\"' + id.slice(1) + '\"]').length === 1)",
                    within)  # fmt: skip


def test_ids_are_unique_and_tables_have_captions(page):
    ids = page.ask("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert page.ask("[...document.querySelectorAll('table')].every(t => t.caption && t.caption.innerText.trim())")
    assert page.ask("[...document.querySelectorAll('th')].every(t => t.scope)")


@pytest.mark.parametrize("width", [320, 390, 768, 970, 1280])
def test_nobody_scrolls_sideways(page, width):
    page.resize(width, phone=width < 600)
    assert not page.wider_than_the_window()
    assert page.beyond() == []
    assert page.ask("parseFloat(getComputedStyle(document.body).fontSize)") >= 16


def test_what_does_not_fit_a_phone_says_that_it_scrolls(page):
    page.resize(390, phone=True)
    hints = page.ask(
        "[...document.querySelectorAll('.scroll')].map(e => [e.scrollWidth > e.clientWidth, "
        "getComputedStyle(e, '::before').content.includes('Scroll sideways')])"
    )
    assert any(beyond for beyond, _ in hints)
    assert [hint for hint in hints if hint[0] and not hint[1]] == []
    page.resize(1280)
    assert page.ask("getComputedStyle(document.querySelector('.wide'), '::before').content") == "none"


def test_it_is_dark_where_a_reader_wants_it_dark(page):
    shades = {}
    for scheme in ("light", "dark"):
        page.colours(scheme)
        shades[scheme] = page.ask(
            "[document.body, document.querySelector('figure .scroll')].map(e => getComputedStyle(e).backgroundColor)"
        )
    page.colours("light")
    white = "rgb(255, 255, 255)"
    assert shades["light"] == [white, white]
    assert shades["dark"][0] != white
    assert shades["dark"][1] == white  # pictures are drawn for white paper


def test_it_can_be_printed(page):
    printed = page.printed()
    assert printed.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 4 <= pages <= 16


def test_skill_is_that_of_windows_that_had_ended(page):
    text = page.text()
    assert "forecasts of forecasts.csv are scored: those whose window ended before 2018-03-01" in text
    rows = table(page, "Scores by model and horizon")
    assert {row[0] for row in rows} == {"classifier", "climatology"}
    # Quarters from 2016-01 on: the last as-of date whose 30 days had ended is 2018-01-01, of 180 days 2017-07-01.
    assert {row[1]: int(row[2]) for row in rows if row[0] == "classifier"} == {"30": 18, "90": 16, "180": 14}


def test_the_data_are_told(page):
    """Nobody could know in March 2018 that a ledger would reach to 2019."""
    rows = table(page, "Sources as they were known before 2018-03-01")
    assert [row[0] for row in rows] == ["neighbours.csv", "rivals.csv"]
    assert [row[1] for row in rows] == ["2008-01-01 to 2018-01-31", "2008-01-01 to 2018-02-28"]
    assert "pages may be of a later day than 2018-03-01" in page.text()


def test_nothing_is_loaded_and_the_console_is_clean(page, written):
    assert page.requests() == [written.resolve().as_uri()]
    assert page.console() == []
    assert page.ask("document.querySelectorAll('[src], [srcset], [poster]').length") == 0
    assert page.ask("[...document.querySelectorAll('link')].map(e => e.getAttribute('href'))") == ["data:,"]
    assert not re.search(r"url\(|@import", page.ask("document.querySelector('style').textContent"))


def test_the_same_question_gives_the_same_page(odd, tmp_path):
    ask = {"root": odd, "model": "climatology", **QUESTION}
    first, second = (
        fc.report("IND-PAK", output=tmp_path / name, **ask).read_text("utf-8") for name in ("a.html", "b.html")
    )
    clock = r"computed \d{4}-\d\d-\d\d \d\d:\d\d UTC"
    assert re.sub(clock, "", first) == re.sub(clock, "", second)
