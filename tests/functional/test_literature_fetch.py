"""``stepdown literature fetch`` against replayed answers of both servers; no test asks the network."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("lxml")

from stepdown.interfaces.cli import main
from stepdown.literature.fetching.web import Server
from stepdown.ms.errors import UserError
from unit.literature.invented_pubmed import write_record, write_set

Answer = tuple[int, bytes, dict[str, str]]


class Replay(HTTPServer):
    """Answers by a function of path and form, and keeps what it was asked."""

    def __init__(self, answer: Callable[[str, dict[str, str]], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.asked = answer, list[tuple[str, dict[str, str]]]()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Replay

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.server.asked.append((self.path.strip("/"), form))
        code, body, headers = self.server.answer(self.path.strip("/"), form)
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def serve() -> Iterator[Any]:
    running: list[Replay] = []

    def start(answer: Callable[[str, dict[str, str]], Answer]) -> Replay:
        running.append(Replay(answer))
        threading.Thread(target=running[-1].serve_forever, daemon=True).start()
        return running[-1]

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def answer_pubmed(count: int, **result: Any) -> Callable[[str, dict[str, str]], Answer]:
    """PubMed as it answers: a search on the history server, then batches of its records."""

    def answer(path: str, form: dict[str, str]) -> Answer:
        if path == "esearch.fcgi":
            kept = {"count": str(count), "webenv": "MCID_1", "querykey": "1", "idlist": [], **result}
            return 200, json.dumps({"header": {}, "esearchresult": kept}).encode(), {}
        if "id" in form:
            pmids = [int(pmid) for pmid in form["id"].split(",")]
        else:
            start = int(form["retstart"])
            pmids = list(range(start + 1, min(count, start + int(form["retmax"])) + 1))
        return 200, write_set(*(write_record(pmid) for pmid in pmids)).encode(), {}

    return answer


def fetch(server: Replay, store: Path, *more: str) -> int:
    return main(["literature", "fetch", "a query", "--store", str(store), "--pubmed-url", server.url, *more])


def test_records_come_by_the_history_server_in_batches(
    serve: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NCBI_API_KEY", "invented-key")
    server = serve(answer_pubmed(201))
    assert fetch(server, tmp_path, "--email", "editor@example.org") == 0
    told = capsys.readouterr()
    assert told.out == "records 201, stored 201, deleted 0, older versions 0, skipped 0\n"
    assert "201 records found" in told.err and "invented-key" not in told.err + told.out
    (search, first), *batches = server.asked
    assert (search, first["usehistory"], first["term"]) == ("esearch.fcgi", "y", "a query")
    assert [(form["WebEnv"], form["query_key"], form["retstart"]) for _, form in batches] == [
        ("MCID_1", "1", "0"), ("MCID_1", "1", "200")]
    assert {(form["api_key"], form["tool"], form["email"]) for _, form in server.asked} == {
        ("invented-key", "stepdown", "editor@example.org")}


def test_what_europe_pmc_finds_comes_from_pubmed_and_the_rest_is_counted(
    serve: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = [
        {"hitCount": 3, "nextCursorMark": "B", "resultList": {"result": [
            {"id": "7", "source": "MED", "pmid": "7"}, {"id": "PPR1", "source": "PPR"}]}},
        {"hitCount": 3, "nextCursorMark": "B", "resultList": {"result": [{"id": "9", "source": "MED"}]}},
    ]
    found = serve(lambda _, form: (200, json.dumps(pages[form["cursorMark"] == "B"]).encode(), {}))
    server = serve(answer_pubmed(0))
    assert fetch(server, tmp_path, "--from", "europe-pmc", "--europe-pmc-url", found.url) == 0
    told = capsys.readouterr()
    assert told.out.startswith("records 2, stored 2")
    assert "2 records found, 1 hits without a PMID left out" in told.err
    assert [form["id"] for _, form in server.asked] == ["7,9"]
    assert [form["cursorMark"] for _, form in found.asked] == ["*", "B"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (answer_pubmed(5_000), "finds 5000 records, and 2000 are taken at most"),
        (answer_pubmed(1, ERROR="Invalid query"), "PubMed cannot read the query 'a query': Invalid query"),
        (lambda *_: (200, b"<html>", {}), "cannot be read; try again later"),
        (lambda *_: (400, b"", {}), "answered 400; look at the query"),
    ],
)
def test_what_cannot_be_fetched_is_one_sentence(
    serve: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: Any, told: str
) -> None:
    assert fetch(serve(answer), tmp_path) == 2
    err = capsys.readouterr().err
    assert told in err and "Traceback" not in err


def test_an_answer_that_is_cut_off_leaves_nothing_half_stored(
    serve: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = answer_pubmed(3)
    cut = serve(lambda path, form: (200, whole(path, form)[1][: -40 if path == "efetch.fcgi" else None], {}))
    assert fetch(cut, tmp_path) == 2
    assert "nothing of it was kept" in capsys.readouterr().err
    assert main(["literature", "status", "--store", str(tmp_path)]) == 0
    assert "0 citations count" in capsys.readouterr().out


def test_a_busy_server_is_asked_again_later_each_time_and_at_last_no_more(serve: Any) -> None:
    waits: list[float] = []
    busy = serve(lambda *_: (429, b"", {}))
    with pytest.raises(UserError, match="too busy"):
        Server(busy.url, 1e9, waits.append).ask("x", {})
    assert waits == [1, 2, 4, 8] and len(busy.asked) == 5


def test_a_server_that_says_how_long_is_believed(serve: Any) -> None:
    waits: list[float] = []
    answers = iter([(503, b"", {"Retry-After": "7"}), (200, b"ok", {})])
    server = serve(lambda *_: next(answers))
    assert Server(server.url, 1e9, waits.append).ask("x", {}) == b"ok"
    assert waits == [7]


def test_no_more_than_three_questions_a_second_are_asked(serve: Any) -> None:
    clock, waits = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    server = Server(serve(lambda *_: (200, b"", {})).url, 3, sleep, lambda: clock[0])
    for _ in range(4):
        server.ask("x", {})
    assert waits == pytest.approx([1 / 3] * 3)
