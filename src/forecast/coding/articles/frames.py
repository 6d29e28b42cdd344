"""Frames: what a verb of a sentence says was done, is planned or is denied, and which words name who did it to whom.

The verbs and their objects stand in `frames.csv`, in the order in which they are tried. A frame knows no states: it
holds the stretches of the sentence in which its sides are named, the tense, and how far the sentence stands by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from forecast.coding import read_table

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

#: Children of a verb that are clauses of their own.
_CLAUSES: Final = frozenset({"conj", "advcl", "ccomp", "parataxis", "relcl", "csubj", "acl"})


def _verbs(group: str) -> frozenset[str]:
    return frozenset(row["verb"] for row in read_table("articles/verbs.csv") if row["group"] == group)


_SAYING: Final = _verbs("saying")
_PLANNING: Final = _verbs("planning")
#: Who does these has not done the other: "hopes to meet", "asked him to come", "failed to agree".
_WISHING: Final = _verbs("wishing")
_WEIGHING: Final = _verbs("weighing")
_HOPES: Final = _verbs("hopes")
_CONDITIONS: Final = frozenset({"if", "whether", "unless", "until", "before"})
_HEARSAY: Final = re.compile(
    r"people (?:familiar|briefed|close|with knowledge)|(?:unnamed|unidentified|anonymous) |sources? (?:said|say|told"
    r"|close|familiar|with)|(?:diplomatic|government|media|several|two|three) sources|reportedly"
    r"|(?:is|was|are) (?:said|rumou?red|believed|understood) to"
    r"|according to (?:\w+ ){0,3}(?:media|newspapers?|reports?|people|sources)|rumou?rs?|person familiar"
    r"|on condition of anonymity|media reports?",
    re.IGNORECASE,
)


#: A standing body, whose meeting is a session.
_BODY: Final = re.compile(r"\b(?:commission|committee|working group|dialogue|council|mechanism)\b")
#: Nouns of encounters: frame, event, mode and roles.
ENCOUNTERS: Final = {
    **dict.fromkeys(("visit", "trip", "journey", "tour"), ("visit", "CONSULT", "visit", "travels")),
    **dict.fromkeys(
        ("meeting", "talk", "summit", "conversation", "discussion", "encounter"), ("meet", "CONSULT", "meet", "mutual")
    ),
    "call": ("phone", "CONSULT", "phone", "mutual"),
    "invitation": ("invite", "AGREE", "invite", "acts"),
}
#: Nouns of what one side does to another: "the cancellation of his visit", "measures including the expulsion of ...".
_DEEDS: Final = {
    "cancellation": ("cancel", "SANCTION", "cancel", "acts"), "expulsion": ("expel", "SANCTION", "expel", "acts"),
    "postponement": ("postpone", "SANCTION", "postpone", "acts"),
}  # fmt: skip
#: What encounters are about, which names no side of them.
_TOPICS: Final = frozenset({"about", "regarding", "concerning", "including", "despite", "amid"})
#: Nouns behind "in" and "as" that name a reason: "in retaliation for her visit to Taiwan".
_REASONS: Final = frozenset(
    {"retaliation", "response", "protest", "reaction", "solidarity", "light", "view", "row", "dispute", "connection"}
)
#: What was once planned: no more is said of it than that ("had been due to visit in December").
_LAPSED: Final = re.compile(
    r"\bhad been (?:(?:originally|initially|first|previously|also|once) )?(?:due|scheduled|supposed|slated"
    r"|expected|meant|set) to (?:\w+ly )?(?:be )?$"
)
_DURING: Final = frozenset({"during", "after", "following", "at", "in", "on"})
_GOING_ON: Final = re.compile(r"(?:are|is|were|was) (?:\w+ )?(?:under ?way|ongoing|taking place|continuing|held)\b")
_IN_WHICH: Final = re.compile(r"^(?:in|during|at) which\b")
_REPORTS: Final = frozenset({"readout", "statement", "remark", "transcript", "note", "background", "photo"})


@dataclass(frozen=True)
class Frame:
    """One thing that a sentence says: offsets are characters of the sentence.

    `stance` is ``fact``, ``plan`` (it will be), ``possible`` (it may be, or is being discussed), ``denied`` or
    ``unreal`` (it is wished or supposed); `ahead` says whether it lies in the future.
    """

    name: str
    event: str
    mode: str
    roles: str
    start: int
    end: int
    subject: tuple[tuple[int, int], ...]
    object: tuple[tuple[int, int], ...]
    passive: bool
    stance: str
    ahead: bool
    hearsay: bool
    progressive: bool
    token: int
    needs_day: bool = False


@cache
def _rows() -> list[tuple[dict[str, str], frozenset[str], re.Pattern[str]]]:
    return [
        (row, frozenset(row["verbs"].split()), re.compile(row["object"])) for row in read_table("articles/frames.csv")
    ]


@cache
def trigger() -> re.Pattern[str]:
    """A word that may begin a frame: what no sentence without one needs to be parsed for."""
    stems = {verb.split("_")[0] for _, verbs, _ in _rows() for verb in verbs if verb != "*"}
    short = {"be", "see", "set", "go", "add", "take", "come", "get", "make", "have", "hold", "put", "give"}
    stems = {stem if stem in short else stem[:-1] if stem.endswith(("e", "y")) else stem for stem in stems} | {
        "met", "spoke", "held", "sent", "paid", "fl[ey]w", "broke", "began", "sat", "cut", "withdr[ae]w", "gave",
        "given", "sought", "fought", "struck", "shot", "forg[ai]ve", "left", "swore", "sworn", "took", "made",
    }  # fmt: skip
    return re.compile(rf"\b(?:{'|'.join(sorted(stems))})\w*", re.IGNORECASE)


def frames_in(doc: Doc) -> list[Frame]:
    """List the frames of a parsed sentence, in order; what one verb says is one frame."""
    hearsay = bool(_HEARSAY.search(doc.text))
    found = []
    for token in doc:
        if token.pos_ not in ("VERB", "AUX") or token.dep_ in ("aux", "auxpass", "amod", "compound"):
            continue
        row = _row(token)
        if row is not None:
            found.append(_frame(token, row, hearsay))
    found += [frame for token in doc if (frame := _nominal(token, hearsay)) is not None]
    return found


def _row(verb: Token) -> dict[str, str] | None:
    lemmas = _lemmas(verb)
    if "go" in lemmas and any(child.dep_ == "xcomp" for child in verb.children):
        return None  # "is going to meet" is no journey
    if lemmas & {"call_home", "call_back", "call_in", "call_up", "call_off"}:
        lemmas.discard("call")
    if lemmas & {"set", "plan", "schedule", "arrange"} and any(child.dep_ == "xcomp" for child in verb.children):
        return None  # "is set to attend the summit": what is planned has a verb of its own
    if "call" in lemmas and any(child.dep_ in ("oprd", "ccomp", "acomp") for child in verb.children):
        return None  # "called him a friend" is no call
    said = _said(verb)
    for row, verbs, pattern in _rows():
        if (verbs & lemmas or "*" in verbs) and pattern.search(said):
            body = row["frame"] == "meet" and _BODY.search(" ".join(token.lower_ for token in _subject(verb)[0]))
            return row | {"frame": "session", "mode": "dialogue"} if body else row
    return None


def _lemmas(verb: Token) -> set[str]:
    """The verb, and the verb with its particle or set noun: "call_off", "take_place"."""
    lemma = verb.lemma_.lower()
    joined = {lemma}
    if verb.i > 1 and verb.doc[verb.i - 1].text == "-" and verb.doc[verb.i - 2].lower_ == "re":
        joined.add(f"re_{lemma}")  # "re-establish" is three words to the parser
    for child in verb.children:
        fixed = child.dep_ == "dobj" and child.lemma_ in ("place", "part")
        if child.dep_ in ("prt", "advmod") or fixed or (child.dep_ == "prep" and child.i == verb.i + 1):
            joined.add(f"{lemma}_{child.lower_}")
    return joined


def _said(verb: Token) -> str:
    """What the verb is said of, in small letters: its object, in the passive its subject, and what follows."""
    parts = [token.lower_ for token in _right(verb)][:24]
    parts += [f"that {child.lemma_.lower()}" for child in verb.children if child.dep_ == "ccomp"]
    # "said that they must leave" demands it.
    parts += [f"that {aux.lower_}" for child in verb.children if child.dep_ == "ccomp" for aux in child.children
              if aux.dep_ == "aux" and aux.lower_ in ("must", "should", "ought")]  # fmt: skip
    if _borrows(verb):
        return " ".join(token.lower_ for token in _subject(verb)[0]) + " " + " ".join(parts)
    passive = any(child.dep_ == "nsubjpass" for child in verb.children)
    if passive or (verb.lemma_ == "take" and "place" in parts[:1]) or verb.lemma_ in ("occur", "happen"):
        parts = [
            token.lower_ for child in verb.children if child.dep_ in ("nsubj", "nsubjpass") for token in child.subtree
        ] + parts
    if verb.dep_ in ("relcl", "acl") and verb.tag_ in ("VBN", "VBD") and not _by_relative(verb):
        parts = [token.lower_ for token in verb.head.lefts] + [verb.head.lower_] + parts
    return " ".join(parts)


def _borrows(verb: Token) -> bool:
    """Whether a passive verb has the subject of another: "the meeting is likely to be held"."""
    own = {child.dep_ for child in verb.children}
    return "auxpass" in own and verb.dep_ == "xcomp" and not own & {"nsubj", "nsubjpass"}


def _by_relative(verb: Token) -> bool:
    """Whether who did it is the word before the clause: "Qin, who accepted an invitation"."""
    return any(child.dep_ == "nsubj" and child.lower_ in ("who", "which", "that") for child in verb.children)


def _right(verb: Token) -> list[Token]:
    """Words after a verb that belong to it and to no other clause."""
    kept = []
    for child in verb.children:
        if child.i > verb.i and not (child.dep_ in _CLAUSES and child.pos_ in ("VERB", "AUX")):
            kept += [token for token in child.subtree if not _elsewhere(token, child)]
    return sorted(kept, key=lambda token: token.i)


def _elsewhere(token: Token, top: Token) -> bool:
    """Whether a word stands in a relative or other clause below the top of a phrase."""
    while token.i != top.i:
        if token.dep_ in ("relcl", "advcl", "ccomp", "acl") and token.pos_ in ("VERB", "AUX"):
            return True
        token = token.head
    return False


def _frame(verb: Token, row: dict[str, str], hearsay: bool) -> Frame:
    subject, passive = _subject(verb)
    stance, ahead, weighed = _stance(verb)
    progressive = verb.tag_ == "VBG" and any(
        child.lemma_ == "be" and child.tag_ in ("VBZ", "VBP") for child in verb.children
    )
    agent = [token for child in verb.children if child.dep_ == "agent" for token in child.subtree]
    topics = _TOPICS | _DURING if row["mode"] in ("cancel", "postpone") else _TOPICS
    right = [token for token in _right(verb) if token not in agent and not _topic(token, verb, topics)]
    own = [child.lower_ for child in verb.children if child.dep_ == "nsubjpass"]
    if verb.dep_ in ("relcl", "acl") and passive and (not own or own[0] in ("who", "which", "that")):
        subject = [token for token in verb.head.subtree if token.i < verb.i]
    # "is expected in Washington": who travels is the subject, whatever the voice.
    sides = (agent, subject + right) if passive and row["roles"] != "travels" else (subject, right)
    return Frame(
        row["frame"], row["event"], row["mode"], row["roles"], verb.idx, verb.idx + len(verb), _spans(sides[0]),
        _spans(sides[1]), passive, stance, ahead, hearsay or weighed, progressive, verb.i,
    )  # fmt: skip


def _topic(token: Token, verb: Token, topics: frozenset[str] = _TOPICS) -> bool:
    """Whether a word stands below a preposition of what is talked about."""
    while token.i != verb.i and token.head.i != token.i:
        if (
            (token.dep_ == "prep" and token.lower_ in topics and token.head.i == verb.i)
            or (token.dep_ == "prep" and token.lower_ in _TOPICS)
            or (token.dep_ == "pobj" and token.lower_ in _REASONS)
        ):
            return True
        token = token.head
    return False


def _subject(verb: Token) -> tuple[list[Token], bool]:
    """The words of the subject, the verb's own or the one that it shares, and whether the verb is passive."""
    passive = any(child.dep_ in ("nsubjpass", "auxpass") for child in verb.children) or (
        verb.dep_ == "acl" and verb.tag_ == "VBN"
    )
    for _ in range(6):
        own = [child for child in verb.children if child.dep_ in ("nsubj", "nsubjpass")]
        if own and own[0].lower_ not in ("who", "which", "that"):
            return [token for token in own[0].subtree if not _elsewhere(token, own[0])], passive
        if verb.dep_ in ("relcl", "acl"):
            return [
                token for token in verb.head.subtree if token.i < verb.i and not _elsewhere(token, verb.head)
            ], passive
        if (
            verb.dep_ not in ("conj", "xcomp", "advcl", "pcomp", "ccomp", "prep", "dep", "acomp", "attr")
            or verb.head.i == verb.i
        ):
            break
        verb = verb.head
    return [], passive


