"""Who acts in a text: persons by office, name and state as of a day, and states that the text names.

`actors_in` reads a whole text, so that "Wang" in its fifth paragraph is the Foreign Minister Wang Yi of its first. What
it resolves, and how surely (`Actor.certain`):

* an office with its state in the words ("the President of Kenya", "Japan's Prime Minister Kishida", "Sergei Lavrov,
  Russia's foreign minister");
* an office with a name that the register has on the day ("President Xi", "Prime Minister Modi");
* an office without either, which is of the publisher's own state if there is one ("the President", "Secretary Yellen");
* a name alone that the text introduced, or that one holder of the day has ("Biden");
* states by name, people, capital or seat of government ("Beijing", "the Kremlin").

An actor whose state cannot be resolved has the state "". Offices are those of `forecast.coding.offices`; who is no
official of a state (the secretary-general of an organisation, a governor, a former president) has the level "".
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from forecast.coding import read_table
from forecast.coding.holders import Holders, calling
from forecast.coding.offices import OFFICES, highest
from forecast.coding.people import NAME, name_words
from forecast.coding.places import (
    INSTITUTIONS,
    SHORT,
    capitals,
    demonyms_pattern,
    names_pattern,
    parts_pattern,
    state_named,
)
from forecast.facts.countries import fold


@dataclass(frozen=True)
class Actor:
    """One mention: a person or office of a state, or the state itself (`office` is "" and `kind` says how it is named).

    `kind` is ``person`` (with a name), ``office`` (without), ``state``, ``people`` (an adjective or a people) or
    ``seat`` (a capital or an institution that stands for the government).
    """

    state: str
    office: str
    name: str
    start: int
    end: int
    kind: str
    certain: float
    plural: bool = False

    @property
    def level(self) -> str:
        """Level of the office; "" for a state and for who is no official of one."""
        return OFFICES[self.office].level if self.office else ""


_SPELLINGS: Final = read_table("text_offices.csv")
_OFFICE: Final = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(f"(?P<o{number}>{row['pattern']})" for number, row in enumerate(_SPELLINGS))
    # The tables write names in capitals and all else in small letters; a text may begin any office with a capital.
    .replace("[A-Z]", "(?-i:[A-Z])")
    .replace("[a-z]", "(?-i:[a-z])")
    + r")(?![\w])",
    re.IGNORECASE,
)
#: Offices that one state alone has.
_OF_ONE_STATE: Final = {"pope": "VAT", "taoiseach": "IRL"}
_FORMER: Final = re.compile(
    r"(?:former|ex-|late|one-time|ousted|exiled|deposed|then)[ -](?:[\w.'’]+ ){0,2}$", re.IGNORECASE
)
_MODIFIER: Final = (
    r"(?:(?:(?i:acting|interim|provisional|transitional|caretaker|then|new|newly elected|incoming|outgoing|federal"
    r"|senior|key|other|top|both|their|its|own|the|current|long-time|executive|visiting|assistant|special|first|second|principal)"
    r"|Dr\.|Communist|Ministry|Foreign Ministry|State Department|Treasury|Pentagon|[Gg]overnment|[Ee]mbassy) )*"
)
#: Bare secretaries are ministers of the United States, or of who names them with their state.
_AMERICAN: Final = re.compile(r"(?<!Foreign )(?<!Home )(?<!Defence )Secretary\b(?! General)")
_WENT_ON: Final = re.compile(r",|\.| (?:is|was|has|had|will|said|says|saw|who|arrived|met|told)\b")
_APPOSED: Final = re.compile(rf"(?P<name>{NAME}), (?:who is )?(?:the |an? |his |her |its |current |longtime )*$")
_WORD: Final = r"(?:[A-ZÀ-Ž]\.|[A-ZÀ-Ž][\w’']*)"
_RUN: Final = re.compile(rf"(?<![\w.]){_WORD}(?:[ -](?:(?:al|el|bin|ibn|de|da|von|van|der)[ -])*{_WORD})*")
#: Words that end a name where headlines write everything with a capital, and words that are no family name alone.
_NO_NAME: Final = frozenset(row["word"] for row in read_table("no_names.csv"))


#: In the text in which states are looked for, every name of one is replaced by this sign, character by character: a
#: grammar with all names in each of its places would take most of a second to compile.
_SIGN: Final = "\ue000"
_ONE: Final = rf"(?:the )?{_SIGN}+"
_BEFORE: Final = re.compile(rf"(?<![\w.])(?P<nations>{_ONE}(?:(?:, and |, | and |/|-){_ONE})*)(?:['’]s?)? {_MODIFIER}$")
_OF: Final = r",? ?(?:\([^)]*\) ?)?(?:of|from|representing)"
_OF_STATE: Final = re.compile(rf"{_OF} (?:{_ONE}['’]s (?=the {_SIGN}|{_SIGN}))?(?P<nations>{_ONE})")
_OF_STATES: Final = re.compile(
    rf"{_OF} (?:(?:the )?(?:two|three|four|five) (?:[\w{_SIGN}]+ )?(?:countries|states|nations)(?: of|:) )?"
    rf"(?P<nations>{_ONE}(?:(?:; |, and |, | and (?:of )?){_ONE})*)"
)


@cache
def _nations() -> re.Pattern[str]:
    seats = "|".join(re.escape(word) for word in (*INSTITUTIONS, *SHORT))
    return re.compile(rf"(?<![\w.])(?=[A-ZÀ-Ž])(?:{parts_pattern()}|{demonyms_pattern()}|{seats})(?![\w])")


def officials_in(text: str, day: dt.date, holders: Holders, cast: dict[str, Actor]) -> list[Actor]:
    """List the persons and offices in a part of a text; `cast` holds who was introduced in the parts before it.

    Examples
    --------
    >>> from forecast.coding.holders import Holders
    >>> for actor in officials_in("a call with Kenyan President Ruto", dt.date(2023, 9, 29), Holders([]), {}):
    ...     print(actor.state, actor.office, actor.name)
    KEN president Ruto
    """
    reading = _Reading(text, day, holders, "", cast)
    reading.offices()
    return sorted(reading.actors, key=lambda actor: actor.start)


def actors_in(text: str, day: dt.date, holders: Holders, *, home: str = "", written: str = "") -> list[Actor]:
    """List who is named in a text, in order, with states and offices as of a day.

    Parameters
    ----------
    text : str
        A whole text, so that later mentions mean the persons of earlier ones.
    day : datetime.date
        The day of publication.
    holders : Holders
        Who held which office.
    home : str
        The publisher's own state, to which an office without a state belongs.
    written : str
        The state in which the text was written, to which a minister without a state belongs if nothing else says whose
        he is.

    Returns
    -------
    list of Actor

    Examples
    --------
    >>> from forecast.coding.holders import Holders
    >>> text = "Chinese Foreign Minister Wang Yi received the President of Kenya. Wang thanked Beijing's guest."
    >>> for actor in actors_in(text, dt.date(2023, 9, 29), Holders([])):
    ...     print(actor.state, "|", actor.office, "|", actor.name, "|", actor.kind)
    CHN | foreign minister | Wang Yi | person
    KEN | president |  | office
    CHN | foreign minister | Wang Yi | person
    CHN |  |  | seat
    """
    reading = _Reading(text, day, holders, home)
    reading.written = written
    reading.offices()
    reading.names()
    reading.states()
    return sorted(map(reading.fullest, map(reading.meant, reading.actors)), key=lambda actor: actor.start)


class _Reading:
    """One text being read: the actors so far, and the persons it has introduced by the word they are called by."""

    def __init__(
        self, text: str, day: dt.date, holders: Holders, home: str, cast: dict[str, Actor] | None = None
    ) -> None:
        self.text, self.day, self.holders, self.home, self.written = text, day, holders, home, ""
        self.actors: list[Actor] = []
        self.cast: dict[str, Actor] = {} if cast is None else cast
        self._taken = bytearray(len(text) + 1)
        self._nations = [found.span() for found in _nations().finditer(text)]
        signs = list(text)
        for first, last in self._nations:
            signs[first:last] = _SIGN * (last - first)
        self._signed = "".join(signs)

    def offices(self) -> None:
        """Read every office with its state and name; those that name neither wait until all others are known."""
        later = []
        position = 0
        while match := _OFFICE.search(self.text, position):
            offices, end = self._compound(match)
            made, position = self._office(offices, match, end, position)
            later += [actor for actor in made if not actor.state]
            for actor in made:
                if actor.state:
                    self._add(actor)
        for actor in later:
            self._add(self._resolved(actor))

    def _compound(self, match: re.Match[str]) -> tuple[list[str], int]:
        """Read offices that one person has: "Deputy Prime Minister and Foreign Minister Cavusoglu"."""
        offices, end = [_spelt(match)], match.end()
        while link := re.compile(r",? and |/| ").match(self.text, end):
            following = _OFFICE.match(self.text, link.end())
            if not following or _spelt(following) in ("officials", "counterpart") or re.search(r"s$|s'", match.group()):
                break
            offices.append(_spelt(following))
            end = following.end()
        return offices, end

    def _office(self, offices: list[str], match: re.Match[str], end: int, since: int) -> tuple[list[Actor], int]:
        first = max(since, match.start() - 120)
        before = self.text[first : match.start()]
        nations = _BEFORE.search(self._signed[first : match.start()])
        office = "former office holder" if _FORMER.search(before) else highest(offices)
        start = first + nations.start() if nations else match.start()
        plural = bool(re.search(r"(?:s|men|ies)$|^heads", match.group(), re.IGNORECASE))
        before_it = self.text[first + nations.start("nations") : first + nations.end("nations")] if nations else ""
        before_it = before_it.removeprefix("the ")
        states = self._codes(first + nations.start("nations"), first + nations.end("nations")) if nations else []
        if before_it in INSTITUTIONS and OFFICES[office].level == "leader":
            states, start = [], match.start()  # "welcomed to the White House Prime Minister Morrison"
        states = states or self._codes(*match.span())[:1]
        name, after = ("", end) if plural and office in ("officials", "counterpart") else self._name_after(end)
        if not name and not plural and nations and self.text[end : end + 2] == ", ":
            # "Ethiopia's foreign minister, Demeke Mekonnen, is due"
            called, last = self._name_apposed(end)
            if " " in called and _WENT_ON.match(self.text, last):
                name, after = called, last
        if not name and not plural:
            apposed = _APPOSED.search(self.text[max(since, start - 90) : start])
            if apposed and (trimmed := _trimmed(apposed["name"])) and apposed["name"].endswith(trimmed):
                name, start = trimmed, start - len(apposed.group()) + apposed.group().index(apposed["name"])
                start += len(apposed["name"]) - len(trimmed)
        following = (_OF_STATES if plural else _OF_STATE).match(self._signed, after)
        if following and self._of_a_body(*following.span("nations")):
            following, states, office = None, [], "organisation"
        if following and states and following.group().startswith(" from "):
            following = None  # "the expulsion of Russian diplomats from the US"
        if following and not (states and name):
            codes, after = self._codes(*following.span("nations")), following.end()
            if len(codes) > 1 and _OFFICE.match(self.text, after + 1):
                # "the Presidents of Kenya and Rwandan Foreign Minister Biruta"
                codes, after = codes[:-1], max(self._signed.rfind(sign, 0, after) for sign in (", ", " and "))
            states = codes or states
            if not name and not plural:
                name, after = self._name_apposed(after)
        if (nations or following) and not states and not (nations and before_it in INSTITUTIONS):
            office = "organisation"  # of a union of states, or a part of one
        kind = "person" if name else "office"
        made = [self._actor(code, office, name, start, after, kind, plural and not name) for code in states]
        if not made:
            made = [Actor("", office, name, start, after, kind, 0.0, plural and not name)]
        return made if plural or len(made) == 1 else made[-1:], max(after, match.end())

    def _actor(self, code: str, office: str, name: str, start: int, end: int, kind: str, plural: bool) -> Actor:
        """Make an actor of a named state; a crown prince who leads his state is a leader."""
        held = self.holders.named(name, self.day, state=code) if name and OFFICES[office].level else []
        words = set(name_words(name))
        leads = [one.office for one in held if OFFICES[one.office].level == "leader" and words <= set(one.words)]
        leads = leads if OFFICES[office].level == "deputy" else []
        return Actor(code, leads[0] if leads else office, name, start, end, kind, 0.95, plural)

    def _codes(self, first: int, last: int) -> list[str]:
        """States named between two places of the text."""
        start = bisect_left(self._nations, (first, 0))
        spans = itertools.takewhile(lambda span: span[1] <= last, self._nations[start:])
        codes = [state_named(self.text[begin:end], self.day) for begin, end in spans]
        return list(dict.fromkeys(code for code in codes if code))

    def _of_a_body(self, first: int, last: int) -> bool:
        """Whether "of the Italian Episcopal Conference" or "of Philippine labor leaders" stands behind an office."""
        begin = self._nations[bisect_left(self._nations, (last, 0)) - 1][0]
        words = self.text[max(first, begin) : last]
        rest = self.text[last : last + 12]
        return _is_people(words) and bool(re.match(r" (?!Republic|Govern|govern|Kingdom|Federat|and |side)\w", rest))

    def _name_apposed(self, end: int) -> tuple[str, int]:
        """Read the name behind a state: "the Prime Minister of Iraq, Mustafa Al-Kadhimi"."""
        begin = end + (self.text[end : end + 2] == ", ")
        if _OFFICE.match(self.text, begin + 1) or self._signed[begin + 1 : begin + 2] == _SIGN:
            return "", end
        name, after = self._name_after(begin)
        return (name, after) if name else ("", end)

    def _name_after(self, end: int) -> tuple[str, int]:
        """Read the name after an office, as far as it is one."""
        found = re.compile(rf" (?:(?:Dr|Mr|Mrs|Ms|H\.E|Gen)\.? )?(?P<name>{NAME})").match(self.text, end)
        if not found:
            return "", end
        trimmed = _trimmed(found["name"])
        if not found["name"].startswith(trimmed) or not trimmed or state_named(trimmed, self.day):
            return "", end
        return trimmed, found.start("name") + len(trimmed)

    def _resolved(self, actor: Actor) -> Actor:
        """Give an office without a state in its words the state of its holder, or of the publisher."""
        if actor.office in _OF_ONE_STATE:
            return replace(actor, state=_OF_ONE_STATE[actor.office], certain=0.95)
        if actor.name:
            known = self._person(actor.name) or self._spelt_otherwise(actor)
            # "Crown Prince Hussein" is no King Hussein.
            if known and (known.level == actor.level or len(name_words(actor.name)) > 1):
                office = known.office if known.level == actor.level else actor.office
                name = max(known.name, actor.name, key=lambda one: len(name_words(one)))
                certain = min(known.certain, 0.9)
                return replace(actor, state=known.state, office=office, name=name, certain=certain)
        spelt = self.text[actor.start : actor.end]
        if self.home and actor.level and not actor.plural and (not actor.name or actor.level != "leader"):
            return replace(actor, state=self.home, certain=0.85)
        if actor.name and _AMERICAN.search(spelt):
            return replace(actor, state="USA", certain=0.7)
        if actor.name and self.written and actor.level not in ("", "leader") and actor.office != "counterpart":
            return replace(actor, state=self.written, certain=0.6)
        return actor

    def _person(self, name: str) -> Actor | None:
        """The person whom a name means: one of this text, or the only holder of the day."""
        words = name_words(name)
        for word in (words[0], words[-1]) if words else ():
            known = self.cast.get(word)
            if known and (set(words) <= set(name_words(known.name)) or set(name_words(known.name)) <= set(words)):
                return known
        held = self.holders.named(name, self.day) if len(words) > 1 else self.holders.alone(name, self.day)
        persons = {(one.state, one.words): one for one in held}
        if len(persons) != 1:
            return None
        one = next(iter(persons.values()))
        return Actor(one.state, one.office, one.name, 0, 0, "person", 0.9)

    def _spelt_otherwise(self, actor: Actor) -> Actor | None:
        """The holder of an office of this level with this family name and initial: "Joseph R. Biden"."""
        words = name_words(actor.name)
        if len(words) == 1:
            # "in Tanzania, she will meet with President Samia": a given name, where the text names the state too.
            named = self._codes(0, len(self.text))
            held = [one for one in self.holders.named(actor.name, self.day) if one.state in named]
        else:
            held = [one for one in self.holders.alone(words[-1], self.day) if one.words[0][0] == words[0][0]]
        if len({one.state for one in held}) == 1 and OFFICES[held[0].office].level == actor.level:
            return Actor(held[0].state, held[0].office, held[0].name, 0, 0, "person", 0.85)
        return None

    def names(self) -> None:
        """Read names that stand without an office."""
        for run in _RUN.finditer(self.text):
            if self._taken[run.start()]:
                continue
            parts = [(part.group(), run.start() + part.start()) for part in re.finditer(r"[^\s-]+", run.group())]
            while parts:
                parts = parts[self._take_name(parts) :]

    def _take_name(self, parts: list[tuple[str, int]]) -> int:
        """Take the longest name that begins with the first of several capitalised words; return how many it took."""
        for count in range(min(len(parts), 4), 0, -1):
            first, last = parts[0][1], parts[count - 1][1] + len(parts[count - 1][0])
            name = re.sub(r"['’]s?$|[.,]+$", "", self.text[first:last])
            if self._taken[first] or (count == 1 and (fold(name) in _NO_NAME or len(name) < 2)):
                continue
            known = self._person(name)
            if known and (count > 1 or (self._stands_alone(first) and not _goes_on(parts[1:], self.text))):
                self._add(replace(known, start=first, end=first + len(name)))
                return count
        return 1

    def _stands_alone(self, first: int) -> bool:
        """Whether no other capitalised word stands before a family name: "Boris Johnson" is no other Johnson."""
        before = re.search(r"([A-ZÀ-Ž](?:\.|[\w’']*)) $", self.text[max(0, first - 30) : first])
        return before is None or fold(before.group(1)) in _NO_NAME or bool(self._taken[first - 2])

    def states(self) -> None:
        """Read states, peoples, capitals and seats of government that are no part of an actor yet."""
        if "Korea" in self.text:
            for found in re.finditer(r"\bthe (North|South)(?=['’]s|[\s,.;:])(?! Korea| [A-Z])", self.text):
                code = "PRK" if found.group(1) == "North" else "KOR"
                if not self._taken[found.start()]:
                    self._add(Actor(code, "", "", found.start(), found.end(), "state", 0.85))
        for first, last in self._nations:
            word = self.text[first:last]
            self._add_state(first, last, "seat" if word in INSTITUTIONS else "people" if _is_people(word) else "state")
        for run in _CAPITALS.finditer(self.text):
            for first, last in _listed(run, capitals()):
                self._add_state(first, last, "seat")

    def _add_state(self, first: int, last: int, kind: str) -> None:
        code = state_named(self.text[first:last], self.day)
        if code and not self._taken[first]:
            self._add(Actor(code, "", "", first, last, kind, 0.95))

    def meant(self, actor: Actor) -> Actor:
        """Give an office that stands alone the state of its only holder whom the text names: "the president said"."""
        if actor.state or actor.name or actor.plural or not actor.level or actor.office in ("counterpart", "officials"):
            return actor
        named = {(one.state, one.name) for one in self.actors if one.office == actor.office and one.name and one.state}
        return replace(actor, state=named.pop()[0], certain=0.7) if len(named) == 1 else actor

    def fullest(self, actor: Actor) -> Actor:
        """Give a person named shortly the full name that the text has for him."""
        known = self._person(actor.name) if actor.name and actor.state and len(name_words(actor.name)) == 1 else None
        return replace(actor, name=known.name) if known and known.state == actor.state else actor

    def _add(self, actor: Actor) -> None:
        self.actors.append(actor)
        self._taken[actor.start : actor.end] = b"\x01" * (actor.end - actor.start)
        if actor.name and actor.state and actor.kind == "person":
            words = name_words(actor.name)
            for word in calling(words, actor.state):
                # A name alone must not replace the full one that the text gave before.
                if word not in self.cast or len(words) >= len(name_words(self.cast[word].name)):
                    self.cast[word] = actor


def _goes_on(rest: list[tuple[str, int]], text: str) -> bool:
    """Whether a name goes on after its first word: "Kim Jung-han" is no other Kim."""
    if not rest or text[rest[0][1] - 1] == "-":
        return False
    word = re.sub(r"['’]s?$|[.,]+$", "", rest[0][0])
    return fold(word) not in _NO_NAME and not _OFFICE.fullmatch(word)


def offices_in(text: str) -> list[str]:
    """Offices that a text names, as it spells them."""
    return [_spelt(match) for match in _OFFICE.finditer(text)]


def _spelt(match: re.Match[str]) -> str:
    return _SPELLINGS[int(str(match.lastgroup)[1:])]["office"]


@cache
def _is_people(word: str) -> bool:
    return word not in SHORT and not re.fullmatch(names_pattern(), word)


def _trimmed(name: str) -> str:
    """Cut a run of capitalised words to a name: at a headline's verb, an office or a possessive.

    Examples
    --------
    >>> _trimmed("Xi Jinping Meets With"), _trimmed("Biden's Call"), _trimmed("Thursday")
    ('Xi Jinping', 'Biden', '')
    """
    kept: list[str] = []
    for word in name.split(" "):
        bare = re.sub(r"['’]s?$|[.,]+$", "", word)
        shouted = len(bare) > 1 and bare.isupper() and not re.fullmatch("[IVX]+", bare)  # "UN", "NATO", "G20"
        common = fold(bare) in _NO_NAME and not (bare == "He" and not kept)
        if shouted or common or (kept and _OFFICE.fullmatch(bare)):
            break
        kept.append(bare if bare != word and not re.fullmatch(r"[A-Z]\.", word) else word)
        if bare != word and not re.fullmatch(r"(?:[A-Z]|Jr|Dr|St)\.", word):
            break
    return " ".join(kept)


_CAPITALS: Final = re.compile(r"(?<![\w.-])[A-ZÀ-Ž][\w'’]*(?: [A-ZÀ-Ž][\w'’]*)*")


def _listed(run: re.Match[str], names: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Places of listed names in a run of capitalised words, the longest first."""
    words = [part.span() for part in re.finditer(r"[\w]+(?:['’]\w{2,})?", run.group())]
    number = 0
    while number < len(words):
        for last in range(min(number + 3, len(words)), number, -1):
            first, end = words[number][0], words[last - 1][1]
            if run.group()[first:end] in names:
                yield run.start() + first, run.start() + end
                number = last - 1
                break
        number += 1
