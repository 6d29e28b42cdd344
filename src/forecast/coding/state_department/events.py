"""What a remark names beside persons: larger events, the kind of stay, and standing bodies under one name each."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Final

from forecast.coding.places import demonyms_pattern, states_called
from forecast.coding.state_department.records import patterns, words

#: Short names of summits, the most specific first. What no row names keeps a plain word or nothing.
_VENUES: Final = patterns("event")
#: Stays that make a meeting bilateral although the record also names a larger event.
STAY: Final = words("stay")
#: Events with many states at which leaders sit together.
_LARGER: Final = words("larger event")
_REST: Final = r"(?:U\.[SN]\.|[^.;])*"
#: Words that only place the stay before, after or on the way to an event elsewhere.
_ELSEWHERE: Final = re.compile(
    r"(?:en route to|[Rr]eturn(?:ing)? from|return trip from|on (?:the )?way to"
    r"|on return from|before|after(?: the)? Second|for (?=conference of British))"
    rf"{_REST}|after (?:attending )?{_REST} in (?:Belgrade|Ottawa|London){_REST}"
    rf"|U\.S\.-Soviet [Ss]ummit(?: [Mm]eeting)?"
    r"|[Dd]iscuss(?:ed|ing) [^.;]*?[Pp]eace [Cc]onference|[Pp]roposed [^.;]*[Ss]ummit"
    r"|forthcoming [\w ]*[Ss]ummit|^Summit meeting (?:with President|in Washington)"
    r"|memorial service at the U\.S\.S\. Arizona"
)
#: A summit of two: "U.S.-Soviet Summit Meeting", "the second North Korea-U.S. summit".
SUMMIT_OF_TWO: Final = re.compile(
    r"\b(?:U\.S\.-(?P<one>[A-Z][a-z]+)|(?P<other>[A-Z][a-z]+(?: [A-Z][a-z]+)?)-U\.S\.) [Ss]ummit"
)
_HOSTED: Final = words("hosted by a leader")
_NOT_HOSTED: Final = re.compile(
    rf"(?:en route to|[Rr]eturn(?:ing)? from|briefed){_REST}|(?:[Mm]inisterial"
    rf"|[Ff]oreign [Mm]inisters'?)[^.;]*|(?:U\.S\.-|[^.;])*(?:Entrepreneurship|CEO"
    rf"|Business) Summit(?: Meetings?)?"
)


def larger_event(text: str) -> bool:
    """Whether the remark names a larger event at which leaders of several states are.

    Examples
    --------
    >>> larger_event("Attended NATO Summit Meeting"), larger_event("Rested en route to U.S.-Soviet Summit")
    (True, False)
    """
    return bool(_LARGER.search(_ELSEWHERE.sub("", text)))


def hosts_leaders(text: str) -> bool:
    """Whether the host's leader chairs what was attended: a summit or conference of leaders on his soil.

    A summit of two others ("the second North Korea-U.S. summit" in Hanoi) is not the host's.

    Examples
    --------
    >>> hosts_leaders("Attended the NATO Summit"), hosts_leaders("Attended the World Economic Forum")
    (True, False)
    """
    return bool(_HOSTED.search(_NOT_HOSTED.sub("", SUMMIT_OF_TWO.sub("", text))))


def venue_of(text: str) -> str:
    """Return the short name of the larger event, or an empty text.

    Examples
    --------
    >>> venue_of("Attended the G-20 Economic Summit in Pittsburgh"), venue_of("Working visit.")
    ('g20', '')
    """
    text = _ELSEWHERE.sub("", text)
    names = [(match.start(), key) for key, pattern in _VENUES if (match := re.search(pattern, text))]
    return min(names, key=lambda name: name[0], default=(0, ""))[1]


def setting_of(act: str, *, counterparts: int, larger: bool, stay: bool) -> str:
    """Rule on the setting of one meeting, by what its clause and its record say.

    "Conference with Churchill" is a meeting of two and bilateral; "Conference with Eden, Faure and Bulganin" lists the
    participants of a larger event. If the record names a larger event at the same stop ("Attended the G7 Summit. Met
    with Prime Minister Johnson"), the two met in its margins, unless it calls the stay in this state a state, official,
    working or informal visit: then they also met for themselves, whatever else was attended ("State visit; attended the
    Second Summit of the Americas").

    Examples
    --------
    >>> setting_of("met", counterparts=1, larger=True, stay=False)
    'margins'
    """
    if act == "present" or (act == "conference" and counterparts > 1):
        return "multilateral"
    if larger and not stay:
        return "margins"
    return "bilateral"


_AUSMIN: Final = "Australia-U.S. Ministerial Consultations"
#: Bodies of many states.
_MANY: Final = patterns("body")
_BODY: Final = (
    r"(?:Commission|Dialogue|Committee|Council|Consultative Group|Consultations?"
    r"|Consultative Mechanism|Working Group|Ministerial)"
)
_UNITS: Final = r"EU|E\.U\.|AU|European (?:Union|Community)|ROK"


@cache
def _two() -> re.Pattern[str]:
    """Match bodies of two: "U.S.-Mexico Binational Commission", "Joint U.S.-Canadian Committee on Trade"."""
    return re.compile(
        rf"\b(?:U\.S\.|United States) ?[- ] ?(?P<other>{_UNITS}|{demonyms_pattern()})(?![\w-])"
        rf"(?P<what>(?: (?:[A-Z][\w-]*|and|for"
        rf"|of(?! the)))*? {_BODY}(?: on Trade and Economic (?:Affairs|Development))?)\b"
    )


def dialogue_of(text: str, *, host: str = "") -> str:
    """Return the standing body whose session the remark names, or an empty text.

    The host state shares a body that the remark only calls "the Strategic Dialogue" or "2+2".

    Examples
    --------
    >>> dialogue_of("Attended the Sixth Round of the U.S.-China Strategic and Economic Dialogue.")
    'U.S.-China Strategic and Economic Dialogue'
    >>> dialogue_of("Attended a Strategic Dialogue meeting.", host="Pakistan")
    'U.S.-Pakistan Strategic Dialogue'
    >>> dialogue_of("Attended NATO Foreign Ministers' meeting and met with Foreign Minister Dini.")
    'NATO Ministerial Meeting'
    """
    text = text.replace('"', "")
    two = _two().search(text)
    ministers = re.search(r"(?:U\.S\.-(?P<other>[A-Z]\w+) )?2\+2(?: Ministerial)? (?:[Dd]ialogue|[Mm]eeting)", text)
    if ministers and host:
        return f"U.S.-{ministers['other'] or host} 2+2 Ministerial Dialogue"
    if re.search(dict(_MANY)[_AUSMIN], text):
        return _AUSMIN
    if two and "CEO" not in two["what"]:
        return f"U.S.-{_STEMS.get(two['other'], two['other'])}{_stable(two['what'])}"
    if host and (
        own := re.search(
            r"(?:a|the) (Strategic Dialogue|Joint Commission|Joint Committee on Trade\S*(?: \S+){2})(?! for)\b", text
        )
    ):
        return f"U.S.-{host} {_stable(own.group(1))}"
    return next((name for name, pattern in _MANY if re.search(pattern, text)), "")


def _stable(what: str) -> str:
    """Fold the spellings of one body: its sessions must share a name."""
    what = what.replace("High Level", "High-Level").replace("Economic and Strategic", "Strategic and Economic")
    what = re.sub(
        r"(?:Joint )?(?:Commission|Committee) on Trade and Economic \w+",
        "Committee on Trade and Economic Affairs",
        what,
    )
    return re.sub(r"\b(?:Annual|First|Second|Third|Fourth|Fifth|Sixth) ", "", what)


def party_of(dialogue: str, day: dt.date) -> str:
    """Return the state that shares a body of two with the United States, or an empty text.

    Examples
    --------
    >>> party_of("U.S.-Mexico Binational Commission", dt.date(1983, 4, 18))
    'MEX'
    """
    words = dialogue.removeprefix("U.S.-").split(" ") if dialogue.startswith("U.S.-") else []
    for length in (3, 2, 1):
        codes = states_called(" ".join(words[:length]), day)
        if codes:
            return codes[0]
    return ""


_STEMS: Final = {
    "Russian": "Russia", "Indian": "India", "Canadian": "Canada", "Spanish": "Spain", "Kazakh": "Kazakhstan",
    "ROK": "Republic of Korea", "E.U.": "EU", "European Community": "EU", "European Union": "EU",
}  # fmt: skip
