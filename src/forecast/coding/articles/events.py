"""From frames to candidate events: who met, called, invited, refused or punished whom, when and where."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from forecast.coding.actors import Actor, actors_in
from forecast.coding.articles.frames import ENCOUNTERS, Frame, frames_in, saying, trigger
from forecast.coding.articles.parsing import parsed
from forecast.coding.articles.sides import PAIR, TRAVELLING, Reading, Sentence, pairs, places_of, remember, sides
from forecast.coding.candidates import Candidate
from forecast.coding.holders import Holders
from forecast.coding.places import state_named
from forecast.coding.sentences import sentences_in
from forecast.coding.summits import Summit, summit_in
from forecast.coding.text_days import TextDay, days_in
from forecast.facts.events import LEVELS

if TYPE_CHECKING:
    from spacy.tokens import Token

TONES: Final = re.compile(
    r"\b(candid|frank|constructive|productive|substantive|cordial|friendly|in-depth|fruitful|warm|tense|hostile"
    r"|heated)\b",
    re.IGNORECASE,
)
_TALK: Final = re.compile(
    r"\b(?:meeting|talks|conversation|discussion|call|visit|exchange|session|encounter)s?\b", re.IGNORECASE
)
_DATELINE: Final = re.compile(
    r"^[ \t]*[A-Z][A-Z .,'’/-]+(?:, [A-Z][a-z]+\.? \d{1,2})?(?:,? \([A-Z][\w /-]+\))? ?(?:[-–—]{1,2}|:) ", re.MULTILINE
)
#: A town at the very beginning: "New Delhi: The minister said".
_TOWN: Final = re.compile(r"\s*([A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?) ?[:–—-]+ ")
_NO_OFFICE: Final = re.compile(
    r"official (?:\w+ )?(?:visit|trip|tour|talks|statement|news|media|invitation|agency)|General Assembly"
)
_OF_A_BODY: Final = re.compile(r"['’] (?:meeting|conference|forum|summit|council)", re.IGNORECASE)
_AFTER: Final = frozenset({"after", "following", "amid"})
_AIDE: Final = re.compile(
    r"\b(?:advis[eo]rs?|aides?|allies|ally|spokes\w+|assistants?|lawyers?|wife|son|daughter) (?:to|of|for) (?:the )?$"
    r"|\b(?:advis[eo]rs|aides|allies) (?:to|of) [^,.;]{3,60} and (?:the )?$",
    re.IGNORECASE,
)
_AIDE_NEXT: Final = re.compile(
    r"(?:['’]s?)? (?:top |chief |senior |close )?(?:advis[eo]rs?|aides?|spokes\w+|all(?:y|ies)|confidant)\b"
)
_MARGINS: Final = re.compile(r"\b(?:sidelines?|margins?|fringes?|edges?)\b", re.IGNORECASE)
_LEVELS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), level)
    for pattern, level in (
        (
            r"\b(?:vice|deputy|under)[- ](?:minister|secretary|foreign minister)(?:ial)?[- ]level"
            r"|(?:vice|deputy)[- ]ministerial",
            "deputy_minister",
        ),
        (r"foreign[- ]secretary[- ]level|at the (?:vice|deputy)[- ]minister", "deputy_minister"),
        (r"\b(?:cabinet|minister(?:ial)?|secretary)[- ]level|\bministerial (?:meeting|talks|dialogue)", "minister"),
        (r"\b(?:leader|leaders|presidential|summit|head-of-state)[- ]level", "leader"),
        (r"\b(?:working|expert|official|technical|director)[- ]level", "working"),
    )
)
_COLLEAGUE: Final = re.compile(r"\b(?:counterpart|colleague|opposite number)")
_ENCOUNTER: Final = re.compile(r"\b(?:meetings?|talks|summit|meet|visit)\b")
_AS_PLANNED: Final = re.compile(r"\bas (?:had been |originally )?(?:planned|scheduled|announced)")
_WEIGHING: Final = re.compile(r"discuss|consider|mull|weigh|explor", re.IGNORECASE)
_ADMINISTRATION: Final = re.compile(r"['’]?s? (?:administration|government|cabinet)\b")
_DIALOGUE: Final = re.compile(
    r"(?:[A-Z][\w.’'-]+ (?:and |on |of |for |the )*){1,7}(?:Dialogue|Commission|Committee|Working Group|Consultations"
    r"|Council|Mechanism)(?: on (?:[A-Z]\w+ ?(?:and )?)+)?"
)
#: Words of a plan that has fallen: "would have come on Monday", "had been due".
_FORMERLY: Final = re.compile(r"\b(?:would|had|was|were|originally|postponed|cancel+ed|called off|put off|delayed)\b")
_IN_PERSON: Final = frozenset({"meet", "visit", "multilateral", "third-party"})
_CERTAIN: Final = {"fact": 0.9, "plan": 0.85, "possible": 0.55, "denied": 0.75}


def code_text(
    text: str, published: dt.date, holders: Holders, summits: Sequence[Summit] = (), *, home: str = "",
    document: str = "", url: str = "",
) -> list[Candidate]:  # fmt: skip
    """Code a free text of a day into candidate events, in the order of the text."""
    # An agency's dateline names where and when it was written, not what happened.
    dateline = _DATELINE.search(text)
    written = re.match(r"[A-Z][A-Z '’-]+", dateline.group().strip()) if dateline else None
    text = _DATELINE.sub(lambda found: " " * len(found.group()), text)
    city = written.group().strip().title() if written else (_TOWN.match(text) or [""] * 2)[1]
    state = state_named(city, published) if city else ""
    actors = _of_rank(text, actors_in(text, published, holders, home=home, written=state))
    reading = Reading(published, Counter(actor.state for actor in actors if actor.state))
    reading.dateline = (state,) if state else ()
    for sentence in _sentences(text, actors):
        _read(sentence, reading, summits)
    merged = _merged([one for _, one in reading.found])
    postponed = {(one.source, one.recipient) for one in merged if one.mode == "postpone"}
    fallen = {(one.source, one.recipient, one.level) for one in merged if one.mode in ("postpone", "cancel")}
    # What "will not take place as planned" and "was put off" is put off, not called off.
    return [
        replace(one, document=document, url=url)
        for one in merged
        if (one.mode != "cancel" or not postponed & {(one.source, one.recipient), (one.recipient, one.source)})
        and not ((one.source, one.recipient, one.level) in fallen and one.event == "CONSULT"
                 and one.status == "announced"
                 and ("no day" in one.unresolved or _FORMERLY.search(text[one.evidence_start : one.evidence_end])))
    ]  # fmt: skip


def _of_rank(text: str, actors: list[Actor]) -> list[Actor]:
    """Give counterparts the office of whose they are, and aides ("adviser to the president") no office of a leader."""
    offices: dict[tuple[str, str], str] = {}
    ranked: list[Actor] = []
    for place, actor in enumerate(actors):
        if _NO_OFFICE.match(text, actor.start) or (actor.plural and _OF_A_BODY.match(text, actor.end)):
            continue
        before = text[max(0, actor.start - 90) : actor.start]
        if actor.kind == "person" and (_AIDE.search(before) or _AIDE_NEXT.match(text, actor.end)):
            actor = replace(actor, office="officials", name="")
        elif actor.office == "counterpart":
            near = [one for one in ranked[max(0, place - 4) :] if one.level and one.office != "officials"]
            office = near[-1].office if near else offices.get((actor.state, actor.name), "")
            actor = replace(actor, office=office or actor.office)
            if actor.name:
                offices[actor.state, actor.name] = actor.office
        elif not actor.state and actor.level not in ("", "working") and not actor.name and not actor.plural:
            # "the minister has put off her visit": of whom the text spoke last as of a minister
            same = [one for one in ranked if one.office == actor.office and one.state and one.name]
            actor = replace(same[-1], start=actor.start, end=actor.end, certain=0.7) if same else actor
        elif not actor.state and actor.level and re.match(r" of (?:the )?[A-Z]", text[actor.end : actor.end + 8]):
            actor = replace(actor, office="organisation")  # of a land that is no state
        ranked.append(actor)
    return ranked


def _headline(words: str) -> str:
    """A headline in capitals as a sentence: its verb is written small, so that the parser takes it for one."""
    long = [word for word in re.findall(r"\w[\w’'-]*", words) if len(word) > 3]
    capitals = sum(word[0].isupper() for word in long)
    if len(long) < 4 or capitals < 0.8 * len(long) or words.rstrip()[-1:] in set('.!?:"”'):
        return words
    return re.sub(r"(?<!^)\b[A-Z][a-z]+\b", lambda word: _small(word.group()), words)


_PREPOSITIONS: Final = frozenset({"to", "for", "over", "after", "ahead", "amid", "with", "in"})
#: Headlines that only lead on: "Read more: Why ...".
_TEASER: Final = re.compile(r"\W*(?:read|watch|more|why|how|what|who|explainer|analysis|opinion)\b", re.IGNORECASE)


def _small(word: str) -> str:
    small = word.lower()
    return small if trigger().match(word) or small.rstrip("s") in ENCOUNTERS or small in _PREPOSITIONS else word


def _sentences(text: str, actors: list[Actor]) -> list[Sentence]:
    """Parse the sentences that can hold an event: a verb of the table, and somebody who acts or is referred to."""
    spans = sentences_in(text)
    kept = [(number, first, last) for number, (first, last) in enumerate(spans) if trigger().search(text, first, last)]
    docs = parsed(_headline(text[first:last].replace("\n", " ")) for _, first, last in kept)
    sentences = []
    for (number, first, last), doc in zip(kept, docs, strict=True):
        own = tuple(
            replace(actor, start=actor.start - first, end=actor.end - first)
            for actor in actors
            if first <= actor.start < last
        )
        headline = doc.text != text[first : first + len(doc.text)].replace("\n", " ")
        if not (headline and _TEASER.match(doc.text)):
            sentences.append(Sentence(number, first, doc, own, headline))
    return sentences


def _read(sentence: Sentence, reading: Reading, summits: Sequence[Summit]) -> None:
    made = False
    for frame in frames_in(sentence.doc):
        verb = sentence.doc[frame.token]
        if sentence.headline and verb.tag_ not in ("VBZ", "VBD") and all(one.lower_ != "to" for one in verb.children):
            continue  # of a headline only what is surely a verb
        for candidate in _events(frame, sentence, reading, summits):
            reading.found.append((sentence.number, candidate))
            made = True
        remember(frame, sentence, reading)
    if not made:
        _add_tone(sentence, reading)
    states = tuple(dict.fromkeys(actor.state for actor in sentence.actors if actor.state))
    if states:
        reading.before = states
    persons = {one.state: one for one in sentence.actors if one.state and one.level and one.kind == "person"}
    if len(persons) == 2 and reading.pair is None:
        one, other = persons.values()
        reading.pair = one, other


def _add_tone(sentence: Sentence, reading: Reading) -> None:
    """Give the tone of talks that a sentence only refers to ("the call was candid") to the last talks."""
    tones = _tones(sentence.text)
    if not tones or not (_TALK.search(sentence.text) or PAIR.search(sentence.text)):
        return
    for place in range(len(reading.found) - 1, -1, -1):
        number, candidate = reading.found[place]
        if candidate.event == "CONSULT" and candidate.status == "occurred" and sentence.number - number <= 3:
            reading.found[place] = number, replace(candidate, note=_joined(candidate.note, tones))
            return


def _tones(text: str) -> str:
    return ", ".join(dict.fromkeys(tone.lower() for tone in TONES.findall(text)))


def _joined(*notes: str) -> str:
    return ", ".join(dict.fromkeys(part for note in notes for part in note.split(", ") if part))


def _events(frame: Frame, sentence: Sentence, reading: Reading, summits: Sequence[Summit]) -> list[Candidate]:
    """Make the candidates of a frame: none if the sentence only wishes, supposes or denies."""
    turned = _turned(frame, sentence.text)
    if turned is None:
        return []
    frame = turned
    subject, object_ = sides(frame, sentence, reading)
    places = [] if frame.mode == "phone" else places_of(frame, sentence, reading)
    made = []
    for source, recipient, note in pairs(frame, subject, object_, places, reading, sentence):
        candidate = _candidate(frame, source, recipient, places, sentence, reading, summits, note)
        if candidate is not None:
            made.append(candidate)
    if not made and frame.event == "CONSULT":
        _set_level(sentence, reading)
    return made


def _turned(frame: Frame, text: str) -> Frame | None:
    """Turn a denial into what it is, and drop what was not done and is not planned."""
    consult = frame.event == "CONSULT"
    if frame.stance == "unreal" or (frame.progressive and frame.name == "speak"):
        return None
    if frame.stance == "denied":
        return _denied(frame, text)
    if frame.stance == "possible" and not (consult and frame.hearsay and frame.name != "attend"):
        return None
    if frame.name.startswith("weigh_") and frame.stance == "fact":
        return _weighed(frame, text)
    if frame.stance == "plan" and not consult and frame.event not in ("SANCTION", "AGREE", "REJECT"):
        kind = frame.event in ("AID", "CONCEDE", "SUPPORT", "COOPERATE", "RETREAT")
        return replace(frame, event="AGREE" if kind else "THREATEN")
    return frame


def _denied(frame: Frame, text: str) -> Frame | None:
    """Who will not come refuses, or calls off what was planned; what just did not happen is no event."""
    refusal = replace(frame, event="REJECT", mode="phone" if frame.mode == "phone" else "meet", roles="acts")
    if frame.name == "agree" and _ENCOUNTER.search(text[frame.end :]):
        return replace(refusal, ahead=False)
    if frame.event == "CONSULT" and _AS_PLANNED.search(text):
        return replace(frame, name="cancel", event="SANCTION", mode="cancel", roles="acts")
    if frame.event != "CONSULT" or not (frame.ahead or frame.name == "attend") or "no plan" in text:
        return None
    return refusal


def _weighed(frame: Frame, text: str) -> Frame | None:
    """Visits that are being discussed are possible, visits that were arranged or announced are planned."""
    if frame.name == "weigh_expected":
        return replace(frame, stance="possible", ahead=True, hearsay=True)
    if not _WEIGHING.match(text[frame.start : frame.end]):
        return replace(frame, stance="plan", ahead=True)
    return replace(frame, stance="possible", ahead=True, hearsay=True) if frame.progressive else None


def _set_level(sentence: Sentence, reading: Reading) -> None:
    """Give the level that a sentence states to the working groups or talks that the one before founded."""
    level = _level_said(sentence.text)
    if not level or not reading.found:
        return
    number, candidate = reading.found[-1]
    if sentence.number - number <= 2:
        reading.found[-1] = number, replace(candidate, level=level)


def _level_said(text: str) -> str:
    return next((level for pattern, level in _LEVELS if pattern.search(text)), "")


def _level(frame: Frame, source: Actor, recipient: Actor, sentence: Sentence) -> str:
    said = _level_said(" ".join(sentence.text[first:last] for first, last in (*frame.subject, *frame.object)))
    if said:
        return said
    levels = [_own_level(one, sentence) for one in (source, recipient)]
    if any(_COLLEAGUE.search(sentence.text[one.start : one.end]) for one in (source, recipient) if one.end):
        levels = [level for level in levels if level != "working"] or levels
    named = [LEVELS.index(level) for level in levels if level]
    if frame.event in ("CONSULT", "REJECT") or frame.mode in ("cancel", "postpone", "invite"):
        return LEVELS[max(named)] if named else "working"
    return "working"


def _own_level(actor: Actor, sentence: Sentence) -> str:
    following = sentence.text[actor.end : actor.end + 18] if actor.end else ""
    return "" if _ADMINISTRATION.match(following) and actor.kind == "person" else actor.level


def _candidate(
    frame: Frame, source: Actor, recipient: Actor, places: list[tuple[str, str]], sentence: Sentence, reading: Reading,
    summits: Sequence[Summit], note: str,
) -> Candidate | None:  # fmt: skip
    day = _day(frame, sentence, reading.published)
    given = frame.mode == "invite" or (frame.mode == "expel" and not frame.ahead)
    if given and day is not None and day.last > reading.published:
        day = None  # that of the visit, not of the invitation; the term that was set to leave
    if frame.needs_day and day is None:
        return None
    called_off = frame.mode in ("cancel", "postpone")
    named = "".join(sentence.text[first:last] for first, last in frame.object) if called_off else sentence.text
    summit = summit_in(named, reading.published, summits, ahead=frame.ahead) if frame.mode != "phone" else None
    if summit is not None and _at_summit(frame, day, summit):
        day = TextDay(summit.starts_on, summit.ends_on, "range", 0, 0)
    status = _status(frame, day, reading.published)
    if status is None:
        return None
    started_on, ended_on, open_day = _dated(frame, day, status, reading.published)
    place = next((code for code, _ in places), "")
    if frame.roles in TRAVELLING or (frame.roles == "hosts" and not place):
        place = recipient.state
    mode = frame.mode
    if frame.event == "CONSULT" and mode in ("meet", "visit"):
        source, recipient, mode = _directed(frame, source, recipient, place)
    persons = "; ".join(
        dict.fromkeys(one.name for one in (source, recipient) if one.name and _own_level(one, sentence))
    )
    dialogue = _DIALOGUE.search(sentence.text) if frame.name in ("session", "found", "resume", "suspend") else None
    open_cells = [note, open_day, *(f"{side}: state taken from the context" for side, one in
                  (("source", source), ("recipient", recipient)) if one.certain <= 0.5 and not note)]  # fmt: skip
    return Candidate(
        started_on=started_on.isoformat(), ended_on=ended_on.isoformat(), known_on=reading.published.isoformat(),
        source=source.state, recipient=recipient.state, event=frame.event, mode=_mode(frame, mode, sentence),
        level=_level(frame, source, recipient, sentence), setting=_setting(frame, sentence, summit), status=status,
        place=place if frame.event in ("CONSULT", "REJECT", "SANCTION") and mode not in ("phone", "virtual") else "",
        persons=persons, note=_tones(sentence.text) if frame.event == "CONSULT" else "",
        venue=summit.series if summit else "", dialogue=dialogue.group() if dialogue else "",
        offices="; ".join(dict.fromkeys(one.office for one in (source, recipient) if one.office)),
        evidence_start=sentence.start, evidence_end=sentence.start + len(sentence.text),
        confidence=_confidence(frame, source, recipient, open_day), unresolved="; ".join(filter(None, open_cells)),
    )  # fmt: skip


def _at_summit(frame: Frame, day: TextDay | None, summit: Summit) -> bool:
    """Whether the days of the summit say more than the text does."""
    if day is None:
        return frame.event in ("CONSULT", "REJECT")
    return not day.exact and day.first <= summit.starts_on <= day.last


def _mode(frame: Frame, mode: str, sentence: Sentence) -> str:
    """What is founded or refused has the mode of it: a dialogue, a visit, a call."""
    said = " ".join(sentence.text[first:last] for first, last in frame.object).lower()
    if frame.name == "found":
        return "working-group" if re.search(r"working|task force|contact group", said) else "dialogue"
    if frame.event == "REJECT" and frame.mode == "meet":
        return "phone" if re.search(r"\bcalls?\b", said) else "meet"
    return mode


def _setting(frame: Frame, sentence: Sentence, summit: Summit | None) -> str:
    if frame.mode == "multilateral" or (
        frame.event == "REJECT" and (summit or re.search(r"\b(?:summit|g-?20|g-?7)\b", sentence.text, re.I))
    ):
        return "multilateral"
    return "margins" if _MARGINS.search(sentence.text) or (summit and frame.roles == "mutual") else "bilateral"


def _directed(frame: Frame, source: Actor, recipient: Actor, place: str) -> tuple[Actor, Actor, str]:
    """Who travels to whom, by the place."""
    if frame.roles in TRAVELLING:
        return source, recipient, "visit"
    if place == source.state:
        return recipient, source, "visit"
    if place == recipient.state:
        return source, recipient, "visit"
    return source, recipient, "third-party" if place else "meet"


def _day(frame: Frame, sentence: Sentence, published: dt.date) -> TextDay | None:
    """The day of the frame: of those in its clause the nearest to its verb, never the day of a report."""
    verb = sentence.doc[frame.token]
    called_off = frame.mode in ("cancel", "postpone")
    # "begins a visit on March 21" may be this week's news or a plan.
    open_ = frame.needs_day or verb.tag_ in ("VBZ", "VBP") or frame.progressive
    tense = True if frame.ahead or frame.mode == "invite" else None if open_ else False
    own = []
    for ahead in (False, True) if called_off else (tense,):
        for day in days_in(sentence.text, published, ahead=ahead):
            span = sentence.doc.char_span(day.start, day.end, alignment_mode="expand")
            path = _path(span.root, verb) if span is not None else []
            # What was called off on Monday was planned for another day: that stands with the visit, not with the verb.
            below = bool(path) and verb.is_ancestor(path[-1])
            with_noun = below or any(token.pos_ == "NOUN" for token in path[1:-1])
            if not path or (called_off and with_noun != ahead) or _elsewhere(path, frame):
                continue
            if path[-1].i == verb.i or _shares(path[-1], verb, frame):
                own.append(
                    (
                        not with_noun if called_off else path[-1].i != verb.i,
                        not day.exact,
                        abs(day.start - frame.start),
                        day,
                    )
                )
    best = min(own, key=lambda one: one[:3])[3] if own else None
    if called_off and best is not None and (best.first - published).days > 200:
        near = [one for one in days_in(sentence.text, published) if one.start == best.start]
        return near[0] if near else best
    return best


def _path(token: Token, verb: Token) -> list[Token]:
    """From a word up to the next verb, or to the frame's own word."""
    path = [token]
    while token.head.i != token.i and token.pos_ not in ("VERB", "AUX") and token.i != verb.i:
        token = token.head
        path.append(token)
    return path


