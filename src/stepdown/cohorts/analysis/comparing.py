"""Risks under each strategy, weighted and crude, with how they vary from sample to sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.analysis.cells import each_block
from stepdown.cohorts.analysis.covariates import Design
from stepdown.cohorts.analysis.follow_up import DAYS_PER_YEAR, Codes, Followed, Numbers
from stepdown.cohorts.analysis.influence import Spending, build_spent, find_effect, find_slopes, move_rows
from stepdown.cohorts.analysis.panel import Panel, Seen, build_panels, each_interval, find_seen
from stepdown.cohorts.analysis.paths import Moments, Path, find_path
from stepdown.cohorts.analysis.propensity import TreatmentModel, find_scores, refit_treatment
from stepdown.cohorts.analysis.staying import StayingModel
from stepdown.cohorts.analysis.weighing import (
    Models,
    fit_models,
    refit_staying,
    truncate_staying,
    weigh_staying,
    weigh_treatment,
)
from stepdown.cohorts.estimates.resampling import draw_people
from stepdown.cohorts.population.analysis_table import AnalysisTable
from stepdown.cohorts.protocol.model import Protocol

#: Of how many rows at a time something is summed by person.
_AT_ONCE = 262_144


@dataclass(frozen=True)
class Prepared:
    """One outcome ready to be weighed again and again: rows by group, their models, and whose they are.

    ``days`` are those at which risks are found: each quarter of a year and the times of the protocol.
    """

    protocol: Protocol
    followed: Followed
    design: Design
    panels: tuple[Panel, Panel]
    moments: tuple[Moments, Moments]
    models: Models
    person: Codes
    days: Numbers

    def leave_rows(self) -> Prepared:
        """What other rows of the same outcome are prepared from: without the rows of the groups."""
        panels = self.panels[0].leave_rows(), self.panels[1].leave_rows()
        return replace(self, panels=panels, moments=(Moments.of(panels[0]), Moments.of(panels[1])),
                       models=self.models.leave_rows(), person=self.person[:0])

    @cached_property
    def weighed(self) -> Weighed:
        """The weights of everybody."""
        rows, staying = _weigh(self, np.ones((1, len(self.followed.row))))
        return Weighed(rows[0], staying)

    @property
    def until(self) -> float:
        """The last day of follow-up."""
        return self.protocol.follow_up.years * DAYS_PER_YEAR


@dataclass(frozen=True)
class Weighed:
    """Weights of all followed rows for their group, and of each group's rows in each interval."""

    rows: Numbers
    staying: tuple[list[Numbers], list[Numbers]]


@dataclass(frozen=True)
class Sample:
    """Risks at ``days`` and (last) years without an event: weighted and crude by comparator and target.

    ``values`` are two kinds by two groups by days; ``lines`` the same in each resample, or the influence of
    people on them, shortened, if not ``is_resampled``. ``still`` is the effective size of those followed to a
    day.
    """

    values: Numbers
    lines: Numbers
    still: Numbers
    is_resampled: bool


def prepare(data: AnalysisTable, followed: Followed, design: Design, protocol: Protocol,
            seen: Seen | None = None, only_last: bool = False, like: Models | None = None) -> Prepared:
    """Put the rows of each group in order, fit the models, and number the people.

    ``only_last`` asks for the risks at the end of follow-up alone; ``like`` are the models of other rows.
    """
    panels = build_panels(followed, design, seen or find_seen(data, followed, protocol))
    person = np.unique(data.person[followed.row], return_inverse=True)[1]
    return Prepared(protocol, followed, design, panels, (Moments.of(panels[0]), Moments.of(panels[1])),
                    fit_models(followed, panels, design, protocol, like), person,
                    find_days(protocol)[-1:] if only_last else find_days(protocol))


def find_days(protocol: Protocol) -> Numbers:
    """The days of results: each quarter of a year after the index day, and the times of the protocol."""
    years = protocol.follow_up
    asked = [*np.arange(0.25, years.years + 1e-9, 0.25), *years.report_years, years.years]
    return np.unique(np.array(asked) * DAYS_PER_YEAR)


def find_weights(prepared: Prepared) -> Weighed:
    """The weights of everybody."""
    return prepared.weighed


def _weigh(prepared: Prepared, times: Numbers, again: bool = False) -> tuple[Numbers, tuple[
        list[Numbers], list[Numbers]]]:
    """Weights where rows count ``times`` (lines by rows), of models fitted ``again`` if asked."""
    models, protocol, rows = prepared.models, prepared.protocol, np.ones_like(times)
    if models.treatment is not None:
        scores = models.treatment.scores[None]
        if again:
            scores = find_scores(models.treatment, refit_treatment(models.treatment, times))
        for line, score, count in zip(rows, scores, times, strict=True):
            line[:] = weigh_treatment(score, prepared.followed.target, protocol, count)[0]
    counted = times[:, prepared.panels[0].row], times[:, prepared.panels[1].row]
    found: list[list[Numbers]] = []
    for panel, group, count in zip(prepared.panels, models.staying, counted, strict=True):
        coefficients = tuple(refit_staying(model, count) if again else model.coefficients[None]
                             for model in group)
        found.append(weigh_staying(panel, group, coefficients, len(times)))
    return rows, truncate_staying((found[0], found[1]), counted, protocol)


