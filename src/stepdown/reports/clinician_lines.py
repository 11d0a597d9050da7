"""What does the clinician read about one thing? One sentence for each risk, fact, rule, source and date."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from stepdown.decisions.answer import (
    PEOPLE_IN_STUDIES,
    Answer,
    Beside,
    FactLine,
    FollowUp,
    Option,
    PmlCell,
    Risk,
    Rule,
    StudyWeight,
    Unknown,
)
from stepdown.decisions.source import Source
from stepdown.reports.rounding import show_per_1000, show_risk
from stepdown.reports.wording import CLINICIAN, capitalise, name_time, name_word, read_wording, say

#: Where one sentence ends and another begins.
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")

#: The facts that name drugs, and why some facts cannot be asked of somebody.
_DRUGS = ("current_therapy", "therapy_left", "prior_therapies")
_NO_SUCH_DRUG = ("no drug is taken", "no drug given as courses is taken or was the last")


def tell_risk(risk: Risk) -> str:
    """One risk as a sentence: its number, whom it is about and its status, or that it is unknown and why."""
    outcome = capitalise(name_word("outcome", risk.outcome))
    shown, time = show_risk(risk), name_time(risk.time_years)
    if shown is None:
        return say("line.risk_unknown", outcome=outcome, time=time, reason=risk.reason).strip()
    status = name_word("status", risk.status) + (f" ({risk.reason.rstrip('.')})" if risk.reason else "")
    return say(
        "line.risk", outcome=outcome, time=time, shown=shown.words, whom=tell_whom(risk), status=status
    )


def tell_whom(risk: Risk) -> str:
    """Whom a number is about: people like this one, people in these studies, or beyond what was studied."""
    return name_word("speaks_for", risk.speaks_for or "")


def tell_unknown(risks: tuple[Risk, ...]) -> tuple[tuple[str, str], ...]:
    """The outcomes without a number: the outcome with all its times, and the reason, once for each reason."""
    times: dict[tuple[str, str], list[str]] = {}
    for risk in risks:
        if risk.per_100 is None:
            times.setdefault((risk.outcome, risk.reason), []).append(name_time(risk.time_years))
    return tuple(
        (
            say(
                "line.unknown_times",
                outcome=capitalise(name_word("outcome", outcome)),
                times=", ".join(found),
            ),
            capitalise(reason),
        )
        for (outcome, reason), found in times.items()
    )


def tell_behind(risk: Risk) -> str:
    """What stands behind a risk: studies, people, events, method, definition, and who was studied."""
    key = "line.risk_behind" if risk.speaks_for == PEOPLE_IN_STUDIES else "line.risk_behind_model"
    counts = say(key, method=risk.method, **_count_behind(risk))
    return " ".join((counts, say("line.definition", definition=risk.definition), tell_studied(risk)))


def _count_behind(risk: Risk | Beside) -> dict[str, str]:
    return {
        "studies": str(risk.studies),
        "design": name_word("design", risk.design or ""),
        "people": _or_not_said(risk.people),
        "events": _or_not_said(risk.events),
    }


def tell_beside(risks: tuple[Risk, ...]) -> tuple[str, ...]:
    """What the studies alone say beside some risks of one outcome: a sentence for each kind of studies."""
    columns = zip(*(risk.beside for risk in risks), strict=True)
    return tuple(_tell_kind(risks, column) for column in columns)


def _tell_kind(risks: tuple[Risk, ...], column: tuple[Beside, ...]) -> str:
    """One kind of studies at every time: the numbers, from how many people, and what to know of them."""
    known = next((beside for beside in column if beside.per_100 is not None), column[0])
    numbers = "; ".join(
        say("line.at_time", shown=_say_beside(beside), time=name_time(risk.time_years))
        for risk, beside in zip(risks, column, strict=True)
    )
    reasons = dict.fromkeys(beside.reason for beside in column if beside.reason)
    told = [
        say(
            "line.beside", kind=name_word("kind", _name_kind(known)), numbers=numbers, **_count_behind(known)
        ),
        *(f"{capitalise(reason)}." for reason in reasons),
    ]
    if known.weights:
        told.append(say("line.weights", weights=", ".join(map(_tell_weight, known.weights))))
    return " ".join(told)


def _name_kind(beside: Beside) -> str:
    return "both" if beside.weights else beside.design or "none"


def _say_beside(beside: Beside) -> str:
    shown = show_risk(beside)
    return say("page.unknown") if shown is None else shown.words


def _tell_weight(row: StudyWeight) -> str:
    return say("line.weight", study=row.study, weight=round(100 * row.weight), concern=row.concern)


def tell_studied(risk: Risk) -> str:
    """Who the people in the studies were."""
    who = risk.studied
    return say(
        "line.studied",
        ages=_or_not_said(who.ages),
        years_quiet=_or_not_said(who.years_quiet),
        therapies=_or_not_said(who.therapies),
    )


def list_unknown_facts(facts: tuple[FactLine, ...]) -> tuple[str, ...]:
    """The facts that are not known, one for each reason: "igg, igm: no dated result on file"."""
    names: dict[str, list[str]] = {}
    for fact in facts:
        if fact.state == "unknown" and not _is_beside_the_point(fact, facts):
            names.setdefault(fact.reason or say("line.not_said"), []).append(fact.name.replace("_", " "))
    return tuple(
        say("line.unknown_facts", names=", ".join(found), reason=reason) for reason, found in names.items()
    )


def _is_beside_the_point(fact: FactLine, facts: tuple[FactLine, ...]) -> bool:
    """Whether a fact is asked of a drug or course that this person does not take."""
    if fact.name == "months_on_natalizumab":
        return not any("natalizumab" in str(each.value) for each in facts if each.name in _DRUGS)
    return fact.reason in _NO_SUCH_DRUG


def tell_fact(fact: FactLine) -> str:
    """One fact with its value and unit, or why it is not used."""
    name = fact.name.replace("_", " ")
    if fact.state == "known":
        known = say("line.fact_known", name=name, value=show_value(fact))
        return known if fact.value is None or not fact.reason else f"{known} ({fact.reason})"
    return say(f"line.fact_{fact.state}", name=name, reason=fact.reason or say("line.not_said"))


def tell_missing(item: Unknown) -> str:
    """A missing fact by its words, and what knowing it would change."""
    return say("line.unknown_fact", fact=item.fact.replace("_", " "), would_change=item.would_change)


def show_value(fact: FactLine) -> str:
    """The value of a fact with its unit; a range that has no single value is told by its reason."""
    if fact.value is None:
        return fact.reason or say("line.not_said")
    if isinstance(fact.value, bool):
        return "yes" if fact.value else "no"
    number = f"{round(fact.value, 2):g}" if isinstance(fact.value, int | float) else fact.value
    unit = {"date": "", "count": "", "0 to 10": "of 10"}.get(fact.unit or "", fact.unit or "")
    return f"{number} {unit}".strip()


def tell_rule(rule: Rule) -> str:
    """One rule: whether it fired, and its sentence."""
    return say("line.rule", state=name_fired(rule), id=rule.id, text=rule.text)


def name_fired(rule: Rule) -> str:
    """Whether a rule fired, in words."""
    return name_word("fired", {True: "yes", False: "no", None: "unknown"}[rule.fired])


def join_follow_up(items: tuple[FollowUp, ...], at: str) -> tuple[FollowUp, ...]:
    """The things to do, those that only repeat on other days as one with all its days; past days say so."""
    days: dict[FollowUp, list[str]] = {}
    for item in items:
        due = say("line.passed", due=item.due) if has_passed(item, at) else item.due
        days.setdefault(replace(item, due=""), []).append(due)
    return tuple(replace(item, due="; ".join(found)) for item, found in days.items())


def has_passed(item: FollowUp, at: str) -> bool:
    """Whether the day of something still to do had gone by, its window too; the last dose itself may have."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", item.due) or item.id.startswith("last-dose"):
        return False
    window = timedelta(days=item.window_days or 0)
    return date.fromisoformat(item.due) + window < date.fromisoformat(at)


