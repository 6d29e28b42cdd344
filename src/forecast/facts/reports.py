"""Reports of event data (GDELT, ICEWS, POLECAT): counts by dyad, day of publication and class, behind the time gate.

They are signals and never outcomes: machine-coded events fire for planned and rumoured visits too. A source counts
only where it was read: the days on which it reported on anybody are its coverage, and what lies outside is missing,
not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.dates import Day, day_number
from forecast.facts.codebook import PLOVER, cameo

Ints = npt.NDArray[np.int64]

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
    """Reports of governments of one source and year, ordered by dyad, class and day.

    Parameters
    ----------
    dyads : numpy.ndarray of str
        Names, sorted; a cell has the number of its dyad.
    dyad, kind, day, n, n_leaders : numpy.ndarray of int64, shape (n_cells,)
        `kind` is the place in `CLASSES`; `n_leaders` are those of `n` in which both sides are leaders.
    days : numpy.ndarray of int64
        Days on which the source reported on anybody.
    """

    dyads: npt.NDArray[np.str_]
    dyad: Ints
    kind: Ints
    day: Ints
    n: Ints
    n_leaders: Ints
    days: Ints
    _sums: dict[bool, Ints] = field(default_factory=dict, init=False, repr=False)

    def until(self, dyads: npt.NDArray[np.str_], kind: str, days: Ints, *, leaders: bool) -> Ints:
        """Reports of a class before each day, counted from the first cell: differences are those between two days."""
        if not len(self.dyads):
            return np.zeros(len(days), dtype=np.int64)
        if leaders not in self._sums:
            self._sums[leaders] = np.concatenate([[0], np.cumsum(self.n_leaders if leaders else self.n)])
        place = np.minimum(np.searchsorted(self.dyads, dyads), len(self.dyads) - 1)
        known = self.dyads[place] == dyads
        keys = _key(place, np.int64(list(CLASSES).index(kind)), days)
        counts: Ints = np.where(known, self._sums[leaders][np.searchsorted(self._keys, keys)], 0)
        return counts

    @property
    def _keys(self) -> Ints:
        if not hasattr(self, "_keys_made"):
            object.__setattr__(self, "_keys_made", _key(self.dyad, self.kind, self.day))
        made: Ints = self._keys_made  # type: ignore[attr-defined]
        return made


def _key(dyad: Ints, kind: Ints | np.int64, day: Ints) -> Ints:
    return (dyad * len(CLASSES) + kind) * (1 << 22) + day + (1 << 21)


@dataclass(frozen=True, eq=False)
class Reports:
    """Event data of a workspace as they were public before a day; a year is read when it is looked at.

    Parameters
    ----------
    years : dict
        Source -> year -> function that reads its cells.
    """

    years: Mapping[str, Mapping[int, Callable[[], Cells]]] = field(default_factory=dict)
    _gate: int | None = None

    def known_before(self, as_of: Day) -> Reports:
        """The reports that were published before a day."""
        gate = day_number(as_of)
        return replace(self, _gate=gate if self._gate is None else min(gate, self._gate))

    def counts(
        self,
        source: str,
        dyads: npt.NDArray[np.str_],
        kind: str,
        span: tuple[int, int],
        *,
        leaders: bool = False,
    ) -> Ints:
        """Reports of a source on each dyad that were published on the days ``[first, end)`` and before the gate."""
        first, end = self._behind(span)
        total = np.zeros(len(dyads), dtype=np.int64)
        for cells in self._cells(source, first, end):
            low, high = (
                cells.until(dyads, kind, np.full(len(dyads), day, dtype=np.int64), leaders=leaders)
                for day in (first, end)
            )
            total += high - low
        return total

    def days(self, source: str, span: tuple[int, int]) -> int:
        """On how many of the days ``[first, end)`` before the gate the source reported on anybody."""
        first, end = self._behind(span)
        return sum(
            int(np.searchsorted(cells.days, end) - np.searchsorted(cells.days, first))
            for cells in self._cells(source, first, end)
        )

    def _behind(self, span: tuple[int, int]) -> tuple[int, int]:
        first, end = span
        end = end if self._gate is None else min(end, self._gate)
        return min(first, end), end

    def _cells(self, source: str, first: int, end: int) -> list[Cells]:
        if first >= end:
            return []
        low, high = (
            1970 + int(np.datetime64(day, "D").astype("datetime64[Y]").astype(int)) for day in (first, end - 1)
        )
        return [read() for year, read in self.years.get(source, {}).items() if low <= year <= high]
