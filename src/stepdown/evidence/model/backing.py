"""What stands behind a personal risk: the arms that took this step with this drug, and who was in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from stepdown.evidence.cells import Candidate, Cell
from stepdown.evidence.model.arms import FAMILIES, HIGH_EFFICACY, OUTCOMES, ArmFacts
from stepdown.evidence.model.fitted import BackingArm, FittedModel, library_model
from stepdown.evidence.model.support import families_of, find_longest, judge
from stepdown.evidence.pool import find_age_bounds
from stepdown.evidence.reading import read_library

#: An arm speaks for a drug that at least half of its people had.
_LEAST_SHARE = 0.5
#: What a person's risk of activity is moved by, whatever the drug; that of worsening by nothing of it.
_PERSONAL = frozenset({"age", "quiet", "mri", "progressive"})
_OF_WORSENING = frozenset({"worsening_off", "worsening_progressive"})


@dataclass(frozen=True)
class Backing:
    """A question as the model takes it, the findings that answer it, and how long people were watched.

    ``findings`` are of people chosen as the question asks. ``contrasts`` are findings inside studies by which
    age, quiet time and scans move the risk.
    """

    asked: ArmFacts
    longest: float
    findings: tuple[Candidate, ...]
    contrasts: tuple[str, ...]
    method: str


@lru_cache(maxsize=4096)
def find_backing(cell: Cell) -> Backing | None:
    """What the model rests on for the question of a cell; None where its arms do not reach to it."""
    asked = to_asked(cell)
    if asked.outcome not in OUTCOMES:
        return None
    model = library_model()
    arms = (arm for arm in model.arms if _is_direct(arm, asked))
    findings = tuple(
        item for item in _find_findings(arms) if cell.selection in (None, item.finding.selection)
    )
    if not findings or judge(asked, model.support).status != "estimated":
        return None
    moving = _OF_WORSENING if asked.outcome == "confirmed_worsening" else _PERSONAL
    contrasts = tuple(row.source for row in model.contrasts if moving & set(row.coefficients))
    longest = find_longest(asked, model.support)
    return Backing(asked, longest, findings, contrasts, _say_method(model))


def find_like(backing: Backing, young: float, old: float) -> tuple[Candidate, ...]:
    """The findings about people of an age between two bounds (NaN: not known), else the nearest in age."""
    like = tuple(item for item in backing.findings if not _is_outside(item, young, old))
    return like or (min(backing.findings, key=lambda item: _find_distance(item, young, old)),)


def _is_outside(item: Candidate, young: float, old: float) -> bool:
    low, high = find_age_bounds(item)
    return (low is not None and old < low) or (high is not None and young > high)


def _find_distance(item: Candidate, young: float, old: float) -> float:
    """How far bounds of age lie from those of a finding, in years."""
    low, high = find_age_bounds(item)
    below, above = (0.0 if low is None else low - old), (0.0 if high is None else young - high)
    return max(below, above, 0.0)


def forget_backing() -> None:
    """Drop what was found, after a study was retracted or added."""
    find_backing.cache_clear()


def to_asked(cell: Cell) -> ArmFacts:
    """The question of a cell as the model takes it, at no time: a step down leads to first-line drugs."""
    open_ways = {"down": FAMILIES["first-line"], "up": ("natalizumab", "anti-cd20")}
    to_groups = (cell.to_group,) if cell.to_group else open_ways.get(cell.direction or "", ())
    if cell.strategy != "switch":
        to_groups = ()
    return ArmFacts(cell.outcome, cell.strategy, (cell.group,), to_groups, years=0.0)


def _is_direct(arm: BackingArm, asked: ArmFacts) -> bool:
    """Whether most of an arm took this step from a drug of this family, to one as strong."""
    return (
        (arm.outcome, arm.strategy) == (asked.outcome, asked.strategy)
        and bool(set(families_of(arm.groups, _LEAST_SHARE)) & set(families_of(asked.groups)))
        and (
            not arm.to_groups
            or not asked.to_groups
            or _are_strong(arm.to_groups) == _are_strong(asked.to_groups)
        )
    )


def _are_strong(groups: tuple[str, ...]) -> bool:
    return bool(HIGH_EFFICACY & set(groups))


def _find_findings(arms: Iterable[BackingArm]) -> Iterable[Candidate]:
    """The findings of some arms in the library, whole groups of each study once."""
    library = read_library()
    for arm in arms:
        study_id, _, finding_id = arm.source.partition("#")
        yield Candidate(library[study_id], library[study_id].finding(finding_id))


def _say_method(model: FittedModel) -> str:
    studies = len({arm.source.partition("#")[0] for arm in model.arms})
    return f"risk model of {len(model.arms)} arms in {studies} studies, the spread between studies included"
