"""What a page holds, and how it is written: the template adds no figure of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from jinja2 import Environment, PackageLoader, StrictUndefined

from forecast.display.characters import isolated, plain
from forecast.display.table import Table
from forecast.pages.illustrations import Illustration
from forecast.pages.tables import Section


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
