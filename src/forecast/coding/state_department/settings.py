"""Settings of a meeting: larger events, their short names, and the kind of stay."""

from __future__ import annotations

import re
from typing import Final

#: Short names of summits, the most specific first. What no row names keeps a plain word or nothing.
_VENUES: Final = (
    ("us-africa", r"(?:U\.S\.|United States)-Africa (?:Leaders|Business)|African? Leaders'? (?:Summit|Ebola)"),
    (
        "us-asean",
        r"U\.S\.-?(?:-ASEAN|Association of Southeast)|United States-Association of Southeast"
        r"|ASEAN-U\.S\.|ASEAN Leaders'? Summit at Sunnylands",
    ),
    ("us-gcc", r"Gulf Cooperation Council"),
    ("us-nordic", r"Nordic"),
    (
        "us-pacific-islands",
        r"Pacific Islands?(?: Nations| Countr\w+)?[- ](?:Countries "
        r"|Countr\w+ )?(?:United States )?(?:Summit|Forum)|Pacific Islands? (?:Countr|Nation)\w*",
    ),
    (
        "us-eu",
        r"(?:U\.S\.|EU)[- ]*(?:-EU|-European (?:Union|Community)|-US)|EU(?:-US)? Summit"
        r"|European (?:Union|Community) Summit|U\.S\.-E\.U\.",
    ),
    ("us-baltic", r"Baltic (?:Leaders|Summit)"),
    ("c5+1", r"C5\+1"),
    ("apep", r"APEP|Americas Partnership for Economic Prosperity"),
    ("quad", r"\bQuad\b"),
    ("aukus", r"AUKUS"),
    ("nals", r"North American Leaders"),
    ("nss", r"Nuclear Security Summit"),
    (
        "americas",
        r"Summit of the Americas|Hemispheric Summit|Presidents of the American Republics"
        r"|Latin American chiefs of state",
    ),
    ("g20", r"G-?20"),
    ("g7", r"G-?[78]\b|(?<!G-20 )Economic Summit|Industrialized"),
    ("apec", r"APEC|Asia[- ]Pacific Economic"),
    ("nato", r"NATO|North Atlantic (?:Alliance|Council)|Bucharest Nine"),
    ("eas", r"East Asia Summit|East Asia Summits|and East Asia"),
    ("asean", r"ASEAN"),
    ("osce", r"OSCE|CSCE|(?:Conference on|Organization for) Security and Co-?operation in Europe"),
    ("cop", r"Climate Change|COP-?\d+"),
    (
        "unga",
        r"(?:U\.N\.|UN|United Nations)(?: General Assembly| Millenn?ium| Ecology"
        r"| Security Council Summit)|(?<!Virginia )General Assembly|while attending a UN meeting"
        r"|addressed the UN\b|at the U\.?N\b",
    ),
    ("caricom", r"CARICOM|Caribbean"),
    ("central america", r"Central American"),
    ("wef", r"World Economic Forum"),
    ("oas", r"\bOAS\b|Organization of American States"),
    ("funeral", r"[Ff]uneral|[Mm]emorial [Ss]ervice"),
    ("inauguration", r"[Ii]naugurations? of (?:President|Prime)|swearing-in"),
    (
        "peace conference",
        r"[Pp]eace (?:[Cc]onference|[Tt]alks)|Middle East Summit|Summit of the Peacemakers"
        r"|Red Sea Summit|Israeli-Palestinian Summit",
    ),
    ("signing", r"[Ss]igning|[Ii]nitialling"),
    ("anniversary", r"[Aa]nniversary"),
)
#: Stays that make a meeting bilateral although the record also names a larger event.
STAY: Final = re.compile(
    r"\b(?:(?:[Ss]tate|[Oo]fficial|[Ii]nformal|[Ww]orking)(?: [Ss]elect| [Ww]orking"
    r"| [Ss]tate)?|[Ii]nformal, unofficial) [Vv]isits?\b"
)
#: Events with many states at which leaders sit together.
_LARGER: Final = re.compile(
    r"(?<!CEO )(?<!Pre-)(?<!pre-)\b[Ss]ummits?\b|[Pp]eace conference|(?:[Aa]ttended"
    r"|[Aa]ddressed) (?:a |the )?(?:Global )?[Ff]orum on|Leaders Ebola Meeting|IMF meeting"
    r"|international meeting|\bConference\b(?! of Mayors)|\bconference\b(?= on| of| for| in)"
    r"|General Assembly|[Ff]unerals?|[Mm]emorial [Ss]ervices?"
    r"|[Ii]naugurations? of (?:President|Prime)|North Atlantic Council|NATO (?:Leaders"
    r"|leaders|[Mm]eeting|Ministers|Heads|[Mm]inisterial|Accession)|(?:Leaders|leaders"
    r"|Ministerial|Council) ?'?[Mm]eetings?\b|[Ll]eaders' [Mm]eetings?"
    r"|Heads of (?:State|Government)|G-?(?:7|8|20)\b|APEC|World Economic Forum|Olympic Games"
    r"|CARICOM|D-Day|Normandy landings?|VE[- ]Day|Allied landing|300th anniversary"
    r"|Bicentennial of the French|end of (?:the )?(?:World War II|WWI)"
    r"|CSCE|OSCE|Security Council Summit|(?:UN"
    r"|U\.N\.)(?: Trusteeship)?[^.;]{0,30}(?:[Ss]ession|[Mm]eeting)"
    r"|[Aa]ddressed (?:the )?(?:UN|U\.N\.)|reception and luncheon at the U\.N"
    r"|on 25th Anniversary of the U\.N"
    r"|[Ss]igning (?:of|[Cc]eremony)|[Ii]nitialling|dedication of the Holocaust|CENTO|SEATO"
    r"|ANZUS|Middle East [Pp]eace talks|Federation Forum|Council of the Americas|Africare"
    r"|World Forum|(?:Council of|meetings of) the (?:European|Commission)"
    r"|ceremon\w+ for former|commemorative ceremony for|independence ceremonies|[Cc]oronation"
    r"|Museum and Library|first anniversary of the Bosnian|Pacific War Council"
)
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
_HOSTED: Final = re.compile(
    r"(?<!CEO )(?<!Entrepreneurship )(?<!Business )\b[Ss]ummits?\b|(?:NATO|[Mm]eeting of"
    r"|[Cc]onference of|[Mm]eeting with)(?: \w+){0,2} [Hh]eads of (?:[Ss]tate|[Gg]overnment)"
    r"|[Ll]eaders'? ?(?:[Mm]eetings?|[Cc]onference|[Ss]ummit)"
    r"|[Cc]onference of (?:the )?Presidents"
    r"|[Mm]eetings? of (?:the )?(?:Presidents|G-|NATO|leaders)|G-?(?:7|8|20) (?:meeting"
    r"|leaders)|for NATO leaders|World Leader"
)
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
    """Give the short name of the larger event, or an empty text.

    Examples
    --------
    >>> venue_of("Attended the G-20 Economic Summit in Pittsburgh"), venue_of("Working visit.")
    ('g20', '')
    """
    text = _ELSEWHERE.sub("", text)
    places = [(found.start(), key) for key, pattern in _VENUES if (found := re.search(pattern, text))]
    return min(places, key=lambda place: place[0], default=(0, ""))[1]


def setting_of(act: str, *, counterparts: int, larger: bool, stay: bool) -> str:
    """Rule on the setting of one meeting.

    Parameters
    ----------
    act : str
        How the clause says it: ``met``, ``conference`` or ``present``.
    counterparts : int
        How many states the clause names. "Conference with Churchill" is a meeting of two and bilateral; "Conference
        with Eden, Faure and Bulganin" lists the participants of a larger event.
    larger : bool
        The record names a larger event at the same stop: "Attended the G7 Summit. Met with Prime Minister Johnson" is a
        meeting in the margins.
    stay : bool
        The record calls the stay in this state a state, official, working or informal visit: then the two also met for
        themselves, whatever else was attended ("State visit; attended the Second Summit of the Americas").

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
