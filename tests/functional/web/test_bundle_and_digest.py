"""A FHIR bundle as a way in, and the digest beside the pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from functional.web.served import Served, serving
from functional.web.test_form import upload


@pytest.fixture(scope="module")
def bundle() -> str:
    folder = Path(__file__).resolve().parents[3] / "examples" / "fhir"
    return (folder / "invented-ms-bundle.json").read_text(encoding="utf-8")


def test_a_bundle_fills_the_form_with_its_account_before_any_answer(served: Served, bundle: str) -> None:
    status, text = upload(served, "bundle.json", bundle)
    assert status == 200
    assert "Read from the FHIR bundle" in text
    assert "What was left out, and why" in text
    assert '<option value="MS" selected>' in text
    assert "<h1>The facts on file</h1>" in text


def test_a_bundle_without_ms_says_so(served: Served) -> None:
    text = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": {"resourceType": "Patient", "id": "x", "birthDate": "1970-01-01"}}]})  # fmt: skip
    assert "does not say that the person has MS" in served.post("/answer", {"text": text}).text


def test_a_bundle_of_several_people_is_refused_in_words_of_the_page(served: Served) -> None:
    people = [{"resource": {"resourceType": "Patient", "id": name}} for name in ("x", "y")]
    text = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": people})
    assert "send the bundle of one person" in served.post("/answer", {"text": text}).text


def test_a_digest_is_served_beside_the_pages(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    for name in ("index.html", "evidence/index.html"):
        (tmp_path / name).write_text("<title>Invented digest</title>", encoding="utf-8")
    (tmp_path.parent / "secret.txt").write_text("secret", encoding="utf-8")
    with serving(digest=str(tmp_path)) as beside:
        assert 'href="/digest/index.html"' in beside.get("/").text
        for path in ("/digest/", "/digest/index.html", "/digest/evidence/index.html"):
            reply = beside.get(path)
            assert (reply.status, "Invented digest" in reply.text) == (200, True)
            assert "script-src 'self'" in reply.headers["content-security-policy"]
            assert beside.get(path, "HEAD").text == ""
        assert beside.get("/digest/../secret.txt").status == 404
        assert beside.get("/digest/%2e%2e/secret.txt").status == 404


def test_without_a_digest_nothing_leads_to_one(served: Served) -> None:
    assert "/digest" not in served.get("/").text
    assert served.get("/digest/index.html").status == 404
