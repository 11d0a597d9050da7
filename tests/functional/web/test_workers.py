"""Two workers, as a clinic runs them: they answer, say what they did, and stop without cutting."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest

from functional.web.people import CARRIED

pytest.importorskip("fastapi", reason="the extra 'web' is not installed")

IN_FLIGHT = 24


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(port: int) -> subprocess.Popen[str]:
    command = [str(Path(sys.executable).with_name("stepdown")), "serve", "--port", str(port),
               "--workers", "2", "--posts-per-minute", "0"]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30).close()
            return process
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the command does not serve")


def send_answer(port: int) -> socket.socket:
    """A connection on which the whole form of the invented person was sent."""
    body = urlencode(CARRIED).encode()
    head = (f"POST /answer HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n")  # fmt: skip
    line = socket.create_connection(("127.0.0.1", port), timeout=120)
    line.sendall(head.encode() + body)
    return line


def read_to_end(line: socket.socket, into: list[bytes]) -> None:
    with line:
        into.append(b"".join(iter(lambda: line.recv(65_536), b"")))


def test_two_workers_told_to_stop_answer_first_what_is_in_flight() -> None:
    port, replies = find_free_port(), list[bytes]()
    process = start(port)
    readers = [Thread(target=read_to_end, args=(send_answer(port), replies)) for _ in range(IN_FLIGHT)]
    for reader in readers:
        reader.start()
    time.sleep(0.15)
    answered = len(replies)
    process.send_signal(signal.SIGTERM)
    for reader in readers:
        reader.join(120)
    _, log = process.communicate(timeout=60)
    assert answered < IN_FLIGHT, "nothing was in flight any more: the test shows nothing"
    assert [reply[:15] for reply in replies] == [b"HTTP/1.1 200 OK"] * IN_FLIGHT
    assert all(reply.rstrip().endswith(b"</html>") for reply in replies)
    assert process.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert [line["status"] for line in lines if line["page"] == "/answer"] == [200] * IN_FLIGHT
    assert "Traceback" not in log, log[log.index("Traceback"):]