def _spans(tokens: list[Token]) -> tuple[tuple[int, int], ...]:
    """Stretches of the sentence that words cover."""
    spans: list[list[int]] = []
    for token in sorted(tokens, key=lambda one: one.i):
        end = token.idx + len(token)
        if spans and token.idx - spans[-1][1] <= 1:
            spans[-1][1] = end
        else:
            spans.append([token.idx, end])
    return tuple((first, last) for first, last in spans)


def _stance(verb: Token) -> tuple[str, bool, bool]:
    """How the sentence stands to what the verb says: stance, in the future, on hearsay or weighed."""
    auxiliaries = _auxiliaries(verb)
    infinitive = "to" in auxiliaries
    denied = _denied(verb)
    if _LAPSED.search(verb.doc.text[: verb.idx]):
        return "unreal", True, False
    marks = {child.lower_ for child in verb.children if child.dep_ == "mark"}
    if marks & _CONDITIONS and "before" not in marks and not ("whether" in marks and "as planned" in verb.doc.text):
        return "unreal", False, False
    if _hoped(verb):
        return "unreal", True, False
    if auxiliaries & {"must", "should", "ought"}:
        return "unreal", False, False
    stance, ahead = _by_auxiliaries(verb, auxiliaries)
    weighed = False
    for governor, link in _governors(verb):
        lemma = governor.lemma_.lower()
        denied = denied or (link in ("xcomp", "acl", "pcomp") and _denied(governor))
        if _cannot(governor):
            denied, ahead, stance, infinitive = True, True, "plan", False
            continue
        if lemma in (*_WEIGHING, "plan", "intention") and _denied(governor):
            return "unreal", ahead, weighed  # "there are no plans to meet"
        if lemma in _WISHING and link in ("xcomp", "ccomp", "pcomp", "acl", "advcl"):
            return "unreal", ahead, weighed
        if lemma in _WEIGHING and (infinitive or link in ("pcomp", "xcomp", "ccomp")):
            stance, ahead, weighed = "possible", True, True
        elif lemma == "be" and infinitive and link == "xcomp":
            # "is to come" is a plan; "was to come" says no more that it stands.
            stance, ahead = ("unreal" if governor.tag_ == "VBD" else "plan"), True
        elif (lemma in _PLANNING or lemma == "go") and infinitive and lemma not in ("begin", "start", "continue"):
            stance, ahead = "plan", True
        elif link == "advcl" and infinitive:
            return "unreal", ahead, weighed
        if {child.lower_ for child in governor.children if child.dep_ == "mark"} & {"if", "whether", "unless"}:
            return "unreal", ahead, weighed
    if infinitive and stance == "fact":
        # A headline's "Biden to host Modi"; any other infinitive says nothing that was done.
        stance, ahead = ("plan", True) if verb.dep_ == "ROOT" or _acl_of_plan(verb) else ("unreal", True)
    return ("denied" if denied and stance != "unreal" else stance), ahead, weighed


