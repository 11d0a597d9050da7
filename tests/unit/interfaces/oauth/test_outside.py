"""Which addresses may be asked at all, and what their origin is."""

from __future__ import annotations

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from stepdown.interfaces.oauth.outside import find_origin


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://hospital.example/fhir", "https://hospital.example:443"),
        ("https://HOSPITAL.example:443/x", "https://hospital.example:443"),
        ("https://hospital.example:8443/x", "https://hospital.example:8443"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]:443"),
        ("http://127.0.0.1:9000/x", "http://127.0.0.1:9000"),
        ("http://[::1]/x", "http://[::1]:80"),
    ],
)
def test_an_origin_is_scheme_host_and_port(address: str, origin: str) -> None:
    assert find_origin(address) == origin


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hospital.example",
        "//hospital.example/x",
        "http://hospital.example/x",
        "http://127.0.0.1.elsewhere.example/x",
        "ftp://hospital.example/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https://hospital.example@elsewhere.example/x",
        "https://hospital.example\\@elsewhere.example/x",
        "https://hospital.example:port/x",
        "https://hospital.example:99999/x",
        "https://hospitаl.example/x",
        "https://[::",
        "https://hospi\ntal.example/x",
        "https://hospital.example/x y",
        "https://hospital.example/\x00",
        "https://hospital.example/x#y",
        "https://hospital.example/<x>",
    ],
)
def test_what_is_no_https_address_has_no_origin(address: str) -> None:
    assert find_origin(address) is None
