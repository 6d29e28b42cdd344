"""Addresses from data: a link only if it leads to the web."""

from __future__ import annotations

import re
from urllib.parse import urlsplit


def web_address(text: str) -> str | None:
    """Give the address back if a page may link to it.

    Parameters
    ----------
    text : str
        A cell of a ledger: anything may stand in it.

    Returns
    -------
    str or None
        None unless it is http or https with a host and without spaces or control characters.

    Examples
    --------
    >>> web_address("https://www.state.gov/a")
    'https://www.state.gov/a'
    >>> web_address("javascript:alert(1)") is None
    True
    """
    if re.search(r"[\x00-\x20\x7f]", text):
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and host else None
