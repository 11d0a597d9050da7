"""Which plain words stand for the engine's ids: rules, alerts, facts, drugs, kinds of option, outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from stepdown.decisions.answer import Alert, Answer, Option
from stepdown.ms.drug_words import plain_drug, read_drug_words
from stepdown.ms.therapies import read_therapies
from stepdown.reports.wording import (
    PATIENT,
    PATIENT_RULES,
    fill_name,
    find_kind,
    read_wording,
    say_plainly,
)

#: Names that readers learn as names; each counts as two syllables.
ILLNESSES = (
    "multiple sclerosis",
    "neuromyelitis optica",
    "hepatitis B",
    "Flesch-Kincaid",
    "anti-CD20",
    "NMOSD",
    "MOGAD",
    "MRI",
    "PML",
)


def plain_rule(rule_id: str) -> str:
    """What a rule says, for patients; a safe sentence that sends them to their team for an id without one."""
    rules = read_wording(PATIENT_RULES)
    condition = _list_contraindications().get(rule_id)
    default = rules["default"]
    if condition is not None:
        default = rules["contraindication_rule"].get(condition, rules["contraindication"])
    return str(rules["rule"].get(rule_id, default))


@cache
def _list_contraindications() -> dict[str, str]:
    """The rules that the drug catalogue brings along, each with its condition."""
    rows = [row for therapy in read_therapies().values() for row in therapy.contraindications]
    return {row.id: row.condition for row in rows}


def has_plain_rule(rule_id: str) -> bool:
    """Whether a rule has a plain sentence of its own."""
    return rule_id in read_wording(PATIENT_RULES)["rule"]


def plain_rules(rule_ids: Iterable[str]) -> tuple[str, ...]:
    """The plain sentences of several rules, each once."""
    return tuple(dict.fromkeys(plain_rule(rule_id) for rule_id in rule_ids))


def plain_alert(alert: Alert) -> tuple[str, ...]:
    """What an alert says, for patients: its own sentence where it has one, then what to do at its level."""
    rules = read_wording(PATIENT_RULES)
    own: str | None = rules["alert"].get(alert.id)
    condition = _list_contraindications().get(alert.id)
    if own is None and condition is not None:
        of_drugs = rules["contraindication_alert"]
        own = of_drugs.get(condition, of_drugs["default"])
    if own is None and alert.id.startswith("file-"):
        own = rules["file_alert"]
    own = own or rules["rule"].get(alert.id)
    return (*((own,) if own else ()), say_plainly(f"alert.{alert.level}"))


def plain_fact(name: str) -> str:
    """The plain name of a fact."""
    facts = read_wording(PATIENT)["fact"]
    return str(facts.get(name, facts["default"]))


def plain_option(option: Option, therapies: tuple[str, ...]) -> str:
    """What a patient calls an option that leads to these drugs, "a, b or c"."""
    names: dict[str, str] = read_wording(PATIENT)["kind"][find_kind(option)]
    return fill_name(names, option, join_drugs(therapies))


def join_drugs(therapies: tuple[str, ...]) -> str:
    """Several drugs as a choice: "a, b or c"; nothing for none."""
    plain = [plain_drug(therapy) for therapy in therapies]
    head = ", ".join(plain[:-1])
    return say_plainly("option.or").join(part for part in (head, *plain[-1:]) if part)


def find_current_therapy(answer: Answer) -> str | None:
    """The drug the person takes now, as far as an option to go on with it names it."""
    for option in answer.options:
        if option.strategy in ("continue", "extend") and option.therapy:
            return option.therapy
    return None


def find_names(answer: Answer) -> tuple[str, ...]:
    """Every name in the aid that counts as two syllables: drugs and illnesses."""
    drugs = {option.therapy for option in answer.options if option.therapy}
    catalogue = set(read_therapies()) | set(read_drug_words()["drug_words"])
    return (*ILLNESSES, *sorted({plain_drug(name) for name in drugs | catalogue}))


def plain_outcome(outcome: str, key: str, **slots: object) -> str:
    """A sentence about an outcome; outcomes without a table of their own share one."""
    outcomes = read_wording(PATIENT)["outcome"]
    return str(outcomes.get(outcome, outcomes["other"])[key]).format(**slots)
