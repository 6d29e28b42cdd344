"""The state of the champions as text for the terminal."""

from __future__ import annotations

import textwrap
from typing import Any


def status_table(found: dict[str, Any]) -> str:
    """Champion, former ones, last retraining, registry and the ends of the records, at most 80 columns wide.

    Parameters
    ----------
    found : dict
        As `forecast.status` gives it.

    Examples
    --------
    >>> print(status_table({"targets": {}, "coverage_end": {"ledger:rivals/rivals.csv": "2019-12-31"}}))
    there is no champion and no retraining yet: run 'forecast retrain'
    <BLANKLINE>
    records
      ledger:rivals/rivals.csv end on 2019-12-31
    """
    lines = []
    for target, told in found["targets"].items():
        lines += [f"target {target}", *_target(told), ""]
    if not lines:
        lines = ["there is no champion and no retraining yet: run 'forecast retrain'", ""]
    lines += ["records", *(f"  {source} end on {end}" for source, end in found["coverage_end"].items())]
    return "\n".join(lines)


def _target(told: dict[str, Any]) -> list[str]:
    lines = []
    champion = told["champion"]
    if champion is not None:
        lines.append(f"  champion       {champion['model']} {champion['version']}")
        lines.append(f"                 since {champion['since'] or 'unknown'}, by {champion['by']}")
    else:
        lines.append("  champion       none")
    if told["problem"]:
        lines += _wrapped("  problem        ", told["problem"])
    lines += [f"  {'former' if not k else '':<15}{name}" for k, name in enumerate(told["former"])]
    last = told["last_retraining"]
    if last is not None:
        lines.append(f"  last retrain   as of {last['as_of']}, at {last['decided_at']}: {last['decision']}")
        lines.append(f"  challenger     {last['challenger']}")
        lines += _wrapped("  reason         ", last["reason"])
        lines.append(f"  drift          {last['drift']}")
        lines += [f"                 {source}" for source in last["sources"]]
    return [*lines, *_wrapped("  registry       ", told["registry"])]


def _wrapped(head: str, text: str) -> list[str]:
    return textwrap.wrap(text, width=80, initial_indent=head, subsequent_indent=" " * len(head))
