"""Standing bodies: commissions, councils, dialogues and ministerial meetings under one stable name each."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Final

from forecast.coding.state_department.nations import demonyms_pattern, states_called

_AUSMIN: Final = "Australia-U.S. Ministerial Consultations"
#: Bodies of many states.
_MANY: Final = (
    (_AUSMIN, r"Australia ?- ?U(?:\.S\.|nited States) Ministerial|U\.S\.-Australian Bilateral Ministerial|AUSMIN"),
    ("North Atlantic Council", r"North Atlantic Council"),
    (
        "NATO Ministerial Meeting",
        r"NATO (?:Informal |and NACC |Defense and )?(?:Foreign )?(?:Ministerial|Ministers?|Foreign Ministers)",
    ),
    ("NATO-Russia Council", r"NATO-Russia (?:Permanent Joint )?(?:Council|and)"),
    (
        "ASEAN Ministerial Meeting",
        r"ASEAN (?:Regional|Post-?Ministerial|Ministerial|Foreign Ministers|-U\.S\. Ministerial)"
        r"|U\.S\.-ASEAN Ministerial",
    ),
    ("APEC Ministerial Meeting", r"APEC (?:Ministerial|Foreign)"),
    ("OAS General Assembly", r"OAS General Assembly|General Assembly of the (?:OAS|Organization of American)"),
    ("CENTO Council", r"CENTO"),
    ("SEATO Council", r"SEATO"),
    ("ANZUS Council", r"ANZUS"),
    ("Arctic Council", r"Arctic Council"),
    ("OSCE Ministerial Council", r"(?:OSCE|CSCE) (?:Foreign )?(?:Ministerial|Ministers|Council)"),
    ("OECD Ministerial Council", r"OECD Ministerial"),
    ("G7 Foreign Ministers", r"G-?[78] (?:Foreign|Ministerial)"),
    ("G20 Foreign Ministers", r"G-?20 (?:Foreign|Ministerial)"),
    ("Contact Group", r"Contact Group"),
    ("Quartet", r"Quartet (?:Principals|Foreign|meeting|Meeting)|Middle East Quartet"),
    ("Council of Foreign Ministers", r"Council of Foreign Ministers"),
    (
        "U.S.-Gulf Cooperation Council",
        r"(?:U\.S\.-)?(?:GCC|Gulf Cooperation Council)(?:-U\.S\.)? ?(?:Ministerial|Strategic|Foreign|meeting)",
    ),
    ("Trilateral Strategic Dialogue", r"Trilateral Strategic Dialogue"),
    ("Quad Foreign Ministers", r"\bQuad\b"),
    ("Meeting of Consultation of American Foreign Ministers", r"Meetings? of Consultation of"),
)
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
    """Give the standing body whose session the remark names, or an empty text.

    Parameters
    ----------
    text : str
    host : str
        Name of the host state, which shares a body that the remark only calls "the Strategic Dialogue" or "2+2".

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
    if re.search(_MANY[0][1], text):
        return _AUSMIN
    if two and "CEO" not in two["what"]:
        return f"U.S.-{_STEMS.get(two['other'], two['other'])}{_stable(two['what'])}"
    if host and (
        own := re.search(
            r"(?:a|the) (Strategic Dialogue|Joint Commission" r"|Joint Committee on Trade\S*(?: \S+){2})(?! for)\b",
            text,
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
    """Give the state that shares a body of two with the United States, or an empty text.

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
    "Russian": "Russia",
    "Indian": "India",
    "Canadian": "Canada",
    "Spanish": "Spain",
    "Kazakh": "Kazakhstan",
    "ROK": "Republic of Korea",
    "E.U.": "EU",
    "European Community": "EU",
    "European Union": "EU",
}
