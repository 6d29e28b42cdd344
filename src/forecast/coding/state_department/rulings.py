"""Rulings: why a record yields no interaction, each justified by words of the record."""

from __future__ import annotations

import re
from typing import Final

MEETING: Final = "meeting"
#: The order is the order of precedence: a funeral attended between two refuelling stops is a funeral.
_NO_MEETING: Final = (
    ("no meeting: before or after office", r"\[Visit made as President-elect"),
    ("no meeting: funeral", r"[Ff]uneral|[Mm]emorial [Ss]ervice|condolences|tribute to the late|memorial services"),
    (
        "no meeting: inauguration",
        r"[Ii]naugurations? of (?!a |the )|[Ii]naugural|[Pp]residential [Ii]nauguration"
        r"|[Ss]wearing-in|[Ii]nstallation of|[Ii]nvestiture|[Cc]oronation|transition ceremony",
    ),
    (
        "no meeting: troops",
        r"military personnel|troops|Marines|combat zone|servicem[ae]n|military installations"
        r"|[Aa]rmed [Ff]orces|U\.S\. military|wounded|Air Force [Bb]ase",
    ),
    ("no meeting: vacation", r"[Vv]acation|[Ff]ishing|[Rr]ested|[Rr]est\b|[Pp]rivate visit|[Hh]oliday|[Gg]olf"),
    (
        "no meeting: stopover",
        r"[Ss]top(?:ped|over|s)?\b|[Oo]vernight|[Rr]efuel|en route|[Dd]isembark|[Rr]e-?embark"
        r"|[Ee]mbarked|returning|return to|[Tt]ransit|[Cc]hanged planes|layover",
    ),
    ("no meeting: inspection", r"[Ii]nspect|[Tt]oured|[Ss]urveyed|[Aa]ssess|[Oo]bserved"),
    (
        "no meeting: ceremony",
        r"^(?!.*(?:[Mm]eeting|[Ss]ummit|[Cc]onference)).*(?:[Cc]eremon|[Ss]igning|[Cc]elebrat"
        r"|[Cc]ommemorat|[Dd]edicat)",
    ),
    (
        "no meeting: event without named leaders",
        r"[Aa]ttend|[Pp]articipat|[Tt]ook part|[Ss]ummit|[Cc]onference|[Mm]eetings?\b|[Ff]orum"
        r"|[Ss]ession|[Cc]haired|[Hh]osted|[Dd]elegation",
    ),
    (
        "no meeting: ceremony",
        r"[Dd]edicat|[Cc]ommemorat|[Cc]eremon|[Cc]elebrat|[Aa]nniversary|[Ss]ign(?:ed|ing)"
        r"|[Ll]aid|[Cc]emetery|[Oo]pen|degree|[Cc]ornerstone|[Rr]eceived|[Uu]nveil|[Pp]resented"
        r"|[Gg]ood will|[Rr]eception|[Ll]aunched|[Pp]resided|accepted",
    ),
    ("no meeting: address", r"[Aa]ddress|[Ss]peech|[Ss]poke|[Dd]eliver|[Rr]emarks|[Aa]nnounce|[Ll]ecture|[Bb]riefed"),
    ("no meeting: sightseeing", r"[Vv]isited|[Vv]isit\b|[Tt]our\b"),
)
RULINGS: Final = (
    MEETING,
    *dict.fromkeys(ruling for ruling, _ in _NO_MEETING),
    "no meeting: nobody named",
    "no meeting: own officials",
    "organisation",
    "not a leader",
    "not yet a state",
)


def ruling_of(text: str) -> str:
    """Rule on a record in which nobody was met; an empty text if no word of the remark justifies a ruling.

    Examples
    --------
    >>> ruling_of("Attended the funeral of King Hussein."), ruling_of("Fishing trip."), ruling_of("Quebec")
    ('no meeting: funeral', 'no meeting: vacation', '')
    """
    return next((ruling for ruling, pattern in _NO_MEETING if re.search(pattern, text)), "")
