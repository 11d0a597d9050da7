"""Predictions: one person and many alike, wider when less is known, and as wide as drawing would give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.evidence.model.arms import OUTCOMES, STRATEGIES, ArmFacts, to_arms
from stepdown.evidence.model.design import to_design
from stepdown.evidence.model.fit import fit_library
from stepdown.evidence.model.fitted import library_model
from stepdown.evidence.model.predicting import predict_quantiles, predict_risk
from stepdown.evidence.vocabulary import GROUPS

PERSON = ArmFacts(
    "relapse", "stop", ("injectable",), (), ("RRMS",), 2.0, 50.0, quiet_mean=4.0, mri_active=False
)
FACTS = st.builds(
    ArmFacts,
    outcome=st.sampled_from(OUTCOMES),
    strategy=st.sampled_from(STRATEGIES),
    groups=st.lists(st.sampled_from(GROUPS), max_size=3).map(tuple),
    years=st.none() | st.floats(0.1, 10),
    age_mean=st.none() | st.floats(18, 90),
    quiet_mean=st.none() | st.floats(0, 30),
    mri_active=st.none() | st.booleans(),
    courses=st.sampled_from([(), ("RRMS",), ("SPMS",), ("RRMS", "PPMS")]),
)


def risk(facts: ArmFacts) -> tuple[float, float, float]:
    mean, low, high = predict_risk(to_arms([facts]), library_model().predictor)
    return float(mean[0]), float(low[0]), float(high[0])


@given(st.lists(FACTS, min_size=1, max_size=4))
def test_many_people_get_what_each_gets_alone(people: list[ArmFacts]) -> None:
    together = np.array(predict_risk(to_arms(people), library_model().predictor)).T
    assert np.allclose(together, [risk(facts) for facts in people], atol=1e-9)


@given(FACTS)
def test_a_risk_lies_in_its_interval_between_nobody_and_everybody(facts: ArmFacts) -> None:
    mean, low, high = risk(facts)
    assert 0 <= low <= mean <= high <= 1


@given(FACTS, st.floats(0.1, 9))
def test_more_time_is_never_less_risk(facts: ArmFacts, years: float) -> None:
    assert risk(replace(facts, years=years + 1))[0] >= risk(replace(facts, years=years))[0] - 1e-9


@pytest.mark.parametrize(
    "worse",
    [
        {"age_mean": 35.0},
        {"quiet_mean": 2.0},
        {"mri_active": True},
        {"groups": ("natalizumab",)},
        {"groups": ("s1p",)},
    ],
)
def test_what_studies_found_to_matter_matters(worse: dict[str, object]) -> None:
    assert risk(replace(PERSON, **worse))[0] > risk(PERSON)[0]  # type: ignore[arg-type]


def test_an_unknown_age_gives_a_wider_interval_on_the_scale_of_the_hazard() -> None:
    def width(facts: ArmFacts) -> float:
        _, low, high = risk(facts)
        return float(np.log(np.log1p(-high) / np.log1p(-low)))

    assert width(replace(PERSON, age_mean=None)) > width(PERSON)


def test_the_interval_is_as_wide_as_drawing_every_doubt_would_give() -> None:
    """Posterior draws, each with a Student t study effect and a normal deviation: 400,000 of them."""
    fit, rng, size = fit_library(), np.random.default_rng(1), 400_000
    chosen = rng.choice(len(fit.weights), size, p=fit.weights)
    design = to_design(to_arms([PERSON]))
    eta = (
        design.offset[0]
        + (fit.draws @ design.columns[0])[chosen]
        + 0.25 * rng.standard_normal(size)
        + np.exp(fit.log_spread)[chosen] * rng.standard_t(4, size)
    )
    drawn = np.quantile(-np.expm1(-np.exp(eta)), [0.025, 0.1, 0.5, 0.9, 0.975])
    ours = predict_quantiles(
        to_arms([PERSON]), np.array([0.025, 0.1, 0.5, 0.9, 0.975]), library_model().predictor
    )[0]
    assert ours == pytest.approx(drawn, rel=0.08)
