"""How a single value may be written in a person file, and what it becomes.

A form reads one leaf of the file. It raises ValueError with a sentence that says how to write the value;
``unknown`` and an absent value both become None. Each form also knows its part of the JSON Schema.
The methods named ``__get_pydantic_...__`` let pydantic use a form without this module importing pydantic.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from unicodedata import category

from stepdown.ms.disability import EDSS_SCORES, is_edss_score
from stepdown.patients.lab_limits import PATTERN, read_limit

Schema = dict[str, Any]
UNKNOWN = "unknown"
_NOT_KNOWN: Schema = {"enum": [UNKNOWN, None]}


@dataclass(frozen=True)
class Form:
    """One way to write a value: ``read`` turns it into Python, ``schema`` describes it."""

    read: Callable[[Any], Any]
    schema: Schema = field(hash=False)

    def value_of(self, written: Any) -> Any:
        """The value as used; None for an absent one or ``unknown``."""
        return None if _none_if_unknown(written) is None else self.read(written)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Let pydantic read the leaf by this form alone."""
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.value_of)

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Schema:
        """The JSON Schema of the leaf, with ``unknown`` and null as its ways to say unknown."""
        return {"anyOf": [self.schema, _NOT_KNOWN]}


@dataclass(frozen=True)
class Meaning:
    """What a key means and an invented example of it, for the template and the JSON Schema."""

    text: str
    example: Any = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Let ``unknown`` stand for any key, also where a list or a group is expected."""
        from pydantic_core import core_schema

        return core_schema.no_info_before_validator_function(_none_if_unknown, handler(source))

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Schema:
        """The schema of the key with its description."""
        schema = dict(handler(core))
        if {"type": "null"} in schema.get("anyOf", []):
            schema["anyOf"] = [part for part in schema["anyOf"] if part != {"type": "null"}] + [_NOT_KNOWN]
        return {"description": self.text, **schema}


class NameOrEntry:
    """An entry that may be written as its bare name."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Read a bare text as an entry with that name."""
        from pydantic_core import core_schema

        return core_schema.no_info_before_validator_function(_entry_of_name, handler(source))

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Schema:
        """The schema of the entry, or a text."""
        return {"anyOf": [{"type": "string"}, handler(core)]}


def _none_if_unknown(written: Any) -> Any:
    """None for the word unknown."""
    return None if isinstance(written, str) and written == UNKNOWN else written


def _entry_of_name(written: Any) -> Any:
    """The entry that a bare name stands for."""
    return {"name": written} if isinstance(written, str) else written


def choice(*allowed: str) -> Form:
    """One of a few words, written exactly so."""

    def read(written: Any) -> str:
        # YAML reads a bare `no` as false: the word that was meant is still plain.
        word = "no" if written is False and "no" in allowed else written
        if isinstance(word, str) and word in allowed:
            return word
        raise ValueError(f"write one of {', '.join((*allowed, UNKNOWN))}" + _guess(word, allowed))

    return Form(read, {"enum": list(allowed)})


def _guess(word: Any, allowed: tuple[str, ...]) -> str:
    """A hint with the allowed word that is nearest to what was written."""
    if not isinstance(word, str):
        return ""
    lower = {known.lower(): known for known in allowed}
    near = get_close_matches(word.strip().lower(), lower, 1, 0.6)
    return f'; did you mean "{lower[near[0]]}"?' if near else ""


def _read_yes_no(written: Any) -> bool:
    """True or false, and nothing that only looks like it."""
    if isinstance(written, bool):
        return written
    raise ValueError("write true, false or unknown (true and false without quotation marks)")


def to_number(written: Any) -> float:
    """A finite number; raises ValueError for text, true or false, and infinity."""
    if isinstance(written, str) and re.fullmatch(r"\s*\d+,\d+\s*", written):
        raise ValueError("write a number with a decimal point, without quotation marks")
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise ValueError("write a number, without quotation marks and without its unit")
    if not math.isfinite(written) or abs(written) > 1e12:
        raise ValueError("write a number that can be true of a person")
    return float(written)


