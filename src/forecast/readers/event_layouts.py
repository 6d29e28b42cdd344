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

#: Columns of a report, as every layout gives them: text, but for the two roles.
REPORT: Final = ("day", "first", "second", "code", "first_role", "second_role", "document", "odd")

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
        From a narwhals frame of the columns to one of the columns `REPORT`.
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


def _gdelt(rows: Any) -> Any:
    import narwhals as nw

    def role(side: int) -> Any:
        kinds = nw.concat_str(
            *(nw.col(f"Actor{side}Type{k}Code").fill_null("") for k in (1, 2, 3)), separator=" "
        ).str.strip_chars(" ")
        group = nw.col(f"Actor{side}KnownGroupCode").fill_null("")
        name = nw.col(f"Actor{side}Name").fill_null("")
        return _role(
            leader=kinds.str.contains("GOV") & name.str.contains(_OFFICE) & ~name.str.contains(_NO_LEADER),
            government=kinds.str.contains("GOV") | ((kinds == "") & (group == "")),
        )

    place = nw.concat_str(nw.col("SQLDATE").fill_null(""), nw.col("ActionGeo_FullName").fill_null(""), separator=" ")
    return rows.select(
        day=nw.col("DATEADDED").str.slice(0, 8),
        first=nw.col("Actor1CountryCode"),
        second=nw.col("Actor2CountryCode"),
        code=nw.col("EventCode"),
        first_role=role(1),
        second_role=role(2),
        # Mirrored rows of one article; in older files, which have no address, of one day and place.
        document=_document(nw.col("SOURCEURL").fill_null(place), nw.col("Actor1Code"), nw.col("Actor2Code")),
        odd=~nw.col(BEYOND).is_null() | nw.col("EventCode").is_null(),
    )


def _icews(rows: Any) -> Any:
    import narwhals as nw

    def text(name: str) -> Any:
        return nw.col(name).fill_null("").str.strip_chars('" ')

    def role(side: str) -> Any:
        sectors = text(f"{side} Sectors")
        return _role(
            leader=sectors.str.contains("Executive Office", literal=True),
            government=sectors.str.contains(r"(^|,)Government(,|$)") | sectors.is_in(["", "NA", "NULL"]),
        )

    def country(name: str) -> Any:
        # Missing in ICEWS, and not Namibia's code.
        return nw.when(text(name).is_in(["NA", "NULL"])).then(nw.lit("")).otherwise(text(name))

    story = nw.concat_str(text("Story ID"), text("Sentence Number"), separator=" ")
    return rows.select(
        day=text("Event Date").str.slice(0, 10).str.replace_all("-", "", literal=True),
        first=country("Source Country"),
        second=country("Target Country"),
        code=text("CAMEO Code"),
        first_role=role("Source"),
        second_role=role("Target"),
        document=_document(story, nw.col("Source Name"), nw.col("Target Name")),
        odd=~nw.col(BEYOND).is_null() | nw.col("CAMEO Code").is_null(),
    )


def _polecat(rows: Any) -> Any:
    import narwhals as nw

    from forecast.facts.reports import MODES

    def text(name: str) -> Any:
        return nw.col(name).fill_null("").str.strip_chars('" ')

    def role(side: str) -> Any:
        sectors, title = text(f"Primary {side} Sector"), text(f"{side} Title")
        official = sectors.str.contains(r"(^|[;, ])GOV([;, ]|$)")
        return _role(
            leader=official & title.str.contains(_OFFICE) & ~title.str.contains(_NO_LEADER),
            government=official | sectors.is_in(["", "None"]),
        )

    event, mode = text("Event Type").str.to_uppercase(), text("Event Mode").str.to_lowercase()
    story = text("Event ID").str.replace_all(r"_.*$", "")
    # A row may name several states on each side: it reports on each pair. Some files end in blank columns.
    pairs = (
        rows.select(
            day=text("Publication Date").str.slice(0, 10).str.replace_all("-", "", literal=True),
            first=text("Actor Country").str.split(";"),
            second=text("Recipient Country").str.split(";"),
            code=nw.when(mode.is_in(MODES)).then(nw.concat_str(event, mode, separator="|")).otherwise(event),
            first_role=role("Actor"),
            second_role=role("Recipient"),
            document=_document(story, nw.col("Actor Name"), nw.col("Recipient Name")),
            odd=nw.col("Event Type").is_null(),
        )
        .explode("first")
        .explode("second")
    )
    return pairs.with_columns(nw.col("first").str.strip_chars(" "), nw.col("second").str.strip_chars(" "))


def _role(*, leader: Any, government: Any) -> Any:
    import narwhals as nw

    from forecast.facts.reports import GOVERNMENT, LEADERS, OTHERS

    return (
        nw.when(leader).then(nw.lit(LEADERS)).otherwise(nw.when(government).then(nw.lit(GOVERNMENT)).otherwise(OTHERS))
    )


def _document(place: Any, one: Any, other: Any) -> Any:
    """What the two mirrored rows of one interaction have in common."""
    import narwhals as nw

    one, other = one.fill_null(""), other.fill_null("")
    return nw.concat_str(place, nw.min_horizontal(one, other), nw.max_horizontal(one, other), separator="\x1f")


#: Layouts by name; those of one source in the order in which a file is tried.
LAYOUTS: Final = {
    one.name: one
    for one in (
        Layout("gdelt2", "gdelt", GDELT_2, (61,), False, "cameo", False, "EventCode", "DATEADDED", _gdelt),
        Layout("gdelt1", "gdelt", GDELT_1, (57, 58), False, "cameo", False, "EventCode", "DATEADDED", _gdelt),
        Layout("icews", "icews", ICEWS, (20,), True, "cameo", True, "CAMEO Code", "Event Date", _icews),
        Layout("polecat", "polecat", POLECAT, (40,), True, "plover", False, "Event Type", "Publication Date", _polecat),
    )
}