def _elsewhere(path: list[Token], frame: Frame) -> bool:
    """Whether a day belongs to something else that is only named: "before his trip next week", "after the May vote"."""
    return (
        any(token.dep_ == "prep" and token.lower_ in _AFTER for token in path[1:])
        or any(
            token.lemma_.lower() in ENCOUNTERS
            and token.dep_ == "pobj"
            and token.i != frame.token
            and token.head.lower_
            not in ("for", "on", "upon")  # "will host her for a visit on Monday": the same encounter
            for token in path[1:]
        )
    )


def _shares(above: Token, verb: Token, frame: Frame) -> bool:
    """Whether a day said with another verb is the frame's too: "is due on Monday to visit", "agreed to meet today"."""
    if saying(above):
        # What is said is done by saying it: the day of the announcement is that of an agreement, not of a visit.
        return frame.event != "CONSULT" and above.is_ancestor(verb)
    if verb.is_ancestor(above):
        called_off = frame.mode in ("cancel", "postpone") and above.dep_ in ("acl", "relcl")
        by = above.dep_ == "pcomp" and above.head.lower_ == "by"  # "began his tour by travelling to Tanzania on Monday"
        return bool(above.dep_ == "xcomp" or by or called_off)
    while verb.i != above.i:
        joined = verb.dep_ in ("xcomp", "ccomp", "oprd", "acomp", "nsubj", "nsubjpass")
        joined = joined or (verb.dep_ in ("pobj", "prep") and not frame.needs_day)
        if verb.head.i == verb.i or not (joined or (verb.dep_ == "conj" and verb.tag_ == verb.head.tag_)):
            return False
        verb = verb.head
    return True


