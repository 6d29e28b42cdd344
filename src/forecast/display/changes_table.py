"""What an update changes, as text of at most 80 columns unless a coding is longer."""

from __future__ import annotations

from typing import Final

import pandas as pd

#: Records shown of each kind of change unless all are asked for.
SHOWN: Final = 5


def changes_table(counts: pd.DataFrame, changes: pd.DataFrame, *, whole: bool = False) -> str:
    """Counts by collection and the records that changed, of each kind the first few or all.

    Examples
    --------
    >>> counts = pd.DataFrame(
    ...     [("visits", 8, 7, 1, 0, 0, "1969-03-31", "1969-02-01")],
    ...     columns=["collection", "records", "records_before", "added", "removed", "recoded", "ends_on", "ended_on"],
    ... )
    >>> changes = pd.DataFrame(
    ...     [("added", "visits", "7", "1969-03-31", "ITA-USA leader margins, 1969-04-01")],
    ...     columns=["change", "collection", "record_id", "started_on", "what"],
    ... )
    >>> print(changes_table(counts, changes))
    collection        records   was added removed recoded  ends on     was
    visits                  8     7     1       0       0  1969-03-31  1969-02-01
    <BLANKLINE>
    added    visits             7     1969-03-31  ITA-USA leader margins, 1969-04-01
    """
    lines = [f"{'collection':<18}{'records':>7}{'was':>6}{'added':>6}{'removed':>8}{'recoded':>8}  {'ends on':<12}was"]
    lines += [
        f"{row['collection']:<18}{row['records']:>7}{row['records_before']:>6}{row['added']:>6}{row['removed']:>8}"
        f"{row['recoded']:>8}  {row['ends_on']:<12}{row['ended_on'] or '-'}"
        for _, row in counts.iterrows()
    ]
    for change in ("added", "removed", "recoded"):
        mine = changes.loc[changes["change"] == change]
        shown = mine if whole else mine.iloc[:SHOWN]
        if len(shown):
            lines.append("")
        lines += [
            f"{change:<9}{row['collection']:<19}{row['record_id']:<6}{row['started_on']:<12}{row['what']}"
            for _, row in shown.iterrows()
        ]
        if len(mine) > len(shown):
            lines.append(f"... and {len(mine) - len(shown)} more {change}: --list shows all")
    return "\n".join(lines)
