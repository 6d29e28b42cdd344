"""Who is on which side of a frame: pronouns and officials without a state mean those of whom the text spoke before."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from forecast.coding.actors import Actor
from forecast.coding.articles.frames import Frame
from forecast.coding.candidates import Candidate
from forecast.coding.places import place_in
from forecast.facts.events import LEVELS

if TYPE_CHECKING:
    from spacy.tokens import Doc

#: Roles of frames in which somebody goes somewhere.
TRAVELLING: Final = ("travels", "sends", "departs")
PAIR: Final = re.compile(
    r"^(?:[\w ]{0,40}\b(?:of|from) (?=the two|both))?(?:they|both|the (?:pair|sides|parties|latter)"
    r"|(?:the|both|their) (?:two )?(?:men|women|sides|leaders|countries"
    r"|nations|(?:\w+ ){0,2}ministers|presidents|officials|governments|diplomats|parties|delegations|heads|counterparts"
    r"|neighbou?rs))\b",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(
    r"^(?:he|she|him|her|the (?:president|minister|premier|secretary|leader|envoy"
    r"|(?:(?:planned|potential|proposed|upcoming) )?(?:visit|trip)))\b",
    re.I,
)
_STATE: Final = re.compile(
    r"^(?:it|the (?:country|government|administration|ministry|kingdom|nation))\b", re.IGNORECASE
)
_TOUR: Final = re.compile(r"\b(?:that|which|to) (?:also )?(?:includes?|covers?|takes? (?:him|her|them) to)\b")
_LEFT: Final = re.compile(r"\b(?:from|leave|out of)(?: the)? $")
_PLACED: Final = re.compile(r"\b(?:in|at|near|outside|from) (?:the )?(?:[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){0,2}, )?$")
_OWNS: Final = re.compile(r"['’]s?\b")
_BETWEEN: Final = re.compile(r"\b(?:meeting|talks|summit|negotiations|dialogue)\b[^.;]{0,40}\bbetween\b")
_PRONOUN_AND: Final = re.compile(r"(?:he|she|it) and\b", re.IGNORECASE)
_PUBLIC: Final = re.compile(
    r"(?:(?:foreign|defen[cs]e|military|government|state|federal|security|armed|senior|top|high-level) )*(?:officials?"
    r"|government|authorities|side|delegation|diplomats?|ministry|military|army|forces?|troops?|police|lawmakers?"
    r"|negotiators?|envoys?|leaders?(?:hip)?|embassy|parliament|navy|soldiers?|warships?|administration|ministers?|and "
    r"|,|\.|$|ha[sd] |will |said )",
    re.IGNORECASE,
)
_WITH_ABSENT_RECIPIENT: Final = frozenset({"AID", "CONCEDE", "SANCTION", "REJECT", "COERCE"})


@dataclass
class Reading:
    """What the article has said so far: who was spoken of last, and the candidates."""

    published: dt.date
    states: Counter[str]
    pair: tuple[Actor, Actor] | None = None
    person: Actor | None = None
    state: Actor | None = None
    found: list[tuple[int, Candidate]] = field(default_factory=list)
    before: tuple[str, ...] = ()
    #: The state in which the article was written, if its dateline says so.
    dateline: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """A parsed sentence with its actors, whose offsets are its own."""

    number: int
    start: int
    doc: Doc
    actors: tuple[Actor, ...]
    headline: bool = False

    @cached_property
    def text(self) -> str:
        """The words."""
        return str(self.doc.text)

    def inside(self, spans: Iterable[tuple[int, int]]) -> list[Actor]:
        """Actors that stand in some stretches."""
        spans = tuple(spans)
        return [one for one in self.actors if any(first <= one.start < last for first, last in spans)]


def sides(frame: Frame, sentence: Sentence, reading: Reading) -> tuple[list[Actor], list[Actor]]:
    """Who acts and who is acted upon, with pronouns resolved."""
    subject = [actor for actor in sentence.inside(frame.subject) if _acts(actor, sentence)]
    public = frame.event in ("CONSULT", "REJECT") or frame.name == "agree"
    both = len({one.state for one in subject if one.state}) > 1
    settled = public or frame.name in ("cancel", "postpone") or (both and frame.roles == "mutual")
    object_ = [
        actor
        for actor in sentence.inside(frame.object)
        if _acts(actor, sentence, publicly=public) and not (settled and _is_place(actor, sentence))
    ]
    if frame.roles == "departs":
        object_ = [one for one in object_ if re.search(r"\b(?:for|to)(?: the)? $", sentence.text[: one.start])]
    if frame.roles == "travels" and not object_ and (tour := _TOUR.search(sentence.text, frame.end)):
        object_ = [one for one in sentence.actors if one.start >= tour.end() and one.kind == "state"]
    if frame.passive and frame.name == "invite" and all(not one.level for one in object_):
        object_ = _referred(sentence, frame.object, reading) + object_  # "he was invited to visit China"
    joined = [span for span in frame.subject[:1] if _PRONOUN_AND.match(sentence.text[span[0] : span[1]])]
    if not subject or joined or _unnamed(subject):
        subject = _with_office(_referred(sentence, frame.subject, reading), subject)
    if not subject and not frame.passive and not frame.subject:
        subject = _before(frame, sentence)
    if not object_ or _unnamed(object_):
        object_ = _with_office(_referred(sentence, frame.object, reading), object_)
        if len(object_) == 1 and subject and object_[0].state == subject[0].state:
            # "the leader, who invited him": not himself
            others = [one for one in sentence.actors if one.end <= frame.start and one.level and not one.plural]
            others = [one for one in others if one.state not in ("", subject[0].state)]
            object_ = others[-1:] or ([reading.person] if reading.person else object_)
        if len(object_) == 2 and frame.roles != "mutual":
            object_ = [one for one in object_ if not subject or one.state != subject[0].state]
    return subject, object_


def _unnamed(actors: list[Actor]) -> bool:
    """Whether a side is only a plural of offices: "the two foreign ministers"."""
    return bool(actors) and all(one.plural and not one.state for one in actors)


def _with_office(referred: list[Actor], own: list[Actor]) -> list[Actor]:
    """Those meant by "the two ministers", as ministers; else whoever is meant beside those who are named."""
    if not referred or not _unnamed(own) or not own[0].level or own[0].office == "officials":
        return referred + own
    return [
        replace(one, office=own[0].office, kind="office", name=one.name if one.level == own[0].level else "")
        for one in referred
    ]


def _before(frame: Frame, sentence: Sentence) -> list[Actor]:
    """The last actor before a verb whose subject the parser did not see, if no other verb stands between."""
    near = [one for one in sentence.actors if one.end <= frame.start and _acts(one, sentence)][-1:]
    between = [token for token in sentence.doc if near and near[0].end <= token.idx < frame.start]
    return [] if any(token.pos_ == "VERB" for token in between) else near


def _acts(actor: Actor, sentence: Sentence, *, publicly: bool = True) -> bool:
    """Whether a mention can be a side: an official of a state or a state; of a people only who acts for its state."""
    if actor.office:
        return bool(actor.level)
    if actor.kind != "people" or not publicly:
        return True
    return bool(_PUBLIC.match(sentence.text[actor.end : actor.end + 40].lstrip(" -–")))


def _is_place(actor: Actor, sentence: Sentence) -> bool:
    before = sentence.text[max(0, actor.start - 50) : actor.start]
    return actor.kind in ("seat", "state") and bool(_PLACED.search(before))


def _referred(sentence: Sentence, spans: Sequence[tuple[int, int]], reading: Reading) -> list[Actor]:
    """Whom a pronoun means: those named before it in the sentence, or those of whom the article spoke last."""
    text, actors = sentence.text, sentence.actors
    words = text[spans[0][0] : spans[-1][1]] if spans else ""
    words = re.sub(r"^(?:with|to|by|of) ", "", words)
    if PAIR.match(words):
        people = [one for one in actors if one.end <= spans[0][0] and one.state and one.level and not one.plural]
        if len({one.state for one in people}) > 1:
            actors = tuple(people)
        before = [one for one in actors if one.end <= spans[0][0] and one.state and not _is_place(one, sentence)]
        own = [one for one in before if one.state != before[-1].state]
        common = [Actor(state, "", "", 0, 0, "state", 0.6) for state, _ in reading.states.most_common(3)]
        meant = reading.pair or (common if len(common) == 2 else ())
        return [own[-1], before[-1]] if own else list(meant)
    before = [one for one in actors if one.end <= (spans[0][0] if spans else 0) and one.state]
    if _PERSON.match(words):
        if said := _speaker(sentence, spans[0][0] if spans else 0):
            return said
        persons = [one for one in before if one.level and not one.plural]
        return persons[-1:] or ([reading.person] if reading.person else [])
    if _STATE.match(words):
        return before[-1:] or ([reading.state] if reading.state else [])
    return []


def _speaker(sentence: Sentence, at: int) -> list[Actor]:
    """Who says what a pronoun begins: "Putin told Obama that he would not come"."""
    token = next((one for one in sentence.doc if one.idx >= at), None)
    while token is not None and token.head.i != token.i:
        if token.dep_ == "ccomp":
            own = [child for child in token.head.children if child.dep_ == "nsubj"]
            named = sentence.inside((child.left_edge.idx, child.idx + len(child)) for child in own)
            persons = [one for one in named if one.level and one.state and not one.plural]
            if persons:
                return persons[-1:]
        token = token.head
    return []


def places_of(frame: Frame, sentence: Sentence, reading: Reading) -> list[tuple[str, str]]:
    """States in which it happens, the nearest to the verb first."""
    found = [(position, code, words) for position, code, words in place_in(sentence.text, reading.published)]
    # "visit X", "for X" and "from X" name no place of a meeting, but of a journey.
    if frame.roles not in (*TRAVELLING, "hosts"):
        found = [one for one in found if re.match(r"(?:in|at|near|to)\b", sentence.text[one[0] :])]
    verb = sentence.doc[frame.token]
    if verb.dep_ == "relcl" and any(child.lower_ == "where" for child in verb.children):
        there = (verb.head.idx, verb.head.idx + len(verb.head))
        found = [one for one in place_in(sentence.text[: there[1]], reading.published) if one[0] + 40 > there[0]][-1:]
    # What stands in a clause of another verb happens elsewhere: "talks with Wang, who agreed to come to Washington".
    found = [one for one in found if not _in_clause(sentence, one[0], frame)]
    if here := re.search(r"\bhere\b", sentence.text[frame.start :]):
        found += [(frame.start + here.start(), code, "here") for code in reading.dateline[:1]]
    if back := re.search(r"\bthere\b", sentence.text[frame.start :]):
        before = list(place_in(sentence.text[: frame.start], reading.published))
        found += [(frame.start + back.start(), code, "there") for _, code, _ in before[-1:]]
    own = [one for one in found if any(first <= one[0] < last for first, last in frame.object)]
    later = [one for one in found if one[0] > frame.start]
    return [(code, words) for _, code, words in own or later or found]


def _in_clause(sentence: Sentence, at: int, frame: Frame) -> bool:
    """Whether a place of the sentence stands in a relative clause below the frame's verb."""
    token = next((one for one in sentence.doc if one.idx >= at), None)
    while token is not None and token.i != frame.token and token.head.i != token.i:
        if token.dep_ == "relcl" and token.i > frame.token:
            return not re.match(r"(?:on|in|during|at) which|where", " ".join(one.lower_ for one in token.subtree))
        token = token.head
    return False


