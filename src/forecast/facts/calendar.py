"""The calendar of summits: editions with hosts, days and members, each part with the day from which it is known."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Final

import numpy as np

from forecast.dates import Day, Days

#: Stands for a day that never comes.
NEVER: Final = np.datetime64("9999-01-01", "D")
_EVER: Final = np.datetime64("0001-01-01", "D")
Parts = tuple[tuple[str, Day], ...]


@dataclass(frozen=True)
class Edition:
    """One scheduled summit."""

    series: str
    edition: str
    host: str
    starts_on: Day
    ends_on: Day
    announced_on: Day
    #: Far in the future if it never became public beforehand that the leaders would not meet.
    off_on: Day
    #: Whether leaders met in person; not to be looked at before it has ended.
    took_place: bool
    #: States, and the day on which the part of each became public; once more for a state that comes back.
    members: Parts
    #: Members that leave before it begins, and the last day of their membership.
    left: Parts = ()
    #: States publicly not invited, or whose leader said that he would not come, and the day on which that was public.
    #: Whatever else is known of such a state, it is no longer expected.
    absent: Parts = ()

    def __repr__(self) -> str:
        return self._written

    @cached_property
    def _written(self) -> str:
        """All fields as text, for fingerprints: made once, since cuts at other dates hold the same settled editions."""
        return f"Edition({', '.join(f'{part.name}={getattr(self, part.name)!r}' for part in fields(self))})"

    def expected(self, as_of: Day = NEVER) -> frozenset[str]:
        """States whose leader was expected at the edition, on what was public before `as_of`."""
        entered, departed = (
            {state: day for state, day in sorted(parts, key=lambda part: part[1]) if day < as_of}
            for parts in (self.members, self.left)
        )
        absent = {state for state, day in self.absent if day < as_of}
        return frozenset(
            state for state, day in entered.items() if state not in absent and departed.get(state, _EVER) < day
        )


@dataclass(frozen=True)
class Calendar:
    """Editions in the order of their first day."""

    editions: tuple[Edition, ...] = ()

    @cached_property
    def _settled_on(self) -> Days:
        """Last day of each edition on which something became known of it; that of its end, if it is later."""
        days = [
            [
                e.announced_on if e.off_on == NEVER else e.off_on,
                e.ends_on,
                *(day for part in (e.members, e.left, e.absent) for _, day in part),
            ]
            for e in self.editions
        ]
        flat = np.array([day for own in days for day in own], dtype="datetime64[D]")
        return np.maximum.reduceat(flat, np.cumsum([0, *map(len, days[:-1])])) if days else flat

    def known_before(self, as_of: Day) -> Calendar:
        """The calendar as it was public before `as_of`: only what was announced, and not how it will end."""
        known = []
        for edition, settled in zip(self.editions, (self._settled_on < as_of).tolist(), strict=True):
            if edition.announced_on >= as_of:
                continue
            known.append(
                edition
                if settled
                else replace(
                    edition,
                    off_on=edition.off_on if edition.off_on < as_of else NEVER,
                    took_place=edition.took_place or bool(edition.ends_on >= as_of),
                    members=_public(edition.members, as_of),
                    left=_public(edition.left, as_of),
                    absent=_public(edition.absent, as_of),
                )
            )
        return Calendar(tuple(known))


def _public(parts: Parts, as_of: Day) -> Parts:
    return tuple(part for part in parts if part[1] < as_of)
