"""Pages of Wikipedia from its API, as they stand or as they stood before a day."""

from __future__ import annotations

import importlib.metadata
import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from forecast.dates import Day, parse_day
from forecast.errors import DateError, FetchError
from forecast.readers.download import LIMITS, Limits, check_address, in_time, read_body
from forecast.readers.wikipedia_pages import SavedPage

if TYPE_CHECKING:
    import httpx

API: Final = "https://en.wikipedia.org/w/api.php"
#: Seconds of database lag above which the API is to refuse, as its etiquette wants of programs.
MAX_LAG_SECONDS: Final = 5


def fetch_trips(
    title: str, *, as_of: Day | None = None, address: str = API, contact: str, limits: Limits = LIMITS
) -> SavedPage:
    """Fetch a page as it stands, or as it stood before a day.

    The etiquette of the API is kept: a user agent with a contact, one request after the other, ``maxlag``, and the
    pause that the host asks for.

    Parameters
    ----------
    title : str
        Such as ``List of international presidential trips made by Emmanuel Macron``.
    as_of : numpy.datetime64[D], optional
        The newest revision before midnight at the start of this day.
    address : str
        Of the API.
    contact : str
        A mail address or a page by which the operators of the host can reach the user.
    limits : Limits
        Seconds and bytes of each answer; ``total_seconds`` bounds all requests and pauses together.

    Returns
    -------
    SavedPage

    Raises
    ------
    FetchError
        With the address and the reason.
    """
    import httpx

    where = check_address(address)
    if not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://\S+", contact.strip()):
        raise FetchError(f"{contact!r} is no contact; the API wants a mail address or a page in the user agent")
    if not title.strip() or re.search(r"[\[\]{}<>|#]", title):
        raise FetchError(f"{title!r} is no title of a page")
    agent = f"forecast/{importlib.metadata.version('forecast')} ({contact.strip()}) httpx/{httpx.__version__}"
    newest = {} if as_of is None else {"rvdir": "older", "rvstart": f"{as_of - 1}T23:59:59Z"}
    asking = _Asking(address, agent, limits, until=time.monotonic() + limits.total_seconds)
    query = {"action": "query", "prop": "revisions", "redirects": "1", "rvlimit": "1", "rvprop": "ids|timestamp"}
    found = asking.answer({**query, **newest, "titles": title})
    try:
        page = found["query"]["pages"][0]
        if page.get("missing") or page.get("invalid"):
            raise FetchError(f"{address}: has no page {title!r}; look up its exact title")
        if not page.get("revisions"):
            raise FetchError(f"{address}: the page {title!r} did not exist before {as_of}")
        number, stamp = str(int(page["revisions"][0]["revid"])), str(page["revisions"][0]["timestamp"])
        revised_on = parse_day(stamp[:10])
        parsed = asking.answer({"action": "parse", "oldid": number, "prop": "text|revid"})["parse"]
        if str(parsed.get("revid", number)) != number:
            raise FetchError(f"{address}: gave another revision than {number}; try again later")
        text = str(parsed["text"])
    except (LookupError, TypeError, AttributeError, ValueError, DateError) as error:
        raise FetchError(f"{address}: answered what is no page ({error!r}); check the address") from None
    if as_of is not None and revised_on >= as_of:
        raise FetchError(f"{address}: gave a revision of {revised_on}, which is not before {as_of}")
    place = f"{where.scheme}://{where.netloc}/w/index.php?oldid={number}"
    return SavedPage(str(page["title"]), text, revised_on, "html", number, place)


@dataclass(frozen=True)
class _Asking:
    """One request after the other, within the limits of all together."""

    address: str
    agent: str
    limits: Limits
    until: float

    def answer(self, query: dict[str, str]) -> dict[str, Any]:
        request = {**query, "format": "json", "formatversion": "2", "maxlag": str(MAX_LAG_SECONDS)}
        for pause in (*self.limits.pauses_seconds, None):
            status, wanted, body = self._get(request)
            said: Any = None
            if status == 200:
                try:
                    said = json.loads(body)
                except (ValueError, RecursionError):
                    raise FetchError(f"{self.address}: answered no JSON; check the address") from None
                error = said.get("error") if isinstance(said, dict) else {"code": "no object"}
                if not error:
                    return dict(said)
                code, info = str(error.get("code", "")), str(error.get("info", ""))[:200]
                if code not in ("maxlag", "ratelimited", "readonly"):
                    raise FetchError(f"{self.address}: refused: {code}: {info}")
            elif status != 429 and status < 500:
                moved = "redirects, which is not followed" if 300 <= status < 400 else f"answered {status}"
                raise FetchError(f"{self.address}: {moved}; check the address")
            if pause is None:
                break
            wait = max(pause, wanted)
            if time.monotonic() + wait > self.until:
                raise FetchError(f"{self.address}: asks to wait {wait:g} seconds; try again later")
            time.sleep(wait)
        raise FetchError(f"{self.address}: was busy {len(self.limits.pauses_seconds) + 1} times; try again later")

    def _get(self, query: dict[str, str]) -> tuple[int, float, bytes]:
        """Status, seconds that the host asks to wait, and body of one answer."""

        async def read(client: httpx.AsyncClient) -> tuple[int, float, bytes]:
            async with client.stream("GET", self.address, params=query) as response:
                after = response.headers.get("Retry-After", "")
                body = await read_body(response, self.address, self.limits)
                return response.status_code, float(after) if after.isdecimal() else 0.0, body

        return in_time(self.address, read, limits=self.limits, until=self.until, agent=self.agent)