def _find_paths(prepared: Prepared, times: Numbers, rows: Numbers,
                staying: tuple[list[Numbers], list[Numbers]]) -> tuple[tuple[Path, Path], tuple[Path, Path]]:
    """The weighted paths of both groups, and the crude ones."""
    weighted, crude = [], []
    for panel, moments, stays in zip(prepared.panels, prepared.moments, staying, strict=True):
        count = times[:, panel.row]
        weighted.append(find_path(panel, moments, count * rows[:, panel.row], stays))
        crude.append(find_path(panel, moments, count, None))
    return (weighted[0], weighted[1]), (crude[0], crude[1])


def _read_paths(prepared: Prepared, paths: tuple[tuple[Path, Path], tuple[Path, Path]]) -> Numbers:
    """Risks and years without an event (lines by kinds by groups by days)."""
    return np.stack([np.stack([np.column_stack([path.find_risks(prepared.days),
                                                path.find_free_years(prepared.until)])
                               for path in both], axis=1) for both in paths], axis=1)


def sample_risks(prepared: Prepared) -> Sample:
    """The risks of everybody and how they vary: by resampling people, or for many rows by their influence."""
    rows, staying = prepared.weighed.rows, prepared.weighed.staying
    paths = _find_paths(prepared, np.ones((1, len(rows))), rows[None], staying)
    values, still = _read_paths(prepared, paths)[0], _find_still(prepared, rows, staying)
    if len(rows) <= prepared.protocol.bootstrap.up_to_rows:
        return Sample(values, _resample(prepared), still, True)
    return Sample(values, _find_influence(prepared, paths, rows, staying), still, False)


def find_risks_with_weights(prepared: Prepared, weighed: Weighed) -> Sample:
    """The same where the weights are given and not estimated; they vary by the influence of each person."""
    given = replace(prepared, models=Models(None, ((), ())))
    paths = _find_paths(given, np.ones((1, len(weighed.rows))), weighed.rows[None], weighed.staying)
    values, still = _read_paths(given, paths)[0], _find_still(given, weighed.rows, weighed.staying)
    return Sample(values, _find_influence(given, paths, weighed.rows, weighed.staying), still, False)


def _find_still(prepared: Prepared, rows: Numbers, staying: tuple[list[Numbers], list[Numbers]]) -> Numbers:
    """The effective size (sum)^2 / sum of squares of those followed to each day, by kind and group."""
    found = np.zeros((2, 2, len(prepared.days)))
    for side, panel in enumerate(prepared.panels):
        each, place = rows[panel.row], np.maximum(np.searchsorted(panel.begins, prepared.days) - 1, 0)
        for column, (day, k) in enumerate(zip(prepared.days, place.tolist(), strict=True)):
            count = int(np.searchsorted(-panel.time, -day, side="right"))
            weights = each[:count] * (staying[side][k][0, :count] if count else 1.0)
            squares = float((weights**2).sum())
            found[0, side, column] = float(weights.sum()) ** 2 / squares if squares else 0.0
            found[1, side, column] = count
    return found


def _resample(prepared: Prepared) -> Numbers:
    """The same risks in bootstrap samples of people (with all their rows), models fitted anew."""
    people = int(prepared.person.max(initial=-1)) + 1
    bootstrap, size = prepared.protocol.bootstrap, len(prepared.followed.row)
    if not people:
        return np.zeros((0, 2, 2, len(prepared.days) + 1))
    width = size * (1 + max(len(list(each_interval(panel))) for panel in prepared.panels))
    found = []
    for drawn in draw_people(people, bootstrap.replicates, bootstrap.seed, width):
        times = drawn[:, prepared.person]
        found.append(_read_paths(prepared, _find_paths(prepared, times, *_weigh(prepared, times, True))))
    return np.concatenate(found)


def _find_influence(prepared: Prepared, paths: tuple[tuple[Path, Path], tuple[Path, Path]], rows: Numbers,
                    staying: tuple[list[Numbers], list[Numbers]]) -> Numbers:
    """The influence of people on all risks, shortened (lines by kinds by groups by days)."""
    kinds = (_move_weighted(prepared, paths[0], rows, staying), _move_crude(prepared, paths[1]))
    return np.stack([_shorten(kind) for kind in kinds], axis=1)