def _status(frame: Frame, day: TextDay | None, published: dt.date) -> str | None:
    """The status of what is said; None if the plan's days have passed."""
    if frame.mode in ("cancel", "postpone"):
        return "cancelled" if frame.mode == "cancel" else "postponed"
    ahead = frame.ahead or frame.roles == "departs" or (day is not None and day.first > published)
    if not ahead:
        return "reported" if frame.hearsay and frame.event == "CONSULT" else "occurred"
    if frame.event == "REJECT":
        return "announced" if day is not None and day.first > published else "occurred"
    if frame.roles == "departs":
        return "announced"  # who has left is on his way
    if day is not None and (day.last < published or (not day.exact and day.last == published)):
        return "occurred" if frame.event == "SANCTION" else None  # "the decision to expel them last week"
    return "reported" if frame.hearsay or frame.stance == "possible" else "announced"


def _dated(frame: Frame, day: TextDay | None, status: str, published: dt.date) -> tuple[dt.date, dt.date, str]:
    """First and last day, and what the text leaves open of them."""
    if day is None:
        return published, published, "started_on: no day is named"
    first, last = day.first, day.last
    if status == "occurred" or (status == "reported" and not frame.ahead):
        first, last = min(first, published), min(last, published)
    return first, last, "" if day.exact else "started_on: a day of these"


