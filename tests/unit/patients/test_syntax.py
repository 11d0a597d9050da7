from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.ms.errors import UserError
from stepdown.patients.syntax import LARGEST_FILE, parse_text, read_text

SAME: dict[str, str] = {
    "p.json": '{"a": 1, "b": ["2024-05-01", true]}',
    "p.toml": 'a = 1\nb = ["2024-05-01", true]\n',
    "p.yaml": "a: 1\nb:\n  - 2024-05-01\n  - true\n",
    "P.YML": "{a: 1, b: ['2024-05-01', true]}",
}


@pytest.mark.parametrize("name", SAME)
def test_the_three_forms_say_the_same(name: str) -> None:
    assert parse_text(SAME[name], name) == {"a": 1, "b": ["2024-05-01", True]}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("p.json", '{"a": 1,\n "b" 2}', "line 2: not valid JSON: a comma or a colon is missing"),
        ("p.json", '{"a": 1,\n}', "comma too many"),
        ("p.json", '{"a": 1, "a": 2}', "'a' stands twice"),
        ("p.json", '{"a": NaN}', "NaN is not a number"),
        ("p.json", '{"a": ' + "9" * 5000 + "}", "more digits"),
        ("p.json", "[" * 50_000, "too deep"),
        ("p.json", "[" * 60 + "]" * 60, "too deep"),
        ("p.toml", "a = \n", "not valid TOML"),
        ("p.toml", "a = 2024-13-45\n", "not valid TOML"),
        ("p.yaml", "a: 1\nb: [\n", "line 3: not valid YAML"),
        ("p.yaml", "a: 1\na: 2\n", "line 2: not valid YAML: a key stands twice"),
        ("p.yaml", "a: &x [1]\nb: *x\n", "line 2: not valid YAML: references"),
        ("p.yaml", "a: !!python/object:os.system {}\n", "not valid YAML"),
        ("p.yaml", "a: \x01", "not valid YAML"),
        ("p.txt", "", "ends in .json, .toml, .yaml, .yml"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(name: str, text: str, says: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_text(text, name)
    assert says in refused.value.sentence


@given(text=st.text(), name=st.sampled_from(sorted(SAME)))
def test_no_text_raises_anything_but_a_sentence(text: str, name: str) -> None:
    try:
        parse_text(text, name)
    except UserError as refused:
        assert name in refused.sentence


def test_a_file_that_is_not_there_names_the_template(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="stepdown patient template"):
        read_text(tmp_path / "nobody.json")


@pytest.mark.parametrize(
    ("content", "says"), [(b"\xff\xfe\x00", "UTF-8"), (b" " * (LARGEST_FILE + 1), "larger")]
)
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "person.json"
    path.write_bytes(content)
    with pytest.raises(UserError, match=says):
        read_text(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_text(tmp_path)


def test_a_byte_order_mark_is_not_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "person.json"
    path.write_bytes(b"\xef\xbb\xbf{}")
    parsed: Any = parse_text(read_text(path), str(path))
    assert parsed == {}
