"""Standing bodies: commissions, councils, dialogues and ministerial meetings under one stable name each."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from forecast.readers.state_department.nations import states_called

#: Bodies of many states.
_MANY: Final = (
    ("North Atlantic Council", r"North Atlantic Council"),
    (
        "NATO Ministerial Meeting",
        r"NATO (?:Informal |and NACC |Defense and )?(?:Foreign )?(?:Ministerial|Ministers?|Foreign Ministers)",
    ),
    ("NATO-Russia Council", r"NATO-Russia (?:Permanent Joint )?(?:Council|and)"),
    (
        "ASEAN Ministerial Meeting",
        r"ASEAN (?:Regional|Post-?Ministerial|Ministerial|Foreign Ministers|-U\.S\. Ministerial)|U\.S\.-ASEAN Ministerial",
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
    ("Australia-U.S. Ministerial Consultations", r"Australia-U(?:\.S\.|nited States) Ministerial|AUSMIN"),
)
_BODY: Final = r"(?:Commission|Dialogue|Committee|Council|Consultative Group|Consultations|Consultation|Working Group|Ministerial|Forum|2\+2)"
#: "U.S.-Mexico Binational Commission", "Joint U.S.-Canadian Committee on Trade and Economic Affairs".
_TWO: Final = re.compile(
    rf"\b(?:Joint )?(?:U\.S\.|United States)[- ](?P<other>[A-Z][\w.]*(?: (?:Africa|Arabia|Korea|Union|Community|Zealand|ROK))?)(?P<what>(?: (?:[A-Z][\w-]*|2\+2|and|for|of(?! the)))*? {_BODY})\b"
)


def dialogue_of(text: str) -> str:
    """Give the standing body whose session the remark names, or an empty text.

    Examples
    --------
    >>> dialogue_of("Attended the Sixth Round of the U.S.-China Strategic and Economic Dialogue.")
    'U.S.-China Strategic and Economic Dialogue'
    >>> dialogue_of("Attended NATO Foreign Ministers' meeting and met with Foreign Minister Dini.")
    'NATO Ministerial Meeting'
    """
    two = _TWO.search(text)
    if two:
        what = re.sub(
            r"\b(?:Annual|First|Second|Third|Fourth|Fifth|Sixth) ", "", two["what"].replace("High Level", "High-Level")
        )
        return f"U.S.-{_other(two['other'])}{what}"
    return next((name for name, pattern in _MANY if re.search(pattern, text)), "")


def party_of(dialogue: str, day: dt.date) -> str:
    """Give the state that shares a body of two with the United States, or an empty text.

    Examples
    --------
    >>> party_of("U.S.-Mexico Binational Commission", dt.date(1983, 4, 18)), party_of("CENTO Council", dt.date(1975, 5, 21))
    ('MEX', '')
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


def _other(word: str) -> str:
    return _STEMS.get(word, word)
