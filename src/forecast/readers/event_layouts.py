"""Layouts of event data: the columns of GDELT, ICEWS and POLECAT, and how a row of each becomes a report.

`known_on` is the day of publication, never the event's: GDELT's `DATEADDED`; the date of the story, which ICEWS writes
as `Event Date`; POLECAT's `Publication Date`. Layouts were read in files of each, and for POLECAT in its documentation,
https://doi.org/10.7910/DVN/AJGVIT.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

#: Offices whose holders are leaders, as words of a name or title; those of deputies and former holders are not.
_OFFICE: Final = (
    r"(?i)\b(PRESIDENT|PRIME MINISTER|PREMIER|CHANCELLOR|KING|QUEEN|EMPEROR|SULTAN|EMIR|AMIR|POPE|TAOISEACH"
    r"|HEADS? OF (STATE|GOVERNMENT))\b"
)
_NO_LEADER: Final = r"(?i)\b(VICE|DEPUTY|FORMER|EX|CANDIDATE|ELECT)\b"

_ACTOR: Final = (
    "Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code", "Type1Code",
    "Type2Code", "Type3Code",
)  # fmt: skip
_PLACES: Final = ("Actor1Geo_", "Actor2Geo_", "ActionGeo_")


def _gdelt_columns(*place: str) -> tuple[str, ...]:
    return (
        "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate",
        *(f"Actor{side}{name}" for side in (1, 2) for name in _ACTOR),
        "IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale", "NumMentions",
        "NumSources", "NumArticles", "AvgTone", *(f"{at}{name}" for at in _PLACES for name in place), "DATEADDED",
        "SOURCEURL",
    )  # fmt: skip


GDELT_1: Final = _gdelt_columns("Type", "FullName", "CountryCode", "ADM1Code", "Lat", "Long", "FeatureID")
GDELT_2: Final = _gdelt_columns("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")
ICEWS: Final = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code",
    "Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher", "City",
    "District", "Province", "Country", "Latitude", "Longitude",
)  # fmt: skip
POLECAT: Final = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name",
    "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title", "Actor Name Raw",
    "Wikipedia Actor ID", "Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector",
    "Recipient Sectors", "Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID", "Placename", "City",
    "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename", "Feature Type",
    "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language", "Version",
)  # fmt: skip
#: Beyond the last column: a row that fills it has too many cells.
BEYOND: Final = "beyond"


@dataclass(frozen=True)
class Layout:
    """One layout of files.

    Parameters
    ----------
    name, source : str
        Such as ``gdelt2`` of the source ``gdelt``.
    columns : tuple of str
    widths : tuple of int
        Numbers of cells that a row may have.
    header : bool
        Whether the first line names the columns.
    codes : {"cameo", "plover"}
    named : bool
        Whether states are given by names, and not by codes of three letters.
    coded_by, day : str
        Columns of the event code, and of the day of publication.
    reports : callable
        From a narwhals frame of the columns to one of `day`, `first`, `second` (as the file names the states), `code`,
        `odd` (whether the row is malformed) and whatever `roles` and `document` look at.
    roles : callable
        Gives the expressions of the roles of the first and the second actor: `OTHERS`, `GOVERNMENT` or `LEADERS`.
    document : callable
        Gives the expression of what the two mirrored rows of one interaction have in common.
    """

    name: str
    source: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    header: bool
    codes: str
    named: bool
    coded_by: str
    day: str
    reports: Callable[[Any], Any]
    roles: Callable[[], tuple[Any, Any]]
    document: Callable[[], Any]


def _gdelt(rows: Any) -> Any:
    import narwhals as nw

    return rows.with_columns(
        day=nw.col("DATEADDED").str.slice(0, 8),
        first=nw.col("Actor1CountryCode"),
        second=nw.col("Actor2CountryCode"),
        code=nw.col("EventCode"),
        odd=~nw.col(BEYOND).is_null() | nw.col("EventCode").is_null(),
    )


def _gdelt_roles() -> tuple[Any, Any]:
    import narwhals as nw

    def role(side: int) -> Any:
        kinds = [nw.col(f"Actor{side}Type{k}Code").fill_null("") for k in (1, 2, 3)]
        group = nw.col(f"Actor{side}KnownGroupCode").fill_null("")
        return _role(
            official=(kinds[0] == "GOV") | (kinds[1] == "GOV") | (kinds[2] == "GOV"),
            title=nw.col(f"Actor{side}Name"),
            state=(kinds[0] == "") & (group == ""),
        )

    return role(1), role(2)


def _gdelt_document() -> Any:
    import narwhals as nw

    # One article; older files, which have no address, give one day and place.
    place = nw.concat_str(nw.col("SQLDATE").fill_null(""), nw.col("ActionGeo_FullName").fill_null(""), separator=" ")
    return _document(nw.col("SOURCEURL").fill_null(place), nw.col("Actor1Code"), nw.col("Actor2Code"))


def _text(name: str) -> Any:
    """A cell of ICEWS or POLECAT without the quotes that some copies have."""
    import narwhals as nw

    return nw.col(name).fill_null("").str.strip_chars('" ')


def _plain_day(name: str) -> Any:
    return _text(name).str.slice(0, 10).str.replace_all("-", "", literal=True)


def _icews(rows: Any) -> Any:
    import narwhals as nw

    def country(name: str) -> Any:
        # Missing in ICEWS, and not Namibia's code.
        return nw.when(_text(name).is_in(["NA", "NULL"])).then(nw.lit("")).otherwise(_text(name))

    return rows.with_columns(
        day=_plain_day("Event Date"),
        first=country("Source Country"),
        second=country("Target Country"),
        code=_text("CAMEO Code"),
        odd=~nw.col(BEYOND).is_null() | nw.col("CAMEO Code").is_null(),
    )


def _icews_roles() -> tuple[Any, Any]:
    import narwhals as nw

    from forecast.facts.reports import GOVERNMENT, LEADERS, OTHERS

    def role(side: str) -> Any:
        sectors = _text(f"{side} Sectors")
        government = sectors.str.contains(r"(^|,)Government(,|$)") | sectors.is_in(["", "NA", "NULL"])
        below = nw.when(government).then(nw.lit(GOVERNMENT)).otherwise(nw.lit(OTHERS))
        return nw.when(sectors.str.contains("Executive Office", literal=True)).then(nw.lit(LEADERS)).otherwise(below)

    return role("Source"), role("Target")


def _icews_document() -> Any:
    import narwhals as nw

    story = nw.concat_str(_text("Story ID"), _text("Sentence Number"), separator=" ")
    return _document(story, nw.col("Source Name"), nw.col("Target Name"))


def _polecat(rows: Any) -> Any:
    import narwhals as nw

    from forecast.facts.reports import MODES

    event, mode = _text("Event Type").str.to_uppercase(), _text("Event Mode").str.to_lowercase()
    # A row may name several states on each side: it reports on each pair. Some files end in blank columns.
    pairs = (
        rows.with_columns(
            day=_plain_day("Publication Date"),
            first=_text("Actor Country").str.split(";"),
            second=_text("Recipient Country").str.split(";"),
            code=nw.when(mode.is_in(MODES)).then(nw.concat_str(event, mode, separator="|")).otherwise(event),
            odd=nw.col("Event Type").is_null(),
        )
        .explode("first")
        .explode("second")
    )
    return pairs.with_columns(nw.col("first").str.strip_chars(" "), nw.col("second").str.strip_chars(" "))


def _polecat_roles() -> tuple[Any, Any]:
    def role(side: str) -> Any:
        sectors = _text(f"Primary {side} Sector")
        return _role(
            official=sectors.str.contains(r"(^|[;, ])GOV([;, ]|$)"),
            title=_text(f"{side} Title"),
            state=sectors.is_in(["", "None"]),
        )

    return role("Actor"), role("Recipient")


def _polecat_document() -> Any:
    import narwhals as nw

    story = _text("Event ID").str.replace_all(r"_.*$", "")
    return _document(story, nw.col("Actor Name"), nw.col("Recipient Name"))


def _role(*, official: Any, title: Any, state: Any) -> Any:
    """The role of an actor; names are looked at in the branch of officials alone, for that is costly."""
    import narwhals as nw

    from forecast.facts.reports import GOVERNMENT, LEADERS, OTHERS

    leads = title.fill_null("").str.contains(_OFFICE) & ~title.fill_null("").str.contains(_NO_LEADER)
    of_official = nw.when(leads).then(nw.lit(LEADERS)).otherwise(nw.lit(GOVERNMENT))
    of_other = nw.when(state).then(nw.lit(GOVERNMENT)).otherwise(nw.lit(OTHERS))
    return nw.when(official).then(of_official).otherwise(of_other)


def _document(place: Any, one: Any, other: Any) -> Any:
    """What the two mirrored rows of one interaction have in common."""
    import narwhals as nw

    one, other = one.fill_null(""), other.fill_null("")
    return nw.concat_str(place, nw.min_horizontal(one, other), nw.max_horizontal(one, other), separator="\x1f")


_GDELT: Final = ("cameo", False, "EventCode", "DATEADDED", _gdelt, _gdelt_roles, _gdelt_document)
#: Layouts by name; those of one source in the order in which a file is tried.
LAYOUTS: Final = {
    one.name: one
    for one in (
        Layout("gdelt2", "gdelt", GDELT_2, (61,), False, *_GDELT),
        Layout("gdelt1", "gdelt", GDELT_1, (57, 58), False, *_GDELT),
        Layout(
            "icews", "icews", ICEWS, (20,), True, "cameo", True, "CAMEO Code", "Event Date", _icews, _icews_roles,
            _icews_document,
        ),
        Layout(
            "polecat", "polecat", POLECAT, (40,), True, "plover", False, "Event Type", "Publication Date", _polecat,
            _polecat_roles, _polecat_document,
        ),
    )
}  # fmt: skip
