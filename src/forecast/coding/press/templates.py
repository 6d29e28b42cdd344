"""Which interactions a release states: by its title, and by sentences with a principal, a predicate and other parties.

A *principal* is a person of the publisher's own side, a *predicate* the words for meeting, calling, visiting, calling
off. Both stand in tables, one a publisher; `Template` names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from forecast.coding.holders import Holders
from forecast.coding.press.deeds import deeds_of
from forecast.coding.press.facts import ONE_DAY, Document, Fact, Principal, Template, merged
from forecast.coding.press.patterns import PATTERNS
from forecast.coding.press.persons import Party, Reader, Sightings, by_state, lower_level, normal
from forecast.coding.press.text import Sentence, clean, sentences_of, without_hesitation
from forecast.coding.press.titles import Headed
from forecast.coding.text_days import TextDay, days_in

#: Place of a day that no word of the sentence names: it is that of which the sentences before it spoke.
_FRAMED: Final = -1


@dataclass(frozen=True)
class _Statement:
    """One predicate of a sentence: its row and match, the principals of the sentence, and how far its clause goes."""

    sentence: Sentence
    row: dict[str, str]
    match: re.Match[str]
    principals: list[Principal]
    begin: int
    until: int

    @property
    def region(self) -> str:
        """The words behind the predicate in which its objects stand."""
        rest = self.sentence.text[self.match.end() :]
        if rest[:1] == ":" or self.row["name"].startswith("joined"):
            return rest  # a list of persons, whatever parts it
        if PATTERNS["leaders listed"].match(rest):
            return rest
        cut = PATTERNS["cut"].search(rest)
        if cut is None:
            return rest
        return rest[: cut.start()] if len(rest[: cut.start()].strip()) >= 3 else rest[: cut.end()]


def _by_phone(said: _Statement) -> bool:
    """Whether the words of a predicate say that two spoke over a distance."""
    return bool(re.search(r"\b(?:phone|call|video)", said.match.group()))


class Coder:
    """Codes the documents of one publisher."""

    def __init__(self, template: Template, holders: Holders) -> None:
        self.template, self._holders, self._seen = template, holders, Sightings()

    def learn(self, document: Document) -> None:
        """Remember the leaders whom a title names with their state."""
        title = normal(clean(document.title))
        for party in Reader(self._holders, document.published, self.template.own).parties(title):
            self._seen.add(party, document.published)

    def code(self, document: Document) -> list[Fact]:
        """List the interactions that a document states, each once."""
        return _Reading(self.template, self._holders, self._seen, document).facts()


class _Reading(Headed):
    """One document while it is read."""

    def facts(self) -> list[Fact]:
        """Read the sentences, then the title for what they leave out."""
        self._reader.note(self._title)
        found: list[Fact] = []
        sentences = [
            replace(one, text=normal(without_hesitation(one.text))) for one in sentences_of(clean(self._document.text))
        ]
        for sentence in sentences:
            others = self._reader.note(sentence.text)
            found += self._of_sentence(sentence)
            found += self._at_a_summit(sentence)
            if PATTERNS["of today"].search(sentence.text):
                self._spoke_of_today = sentence.number
            found += self._sessions_to_come(sentence)
            if others and others[-1].level == "leader":
                self._last_party = (sentence.number, others[-1])
            himself = re.match(r"(?:(?:And|So|But|Then|Today),? )*(?:[Hh]e|[Ss]he|I|[Ww]e)\b", sentence.text)
            if PATTERNS["another man"].search(sentence.text) or (others and others[0].start < 60 and not himself):
                self._another = sentence.number
        found += self._of_title(found, " ".join(one.text for one in sentences[:4]))
        found += self._speakers(found, sentences)
        found += self._dialogues([one.text for one in sentences[:4]])
        texts = {one.number: one.text for one in sentences}
        held = {(one.state, one.level) for one in found if one.kind == "meeting" and one.first == self._day_read}
        sessions = {(one.state, one.first) for one in found if one.kind == "dialogue"}
        kept = [
            one for one in found
            if not (
                one.kind == "plan" and one.first in (None, self._day_read) and not one.note
                and (one.state, one.level) in held
                and not (one.first is None and one.sentence >= 0 and PATTERNS["again"].search(texts[one.sentence]))
            )
            and not (one.kind == "meeting" and one.level != "leader" and (one.state, one.first) in sessions)
        ]  # fmt: skip
        return [*merged(kept), *self._deeds(sentences)]

    def _deeds(self, sentences: list[Sentence]) -> list[Fact]:
        if self._document.section == "press-briefings":
            return []
        persons = self._reader.parties(self._title)
        return deeds_of(
            self._title, [one.text for one in sentences], day=self._day_read, own=self._template.own,
            actor=self._first_principal().name, persons=persons,
        )  # fmt: skip

    def _of_sentence(self, sentence: Sentence) -> list[Fact]:
        text = sentence.text
        principals = self._principals(text)
        matches = self._predicates_in(text)
        found: list[Fact] = []
        found += self._visits_named(text)
        if matches and not PATTERNS["hypothetical"].search(text):
            for number, (row, match) in enumerate(matches):
                begin = matches[number - 1][1].end() if number else 0
                until = matches[number + 1][1].start() if number + 1 < len(matches) else len(text)
                stated = self._stated(_Statement(sentence, row, match, principals, begin, until))
                passing = bool(
                    re.match(r"'s |\s?(?:his|her|their) |(?:call|conversation|meeting|summit)\b", match.group(), re.I)
                )
                found += [replace(one, passing=passing or one.passing) for one in stated]
        if principals and self._head is None:
            self._head = self._highest(principals)
        if principals:
            self._last_principal = (sentence.number, self._highest_of_subject(text, principals))
        return [replace(one, sentence=sentence.number) for one in found]

    def _visits_named(self, text: str) -> list[Fact]:
        """Visits to come that a sentence names in passing: "ahead of President A's state visit on April 26"."""
        found: list[Fact] = []
        for match in PATTERNS["visit to come"].finditer(text):
            whose = [one for one in self._reader.parties(text[: match.end()]) if one.end == match.start()]
            if match["of"]:
                whose = self._reader.parties(text[match.end() : match.end() + 80])[:1]
            days = [
                one for one in days_in(text, self._day_read, ahead=True)
                if one.exact and one.first > self._day_read and 0 <= one.start - match.start() < 140
            ]  # fmt: skip
            if not whose or not (days or "upcoming" in match.group()) or whose[0].level not in ("leader", "deputy"):
                continue
            first, last = (days[0].first, days[0].last) if days else (None, None)
            party, own = whose[0], self._first_principal()
            found.append(
                Fact(
                    "plan", party.state, party.level, "visit", first, last, own.name, travels=party.state,
                    place=self._template.own, persons=party.name,
                )
            )  # fmt: skip
        return found

    def _predicates_in(self, text: str) -> list[tuple[dict[str, str], re.Match[str]]]:
        spans: list[tuple[dict[str, str], re.Match[str]]] = []
        for row, pattern in self._template.predicates:
            for match in pattern.finditer(text):
                if not any(m.start() < match.end() and match.start() < m.end() for _, m in spans):
                    spans.append((row, match))
        return sorted(spans, key=lambda one: one[1].start())

    def _stated(self, said: _Statement) -> list[Fact]:
        """What one predicate of a sentence states."""
        kind, tense = self._kind(said), self._tense(said)
        if tense is None:
            return []
        if kind in ("meeting", "call") and tense == "future":
            kind = "plan"
        if kind in ("plan", "travel") and tense == "past":
            kind = "call" if said.row["mode"] == "phone" else "meeting"
        if kind in ("travel", "went") and (coming := self._guests(said, kind)):
            return coming
        own, parties = self._sides(said)
        if own is None or self._denied(said, own, kind):
            return []
        day = self._day(said, tense)
        if kind in ("travel", "went", "cancelled", "postponed"):
            made = self._journeys(said, own, kind, day)
            if made and parties and kind not in ("travel", "went"):
                # "the visit of Foreign Minister A of B to Washington": his, no journey to B.
                made = [one for one in made if one.state not in by_state(parties)]
                return [*made, *self._with_parties(said, kind, own, by_state(parties), day)]
            if made or kind in ("travel", "went"):
                return made
        if kind == "invitation" and day and day.exact:
            kind = "plan"
        return list(self._with_parties(said, kind, own, by_state(parties), day))

    def _kind(self, said: _Statement) -> str:
        """What kind of interaction a predicate means in this document: its title may say more than its verb."""
        kind, name = said.row["kind"].removeprefix("joint ").removeprefix("between "), said.row["name"]
        titled_call = re.search(r"(?<!Press )\b[Cc]alls?\b", self._title)
        if titled_call and (name == "joined in" or (name == "met together" and said.sentence.number < 2)):
            return "call"
        in_room = name == "spoke" and self._readout and PATTERNS["titled meeting"].search(self._title)
        return "meeting" if in_room and said.sentence.number < 3 and not _by_phone(said) else kind

    def _sides(self, said: _Statement) -> tuple[Principal | None, list[Party]]:
        """The own principal and the foreign parties of a predicate."""
        text, match = said.sentence.text, said.match
        inside = [one for one in said.principals if match.start() <= one.start < match.end()]
        if said.row["name"].startswith(("joined", "noun")):
            own = self._highest(inside) or (self._last_principal[1] if self._last_principal else None)
            if said.row["name"].startswith("noun"):
                return own, self._reader.parties(said.region, own_level=own.level if own else "leader")
            return own, self._reader.parties(text[match.end() :], own_level=own.level if own else "leader")
        if said.row["kind"].startswith("between"):
            behind = text[match.end() : match.end() + 160]
            own = self._highest([one for one in said.principals if match.end() <= one.start < match.end() + 160])
            return own, self._reader.parties(behind) if own else []
        if said.row["name"].startswith("they"):
            # "President A and Prime Minister B are close. They met last month in C."
            first, second, number = self._last_principal, self._last_party, said.sentence.number
            if first is None or second is None or said.begin or number - min(first[0], second[0]) > 2:
                return None, []
            return first[1], [second[1]]
        if said.row["name"].startswith("when we"):
            before = said.principals[0] if said.principals else self._antecedent(said.sentence, "I", [])
            return before, self._reader.parties(text[: match.start()])[-1:]
        own, joint = self._subject(said)
        if said.row["kind"].startswith("joint"):
            return own, joint
        if own is None and said.row["kind"] in ("cancelled", "postponed") and not joint:
            return self._highest(inside) or self._first_principal(), self._reader.parties(match.group() + said.region)
        if own is None:
            later = [one for one in said.principals if match.end() <= one.start < match.end() + 100]
            if later and re.match(r"\s?their\b", match.group()):
                # "Following their meeting in A, President B and President C ..."
                joint = self._reader.parties(text[match.end() : match.end() + 160])
            return (self._highest(later), joint) if later and joint else (None, [])
        if own.name == "delegation" and self._head is not None:
            own = replace(self._head, start=own.start, end=own.end)
        region = said.region
        if said.row["kind"] in ("cancelled", "postponed"):
            region = match.group() + region  # "his meeting with A has been postponed"
        parties = [*joint, *self._reader.parties(region, own_level=own.level)]
        return own, parties or self._parties_before(said, region, own)

    def _parties_before(self, said: _Statement, region: str, own: Principal) -> list[Party]:
        """Parties whom a pronoun of the predicate means: "whom he hosted", "when I hosted them", "in their call"."""
        before, theirs = said.sentence.text[: said.match.start()], re.match(r"\s?their\b", said.match.group())
        if whom := re.search(r",? who(?:m)?\b[^;]{0,60}$", before):
            # "the Taoiseach, Leo Varadkar, whom he hosted last month"
            return self._reader.parties(before[: whom.start()])[-1:]
        subject = r"\b(?:I|the President|President Biden|the Vice President) (?:also |first )?$"
        named = self._reader.parties(before)
        if re.match(r" (?:them|him|her)\b", region) and re.search(subject, before):
            # "As I told Prime Minister A and President B when I hosted them in May"
            return [one for one in named if len(before) - one.end < 90]
        if theirs and named and len(before) - named[-1].end < 60:
            return named[-1:]
        titled = self._reader.parties(self._title, own_level=own.level) if theirs else []
        return [one for one in titled if one.name]

    def _denied(self, said: _Statement, own: Principal, kind: str) -> bool:
        """Whether the words say that it was not, will not or may not be."""
        text, start = said.sentence.text, said.match.start()
        lead = text[max(own.end if own.end <= start else 0, start - 60) : start]
        if kind in ("cancelled", "postponed"):
            return bool(re.search(r"\b(?:not|if|would|could|might|may|whether)\b|n't\b", lead))
        return bool(PATTERNS["negated"].search(lead + said.match.group()))

    def _with_parties(
        self, said: _Statement, kind: str, own: Principal, parties: dict[str, Party], day: TextDay | None
    ) -> Iterator[Fact]:
        text, match, published = said.sentence.text, said.match, self._day_read
        stretch = ""
        if day is not None and not day.exact:
            stretch, day = day.stretch, None
        if kind in ("meeting", "call") and day is None and not stretch:
            day = self._default_day(said)
            if day is None and not self._reported(said, own):
                return
        if day and (day.first > published + ONE_DAY if kind in ("meeting", "call") else day.last < published - ONE_DAY):
            return
        mode = (
            "phone" if kind == "call" else "" if kind == "meeting" and said.row["mode"] == "phone" else said.row["mode"]
        )
        if PATTERNS["virtual"].search(text[max(0, match.start() - 60) : match.end() + 90]) or (
            kind != "call" and PATTERNS["virtual"].search(self._title)
        ):
            mode = "virtual"
        many = said.row["name"].startswith("joined") and len(parties) > 2
        if said.row["name"] == "joined in":
            # A list of participants: on a screen if the document says so anywhere, in one room if it names a place.
            words = f"{self._title} {self._document.text}"
            if PATTERNS["virtual"].search(words):
                mode = "virtual"
            placed = mode == "virtual" or kind == "call" or PATTERNS["in one place"].search(words)
            if not many or not (placed or PATTERNS["margins"].search(words)):
                return
        margins = PATTERNS["margins"].search(text[max(0, match.start() - 60) :])
        setting = "multilateral" if many else "margins" if margins else "bilateral"
        for party in parties.values():
            fact = Fact(
                kind, party.state, lower_level(own.level, party.level), mode, day.first if day else None,
                day.last if day else None, own.name, persons=party.name, note=stretch,
                setting=setting, passing=day is not None and day.start == _FRAMED,
            )  # fmt: skip
            yield self._placed(fact, text[match.start() :])

    def _reported(self, said: _Statement, own: Principal) -> bool:
        """Whether a sentence is about an event of which it gives no day, and does not name it in passing."""
        simple = said.row["name"] in ("met", "spoke") and not re.match(
            r"ha(?:s|ve|d)\b(?!.*\b(?:chance|opportunity)\b)|holding|having", said.match.group()
        )
        if said.row["mode"] == "phone" and PATTERNS["on a journey"].search(self._title) and not _by_phone(said):
            return False  # beside a summit two speak with one another face to face as well
        early = own.start < 40 and said.match.start() < 90 and not said.begin
        return simple and early and said.sentence.number < 60 and not PATTERNS["old"].search(said.sentence.text)

    def _guests(self, said: _Statement, kind: str) -> list[Fact]:
        """Visits of foreign persons to the own state: "Prime Minister A of B will visit the White House on Friday"."""
        text, start = said.sentence.text, said.match.start()
        nominal = kind == "went" and re.match(r"'s |his |her ", said.match.group())
        if nominal and not re.search(r"\b(?:[Dd]uring|[Ff]ollowing|[Ss]ince|[Aa]fter)\b[^,;]{0,60}$", text[:start]):
            return []  # "this evening's call on President Duque's visit to the White House": to come, or long past
        guests = [one for one in self._reader.parties(text[:start]) if start - one.end < 30]
        between = text[guests[-1].end : start] if guests else ""
        principal = any(guests[-1].end <= one.start < start for one in said.principals) if guests else True
        if principal or re.search(r"\b(?:who|whom|that|and|but|said|noted)\b|[;:]", between):
            return []
        here = "|here\\b" if PATTERNS["at home in"].search(self._document.text[:300]) else ""
        if not re.match(rf" ?(?:the |downtown )?(?:{self._template.home}{here})", said.region):
            return []
        later = [one for one in said.principals if one.start >= said.match.end()]
        own = self._highest(later) or self._first_principal()
        if self._denied(said, replace(own, end=guests[-1].end), kind):
            return []
        day = self._day(said, "past" if kind == "went" else "future")
        exact = day if day is not None and day.exact else None
        if exact and (exact.first > self._day_read if kind == "went" else exact.last < self._day_read - ONE_DAY):
            return []
        first, last = (exact.first, exact.last) if exact else (None, None)
        note = day.stretch if day is not None else ""
        if kind == "went" and exact is None and not note:
            return []
        return [
            Fact(
                "meeting" if kind == "went" else "plan", state, lower_level(own.level, party.level), "visit", first,
                last, own.name, travels=state, place=self._template.own, persons=party.name, travel=not later,
                note=note,
            )
            for state, party in by_state(guests).items()
            if party.level in ("leader", "deputy", "minister")
        ]  # fmt: skip

    def _journeys(self, said: _Statement, own: Principal, kind: str, day: TextDay | None) -> list[Fact]:
        """Facts of a journey of a principal: one a state to which he goes."""
        states = self._destinations(
            re.split(r"\b(?:with|briefing|focus|for (?:a|the)|to attend|to (?!the|and)[a-z]+)\b", said.region[:110])[0]
            if kind in ("went", "travel")
            else said.match.group() + said.region[:110]
        )
        past = kind == "went"
        stretch = day.stretch if day is not None else ""
        exact = day if day is not None and day.exact else None
        if past and exact is None and not stretch:
            exact = self._default_day(said)
            if exact is None:
                return []
        nominal = re.match(r"'s |\s?(?:his|her|their)\b", said.match.group())
        if past and nominal and exact and exact.last >= self._day_read:
            before = said.sentence.text[: said.match.start()]
            during = re.search(r"\b(?:[Dd]uring|[Oo]n the occasion of)\b[^,;]{0,40}$", before)
            if not (during and exact.first <= self._day_read):
                return []  # "the President's trip to Poland today": under way, or to come
        if exact and states and self._readout and past:
            self._journey = exact
        if exact and (exact.first > self._day_read if past else exact.last < self._day_read - ONE_DAY):
            return []
        fact_kind = {"went": "meeting", "travel": "plan"}.get(kind, kind)
        return [
            Fact(
                fact_kind, state, own.level, "visit", exact.first if exact else None, exact.last if exact else None,
                own.name, travels=self._template.own, place=state, travel=True, note=stretch,
            )
            for state in states
        ]  # fmt: skip

    def _destinations(self, region: str) -> list[str]:
        # "to Atlanta, Georgia": of the two Georgias a president's journey is to the nearer one.
        tbilisi = "Tbilisi" in self._document.text
        return [code for code in self._codes(region) if code != "GEO" or tbilisi]

    def _tense(self, said: _Statement) -> str | None:
        if said.row["kind"].startswith("between") and (
            re.search(r"\b[Tt]omorrow(?:'s)?\b|\b[Uu]pcoming\b", said.sentence.text)
            or PATTERNS["to come"].match(said.sentence.text, said.match.end())
        ):
            return "future"
        if said.row["tense"] == "past" and re.match(r"(?:is|are|am) (?:meeting|sitting)", said.match.group()):
            later = r"\b(?:this (?:afternoon|evening)|tonight|tomorrow|later|(?:on|this|next) [A-Z]\w+day)\b"
            if re.search(later, said.sentence.text):
                return "future"
        if said.row["tense"] == "past":
            coming = said.row["name"].startswith("his") and (
                PATTERNS["coming"].search(said.sentence.text[: said.match.start()])
                or re.search(r"\b(?:tomorrow|next (?:week|month)|later (?:today|this week))\b", said.region)
                or PATTERNS["to come"].match(said.sentence.text, said.match.end())
            )
            return "future" if coming else "past"
        if re.match(
            r"to (?!be\b)|for |includ|followed|as well|begin|start|after|following|during|upon", said.match.group()
        ):
            before = said.sentence.text[: said.match.start()]
            past, future = (
                list(PATTERNS["past frame"].finditer(before)),
                list(PATTERNS["future frame"].finditer(before)),
            )
            if past and (not future or future[-1].start() < past[-1].start()):
                return "past"
            if not future and (before.strip() or said.row["kind"] != "plan"):
                return None
        return "future"

    def _default_day(self, said: _Statement) -> TextDay | None:
        """The day of publication for what a readout reports in its first sentences, unless it looks further back."""
        text = said.sentence.text
        if (
            PATTERNS["old"].search(text)
            or said.row["name"].startswith(("his", "noun", "when", "they"))
            or (said.row["kind"].startswith("between") and said.sentence.number > 1)
            or re.match(r"'s |\s?(?:his|her|their)\b", said.match.group())
        ):
            during = re.fullmatch(r"(?:In|During|At) ?", text[: said.match.start()])
            return self._today if during and self._readout and not PATTERNS["old"].search(text) else None
        if self._readout and (said.sentence.number < 4 or self._journey is not None):
            return self._journey or self._today
        if said.row["name"] == "now" or (self._readout and said.row["name"].startswith("joined")):
            return self._today
        if re.search(r"\bjust (?:now )?(?:spoke|spoken|got off)\b", text):
            return self._today
        said_today = said.sentence.number - self._spoke_of_today <= 6 and said.row["name"] in ("met", "spoke")
        perfect = r"\bha(?:s|ve|d) (?:\w+ ){0,2}(?=spo|met|held|host|conv|talk|call|sat)|\bmany\b|\boften\b"
        simple = said_today and not re.search(perfect, text[max(0, said.match.start() - 25) : said.match.end()])
        simple = simple and self._document.section == "press-briefings" and not said.begin
        return replace(self._today, start=_FRAMED) if simple else None

    def _day(self, said: _Statement, tense: str) -> TextDay | None:
        """The day that belongs to a predicate: one behind it, unless one stands at the head of the clause."""
        text, start, number = said.sentence.text, said.match.start(), said.sentence.number
        named = days_in(text, self._day_read, ahead=tense == "future")
        exact = [one for one in named if one.exact] or named
        until = start + len(said.match.group() + said.region) if said.row["name"].startswith("noun") else said.until
        inside = [one for one in exact if start <= one.start < until]
        before = [one for one in exact if said.begin <= one.start < start]
        if tense == "future":
            # "As you saw this morning, we announced that he will host": the day of the announcement.
            before = [one for one in before if not PATTERNS["announced"].search(text[max(0, one.start - 25) : start])]
        if said.row["name"].startswith(("noun", "when")):
            return inside[0] if inside else None
        chosen = inside[0] if inside else before[-1] if before else None
        if before and inside and before[-1].start - said.begin < 30 and inside[0].start - said.match.end() > 45:
            # "On Thursday the President will host X, who ... on Friday": the day at the head of the clause.
            chosen = before[-1]
        if chosen is None and self._last_days is not None:
            since = number - self._last_days[0] + 9 * (self._last_days[2] != tense)
            if (said.begin and since == 0) or (PATTERNS["continues"].match(text) and since <= 2):
                return self._last_days[1]
        if chosen is not None and chosen.exact:
            self._last_days = (number, chosen, tense)
        return chosen

    def _highest_of_subject(self, text: str, principals: list[Principal]) -> Principal:
        """The highest of the principals who stand together at the beginning of a sentence."""
        group = [principals[0]]
        for one in principals[1:]:
            if not re.fullmatch(
                r"(?:'s)?(?:,? and |, | along with | together with )(?:the )?", text[group[-1].end : one.start]
            ):
                break
            group.append(one)
        highest = self._highest(group)
        assert highest is not None
        return highest

    def _subject(self, said: _Statement) -> tuple[Principal | None, list[Party]]:
        """The principal whose doing a predicate is, and foreign parties who stand beside him as its subject."""
        text, start = said.sentence.text, said.match.start()
        frame = max(text.rfind(sign, 0, start) for sign in (";", " \u2014 "))
        near = [
            one
            for one in said.principals
            if frame < one.start
            and one.end <= start
            and start - one.end <= 260
            and (not re.match(r"'s?\b", text[one.end :]) or start == one.end)
        ]
        foreign = [one for one in self._reader.parties(text[:start]) if one.start > frame]
        hosts = said.row["name"] == "welcomes" or re.match(r"(?:hosted|welcomed)\b", said.match.group())
        if hosts and re.search(r"\b(?:[Tt]he White House|[Tt]he United States|[Ww]e) (?:also )?$", text[:start]):
            return self._first_principal(), []
        pronoun = PATTERNS["pronoun"].search(text[max(frame, start - 24, near[-1].end if near else 0) : start])
        if not pronoun and (whose := re.match(r"\s?(?P<word>his|her|their)\b", said.match.group())):
            pronoun = whose
        if pronoun and not said.row["kind"].startswith("joint"):
            return self._antecedent(said.sentence, pronoun["word"], near), []
        if not near and said.row["name"] == "met together" and re.search(r"\band I (?:have |had )?$", text[:start]):
            return self._antecedent(said.sentence, "I", []), foreign[-1:]
        if not near:
            return None, foreign if foreign and start - foreign[-1].end < 30 else []
        if said.row["kind"].startswith("joint"):
            return self._highest(near), foreign
        chosen = last = near[-1]
        for one in reversed(near[:-1]):
            if not re.fullmatch(r",? and (?:the )?|, |,? (?:along|together) with ", text[one.end : chosen.start]):
                break
            chosen = one
        subject = self._highest([one for one in near if one.start >= chosen.start])
        if re.search(
            r"\band (?:the |other |all )*(?:G7|G-7|G20|NATO|EU|Quad|European|fellow) [Ll]eaders\b",
            text[last.end : start],
        ):
            return None, []  # many together, in one room or on a screen
        if re.search(r"\b(?:who|which)\b[^,]{0,25}$", text[last.end : start]):
            return None, []  # "a delegation who recently travelled": not the principal's doing
        if re.search(r"\bthat (?!he\b|she\b|they\b|the two\b)", text[last.end : start]):
            return None, []  # "Sullivan said that the Special Envoy will travel ..."
        after = [one for one in foreign if one.start >= last.end]
        ahead = [one for one in foreign if one.end <= chosen.start]
        if after and start - after[-1].end < 25:
            joint = re.match(r",? (?:and|with|along with|together with) |, ", text[last.end :])
            if joint or re.search(r"\band (?:then |also |later )?$", text[after[-1].end : start]):
                return subject, after if joint else []
            # "The President noted that Prime Minister X will meet with ...": the other one is the subject.
            return None, []
        joined = ahead and re.fullmatch(r",? (?:and|with) (?:the )?", text[ahead[-1].end : chosen.start])
        return subject, ahead if joined else []

    def _antecedent(self, sentence: Sentence, word: str, near: list[Principal]) -> Principal | None:
        if word in ("I", "we", "We"):
            speaker = sentence.speaker or self._title.lower()
            for name, part in self._template.speakers:
                if part in speaker and (
                    sentence.speaker or re.match(rf"(?:remarks|statement) (?:by|from|of) .*{part}", speaker)
                ):
                    level = next(level for one, level in self._template.principals(self._day_read)[1] if one == name)
                    return Principal(name, level, 0, 0) if word == "I" else None
            return None
        if near:
            return near[-1]
        last = self._last_principal
        # In a briefing "he" is the President for long, unless somebody else was spoken of since.
        far = last and last[1].level in ("leader", "deputy") and self._another <= last[0]
        if last is None or sentence.number - last[0] > (
            12 if far and self._document.section == "press-briefings" else 3
        ):
            return None
        if word == "their":
            return last[1]
        she = last[1].name == "vice president"
        return last[1] if (word.lower() in ("she", "her")) == she else None
