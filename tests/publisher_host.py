"""A publisher's host on this machine: repositories as archives, and every way in which a host can fail."""

from __future__ import annotations

import contextlib
import gzip
import io
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
#: 1979-03-14, noon (UTC).
COMMITTED_AT = 290_260_800
FILES = Path(__file__).parent / "coding" / "fixtures" / "state-department" / "publisher"
REPOSITORIES = ("visits", "travels")

Answer = Callable[[BaseHTTPRequestHandler], None]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def archive(files: Mapping[str, bytes], *, top: str = "visits-0123456", commit: str | None = COMMIT) -> bytes:
    """Make an archive as `git archive` does: the commit in the head, one folder at the top, one time for all."""
    packed = io.BytesIO()
    heads = {"comment": commit} if commit else {}
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT, pax_headers=heads) as made:
        for name, content in files.items():
            member = tarfile.TarInfo(f"{top}/{name}" if top else name)
            member.size, member.mtime = len(content), COMMITTED_AT
            made.addfile(member, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


def archives(files: Path = FILES) -> dict[str, Answer]:
    """Answers of a host that has the repositories of a folder."""
    return {
        f"/{name}/archive/HEAD.tar.gz": body(archive(tree(files / name), top=f"{name}-0123456"))
        for name in REPOSITORIES
    }


def body(content: bytes, *, status: int = 200, kind: str = "application/x-gzip", told: int | None = None) -> Answer:
    """Answer with a content, and tell another length of it if asked to."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content) if told is None else told))
        request.end_headers()
        request.wfile.write(content)

    return answer


def redirect(place: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", place)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def in_turn(*answers: Answer) -> Answer:
    """Give one answer after the other, the last for ever."""
    left = list(answers)
    return lambda request: (left.pop(0) if len(left) > 1 else left[0])(request)


@dataclass
class Host:
    """What the host answers by path, what it was asked, and an event that ends all waiting."""

    answers: dict[str, Answer]
    address: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def silence(self, request: BaseHTTPRequestHandler) -> None:
        """Take the question and say nothing."""
        self.closing.wait(20)

    def drip(self, request: BaseHTTPRequestHandler) -> None:
        """Send a byte now and then, never so late that the connection would be given up."""
        request.send_response(200)
        request.end_headers()
        while not self.closing.wait(0.05):
            request.wfile.write(b"\x1f")


@contextmanager
def serving(answers: Mapping[str, Answer]) -> Iterator[Host]:
    """Run a host on a free port of this machine."""
    host = Host(dict(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host.asked.append((self.path, self.headers.get("User-Agent", "")))
            self.close_connection = True
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the other side had enough
                host.answers.get(self.path, body(b"no such page", status=404))(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a question that is no HTTP

    server = Server(("127.0.0.1", 0), Handler)
    host.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield host
    finally:
        host.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
