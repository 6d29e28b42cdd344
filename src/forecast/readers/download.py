"""One file from an address, whole and within limits, or a `FetchError` that says why not.

What an unattended program must not do stands here once: wait for ever, follow a redirect to another host, take half
a body for a whole one, or fill the memory.
"""

from __future__ import annotations

import http.client
import importlib.metadata
import ipaddress
import os
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

from forecast.errors import FetchError

if TYPE_CHECKING:
    import httpx

#: A host that answers with a redirect to its own store of archives: https://github.com/npm/hosted-git-info/pull/34.
_STORES: Final = {"github.com": "codeload.github.com"}
_MOST_REDIRECTS: Final = 10

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """How long to wait and how much to take."""

    #: For the connection, and for each piece of the answer.
    timeout_seconds: float = 30.0
    #: For the whole answer, with headers, redirects, pauses and further tries: a host that sends a byte now and then
    #: never meets the other limit.
    total_seconds: float = 300.0
    #: Of the answer.
    size_bytes: int = 64 * 2**20
    #: Before each further try after an answer of 500 to 599.
    pauses_seconds: tuple[float, ...] = (1.0, 3.0)


LIMITS: Final = Limits()


class _HostError(Exception):
    """The host answered with a status of 500 to 599, and the request may be repeated."""


def fetch(address: str, *, limits: Limits = LIMITS) -> bytes:
    """Fetch one file from ``https://...`` (``http://`` only from this machine), or raise `FetchError`.

    Examples
    --------
    >>> fetch("http://example.org/visits.tar.gz")
    Traceback (most recent call last):
    ...
    forecast.errors.FetchError: http://example.org/visits.tar.gz: is not fetched: give an address that begins with https
    """
    check_address(address)
    until = time.monotonic() + limits.total_seconds
    for pause in (*limits.pauses_seconds, None):
        try:
            return in_time(address, partial(_follow, address=address, limits=limits), limits=limits, until=until)
        except _HostError as error:
            if pause is None:
                tries = len(limits.pauses_seconds) + 1
                raise FetchError(f"{address}: {error} {tries} times; try again later") from None
        time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def check_address(address: str) -> SplitResult:
    """Split an address if it is https (or of this machine), names a host and carries no password."""
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        named = False
    if not named or any(not letter.isprintable() or letter.isspace() for letter in address):
        raise FetchError(f"{address!r} is no address; write https://host/path")
    if parts.username is not None or parts.password is not None:
        raise FetchError(f"{parts.scheme}://{parts.hostname}: give the address without name and password")
    if parts.scheme != "https" and not (parts.scheme == "http" and _loopback(parts.hostname or "")):
        raise FetchError(f"{address}: is not fetched: give an address that begins with https")
    return parts


def in_time(
    address: str, read: Callable[[httpx.AsyncClient], Awaitable[T]], *, limits: Limits, until: float, agent: str = ""
) -> T:
    """Let a function read from an address, and end it when the clock is at `until`, or raise `FetchError`.

    It runs in a loop of its own, since a notebook has one running, and is cancelled there: reads that block could not
    be ended when the time is over.
    """
    from anyio.from_thread import start_blocking_portal

    with start_blocking_portal() as portal:
        return portal.call(_in_time, address, read, limits, until, agent)


async def _in_time(
    address: str, read: Callable[[httpx.AsyncClient], Awaitable[T]], limits: Limits, until: float, agent: str
) -> T:
    import anyio
    import httpx

    own = f"forecast/{importlib.metadata.version('forecast')}"
    try:
        client = httpx.AsyncClient(
            headers={"User-Agent": agent or own, "Accept-Encoding": "identity"},
            timeout=limits.timeout_seconds,
            # The authorities that the system trusts, such as those of an office, and not a list that comes with httpx.
            verify=ssl.create_default_context(),
            # A proxy of the environment is for the world outside.
            trust_env=not _loopback(urlsplit(address).hostname or ""),
        )
    except (ImportError, ValueError) as error:
        raise FetchError(f"{address}: the proxy of the environment cannot be used: {_reason(error)}") from None
    try:
        with anyio.fail_after(max(until - time.monotonic(), 0.0)):
            async with client:
                return await read(client)
    except TimeoutError:
        raise FetchError(f"{address}: was not whole after {limits.total_seconds:g} seconds; try again later") from None
    except httpx.TimeoutException:
        raise FetchError(
            f"{address}: gave no answer within {limits.timeout_seconds:g} seconds; try again later"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise FetchError(f"{address}: cannot be reached: {_reason(error)}; check the network and the address") from None


async def _follow(client: httpx.AsyncClient, address: str, limits: Limits) -> bytes:
    """Request the address, and what it redirects to on the same host or on the store that belongs to it."""
    place = address
    for _ in range(_MOST_REDIRECTS + 1):
        async with client.stream("GET", place) as response:
            status = f"answered {response.status_code} {http.client.responses.get(response.status_code, '')}".rstrip()
            if response.is_success:
                return await read_body(response, address, limits)
            if response.is_server_error:
                raise _HostError(status)
            if not response.has_redirect_location:
                raise FetchError(f"{address}: {status}; check the address")
            place = _redirected(place, response.headers["Location"])
    raise FetchError(f"{address}: {status} more than {_MOST_REDIRECTS} times; check the address")


def _redirected(place: str, location: str) -> str:
    """Where a redirect leads, if it stays on the host or goes to the store that belongs to it."""
    old, new = urlsplit(place), urlsplit(urljoin(place, location))
    same = (old.scheme, old.netloc) == (new.scheme, new.netloc)
    if not same and (old.scheme, _STORES.get(old.netloc)) != (new.scheme, new.netloc):
        host = f"{new.scheme}://{new.netloc.rpartition('@')[2]}"
        raise FetchError(f"{place}: redirects to another host, {host}, which is not followed")
    return new.geturl()


async def read_body(response: httpx.Response, address: str, limits: Limits) -> bytes:
    """Read a body as long as the host said and not larger than the limit."""
    import httpx

    length = response.headers.get("Content-Length", "")
    expected = int(length) if length.isdecimal() else None
    too_large = FetchError(f"{address}: is larger than {limits.size_bytes / 2**20:g} MiB, which is not fetched")
    if (expected or 0) > limits.size_bytes:
        raise too_large
    body = bytearray()
    try:
        async for part in response.aiter_raw():
            body += part
            if len(body) > limits.size_bytes:
                raise too_large
    except (httpx.RemoteProtocolError, httpx.ReadError):
        whole = f" of {expected}" if expected is not None else ""
        raise FetchError(f"{address}: broke off after {len(body)}{whole} bytes; try again") from None
    return bytes(body)


def _reason(error: BaseException) -> str:
    """Say in one line what the system said, which httpx and anyio wrap, else what they say themselves."""
    reason, inner = error, error.__cause__ or error.__context__
    while inner is not None:
        if isinstance(inner, BaseExceptionGroup):
            inner = inner.exceptions[0]
        if isinstance(inner, OSError) and inner.errno:
            reason = inner
        inner = inner.__cause__ or inner.__context__
    text = str(reason)
    if isinstance(reason, OSError) and reason.errno:
        # asyncio puts the address in the place of the system's words.
        own_words = isinstance(reason, socket.gaierror | ssl.SSLError)
        text = str(reason.strerror) if own_words else os.strerror(reason.errno)
    return " ".join(text.split()).rstrip(".") or type(reason).__name__


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
