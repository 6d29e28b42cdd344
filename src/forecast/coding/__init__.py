"""Coding: from text and records to events, by the rules of the codebook.

`people`, `offices`, `places` and `days` resolve what any text names; a folder holds what is one publisher's own. Words
and patterns stand in tables beside the code, in the order in which they are tried.
"""

from __future__ import annotations

from forecast.facts import package_rows


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a table of this folder."""
    return package_rows(f"coding/{name}")
