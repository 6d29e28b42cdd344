"""One file from an address, whole and within limits, or a `FetchError` that says why not.

What an unattended program must not do stands here once: wait for ever, follow a redirect to another host, take half
a body for a whole one, or fill the memory.
"""

from __future__ import annotations

import http.client
import importlib.metadata
import ipaddress
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import IO, Any, Final
from urllib.parse import SplitResult, urlsplit

from forecast.errors import FetchError

#: A host that answers with a redirect to its own store of archives: https://github.com/npm/hosted-git-info/pull/34.
_STORES: Final = {"github.com": "codeload.github.com"}


@dataclass(frozen=True)
class Limits:
    """How long to wait and how much to take.

    Parameters
    ----------
    timeout_seconds : float
        For the connection and for every piece of the answer.
    total_seconds : float
        For the whole answer: a host that sends a byte now and then never meets the other limit.
    size_bytes : int
        Of the answer.
    pauses_seconds : tuple of float
        Pauses before each further try after an answer of 500 to 599.
    """

    timeout_seconds: float = 30.0
    total_seconds: float = 300.0
    size_bytes: int = 64 * 2**20
    pauses_seconds: tuple[float, ...] = (1.0, 3.0)


LIMITS: Final = Limits()


def fetch(address: str, *, limits: Limits = LIMITS) -> bytes:
    """Fetch one file.

    Parameters
    ----------
    address : str
        ``https://...``; ``http://`` only from this machine.
    limits : Limits

    Returns
    -------
    bytes
        The body, as long as the host said.

    Raises
    ------
    FetchError
        With the address and the reason.

    Examples
    --------
    >>> fetch("http://example.org/visits.tar.gz")
    Traceback (most recent call last):
    ...
    forecast.errors.FetchError: http://example.org/visits.tar.gz: is not fetched: give an address that begins with https
    """
    local = _loopback(check_address(address).hostname or "")
    # A proxy of the environment is for the world outside.
    handlers = [_Redirects(), *([urllib.request.ProxyHandler({})] if local else [])]
    opener = urllib.request.build_opener(*handlers)
    for pause in (*limits.pauses_seconds, None):
        try:
            return _body(opener, address, limits)
        except urllib.error.HTTPError as error:
            with error:
                if error.code < 500 or pause is None:
                    raise FetchError(f"{address}: {_refusal(error, limits)}") from None
        except http.client.IncompleteRead as error:
            raise FetchError(f"{address}: {_broken(len(error.partial))}") from None
        except (OSError, http.client.HTTPException) as error:
            raise FetchError(f"{address}: {_failure(error, limits)}") from None
        time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def check_address(address: str) -> SplitResult:
    """Split an address, if it may be fetched.

    Raises
    ------
    FetchError
        If it is not https (or of this machine), names no host, or carries a password.
    """
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


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follow a redirect on the same host, or to the store of archives that belongs to it."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        same = (old.scheme, old.netloc) == (new.scheme, new.netloc)
        if not same and (old.scheme, _STORES.get(old.netloc)) != (new.scheme, new.netloc):
            fp.close()
            host = f"{new.scheme}://{new.netloc.rpartition('@')[2]}"
            raise FetchError(f"{req.full_url}: redirects to another host, {host}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _body(opener: urllib.request.OpenerDirector, address: str, limits: Limits) -> bytes:
    version = importlib.metadata.version("forecast")
    request = urllib.request.Request(address, headers={"User-Agent": f"forecast/{version}"})
    until = time.monotonic() + limits.total_seconds
    with opener.open(request, timeout=limits.timeout_seconds) as response:
        told = response.headers.get("Content-Length", "")
        expected = int(told) if told.isdigit() else None
        if (expected or 0) > limits.size_bytes:
            raise FetchError(f"{address}: is larger than {_megabytes(limits.size_bytes)}, which is not fetched")
        body = bytearray()
        while part := response.read1(2**16):
            body += part
            if len(body) > limits.size_bytes:
                raise FetchError(f"{address}: is larger than {_megabytes(limits.size_bytes)}, which is not fetched")
            if time.monotonic() > until:
                raise FetchError(f"{address}: was not whole after {limits.total_seconds:g} seconds; try again later")
    if expected is not None and len(body) != expected:
        raise FetchError(f"{address}: {_broken(len(body), expected)}")
    return bytes(body)


def _refusal(error: urllib.error.HTTPError, limits: Limits) -> str:
    said = f"answered {error.code} {http.client.responses.get(error.code, '')}".rstrip()
    if error.code >= 500:
        return f"{said} {len(limits.pauses_seconds) + 1} times; try again later"
    return f"{said}; check the address"


def _failure(error: Any, limits: Limits) -> str:
    """Say why nothing came; urllib wraps the reason when the connection fails, and does not when the answer does."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return f"gave no answer within {limits.timeout_seconds:g} seconds; try again later"
    told = " ".join(str(getattr(reason, "strerror", None) or reason).split()) or type(reason).__name__
    return f"cannot be reached: {told}; check the network and the address"


def _broken(size: int, expected: int | None = None) -> str:
    whole = f" of {expected}" if expected is not None else ""
    return f"broke off after {size}{whole} bytes; try again"


def _megabytes(size: int) -> str:
    return f"{size / 2**20:g} MiB"


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