def pairs(
    frame: Frame, subject: list[Actor], object_: list[Actor], places: list[tuple[str, str]], reading: Reading,
    sentence: Sentence,
) -> list[tuple[Actor, Actor, str]]:  # fmt: skip
    """Source and recipient of each pair of states, and what was not in the words."""
    if frame.name == "phone" and frame.roles == "acts":
        object_ = [one for one in object_ if one.level and not _OWNS.match(sentence.text[one.end :])]
    if frame.roles in TRAVELLING:
        return _journeys(frame, subject, object_, places, reading)
    if frame.roles == "hosts":
        if _BETWEEN.search(sentence.text[frame.end :]):
            # "will host a meeting between the two": the host only gives the place.
            places[:0] = [(one.state, "") for one in subject[:1] if one.state]
            return _mutual([], [one for one in object_ if one.level], reading)
        subject, object_ = object_, subject
        if frame.passive and subject and not object_ and frame.name == "host":
            object_ = [Actor(code, "", "", 0, 0, "state", 0.8) for code, _ in places[:1]]
    if frame.name == "expel" and not subject:
        left = [one for one in object_ if _LEFT.search(sentence.text[: one.start])]
        subject, object_ = left[:1], [one for one in object_ if one not in left]
    if frame.roles == "intrudes":
        subject = [one for one in sentence.inside(frame.subject + frame.object) if one.kind == "people"]
        object_ = [one for one in sentence.inside(frame.object) if one.kind in ("state", "seat")]
    if frame.roles == "together":
        return _mutual(subject, [], reading)
    if frame.roles == "mutual":
        return _talks(frame, subject, object_, places, reading, sentence)
    if not subject and object_ and frame.name == "invite" and (frame.passive or places):
        return _invited(frame, object_, places, reading)
    if not subject and frame.name in ("cancel", "postpone", "suspend", "sever", "resume"):
        return _called_off(frame, object_, reading, sentence)
    if subject and not object_ and frame.event in _WITH_ABSENT_RECIPIENT:
        return _towards_whom(frame, subject, reading, sentence)
    sources = _by_state(subject)
    if len(sources) == 1 and object_ and object_[0].state:
        sources = _completed(sources, object_[0], reading)
    return [
        (source, recipient, "")
        for source in sources
        for recipient in _completed(_by_state(object_), source, reading)
        if source.state and recipient.state and source.state != recipient.state
    ]


