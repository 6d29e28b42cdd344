"""The closed vocabulary of offices: how texts spell them, and the rank of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Office:
    """One office: rank (1 is the highest), the level of a meeting with its holder, and a minister's access by it."""

    name: str
    family: str
    rank: int
    level: str
    access: str


_FAMILIES: Final = (
    # family, rank, level, access, offices
    (
        "monarch",
        1,
        "leader",
        "head_of_state",
        "pope|king|queen|emperor|shah|sultan|emir|grand duke|ruling prince|regent",
    ),
    ("president", 2, "leader", "head_of_state", "president|chairman|head of state|general secretary|leader"),
    ("premier", 3, "leader", "head_of_government", "prime minister|premier|chancellor|taoiseach|chief executive"),
    (
        "deputy",
        4,
        "deputy",
        "deputy",
        "crown prince|vice president|deputy prime minister|vice premier|governor-general|president-elect"
        "|prime minister-designate",
    ),
    ("foreign", 5, "minister", "foreign_minister", "foreign minister"),
    ("minister", 6, "minister", "minister", "minister|secretary of state|national security adviser|junta member"),
    ("official", 7, "working", "officials", "speaker|general|officials"),
    (
        "other",
        8,
        "",
        "none",
        "prince|queen consort|governor|former office holder|opposition leader|organisation|own secretary",
    ),
)
OFFICES: Final = {
    name: Office(name, family, rank, level, access)
    for family, rank, level, access, names in _FAMILIES
    for name in names.split("|")
}
#: A stay without a named person: the visitor was received by nobody whom the record names.
NOBODY: Final = Office("", "other", 9, "working", "none")
OFFICES[""] = NOBODY

