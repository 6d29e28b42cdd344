"""A sample of the dyads that never meet, for records of thousands of dyads.

All states together are 18,915 dyads, and most of their leaders never meet: a row of theirs says little, and there are
millions. Above `LARGE` dyads a model learns from every row of the dyads that met in the years of the rows and from a
share of the others, each of whose rows then counts as many times as dyads were left out for it (Horvitz and Thompson
1952, https://doi.org/10.1080/01621459.1952.10483446). Sums over the rows, and so the weights of the model, are right on
average over the draws. Whether a dyad is drawn depends on its name alone, so that no fact of another changes it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Final

from forecast.dates import Day, Days, day_number
from forecast.facts.history import History
from forecast.panel.outcomes import KINDS_OF_TARGET
from forecast.signals.cube import make_cube

#: Dyads on the last date of the rows up to which every row is learned from, and the share drawn of those that never
#: meet above it.
LARGE: Final = 2_000
SHARE: Final = 0.1


@dataclass(frozen=True)
class Sample:
    """Which dyads are learned from.

    Parameters
    ----------
    met : frozenset of str
        Dyads that met in the years of the rows: all of them are.
    share : float
        Of the others, the share that is drawn.
    seed : int
    """

    met: frozenset[str]
    share: float = SHARE
    seed: int = 0
    _weights: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    def weight(self, dyad: str) -> float:
        """How many dyads a dyad stands for; 0 if it is left out.

        Examples
        --------
        >>> sample = Sample(frozenset(["USA-CHN"]), share=0.5)
        >>> [sample.weight(dyad) for dyad in ("USA-CHN", "BRA-KEN", "FJI-TCD")]
        [1.0, 0.0, 2.0]
        """
        if dyad not in self._weights:
            digest = hashlib.sha256(f"{self.seed} {dyad}".encode()).digest()
            drawn = int.from_bytes(digest[:8], "big") < self.share * 2**64
            self._weights[dyad] = 1.0 if dyad in self.met else drawn / self.share
        return self._weights[dyad]


def is_large(known: History, day: Day) -> bool:
    """Whether the dyads of a day are so many that models learn from a sample."""
    return len(known.cohort(day)) > LARGE


def sample_of(known: History, as_ofs: Days, *, target: str) -> Sample | None:
    """The dyads to learn from at some dates, or None for all of them."""
    if not is_large(known, as_ofs[-1]):
        return None
    meetings = make_cube(known).meetings(KINDS_OF_TARGET[target])
    return Sample(frozenset(meetings.dyad[meetings.first >= day_number(as_ofs[0])].tolist()))


def sample_words(n_rows: int, drawn_from: int) -> str:
    """Say of how many rows a model learned from a sample.

    >>> sample_words(1_065_480, 2_269_800)
    'learned from 1,065,480 of 2,269,800 rows: of all dyads that met and a tenth of the others, weighted without bias'
    """
    return (
        f"learned from {n_rows:,} of {drawn_from:,} rows: of all dyads that met and a tenth of the others, weighted "
        "without bias"
    )