def _cannot(word: Token) -> bool:
    """Whether somebody is not able to do it."""
    lemma = word.lemma_.lower()
    return lemma == "unable" or (lemma == "able" and (_denied(word) or _denied(word.head)))


def _auxiliaries(verb: Token) -> set[str]:
    """Auxiliaries of a verb, or of the one that it is joined to without any of its own."""
    found = {child.lower_ for child in verb.children if child.dep_ in ("aux", "auxpass")}
    first = verb
    while first.dep_ == "conj" and first.head.pos_ == "VERB" and not found and verb.tag_ == "VB":
        first = first.head  # "would come to cement ties and offer help": the second is as unreal as the first
        found = {child.lower_ for child in first.children if child.dep_ in ("aux", "auxpass")}
    return found


def _by_auxiliaries(verb: Token, auxiliaries: set[str]) -> tuple[str, bool]:
    """Stance of a verb by its auxiliaries alone, and whether it is in the future."""
    if auxiliaries & {"will", "'ll", "’ll", "shall", "wo", "wo n't"}:
        return "plan", True
    if auxiliaries & {"may", "might", "could", "can"}:
        return "possible", True
    if auxiliaries & {"would", "'d"}:
        # "said that he would come" tells of a plan; "would come if invited" does not.
        return ("plan" if _reported(verb) else "unreal"), True
    return "fact", False


