"""Ledgers whose texts try to be more than text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simulated_ledgers import simulated_ledger, write_workspace

#: Notes that stand on rows of the ledger, each twice: markup, ends of what could enclose it, templates, long words,
#: letters of other scripts, characters that steer a terminal.
NOTES = (
    "<script>document.title = 'broken into'</script>",
    "<img src=x onerror=\"document.title='broken into'\">",
    "]]></style></svg></table><h1>Not a heading</h1><!--",
    "{{ 7 * 7 }} {% include 'report.css' %} &amp; \"quoted\" 'twice'",
    "W" * 400,
    "習近平與莫迪在金磚國家峰會期間會晤" * 6,
    "التقى الزعيمان على هامش القمة في مدينة صغيرة",
    "\x1b[31mred\x1b[0m and \x07 a bell",
)

#: Addresses that stand beside them; only the first two may become links.
ADDRESSES = (
    "https://example.org/a?b=1&c=<d>",
    "http://example.org/e",
    "javascript:document.title='broken into'",
    "data:text/html,<script>1</script>",
    'https://example.org/" onclick="document.title=1',
    "file:///etc/passwd",
    "//example.org/f",
    "",
)


def odd_workspace(root: Path) -> Path:
    """India and Pakistan, told oddly, and India and China beside them."""
    rows = simulated_ledger(
        "IND", "PAK", start="2008-01-01", end="2019-12-31", leader_rows=24, minister_rows=36, seed=5
    )
    known = rows["known_on"] < "2018-03-01"
    place = pd.Series(range(int(known.sum()))[::-1], index=rows.index[known]).reindex(rows.index, fill_value=0)
    rows = rows.assign(
        note=[NOTES[at % len(NOTES)] for at in place],
        url=[ADDRESSES[at % len(ADDRESSES)] for at in place],
        persons="A <b>bold</b> name",
    )
    others = simulated_ledger(
        "CHN", "IND", start="2008-01-01", end="2018-01-31", leader_rows=20, minister_rows=20, seed=7
    )
    declared = {
        "rivals.csv": {"coverage_start": "2008-01-01", "coverage_end": "2019-12-31"},
        "neighbours.csv": {"coverage_start": "2008-01-01", "coverage_end": "2018-01-31"},
    }
    return write_workspace(root, {"rivals.csv": rows, "neighbours.csv": others}, declared)
