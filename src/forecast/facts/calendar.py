"""The calendar of summits: editions with hosts, days and members, each part with the day from which it is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from forecast.dates import Day

#: Stands for a day that never comes.
NEVER: Final = np.datetime64("9999-01-01", "D")


@dataclass(frozen=True)
class Edition:
    """One scheduled summit.

    Parameters
    ----------
    series, edition, host : str
    starts_on, ends_on, announced_on, off_on : numpy.datetime64[D]
        `off_on` is far in the future if it never became public beforehand that the leaders would not meet.
    took_place : bool
        Whether leaders met in person; not to be looked at before it has ended.
    members : tuple of (str, numpy.datetime64[D])
        State and the day from which its part in this edition is known.
    left : tuple of (str, numpy.datetime64[D])
        Members that leave before it begins, and the day from which that is known.
    """

    series: str
    edition: str
    host: str
    starts_on: Day
    ends_on: Day
    announced_on: Day
    off_on: Day
    took_place: bool
    members: tuple[tuple[str, Day], ...]
    left: tuple[tuple[str, Day], ...] = ()


@dataclass(frozen=True)
class Calendar:
    """Editions in the order of their first day.

    Parameters
    ----------
    editions : tuple of Edition
    """

    editions: tuple[Edition, ...] = ()

    def known_before(self, as_of: Day) -> Calendar:
        """The calendar as it was public before `as_of`: only what was announced, and not how it will end."""
        known = []
        for edition in self.editions:
            if edition.announced_on >= as_of:
                continue
            known.append(
                replace(
                    edition,
                    off_on=edition.off_on if edition.off_on < as_of else NEVER,
                    took_place=edition.took_place or bool(edition.ends_on >= as_of),
                    members=tuple(member for member in edition.members if member[1] < as_of),
                    left=tuple(member for member in edition.left if member[1] < as_of),
                )
            )
        return Calendar(tuple(known))
