"""Which interactions a headline or a short message states, whatever the order of its words.

A headline is one sentence, often cut off, sometimes in a machine's English ("In Minsk held talks between A and B"). So
the persons of the own side, those of others and the states are each replaced by a sign, and what is done is read by
patterns of signs and words, which stand in a table beside this file. A text without capitals gets them where a state
or a holder of an office is named; flags name states too.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import day_name, month_name
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from forecast.coding import read_table
from forecast.coding.actors import Actor, actors_in
from forecast.coding.holders import Holders
from forecast.coding.places import INSTITUTIONS, names_pattern, nation_word, state_named
from forecast.coding.press.facts import ONE_DAY, Document, Fact, Template, merged
from forecast.coding.press.persons import Party, Sightings, by_state, lower_level, normal
from forecast.coding.press.text import Sentence, clean, sentences_of
from forecast.coding.press.titles import Headed
from forecast.coding.text_days import TextDay, days_in
from forecast.facts.countries import states
from forecast.facts.events import LEVELS
from forecast.readers.state_names import by_alpha_2

#: Signs of a person of the own side, of another side, and of a state.
_OWN, _OTHER, _STATE = "\ue010", "\ue011", "\ue012"
_WORDS: Final = {
    "{person}": f"[{_OWN}{_OTHER}]",
    "{own}": _OWN,
    "{other}": _OTHER,
    "{state}": _STATE,
    "{few}": "{0,3}",
    "{gap}": f"[^{_OWN}{_OTHER};|]{{0,90}}?",
    "{join}": r"(?: [^\W\d]+){0,3}?(?: ?,? and | ?, | with | & )(?:the |acting |interim |new |newly elected )*",
    "{talks}": r"(?:meetings?|talks|negotiations|conversations?|consultations|discussions?|lunch|dinner|breakfast)",
    "{phone}": r"\b(?:(?:tele)?phone[ds]?|video ?(?:conference|link|call)|videoconferenc\w+)\b",
}
_FLAG: Final = re.compile("([\U0001f1e6-\U0001f1ff])([\U0001f1e6-\U0001f1ff])")
_NOISE: Final = re.compile(
    r"https?:?/?/?\S*|@\w+|#\s?russia\w+|[#\u200d\ufe0f\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
)
_PHONE_SIGN: Final = re.compile("[\U0001f4de\u260e\u260f\U0001f4f1]")


def _compiled(pattern: str) -> re.Pattern[str]:
    for word, meaning in _WORDS.items():
        pattern = pattern.replace(word, meaning)
    return re.compile(pattern, re.IGNORECASE)


#: Patterns of interactions in the order in which they are tried; what words around them say; spellings to be changed.
_PATTERNS: Final = tuple((row, _compiled(row["pattern"])) for row in read_table("press/headlines.csv"))
_SAYS: Final = {row["name"]: _compiled(row["pattern"]) for row in read_table("press/headline_words.csv")}
_SPELLINGS: Final = [
    (row["texts"], _compiled(row["pattern"]), row["plain"]) for row in read_table("press/headline_spellings.csv")
]


def _spelt(text: str, texts: str) -> str:
    """Write in plain words what machines and this publisher write otherwise."""
    for which, pattern, plain in _SPELLINGS:
        text = pattern.sub(plain, text) if which == texts else text
    return text


@cache
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    """Names and peoples of states, capitals and days of the calendar in small letters, and as they are written."""
    words = {row["city"] for row in read_table("cities.csv") if row["capital"]}
    words |= {
        name.removeprefix("The ")
        for state in states().values()
        for name in (state.name, *state.aliases, *state.demonyms)
    }
    words |= {*INSTITUTIONS, *month_name, *day_name, "Russia", "Russian"}
    spelt = {word.lower(): word for word in sorted(words) if len(word) > 3 and word[0].isupper()}
    for word in ("male", "victoria", "georgetown", "hamilton", "march"):  # words, and towns of many lands
        spelt.pop(word, None)
    alternatives = "|".join(re.escape(word) for word in sorted(spelt, key=lambda word: (-len(word), word)))
    return re.compile(rf"(?<![\w.@])(?:{alternatives})(?!\w)"), spelt


def flags_in(text: str) -> list[str]:
    """States whose flags stand in a text, in their order.

    Examples
    --------
    >>> flags_in("\U0001f1f7\U0001f1fa \U0001f1e8\U0001f1f3 talks")
    ['RUS', 'CHN']
    """
    pairs = (
        "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in pair.groups()) for pair in _FLAG.finditer(text)
    )
    return list(dict.fromkeys(by_alpha_2()[pair] for pair in pairs if pair in by_alpha_2()))


def completed(text: str) -> str:
    """Complete the last word of a text that was cut off, if one state alone begins so.

    Examples
    --------
    >>> completed("talks with foreign minister of turkmenista")
    'talks with foreign minister of turkmenistan'
    """
    last = re.search(r"(?<![\w-])[A-Za-z]{6,}$", text)
    if last is None:
        return text
    begun = last.group().lower()
    names = sorted((name for name in _names()[1] if name.startswith(begun)), key=len)
    alike = names and all(name.startswith(names[0]) for name in names)
    return text + names[0][len(begun) :] if alike else text


def capitalised(text: str) -> str:
    """Write states, months and weekdays of a text without capitals with one.

    Examples
    --------
    >>> capitalised("on april 13, talks with foreign minister of armenia")
    'on April 13, talks with foreign minister of Armenia'
    """
    text = _spelt(text, "small letters")
    pattern, spelt = _names()
    text = pattern.sub(lambda match: spelt[match.group()], text)
    return re.sub(r"\bmarch(?= \d)|(?<=\d )march\b|\bmay(?= \d)|(?<=\d )may\b", lambda m: m.group().title(), text)


@cache
def _land_behind() -> re.Pattern[str]:
    body = r"(?!.{0,45}\b(?:assembly|house|senate|parliament|party|region|council|knesset|society|church)\b)"
    return re.compile(rf"{body}(?:(?:,? (?:and|for) )?[a-z ]{{0,50}}\bof)? (?:the )?(?P<land>{names_pattern()})(?!\w)")


def speaks_of_foreigners(text: str, day: dt.date, home: str) -> bool:
    """Whether a message names a foreign state beside words of meeting, calling or visiting.

    Examples
    --------
    >>> speaks_of_foreigners("In Minsk, talks with the leadership of Belarus", dt.date(2019, 1, 1), "RUS")
    True
    """
    words = capitalised(clean(_NOISE.sub(" ", _FLAG.sub(" ", text))))
    named = {state_named(word, day) for word in nation_word().findall(words)} | set(flags_in(text))
    return bool(named - {home, ""} and _SAYS["contact"].search(words) and not _SAYS["recalled"].search(words))


@cache
def _register(holders: Holders) -> str:
    return "|".join(
        sorted({re.escape(name) for name in holders.names() if " " in name}, key=lambda one: (-len(one), one))
    )


@cache
def _own_names(table: str) -> str:
    return "|".join(row["pattern"] for row in read_table(table))


@cache
def _persons(template: Template, holders: Holders) -> re.Pattern[str]:
    """Names of own persons and of holders of offices, in whatever letters they are written."""
    return re.compile(rf"(?<!\w)(?:{_own_names(template.principals_table)}|{_register(holders)})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class _Named:
    """What a sign stands for: an own person by level, a foreign party, or a state."""

    sign: str
    start: int
    end: int
    level: str = ""
    name: str = ""
    party: Party | None = None
    state: str = ""


class HeadlineCoder:
    """Codes the headlines or messages of one publisher."""

    def __init__(self, template: Template, holders: Holders) -> None:
        self.template, self._holders = template, holders

    def learn(self, document: Document) -> None:
        """Do nothing: a headline resolves no name for another."""

    def code(self, document: Document) -> list[Fact]:
        """List the interactions that a document states, each once."""
        return _Headline(self.template, self._holders, document).facts()


class _Headline(Headed):
    """One document while it is read."""

    def __init__(self, template: Template, holders: Holders, document: Document) -> None:
        super().__init__(template, holders, Sightings(), document)
        self._holders = holders
        title = "" if document.text.startswith(document.title) else document.title
        self._parts = [part for part in (title, document.text) if part]
        whole = " ".join(self._parts)
        self._flags = [code for code in flags_in(whole) if code != template.own]
        self._phone = bool(_PHONE_SIGN.search(whole))

    def facts(self) -> list[Fact]:
        """Read each sentence by the first pattern that fits a state; what a title states has no sentence."""
        found: list[Fact] = []
        for part in self._parts:
            text = _spelt(completed(clean(_NOISE.sub(" ", _FLAG.sub(" ", part)))), "all")
            if not re.search("[A-Z]", text):
                text = capitalised(text)
            text = _persons(self._template, self._holders).sub(lambda match: match.group().title(), text)
            for sentence in sentences_of(normal(text)):
                if not _SAYS["recalled"].search(sentence.text):
                    number = sentence.number if part is self._document.text else -1
                    found += self._of_sentence(replace(sentence, number=number))
        return merged(found)

    def _of_sentence(self, sentence: Sentence) -> list[Fact]:
        named = self._named(sentence.text)
        signed, places = _signed(sentence.text, named)
        found: list[Fact] = []
        for row, pattern in _PATTERNS:
            flagged = row["name"].startswith("flag")
            if (flagged and (found or len(self._flags) != 1)) or (row["name"] == "phone sign" and not self._phone):
                continue
            for match in pattern.finditer(signed):
                off = row["kind"] in ("cancelled", "postponed")
                inside = [named[number] for place, number in places if off or match.start() <= place < match.end()]
                inside += _listed(signed, match.end(), named, places)
                if flagged and not any(one.sign == _OTHER for one in inside):
                    # The text is cut off before the other side, or knows him by his name alone.
                    rest = signed[match.end() :]
                    if any(one.level == "leader" for one in inside) and (len(rest) > 25 or "member" in rest):
                        continue
                    party = Party(self._flags[0], "", "counterpart", "", 0, 0)
                    inside.append(_Named(_OTHER, match.end(), match.end(), party=party))
                stated = self._stated(row, match.group(), sentence, inside, signed)
                taken = {one.state for one in found}
                found += [one for one in stated if one.state not in taken]
        return [replace(one, sentence=sentence.number) for one in found]

    def _named(self, text: str) -> list[_Named]:
        """Persons and states of a sentence in their order."""
        actors = actors_in(text, self._day_read, self._holders, home=self._template.own)
        own = self._principals(text)
        found = [
            _Named(
                _OWN, one.start, one.end, "working" if _SAYS["aide"].search(text[: one.start]) else one.level, one.name
            )
            for one in own
        ]
        both = _SAYS["of both"].search(text)
        lands = [code for code in self._codes(text) if code != self._template.own]
        if both and len(lands) == 1:
            level = "leader" if re.match("president|leader", both.group(), re.IGNORECASE) else "minister"
            found += [
                _Named(_OWN, *both.span(), level, "president"),
                _Named(_OTHER, *both.span(), party=Party(lands[0], level, "president", "", *both.span())),
            ]
        for actor in actors:
            inside = [one for one in own if one.start < actor.end and actor.start < one.end]
            if inside and actor.office and actor.state in ("", self._template.own):
                number = own.index(inside[0])
                found[number] = replace(
                    found[number], start=min(actor.start, inside[0].start), end=max(actor.end, inside[0].end)
                )
            elif not inside and (made := self._of_actor(actor, text[: actor.start], text[actor.end :])):
                found.append(made)
        return sorted(found, key=lambda one: (one.start, one.end))

    def _of_actor(self, actor: Actor, before: str, behind: str) -> _Named | None:
        span = (actor.start, actor.end)
        if actor.office and _SAYS["no official"].match(behind):
            return None
        if not actor.office:
            return _Named(_STATE, *span, state=actor.state) if actor.state else None
        state, own = actor.state, self._template.own
        if state == own and actor.certain < 0.9:
            # An office without a state is the own one's, unless a flag says whose it may be, or he has another name.
            flagged = len(self._flags) == 1 and (actor.name or _SAYS["beside"].search(before))
            if actor.office == "officials" or (actor.name and not flagged):
                return None
            later = _land_behind().match(behind)
            if later and not actor.name:
                state = (
                    state_named(later["land"], self._day_read) or own
                )  # "minister of trade and foreign affairs of A"
            else:
                state = self._flags[0] if flagged else own
        elif not state and actor.level and len(self._flags) == 1:
            state = self._flags[0]
        if not state or (not actor.level and actor.office != "counterpart"):
            return None
        level = "working" if _SAYS["aide"].search(before) else "" if actor.office == "counterpart" else actor.level
        if state == own:
            return _Named(_OWN, *span, level or "working", actor.office)
        return _Named(_OTHER, *span, party=Party(state, level, actor.office, actor.name, *span))

    def _stated(
        self, row: dict[str, str], words: str, sentence: Sentence, inside: Sequence[_Named], signed: str
    ) -> list[Fact]:
        """What one match of a pattern states."""
        own = min((one for one in inside if one.sign == _OWN), key=lambda one: LEVELS.index(one.level), default=None)
        others = [one.party for one in inside if one.party is not None]
        kind, mode = row["kind"], row["mode"]
        if kind == "visit":
            return list(self._visits(words, sentence, own, inside, signed))
        if kind in ("cancelled", "postponed") and own is not None and not others:
            others = [
                Party(one.state, own.level, "", "", one.start, one.end)
                for one in inside if one.state not in ("", self._template.own)
            ]  # fmt: skip
        if own is None or not others:
            return []
        if kind == "meeting" and (self._phone or re.search(r"(?:tele)?phone", sentence.text)):
            kind, mode = "call", "phone"
        if (kind == "meeting" and _SAYS["subject"].search(words)) or (
            kind in ("meeting", "call") and _SAYS["denied"].search(words)
        ):
            return []
        if _SAYS["unsure"].search(sentence.text):
            return []
        clause = re.match(rf"[^:]*{re.escape(words)}[^:]*", signed)
        ahead = bool(_SAYS["ahead"].search(clause.group() if clause else signed)) and not _SAYS["past"].search(words)
        day = self._day(sentence.text, words, ahead)
        if kind in ("meeting", "call") and (ahead or (day and day.first > self._day_read)):
            kind = "plan"
        return list(self._with_others(kind, mode, sentence.text, own, others, day))

    def _with_others(
        self, kind: str, mode: str, text: str, own: _Named, others: list[Party], day: TextDay | None
    ) -> Iterator[Fact]:
        others = [replace(one, level=one.level or own.level) for one in others]
        if kind != "visit" and _SAYS["virtual"].search(text):
            mode = "virtual"
        for party in by_state(others).values():
            exact = day if day is not None and day.exact else None
            fact = Fact(
                kind, party.state, lower_level(own.level, party.level), mode, exact.first if exact else None,
                exact.last if exact else None, own.name, persons=party.name,
                note=day.stretch if day is not None else "",
                passing=exact is None and self._in_passing(text, own.level),
            )  # fmt: skip
            yield fact if mode == "virtual" else self._placed(fact, text[:1].lower() + text[1:])

    @staticmethod
    def _in_passing(text: str, level: str) -> bool:
        """Whether an undated interaction is only spoken of; of leaders it must be reported."""
        return bool(_SAYS["afterwards"].search(text)) or (level == "leader" and not _SAYS["report"].search(text))

    def _visits(
        self, words: str, sentence: Sentence, own: _Named | None, inside: Sequence[_Named], signed: str
    ) -> Iterator[Fact]:
        """Visits of an own person to a state, or of another to the own state."""
        text = sentence.text
        if not re.search(r"\bvisit", text, re.IGNORECASE) or _SAYS["denied"].search(words):
            return
        ahead = bool(_SAYS["ahead"].search(signed)) and not _SAYS["past"].search(words)
        day = self._day(text, words, ahead)
        exact = day if day is not None and day.exact else None
        kind = "plan" if ahead or (exact and exact.first > self._day_read) else "meeting"
        first, last = (exact.first, exact.last) if exact else (None, None)
        persons = [one for one in inside if one.sign != _STATE]
        lands = [one.state for one in inside if one.sign == _STATE]
        if persons[0].sign == _OWN and own is not None:
            if _SAYS["summit"].search(text) and not re.search(r"\b(?:official|state|working|friendly) visit", text):
                return
            abroad = [code for code in lands if code != self._template.own][:1]
            for state in abroad:
                yield Fact(
                    kind, state, own.level, "visit", first, last, own.name, travels=self._template.own, place=state,
                    travel=True, passing=own.level == "leader",
                )  # fmt: skip
        elif persons[0].party is not None and self._template.own in lands:
            party = persons[0].party
            yield Fact(
                kind, party.state, party.level, "visit", first, last, "", travels=party.state,
                place=self._template.own, persons=party.name, travel=True, passing=party.level == "leader",
            )  # fmt: skip

    def _day(self, text: str, words: str, ahead: bool) -> TextDay | None:
        named = days_in(text, self._day_read, ahead=ahead)
        exact = [one for one in named if one.exact]
        if not ahead:
            exact = [one for one in exact if one.last <= self._day_read + ONE_DAY]
        if exact:
            return exact[0]
        rough = [one for one in named if not one.exact and (ahead or one.first <= self._day_read)]
        if rough:
            return rough[0]
        return self._today if not ahead and _SAYS["now"].search(words + " " + text[:12]) else None


def _signed(text: str, named: Sequence[_Named]) -> tuple[str, list[tuple[int, int]]]:
    """The text with signs for persons and states, and where the sign of each stands."""
    pieces, places, position, length = [], [], 0, 0
    for number, one in enumerate(named):
        if one.start < position:
            if number and named[number - 1].start == one.start:
                pieces.append(f" and {one.sign}")  # "the presidents of A and B" are two in one place
                length += 5
                places.append((length, number))
                length += 1
            continue
        pieces += [text[position : one.start], one.sign]
        length += one.start - position
        places.append((length, number))
        length += 1
        position = one.end
    return "".join([*pieces, text[position:]]), places


def _listed(signed: str, end: int, named: Sequence[_Named], places: Sequence[tuple[int, int]]) -> list[_Named]:
    """Others who follow in a list: "with A, B and C"."""
    more = re.compile(rf"(?:(?:,? and |, )(?:the )?[{_OTHER}])*").match(signed, end)
    return [named[number] for place, number in places if more and end <= place < more.end()]
