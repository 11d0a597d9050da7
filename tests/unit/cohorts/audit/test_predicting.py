"""Predictions of a registry are those that each person would have been given."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.cohorts.audit.asked import find_refused
from stepdown.cohorts.audit.predicting import ESTIMATED, NODES, find_hazard, predict
from stepdown.cohorts.audit.steps import Steps
from stepdown.evidence.asking import choose_cell, list_own_cells
from stepdown.evidence.clinics import to_hazard
from stepdown.evidence.people import to_people
from stepdown.evidence.person import Person
from stepdown.evidence.risk import find_risk, find_risks
from stepdown.ms.therapies import read_therapies
from unit.cohorts.audit.invented_steps import find_row


def test_the_number_is_that_of_one_persons_answer(steps: Steps) -> None:
    predicted = predict(steps, find_refused(steps), "relapse")
    therapy = read_therapies()["teriflunomide"]
    cell = choose_cell(list_own_cells("relapse", "stop", therapy, "RRMS"))
    assert cell is not None
    person = Person(50, 50, None, 4 + 5 / 12, None, "RRMS", "teriflunomide")
    for years in (1, 2):
        told = find_risk(cell, years, person)
        hazard = predicted.at(np.array([float(years)]), np.array([find_row(steps, "stopped")]))[0]
        assert told.estimate == pytest.approx(-np.expm1(-hazard), rel=1e-6)
        assert predicted.status[years][find_row(steps, "stopped")] == told.status == ESTIMATED


def test_between_the_nodes_the_hazard_is_that_of_the_model(steps: Steps) -> None:
    person = Person(50, 50, None, 4 + 5 / 12, None, "RRMS", "teriflunomide")
    cell = choose_cell(list_own_cells("relapse", "stop", read_therapies()["teriflunomide"], "RRMS"))
    assert cell is not None
    predicted = predict(steps, find_refused(steps), "relapse")
    for years in (0.05, 0.7, 1.4):
        asked = to_hazard(find_risks(cell, years, to_people([person])).estimate)[0]
        found = predicted.at(np.array([years]), np.array([find_row(steps, "stopped")]))[0]
        assert found == pytest.approx(asked, rel=0.01)


def test_nothing_is_predicted_for_another_disease(steps: Steps) -> None:
    predicted = predict(steps, find_refused(steps), "relapse")
    assert np.isnan(predicted.hazard[steps.diagnosis == "NMOSD"]).all()


def test_a_constant_hazard_stays_constant_and_none_stays_none() -> None:
    hazard = np.stack([0.3 * NODES, 0 * NODES, np.where(NODES > 1, np.nan, 0.3 * NODES)])
    found = find_hazard(hazard, np.array([0.6, 0.6, 0.6]))
    assert found == pytest.approx([0.18, 0.0, 0.18])
    assert find_hazard(hazard[:1], np.array([0.0]))[0] == 0.0