def _before_it(actor: Actor, sentence: Sentence) -> Actor | None:
    """The official whose counterpart somebody is: "Wang left, and a meeting with his counterpart was called off"."""
    his = re.search(r"\b(?:his|her|their) (?:\w+ ){0,2}$", sentence.text[: actor.start])
    own = re.match(r"(?:his|her|their)\b", sentence.text[actor.start :])
    near = [
        one for one in sentence.actors if one.end <= actor.start and one.level and one.state not in ("", actor.state)
    ]
    return near[-1] if (his or own) and near else None


def _talks(
    frame: Frame, subject: list[Actor], object_: list[Actor], places: list[tuple[str, str]], reading: Reading,
    sentence: Sentence,
) -> list[tuple[Actor, Actor, str]]:  # fmt: skip
    """Pair the sides of an encounter; those whom somebody unknown met did not meet each other."""
    said = "".join(sentence.text[first:last] for first, last in frame.object)
    if frame.subject and not subject and " with " in said and "between" not in said:
        object_ = object_[:1]
    return _mutual(subject, object_, reading) or _with_hosts(frame, subject, object_, places)


def _invited(
    frame: Frame, guests: list[Actor], places: list[tuple[str, str]], reading: Reading
) -> list[tuple[Actor, Actor, str]]:
    """Who was invited and by whom: whoever is the host where he is to come, or of whom the text has just spoken."""
    if places and guests[0].state not in ("", places[0][0]):
        return [(Actor(places[0][0], "", "", 0, 0, "state", 0.8), guests[0], "")]
    if frame.passive and len(guests) == 1 and guests[0].level:
        host = _other(guests[0], reading)
        return [(host, guests[0], "source: taken from the context")] if host else []
    return [(other, one, "") for one, other, _ in _mutual([], guests, reading)][:1] if frame.passive else []