def split_rules(option: Option) -> tuple[tuple[Rule, ...], tuple[str, ...], tuple[str, ...]]:
    """The rules to tell in full; the ids of those told as reasons already; of those that did not fire."""
    told = {reason.rule for reason in (*option.reasons_for, *option.reasons_against)}
    looked = [rule for rule in option.rules if rule.fired is not False]
    full = tuple(rule for rule in looked if rule.fired is None or rule.id not in told)
    fired = tuple(rule.id for rule in looked if rule not in full)
    return full, fired, tuple(rule.id for rule in option.rules if rule.fired is False)


def tell_follow_up(item: FollowUp) -> str:
    """One thing to do, with its due date."""
    if item.window_days is None:
        return say("line.due", due=item.due, what=item.what)
    return say("line.due_window", due=item.due, what=item.what, window=item.window_days)


def tell_pml(cell: PmlCell) -> str:
    """PML per 1,000 in one period of treatment."""
    key = "line.pml_range" if cell.reason else "line.pml"
    return say(key, period=cell.period_months, number=show_pml_range(cell), reason=cell.reason.rstrip("."))


def show_pml_range(cell: PmlCell) -> str:
    """The figure of a period per 1,000, or from the lowest to the highest where facts are unknown."""
    low, high = show_per_1000(cell.per_1000_low), show_per_1000(cell.per_1000_high)
    return low if low == high else say("line.per_1000", low=low, high=high)


