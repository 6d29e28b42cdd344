"""What the details of a stop say: a meeting with the host, with others beside it, or none and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from forecast.dates import Day
from forecast.errors import StateError
from forecast.facts.countries import find_state, fold, states
from forecast.facts.leaders import Spell
from forecast.readers.coded_source import venue_named_first

#: Why a stop is no meeting, each with the words that say so; the first that fits counts.
REASONS: Final = {
    "by video": r"\bvirtual(?:ly)?\b|\bby video\b|\bvideo ?conference\b|\bvia video\b",
    "funeral": r"\bfunerals?\b|\bmemorial service\b|\bburial\b|\blying[- ]in[- ]state\b"
    r"|\bpaid (?:his |her |their )?respects\b|\bcondolences\b",
    "private": r"\bprivate(?:ly)?\b|\bvacation\b|\bholidays?\b|\bmedical\b|\bpersonal (?:visit|trip)\b|\bpilgrimage\b",
    "transit": r"\bstop-?overs?\b|\brefuel\w*\b|\btransit\w*\b|\blay-?over\b|\btechnical (?:stop|landing)\b"
    r"|\ben route\b",
    "troops": r"\btroops?\b|\bsoldiers?\b|\bservice ?members\b|\bmilitary base\b|\bpeacekeepers\b",
    "ceremony": r"\binaugurations?\b|\bswearing[- ]in\b|\bcoronation\b|\bwedding\b|\banniversary\b|\bcommemorat\w+\b"
    r"|\bolympics?\b|\b(?:opening|closing) ceremony\b|\bworld cup\b|\bceremony\b|\bparade\b",
}
_NOBODY: Final = "nobody named"

#: Stays at the host's invitation: the word itself makes the stop a meeting.
_STAY: Final = re.compile(
    r"\b(?:state|official|working|bilateral|friendly|friendship|goodwill|introductory|inaugural)"
    r"(?:,? (?:and |& )?(?:state|official|working|bilateral|friendly))* visits?\b|\b(?:annual|bilateral) summit with\b"
    r"|\bsummit with (?:the )?(?:[a-z.]+ )?(?:president|prime minister|chancellor|premier|king|emperor)\b",
    re.IGNORECASE,
)
#: Talks of the two sides; beside a summit they may be with anybody.
_TALKS: Final = re.compile(
    r"\bbilateral (?:meeting|talk|discussion|relation|tie|cooperation|consultation|agreement|trip|issue)s?\b"
    r"|\bjoint (?:statement|communiqu[eé]|declaration|press conference|news conference)\b"
    r"|\bintergovernmental consultations\b",
    re.IGNORECASE,
)
#: Events at which the host's leader sits with the others.
_SUMMIT: Final = re.compile(
    r"\bsummits?\b|\bG-?(?:7|8|20)\b|\bAPEC\b|\bBRICS\b|\bCHOGM\b|\bCOP ?-?\d+\b|\bClimate Change Conference\b"
    r"|\bEuropean Council\b|\bEuropean Political Community\b|\bHeads of (?:State|Government)\b"
    r"|\bSupreme Eurasian Economic Council\b|\bCouncil of (?:the )?(?:Heads|Collective)|\bNordic Council\b"
    r"|\b(?:leaders'?|ministerial) meeting\b|\bWeimar Triangle\b|\btrilateral\b|\bquadrilateral\b"
    r"|\bpeace (?:conference|talks)\b|\bConference on (?:Interaction|Afghanistan|Libya|Syria|Ukraine)\b"
    r"|\bBelt and Road Forum\b|\bForum on China\S* Cooperation\b|\bSCO\b|\bASEAN\b|\bShanghai Cooperation\b",
    re.IGNORECASE,
)
#: Events on the host's soil that are not his: only a meeting that is named counts there.
_GUEST: Final = re.compile(
    r"\bGeneral Assembly\b|\bUnited Nations (?:headquarters|Security Council)\b"
    r"|\bUN (?:headquarters|Security Council)\b|\bWorld Economic Forum\b|\bDavos\b|\bSecurity Conference\b"
    r"|\bEuropean Parliament\b|\bbusiness (?:summit|forum)\b|\bCEO summit\b|\bSummit of the Future\b"
    r"|\b(?:sustainable development goals|SDG) summit\b|\bNobel\b",
    re.IGNORECASE,
)
_MEETS: Final = re.compile(
    r"\b(?:met|meets?|meetings?|talks|talked|received|welcomed|hosted|greeted|audience|dined|dinner|lunch(?:eon)?|hosts?"
    r"|discuss(?:ed|ions?|es)?|conferred|held|spoke with|invited by|invitation)\b",
    re.IGNORECASE,
)
_NOT_MET: Final = re.compile(
    r"\b(?:did not meet|without meeting|was (?:due|scheduled|supposed) to meet|phone|telephon\w+|by video|virtual\w*"
    r"|declined|refused)\b",
    re.IGNORECASE,
)
#: What they talked about, or what the meeting came before, names people who were not there.
_ABOUT: Final = re.compile(
    r"\b(?:to discuss|discuss(?:ed|ing) (?!bilateral|with)|about|regarding|concerning|(?:since|after|before|following"
    r"|successor to|predecessor|despite|against|ahead of|in support of|in memory of|the death of|late))\b",
    re.IGNORECASE,
)
_OFF: Final = re.compile(
    r"^\W*(?P<first>cancel+ed|postponed|called off)\b"
    r"|\b(?:trip|visit|journey|travel|summit|meeting)s? (?:(?:was|is|has been|had been|were|later|being|to be) )*"
    r"(?P<then>cancel+ed|postponed|called off)\b",
    re.IGNORECASE,
)
_OFFICE: Final = re.compile(
    r"(?<![-\w])(?P<office>[Pp]rime [Mm]inister|[Pp]resident|[Cc]hancellor|[Pp]remier|[Tt]aoiseach|King|Queen|Emperor"
    r"|Sultan|Emir|Pope|Grand Duke|Supreme Leader|Chairman|General Secretary|[Hh]ead of (?:[Ss]tate|[Gg]overnment)"
    r"|PM|[Cc]ounterparts?|[Ll]eaders?)(?![-\w])(?!(?:'s|’s) (?:wife|husband|son|daughter))"
)
#: Words before an office that make it another one.
_LESSER: Final = re.compile(
    r"\b(?:vice|deputy|former|ex|elect|acting foreign|assistant|opposition|party|business|religious|community|congress"
    r"|parliament(?:ary)?|senate|european commission|european council|commission|council|regional|state|military"
    r"|spiritual|tribal|union|world|civil|youth|industry|student|future|un|nato|ifi|bank)\W*$",
    re.IGNORECASE,
)
_NOT_OF: Final = re.compile(
    r"^(?:[-–\s]*elect\b|,? of (?:the )?(?:european|united nations|senate|parliament|national assembly|chamber|house"
    r"|bundestag|state duma|assembly|congress|world bank|commission|council|federal council|supreme court|african union"
    r"|swiss national|nato|region|generalitat|republika srpska|catalonia|scotland|hesse|bavaria|zanzibar)\b)",
    re.IGNORECASE,
)
_NAME: Final = re.compile(
    r"^,? ?((?:[A-ZÀ-Þ][\w'’.-]*)(?: (?:(?:al|el|bin|ibn|de|da|dos?|der|van|von|den|y|e|la)\b|[A-ZÀ-Þ][\w'’.-]*)){0,4})"
)


@dataclass(frozen=True)
class Other:
    """The leader of a third state who was met."""

    state: str
    person: str
    office: str


@dataclass(frozen=True)
class Ruling:
    """What a stop is."""

    setting: str = ""
    status: str = "occurred"
    venue: str = ""
    persons: str = ""
    offices: str = ""
    note: str = ""
    reason: str = ""
    others: tuple[Other, ...] = field(default=())


def rule_on(
    details: str, *, host: str, focal: str, on: Day, leaders: Sequence[Spell] = (), planned: bool = False
) -> Ruling:
    """Rule on a stop by its details.

    Examples
    --------
    >>> import numpy as np
    >>> rule_on("Working visit.", host="DEU", focal="FRA", on=np.datetime64("2019-05-01")).setting
    'bilateral'
    >>> rule_on("Refuelling stop.", host="DEU", focal="FRA", on=np.datetime64("2019-05-01")).reason
    'no meeting: transit'
    """
    text = " ".join(details.split())
    off = _OFF.search(text)
    status = "occurred"
    if off:
        word = (off["first"] or off["then"]).lower()
        status = "postponed" if word == "postponed" else "cancelled"
    if not text.strip(" .-–—"):
        return Ruling(setting="bilateral", note="no details")
    with_host, others = _met(text, host=host, focal=focal, on=on, leaders=leaders)
    guest, summit = _GUEST.search(text), _SUMMIT.search(_GUEST.sub(" ", text))
    larger = bool(guest or summit)
    venue = venue_named_first(text, kind="series") if larger else ""
    found = Ruling(
        status=status,
        venue=venue,
        persons="; ".join(dict.fromkeys(one.person for one in with_host if one.person)),
        offices="; ".join(dict.fromkeys(one.office for one in with_host)),
        others=others,
    )
    own = _without(text, others)
    if _STAY.search(own) and not re.search(r"(?i)\bunofficial visit", text):
        return replace(found, setting="bilateral")
    if with_host:
        return replace(found, setting="margins" if larger else "bilateral")
    if re.search(REASONS["by video"], text, re.IGNORECASE):
        return replace(found, reason="no meeting: by video", others=())
    if summit:
        return replace(found, setting="multilateral")
    if off or (_TALKS.search(own) and not guest):
        return replace(found, setting="bilateral")
    reason = next((name for name, pattern in REASONS.items() if re.search(pattern, text, re.IGNORECASE)), _NOBODY)
    if planned and reason == _NOBODY and not guest:
        # Before a trip nobody can say who was met.
        return replace(found, setting="bilateral", note="no details")
    return replace(found, reason=f"no meeting: {reason}")


def _without(text: str, others: tuple[Other, ...]) -> str:
    """The text without bilateral meetings that were held with third states."""
    if not others:
        return text
    clauses = [clause for clause in _sentences(text) if not (_MEETS.search(clause) and _names_other(clause, others))]
    return " ".join(clauses)


def _names_other(clause: str, others: tuple[Other, ...]) -> bool:
    return any(one.person and one.person in clause for one in others)


def _sentences(text: str) -> list[str]:
    # "U.S. President" and "St. Petersburg" end no sentence.
    return [one for one in re.split(r"(?<=[a-z0-9)\]])[.;!](?:\s+|(?=[A-Z]))|\n", text) if one.strip()]


def _met(
    text: str, *, host: str, focal: str, on: Day, leaders: Sequence[Spell]
) -> tuple[list[Other], tuple[Other, ...]]:
    """Leaders of the host and of other states whom the text says to have been met."""
    hosts: list[Other] = []
    others: dict[str, Other] = {}
    for sentence in _sentences(text):
        begin = _MEETS.search(sentence)
        if begin is None or _NOT_MET.search(sentence):
            continue
        about = _ABOUT.search(sentence, begin.end())
        clause = sentence[: about.start()] if about else sentence
        for found in _OFFICE.finditer(clause):
            before, after = clause[: found.start()], clause[found.end() :]
            if _LESSER.search(before) or _NOT_OF.search(after):
                continue
            place = _of(after)
            named = _NAME.match(after.removeprefix(f" of {place}") if place else after)
            # "King Faris of Saudi Arabia" names the state behind the person.
            place = place or (_of(after[named.end() :]) if named else "")
            state = _nationality(before, place, on)
            person = named[1].removesuffix(".").removesuffix("'s") if named else ""
            office = {"pm": "prime minister"}.get(found["office"].lower(), found["office"].lower())
            vague = office.rstrip("s") in ("leader", "counterpart", "chairman")
            if vague and state is None and "counterpart" not in office:
                continue
            who = Other(state or host, person, "leader" if vague else office)
            if who.state == host:
                hosts.append(who)
            elif who.state != focal:
                others.setdefault(who.state, who)
        hosts += _known_leaders(clause, host, on, leaders, hosts)
    return hosts, tuple(others.values())


def _known_leaders(clause: str, host: str, on: Day, leaders: Sequence[Spell], found: list[Other]) -> list[Other]:
    """The host's leader of that day, if the clause names him without his office."""
    spells = [one for one in leaders if one.state == host and one.begins_on <= on]
    if not spells:
        return []
    leader = max(spells, key=lambda one: one.begins_on).leader
    words = fold(leader).split()
    folded = fold(clause).split()
    together = len(words) > 1 and all(word in folded for word in (words[0], words[-1]))
    if not together or any(fold(one.person).split()[-1:] == words[-1:] for one in found):
        return []
    return [Other(host, leader, "leader")]


