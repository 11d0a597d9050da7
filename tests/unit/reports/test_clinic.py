"""The clinic file: three forms, and one clear sentence for each slip."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.ms.errors import UserError
from stepdown.reports import Clinic, read_clinic

FORMS = {
    "clinic.toml": 'name = "Invented clinic"\ntelephone = "000 1"\n',
    "clinic.yaml": "name: Invented clinic\ntelephone: 000 1\n",
    "clinic.json": '{"name": "Invented clinic", "telephone": "000 1"}',
}
SLIPS = {
    "key.toml": ('phone = "1"', "'phone'"),
    "kind.toml": ("telephone = 12", "telephone must be text"),
    "list.json": ("[1]", "must hold keys"),
    "broken.toml": ("name = ", "cannot be read"),
    "broken.json": ("{", "cannot be read"),
    "broken.yaml": ("a: [", "cannot be read"),
}


@pytest.mark.parametrize("name", sorted(FORMS))
def test_each_form_says_the_same(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FORMS[name], encoding="utf-8")
    assert read_clinic(path) == Clinic("Invented clinic", "000 1")


@pytest.mark.parametrize("name", sorted(SLIPS))
def test_each_slip_gets_one_sentence(tmp_path: Path, name: str) -> None:
    text, told = SLIPS[name]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=told):
        read_clinic(path)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no clinic file"):
        read_clinic(tmp_path / "none.toml")
