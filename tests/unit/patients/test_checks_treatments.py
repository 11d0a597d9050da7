from __future__ import annotations

import pytest

from stepdown.ms.dates import PartialDate
from stepdown.ms.therapies import Therapy
from stepdown.patients.checks_treatments import check_years
from stepdown.patients.patient import Treatment
from stepdown.patients.periods import Period

INVENTED = Therapy(
    name="invented", group="injectable", kind="continuous", first_trial_year=2000, first_approval_year=2005
)


@pytest.mark.parametrize(
    ("start", "grades"),
    [
        (PartialDate(1999, 12, 31), ["error"]),
        (PartialDate(2000), ["doubt"]),
        (PartialDate(2004, 12), ["doubt"]),
        (PartialDate(2005, 1, 1), []),
        (None, []),
    ],
)
def test_before_the_first_trial_is_an_error_and_before_approval_a_doubt(
    start: PartialDate | None, grades: list[str]
) -> None:
    period = Period("treatments[0]", "invented", INVENTED, Treatment(start=start))
    assert [fault.grade.value for fault in check_years(period, INVENTED)] == grades