def tell_bridge(option: Option) -> str | None:
    """What must follow the drug that is left, and the longest gap; None when the option names no bridge."""
    if option.bridge is None:
        return None
    days, names = option.bridge.max_gap_days, ", ".join(option.bridge.therapies)
    if option.strategy == "switch" and option.therapy:
        return say("line.bridge_switch", days=days, therapy=capitalise(option.therapy))
    return say("line.bridge_stop" if option.strategy == "stop" else "line.bridge", days=days, therapies=names)


def head_triggers(option: Option) -> str:
    """The heading of what should make the team think again: of starting, where nothing is taken."""
    return say("heading.triggers" if option.strategy == "stop" else "heading.triggers_on")


def name_tests_first() -> frozenset[str]:
    """The rules that ask for a test or a list first; they never head an option while another rule decides."""
    return frozenset(read_wording(CLINICIAN)["tests_first"]["rules"])


def find_main_reason(option: Option) -> str:
    """The first sentence of what decided the standing: of the deciding rule, else on the standing's side."""
    against = option.standing in ("not-advised", "cannot-say")
    reasons = [*option.reasons_for, *option.reasons_against]
    if against:
        reasons = [*option.reasons_against, *option.reasons_for]
    first = name_tests_first()
    real = [rule for rule in option.decided_by if rule not in first]
    deciding = [reason.text for reason in reasons if reason.rule in real]
    rules = [rule.text for rule in option.rules if rule.id in real]
    missing = [tell_missing(unknown) for unknown in option.unknowns]
    found = deciding + rules + [reason.text for reason in reasons] + missing
    return _SENTENCE_END.split(found[0], maxsplit=1)[0] if found else ""


def list_preferences(answer: Answer) -> str | None:
    """What matters most to the person, in order; None when it was not said."""
    if not answer.preferences:
        return None
    return say(
        "line.preferences", items=", ".join(name_word("preference", item) for item in answer.preferences)
    )


def tell_source(source: Source) -> str:
    """A source as a line: its title and year."""
    return say("line.source", title=source.title, year=_or_not_said(source.year))


def find_links(source: Source) -> tuple[tuple[str, str], ...]:
    """Where the reader reaches a source in one step: label and address, PMID before DOI before page."""
    links = []
    if source.pmid:
        links.append((f"PMID {source.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/"))
    if source.doi:
        links.append((f"doi {source.doi}", f"https://doi.org/{source.doi}"))
    if source.url and source.url.startswith(("https://", "http://")):
        links.append((urlsplit(source.url).netloc, source.url))
    return tuple({address: (label, address) for label, address in reversed(links)}.values())[::-1]


def _or_not_said(value: object) -> str:
    return say("line.not_said") if value is None else str(value)
