"""The calendar of summits against the coded records, row by row.

Run ``.venv/bin/python benchmarks/summits.py`` (seconds). It prints how many of the summits that the records name since
1990 are editions of the calendar, every one that is not, what is left out and why, and the editions at which the
records and the column `us_attendance` do not fit together. The rules are in `forecast.readers.crosscheck` and
``benchmarks/attendance.py``; a test holds the shipped facts to them.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from attendance import attendance_gaps, editions_to_attend, read_attendances
from forecast.readers.calendar import ATTENDANCES, VENUES
from forecast.readers.crosscheck import REASONS, check_calendar, edition_of, read_gatherings
from forecast.workspace import load_history

ROOT = Path(__file__).resolve().parent.parent
RAW = ROOT / "data" / "raw"


def main() -> None:
    """Print both comparisons."""
    history = load_history(ROOT)
    check = check_calendar(history, read_gatherings(RAW))
    exact = sum(edition_of(summit, history.calendar, within_days=0) is not None for summit, _ in check.matched)
    print(f"summits named since 1990: {check.named}, matched: {len(check.matched)} ({check.share:.1%})")
    print(f"  without widening the days of the editions: {exact}")
    for summit in check.missed:
        print(f"  missed: {summit.venue or '(no name)'}, {summit.place}, {summit.starts_on} to {summit.ends_on}")
    for gathering in check.stale:
        print(f"  no longer needed in the list: {gathering}")
    why = Counter(gathering.reason for gathering in check.left_out)
    print(f"\nleft out: {len(check.left_out)}")
    for reason, text in REASONS.items():
        print(f"  {why[reason]:>4} {reason:<14} {text}")

    attendances = read_attendances(RAW / VENUES)
    editions = editions_to_attend(history)
    gaps = attendance_gaps(history, attendances)
    words = Counter(attendances[edition.series, edition.edition] for edition in editions)
    print(f"\neditions since 1990 with the USA as host or member: {len(editions)}")
    for word, text in ATTENDANCES.items():
        print(f"  {words[word]:>4} {word:<14} {text}")
    for edition, wrong in gaps:
        print(f"  {edition.series} {edition.edition}: {wrong}")


if __name__ == "__main__":
    main()
