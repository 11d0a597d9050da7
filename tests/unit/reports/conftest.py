"""The invented answers, one after another, for every test that asks for `invented`."""

from __future__ import annotations

import pytest

from stepdown.decisions.answer import Answer
from unit.reports.invented_answers import INVENTED


@pytest.fixture(params=sorted(INVENTED))
def invented(request: pytest.FixtureRequest) -> Answer:
    return INVENTED[request.param]()
