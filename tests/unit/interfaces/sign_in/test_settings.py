"""The settings of a sign-in: what they mean, and an error for each field in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from stepdown.interfaces.sign_in.settings import SignInSettings, read_sign_in
from stepdown.ms.errors import UserError

WHERE = ('address = "https://stepdown.example/"\nissuer = "https://login.hospital.example/clinic/"\n'
         'client_id = "stepdown"\n')  # fmt: skip
ALLOW = '[allow]\ngroups = ["ms-clinic"]\n'


def read(folder: Path, text: str) -> SignInSettings:
    path = folder / "sign-in.toml"
    path.write_text(text, "utf-8")
    return read_sign_in(path)


def test_what_is_not_said_is_cautious(tmp_path: Path) -> None:
    found = read(tmp_path, WHERE + ALLOW)
    assert (found.idle_seconds, found.longest_seconds, found.scope) == (1_800, 28_800, "openid")
    assert (found.allowed.everybody, found.allowed.groups) == (False, {"ms-clinic"})
    assert found.issuer == "https://login.hospital.example/clinic/"


def test_domains_ask_for_the_address_and_scopes_are_added(tmp_path: Path) -> None:
    text = WHERE + 'scopes = ["groups"]\nidle_minutes = 5\n[allow]\nemail_domains = ["Hospital.example"]\n'
    found = read(tmp_path, text)
    assert (found.scope, found.idle_seconds) == ("openid email groups", 300)
    assert found.allowed.email_domains == {"hospital.example"}


WRONG = {
    WHERE: "allow: is missing",
    WHERE + "[allow]\n": "allow: names nobody",
    WHERE + "[allow]\neverybody = false\n": "allow: names nobody",
    WHERE + '[allow]\neverybody = "yes"\n': "allow.everybody: is to be true or false",
    WHERE + '[allow]\nemail_domains = ["@hospital.example"]\n': "allow.email_domains: needs domains like",
    WHERE + '[allow]\npeople = ["x"]\n': "allow.people: is no setting of this file",
    WHERE + "idle_minutes = 0\n" + ALLOW: "idle_minutes: is to be greater than or equal to 1",
    WHERE + "longest_hours = 25\n" + ALLOW: "longest_hours: ",
    WHERE.replace("https://login", "http://login") + ALLOW: "issuer: needs an https address",
    WHERE.replace("example/\"", 'example/x"', 1) + ALLOW: "address: is to be the address of the start page",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_setting_that_is_wrong_is_named_in_one_sentence(text: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as told:
        read(tmp_path, text)
    assert WRONG[text] in told.value.sentence