def _called_off(
    frame: Frame, object_: list[Actor], reading: Reading, sentence: Sentence
) -> list[tuple[Actor, Actor, str]]:
    """Between whom something was called off if nobody is named who did it."""
    if not any(one.level for one in object_):
        # "the summit, where A and B were to meet, was called off"
        object_ = [one for one in sentence.actors if one.end <= frame.start and one.level and one.state] + object_
    if not object_:
        return []
    made = [(one, other, "") for one, other, _ in _mutual([], object_, reading)]
    # "His visit to Azerbaijan and Russia was put off": both of them.
    made = [each for each in made if each[0] == made[0][0] and not each[1].level] or made[:1]
    if made or not object_[0].level:
        return made
    own = _before_it(object_[0], sentence)
    other = own or _other(object_[0], reading)
    return [(object_[0], other, "" if own else "recipient: taken from the context")] if other else []


def _towards_whom(
    frame: Frame, subject: list[Actor], reading: Reading, sentence: Sentence
) -> list[tuple[Actor, Actor, str]]:
    """Whom it concerns if only one side is named: the host of what is refused, or of whom the text has just spoken."""
    if frame.name == "cancel" and len(_by_state(subject)) > 1:
        return _mutual(subject, [], reading)[:1]
    there = [code for at, code, _ in place_in(sentence.text, reading.published)
             if any(first <= at < last for first, last in frame.object)]  # fmt: skip
    if frame.event == "REJECT" and there:
        host = Actor(there[0], "", "", 0, 0, "state", 0.7)
        return [(subject[0], host, "")] if subject[0].state not in ("", host.state) else []
    other = _other(subject[0], reading)
    return [(subject[0], other, "recipient: taken from the context")] if other else []