def number(low: float, high: float, slip: Callable[[float], str] | None = None) -> Form:
    """A number within bounds; ``slip`` guesses what was meant by one outside them."""

    def read(written: Any) -> float:
        value = to_number(written)
        if low <= value <= high:
            return value
        raise ValueError(f"write a number from {low:g} to {high:g}" + (slip(value) if slip else ""))

    return Form(read, {"type": "number", "minimum": low, "maximum": high})


def whole(low: int, high: int, slip: Callable[[float], str] | None = None) -> Form:
    """A whole number within bounds."""
    within = number(low, high, slip)

    def read(written: Any) -> int:
        value: float = within.read(written)
        if value != int(value):
            raise ValueError("write a whole number")
        return int(value)

    return Form(read, {"type": "integer", "minimum": low, "maximum": high})


#: Zero-width non-joiner and joiner: Persian and Indian words, and pictures made of several, need them.
_JOINERS = str.maketrans("", "", "\u200c\u200d")


def _is_one_line(written: str) -> bool:
    """Whether all signs of a text can be seen, beside those that join letters."""
    return written.translate(_JOINERS).isprintable()


def _read_text(written: Any) -> str:
    """A short text of one line; a bare number is taken as its digits, any kind of space as a space.

    Signs that join letters are part of how some languages, and pictures, are written.
    """
    if isinstance(written, int) and not isinstance(written, bool) and abs(written) < 10**15:
        written = str(written)
    if isinstance(written, str):
        written = "".join(" " if category(sign) == "Zs" else sign for sign in written)
    if isinstance(written, str) and 0 < len(written.strip()) <= 200 and _is_one_line(written):
        return written.strip()
    raise ValueError("write a text of one line, at most 200 characters, in quotation marks")


def _read_count(written: Any) -> bool | int:
    """A number of lesions, or whether there were any."""
    if isinstance(written, bool):
        return written
    try:
        value = to_number(written)
    except ValueError:
        value = -1.0
    if value != int(value) or not 0 <= value <= 1000:
        raise ValueError("write how many (0, 1, 2 ...), or true, false or unknown")
    return int(value)


def _read_edss(written: Any) -> float:
    """A score of the EDSS; one with the decimal point left out is answered with it."""
    value = to_number(written)
    if is_edss_score(value):
        return value
    hint = f"; did you mean {value / 10:g}?" if is_edss_score(value / 10) else ""
    raise ValueError(f"the EDSS is 0, 1, 1.5, 2 and so on by halves to 10; 0.5 does not exist{hint}")


def _read_result(written: Any) -> float | str:
    """A laboratory result: a number, a limit such as "<0.5", or a word such as negative."""
    if not isinstance(written, str):
        return to_number(written)
    word = written.strip().lower()
    if word in ("positive", "negative", "indeterminate"):
        return word
    if limit := read_limit(word):
        return str(limit)
    raise ValueError(
        "write a number without quotation marks, a limit such as \"<0.5\", or positive, negative, "
        "indeterminate or unknown"
    )


def birth_year_slip(value: float) -> str:
    """A hint for an age given as a year of birth."""
    return '; is this an age? Then write it as "age"' if 0 <= value <= 120 else ""


def age_slip(value: float) -> str:
    """A hint for a year of birth given as an age."""
    return '; is this a year of birth? Then write it as "birth_year"' if 1850 <= value <= 2100 else ""


YES_NO = Form(_read_yes_no, {"type": "boolean"})
TEXT = Form(_read_text, {"type": ["string", "integer"], "maxLength": 200})
COUNT = Form(
    _read_count, {"anyOf": [{"type": "boolean"}, {"type": "integer", "minimum": 0, "maximum": 1000}]}
)
EDSS = Form(_read_edss, {"enum": list(EDSS_SCORES)})
RESULT = Form(
    _read_result,
    {
        "anyOf": [
            {"type": "number"},
            {"type": "string", "pattern": f"^{PATTERN}$"},
            {"enum": ["positive", "negative", "indeterminate"]},
        ]
    },
)
NAME_OR_ENTRY = NameOrEntry()