def _acl_of_plan(verb: Token) -> bool:
    return verb.dep_ == "acl" and verb.head.lemma_ in ("plan", "intention", "decision", "agreement")


def _hoped(verb: Token) -> bool:
    """Whether the clause is what some noun hopes or fears: "expectations that he will come"."""
    first = min(
        (token.i for child in verb.children if child.dep_ == "nsubj" for token in child.subtree), default=verb.i
    )
    return any(token.lemma_.lower() in _HOPES for token in verb.doc[max(0, first - 2) : first])


def _denied(verb: Token) -> bool:
    words = [
        child
        for child in verb.children
        if child.dep_ in ("neg", "preconj") or child.lower_ in ("never", "not", "neither", "no")
    ]
    nouns = [child for child in verb.children if child.dep_ in ("nsubj", "nsubjpass", "dobj", "attr")]
    return bool(words) or any(child.lower_ in ("no", "neither") for noun in nouns for child in noun.children)


def _reported(verb: Token) -> bool:
    """Whether a verb stands in what somebody said: "said that he would come"."""
    sentence = [token.lemma_.lower() for token in verb.doc if token.pos_ == "VERB"]
    return bool(_SAYING.intersection(sentence)) and not any(token.lower_ in ("if", "unless") for token in verb.doc)


def _governors(verb: Token) -> Iterator[tuple[Token, str]]:
    """Verbs, adjectives and nouns that a verb completes ("hopes to come", "a plan to come"), each with the link below.

    A clause that only stands beside another ("after he came") is true by itself: it has no governor.
    """
    for _ in range(5):
        link = verb.dep_
        if link == "conj":
            verb = verb.head
            continue
        infinitive = any(child.lower_ == "to" and child.dep_ == "aux" for child in verb.children)
        if link not in ("xcomp", "ccomp", "pcomp", "oprd", "acomp") and not (infinitive and link in ("advcl", "acl")):
            return
        if link == "pcomp" and verb.head.lower_ in ("after", "before", "since", "by", "in", "on", "while", "following"):
            return
        verb = verb.head.head if link == "pcomp" else verb.head
        yield verb, link


