"""What a notebook shows of a result: every text escaped, the figures those of the result."""

from __future__ import annotations

from html.parser import HTMLParser

import pandas as pd
import pytest

import forecast as fc
from forecast.display.characters import plain
from forecast.display.numbers import percent
from forecast.display.table import Column, Table
from odd_ledgers import NOTES

QUESTION = {"as_of": "2018-03-01"}
ALLOWED = {"table", "bdi", "caption", "thead", "tbody", "tr", "th", "td", "p", "div", "a"}


class Shown(HTMLParser):
    """Tags and texts of a fragment; cells by row."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert {name for name, _ in attrs} <= ({"href", "rel"} if tag == "a" else {"style", "scope"})
        assert tag != "a" or dict(attrs)["href"].startswith(("https://", "http://"))
        self.tags.add(tag)
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)
        if self.open and self.open[-1] in ("td", "th", "bdi") and {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def shown(result: object) -> Shown:
    found = Shown(result._repr_html_())
    assert found.tags <= ALLOWED
    return found


@pytest.fixture(scope="module")
def explanation(odd):
    return fc.explain("IND-PAK", root=odd, **QUESTION)


def test_an_explanation_shows_its_account_and_its_facts_as_text(explanation):
    found = shown(explanation)
    text = " ".join(found.words)
    assert percent(explanation.probability) in text
    (account,) = [row for row in found.rows if row and row[0] == "forecast"]
    assert account[-1] == percent(explanation.probability)
    for problem in explanation.missing["problem"]:
        assert problem in text
    weighted = explanation.evidence.loc[explanation.evidence["weighted"]]
    assert sum(f"{row['on']}" in text for _, row in weighted.groupby("family").head(3).iterrows()) > 3
    assert "<script>document.title" in text
    assert "\x1b" not in text


def test_a_supposition_labels_what_is_hypothetical(odd):
    note = NOTES[0].replace(",", ";").replace("=", "-")
    found = fc.whatif(
        "IND-PAK",
        root=odd,
        add=f'known_on=2018-02-20,source=PAK,recipient=IND,event=CONSULT,mode=visit,level=minister,"note={note}"',
        **QUESTION,
    )
    page = shown(found)
    real, other = found.forecasts["probability"]
    assert [row[:2] for row in page.rows[1:3]] == [["real", percent(real)], ["hypothetical", percent(other)]]
    assert note in " ".join(page.words)
    assert [row[0] for row in shown(found.forecasts).rows] == ["hypothetical", "real", "hypothetical"]
    assert any(row[0] == "added" for row in page.rows)


def test_forecasts_and_watch_lists_show_per_cent(odd):
    rows = fc.predict(root=odd, **QUESTION)
    page = shown(rows)
    assert page.rows[0][0] == "dyad"
    assert [row[4] for row in page.rows[1:]] == [percent(p) for p in rows["probability"]]
    ranked = fc.rank(root=odd, focal="IND", sort="change", **QUESTION)
    page = shown(ranked)
    assert page.rows[0][0] == "rank"
    assert page.rows[0][-4:] == ["surprise", "before", "change", "announced"]
    assert page.rows[1][-2] == f"{100 * ranked['change'].iloc[0]:+.1f} points"


def test_scores_are_rounded(odd):
    scores = fc.backtest(root=odd, models=["climatology", "base-rate"], start="2015-01", end="2016-12", every="quarter")
    page = shown(scores)
    assert page.rows[0][:3] == ["model", "days", "n"]
    assert [row[4] for row in page.rows[1:]] == [f"{value:.4f}" for value in scores["brier"]]
    assert isinstance(scores, pd.DataFrame)
    # Without its columns it is a table like any other.
    assert "brier" in scores[["model_id", "brier"]]._repr_html_()


def test_a_notebook_that_wants_plain_text_gets_it(odd):
    rows = fc.predict(root=odd, **QUESTION)
    with pd.option_context("display.notebook_repr_html", False):
        assert rows._repr_html_() is None


@pytest.mark.parametrize("note", NOTES)
def test_a_cell_is_the_text_that_it_was(note):
    found = Shown(Table([Column(note)], [[note]], title=note).html())
    assert found.rows == [[plain(note)], [plain(note)]]
    assert found.tags <= ALLOWED
    assert plain(note).isprintable()