def _confidence(frame: Frame, source: Actor, recipient: Actor, open_day: str) -> float:
    certain = _CERTAIN[frame.stance] * min(source.certain, recipient.certain)
    certain *= 0.8 if frame.hearsay else 1.0
    certain *= 0.85 if open_day else 1.0
    certain *= 1.0 if frame.event == "CONSULT" or frame.mode in ("cancel", "postpone") else 0.85
    return round(certain, 2)


def _merged(candidates: list[Candidate]) -> list[Candidate]:
    """Make one row of what an article tells several times: talks of the same sides whose days and persons agree."""
    kept: list[Candidate] = []
    for candidate in candidates:
        for place, other in enumerate(kept):
            if _same(candidate, other):
                kept[place] = _union(other, candidate)
                break
        else:
            kept.append(candidate)
    return kept


def _same(one: Candidate, other: Candidate) -> bool:
    if {one.source, one.recipient} != {other.source, other.recipient}:
        return False
    if one.event != "CONSULT" and one.source != other.source:
        return False
    if one.event not in ("CONSULT", "SANCTION") and (one.started_on, one.ended_on) != (
        other.started_on,
        other.ended_on,
    ):
        return False
    kinds = [
        (
            "in person" if each.mode in _IN_PERSON else each.mode,
            each.event,
            "" if each.event == "AGREE" else each.status,
        )
        for each in (one, other)
    ]
    if kinds[0] != kinds[1]:
        return False
    if one.place and other.place and one.place != other.place:
        return False
    persons = [set(each.persons.split("; ")) - {""} for each in (one, other)]
    if one.mode == other.mode and one.mode in ("cancel", "postpone") and one.level == other.level:
        return not all(persons) or bool(persons[0] & persons[1])
    alike = (one.level, one.started_on) == (other.level, other.started_on)
    unlike = all(persons) and not persons[0] & persons[1] and not alike
    open_ = any("no day" in each.unresolved for each in (one, other))
    together = one.started_on <= other.ended_on and other.started_on <= one.ended_on
    generic = one.level == other.level or not all(persons) or persons[0] == persons[1]
    return not unlike and generic and (together or open_)


def _union(one: Candidate, other: Candidate) -> Candidate:
    """The fuller of two rows of one event, with what the other adds."""
    first, second = sorted(
        (one, other),
        key=lambda each: (-len(each.persons.split("; ")) * bool(each.persons), "started_on" in each.unresolved),
    )
    dated = first if "started_on" not in first.unresolved or "started_on" in second.unresolved else second
    place = first.place or second.place
    return replace(
        first, started_on=dated.started_on, ended_on=dated.ended_on, place=place,
        mode=second.mode if first.mode == "meet" and second.place else first.mode,
        source=second.source if first.mode == "meet" and second.place else first.source,
        recipient=second.recipient if first.mode == "meet" and second.place else first.recipient,
        note=_joined(one.note, other.note), dialogue=first.dialogue or second.dialogue,
        confidence=max(one.confidence, other.confidence),
        unresolved=dated.unresolved if "started_on" not in dated.unresolved else first.unresolved,
    )  # fmt: skip
