"""The event codebook: PLOVER event types and their quads, and the mapping from CAMEO codes.

References
----------
PLOVER manual, draft 0.8 of 2021-09-17, Open Event Data Alliance (CC BY-SA 4.0), https://github.com/openeventdata/PLOVER;
the CAMEO mapping and the Goldstein scores are facts taken from its conversion table and from
https://github.com/andybega/icews (MIT).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from forecast.facts import package_rows

#: Event type -> quad: verbal or material, cooperation or conflict.
PLOVER: Final = {
    **dict.fromkeys(("AGREE", "CONSULT", "SUPPORT", "CONCEDE"), "verbal cooperation"),
    **dict.fromkeys(("COOPERATE", "AID", "RETREAT"), "material cooperation"),
    **dict.fromkeys(("REQUEST", "ACCUSE", "REJECT", "THREATEN"), "verbal conflict"),
    **dict.fromkeys(("PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"), "material conflict"),
}

#: Modes of CONSULT in which the two sides are in one place.
IN_PERSON_MODES: Final = ("visit", "third-party", "multilateral", "meet")

#: Modes of CONSULT.
CONSULT_MODES: Final = (*IN_PERSON_MODES, "phone", "virtual", "working-group", "dialogue", "announce")

#: Modes of every other act beside those of PLOVER: what is done to a meeting or to relations, and what is agreed.
_ACTS: Final = (
    *("cancel", "postpone", "suspend", "resume", "sever", "invite", "settle", "loan", "exercise", "intrude"),
    *CONSULT_MODES,
)


@dataclass(frozen=True)
class CameoCode:
    """What a CAMEO code means in PLOVER terms."""

    code: str
    event: str
    mode: str
    contexts: tuple[str, ...]
    goldstein: float | None


@cache
def modes(event: str) -> tuple[str, ...]:
    """The modes that an event type may have.

    Examples
    --------
    >>> modes("CONSULT")[-3:]
    ('working-group', 'dialogue', 'announce')
    >>> "cancel" in modes("SANCTION"), "cancel" in modes("CONSULT")
    (True, False)
    """
    if event == "CONSULT":
        return CONSULT_MODES
    return tuple(dict.fromkeys((*_ACTS, *sorted({code.mode for code in cameo().values()} - {""}))))


@cache
def cameo() -> dict[str, CameoCode]:
    """The CAMEO codes that PLOVER maps, by code.

    Examples
    --------
    >>> cameo()["042"].event, cameo()["042"].mode
    ('CONSULT', 'visit')
    """
    return {
        row["code"]: CameoCode(
            code=row["code"],
            event=row["event"],
            mode=row["mode"],
            contexts=tuple(part for part in row["context"].split("|") if part),
            goldstein=float(row["goldstein"]) if row["goldstein"] else None,
        )
        for row in package_rows("facts/data/cameo.csv")
    }
