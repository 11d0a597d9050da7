"""What may be said about a study: one frame for each finding with a number, and the facts around them."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.evidence.study import Study
from stepdown.literature.gate.mentions import Mention, find_mentions
from stepdown.literature.gate.terms import find_diseases, find_drugs, find_kinds
from stepdown.literature.summaries.choosing import (
    Chosen,
    Result,
    choose_results,
    find_direction,
    find_results,
)
from stepdown.literature.summaries.measuring import Measured, round_half_up
from stepdown.literature.summaries.summary import PlainLanguageSummary
from stepdown.literature.summaries.telling import find_scale
from stepdown.literature.summaries.words import (
    find_disease_kind,
    name_definition,
    name_outcome,
    name_part,
    name_people,
    name_time,
    read_words,
    show_ratio,
)

#: The outcome words that a text may use for an outcome of the library.
_OUTCOME_KINDS = {
    "relapse": "relapse",
    "mri_activity": "mri_activity",
    "any_activity": "any_activity",
    "reactivation": "reactivation",
    "confirmed_worsening": "worsening",
    "other:unconfirmed_worsening": "worsening",
    "serious_infection": "infection",
    "other:infection": "infection",
    "death": "death",
    "restart": "restart",
    "severe_adverse_event": "side-effect",
    "other:autoimmune-flare": "flare",
}


@dataclass(frozen=True)
class Frame:
    """A finding as a text may tell it: whose it is, and the numbers that it gives."""

    finding: str
    strategy: str
    arm: str | None
    is_main: bool
    drugs: frozenset[str]
    from_to: tuple[frozenset[str], frozenset[str]]
    people: frozenset[str]
    part: str
    outcome: str
    outcome_kind: str
    measured: Measured
    times: frozenset[str]

    def gives(self, mention: Mention, scale: int, *, negated: bool, fewer: bool) -> bool:
        """Whether a number of a text is the one that this finding gives in that role, of so many people."""
        values = mention.values
        if mention.role == "scaled":
            return self._is_share(values[0], values[1], negated=negated, fewer=fewer)
        if mention.role == "percent":
            return self._is_percent(values[0], negated=negated)
        if mention.role == "rest":
            return negated and self._is_share(values[0], scale, negated=True, fewer=False)
        if mention.role in ("count", "none-of", "all-of"):
            return self._is_count(mention, negated=negated)
        if mention.role in ("range", "bound"):
            return self.measured.kind in ("share", "rate") and self._is_range(mention, scale)
        return self._is_other(mention, scale)

    def _is_share(self, value: float, scale: float, *, negated: bool, fewer: bool) -> bool:
        if self.measured.kind != "share":
            return False
        share = self.measured.estimate * scale / 100
        if value == 1 and fewer:
            return 0 < share < 1 and not negated
        shown = round_half_up(share)
        return value == (scale - shown if negated else shown) and (share >= 1 or share == 0)

    def _is_percent(self, value: float, *, negated: bool) -> bool:
        if self.measured.kind != "share":
            return False
        share = 100 - self.measured.estimate if negated else self.measured.estimate
        return any(value == round(share, places) for places in (0, 1, 2)) or value == round_half_up(share)

    def _is_count(self, mention: Mention, *, negated: bool) -> bool:
        events, n = self.measured.events, self.measured.n
        if events is None or n is None or self.measured.kind != "share":
            return False
        if mention.role == "count":
            return mention.values == ((n - events if negated else events), n)
        expected = 0 if mention.role == "none-of" else n
        return mention.values == (float(n),) and events == expected

    def _is_range(self, mention: Mention, scale: int) -> bool:
        low, high = self.measured.low, self.measured.high
        if low is None or high is None:
            return False
        ends = tuple(float(round_half_up(end * scale / 100)) for end in (low, high))
        if mention.role == "bound":
            return mention.values[0] in ends and _fits_bound(mention, ends)
        ones = tuple(max(end, 1.0) if real > 0 else end for end, real in zip(ends, (low, high), strict=True))
        return mention.values in (ends, ones, (round(low, 1), round(high, 1)))

    def _is_other(self, mention: Mention, scale: int) -> bool:
        measured, shown = self.measured, [show_ratio(value) for value in mention.values]
        if mention.role == "ratio":
            return measured.kind == "ratio" and shown[0] == show_ratio(measured.estimate)
        if mention.role == "ratio-range":
            ends = [show_ratio(end) for end in (measured.low, measured.high) if end is not None]
            return measured.kind == "ratio" and shown == ends
        if mention.role in ("rate", "rate-count") and measured.kind == "rate":
            people = mention.values[1] if mention.role == "rate" else scale
            return mention.values[0] == round_half_up(measured.estimate * people / 100)
        return False


def _fits_bound(mention: Mention, ends: tuple[float, ...]) -> bool:
    """An upper bound is the upper end, a lower one the lower."""
    return mention.values[0] == (ends[1] if mention.text.lower().startswith("up to") else ends[0])


@dataclass(frozen=True)
class Licence:
    """All that a text may say of a study: frames, drugs, illnesses, people, and the facts around them."""

    study: Study
    chosen: Chosen
    frames: tuple[Frame, ...]
    drugs: frozenset[str]
    diseases: frozenset[str]
    people: frozenset[str]
    words: frozenset[str]
    scale: int
    facts: dict[str, frozenset[tuple[str, tuple[float, ...], str]]]
    direction: str | None

    @property
    def main(self) -> Frame:
        """The frame of the main finding."""
        return next(frame for frame in self.frames if frame.is_main)


def make_licence(study: Study, summary: PlainLanguageSummary) -> Licence:
    """What may be said of a study; ValueError when it reports no number."""
    chosen = choose_results(study)
    if chosen is None:
        raise ValueError("a study without a number licenses nothing")
    results = find_results(study)
    frames = tuple(
        _to_frame(study, result, result.finding.id == chosen.main.finding.id) for result in results
    )
    named = _join_names(study, summary, results)
    contrast = chosen.contrast or (chosen.main if chosen.main.measured.kind == "ratio" else None)
    return Licence(
        study,
        chosen,
        frames,
        find_drugs(" ".join([named, *(" ".join(arm.therapies) for arm in study.arms)])),
        find_diseases(named),
        find_kinds("people", named),
        _find_known_words(study, named, summary),
        find_scale(chosen),
        _find_facts(summary),
        find_direction(contrast.measured) if contrast else None,
    )


def _join_names(study: Study, summary: PlainLanguageSummary, results: tuple[Result, ...]) -> str:
    """Every text that names drugs, illnesses or people of the study itself; never its banner."""
    people = [name_people(study, result.finding) for result in results]
    nouns = [name_outcome(result.finding.outcome, "noun") for result in results]
    age = read_words("facts")["label"]["age"]
    facts = [value for label, value in summary.facts if label != age]
    kind = find_disease_kind(study)
    illness = {"MS": "multiple sclerosis", "NMOSD": "NMOSD", "MOGAD": "MOGAD"}.get(kind, "cancer autoimmune")
    definition = name_definition(results[0].finding)
    title = study.title if study.disease in ("MS",) or kind == "cancer-with-ms" else ""
    return " ".join([summary.headline, illness, *people, *nouns, *facts, definition, title])


def _find_known_words(study: Study, named: str, summary: PlainLanguageSummary) -> frozenset[str]:
    """Every word of ours about a study, and of its citation; any other with a capital is a new name."""
    cited = (study.title, study.authors or "", study.journal or "", study.setting or "")
    text = " ".join([named, *summary.body, *cited])
    return frozenset(word.strip(".,:;()?\"'").lower() for word in text.split())


def _to_frame(study: Study, result: Result, is_main: bool) -> Frame:
    finding = result.finding
    people = name_people(study, finding)
    arm = next((arm.therapies for arm in study.arms if arm.id == finding.arm), ())
    part = "" if finding.subgroup is None else name_part(finding.subgroup).removeprefix("people ").strip(",")
    courses = study.courses if len(study.courses) == 1 else ()
    drugs = " ".join([people, *finding.therapies, *finding.to_therapies, *arm])
    return Frame(
        finding.id,
        finding.strategy,
        finding.arm,
        is_main,
        find_drugs(drugs),
        (find_drugs(" ".join((*finding.therapies, *arm))), find_drugs(" ".join(finding.to_therapies))),
        find_kinds("people", f"{part} {' '.join(finding.courses or courses)}"),
        part,
        finding.outcome,
        _OUTCOME_KINDS.get(finding.outcome, finding.outcome),
        result.measured,
        frozenset({name_time(finding.time_years)} if finding.time_years else ()),
    )


def _find_facts(summary: PlainLanguageSummary) -> dict[str, frozenset[tuple[str, tuple[float, ...], str]]]:
    """The numbers that our own sentences of each role give, as role, values and unit."""
    found: dict[str, set[tuple[str, tuple[float, ...], str]]] = {}
    for claim in summary.claims:
        role = "pool" if claim.role.startswith("pool") else claim.role
        mentions = find_mentions(claim.text)
        found.setdefault(role, set()).update((m.role, m.values, m.unit) for m in mentions)
    return {role: frozenset(facts) for role, facts in found.items()}