def _move_weighted(prepared: Prepared, paths: tuple[Path, Path], rows: Numbers,
                   staying: tuple[list[Numbers], list[Numbers]]) -> Iterator[Numbers]:
    """The influence of each person on the weighted risks of each group (days by people)."""
    for side, panel in enumerate(prepared.panels):
        found = _start(prepared)
        if len(panel.row):
            person, group = prepared.person[panel.row], prepared.models.staying[side]
            spent = build_spent(paths[side], prepared.days, prepared.until)
            free = _find_free(panel, group, staying[side]) if prepared.protocol.weights.truncate else None
            spending = Spending.of(panel, paths[side], spent, rows[panel.row], staying[side], free)
            slopes = find_slopes(spending, group, _find_pull(prepared, panel))
            effects = [find_effect(model, slope) for model, slope in zip(group, slopes, strict=False)]
            for part, moved in move_rows(spending, group, effects):
                _add_by_person(found, person[part], moved)
            if prepared.models.treatment is not None:
                _add_treatment(found, prepared, prepared.models.treatment, slopes[-1])
        yield found


def _move_crude(prepared: Prepared, paths: tuple[Path, Path]) -> Iterator[Numbers]:
    """The same of the crude risks."""
    for side, panel in enumerate(prepared.panels):
        found = _start(prepared)
        if len(panel.row):
            person = prepared.person[panel.row]
            spent = build_spent(paths[side], prepared.days, prepared.until)
            plain = Spending.of(panel, paths[side], spent, np.broadcast_to(1.0, len(panel.row)), None)
            for part, moved in plain.move_crude():
                _add_by_person(found, person[part], moved)
        yield found


def _start(prepared: Prepared) -> Numbers:
    return np.zeros((len(prepared.days) + 1, int(prepared.person.max()) + 1))


def _shorten(groups: Iterable[Numbers]) -> Numbers:
    """As many lines as there are estimates (lines by groups by days), with the same sums of squares.

    So has whatever is added or taken away of them: of the influence of people nothing else is asked, and this
    needs no memory. The root of the products of all estimates with each other, each scaled to one.
    """
    every = list(groups)
    products = np.block([[one @ other.T for other in every] for one in every])
    size = np.sqrt(np.diag(products))
    used = np.flatnonzero(size > 0)
    values, vectors = np.linalg.eigh(products[np.ix_(used, used)] / np.outer(size[used], size[used]))
    lines = np.where(np.isfinite(size), np.zeros((len(size), 1)), np.nan)
    lines[:len(used), used] = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T * size[used]
    return lines.reshape(len(size), 2, -1)


def _find_free(panel: Panel, models: tuple[StayingModel, ...], staying: list[Numbers]) -> list[Numbers]:
    """1 where a weight was not cut to a bound, else 0."""
    whole = weigh_staying(panel, models, tuple(model.coefficients[None] for model in models))
    return [(cut == each).astype(np.float64) for cut, each in zip(staying, whole, strict=True)]


def _find_pull(prepared: Prepared, panel: Panel) -> Numbers | None:
    """How the logarithm of each weight of a group moves with its propensity's predictor, if there is one."""
    model, weights = prepared.models.treatment, prepared.protocol.weights
    if model is None:
        return None
    pull = find_pull(model.scores, model.target, weights.estimand)
    if weights.trim or weights.truncate:
        pull *= ~weigh_treatment(model.scores, model.target, prepared.protocol, np.ones(len(pull)))[1]
    return np.asarray(pull[panel.row])


def _add_treatment(found: Numbers, prepared: Prepared, model: TreatmentModel, slope: Numbers) -> None:
    """Add (estimates by people) what each person does to the estimates by way of the propensity score."""
    effect, kept = np.zeros_like(slope), list(model.kept)
    effect[kept] = model.inverse @ slope[kept]
    for panel in prepared.panels:
        for first in range(0, len(panel.row), _AT_ONCE):
            places = panel.row[first:first + _AT_ONCE]
            moved = np.empty((len(places), effect.shape[1]), order="F")
            for rows in each_block(len(places)):
                residual = model.target[places[rows]] - model.scores[places[rows]]
                moved[rows] = residual[:, None] * (panel.base[first:][rows].astype(np.float64) @ effect)
            _add_by_person(found, prepared.person[places], moved)


def find_pull(score: Numbers, target: NDArray[np.bool_], estimand: str) -> Numbers:
    """How the logarithm of a weight moves with the linear predictor of the score."""
    treated = {"ate": score - 1, "ate-stabilised": score - 1, "overlap": -score}.get(
        estimand, np.zeros(len(score)))
    others = {"att": np.ones(len(score)), "overlap": 1 - score}.get(estimand, score)
    return np.where(target, treated, others)


def _add_by_person(found: Numbers, person: Codes, each: Numbers) -> None:
    """Add the influence of rows (rows by estimates) to that of their people (estimates by people)."""
    for line, values in zip(found, each.T, strict=True):
        line += np.bincount(person, values, len(line))
