"""What a page holds, and how it is written: the template adds no figure of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from forecast.display.characters import isolated, plain
from forecast.display.frames import PROBABILITY, dyad_name, forecasts_table
from forecast.display.pictures.signs import kind_of
from forecast.display.table import Column, Paragraph, Table, web_link
from forecast.explanation.result import Explanation, span_words, summits_table
from forecast.explanation.summits import AHEAD
from forecast.facts.countries import states
from forecast.pages.illustrations import Illustration, anchor


@dataclass(frozen=True)
class Sheet:
    """All that is said of one dyad; `account` is the waterfall, `pictures` are of the past."""

    dyad: str
    name: str
    anchor: str
    forecasts: Table
    curve: Illustration
    account: Illustration
    sections: Sequence[Section]
    pictures: Sequence[Illustration]
    engagements: Table | None


@dataclass(frozen=True)
class Skill:
    """How good the forecasts of a file were, of windows that had ended; others are left out."""

    source: str
    used: int
    left_out: int
    scores: Table | None
    pictures: Sequence[Illustration]


@dataclass(frozen=True)
class Report:
    """The whole page; changes are counted from the day `change_since`, or `no_change` says why there are none."""

    as_of: str
    question: str
    made_by: str
    about: str
    list_days: int
    change_since: str
    no_change: str
    watched: Table
    others: Table | None
    sheets: Sequence[Sheet]
    skill: Skill | None
    coverage: Table

    def html(self) -> str:
        """The page in itself: no file and no address is loaded when it is shown. Text is escaped, pictures are not."""
        return _rendered("report.html.jinja", self)


@dataclass(frozen=True)
class Leaderboard:
    """Recorded forecasts, scored; each part has a heading, a sentence and a table."""

    scored_on: str
    head: str
    n_lines: int
    parts: Sequence[tuple[str, str, Table]]

    def html(self) -> str:
        """The page in itself, as `Report.html`."""
        return _rendered("leaderboard.html.jinja", self)


def _rendered(template: str, page: Report | Leaderboard) -> str:
    environment = Environment(
        loader=PackageLoader("forecast.pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=lambda value: plain(value) if type(value) is str else value,
    )  # fmt: skip
    environment.filters["isolated"] = isolated
    return environment.get_template(template).render({one.name: getattr(page, one.name) for one in fields(page)}) + "\n"


#: The probability by which a table is read.
_MAIN = replace(PROBABILITY, style="bold")


class Section(NamedTuple):
    """A part of a sheet; the caption of its table, if it has one, says how to read it."""

    heading: str
    content: Table | Paragraph


def sections(explanation: Explanation, venues: pd.DataFrame, days: int) -> list[Section]:
    """The sections of an explanation; of so many days are the summits, as `engagement_history.venues_of` lists them."""
    later = venues.loc[venues["starts_on"] > explanation.forecast["window_end"].iloc[0]]
    written = later.assign(**{name: later[name].dt.strftime("%Y-%m-%d") for name in AHEAD if name.endswith("_on")})
    both = [*explanation.summits.to_dict("records"), *written.assign(address="").to_dict("records")]
    summits = summits_table(pd.DataFrame(both, columns=list(AHEAD)), days)
    result = []
    for part in {**explanation.sections, "summits": summits}.values():
        if isinstance(part, Table):
            result.append(Section(part.title, replace(part, title=" ".join(part.notes), notes=())))
        else:
            heading, _, words = part.words.partition("\n")
            result.append(Section(heading, Paragraph(words)))
    return result


def watch_list(rows: pd.DataFrame, *, days: Sequence[int], linked: Collection[str], but: Collection[str]) -> Table:
    """Dyads, the likeliest first within the middle one of three horizons; `linked` have a sheet to which they lead.

    Rows have `surprise` and `change`, and the probabilities of the other horizons in columns named by their days.
    """

    def name(dyad: str) -> Markup:
        words = Markup('<a href="#{}">{}</a>') if dyad in linked else Markup("{1}")
        code = Markup(' <span class="quiet code">{}</span>').format(dyad)
        return words.format(anchor(dyad), dyad_name(dyad, but=but)) + code

    sooner, middle, later = days
    own: dict[Any, Column] = {
        "dyad": Column("dyad", form=name, wraps=True, heads=True),
        "probability": replace(_MAIN, head=f"{middle} days"),
        "change": Column("change", align="right", form=lambda change: f"{100 * change:+.1f}", missing=""),
        **{some: replace(PROBABILITY, head=f"{some} days") for some in (sooner, later)},
    }
    names = ["rank", "dyad", "probability", "interval", "climatology", "surprise", "change", sooner, later, "announced",
             "stale_days"]  # fmt: skip
    return forecasts_table(rows, names, own=own, title="Probability that the leaders meet, by dyad")


def forecasts_of_dyad(rows: pd.DataFrame, *, title: str) -> Table:
    """Forecasts of one dyad with their surprise, a row a horizon."""
    names = ["window_end", "horizon_days", "probability", "interval", "climatology", "surprise", "announced",
             "stale_days"]  # fmt: skip
    return forecasts_table(rows, names, own={"window_end": Column("by", heads=True), "probability": _MAIN}, title=title)


def engagements_table(events: pd.DataFrame, *, shown: int, as_of: str) -> Table | None:
    """The engagements of `engagement_history.engagements_of` that became known last, the newest first."""
    if events.empty:
        return None
    newest = events.iloc[::-1].head(shown)
    columns = [
        Column("when", wraps=True, heads=True),
        *(Column(head, wraps=True) for head in ("who", "what", "persons and note")),
        Column("source", form=_source, wraps=True),
    ]
    cells = []
    for (_, row), kind in zip(newest.iterrows(), kind_of(newest), strict=True):
        first, last, known = (f"{row[name]:%Y-%m-%d}" for name in ("started_on", "ended_on", "known_on"))
        late = f" (known {known})" if known != last else ""
        who = f"{states()[row['source']].name} to {states()[row['recipient']].name}"
        what = f"{row['level'].replace('_', ' ')}, {kind}: {row['event'].lower()}, {row['mode']}"
        said = ". ".join(part for part in (row["persons"], row["note"]) if part)
        cells.append((span_words(first, last) + late, who, what, said, (row["url"], row["publisher"])))
    title = f"The last {len(newest)} of {len(events)} engagements known before {as_of}, the newest first"
    return Table(columns, cells, title=title)


def _source(source: tuple[str, str]) -> Markup:
    address, publisher = source
    link = Markup("{}<br>").format(web_link(address)) if address else ""
    return Markup('{}<span class="quiet">{}</span>').format(link, publisher)
