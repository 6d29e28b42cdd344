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
    probability, interval, climatology : str
    surprise : str
        Log-odds above climatology.
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
    change : str
        Since a month before, in percentage points; empty if there was no forecast.
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
    change: str
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
    chance : str
        That a meeting of the two is recorded there, from past editions alone.
    without : str
        The forecast if this summit alone were not known; of the horizon that is explained, empty beyond it.
    address : str or None
        A link to its source if that leads to the web.
    """

    name: str
    host: str
    days: str
    announced_on: str
    chance: str
    without: str
    address: str | None


@dataclass(frozen=True)
class Stage:
    """One line of the account from climatology to the forecast, written.

    Parameters
    ----------
    family, words, log_odds, odds, probability : str
    """

    family: str
    words: str
    log_odds: str
    odds: str
    probability: str


@dataclass(frozen=True)
class Fact:
    """One fact behind a family, written.

    Parameters
    ----------
    words : str
    address : str or None
        A link if it leads to the web.
    host : str
        Of the link.
    """

    words: str
    address: str | None
    host: str


@dataclass(frozen=True)
class Ground:
    """What stands behind one family, written.

    Parameters
    ----------
    family, words, contribution : str
    signals : tuple of str
        The weightiest: effect, name, value and what it says.
    facts : tuple of Fact
        The latest.
    n_more : int
        Earlier ones.
    """

    family: str
    words: str
    contribution: str
    signals: tuple[str, ...]
    facts: tuple[Fact, ...]
    n_more: int


@dataclass(frozen=True)
class Likeness:
    """A situation of the past and what followed, written.

    Parameters
    ----------
    name, dyad, as_of, probability, climatology, met : str
    """

    name: str
    dyad: str
    as_of: str
    probability: str
    climatology: str
    met: str


@dataclass(frozen=True)
class Account:
    """Why the forecast of one horizon is what it is.

    Parameters
    ----------
    picture : Illustration
        The waterfall.
    stages : tuple of Stage
    grounds : tuple of Ground
    likenesses : tuple of Likeness
    missing : tuple of str
    """

    picture: Illustration
    stages: tuple[Stage, ...]
    grounds: tuple[Ground, ...]
    likenesses: tuple[Likeness, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """All that is said of one dyad.

    Parameters
    ----------
    dyad, name, anchor : str
    chances : tuple of Chance
    curve : Illustration
    pictures : tuple of Illustration
        Of the past.
    engagements : tuple of Engagement
    known : int
        Engagements known in all.
    venues : tuple of Venue
    account : Account
    """

    dyad: str
    name: str
    anchor: str
    chances: tuple[Chance, ...]
    curve: Illustration
    pictures: tuple[Illustration, ...]
    engagements: tuple[Engagement, ...]
    known: int
    venues: tuple[Venue, ...]
    account: Account


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
    change_since, no_change : str
        From which day changes are counted, or why there are none; the other one is empty.
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
    change_since: str
    no_change: str
    list_days: int
    sooner_days: int
    later_days: int
    watched: tuple[Watched, ...]
    others: tuple[Watched, ...]
    sheets: tuple[Sheet, ...]
    skill: Skill | None
    coverage: tuple[tuple[str, ...], ...]
    calendar: str