def _journeys(
    frame: Frame, subject: list[Actor], object_: list[Actor], places: list[tuple[str, str]], reading: Reading
) -> list[tuple[Actor, Actor, str]]:
    """Pair travellers with the states that they go to."""
    goals = [one for one in object_ if one.kind in ("state", "seat")]
    hosts = [one for one in object_ if one.kind in ("person", "office") and one.level]
    if not goals:
        goals = [Actor(code, "", "", 0, 0, "state", 0.9) for code, _ in places[:1]]
    if not goals and frame.name not in ("travel",):
        goals = hosts
    if goals and subject and not any(one.state for one in subject) and len(reading.states) == 2:
        subject = _completed(subject, goals[0], reading)
    pairs = []
    known = next((one for one in subject if one.state), None)
    if known is not None:
        # "Vice Premier He and Foreign Minister Wang": who is named beside another is of his state.
        subject = [
            one if one.state or not one.level else replace(one, state=known.state, certain=0.6) for one in subject
        ]
    # The envoy travels, not who sends him.
    if frame.name == "send" and subject and (sent := [one for one in hosts if one.state in ("", subject[0].state)]):
        subject = [replace(sent[0], state=subject[0].state, certain=subject[0].certain)]
    for traveller in subject if frame.name != "send" else subject[:1]:
        for goal in _by_state(goals):
            host = next((one for one in hosts if one.state == goal.state), goal)
            if traveller.state and traveller.state != goal.state:
                pairs.append((traveller, host, ""))
    return pairs


