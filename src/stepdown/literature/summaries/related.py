"""Which studies are near this one, by drug, outcome and choice, never by date, and do they agree?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stepdown.evidence.study import Finding, Study
from stepdown.literature.summaries.choosing import Chosen, Result
from stepdown.literature.summaries.measuring import to_yearly_hazard
from stepdown.literature.summaries.summary import Related
from stepdown.literature.summaries.telling import name_first
from stepdown.literature.summaries.words import (
    choose_scale,
    name_outcome,
    name_people,
    name_versus,
    say,
    show_rate,
    show_ratio,
    show_share,
)

#: How many are shown, and the least that must be shared: a drug, or outcome and choice together.
MOST = 6
_LEAST = 4
_WEIGHTS = {"drug": 4, "group": 3, "outcome": 2, "strategy": 2, "disease": 2}
#: Illnesses with so many studies that sharing one of them makes no two studies near.
_COMMON = ("MS", "cancer-with-autoimmunity")


@dataclass(frozen=True)
class Key:
    """What two studies are compared by; studies with the same key have the same neighbours."""

    disease: str
    drugs: frozenset[str]
    groups: frozenset[str]
    outcomes: frozenset[str]
    strategies: frozenset[str]


@dataclass(frozen=True)
class Profile:
    """What a study is about, to find its neighbours by: its key, and a result for each outcome and choice."""

    study: Study
    main: Result
    headline: str
    key: Key
    results: Mapping[tuple[str, str], Result]


class Neighbours:
    """The studies among which related ones are looked for, ranked once for each key."""

    def __init__(self, profiles: Mapping[str, Profile]) -> None:
        """Keep the profiles, those of the same key together, without the retracted ones."""
        self.profiles = profiles
        self._by_key: dict[Key, list[Profile]] = {}
        self._ranked: dict[Key, list[tuple[Profile, tuple[str, ...]]]] = {}
        for profile in profiles.values():
            if not profile.study.retracted:
                self._by_key.setdefault(profile.key, []).append(profile)

    def find(self, profile: Profile) -> tuple[Related, ...]:
        """The nearest studies of the same disease, best first, each with a sentence and whether it agrees."""
        if profile.key not in self._ranked:
            self._ranked[profile.key] = self._rank(profile.key)
        near = [row for row in self._ranked[profile.key] if row[0].study.id != profile.study.id]
        return tuple(_to_related(profile, other, shared) for other, shared in near[:MOST])

    def _rank(self, key: Key) -> list[tuple[Profile, tuple[str, ...]]]:
        """One more than is shown, as the study itself may be among them."""
        scored = []
        for other, profiles in self._by_key.items():
            shared = _find_shared(key, other)
            score = sum(_WEIGHTS[word] for word in shared)
            if score >= _LEAST:
                # Those that answer the most alike come first; the newest only breaks a tie.
                nearest = sorted(profiles, key=lambda p: (p.study.published, p.study.id), reverse=True)
                scored += [(score, profile, shared) for profile in nearest[: MOST + 1]]
        scored.sort(key=lambda row: (row[0], row[1].study.published, row[1].study.id), reverse=True)
        return [(profile, shared) for _, profile, shared in scored[: MOST + 1]]


def make_profile(study: Study, chosen: Chosen, headline: str, results: Iterable[Result]) -> Profile:
    """The profile of a study: its main result, and one for each other outcome and choice."""
    told: dict[tuple[str, str], Result] = {}
    for result in (chosen.main, *results):
        finding = result.finding
        if result is chosen.main or (finding.subgroup is None and finding.covariate is None):
            told.setdefault((finding.outcome, finding.strategy), result)
    finding = chosen.main.finding
    key = Key(
        study.disease,
        frozenset(finding.therapies),
        frozenset(finding.groups),
        frozenset(outcome for outcome, strategy in told if strategy == finding.strategy),
        frozenset((finding.strategy,)),
    )
    return Profile(study, chosen.main, headline, key, told)


def _find_shared(one: Key, two: Key) -> tuple[str, ...]:
    if one.disease != two.disease:
        return ()
    pairs: Mapping[str, bool] = {
        "drug": bool(one.drugs & two.drugs),
        "group": not one.drugs & two.drugs and bool(one.groups & two.groups),
        "outcome": bool(one.outcomes & two.outcomes),
        "strategy": bool(one.strategies & two.strategies),
        "disease": one.disease not in _COMMON,
    }
    return tuple(word for word, is_shared in pairs.items() if is_shared)


def _to_related(one: Profile, two: Profile, shared: tuple[str, ...]) -> Related:
    """A neighbour, told by the outcome and choice that both have, where there is one."""
    mine, theirs = _find_pair(one, two)
    is_withdrawn = bool(one.study.retracted or two.study.retracted)
    tag, why = ("not_compared", "withdrawn") if is_withdrawn else judge_agreement(mine, theirs)
    words = say(f"related.{tag}", why=say(f"related.why_{why}") if why else "")
    return Related(two.study.id, two.headline, _tell(two, theirs), tag, words, shared)


def _find_pair(one: Profile, two: Profile) -> tuple[Result, Result]:
    """A result of each about the same outcome and choice, else the same outcome, else both main ones."""
    for key in (_question(one.main), *one.results):
        if key in two.results:
            return one.results[key], two.results[key]
    outcome = one.main.finding.outcome
    same = (result for result in two.results.values() if result.finding.outcome == outcome)
    return one.main, next(same, two.main)


def _question(result: Result) -> tuple[str, str]:
    return result.finding.outcome, result.finding.strategy


def judge_agreement(one: Result, two: Result) -> tuple[str, str]:
    """agrees, contradicts or not_compared with the reason.

    Shares become yearly hazards, so that studies of different lengths can be set beside each other. Two
    results agree when their 95 % ranges meet. After drugs with nothing in common other things may happen.
    """
    if one.finding.outcome != two.finding.outcome:
        return "not_compared", "outcome"
    if one.finding.strategy != two.finding.strategy:
        return "not_compared", "strategy"
    if _are_of_other_drugs(one.finding, two.finding):
        return "not_compared", "drug"
    if {one.measured.kind, two.measured.kind} <= {"share", "rate"}:
        ranges = [to_yearly_hazard(r.measured, r.finding.time_years) for r in (one, two)]
    elif one.measured.kind == two.measured.kind == "ratio":
        ranges = [_ratio_range(result) for result in (one, two)]
    else:
        return "not_compared", "kind"
    first, second = ranges
    if first is None or second is None:
        return "not_compared", "unknown"
    return ("agrees", "") if first[0] <= second[1] and second[0] <= first[1] else ("contradicts", "")


def _are_of_other_drugs(one: Finding, two: Finding) -> bool:
    """Whether both findings name their drugs and share none, nor a group."""
    if not (one.therapies or one.groups) or not (two.therapies or two.groups):
        return False
    return not (set(one.therapies) & set(two.therapies) or set(one.groups) & set(two.groups))


def _ratio_range(result: Result) -> tuple[float, float] | None:
    """The range of a ratio against people who continued; None for any other comparison."""
    low, high, effect = result.measured.low, result.measured.high, result.finding.effect
    if low is None or high is None or effect is None or "continue" not in effect.versus:
        return None
    return low, high


def _tell(profile: Profile, result: Result) -> str:
    """A result of a study in one sentence."""
    finding, measured = result.finding, result.measured
    people, scale = name_people(profile.study, finding), choose_scale((measured.estimate,))
    if measured.kind == "share":
        x, did = show_share(measured.estimate, scale), name_outcome(finding.outcome, "did")
        return say("related.sentence_share", scale=f"{scale:,}", people=people, x=x, did=did)
    if measured.kind == "rate":
        x, events = show_rate(measured.estimate, scale), name_outcome(finding.outcome, "events")
        return say("related.sentence_rate", scale=f"{scale:,}", people=people, x=x, events=events)
    versus = name_versus(finding.effect.versus if finding.effect else "")
    noun = f"{name_outcome(finding.outcome, 'noun')} in {name_first(profile.study, finding)}"
    return say("related.sentence_ratio", noun=noun, value=show_ratio(measured.estimate), versus=versus)
