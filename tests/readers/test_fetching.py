"""A file comes whole from the host that was named, or there is an error that says why not."""

from __future__ import annotations

import asyncio
import importlib.metadata
import signal
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest

from forecast.errors import FetchError
from forecast.readers import download as fetching
from forecast.readers.download import Limits, check_address, fetch
from publisher_host import Host, body, in_turn, redirect, serving

QUICK = Limits(timeout_seconds=0.3, total_seconds=0.6, size_bytes=1000, pauses_seconds=(0.01, 0.01))


@pytest.fixture
def host():
    with serving({"/file": body(b"content")}) as running:
        yield running


def refused(address: str, says: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(address, limits=QUICK)
    assert caught.value.exit_code == 9
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    # The command shows one line: the address stands in it, once.
    assert str(caught.value).count(address.rpartition("@")[2]) == 1


def test_a_file_comes_byte_for_byte_and_the_program_names_itself(host: Host) -> None:
    assert fetch(f"{host.address}/file", limits=QUICK) == b"content"
    assert host.asked == [("/file", f"forecast/{importlib.metadata.version('forecast')}")]


@pytest.mark.parametrize("code", [400, 403, 404, 410, 429])
def test_a_refusal_is_not_asked_again(host: Host, code: int) -> None:
    host.answers["/file"] = body(b"", status=code)
    refused(f"{host.address}/file", f"answered {code} ")
    assert len(host.asked) == 1


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_a_failing_host_is_asked_three_times(host: Host, code: int) -> None:
    host.answers["/file"] = body(b"", status=code)
    refused(f"{host.address}/file", f"answered {code} ")
    assert len(host.asked) == 3
    host.answers["/file"] = in_turn(body(b"", status=code), body(b"", status=503), body(b"late"))
    assert fetch(f"{host.address}/file", limits=QUICK) == b"late"


def test_the_pauses_grow(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.answers["/file"] = body(b"", status=503)
    slept: list[float] = []
    monkeypatch.setattr(fetching.time, "sleep", slept.append)
    with pytest.raises(FetchError, match=r"answered 503 Service Unavailable 3 times; try again later"):
        fetch(f"{host.address}/file")
    assert slept == [1.0, 3.0]


def test_a_silent_host_is_given_up(host: Host) -> None:
    host.answers["/file"] = host.silence
    refused(f"{host.address}/file", "gave no answer within 0.3 seconds; try again later")


def test_a_host_that_drips_is_given_up(host: Host) -> None:
    host.answers["/file"] = host.drip
    refused(f"{host.address}/file", "was not whole after 0.6 seconds")


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "100 Continue"])
def test_a_host_that_drips_its_headers_is_given_up(host: Host, status: str) -> None:
    def drip(request) -> None:
        request.wfile.write(f"HTTP/1.1 {status}\r\nX-Slow: ".encode())
        while not host.closing.wait(0.05):
            request.wfile.write(b"x")

    host.answers["/file"] = drip
    began = time.monotonic()
    refused(f"{host.address}/file", "was not whole after 0.6 seconds")
    assert time.monotonic() - began < 5


def test_headers_without_an_end_are_not_taken(host: Host) -> None:
    def endless(request) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not host.closing.is_set():
            request.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")

    host.answers["/file"] = endless
    refused(f"{host.address}/file", "cannot be reached: ")


def test_redirects_share_the_time_of_one_answer(host: Host) -> None:
    def late(request) -> None:
        host.closing.wait(0.2)
        redirect("/file")(request)

    host.answers["/file"] = late
    refused(f"{host.address}/file", "was not whole after 0.6 seconds")


def test_further_tries_share_the_time_of_one_answer(host: Host) -> None:
    def late(request) -> None:
        host.closing.wait(0.25)
        body(b"", status=503)(request)

    host.answers["/file"] = late
    refused(f"{host.address}/file", "was not whole after 0.6 seconds")


def test_a_length_that_is_no_number_is_not_believed(host: Host) -> None:
    def odd(request) -> None:
        request.wfile.write("HTTP/1.1 200 OK\r\nContent-Length: \u00b2\r\n\r\nx".encode("latin-1"))

    host.answers["/file"] = odd
    refused(f"{host.address}/file", "")


def test_a_file_is_fetched_while_a_loop_is_running(host: Host) -> None:
    """As in a notebook."""

    async def cell() -> bytes:
        return fetch(f"{host.address}/file", limits=QUICK)

    assert asyncio.run(cell()) == b"content"


@pytest.fixture
def heeding_interrupts():
    """Ctrl-C interrupts, also where the tests were started in the background, with the signal ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeding_interrupts")
def test_an_interrupt_ends_the_waiting(host: Host) -> None:
    """Ctrl-C stops the fetch at once, and not when the host's time is over."""
    host.answers["/file"] = host.silence
    pressed = threading.Timer(0.3, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])
    pressed.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        fetch(f"{host.address}/file")
    assert time.monotonic() - began < 5


def test_a_host_that_falls_silent_within_the_body_is_given_up(host: Host) -> None:
    def half(request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"half")
        host.silence(request)

    host.answers["/file"] = half
    refused(f"{host.address}/file", "gave no answer within 0.3 seconds")


