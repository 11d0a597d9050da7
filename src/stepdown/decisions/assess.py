"""The whole answer for one person at one index date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from stepdown import __version__
from stepdown.decisions.alerts import find_alerts
from stepdown.decisions.answer import (
    SCHEMA_VERSION,
    Alert,
    Answer,
    Bridge,
    FactLine,
    Option,
    Reason,
    Refusal,
    Risk,
    Rule,
)
from stepdown.decisions.care_plan.building import build_care_plan
from stepdown.decisions.follow_up import find_follow_up, find_triggers
from stepdown.decisions.immunotherapy import find_immunotherapy
from stepdown.decisions.missing import find_unknowns, rank_missing
from stepdown.decisions.options import Draft, find_options, referral
from stepdown.decisions.plan import find_plan
from stepdown.decisions.planned_care import CarePlan
from stepdown.decisions.pml import find_pml, find_pml_notes
from stepdown.decisions.refusing import find_open_diagnosis, find_refusal
from stepdown.decisions.risks import find_risks, without_numbers
from stepdown.decisions.rules.contraindications import judge_contraindications
from stepdown.decisions.rules.earlier_treatment import judge_earlier_treatment
from stepdown.decisions.rules.easing import ease_for_pregnancy
from stepdown.decisions.rules.judging import Judged, RulesForPerson, find_standing
from stepdown.decisions.rules.unread_comorbidities import judge_unread_comorbidities
from stepdown.decisions.score import find_points, judge_score
from stepdown.decisions.situation import Situation, Treatment, find_situation
from stepdown.decisions.source import Source
from stepdown.decisions.sourcing import resolve_sources
from stepdown.decisions.withdrawing import withdraw_studies
from stepdown.evidence.reading import mark_studies, name_library, read_library
from stepdown.ms.facts import Fact
from stepdown.patients.death import has_died
from stepdown.patients.faults import Fault, Grade
from stepdown.patients.history import History

_WAYS_ON = ("reasonable", "possible")


def _reasons(judged: Iterable[Judged], effects: tuple[str, ...]) -> tuple[Reason, ...]:
    """The fired rules with one of some effects, as reasons."""
    return tuple(
        Reason(item.rule.text, item.rule.id, item.rule.sources)
        for item in judged
        if item.rule.fired and item.effect in effects
    )


def _judge(situation: Situation, draft: Draft, rules: RulesForPerson) -> tuple[Judged, ...]:
    """Every rule that looks at an option: of the data files, of the drug catalogue, and the score."""
    judged = rules.judge(draft) + judge_contraindications(situation, draft)
    judged += judge_unread_comorbidities(situation, draft)
    judged += judge_earlier_treatment(situation, draft) + judge_score(situation, draft)
    return ease_for_pregnancy(situation, draft, judged)


def _to_option(
    situation: Situation, draft: Draft, judged: tuple[Judged, ...], risks: tuple[Risk, ...], *, is_brief: bool
) -> Option:
    """A judged option with everything that decided it; the plan is added where a way on is left."""
    standing, decided_by = find_standing(judged)
    has_plan = not is_brief and standing != "not-advised"
    return Option(
        draft.id,
        draft.strategy,
        draft.direction,
        draft.target.name if draft.target else None,
        draft.interval_days,
        draft.bridge,
        standing,
        decided_by,
        tuple(item.rule for item in judged),
        risks,
        _reasons(judged, ("for",)),
        _reasons(judged, ("against", "not-advised", "cannot-say", "not-reasonable")),
        find_unknowns(judged, situation.facts),
        find_plan(situation, draft) if has_plan else (),
        () if is_brief else find_follow_up(situation, draft),
        () if is_brief else find_triggers(situation, draft),
        draft.meaning,
    )


def _refused_option(option: Option) -> Option:
    """An option for another disease: it stands, without numbers, and nothing can be said of it."""
    return replace(
        option,
        standing="cannot-say",
        decided_by=("another-disease",),
        rules=(),
        reasons_for=(),
        reasons_against=(),
        unknowns=(),
        bridge=None,
        risks=without_numbers(option.risks),
        plan=(),
        follow_up=(),
        restart_triggers=(),
    )


def _with_safe_bridges(options: list[Option]) -> list[Option]:
    """The options with only those drugs in a bridge that this answer does not itself advise against."""
    targets = [option for option in options if option.strategy == "switch" and option.therapy]
    standings = {str(option.therapy): option.standing for option in targets}
    return [replace(option, bridge=_safe(option.bridge, standings)) for option in options]


def _safe(bridge: Bridge | None, standings: Mapping[str, str]) -> Bridge | None:
    """A bridge without the closed drugs; where none of its own is left, with any drug that is still open."""
    if bridge is None:
        return None
    own = tuple(name for name in bridge.therapies if standings.get(name) != "not-advised")
    still_open = tuple(name for name, standing in standings.items() if standing in _WAYS_ON)
    return replace(bridge, therapies=own or still_open)


def _with_a_way_on(situation: Situation, options: list[Option], *, is_brief: bool) -> list[Option]:
    """The options, with a referral in front when none is a way on, and bridges first when both ways close."""
    is_clear = situation.treatment is not Treatment.UNCLEAR
    if is_clear and not any(option.standing in _WAYS_ON for option in options):
        draft = referral(situation)
        lead = replace(
            _to_option(situation, draft, (), find_risks(situation, [draft])[draft.id], is_brief=is_brief),
            standing="possible",
            decided_by=("nothing-else-open",),
        )
        options = [lead, *options]
    staying = [option for option in options if option.strategy in ("continue", "stop")]
    if all(option.standing == "not-advised" for option in staying):
        return sorted(options, key=_bridge_first)
    return options


def _bridge_first(option: Option) -> tuple[int, bool]:
    """The place of an option when neither staying nor stopping is open: open changes first, milder last."""
    is_open = option.strategy == "switch" and option.standing in _WAYS_ON
    place = _WAYS_ON.index(option.standing) if is_open else len(_WAYS_ON)
    return place, is_open and option.direction == "down"


def _fact_line(fact: Fact) -> FactLine:
    """One fact as the answer shows it; bounds are said in the reason."""
    reason = fact.reason
    if fact.low is not None and fact.value is None:
        low, high = round(fact.low, 1), None if fact.high is None else round(fact.high, 1)
        span = f"at least {low:g}" if high is None else f"{low:g} to {high:g}"
        reason = f"{span}; {reason}" if reason else span
    return FactLine(fact.name, fact.value, fact.unit, fact.state.value, reason, fact.sources)


def _file_alerts(faults: Iterable[Fault]) -> list[Alert]:
    """Doubts and notes of the person file as alerts: a doubt is to be checked."""
    return [
        Alert(
            f"file-{fault.path or 'whole'}",
            "check" if fault.grade is Grade.DOUBT else "note",
            _say_fault(fault),
            (),
        )
        for fault in faults
        if fault.grade is not Grade.ERROR
    ]


def _say_fault(fault: Fault) -> str:
    """What is to be mended in the file, the sentence first, then the place."""
    sentence = f"{fault.sentence[:1].upper()}{fault.sentence[1:]}"
    return f"{sentence} (in the file: {fault.path})" if fault.path else sentence


def _source_keys(options: Iterable[Option], alerts: Iterable[Alert], others: Iterable[Reason]) -> list[str]:
    """Every source key that an answer prints."""
    said: list[Alert | Reason] = [*alerts, *others]
    keys = [key for item in said for key in item.sources]
    for option in options:
        rows: list[Rule | Reason | Risk] = [
            *option.rules,
            *option.reasons_for,
            *option.reasons_against,
            *option.risks,
        ]
        keys += [key for row in rows for key in row.sources]
        keys += [key for risk in option.risks for key in risk.moved_by]
        keys += [key for risk in option.risks for beside in risk.beside for key in beside.sources]
        keys += [key for step in (*option.plan, *option.follow_up) for key in step.sources]
        keys += [key for trigger in option.restart_triggers for key in trigger.sources]
        keys += list(option.bridge.sources if option.bridge else ())
    return keys


def _sources(
    options: list[Option],
    alerts: tuple[Alert, ...],
    refusal: Refusal | None,
    others: tuple[Reason, ...],
    cells: Iterable[str],
) -> dict[str, Source]:
    """Every source of an answer, resolved."""
    known = refusal.what_is_known if refusal else ()
    return resolve_sources([*_source_keys(options, alerts, [*others, *known]), *cells])


def assess(
    history: History,
    faults: Iterable[Fault] = (),
    is_asked: Callable[[Draft], bool] = lambda _: True,
    severe_from: float | None = None,
    *,
    is_brief: bool = False,
) -> Answer:
    """The answer for the patient of a History; doubts and notes of the file become alerts.

    The file must be free of errors. For another disease than MS every option stands as
    cannot-say, without a number, and the refusal says what is known; for somebody who has died there is
    no option, no alert but those of the file, and no care plan. ``is_asked`` picks the options
    whose risks are worked out: a card that prints none need not wait for them. Standings need no risk.
    ``severe_from`` is the EDSS that the care plan counts as severe. A brief answer is decided in the same
    way and leaves out what comes after the decision: plans, follow-up, triggers, care plan, and the sources.
    """
    situation = find_situation(history)
    refusal, is_dead = find_refusal(situation), has_died(history.view) is not None
    drafts = [] if is_dead else find_options(situation)
    rules = RulesForPerson(situation)
    judged = [(draft, _judge(situation, draft, rules)) for draft in drafts]
    risks = find_risks(situation, (draft for draft, _ in judged), is_asked)
    options = [
        _to_option(situation, draft, found, risks[draft.id], is_brief=is_brief) for draft, found in judged
    ]
    items = [item for _, found in judged for item in found]
    ranked = find_open_diagnosis(situation) if refusal else rank_missing(items, situation.facts)
    from_file = _file_alerts(faults)
    alerts = tuple(from_file) if is_dead else find_alerts(situation, items, from_file, is_ms=refusal is None)
    if refusal:
        options = [_refused_option(option) for option in options]
    else:
        options = _with_a_way_on(situation, _with_safe_bridges(options), is_brief=is_brief)
    pml = () if refusal else find_pml(situation)
    notes = () if refusal else find_pml_notes(situation, pml)
    cancer = () if refusal else find_immunotherapy(situation)
    answer = Answer(
        SCHEMA_VERSION,
        __version__,
        evidence_version(),
        name_library(),
        history.at.isoformat(),
        str(history.view.recorded_on),
        history.patient.id or "",
        "refused" if refusal else "answered",
        refusal,
        alerts,
        tuple(_fact_line(fact) for fact in _facts(situation, refusal)),
        tuple(options),
        pml,
        notes,
        ranked,
        _wishes(history),
        cancer,
        {} if is_brief else _sources(
            options, alerts, refusal, notes + cancer, [key for cell in pml for key in cell.sources]
        ),
        None if is_dead or is_brief else _plan_care(situation, refusal, alerts, severe_from),
        dict(mark_studies()),
    )
    return withdraw_studies(answer)


def _plan_care(
    situation: Situation, refusal: Refusal | None, alerts: Iterable[Alert], severe_from: float | None
) -> CarePlan:
    """The care plan that belongs to an answer."""
    is_urgent = any(alert.level == "urgent" for alert in alerts)
    return build_care_plan(situation, refusal.reason if refusal else "", severe_from, is_urgent=is_urgent)


def _facts(situation: Situation, refusal: Refusal | None) -> list[Fact]:
    """The facts of an answer; the score for MS is left out for another disease."""
    facts = situation.history.facts()
    return facts if refusal else [*facts, find_points(situation)]


def _wishes(history: History) -> tuple[str, ...]:
    """What matters to the person, first things first, as far as it is known."""
    preferences = history.patient.preferences
    wishes = (preferences.most_important_first or ()) if preferences else ()
    return tuple(wish for wish in wishes if wish)


def evidence_version() -> str:
    """The day of the newest change to the library: of a study added, corrected or retracted."""
    days = [
        day
        for study in read_library().values()
        for day in (study.added, study.corrected, study.retracted)
        if day and day != "unknown"
    ]
    return max(days)
