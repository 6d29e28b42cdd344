"""A language model's rows pass the same checks; a stub on loopback plays honest and hostile ones."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import forecast as fc
from forecast.coding import language_model

TEXT = "Kenya's President William Ruto met Prime Minister Abiy Ahmed of Ethiopia\nin Addis Ababa on Monday. They dined."
QUOTE = "Kenya's President William Ruto met Prime Minister Abiy Ahmed of Ethiopia in Addis Ababa on Monday."
ROW = {
    "started_on": "2023-02-06", "ended_on": "2023-02-06", "source": "KEN", "recipient": "ETH", "event": "CONSULT",
    "mode": "visit", "level": "leader", "setting": "bilateral", "status": "occurred", "place": "ETH",
    "persons": "Ruto; Abiy", "dialogue": "", "quote": QUOTE, "confidence": 0.9, "unresolved": "",
}  # fmt: skip


@contextmanager
def model(content: object, *, status: int = 200, raw: bytes | None = None) -> Iterator[tuple[str, list]]:
    """Serve one reply for every question, and keep the questions."""
    requests: list = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append((self.path, self.headers.get("Authorization", ""), json.loads(body)))
            text = content if isinstance(content, str) else json.dumps(content)
            reply = raw if raw is not None else json.dumps({"choices": [{"message": {"content": text}}]}).encode()
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def code(endpoint, **kwargs):
    return fc.code(TEXT.encode(), published="2023-02-08", engine="llm", endpoint=endpoint, model="any", **kwargs)


def test_a_row_of_the_schema_is_a_candidate():
    with model({"events": [ROW]}) as (endpoint, requests):
        rows = code(endpoint, key="secret")
    (row,) = rows.to_dict("records")
    assert {name: row[name] for name in ("source", "recipient", "mode", "level", "place")} == {
        "source": "KEN", "recipient": "ETH", "mode": "visit", "level": "leader", "place": "ETH",
    }  # fmt: skip
    assert row["known_on"] == "2023-02-08"
    assert " ".join(TEXT[row["evidence_start"] : row["evidence_end"]].split()) == QUOTE
    ((path, authorization, question),) = requests
    assert (path, authorization) == ("/v1/chat/completions", "Bearer secret")
    assert question["response_format"]["json_schema"]["schema"] == language_model.SCHEMA
    assert TEXT in question["messages"][1]["content"]
    assert "secret" not in json.dumps(question)


def test_a_reply_in_a_fence_is_read():
    with model("Here you are:\n```json\n" + json.dumps({"events": [ROW]}) + "\n```") as (endpoint, _):
        assert len(code(endpoint)) == 1


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"quote": "President Biden met President Xi in Beijing on Monday."}, "its quote is not in the text"),
        ({"quote": "met"}, "its quote is not in the text"),
        ({"source": "Narnia"}, "unknown state 'Narnia'"),
        ({"recipient": "KEN"}, "KEN is the source too"),
        ({"event": "MARRY"}, "event: 'MARRY' is none of"),
        ({"level": "emperor"}, "level: 'emperor' is none of"),
        ({"started_on": "2023-03-06", "ended_on": "2023-03-06"}, "what is planned has the status 'announced'"),
        ({"started_on": "06/02/2023"}, "is no day of the calendar"),
        ({"confidence": 7}, "confidence: 7 is no number between 0 and 1"),
        ({"confidence": True}, "confidence: True is no number"),
        ({"persons": ["Ruto"]}, "persons: is no text"),
        ({"persons": "x" * 4000}, "persons: is no text of at most 300 characters"),
        ({"persons": "Ruto\x1b[2J"}, "persons: holds control characters"),
        ({"known_on": "2022-01-01"}, "lacks or adds known_on"),
        ({"url": "javascript:alert(1)"}, "lacks or adds url"),
    ],
)
def test_a_row_that_is_wrong_is_left_out_and_named(cells, reason):
    with model({"events": [{**ROW, **cells}, ROW]}) as (endpoint, _):
        rows = code(endpoint)
    assert len(rows) == 1
    (note,) = rows.attrs["notes"]
    assert note.startswith("text: row 1 of the model is left out: ")
    assert reason in note
    assert "\x1b" not in note


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        ("I cannot help with that.", {}, "the model's reply is no JSON of the schema"),
        ({"events": "none"}, {}, "the model's reply is no JSON of the schema"),
        ("[" * 5000, {}, "the model's reply is no JSON of the schema"),
        ("", {"raw": b"<html>busy</html>"}, "what came is no chat completion"),
        ("", {"raw": b'{"choices": []}'}, "what came is no chat completion"),
        ("", {"raw": b"x" * 2_100_000}, "the reply is longer than 2,000,000 bytes"),
        ("", {"status": 401}, "answers with status 401; check address, model and key"),
        ("", {"status": 302}, "answers with status 302"),
    ],
)
def test_a_reply_that_is_none_ends_with_one_line(content, options, says):
    with model(content, **options) as (endpoint, requests), pytest.raises(fc.ForecastError, match=says) as caught:
        code(endpoint, key="secret")
    assert caught.value.exit_code == 9
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(requests) == 1


def test_more_rows_than_a_text_can_hold_are_left_out():
    with model({"events": [ROW] * 250}) as (endpoint, _):
        rows = code(endpoint)
    assert len(rows) == language_model.MOST_ROWS
    assert rows.attrs["notes"] == ["text: the model gave 250 rows; those after 200 are left out"]


@pytest.mark.parametrize(
    ("endpoint", "name", "says"), [("", "m", "is no address"), ("http://127.0.0.1:9/v1", "", "is empty")]
)
def test_address_and_model_are_needed(endpoint, name, says):
    with pytest.raises(fc.ForecastError, match=says):
        fc.code(TEXT.encode(), published="2023-02-08", engine="llm", endpoint=endpoint, model=name)


def test_nobody_at_the_address_is_said():
    with pytest.raises(fc.ForecastError, match="cannot be reached: ConnectError"):
        code("http://127.0.0.1:9/v1")
