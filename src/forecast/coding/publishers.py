"""Publishers whose texts are known: the state for which they speak, the time zone of their place, and their template.

"The President" in a text of the White House is that of the United States, and a stamp in universal time is dated there.
A new publisher of releases is one entry here and one table of its own persons; CONTRIBUTING.md says how.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from forecast.coding.press.facts import Template
from forecast.errors import InputError


@dataclass(frozen=True)
class Publisher:
    """One publisher; with a template, its releases are coded, and with an address and terms they can be shipped.

    `since` is the first day on which the persons of the template held their offices.
    """

    name: str
    home: str
    zone: str
    template: Template | None = None
    address: str = ""
    licence: str = ""
    since: str = ""


_WHITE_HOUSE: Final = Template(
    own="USA",
    principals_table="press/principals_usa.csv",
    speakers=(
        ("security adviser", "sullivan"), ("deputy adviser", "finer"), ("secretary", "blinken"),
        ("vice president", "vice president"), ("president", "president biden"), ("president", "the president"),
        ("president", "president joe"),
    ),
    home=r"White House|Oval Office|Washington|Camp David|Wilmington|Rehoboth|New York|U\.S\."
    r"|United States|Woodside|San Francisco"
    r"|Los Angeles|San Diego|Blair House|Naval Observatory|Sunnylands",
)  # fmt: skip
_RUSSIAN: Final = Template(
    own="RUS",
    principals_table="press/principals_rus.csv",
    brief=True,
    home=r"Kremlin|Moscow|Russia|(?:Saint|St\.) ?Petersburg|Sochi|Novo-Ogar[yi]ov[oy]|Gorki|Zavidovo|Kazan|Vladivostok",
)
PUBLISHERS: Final = {
    one.name: one
    for one in (
        Publisher(
            "white-house", "USA", "America/New_York", _WHITE_HOUSE,
            address="https://bidenwhitehouse.archives.gov/briefing-room/ by way of https://github.com/brian14708/wh-briefings",
            licence="works of the U.S. government; compilation CC0", since="2021-01-20",
        ),
        Publisher("state-department", "USA", "America/New_York"),
        Publisher("russian-foreign-ministry", "RUS", "Europe/Moscow", _RUSSIAN),
        Publisher(
            "russia", "RUS", "Europe/Moscow", _RUSSIAN,
            address="messages of the Russian foreign ministry and headlines of https://www.1tv.ru/news by way of"
            " https://github.com/lobsterbush/kremlin-speeches",
            licence="no licence stated: facts only", since="2000-01-01",
        ),
        Publisher("chinese-foreign-ministry", "CHN", "Asia/Shanghai"),
    )
}  # fmt: skip


def publisher_of(name: str) -> Publisher:
    """Return a publisher by its name; without a name, one that speaks for no state.

    Examples
    --------
    >>> publisher_of("white-house").home
    'USA'
    """
    if not name:
        return Publisher("", "", "")
    if name not in PUBLISHERS:
        raise InputError(f"unknown publisher {name!r}; there are {', '.join(PUBLISHERS)}", field="publisher")
    return PUBLISHERS[name]
