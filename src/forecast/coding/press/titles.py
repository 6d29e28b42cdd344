"""Which interactions the title of a release states, and what it and its first sentences say of the document."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from forecast.coding.holders import Holders
from forecast.coding.places import land, states_at
from forecast.coding.press.facts import AHEAD, Document, Fact, Principal, Template
from forecast.coding.press.patterns import PATTERNS
from forecast.coding.press.persons import Party, Reader, Sightings, by_state, lower_level, normal
from forecast.coding.press.text import Sentence, clean
from forecast.coding.text_days import TextDay, days_in
from forecast.facts.events import LEVELS


def _apart(text: str) -> str:
    """Part states that a hyphen joins: "the U.S.-Singapore statement"."""
    return re.sub(r"(?<=[\w.])[-\u2013](?=[A-Z])", " ", text)


class Headed:
    """A document while its title is read."""

    def __init__(self, template: Template, holders: Holders, seen: Sightings, document: Document) -> None:
        self._template, self._document, self._day_read = template, document, document.day
        self._reader = Reader(holders, self._day_read, template.own, seen)
        self._title = normal(clean(document.title))
        self._today = TextDay(self._day_read, self._day_read, "day", 0, 0)
        self._last_principal: tuple[int, Principal] | None = None
        self._last_party: tuple[int, Party] | None = None
        self._last_days: tuple[int, TextDay, str] | None = None
        self._journey: TextDay | None = None
        self._head: Principal | None = None
        #: The last sentence about somebody of neither the own side nor known as its counterpart.
        self._another = -1
        #: The last sentence that spoke of what was done today.
        self._spoke_of_today = -9
        title = self._title
        #: Whether the document reports what took place on its day.
        self._readout = bool(
            re.search(r"\b[Rr]eadout\b", title)
            or re.search(r"'s? (?:\w+ ){0,3}(?:[Cc]alls?|[Mm]eetings?) [Ww]ith ", title)
        )

    def _of_title(self, said: Sequence[Fact], opening: str) -> Iterator[Fact]:
        title = self._title
        if remarks := PATTERNS["remarks"].match(title):
            yield from self._remarks(remarks)
        elif (
            re.search(r"Statement|Declaration|Vision|Communiqu", title)
            and re.search(r"Joint|Leaders'?\b", title)
            and not re.search(r"'s (?:Meeting|Call) with", title)
        ):
            yield from self._joint_statement(said, opening)
        elif (visit := PATTERNS["visit"].search(title)) and not PATTERNS["no plan"].search(title):
            yield from self._visit(said, title[visit.end() :])
        elif talk := PATTERNS["talk"].search(title):
            yield from self._talk(said, talk)

    def _visit(self, said: Sequence[Fact], whose: str) -> Iterator[Fact]:
        """A title "on the Visit of A of B", of which the text gives no day."""
        own = (
            Principal("vice president", "deputy", 0, 0) if "Vice President" in self._title else self._first_principal()
        )
        for state, party in by_state(self._reader.parties(whose)).items():
            if not any(one.state == state and one.kind in AHEAD for one in said):
                level = lower_level(party.level, own.level)
                yield Fact(
                    "plan", state, level, "visit", None, None, own.name, travels=state, place=self._template.own,
                    persons=party.name,
                )  # fmt: skip

    def _talk(self, said: Sequence[Fact], talk: re.Match[str]) -> Iterator[Fact]:
        """A title such as "Readout of A's Call with B of C"."""
        principal = self._highest(self._principals(self._title))
        if principal is None:
            return
        kind = "call" if re.search(r"[Cc]all|[Cc]onversation|[Vv]ideoconference", talk["what"]) else "meeting"
        mode = "virtual" if PATTERNS["virtual"].search(self._title) else "phone" if kind == "call" else ""
        day: dt.date | None = self._journey.first if self._journey else self._day_read
        if not self._readout and not (
            kind == "call" and re.match(r"Statement", self._title) and "Upcoming" not in self._title
        ):
            kind, day = "plan", None
        for state, party in by_state(self._reader.parties(self._title, own_level=principal.level)).items():
            if any(one.state == state and one.kind in ("meeting", "call", "plan") and not one.note for one in said):
                continue
            fact = Fact(
                kind,
                state,
                lower_level(principal.level, party.level),
                mode,
                day,
                day,
                principal.name,
                persons=party.name,
            )
            yield self._placed(fact, self._title)

    def _joint_statement(self, said: Sequence[Fact], opening: str) -> Iterator[Fact]:
        """A statement of leaders that opens with their meeting or their call."""
        call = PATTERNS["following their call"].search(opening)
        words = f"{self._title} {opening}"
        met = call or PATTERNS["met"].search(words)
        visit = re.search(r"\b(?:State|Official) Visit\b", self._document.text[:3000])
        past = met is not None and PATTERNS["old"].search(words, max(0, words.rfind(". ", 0, met.start())), met.end())
        if past or not (met or visit):
            return
        leaders = self._reader.parties(opening[: call.start()]) if call else self._signatories(opening)
        parties = by_state([one for one in leaders if one.level == "leader"])
        together = PATTERNS["together"].search(opening) and PATTERNS["in one place"].search(opening)
        if len(parties) > 1 and not (call or together):
            return
        named = days_in(opening[:300], self._day_read, ahead=False)
        loose = next((one for one in named if not one.exact), None)
        if len(parties) > 1 and loose is not None and loose.precision != "week":
            return
        own, kind = self._first_principal(), "call" if call else "meeting"
        mode = "virtual" if PATTERNS["virtual"].search(self._title + opening) else "phone" if call else ""
        day = None if len(parties) > 1 and loose else self._day_read
        for state, party in parties.items():
            if not any(
                one.state == state and one.kind in ("meeting", "call") and one.level == "leader" and not one.note
                for one in said
            ):
                fact = Fact(
                    kind, state, "leader", mode, day, day, own.name, persons=party.name,
                    note=loose.stretch if loose and not day else "",
                    setting="multilateral" if len(parties) > 2 and not call else "bilateral",
                )  # fmt: skip
                yield self._placed(fact, opening)

    def _signatories(self, opening: str) -> list[Party]:
        """The leaders of a joint statement: of its title, or of its first words "We, the leaders of A, B and C"."""
        if leaders := self._reader.parties(self._title):
            return leaders
        if "Leaders" in self._title and (codes := self._codes(self._title)):
            return [Party(code, "leader", "leaders", "", 0, 0) for code in codes]
        if we := PATTERNS["leaders of"].search(opening):
            met = PATTERNS["together"].search(opening, we.end())
            return self._reader.parties(opening[we.end() : met.start() if met else we.end() + 120])
        if PATTERNS["receives"].search(opening):
            titled = self._codes(self._title)
            return [one for one in self._reader.parties(opening) if one.state in titled and len(titled) <= 3]
        return []

    @staticmethod
    def _in_room(match: re.Match[str]) -> bool:
        """Whether a title of remarks says that its persons sat in one room: a meeting, a dinner, a place."""
        return bool(match["where"] or PATTERNS["in room"].search(match["what"] or ""))

    def _remarks(self, match: re.Match[str]) -> Iterator[Fact]:
        """A title such as "Remarks by A and President B of C Before Bilateral Meeting | Paris, France"."""
        who, what = match["who"], match["what"] or ""
        principal = self._highest(self._principals(who))
        if principal is None:
            return
        if what and not self._in_room(match):
            return
        named = [one for one in days_in(what, self._day_read, ahead=False) if one.exact]
        day = named[0].first if named else self._day_read
        parties = by_state(self._reader.parties(who, own_level=principal.level))
        if re.search(r"\b(?:[Ww]ith|[Mm]eeting|[Hh]osted by)\b", what):
            parties = {**by_state(self._reader.parties(what, own_level=principal.level)), **parties}
        mode = "virtual" if PATTERNS["virtual"].search(what) else ""
        for state, party in parties.items():
            fact = Fact(
                "meeting", state, lower_level(principal.level, party.level), mode, day, day,
                principal.name, persons=party.name,
                setting="multilateral" if len(parties) > 2 else "bilateral",
            )  # fmt: skip
            yield self._placed(fact, what + (match["where"] or ""))

    def _speakers(self, said: Sequence[Fact], sentences: Sequence[Sentence]) -> Iterator[Fact]:
        """Foreign leaders who speak in a transcript of the own side's remarks sit in the same room."""
        remarks = PATTERNS["remarks"].match(self._title)
        principal = self._highest(self._principals(remarks["who"])) if remarks else None
        if remarks is None or principal is None or not self._in_room(remarks):
            return
        names = [one.title() for one in dict.fromkeys(one.speaker for one in sentences)]
        names = [one for one in names if PATTERNS["speaker of a state"].match(one.lower())]
        parties = by_state([party for one in names for party in self._reader.parties(one)])
        mode = (
            "virtual" if PATTERNS["virtual"].search(self._title + " ".join(one.text for one in sentences[:8])) else ""
        )
        for state, party in parties.items():
            level, day = lower_level(principal.level, party.level), self._day_read
            if not any((one.kind, one.state, one.first) == ("meeting", state, day) for one in said):
                fact = Fact("meeting", state, level, mode, day, day, principal.name, persons=party.name,
                            setting="multilateral" if len(parties) > 2 else "bilateral")  # fmt: skip
                yield self._placed(fact, (remarks["what"] or "") + (remarks["where"] or ""))

    def _dialogues(self, opening: list[str]) -> list[Fact]:
        """Sessions of a standing body of the two states, by the title or the first sentences."""
        for number, text in enumerate([self._title, *opening]):
            body = PATTERNS["body"].search(text)
            if (
                body is None
                or (number and not PATTERNS["in session"].search(text))
                or (number and PATTERNS["out of session"].search(text))
                or (not number and not PATTERNS["session title"].search(text))
            ):
                continue
            if PATTERNS["future frame"].search(" ".join(opening[:1])) and "FACT SHEET" not in self._title:
                return []
            words = " ".join([self._title, *opening])
            around = text[max(0, body.start() - 60) : body.end() + 80]
            plain = re.sub(r"\s?[-\u2013]\s?", " ", body.group())
            states = self._codes(plain) or self._codes(re.sub(r"[-\u2013]", " ", around))
            if not re.search(r"U\.S\.|United States|Sullivan|Strategic|[Jj]oint|Inaugural", around):
                continue
            if not 1 <= len(states) <= 2:
                continue
            highest = self._highest([one for one in self._principals(words) if one.level not in ("leader", "deputy")])
            level = (
                highest.level
                if highest and highest.name != "delegation"
                else "minister"
                if "High-Level" in words or "Strategic Consultative" in words
                else "working"
            )
            day = next((one.first for one in days_in(text, self._day_read, ahead=False) if one.exact), self._day_read)
            if not dt.timedelta(0) <= self._day_read - day <= dt.timedelta(days=7):
                continue
            mode = "virtual" if PATTERNS["virtual"].search(words) else "meet"
            name = re.sub(r"^(?:of |on |the )+", "", land().sub("", body["name"])).strip()
            if name.count(" ") < 1:
                continue
            return [
                Fact("dialogue", state, level, mode, day, day, highest.name if highest else "", dialogue=name)
                for state in states
            ]
        return []

    def _sessions_to_come(self, sentence: Sentence) -> list[Fact]:
        """Sessions of a standing body of the two states that a sentence announces."""
        text = sentence.text
        body = PATTERNS["body"].search(text)
        coming = body and (
            PATTERNS["to be held"].match(text, body.end()) or PATTERNS["will hold"].search(text[: body.start()])
        )
        if body is None or not coming or PATTERNS["negated"].search(text):
            return []
        plain = re.sub(r"\s?[-\u2013]\s?", " ", text[max(0, body.start() - 60) : body.end()])
        if not re.search(r"U\.S\.|United States", plain) or len(states := self._codes(plain)) != 1:
            return []
        days = [one for one in days_in(text, self._day_read, ahead=True) if one.start >= body.start()]
        day = next((one for one in days if one.exact and one.last >= self._day_read), None)
        level = "minister" if re.search(r"High[- ]Level|Strategic Consultative", plain) else "working"
        first, last, note = (day.first, day.last, "") if day else (None, None, days[0].stretch if days else "")
        return [Fact("plan", states[0], level, "", first, last, "", note=note, sentence=sentence.number)]

    def _at_a_summit(self, sentence: Sentence) -> list[Fact]:
        """Leaders who did something together at a meeting past: "At the Quad Summit in May, President A, Prime ..."."""
        text = sentence.text
        if (frame := PATTERNS["at a summit"].match(text)) is None or PATTERNS["virtual"].search(frame.group()):
            return []
        own = next((one for one in self._principals(text) if one.level == "leader" and one.start >= frame.end()), None)
        parties = [one for one in self._reader.parties(text) if one.level == "leader" and one.start >= frame.end()]
        listed: list[Party] = []
        end, ours = frame.end(), False
        named: list[Party | Principal] = [*parties, *([own] if own else [])]
        for one in sorted(named, key=lambda one: one.start):
            if not re.fullmatch(r"(?:,? ?(?:and |with )?)?(?:the )?(?:leaders of )?", text[end : one.start]):
                break
            ours, end = ours or one is own, one.end
            listed += [one] if isinstance(one, Party) else []
        days = days_in(frame.group(), self._day_read, ahead=False)
        fixed = next((one for one in days if one.exact or one.stretch), None)
        if own is None or not ours or fixed is None or fixed.first > self._day_read:
            return []
        first, last = (fixed.first, fixed.last) if fixed.exact else (None, None)
        return [
            Fact(
                "meeting", one.state, "leader", "meet", first, last, own.name, persons=one.name, passing=True,
                note=fixed.stretch, sentence=sentence.number, setting="multilateral" if len(listed) > 2 else "margins",
            )
            for one in listed
        ]  # fmt: skip

    def _first_principal(self) -> Principal:
        """The first row of the publisher's own persons that is a leader."""
        name, level = next(
            (name, level) for name, level in self._template.principals(self._day_read)[1] if level == "leader"
        )
        return Principal(name, level, 0, 0)

    def _codes(self, text: str) -> list[str]:
        """States that a text names, but for the own one."""
        day = self._day_read
        codes = [code for match in land().finditer(_apart(text)) for code in states_at(match.group(), day)]
        return [code for code in dict.fromkeys(codes) if code != self._template.own]

    def _principals(self, text: str) -> list[Principal]:
        pattern, rows = self._template.principals(self._day_read)
        return [
            Principal(*rows[int(str(match.lastgroup)[1:])], match.start(), match.end())
            for match in pattern.finditer(text)
        ]

    @staticmethod
    def _highest(principals: Sequence[Principal]) -> Principal | None:
        return min(principals, key=lambda one: LEVELS.index(one.level), default=None)

    def _placed(self, fact: Fact, words: str) -> Fact:
        """Say where the two met and who travelled, if the words do."""
        if fact.kind == "call" or fact.mode in ("phone", "virtual"):
            return fact
        home = re.search(rf"\b(?:at|to|in|from) (?:the |downtown )?(?:{self._template.home})", words)
        where = ""
        for match in re.finditer(r"(?:\b(?:in|at|to|visit)\b|\|) (?:[^,.;|]{0,30}, )?", words):
            abroad = land().match(words, match.end())
            if abroad and not (home and home.start() < match.start()):
                codes = states_at(abroad.group(), self._day_read)
                where = codes[0] if codes else ""
                break
        if not where and home:
            where = self._template.own
        travels = fact.state if where == self._template.own else self._template.own if where == fact.state else ""
        mode = "visit" if travels else "third-party" if where else "meet"
        return replace(fact, place=where, travels=travels, mode=mode)
