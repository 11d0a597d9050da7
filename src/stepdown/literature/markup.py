"""Titles and abstracts as plain text: raised and lowered figures keep their meaning, formulas become a line.

"10<sup>-3</sup>" must not become "10-3": digits and signs take their raised or lowered characters, other
raised text a caret. MathML becomes linear text (R², T₁, (a + b)/c, √(x)).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

_SPACES = re.compile(r"[ \t\r\n]+")
_PLAIN = "0123456789+-−=()n"
_RAISED = str.maketrans(_PLAIN, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans(_PLAIN, "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₙ")
_MARKS = frozenset("®™•*†‡§¶°©′″'")
_ORDINALS = frozenset(("st", "nd", "rd", "th", "e", "er", "re", "ère", "ème", "o", "a"))
_MATHML = "{http://www.w3.org/1998/Math/MathML}"


def read_text(element: _Element) -> str:
    """The text inside an element on one line, single-spaced."""
    return squeeze(_flatten(element) if len(element) else element.text or "")


def squeeze(text: str) -> str:
    """A text on one line, single-spaced."""
    text = text.strip()
    return _SPACES.sub(" ", text) if "\n" in text or "  " in text or "\t" in text else text


def _flatten(element: _Element) -> str:
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(_write_child(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _write_child(child: _Element) -> str:
    tag = str(child.tag)
    if tag == "sup":
        return raise_text(_flatten(child))
    if tag == "sub":
        return lower_text(_flatten(child))
    if tag.startswith(_MATHML):
        return write_math(child)
    return _flatten(child)


def raise_text(text: str) -> str:
    """Raised text: digits and signs as raised characters, ordinals and marks as they are, else with ^."""
    bare = text.strip()
    if bare and all(letter in _PLAIN or letter.isspace() for letter in bare):
        return text.translate(_RAISED)
    if not bare or bare in _ORDINALS or all(letter in _MARKS for letter in bare):
        return text
    return f"^{bare}" if len(bare) == 1 or bare.isalnum() else f"^({bare})"


def lower_text(text: str) -> str:
    """Lowered text: digits and signs as lowered characters; words stay words (Treg, Cmax)."""
    if text.strip() and all(letter in _PLAIN[:-1] or letter.isspace() for letter in text):
        return text.translate(_LOWERED)
    return text


def write_math(element: _Element) -> str:
    """A MathML formula as linear text."""
    tag = str(element.tag).removeprefix(_MATHML)
    parts = [write_math(child) for child in element if isinstance(child.tag, str)]
    layout = _LAYOUTS.get(tag)
    if layout is not None and parts:
        return layout(parts)
    if tag in ("mspace", "annotation", "annotation-xml"):
        return " " if tag == "mspace" else ""
    return (element.text or "").strip() + "".join(parts)


def _group(text: str) -> str:
    return text if text.replace(".", "").isalnum() else f"({text})"


def _raise_last(parts: list[str]) -> str:
    return parts[0] + raise_text("".join(parts[1:]))


def _lower_last(parts: list[str]) -> str:
    return parts[0] + lower_text("".join(parts[1:]))


def _lower_and_raise(parts: list[str]) -> str:
    return parts[0] + lower_text("".join(parts[1:2])) + raise_text("".join(parts[2:]))


def _divide(parts: list[str]) -> str:
    return "/".join(_group(part) for part in parts)


_LAYOUTS: dict[str, Callable[[list[str]], str]] = {
    "msup": _raise_last,
    "msub": _lower_last,
    "msubsup": _lower_and_raise,
    "mfrac": _divide,
    "msqrt": lambda parts: f"√({''.join(parts)})",
    "mroot": lambda parts: f"root({', '.join(parts)})",
    "mfenced": lambda parts: f"({', '.join(parts)})",
    "mtr": lambda parts: ", ".join(parts),
    "mtable": lambda parts: "; ".join(parts),
}
