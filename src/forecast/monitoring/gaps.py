"""Whether a source has fallen silent, judged by the gaps of its own past."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.dates import Day, Days, day_number, day_numbers
from forecast.monitoring.drift_report import DriftRow, not_enough
from forecast.monitoring.samples import CHANCES

#: Gaps of so many years before the last word are looked at: as many as models learn from.
GAP_YEARS: Final = 20

#: Fewer gaps do not tell what is usual.
FEWEST_GAPS: Final = 5


def past_gaps(told: Days) -> npt.NDArray[np.int64]:
    """Days from one word of a source to the next, over the `GAP_YEARS` before its last word.

    Examples
    --------
    >>> past_gaps(np.array(["2020-01-01", "2020-01-05", "2020-01-02", "1990-01-01"], dtype="datetime64[D]"))
    array([1, 3])
    """
    days = np.unique(day_numbers(told))
    recent = days[days > days[-1] - GAP_YEARS * 365.25] if len(days) else days
    return np.diff(recent)


def silence_from(gaps: npt.ArrayLike, *, chance: float) -> int:
    """Silence in days that the next gap reaches with at most this chance.

    With n past gaps, the next one is longer than the k-th longest with the chance k / (n + 1), whatever their
    distribution (Wilks 1941, https://doi.org/10.1214/aoms/1177731788). Where so few gaps cannot give so small a chance,
    it is taken to fall by a factor of e for each further length of the longest gap.

    Parameters
    ----------
    gaps : array-like of int, shape (n_gaps,)
        In days.
    chance : float

    Examples
    --------
    >>> silence_from(range(1, 100), chance=0.05), silence_from(range(1, 100), chance=0.01)
    (96, 100)
    >>> silence_from([10, 20, 30, 10, 10], chance=0.05)
    67
    """
    ordered = np.sort(np.asarray(gaps, dtype=np.int64))[::-1]
    rank = int(np.floor(chance * (len(ordered) + 1) + 1e-9))
    if rank >= 1:
        return int(ordered[rank - 1]) + 1
    longest = int(ordered[0])
    further = longest * (1.0 - np.log(chance * (len(ordered) + 1)))
    return max(longest + 1, int(np.ceil(further)))


def judge_source(name: str, told: Days, *, as_of: Day, until: Day | None = None) -> DriftRow:
    """Say how far a source lies behind the as-of date, and whether it ever was silent so long.

    Parameters
    ----------
    name : str
    told : numpy.ndarray of datetime64[D]
        Days before the as-of date on which it told something.
    as_of : numpy.datetime64[D]
    until : numpy.datetime64[D], optional
        The day up to which it is declared complete, if that is later than its last word: silence before is not missing.

    Returns
    -------
    DriftRow
        Its value counts the days from the last day told to the day before the as-of date. It is `watch` from the
        silence on that a gap reaches with a chance of one in twenty, and `drift` if that chance is below one in a
        hundred and no gap of `GAP_YEARS` was so long.

    Examples
    --------
    >>> weekly = np.arange("2010-01-01", "2020-01-01", 7, dtype="datetime64[D]")
    >>> row = judge_source("gazette", weekly, as_of=np.datetime64("2020-12-31"))
    >>> row.what, row.value, row.threshold, row.verdict
    ('gazette ends on 2019-12-27', 369.0, 8.0, 'drift')
    """
    ends = [day for day in (told.max() if len(told) else None, until) if day is not None]
    if not ends:
        return DriftRow("source", name, f"{name} tells nothing yet", "days behind", None, None, 0, not_enough(0))
    last = min(max(ends), as_of - np.timedelta64(1, "D"))
    behind = day_number(as_of) - day_number(last) - 1
    gaps = past_gaps(told)
    what = f"{name} reaches {last}"
    if len(gaps) < FEWEST_GAPS:
        return DriftRow("source", name, what, "days behind", float(behind), None, len(gaps), not_enough(len(gaps)))
    watch, rare = (silence_from(gaps, chance=chance) for chance in CHANCES)
    # Only a silence without precedent reads as an end: a president once stayed at home for fifteen months.
    drift = max(rare, int(gaps.max()) + 1)
    verdict = "drift" if behind >= drift else "watch" if behind >= watch else "ok"
    said = {"ok": what, "watch": f"{name} silent since {last}", "drift": f"{name} ends on {last}"}[verdict]
    return DriftRow("source", name, said, "days behind", float(behind), float(watch), len(gaps), verdict)