def saying(token: Token) -> bool:
    """Whether a word is a verb of saying, whose day is that of the report.

    Examples
    --------
    >>> from forecast.coding.articles.parsing import parsed
    >>> [token.text for token in parsed(["He met her, sources said on Monday."])[0] if saying(token)]
    ['said']
    """
    return token.pos_ == "VERB" and token.lemma_.lower() in _SAYING


def _nominal(noun: Token, hearsay: bool) -> Frame | None:
    """Read an encounter that is only named: "after his talks with X on Monday", "at the invitation of Y"."""
    named = noun.lemma_.lower()
    kind = ENCOUNTERS.get(named, _DEEDS.get(named)) if noun.pos_ in ("NOUN", "PROPN") else None
    if kind is None or (named in _DEEDS and not any(child.lower_ == "of" for child in noun.children)):
        return None
    verb = noun
    while verb.head.i != verb.i and verb.pos_ not in ("VERB", "AUX"):
        verb = verb.head
    owned = any(child.dep_ == "poss" for child in noun.children)
    done = named in _DEEDS and (owned or _stance(verb)[0] == "fact")
    within = any(child.dep_ == "relcl" and _IN_WHICH.search(_words(child)) for child in noun.children)
    placed = ("fact", False, False) if done or within else _placed(noun, verb)
    if placed is None:
        return None
    stance, ahead, needs_day = placed
    owner = [child for child in noun.children if child.dep_ == "poss"]
    subject = [token for child in owner for token in child.subtree]
    if (not owner or owner[0].pos_ == "PRON") and verb.pos_ in ("VERB", "AUX"):
        subject = _subject(verb)[0]
    doer = [child for child in noun.children if child.lower_ == "by"] if named in _DEEDS else []
    if named in _DEEDS and (doer or (not owner and noun.dep_ != "dobj")):
        subject = [token for child in doer for token in child.subtree]
    object_ = [
        token
        for child in noun.children
        if child.dep_ in ("prep", "compound", "nmod", "amod")
        and child.lower_ not in ("in", "at", "on", "about")
        and child not in doer
        for token in child.subtree
        if not _elsewhere(token, child)
    ]
    name, event, mode, roles = kind
    if any(child.lower_ in ("phone", "telephone", "telephonic") for child in noun.children):
        name, mode = "phone", "phone"
    clause = next((child for child in noun.children if child.dep_ == "relcl" and _IN_WHICH.search(_words(child))), None)
    if roles == "mutual" and clause is not None and _stance(clause)[0] == "fact":
        stance, ahead, needs_day = "fact", False, False
        subject, object_ = _subject(clause)[0], [token for token in _right(clause) if not _topic(token, clause)]
    elif roles == "mutual" and not owner and not any(child.lower_ in ("with", "between") for child in noun.children):
        return None
    if name == "invite":
        subject, object_ = object_, subject
    inside = [token for token in noun.subtree if token.i > noun.i]
    return Frame(
        name, event, mode, roles, noun.idx, noun.idx + len(noun), _spans(subject), _spans(object_ or inside), False,
        stance, ahead, hearsay, False, noun.i, needs_day,
    )  # fmt: skip


