"""Reports of event data (GDELT, ICEWS, POLECAT): counts by dyad, day of publication and class, behind the time gate.

They are signals and never outcomes: machine-coded events fire for planned and rumoured visits too. A source counts
only where it was read: the days on which it reported on anybody are its coverage, and what lies outside is missing,
not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.dates import Day, Ints, day_number
from forecast.facts.codebook import PLOVER, cameo

#: Publishers of event data.
EVENT_SOURCES: Final = ("gdelt", "icews", "polecat")

#: Classes of reports; each report has one.
CLASSES: Final = {
    "intent": "the intent to meet or to negotiate",
    "visit": "visits and meetings",
    "call": "telephone calls",
    "talk": "other consultations",
    "refusal": "proposals to meet or to negotiate refused",
    "halt": "talks, mediation or relations broken off",
    "cooperation": "other cooperation, in words and deeds",
    "conflict": "other conflict, in words and deeds",
}
#: CAMEO's code for the intent to meet or negotiate, which PLOVER does not keep apart from other agreement.
_INTENT: Final = "036"
_SPECIAL: Final = {
    ("CONSULT", "visit"): "visit", ("CONSULT", "third-party"): "visit", ("CONSULT", "meet"): "visit",
    ("CONSULT", "multilateral"): "visit", ("CONSULT", "phone"): "call", ("REJECT", "meet"): "refusal",
    **{("SANCTION", mode): "halt" for mode in ("withdraw", "cancel", "suspend", "postpone")},
}  # fmt: skip
#: Modes that tell classes apart.
MODES: Final = tuple(sorted({mode for _, mode in _SPECIAL}))

#: Classes that a source does not tell apart: they are missing from it.
LACKS: Final[Mapping[str, tuple[str, ...]]] = {"polecat": ("intent",)}

#: Actors of a report: both sides are leaders, both at least governments, or somebody else is among them.
OTHERS, GOVERNMENT, LEADERS = 0, 1, 2


def class_of(event: str, mode: str = "") -> str:
    """Class of a report by its PLOVER event and mode.

    Examples
    --------
    >>> class_of("CONSULT", "phone"), class_of("CONSULT"), class_of("AID")
    ('call', 'talk', 'cooperation')
    """
    if (event, mode) in _SPECIAL:
        return _SPECIAL[event, mode]
    if event == "CONSULT":
        return "talk"
    return PLOVER[event].split()[1]


def classes_of_cameo() -> dict[str, str]:
    """Class of every CAMEO code that PLOVER maps.

    Examples
    --------
    >>> [classes_of_cameo()[code] for code in ("036", "043", "125", "164")]
    ['intent', 'visit', 'refusal', 'halt']
    """
    return {code: class_of(one.event, one.mode) for code, one in cameo().items()} | {_INTENT: "intent"}


def classes_of_plover() -> dict[str, str]:
    """Class of every PLOVER event, and of ``EVENT|mode`` for the modes that tell classes apart."""
    pairs = {f"{event}|{mode}": class_of(event, mode) for event in PLOVER for mode in MODES}
    return {event: class_of(event) for event in PLOVER} | pairs


@dataclass(frozen=True, eq=False)
class Cells:
    """Reports of governments of one source and year, ordered by dyad, class and day."""

    #: Names, sorted; a cell has the number of its dyad.
    dyads: npt.NDArray[np.str_]
    dyad: Ints
    #: Place in `CLASSES`.
    kind: Ints
    day: Ints
    n: Ints
    #: Those of `n` in which both sides are leaders.
    n_leaders: Ints
    #: Days on which the source reported on anybody.
    days: Ints

    @cached_property
    def _sums(self) -> Ints:
        """Running sums over the cells: of all reports, and of those of leaders."""
        return np.concatenate([np.zeros((2, 1), np.int64), np.cumsum([self.n, self.n_leaders], axis=1)], axis=1)

    @cached_property
    def _keys(self) -> Ints:
        return cell_keys(self.dyad, self.kind, self.day)

    def before(self, dyads: npt.NDArray[np.str_], days: Ints) -> Ints:
        """Running sums before each of ascending days, of which differences count; shape (2, dyads, kinds, days)."""
        shape = (len(dyads), len(CLASSES), len(days))
        if not len(self.dyads) or not len(dyads):
            return np.zeros((2, *shape), dtype=np.int64)
        place = np.minimum(np.searchsorted(self.dyads, dyads), len(self.dyads) - 1)
        keys = cell_keys(place[:, None, None], np.arange(len(CLASSES))[:, None], days)
        # In ascending order where the dyads are: neighbours in the query are neighbours in the cells.
        sums: Ints = self._sums[:, np.searchsorted(self._keys, keys.ravel())].reshape(2, *shape)
        return np.where((self.dyads[place] == dyads)[:, None, None], sums, 0)


def cell_keys(dyad: Ints, kind: Ints, day: Ints) -> Ints:
    """Numbers that order cells by dyad, class and day."""
    return (dyad * len(CLASSES) + kind) * (1 << 22) + day + (1 << 21)


@dataclass(frozen=True, eq=False)
class Reports:
    """Event data of a workspace as they were public before a day; a year is read when it is looked at."""

    #: Source -> year -> function that reads its cells.
    years: Mapping[str, Mapping[int, Callable[[], Cells]]] = field(default_factory=dict)
    _gate: int | None = None

    def known_before(self, as_of: Day) -> Reports:
        """The reports that were published before a day."""
        gate = day_number(as_of)
        return replace(self, _gate=gate if self._gate is None else min(gate, self._gate))

    def counts(self, source: str, dyads: npt.NDArray[np.str_], days: Ints) -> Ints:
        """Reports of a source that were published between neighbouring days of an ascending list, and before the gate.

        Shape (2, n_dyads, n_kinds, n_days - 1): of governments, and of those the ones of leaders; kinds as `CLASSES`.
        """
        days = self._behind(days)
        total = np.zeros((2, len(dyads), len(CLASSES), len(days) - 1), dtype=np.int64)
        for cells in self._cells(source, int(days[0]), int(days[-1])):
            total += np.diff(cells.before(dyads, days), axis=-1)
        return total

    def days(self, source: str, first: int, end: int) -> Ints:
        """The days of ``[first, end)`` before the gate on which the source reported on anybody."""
        first, end = self._behind(np.array([first, end])).tolist()
        years = [cells.days for cells in self._cells(source, first, end)]
        found = np.concatenate([np.zeros(0, dtype=np.int64), *years])
        return found[(found >= first) & (found < end)]

    def _behind(self, days: Ints) -> Ints:
        return days if self._gate is None else np.minimum(days, self._gate)

    def _cells(self, source: str, first: int, end: int) -> list[Cells]:
        if first >= end:
            return []
        low, high = (
            1970 + int(np.datetime64(day, "D").astype("datetime64[Y]").astype(int)) for day in (first, end - 1)
        )
        return [read() for year, read in self.years.get(source, {}).items() if low <= year <= high]
