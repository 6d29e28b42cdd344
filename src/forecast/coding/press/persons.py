"""Who takes part: foreign persons whom a release names, with their state and the level of their office on the day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from forecast.coding import read_table
from forecast.coding.holders import Holders, calling
from forecast.coding.people import name_words
from forecast.coding.places import demonyms_pattern, names_pattern, states_called
from forecast.facts.events import LEVELS

#: Spellings of states that a release writes and the table of states does not, or not in this form.
_NORMAL: Final = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"(?:the )?People's Republic of China(?:'s)?(?: \(PRC\))?|\bPRC\b", "China"),
        (r"(?:the )?Democratic People's Republic of Korea(?: \(DPRK\))?|\bDPRK\b", "North Korea"),
        (r"(?:the )?Republic of Korea(?: \(ROK\))?|\bROK\b", "South Korea"),
        (r"(?:the )?Democratic Republic of (?:the )?Congo(?: \(DRC\))?|\bDRC\b", "DR Congo"),
        (r"\bUK\b|\bU\.K\.", "United Kingdom"),
        (r"\bUAE\b|\bU\.A\.E\.", "United Arab Emirates"),
        (r"\b(?:Abu Dhabi Crown Prince|(?:[Tt]he )?Crown Prince of Abu Dhabi)", "Emirati Crown Prince"),
        (r"\b(?:the )?(?:Federal |Islamic |Socialist |Italian |Hashemite |Federative |"
         r"Arab |Co-operative |Cooperative |Bolivarian )?"
         r"(?:Republic|Kingdom|State|Commonwealth|Government|Sultanate|Federation|Union) of (?:the )?(?=[A-Z])(?!"
         r"Congo|Korea|American)", ""),
        (r"\b(?:H\.E\.|(?:His|Her|Their) (?:Royal |All )?(?:Excellency|Majest(?:y|ies)|Highness|Holiness),?)\s*", ""),
        (r"\bSecretary (?=Jens Stoltenberg)", "Secretary General "),
        (r" & ", " and "),
        (r"\b(?:Palestinian Authority|Palestinian Liberation Organization) ?(?:\(P[AL]O?\))?(?= President| Prime)",
         "Palestinian"),
    )
)  # fmt: skip

#: Lands and peoples inside a state, whose officials are not of its government.
_SUBNATIONAL: Final = (
    r"(?:Iraq's |the |Iraqi )?Kurdistan|(?:Iraqi )?Kurdish|KRG|Northern Ireland|Scotland|Wales|Hong Kong|Greenland|"
    r"Quebec|Puerto Rico|Navajo|Cherokee|New Mexico|New Jersey|Belarus's opposition|Bermuda|Aruba|Curaçao"
)
_NO_STATE: Final = re.compile(
    rf"{_SUBNATIONAL}|\b(?:European (?:Union|Commission|Council)|EU|NATO|United Nations|UN)\b"
)
_UNIONS: Final = "European (?:Union|Commission|Council)|EU|NATO|United Nations|UN"
_OWN_NAMES: Final = re.compile(
    r"(?!Simon )(?:[A-Z][\w.]* ){0,2}(?:Biden|Harris|Obama|Trump|Bush|Clinton|Carter|Truman|Reagan|Roosevelt"
    r"|Lincoln|Kennedy|Nixon)(?:,? Jr\.?)?"
)
_PARTICLE: Final = r"(?:de|da|do|dos|das|la|las|le|van|von|der|den|ter|al|el|bin|ibn|bint|Bin|y|e|zu|du|di|del|ul|ur)"
_WORD: Final = r"(?:(?:[Aa]l|[Ee]l|[Aa]s|[Dd]'|O')[- ]?)?[A-ZÀ-ŽŞĐȘŠ][\w'.\-]*"
_STOP: Final = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|April|May|June|July|August|Sept(?:ember|\.)?|Oct(?:ober|\.)?"
    r"|Nov(?:ember|\.)?|Dec(?:ember|\.)?|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|To|Today|Tomorrow"
    r"|The|In|On|At|And|For|White|Summit|Leaders|Oval)\b"
)
_NAME: Final = re.compile(
    rf"(?:(?:Sheikh|Dr\.|Mr\.|General|Admiral|Sir|Dame|Prince|Princess|II|III) )*"
    rf"(?P<name>(?!{_STOP})(?:{_PARTICLE} )*{_WORD}(?:,? (?:Jr\.|III|II)(?!\w)"
    rf"|,? (?!{_STOP})(?:(?:{_PARTICLE} )+{_WORD}|(?<!,\s){_WORD}))*)"
)
_TOWNS: Final = frozenset(
    {"Georgetown", "Kingston", "San Jose", "San Juan", "Victoria", "Hamilton", "Washington", "Castries", "St. George's"}
)
#: How far apart two releases may be to mean the same person by a family name.
_NEAR: Final = dt.timedelta(days=365)


@dataclass(frozen=True)
class Party:
    """One foreign side: its state, the level of its person, the words of office and name, and where they stand."""

    state: str
    level: str
    office: str
    name: str
    start: int
    end: int


@cache
def _offices() -> tuple[re.Pattern[str], tuple[tuple[str, str], ...]]:
    rows = read_table("press/offices.csv")
    pattern = "|".join(f"(?P<o{number}>{row['pattern']})" for number, row in enumerate(rows))
    return re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)"), tuple((row["office"], row["level"]) for row in rows)


@cache
def _nation_before() -> re.Pattern[str]:
    one = rf"(?:{demonyms_pattern()})(?:'s?)?"
    return re.compile(
        rf"(?<![\w.])(?P<sub>{_SUBNATIONAL})?(?P<nations>{one}(?:(?:, | and |, and |-){one})*)?"
        r"(?:(?:'s?)? (?:(?:[Nn]ew(?:ly elected)?|[Aa]cting|[Ss]enior|[Cc]urrent|then|both|Federal|own|"
        r"Communist Party Politburo Member(?:, Director of the (?:CCP )?(?:Central )?(?:Office of the )?"
        r"Foreign Affairs (?:Commission|Office),)?(?: and)?|"
        r"its|newly[- ]elected|top|respective) )*)?$"
    )


@cache
def state_name() -> re.Pattern[str]:
    """Name of a state in normal text, not inside another name."""
    return re.compile(rf"(?<![\w-])(?<!New )(?<!Northern )(?:{names_pattern()})(?![\w-])")


@cache
def capitals() -> dict[str, str]:
    """States by their capitals, but for those that are towns of many lands."""
    return {
        row["city"]: row["state"] for row in read_table("cities.csv") if row["capital"] and row["city"] not in _TOWNS
    }


@cache
def land() -> re.Pattern[str]:
    """Name of a state or of its capital."""
    names = "|".join(sorted(map(re.escape, capitals()), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?<!New )(?<!Northern )(?:{names_pattern()}|{names})(?![\w-])")


def states_at(name: str, day: dt.date) -> tuple[str, ...]:
    """States of the day that a name of a land or a capital means."""
    return states_called(name, day) or ((capitals()[name],) if name in capitals() else ())


@cache
def _states_after() -> re.Pattern[str]:
    one = rf"(?:the )?(?:{_SUBNATIONAL}|{names_pattern()})(?![\w])(?:'s)?"
    one += r"(?! (?:National Security Advisor|Prime|President|Foreign|Chancellor|King|Minister))"
    return re.compile(
        rf",? ?(?:\([^)]*\) ?)?(?:of|from|for|representing) (?P<states>(?:the )?(?:{_UNIONS})\b"
        rf"|{one}(?:(?:; |, and |, |, and of | and of | and ){one})*)"
    )


@cache
def nation_word() -> re.Pattern[str]:
    """Name or demonym of a state."""
    return re.compile(rf"(?<![\w-])(?<!New )(?<!Northern )(?:{demonyms_pattern()})(?![\w-])")


def normal(text: str) -> str:
    """Write states and forms of address in one way.

    Examples
    --------
    >>> normal("President Xi Jinping of the People's Republic of China and the ROK National Security Advisor")
    'President Xi Jinping of China and the South Korea National Security Advisor'
    """
    for pattern, plain in _NORMAL:
        text = pattern.sub(plain, text)
    return text


def _family(name: str) -> tuple[str, ...]:
    """Words of a name without numbers of kings and the like."""
    return tuple(word for word in name_words(name) if not re.fullmatch(r"i+v?|iv|jr|sr|\d+", word)) if name else ()


def lower_level(one: str, other: str) -> str:
    """The level of the lower-ranking of two."""
    return max(one, other, key=LEVELS.index)


def _second_office(text: str, office: str, level: str, end: int) -> tuple[str, str, int]:
    """Read two offices of one person, of which the higher counts: "Crown Prince and Prime Minister"."""
    pattern, offices = _offices()
    while double := re.match(r" and |, |/", text[end:]):
        second = pattern.match(text, end + double.end())
        if not second or re.search(r"s$", second.group()):
            break
        other, its_level = offices[int(str(second.lastgroup)[1:])]
        if "counterpart" in (level, its_level) or not level or not its_level:
            break
        if LEVELS.index(its_level) < LEVELS.index(level):
            office, level = other, its_level
        end = second.end()
    return office, level, end


def _name_at(text: str, end: int, sign: str) -> tuple[str, int]:
    """The name behind an office and where it ends; empty if another office or a nation follows."""
    begin = end + len(sign)
    if (
        text[end:begin] != sign
        or _offices()[0].match(text, begin)
        or (sign == ", " and nation_word().match(text, begin))
    ):
        return "", end
    named = _NAME.match(text, begin)
    if not named:
        return "", end
    # "President Biden's Call": the name ends with the possessive.
    name, possessive, _ = named["name"].partition("'s")
    return name.rstrip(".,'"), named.start("name") + len(name) + len(possessive)


class Sightings:
    """Leaders whom other releases of the publisher name with their state: by family name, near the day."""

    def __init__(self) -> None:
        self._days: dict[str, dict[str, list[dt.date]]] = {}

    def add(self, party: Party, day: dt.date) -> None:
        """Remember a leader named with his state."""
        if party.level == "leader" and party.name:
            for word in calling(_family(party.name), party.state):
                self._days.setdefault(word, {}).setdefault(party.state, []).append(day)

    def state_of(self, words: tuple[str, ...], day: dt.date) -> str:
        """State of a name that releases of the year around the day give in nine cases of ten; empty if none does."""
        for word in dict.fromkeys((words[-1], words[0])):
            near = {
                state: sum(abs(seen - day) <= _NEAR for seen in days)
                for state, days in self._days.get(word, {}).items()
            }
            total = sum(near.values())
            best = max(near, key=lambda state: near[state], default="")
            if total and near[best] >= 0.9 * total:
                return best
        return ""


class Reader:
    """Reads the parties of one document: what its earlier sentences said of a person holds for its later ones."""

    def __init__(self, holders: Holders, day: dt.date, own: str, seen: Sightings | None = None) -> None:
        self._holders, self._day, self._own, self._seen = holders, day, own, seen
        self._named: dict[str, Party] = {}
        self._last: dict[str, tuple[int, Party]] = {}
        self._clock = 0

    def note(self, text: str) -> list[Party]:
        """Remember who a sentence names with a state."""
        self._clock += 1
        parties = self.parties(text)
        for party in parties:
            for word in calling(_family(party.name), party.state) if party.state else ():
                self._named[word] = party
            if party.state:
                self._last[party.office] = (self._clock, party)
        return parties

    def parties(self, text: str, *, own_level: str = "leader") -> list[Party]:
        """Foreign persons in a text in their order; a counterpart has the level of the own person."""
        pattern, offices = _offices()
        found: list[Party] = []
        position = 0
        while match := pattern.search(text, position):
            number = int(str(match.lastgroup)[1:])
            office, level = offices[number]
            made, position = self._read(text, match, office, level, own_level)
            found += made
        return self._shared(text, found)

    def _read(
        self, text: str, match: re.Match[str], office: str, level: str, own_level: str
    ) -> tuple[list[Party], int]:
        """Read what stands around one office: the parties, and where to go on."""
        plural = bool(re.search(r"s$|ies\b|eads", match.group()))
        start, states, of_a_part = self._nations_before(text, match, plural or office == "counterpart")
        if of_a_part:
            level = ""
        end = match.end()
        if not plural:
            office, level, end = _second_office(text, office, level, end)
        name, end = _name_at(text, end, " ")
        after = _states_after().match(text, end)
        if after:
            if _NO_STATE.search(after["states"]) and not states:
                level = ""
            states = states or self._codes(state_name().findall(after["states"]))
            end = after.end()
            if not name and not plural:
                # "the Prime Minister of Iraq, Mustafa Al-Kadhimi"
                name, end = _name_at(text, end, ", ") if text[end : end + 1] == "," else _name_at(text, end, " ")
        if _OWN_NAMES.match(name) or self._own in states or not level or office in ("former", "organisation"):
            return [], end
        if level == "counterpart":
            level = own_level
        if plural or office in ("leaders", "officials", "counterpart", "ambassador"):
            return [Party(state, level, office, name, start, end) for state in states], end
        return [self._party(states, level, office, name, start, end)], end

    def _nations_before(self, text: str, match: re.Match[str], several: bool) -> tuple[int, list[str], bool]:
        """Where the words of an office begin, the states before or in it, and whether it is of a part of a state."""
        start, states, of_a_part = match.start(), [], False
        before = _nation_before().search(text[:start])
        if before:
            of_a_part = bool(before["sub"])
            if before["nations"]:
                words = nation_word().findall(before["nations"])
                states, start = self._codes(words if several else words[-1:]), before.start()
        if not states:
            states = self._codes(nation_word().findall(match.group()))
        if not states and "Politburo" in match.group():
            states = ["CHN"]
        return start, states, of_a_part

    def _party(self, states: list[str], level: str, office: str, name: str, start: int, end: int) -> Party:
        party = Party(states[0] if states else "", level, office, name, start, end)
        return self._promoted(party if party.state else replace(party, state=self._state_of(party)))

    def _promoted(self, party: Party) -> Party:
        """A person with two offices counts by the higher one, if the register has him as the leader."""
        if party.office == "crown prince" and party.state:
            leader = self._holders.leader_of(party.state, self._day)
            if (
                leader is not None
                and set(name_words(party.name)) & set(leader.words) - {"bin", "mohammed"}
                and set(name_words(party.name)) <= set(leader.words)
            ):
                return replace(party, level="leader")
        return party

    def _state_of(self, party: Party) -> str:
        """State of a person whom the words give none: the document's own, the register's, else none."""
        words = _family(party.name)
        for word in (words[-1:] + words[:1]) if words else ():
            if word in self._named:
                return self._named[word].state
        if words:
            if party.level != "leader":
                return ""
            return self._registered(party.name, words)
        last = self._last.get(party.office)
        return last[1].state if last and self._clock - last[0] <= 8 and party.office != "president" else ""

    def _registered(self, name: str, words: tuple[str, ...]) -> str:
        """State of the leader of the day whom a name means."""
        known = {row["state"] for row in read_table("press/people.csv") if row["name"] == name}
        if known:
            return known.pop()
        for spelt in dict.fromkeys((name, *words[-1:], *words[:1])):
            alone = self._holders.named if spelt == name else self._holders.alone
            listed = {one.state for one in alone(spelt, self._day) if one.state != self._own}
            if len(listed) == 1:
                return listed.pop()
        return self._seen.state_of(words, self._day) if self._seen else ""

    def _shared(self, text: str, found: list[Party]) -> list[Party]:
        """Give the state of the last of a list to those before it: "President Duda and Prime Minister Tusk of P"."""
        for number in range(len(found) - 2, -1, -1):
            one, following = found[number], found[number + 1]
            if not one.state and following.state and re.fullmatch(r",? (?:and )?|, ", text[one.end : following.start]):
                found[number] = replace(one, state=following.state)
        return [one for one in found if one.state and one.state != self._own]

    def _codes(self, words: Iterable[str]) -> list[str]:
        codes = [code for word in words for code in states_called(word, self._day)]
        return list(dict.fromkeys(codes))


def by_state(parties: Sequence[Party]) -> dict[str, Party]:
    """The highest person of each state."""
    best: dict[str, Party] = {}
    for one in parties:
        if one.state not in best or LEVELS.index(one.level) < LEVELS.index(best[one.state].level):
            best[one.state] = one
    return best