def _words(clause: Token) -> str:
    """The first words of a clause."""
    return " ".join(token.lower_ for token in list(clause.subtree)[:3])


def _placed(noun: Token, verb: Token) -> tuple[str, bool, bool] | None:
    """What a noun's place in the sentence says of it: stance, in the future, and whether it needs a day to count."""
    if verb.pos_ not in ("VERB", "AUX") or (noun.dep_ == "pobj" and noun.head.head.lemma_.lower() in _REPORTS):
        return "fact", False, False
    if noun.dep_ == "nsubj" and _GOING_ON.match(verb.doc.text, verb.idx):
        return "fact", False, False
    if noun.dep_ in ("nsubj", "nsubjpass") and noun.head.i == verb.i:
        return ("fact", False, True) if _row(verb) is None else None
    if noun.dep_ != "pobj":
        return None
    word, above = noun.head.lower_, noun.head.head.lower_
    if word == "before" or (word == "of" and above in ("ahead", "advance")) or (word == "to" and above == "prior"):
        return "plan", True, False
    if word not in _DURING or noun.head.head.pos_ not in ("VERB", "AUX"):
        return None
    stance, ahead, _ = _stance(verb)
    if word == "at" and noun.lemma_ == "invitation":
        return "fact", False, False
    if stance in ("unreal", "possible", "denied"):
        return ("fact", False, True) if word in ("during", "after", "following") else None
    return stance, ahead, word in ("after", "following")
