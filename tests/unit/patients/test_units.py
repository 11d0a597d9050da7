from __future__ import annotations

import pytest

from stepdown.patients.units import convert, find_unit, read_lab_tests


@pytest.mark.parametrize(
    ("test", "value", "unit", "expected"),
    [
        # 1 uL is a millionth of a litre: 1200 cells/uL = 1200 x 10^6 /L = 1.2 x 10^9 /L.
        ("lymphocytes", 1200, "cells/µL", 1.2),
        ("lymphocytes", 1200, "/mm3", 1.2),
        ("lymphocytes", 1.2, "10^3/uL", 1.2),
        ("lymphocytes", 1.2, "x10\u2079/L", 1.2),
        ("neutrophils", 2500, "10^6/L", 2.5),
        ("neutrophils", 2.5, "G/L", 2.5),
        # 1 dL is a tenth of a litre: 700 mg/dL = 7000 mg/L = 7 g/L.
        ("igg", 700, "mg/dL", 7.0),
        ("igm", 0.4, "g/L", 0.4),
        ("cd19", 0.05, "10^9/L", 50.0),
    ],
)
def test_a_value_is_converted_by_its_unit(test: str, value: float, unit: str, expected: float) -> None:
    known = read_lab_tests()[test]
    found = find_unit(known, unit)
    assert found is not None
    assert convert(known, value, found).value == pytest.approx(expected)


@pytest.mark.parametrize("unit", [None, "", "mg/L", "cells", "10^12/L"])
def test_no_unit_is_guessed(unit: str | None) -> None:
    assert find_unit(read_lab_tests()["lymphocytes"], unit) is None