def test_half_a_body_is_no_body(host: Host) -> None:
    host.answers["/file"] = body(b"content", told=100)
    refused(f"{host.address}/file", "broke off after 7 of 100 bytes; try again")


def test_half_a_body_in_chunks_is_no_body(host: Host) -> None:
    def chunks(request) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"7\r\ncontent\r\n64\r\nhal")

    host.answers["/file"] = chunks
    refused(f"{host.address}/file", "broke off after")


@pytest.mark.parametrize("told", [True, False])
def test_a_body_that_is_too_large_is_not_taken(host: Host, told: bool) -> None:
    def large(request) -> None:
        request.send_response(200)
        if told:
            request.send_header("Content-Length", "1001")
        request.end_headers()
        request.wfile.write(b"x" * 1001)

    host.answers["/file"] = large
    refused(f"{host.address}/file", "is larger than")
    host.answers["/file"] = body(b"x" * 1000)
    assert len(fetch(f"{host.address}/file", limits=QUICK)) == 1000


def test_a_redirect_on_the_same_host_is_followed(host: Host) -> None:
    host.answers["/old"] = redirect("/file")
    assert fetch(f"{host.address}/old", limits=QUICK) == b"content"


def test_a_redirect_in_a_circle_ends(host: Host) -> None:
    host.answers["/old"] = redirect("/old")
    refused(f"{host.address}/old", "answered 302 ")


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("http://localhost:PORT/file", "redirects to another host, http://localhost:PORT, which is not followed"),
        ("https://127.0.0.1:PORT/file", "redirects to another host"),
        ("https://example.org/file", "redirects to another host, https://example.org, which is not followed"),
        ("http://example.org/file", "redirects to another host, http://example.org"),
        ("ftp://127.0.0.1/file", "redirects to another host, ftp://127.0.0.1"),
        ("file:///etc/hostname", "redirects to another host, file://, which is not followed"),
    ],
)
def test_a_redirect_to_another_host_is_not_followed(host: Host, place: str, says: str) -> None:
    port = str(urlsplit(host.address).port)
    host.answers["/old"] = redirect(place.replace("PORT", port))
    refused(f"{host.address}/old", says.replace("PORT", port))
    assert [path for path, _ in host.asked] == ["/old"]


def test_a_redirect_to_the_hosts_own_store_is_followed(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """As github.com does for archives, which stand on codeload.github.com."""
    with serving({"/store": body(b"stored")}) as store:
        monkeypatch.setattr(fetching, "_STORES", {urlsplit(host.address).netloc: urlsplit(store.address).netloc})
        host.answers["/old"] = redirect(f"{store.address}/store")
        assert fetch(f"{host.address}/old", limits=QUICK) == b"stored"
        store.answers["/store"] = redirect(f"{host.address}/file")  # there is no way back
        refused_at = f"{store.address}/store"
        with pytest.raises(FetchError, match=f"{refused_at}: redirects to another host"):
            fetch(f"{host.address}/old", limits=QUICK)


def test_where_nobody_listens_the_error_says_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    refused(f"http://127.0.0.1:{port}/file", "cannot be reached: Connection refused; check the network")


def test_a_host_without_https_is_not_asked_without_it(host: Host) -> None:
    refused(f"{host.address.replace('http:', 'https:')}/file", "cannot be reached: ")
    assert host.asked == []


def test_a_host_that_speaks_something_else_is_an_error(host: Host) -> None:
    host.answers["/file"] = lambda request: request.wfile.write(b"SSH-2.0-OpenSSH\r\n")
    refused(f"{host.address}/file", "cannot be reached: Server disconnected without sending a response; check")


def test_a_name_without_a_host_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    refused("https://nowhere.invalid/file", "cannot be reached: Name or service not known; check the network")


def test_a_proxy_is_not_asked_for_this_machine(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert fetch(f"{host.address}/file", limits=QUICK) == b"content"


def test_a_proxy_of_another_kind_is_an_error_of_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "gopher://127.0.0.1:1")
    refused("https://example.org/file", "the proxy of the environment cannot be used: ")


def test_the_world_outside_is_reached_through_the_proxy(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """This host is asked to connect to the one outside, and refuses since it is no proxy."""
    monkeypatch.setenv("https_proxy", host.address)
    refused("https://example.org/file", "cannot be reached: 501 ")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://example.org/file", "give an address that begins with https"),
        ("http://128.0.0.1/file", "give an address that begins with https"),
        ("http://localhost.example.org/", "give an address that begins with https"),
        ("ftp://example.org/file", "give an address that begins with https"),
        ("https:///file", "is no address"),
        ("https://example.org:port/", "is no address"),
        ("https://example.org/a file", "is no address"),
        ("https://[::1/file", "is no address"),
        ("file:///etc/hostname", "is no address"),
        ("https://me:secret@example.org/", "without name and password"),
    ],
)
def test_an_address_that_is_not_fetched_is_refused_before_anything_is_asked(address: str, says: str) -> None:
    with pytest.raises(FetchError, match=says) as caught:
        fetch(address, limits=QUICK)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "127.8.9.10", "localhost", "[::1]:80"])
def test_this_machine_needs_no_https(host: str) -> None:
    assert check_address(f"http://{host}/file").scheme == "http"