@cache
def _nationalities() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for state in states().values():
        for word in (*state.demonyms, state.name, *state.aliases):
            found.setdefault(fold(word), set()).add(state.code)
    return {word: frozenset(codes) for word, codes in found.items()}


def _nationality(before: str, place: str, on: Day) -> str | None:
    """State of an office: of a place that is named, or from the words before it; None if there are none."""
    if place:
        try:
            return find_state(place, on=on)
        except StateError:
            return None
    words = re.findall(r"[\w.’'-]+", before)[-4:]
    for length in range(len(words), 0, -1):
        said = " ".join(words[-length:])
        if not said[0].isupper():
            continue
        codes = _nationalities().get(fold(said), frozenset())
        alive = sorted(code for code in codes if states()[code].exists_on(on))
        if alive:
            return alive[0]
    return None


def _of(after: str) -> str:
    """Name of the state behind *of*, as long as it may be."""
    found = re.match(r"^ of ((?:the )?[A-ZÀ-Þ][\w.’'-]*(?: (?:of|the|and|[A-ZÀ-Þ][\w.’'-]*)){0,5})", after)
    words = found[1].split(" ") if found else []
    for length in range(len(words), 0, -1):
        said = " ".join(words[:length])
        if fold(said.removeprefix("the ")) in _nationalities():
            return said
    return ""
