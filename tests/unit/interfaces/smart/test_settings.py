"""The settings of launches: what they mean, and an error for each field in one sentence without a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, RSAKey

from stepdown.interfaces.smart.settings import read_smart
from stepdown.ms.errors import UserError

ADDRESS = 'address = "https://stepdown.example"\n'
SYSTEM = '[[record_system]]\niss = "https://fhir.hospital.example/r4/"\nclient_id = "stepdown"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Keys, a secret, and files that are none of these."""
    (tmp_path / "p256.pem").write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    (tmp_path / "p521.pem").write_bytes(ECKey.generate_key("P-521").as_pem(private=True))
    (tmp_path / "public.pem").write_bytes(ECKey.generate_key("P-384").as_pem(private=False))
    with pytest.warns(SecurityWarning):
        (tmp_path / "small.pem").write_bytes(RSAKey.generate_key(1024).as_pem(private=True))
    (tmp_path / "shared.json").write_text(str(OctKey.generate_key(256).as_dict()).replace("'", '"'), "utf-8")
    (tmp_path / "secret.txt").write_text("invented-secret-quizzical\n", "utf-8")
    (tmp_path / "empty.txt").write_text("\n", "utf-8")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "record-systems.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_record_system_is_known_by_its_address_without_a_last_slash(folder: Path) -> None:
    found = read_smart(write(folder, ADDRESS + SYSTEM + 'origins = ["https://login.hospital.example"]\n'))
    system = found.systems["https://fhir.hospital.example/r4"]
    assert system.way.origins == {"https://fhir.hospital.example:443", "https://login.hospital.example:443"}
    assert found.back_address == "https://stepdown.example/smart/callback"
    assert (system.client.key, system.client.secret, found.list_keys()) == (None, None, {"keys": []})


def test_a_key_is_shown_without_its_private_part_and_a_secret_never(folder: Path) -> None:
    found = read_smart(write(folder, ADDRESS + SYSTEM + 'key = "p256.pem"\nkey_id = "ours"\n'))
    (key,) = found.list_keys()["keys"]
    assert (key["kid"], key["use"], "d" in key) == ("ours", "sig", False)
    secret = read_smart(write(folder, ADDRESS + SYSTEM + 'secret = "secret.txt"\n'))
    assert "quizzical" not in repr(secret)
    assert secret.systems["https://fhir.hospital.example/r4"].client.secret == "invented-secret-quizzical"


WRONG = {
    SYSTEM: "address: is missing",
    ADDRESS: "record_system: is missing",
    ADDRESS + "record_system = []\n": "record_system: is empty",
    'address = "http://stepdown.example"\n' + SYSTEM: "address: needs an https address without a user name",
    'address = "https://stepdown.example/pages"\n' + SYSTEM: "address: is to be the address of the start",
    "address = 7\n" + SYSTEM: "address: is to be a text in quotes",
    ADDRESS + SYSTEM + SYSTEM: "record_system[2].iss: https://fhir.hospital.example/r4 is listed before",
    ADDRESS + SYSTEM.replace("https://fhir", "http://fhir"): "record_system[1].iss: needs an https address",
    ADDRESS + SYSTEM.replace("/r4/", "/r4?x=1"): "record_system[1].iss: needs an https address",
    ADDRESS + SYSTEM.replace('"stepdown"', '""'): "record_system[1].client_id: is empty",
    ADDRESS + SYSTEM + 'sekret = "secret.txt"\n': "record_system[1].sekret: is no setting of this file",
    ADDRESS + SYSTEM + 'origins = "https://x.example"\n': "record_system[1].origins: is to be a list",
    ADDRESS + SYSTEM + 'origins = ["x.example"]\n': "record_system[1].origins: needs an https address",
    ADDRESS + SYSTEM + 'secret = "none.txt"\n': "record_system[1].secret: none.txt cannot be read",
    ADDRESS + SYSTEM + 'secret = "empty.txt"\n': "record_system[1].secret: empty.txt is to hold one line",
    ADDRESS + SYSTEM + 'secret = "secret.txt"\nkey = "p256.pem"\n': "a key or a secret, and not both",
    ADDRESS + SYSTEM + 'key = "secret.txt"\n': "record_system[1].key: secret.txt is to hold a private key",
    ADDRESS + SYSTEM + 'key = "p521.pem"\n': "record_system[1].key: p521.pem is to hold a private key",
    ADDRESS + SYSTEM + 'key = "public.pem"\n': "record_system[1].key: public.pem is to hold a private key",
    ADDRESS + SYSTEM + 'key = "small.pem"\n': "record_system[1].key: small.pem is to hold a private key",
    ADDRESS + SYSTEM + 'key = "shared.json"\n': "record_system[1].key: shared.json is to hold a private key",
    ADDRESS + SYSTEM + 'certificates = "secret.txt"\n': "record_system[1].certificates: secret.txt is to",
    ADDRESS + SYSTEM + 'certificates = "empty.txt"\n': "record_system[1].certificates: empty.txt is to hold",
    ADDRESS + SYSTEM + 'origins = ["https://*.example"]\n': "record_system[1].origins: needs origins like",
    ADDRESS + SYSTEM + 'proxy = "proxy.hospital.example:3128"\n': "record_system[1].proxy: is to be an addr",
    "address = \n": "is no TOML file",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_setting_that_is_wrong_is_named_in_one_sentence(text: str, folder: Path) -> None:
    with pytest.raises(UserError) as told:
        read_smart(write(folder, text))
    assert WRONG[text] in told.value.sentence
    assert "quizzical" not in told.value.sentence
    assert told.value.sentence.count("\n") == 0


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_smart(tmp_path / "none.toml")
