"""The answer as a FHIR R4 bundle: GuidanceResponse, RiskAssessments, a CarePlan for each way on, Provenance.

https://hl7.org/fhir/R4/guidanceresponse.html, riskassessment.html, careplan.html, provenance.html. The
numbers are those that every report shows. The plan of an option has the intent "option": the answer
recommends none; that of the whole care (``care_plan.fhir``) has the intent "plan" and a bundle of its own.
What has no number is written as unknown, never as 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from stepdown.decisions.answer import Alert, Answer, FollowUp, Option, Risk
from stepdown.decisions.source import Source
from stepdown.reports.care_plan.fhir import list_plan_resources
from stepdown.reports.clinician_lines import tell_risk, tell_whom
from stepdown.reports.fhir_names import (
    DISCLAIMER,
    MODULE,
    Json,
    make_id,
    make_patient_id,
    to_entry,
    without_empty,
)
from stepdown.reports.rounding import round_per_100
from stepdown.reports.wording import capitalise, name_option, name_word

_UCUM = "http://unitsofmeasure.org"
#: The 95 % interval of a probability, in percent: R4 has no place for it beside the probability itself.
INTERVAL_95 = "urn:stepdown:fhir:interval-95-per-100"
#: The options for which a plan is written: one that is not advised or cannot be judged gets none.
_WITH_PLAN = ("reasonable", "possible")
_SEVERITY = {"urgent": "error", "check": "warning", "note": "information"}


def to_fhir(answer: Answer, recorded: datetime | None = None) -> Json:
    """The answer as a collection bundle; ``recorded`` is the moment of writing (default: now)."""
    subject = _refer_to_person(answer)
    assessments = [_to_assessment(option, subject, answer) for option in answer.options]
    plans = [_to_plan(option, subject, answer) for option in answer.options if option.standing in _WITH_PLAN]
    return _to_bundle(answer, [_to_response(answer, subject), *assessments, *plans], recorded)


def to_fhir_care_plan(answer: Answer, recorded: datetime | None = None) -> Json:
    """The care plan of an answer as a bundle of its own: CarePlan, Goals, CareTeam, and where they come from.

    It is kept apart from the options: a record system takes every CarePlan of theirs for one that is offered,
    and an answer that is refused offers none.
    """
    subject = _refer_to_person(answer)
    care = list_plan_resources(answer.care_plan, answer.alerts, subject) if answer.care_plan else []
    return _to_bundle(answer, care, recorded)


def _refer_to_person(answer: Answer) -> Json:
    return {"reference": f"Patient/{make_patient_id(answer.person)}"}


def _to_bundle(answer: Answer, made: list[Json], recorded: datetime | None) -> Json:
    """Resources as a bundle, with the Patient before them and their Provenance after them."""
    moment = (recorded or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    patient = {"resourceType": "Patient", "id": make_patient_id(answer.person)}
    entries = [to_entry(patient), *map(to_entry, made), to_entry(_to_provenance(answer, made, moment))]
    return {"resourceType": "Bundle", "type": "collection", "timestamp": moment, "entry": entries}


def _to_response(answer: Answer, subject: Json) -> Json:
    """What was asked and what is to be known before any option."""
    messages = [_to_outcome(alert) for alert in answer.alerts]
    status = "data-requested" if answer.missing_ranked else "success"
    notes = [DISCLAIMER]
    if answer.refusal is not None:
        notes.append(f"The MS model does not answer: {answer.refusal.reason}")
    for each in answer.missing_ranked:
        notes.append(f"Not known: {each.fact.replace('_', ' ')}. {each.would_change}")
    response: Json = {
        "resourceType": "GuidanceResponse",
        "id": make_id("guidance", answer.at),
        "moduleUri": f"{MODULE}:{answer.stepdown_version}",
        "status": status,
        "subject": subject,
        "occurrenceDateTime": answer.at,
        "note": [{"text": note} for note in notes],
    }
    if messages:
        response["contained"] = [{**message, "id": f"alert-{n}"} for n, message in enumerate(messages, 1)]
        response["evaluationMessage"] = [{"reference": f"#alert-{n}"} for n in range(1, len(messages) + 1)]
    return response


def _to_outcome(alert: Alert) -> Json:
    issue = {"severity": _SEVERITY[alert.level], "code": "informational", "diagnostics": alert.text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _to_assessment(option: Option, subject: Json, answer: Answer) -> Json:
    """The risks of one option, each with its interval, whom it is about and what it rests on."""
    keys = list(dict.fromkeys(source.partition("#")[0] for risk in option.risks for source in risk.sources))
    predictions = [_to_prediction(risk) for risk in option.risks]
    found: Json = {
        "resourceType": "RiskAssessment",
        "id": make_id("risk", option.id),
        "status": "final",
        "code": {"text": f"If: {name_option(option)}"},
        "subject": subject,
        "occurrenceDateTime": answer.at,
        "basis": list(_to_references(keys, answer)),
        "prediction": predictions,
        "note": [{"text": f"How it stands: {name_word('standing', option.standing)}. {DISCLAIMER}"}],
    }
    return without_empty(found)


def _to_prediction(risk: Risk) -> Json:
    """One risk: a probability in percent with its interval as an extension, or the word unknown."""
    shown = round_per_100(risk)
    found: Json = {
        "outcome": {"text": f"{capitalise(name_word('outcome', risk.outcome))}: {risk.definition}"},
        "whenRange": {"low": _years(0), "high": _years(risk.time_years)},
        "rationale": tell_risk(risk),
    }
    if shown is None:
        return {**found, "qualitativeRisk": {"text": "unknown"}}
    interval = {"low": _percent(shown["low"]), "high": _percent(shown["high"])}
    found["extension"] = [{"url": INTERVAL_95, "valueRange": interval}]
    found["qualitativeRisk"] = {"text": f"{name_word('status', risk.status)}, {tell_whom(risk)}"}
    return {**found, "probabilityDecimal": shown["estimate"]}


def _years(value: float) -> Json:
    return {"value": value, "unit": "years", "system": _UCUM, "code": "a"}


def _percent(value: float) -> Json:
    return {"value": value, "unit": "%", "system": _UCUM, "code": "%"}


def _to_references(keys: Iterable[str], answer: Answer) -> Iterator[Json]:
    """The sources by their PMID or DOI, else by their key."""
    for key in keys:
        source = answer.sources.get(key)
        yield {"identifier": _to_identifier(key, source), "display": source.title if source else key}


def _to_identifier(key: str, source: Source | None) -> Json:
    if source is not None and source.pmid:
        return {"system": "https://pubmed.ncbi.nlm.nih.gov", "value": source.pmid}
    if source is not None and source.doi:
        return {"system": "https://doi.org", "value": source.doi}
    return {"system": "urn:stepdown:source", "value": key}


def _to_plan(option: Option, subject: Json, answer: Answer) -> Json:
    """The dated steps and the follow-up of one option, as an option and no more."""
    name = name_option(option)
    triggers = [f"Think of treating again: {each.text}" for each in option.restart_triggers]
    found: Json = {
        "resourceType": "CarePlan",
        "id": make_id("plan", option.id),
        "status": "draft",
        "intent": "option",
        "title": name,
        "description": f"One of the options of this answer, {name_word('standing', option.standing)}.",
        "subject": subject,
        "period": {"start": answer.at},
        "created": answer.at,
        "activity": [_to_activity(row) for row in (*option.plan, *option.follow_up)],
        "note": [{"text": text} for text in (DISCLAIMER, *triggers)],
    }
    return without_empty(found)


def _to_activity(row: FollowUp) -> Json:
    """One thing to do, when, and whether a source states it."""
    basis = f"{row.basis}; {', '.join(row.sources)}" if row.sources else row.basis
    return {
        "detail": {
            "code": {"text": row.what},
            "status": "not-started",
            "scheduledString": row.due,
            "description": f"Basis: {basis}",
        }
    }


def _to_provenance(answer: Answer, made: list[Json], moment: str) -> Json:
    """Which program and which evidence made the other resources."""
    agent = f"stepdown {answer.stepdown_version}"
    evidence = f"evidence {answer.evidence_version}, {answer.evidence_hash}"
    return {
        "resourceType": "Provenance",
        "id": make_id("provenance", answer.at),
        "target": [{"reference": f"{each['resourceType']}/{each['id']}"} for each in made],
        "recorded": moment,
        "agent": [{"who": {"display": agent}}],
        "entity": [{"role": "source", "what": {"display": evidence}}],
    }
