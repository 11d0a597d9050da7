"""Raised figures, lowered figures and formulas keep their meaning as plain text."""

from __future__ import annotations

import pytest

etree = pytest.importorskip("lxml.etree")

from stepdown.literature.markup import read_text  # noqa: E402

MATH = 'xmlns:mml="http://www.w3.org/1998/Math/MathML"'


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("plain", "plain"),
        (" two\n   lines\t here ", "two lines here"),
        ("10<sup>-3</sup> mol", "10⁻³ mol"),
        ("10<sup>9</sup>/L", "10⁹/L"),
        ("CD4<sup>+</sup> cells", "CD4⁺ cells"),
        ("CD20<sup>+/+</sup>", "CD20^(+/+)"),
        ("the 2<sup>nd</sup> year", "the 2nd year"),
        ("Ocrevus<sup>®</sup>", "Ocrevus®"),
        ("x<sup>k</sup>", "x^k"),
        ("I<sup>2</sup> = 40 %", "I² = 40 %"),
        ("H<sub>2</sub>O and T<sub>reg</sub>", "H₂O and Treg"),
        ("<i>in vivo</i> and <b>bold <i>both</i></b> end", "in vivo and bold both end"),
        ("before<!-- a comment -->after", "beforeafter"),
        ("a &lt; b &amp; c", "a < b & c"),
    ],
)
def test_inline_markup_becomes_text(inside: str, text: str) -> None:
    assert read_text(etree.fromstring(f"<AbstractText>{inside}</AbstractText>")) == text


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<mml:msup><mml:mi>R</mml:mi><mml:mn>2</mml:mn></mml:msup>", "R²"),
        ("<mml:msub><mml:mi>T</mml:mi><mml:mn>1</mml:mn></mml:msub>", "T₁"),
        ("<mml:msubsup><mml:mi>T</mml:mi><mml:mn>2</mml:mn><mml:mo>*</mml:mo></mml:msubsup>", "T₂*"),
        (
            "<mml:mfrac><mml:mn>1</mml:mn><mml:mrow><mml:mi>a</mml:mi><mml:mo>+</mml:mo><mml:mi>b</mml:mi></mml:mrow>"
            "</mml:mfrac>",
            "1/(a+b)",
        ),
        ("<mml:msqrt><mml:mi>x</mml:mi></mml:msqrt>", "√(x)"),
        ("<mml:mfenced><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfenced>", "(a, b)"),
        ("<mml:mn>86</mml:mn><mml:mspace/><mml:mtext>ms</mml:mtext>", "86 ms"),
    ],
)
def test_formulas_become_a_line(formula: str, text: str) -> None:
    element = etree.fromstring(f"<T>where <mml:math {MATH}>{formula}</mml:math> holds</T>")
    assert read_text(element) == f"where {text} holds"
