"""Whatever is sent to the pages: an answer or a sentence, never a fault of ours, never without end."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("fastapi", reason="the extra 'web' is not installed")

from functional.mutating import ANYTHING, ask_all, cut, mutate
from functional.web.people import PERSON, to_fields
from functional.web.served import FORM
from stepdown.interfaces.cds_hooks.app import HooksSettings
from stepdown.interfaces.web.serving import make_application
from stepdown.interfaces.web.settings import Settings

BUNDLE = Path("examples/fhir/invented-ms-bundle.json").read_text(encoding="utf-8")
FIELDS = to_fields(PERSON)
#: How often each page is asked: an answer costs fifty times what it costs to read what was sent.
PAGES = {"/download/person": 100, "/form": 9, "/answer": 1, "/what-if": 1, "/patient": 1,
         "/download/fhir": 1}  # fmt: skip
EXPECTED = {200, 400, 413, 415, 422}


def make_text(chance: random.Random) -> str:
    """A person file or a bundle, broken in one to three places as JSON, or as text."""
    text = chance.choice([json.dumps(PERSON), BUNDLE])
    if chance.random() < 0.3:
        return cut(text, chance)
    value = json.loads(text)
    for _ in range(chance.randint(1, 3)):
        mutate(value, chance)
    return json.dumps(value)


def make_fields(chance: random.Random) -> dict[str, str]:
    """The form of the person with some fields changed, lost, or of other names."""
    fields = dict(FIELDS)
    for name in chance.sample(list(fields), 3):
        value = fields.pop(name)
        other = chance.choice([str(chance.choice(ANYTHING)), value + "0", "-" + value])
        fields[chance.choice([name, name.replace("0", "999"), "add", "remove", name + "[0]"])] = other
    return fields


def make_upload(chance: random.Random) -> tuple[str, bytes]:
    """A file as browsers send it, sometimes cut somewhere."""
    text = make_text(chance).encode("utf-8", "replace")
    name = chance.choice(["a.json", "a.yaml", "a.toml", "", "../../a", "a\x00.json"])
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + text + b"\r\n--x--\r\n"
    end = len(body) if chance.random() < 0.8 else chance.randrange(len(body))
    return "multipart/form-data; boundary=x", body[:end]


def make_requests(seed: int, count: int) -> Iterator[tuple[str, str, bytes]]:
    """So many broken requests: path, type and body."""
    chance = random.Random(seed)
    for _ in range(count):
        (path,) = chance.choices(list(PAGES), list(PAGES.values()))
        way = chance.random()
        if way < 0.2:
            yield path, *make_upload(chance)
            continue
        fields = make_fields(chance) if way < 0.4 else {chance.choice(["text", "person"]): make_text(chance)}
        if path == "/what-if":
            fields["if_age"] = str(chance.choice(ANYTHING))
        yield path, FORM, urlencode(fields, errors="replace").encode()


@pytest.fixture(scope="module")
def app() -> Any:
    return make_application(Settings(posts_per_minute=0, seconds_to_answer=300.0), HooksSettings())


def answer_all(app: Any, seed: int, count: int) -> Counter[int]:
    """How often each status was the answer; every one is expected, and every page whole."""
    found: Counter[int] = Counter()
    for status, body in ask_all(app, make_requests(seed, count)):
        assert status in EXPECTED, body[-600:].decode()
        assert not body.startswith(b"<!") or body.rstrip().endswith(b"</html>")
        found[status] += 1
    return found


def test_no_body_however_broken_is_a_fault_of_ours(app: Any) -> None:
    found = answer_all(app, 20261130, 2_000)
    assert found.total() == 2_000
    assert min(found[status] for status in (200, 400, 422)) > 50


def read_resident_mb() -> float:
    """Memory that this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


@pytest.mark.validate
def test_a_hundred_thousand_broken_bodies_leave_memory_as_it_was(app: Any) -> None:
    answer_all(app, 1, 10_000)
    before = read_resident_mb()
    for seed in range(2, 11):
        answer_all(app, seed, 10_000)
    assert read_resident_mb() - before < 30