def _mutual(subject: list[Actor], object_: list[Actor], reading: Reading) -> list[tuple[Actor, Actor, str]]:
    """Pair the sides of talks: those of the subject with those of the object, or either among themselves."""
    ours, theirs = _by_state(subject), _by_state(object_)
    if len(ours) == 1 and not ours[0].state and theirs:
        ours = _completed(ours, theirs[0], reading)
    theirs = _completed(theirs, ours[0], reading) if ours else theirs
    if len(ours) > 1 and theirs and all(other.kind not in ("person", "office") for other in theirs):
        theirs = []
    pairs = [(one, other) for one in ours[:1] or [] for other in theirs] if len(ours) == 1 else []
    if not pairs:
        group = ours if len(ours) > 1 else theirs
        pairs = [(one, other) for place, one in enumerate(group) for other in group[place + 1 :]][:6]
        if len(ours) > 1 and theirs:
            pairs = [(one, other) for one in ours for other in theirs]
    return [(one, other, "") for one, other in pairs if one.state and other.state and one.state != other.state]


def _with_hosts(
    frame: Frame, subject: list[Actor], object_: list[Actor], places: list[tuple[str, str]]
) -> list[tuple[Actor, Actor, str]]:
    """Whoever "will hold talks in Tokyo" meets his hosts."""
    guests = _by_state(subject)
    if frame.name != "meet" or object_ or len(guests) != 1 or not guests[0].level or not places:
        return []
    host = Actor(places[0][0], "", "", 0, 0, "state", 0.7)
    return [(guests[0], host, "")] if guests[0].state not in ("", host.state) else []


def _completed(actors: list[Actor], known: Actor, reading: Reading) -> list[Actor]:
    """Give officials without a state the other state of the article."""
    completed = []
    for actor in actors:
        if not actor.state and actor.level:
            others = [(count, state) for state, count in reading.states.items() if state != known.state]
            best = max(others, default=(0, ""))[1]
            near = [state for state in reading.before if state != known.state]
            guessed = near[0] if len(near) == 1 else best
            actor = replace(actor, state=guessed, certain=0.5)
        completed.append(actor)
    return completed


def _by_state(actors: list[Actor]) -> list[Actor]:
    """One actor a state, its highest; persons go before states, and all persons of it are kept in the name."""
    grouped: dict[str, list[Actor]] = {}
    for actor in actors:
        grouped.setdefault(actor.state, []).append(actor)
    kept = []
    for group in grouped.values():
        leading = min(group, key=lambda one: (LEVELS.index(one.level) if one.level else len(LEVELS), one.start))
        names = "; ".join(dict.fromkeys(one.name for one in group if one.name and one.level))
        kept.append(replace(leading, name=names or leading.name))
    return kept


def _other(known: Actor, reading: Reading) -> Actor | None:
    """The other side of what the article has just been about."""
    if reading.pair and known.state in (reading.pair[0].state, reading.pair[1].state):
        other = reading.pair[1] if reading.pair[0].state == known.state else reading.pair[0]
        return replace(other, certain=0.6)
    near = [state for state in reading.before if state != known.state]
    if len(near) != 1:
        common = [state for state, _ in reading.states.most_common(2)]
        near = [state for state in common if state != known.state] if known.state in common else []
    return Actor(near[0], "", "", 0, 0, "state", 0.5) if len(near) == 1 else None


def remember(frame: Frame, sentence: Sentence, reading: Reading) -> None:
    """Keep in mind of whom a frame spoke: the pair, the person and the state that pronouns may mean next."""
    sides = [actor for actor in sentence.inside(frame.subject) + sentence.inside(frame.object) if actor.state]
    persons = [actor for actor in sides if actor.kind == "person" and actor.level]
    for group in (persons, sides):
        others = [actor for actor in group if actor.state != group[0].state] if group else []
        if others:
            reading.pair = (group[0], others[0])
            break
    subject = [actor for actor in sentence.inside(frame.object if frame.passive else frame.subject) if actor.state]
    for actor in subject[:1]:
        reading.state = actor
        if actor.kind in ("person", "office"):
            reading.person = actor