#: Spellings, the most specific first. "chairman of the Joint Chiefs" and the like never reach "chairman".
_SPELLINGS: Final = (
    (r"Crown Princes?|Heirs? Apparent|Prince Regent", "crown prince"),
    (r"(?:First )?Vice[ -]Presidents?", "vice president"),
    (r"(?:First )?Deputy (?:Prime Ministers?|Premiers?)|(?:Vice|Alternate) Prime Ministers?", "deputy prime minister"),
    (r"Vice[ -](?:Premiers?|Chancellors?)|Tanaiste", "vice premier"),
    (r"(?:Acting )?Governors?[ -]General", "governor-general"),
    (
        r"(?:Vice|Deputy|Assistant) (?:Foreign |Defense )?(?:Ministers?|Secretar(?:y|ies))(?: of \w+(?: Affairs)?)?",
        "officials",
    ),
    (r"(?:Prime Minister|Premier|Chancellor)-? ?(?:[Ee]lect|[Dd]esignate)", "prime minister-designate"),
    (r"Presidents?- ?(?:[Ee]lect|[Dd]esignate)", "president-elect"),
    (r"Prime Min(?:i?st|is)e?rs?e?|prime ministers|PM", "prime minister"),
    (
        r"(?:Foreign|External Affairs|Foreign Affairs) (?:and (?:Defense|European|International Cooperation) )?"
        r"(?:Affairs )?(?:Ministers?|Secretar(?:y|ies))|Ministers? (?:of|for) (?:Foreign"
        r"|External)(?: Affairs| Relations)?"
        r"(?: and [A-Z]\w+(?: [A-Z]\w+)?)?|Secretar(?:y|ies) (?:of|for|of State for) (?:Foreign|External)"
        r"(?: and Commonwealth)?(?: Affairs| Relations)?|Foreign and Commonwealth Secretary"
        r"|Foreign Ministry|Foreign Ministe|foreign ministers|Secretary for Relations with States",
        "foreign minister",
    ),
    (r"National Security Advis[eo]rs?", "national security adviser"),
    (r"(?:Cardinal )?Secretar(?:y|ies) of State|Cardinal", "secretary of state"),
    (
        r"(?:U\.S\. )?(?:Deputy |Under |Assistant )?Secretar(?:y|ies) of (?:the )?[A-Z]\w+(?: and [A-Z]\w+)?",
        "own secretary",
    ),
    (r"Junta Members?", "junta member"),
    (
        r"Ministers? (?:of|for) (?:the )?[A-Z]\w+(?:(?:,| and|, and) [A-Z]\w+)*(?: Affairs| Security| Cooperation)?"
        r"|(?:[A-Z]\w+ )?(?:Defen[sc]e|Interior|Finance|Economy|Economic|Trade|Commerce|Justice"
        r"|Oil|Petroleum|Energy|Environment"
        r"|Health|Education|Security|State|Home|Public Security|Strategic Affairs|Intelligence|Immigration"
        r"|Unification|Agriculture|Culture|Labor|Transport(?:ation)?) (?:and [A-Z]\w+ )?(?:Minister|Secretar(?:y|ie))s?"
        r"|State Councill?ors?|Home Secretary|[Mm]inisters",
        "minister",
    ),
    (r"(?:President|Chairman) of the Council of Ministers", "prime minister"),
    (
        r"(?:Supreme Soviet |State Council |Sovereign(?:ty)? Council |Council of Ministers "
        r"|Transitional National Council |(?:Afghan )?(?:Interim"
        r"|Transitional) Authority )(?:Chairman|Chair|President)",
        "chairman",
    ),
    (
        r"(?:National People's Congress|Parliament(?:ary)?|Senate|Duma|Assembly|Congress|Knesset"
        r"|House|Standing Committee) (?:Chairman|President|Speaker|Chair)s?",
        "speaker",
    ),
    (
        r"Speakers?|(?:President|Chairman) of (?:the )?(?:National Assembly|Senate|Parliament"
        r"|Assembly|Congress|Chamber|Duma|Knesset)",
        "speaker",
    ),
    (r"(?:Joint Chiefs(?: of Staff)? |Election |Electoral |Commission )Chair(?:man|person)?", "organisation"),
    (r"Chairm[ae]n of the (?:Presidency|Supreme Soviet)", "chairman"),
    (
        r"Secretar(?:y|ies)[ -]Generals?|High Representatives?|High Commissioners?"
        r"|Director[ -]Generals?|Special (?:Representative|Envoy)s?|Chairperson|Commissioners?"
        r"|Managing Director",
        "organisation",
    ),
    (r"Generals? Secretar(?:y|ies)|First Secretar(?:y|ies)", "general secretary"),
    (r"Collective Presidency|(?:members of the )?(?:Bosnian )?(?:Tri-)?Presidency(?: members)?", "president"),
    (r"Provisional President|Presidents?|presidents", "president"),
    (r"(?:Military )?Chairm[ae]n|Chair(?!ed)", "chairman"),
    (
        r"Head of State and Government|[Hh]eads? of (?:[Ss]tate|[Gg]overnment)(?: and (?:[Ss]tate"
        r"|[Gg]overnment))?|[Cc]hiefs? of (?:[Ss]tate|[Gg]overnment)|Generalissimo"
        r"|Chief Executive Officer",
        "head of state",
    ),
    (r"Chief Executive|Chief Minister", "chief executive"),
    (r"Premiers?(?!e)", "premier"),
    (r"(?:Federal )?Chancellors?(?! of the Exchequer)", "chancellor"),
    (r"Taoiseach", "taoiseach"),
    (r"Popes?", "pope"),
    (r"Kings?", "king"),
    (
        r"Queen Mother|Queens? (?:Noor|Rania|Sophia|Sofia|Fabiola|Sonja|Silvia|Sirikit|Frederika|Paola|Mathilde|Farah)",
        "queen consort",
    ),
    (r"Queens?", "queen"),
    (r"Emperors?|Empress", "emperor"),
    (r"Shah", "shah"),
    (r"Sultans?", "sultan"),
    (r"Amirs?|Emirs?|Rulers?", "emir"),
    (r"Grand Du(?:ke|chess)", "grand duke"),
    (r"Regent", "regent"),
    (r"First Ministers?|Lieutenant Governors?|Governors?|Mayors?|Duke(?: of)?", "governor"),
    (
        r"(?:[A-Z]\w+ )?(?:Party|League|Union|Movement|Democracy|Opposition|[Oo]pposition"
        r"|Conference) [Ll]eaders?|(?:religious|political|business|Muslim|civic|church|labor"
        r"|party|union|rebel|Solidarity|National Assembly|community|civil society) [Ll]eaders"
        r"|presidential candidates?",
        "opposition leader",
    ),
    (r"[Ll]eaders?|Comandante", "leader"),
    (r"Princes?s?", "prince"),
    (r"Generals?|Gen\.|Field Marshal|Marshal|Colonel|Col\.|Brigadier(?: General)?|Lieutenant General", "general"),
    (
        r"(?:senior |other |government |top |Government )*(?:officials|authorities|counterparts?)"
        r"|Cabinet(?: members)?|members of (?:the )?(?:Cabinet|[Gg]overnment|[Pp]arliament)"
        r"|Ambassadors?|government",
        "officials",
    ),
)
_PATTERN: Final = "|".join(f"(?P<o{number}>{spelling})" for number, (spelling, _) in enumerate(_SPELLINGS))
#: An office word in a text. Plurals are written small in lists ("the presidents of the Baltic States").
OFFICE: Final = re.compile(rf"(?<![\w-])(?:{_PATTERN})(?![\w])")


def office_of(match: re.Match[str]) -> str:
    """Name the office that a match of `OFFICE` means.

    Examples
    --------
    >>> [office_of(match) for match in OFFICE.finditer("Amir Jabir, Vice Premier Teng and Foreign Secretary Rifkind")]
    ['emir', 'vice premier', 'foreign minister']
    """
    return _SPELLINGS[int(str(match.lastgroup)[1:])][1]
