"""What would people have been told on the day of their step? The evidence is asked as for one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.audit.steps import Flags, Numbers, Steps, Words
from stepdown.evidence.asking import choose_cell, list_extend_cells, list_own_cells, list_switch_cells
from stepdown.evidence.cells import Cell
from stepdown.evidence.clinics import draw_clinics, to_hazard
from stepdown.evidence.model.drawing import Lots
from stepdown.evidence.people import COURSES, People
from stepdown.evidence.risk import find_risks
from stepdown.ms.therapies import read_therapies

#: Times at which risks are asked for; between them the cumulative hazard is a power of time, as in the model.
NODES = np.array([1 / 12, 1 / 4, 1 / 2, 1.0, 2.0])
HORIZONS = (1, 2)
ESTIMATED, EXTRAPOLATED, NO_NUMBER = "estimated", "extrapolated", "no number"


@dataclass(frozen=True, eq=False)
class Question:
    """People who took one step with one drug, by their rows, and the cell of evidence that answers."""

    cell: Cell
    rows: NDArray[np.intp]
    people: People


@dataclass(frozen=True, eq=False)
class Predicted:
    """The cumulative hazard of each step at NODES, NaN where there is none, and what the number is called.

    ``status`` has a word a step for each horizon; ``is_personal`` says whether the number at the horizon is
    of people like this one (risk model) or of those in the studies.
    """

    hazard: Numbers
    status: Mapping[int, Words]
    is_personal: Mapping[int, Flags]
    questions: tuple[Question, ...]

    def at(self, years: Numbers, rows: NDArray[np.intp]) -> Numbers:
        """The cumulative hazards of some steps, each by its own time in years (one, or a column a time)."""
        return find_hazard(self.hazard[rows], years)


def find_hazard(hazard: Numbers, years: Numbers) -> Numbers:
    """Cumulative hazards at NODES, each carried to its time by the power of time between two of them.

    A hazard of nothing stays nothing. Nodes beyond what is known are not needed for times before them.
    """
    place = np.clip(np.searchsorted(NODES, years, side="left"), 1, hazard.shape[1] - 1)
    rows = np.arange(len(hazard))
    before, after = hazard[rows, place - 1], hazard[rows, place]
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.log(after / before) / np.log(NODES[place] / NODES[place - 1])
        found = after * (years / NODES[place]) ** power
    return np.where(after == 0, 0.0, np.where(years == 0, 0.0, found))


def predict(steps: Steps, refused: Words, outcome: str) -> Predicted:
    """What the evidence says of an outcome after each step that is asked about."""
    count = len(steps)
    hazard = np.full((count, len(NODES)), np.nan)
    status = {years: np.full(count, NO_NUMBER, dtype="<U12") for years in HORIZONS}
    personal = {years: np.zeros(count, dtype=bool) for years in HORIZONS}
    questions = tuple(_list_questions(steps, refused, outcome))
    for question in questions:
        for place, years in enumerate(NODES):
            risks = find_risks(question.cell, years, question.people)
            hazard[question.rows, place] = to_hazard(risks.estimate)
            if years in HORIZONS:
                known = ~np.isnan(risks.estimate)
                words = np.where(risks.is_extrapolated, EXTRAPOLATED, ESTIMATED)
                status[int(years)][question.rows] = np.where(known, words, NO_NUMBER)
                personal[int(years)][question.rows] = risks.is_personal
    return Predicted(_carry_on(hazard), status, personal, questions)


def _carry_on(hazard: Numbers) -> Numbers:
    """A hazard at the last time for those without one, carried on: a scan may come a little late."""
    with np.errstate(divide="ignore", invalid="ignore"):
        further = find_hazard(hazard[:, :-1], np.full(len(hazard), NODES[-1]))
    hazard[:, -1] = np.where(np.isnan(hazard[:, -1]), further, hazard[:, -1])
    return hazard


def draw_ratio(predicted: Predicted, rows: NDArray[np.intp], years: Numbers, lots: Lots) -> Numbers:
    """By what the events of these people may exceed their prediction, in clinics the evidence allows for."""
    total, expected = np.zeros(len(lots.place)), 0.0
    place = np.full(len(predicted.hazard), -1)
    place[rows] = np.arange(len(rows))
    for question in predicted.questions:
        inside = place[question.rows] >= 0
        if not inside.any():
            continue
        own = years[place[question.rows[inside]]]
        risks = find_risks(question.cell, own, question.people.rows(inside))
        total += draw_clinics(risks, lots)
        expected += float(np.nansum(to_hazard(risks.estimate)))
    return total / expected if expected > 0 else np.full(len(lots.place), np.nan)


def _list_questions(steps: Steps, refused: Words, outcome: str) -> Iterator[Question]:
    """People of one step, drug and course together, with the cell that answers for them."""
    asked = np.flatnonzero(refused == "")
    interval = np.nan_to_num(steps.interval[asked], nan=-1)
    keys = list(zip(steps.strategy[asked].tolist(), steps.left_drug[asked].tolist(),
                    steps.target[asked].tolist(), interval.tolist(), steps.course[asked].tolist(),
                    strict=True))
    places: dict[tuple[str, str, str, float, str], list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    for (strategy, left, target, days, course), found in sorted(places.items()):
        cell = _find_cell(outcome, strategy, left, target, days, course)
        if cell is not None:
            rows = asked[np.array(found)]
            yield Question(cell, rows, _to_people(steps, rows, left, target, course))


def _find_cell(outcome: str, strategy: str, left: str, target: str, days: float, course: str) -> Cell | None:
    therapy, known_course = read_therapies()[left], course or None
    if strategy == "switch":
        return choose_cell(list_switch_cells(outcome, therapy.group, read_therapies()[target].group,
                                             is_down=True, course=known_course))
    if strategy == "extend":
        return choose_cell(list_extend_cells(outcome, therapy, int(days), known_course))
    return choose_cell(list_own_cells(outcome, strategy, therapy, known_course))


def _to_people(steps: Steps, rows: NDArray[np.intp], left: str, target: str, course: str) -> People:
    place = COURSES.index(course) if course in COURSES else -1
    return People(steps.age_low[rows], steps.age_high[rows], steps.quiet_low[rows], steps.quiet_high[rows],
                  steps.mri[rows], np.full(len(rows), place, dtype=np.intp), left, target or None)
