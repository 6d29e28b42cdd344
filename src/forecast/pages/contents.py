"""What a report says, as values: the template adds no figure of its own."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Illustration:
    """A picture and its caption, which says in words what it shows.

    Parameters
    ----------
    svg : markupsafe.Markup
    caption : str
    """

    svg: Markup
    caption: str


@dataclass(frozen=True)
class Chance:
    """One forecast, written.

    Parameters
    ----------
    days : int
    by : str
        Last day of the window.
    probability, interval, climatology, surprise : str
    announced : str
        yes or no.
    """

    days: int
    by: str
    probability: str
    interval: str
    climatology: str
    surprise: str
    announced: str


@dataclass(frozen=True)
class Watched:
    """One line of the watch list.

    Parameters
    ----------
    rank : int
    dyad, name : str
    sooner, later : str
        Probabilities of the shorter and the longer horizon.
    chance : Chance
        Of the horizon by which the list is sorted.
    anchor : str
        Of the dyad's sheet; empty if it has none.
    """

    rank: int
    dyad: str
    name: str
    sooner: str
    later: str
    chance: Chance
    anchor: str


@dataclass(frozen=True)
class Engagement:
    """One engagement, written.

    Parameters
    ----------
    when, known_on, who, what, persons, note, publisher : str
    address : str or None
        A link if it leads to the web.
    host : str
        Of the link.
    unlinked : str
        An address that does not.
    """

    when: str
    known_on: str
    who: str
    what: str
    persons: str
    note: str
    publisher: str
    address: str | None
    host: str
    unlinked: str


@dataclass(frozen=True)
class Venue:
    """One summit ahead, written.

    Parameters
    ----------
    name, host, days, announced_on : str
    """

    name: str
    host: str
    days: str
    announced_on: str


@dataclass(frozen=True)
class Sheet:
    """All that is said of one dyad.

    Parameters
    ----------
    dyad, name, anchor : str
    chances : tuple of Chance
    pictures : tuple of Illustration
    engagements : tuple of Engagement
    known : int
        Engagements known in all.
    venues : tuple of Venue
    missing : tuple of str
    """

    dyad: str
    name: str
    anchor: str
    chances: tuple[Chance, ...]
    pictures: tuple[Illustration, ...]
    engagements: tuple[Engagement, ...]
    known: int
    venues: tuple[Venue, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Skill:
    """How good forecasts were, of windows that had ended.

    Parameters
    ----------
    source : str
        Name of the file.
    used, left_out : int
        Forecasts scored, and those whose window had not ended or is not resolved.
    rows : tuple of tuple of str
        As the head says.
    head : tuple of str
    pictures : tuple of Illustration
    """

    source: str
    used: int
    left_out: int
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    pictures: tuple[Illustration, ...]


@dataclass(frozen=True)
class Report:
    """The whole page.

    Parameters
    ----------
    as_of, issued_at, model, question, about, data_version, program : str
    list_days, sooner_days, later_days : int
    watched, others : tuple of Watched
        The head of the list, and the rest, which stands at the end of the page.
    sheets : tuple of Sheet
    skill : Skill or None
    coverage : tuple of tuple of str
    calendar : str
    """

    as_of: str
    issued_at: str
    model: str
    question: str
    about: str
    data_version: str
    program: str
    list_days: int
    sooner_days: int
    later_days: int
    watched: tuple[Watched, ...]
    others: tuple[Watched, ...]
    sheets: tuple[Sheet, ...]
    skill: Skill | None
    coverage: tuple[tuple[str, ...], ...]
    calendar: str
