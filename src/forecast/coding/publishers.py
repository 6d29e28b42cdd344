"""Publishers whose texts are known: the state for which they speak, and the time zone of their place.

"The President" in a text of the White House is that of the United States, and a stamp in universal time is dated there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from forecast.errors import InputError


@dataclass(frozen=True)
class Publisher:
    """One publisher."""

    name: str
    home: str
    zone: str


PUBLISHERS: Final = {
    one.name: one
    for one in (
        Publisher("white-house", "USA", "America/New_York"),
        Publisher("state-department", "USA", "America/New_York"),
        Publisher("russian-foreign-ministry", "RUS", "Europe/Moscow"),
        Publisher("chinese-foreign-ministry", "CHN", "Asia/Shanghai"),
    )
}


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
