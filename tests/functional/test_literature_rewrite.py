"""``stepdown literature rewrite``: a model on a server of our own in this test, and the gate behind it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from stepdown.interfaces.cli import main
from stepdown.literature.rewriting.attempts import write_request

STUDY = "coerver2024ocr"


class Model(HTTPServer):
    """A server that answers with given texts, one after the other, and keeps what it was asked."""

    def __init__(self, *answers: bytes | str, code: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.code, self.asked = list(answers), code, list[dict[str, Any]]()
        self.keys = list[str | None]()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append({"path": self.path, **json.loads(body)})
        self.server.keys.append(self.headers["Authorization"])
        text = self.server.answers.pop(0)
        choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        told = text if isinstance(text, bytes) else json.dumps({"choices": [choice]}).encode()
        self.send_response(self.server.code)
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def serve() -> Iterator[Any]:
    running: list[Model] = []

    def start(*answers: bytes | str, code: int = 200) -> Model:
        model = Model(*answers, code=code)
        running.append(model)
        threading.Thread(target=model.serve_forever, daemon=True).start()
        return model

    yield start
    for model in running:
        model.shutdown()
        model.server_close()


def ask(model: Model, *more: str) -> int:
    return main(["literature", "rewrite", STUDY, "--endpoint", model.url, "--model", "invented", *more])


def our_text() -> str:
    from stepdown.evidence.reading import read_library
    from stepdown.literature.summaries.writing import make_summary

    return write_request(make_summary(read_library()[STUDY]))


def test_a_text_that_keeps_to_the_study_is_printed_with_who_wrote_it(
    serve: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, theirs = "The study saw this in 4 of 53 people.", "New disease activity came in 4 of the 53 people."
    good = our_text().replace(mine, theirs)
    model = serve(good)
    assert ask(model) == 0
    told = capsys.readouterr()
    assert mine in our_text() and theirs in told.out
    assert "A language model (invented) wrote this." in told.out
    assert told.err == "stepdown: accepted after 1 of 3 attempts\n"
    assert model.asked[0]["path"] == "/v1/chat/completions"
    assert our_text() in model.asked[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    ("ours", "theirs", "objection"),
    [
        ("stopped ocrelizumab", "stopped ritonavir", "ritonavir"),
        ("4 of 53", "3 of 53", "3 of 53"),
        ("The other 92 had none.", "It is safe for the other 92.", "safe"),
        ("The other 92 had none.", "It was approved in 2024.", "approved"),
    ],
)
def test_a_text_with_a_falsehood_is_never_printed(
    serve: Any, capsys: pytest.CaptureFixture[str], ours: str, theirs: str, objection: str
) -> None:
    assert ours in our_text()
    model = serve(*[our_text().replace(ours, theirs)] * 2)
    assert ask(model, "--tries", "2") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert objection in told.err and "rejected after 2 of 2 attempts" in told.err
    assert objection in model.asked[1]["messages"][-1]["content"]


def test_the_objections_go_back_and_the_next_text_may_pass(
    serve: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    model = serve("People with MS can safely stop.", our_text())
    assert ask(model, "--format", "json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["accepted"] and [bool(one["objections"]) for one in answer["attempts"]] == [True, False]


def test_a_key_is_sent_and_never_printed(
    serve: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPDOWN_MODEL_KEY", "invented-secret")
    model = serve(b"{}", code=401)
    assert ask(model) == 2
    told = capsys.readouterr()
    assert model.keys == ["Bearer invented-secret"]
    assert "answered 401: it wants a key" in told.err and "invented-secret" not in told.err + told.out


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"<html>", "no endpoint of chat completions"),
        (b'{"choices": []}', "no endpoint of chat completions"),
        ("  ", "without a text"),
    ],
)
def test_an_answer_of_another_kind_is_one_sentence(
    serve: Any, capsys: pytest.CaptureFixture[str], answer: bytes | str, told: str
) -> None:
    assert ask(serve(answer)) == 2
    err = capsys.readouterr().err
    assert told in err and err.count("\n") == 1


def test_where_nobody_answers_one_sentence_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["literature", "rewrite", STUDY, "--model", "x", "--endpoint"]
    assert main([*given, "http://127.0.0.1:9/v1"]) == 2
    assert "no model answers there" in capsys.readouterr().err
    assert main([*given, "localhost"]) == 2
    assert "begins with http://" in capsys.readouterr().err
