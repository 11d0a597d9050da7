"""A cohort's result as a study record of the library: counts, or estimates with intervals.

Exact counts are used only where the protocol names who permitted the publication of small counts. Otherwise
what may be published is used: the estimate with its interval. Where nothing of that is left, it refuses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from stepdown.cohorts.protocol.model import Protocol, Strategy
from stepdown.cohorts.protocol.reading import find_disease
from stepdown.cohorts.writing import EXACT
from stepdown.ms.errors import UserError
from stepdown.ms.therapies import read_therapies

#: Outcomes that the library pools; others are kept under ``other:``.
_POOLED = ("relapse", "mri_activity", "any_activity", "confirmed_worsening", "serious_infection",
           "severe_adverse_event", "restart", "death")
_INVENTED = "The registry is simulated: its people are invented, and nothing here was observed."
_LIMITS = "Observational: weighted for what the registry holds, and for nothing else."
_DOMAINS = {
    "confounding": "weighted for the covariates of the protocol; what a registry does not hold is not",
    "selection": "criteria were judged by what was on file on the index day",
    "classification": "strategies were read from dates of treatment",
    "missing-data": "unknown covariates were marked or imputed; complete cases stand beside",
    "measurement": "outcomes were recorded in routine care, at visits that illness may bring forward",
    "reporting": "every outcome of the protocol is given",
}


def write_study(folder: Path, *, url: str | None = None, added: date | None = None) -> str:
    """The text of a study file from the folder of a cohort; UserError where nothing may be said.

    ``url`` is where the report can be read: without one the library asks for it.
    """
    protocol = Protocol.model_validate(_read(folder / "protocol.json"))
    disease = find_disease(protocol)
    if disease is None:
        raise UserError(
            f"{folder}: the protocol asks for no one disease, so that people with NMOSD or MOGAD may be "
            "among these, and a study would speak for MS; add to population "
            "{name: multiple-sclerosis, fact: diagnosis, any_of: [MS]} and run it again.")
    permitted = protocol.disclosure.small_counts_permitted_by
    result = _read(folder / EXACT) if permitted else _read(folder / "results.json")
    findings = list(_find_findings(protocol, result, permitted))
    if not findings:
        raise UserError(
            f"{folder}: nothing in it may become a study: every result rests on fewer events than the "
            "threshold of the protocol, or belongs to no strategy of the library. With the owner's "
            "permission, write who gave it under disclosure.small_counts_permitted_by and run the protocol "
            "again.")
    head = _write_head(protocol, result, disease, url, added or date.today())
    return "\n".join([head, *_write_domains(protocol), *findings])


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise UserError(
            f"{path}: cannot be read; give the folder that stepdown cohort run has written") from error
    return found


def _name_groups(protocol: Protocol) -> list[str]:
    """The drug groups whose people the criteria take, by their names or by their drugs."""
    catalogue = read_therapies()
    drugs = [catalogue[name].group for name in _named_by(protocol, "therapy") if name in catalogue]
    return sorted({*_named_by(protocol, "therapy_group"), *drugs})


def _named_by(protocol: Protocol, fact: str) -> list[str]:
    return [str(word) for each in protocol.population if each.fact == fact for word in each.any_of or ()]


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _name_strategy(protocol: Protocol, strategy: Strategy) -> str | None:
    """The library's word for a strategy; None where it has none."""
    if strategy.action == "everybody":
        return "stop" if protocol.index.event == "stop" else None
    return strategy.action if strategy.action in ("stop", "continue", "extend", "switch") else None


def _write_head(protocol: Protocol, result: Mapping[str, Any], disease: str, url: str | None,
                added: date) -> str:
    entries = max((group["trials"] for outcome in result["outcomes"] for group in outcome["groups"]
                   if isinstance(group["trials"], int)), default=0)
    simulated = bool(result.get("simulated"))
    kind, title = ("simulated", f"{protocol.title} (simulated registry, invented people)") if simulated \
        else ("cohort", protocol.title)
    limits = f"{_INVENTED} {_LIMITS}" if simulated else _LIMITS
    lines = [
        f"# Made by stepdown cohort to-study from protocol {result['protocol_hash'][:16]}; look it over, and "
        "add the name of the registry.",
        f"id = {_quote(kind + '_' + protocol.name.replace('-', '_'))}",
        f"title = {_quote(title)}", 'design = "registry-cohort"', f"disease = {_quote(disease)}",
        'topic = "stopping"', 'read = "full-text"', f"published = {_quote(str(result['ran_on'])[:4])}",
        f"added = {_quote(added.isoformat())}",
        f"urls = [{_quote(url)}]" if url else '# urls = ["https://"]   # where the report can be read',
        f"limits = {_quote(limits)}", *(["simulated = true"] if simulated else []),
        "excluded_early_relapsers = false", "", "[population]", f"n = {entries}", ""]
    for strategy in protocol.strategies:
        name = _name_strategy(protocol, strategy)
        if name is not None:
            lines += ["[[arms]]", f"id = {_quote(strategy.name)}", f"strategy = {_quote(name)}", ""]
    return "\n".join(lines)


def _write_domains(protocol: Protocol) -> Iterator[str]:
    for domain, reason in _DOMAINS.items():
        alone = domain == "confounding" and len(protocol.strategies) == 1
        text = "nobody who went on is compared with them" if alone else reason
        yield (f"[[appraisal]]\ndomain = {_quote(domain)}\nconcern = {_quote('high' if alone else 'some')}\n"
               f"reason = {_quote(text)}\n")


def _find_findings(protocol: Protocol, result: Mapping[str, Any], permitted: str | None) -> Iterator[str]:
    kinds = {outcome.name: outcome.kind for outcome in protocol.outcomes if not outcome.negative_control}
    strategies = {strategy.name: strategy for strategy in protocol.strategies}
    for outcome in (each for each in result["outcomes"] if each["name"] in kinds):
        for group in outcome["groups"]:
            strategy = _name_strategy(protocol, strategies[group["name"]])
            numbers = _write_counts(group, permitted) if permitted else _write_estimate(group, protocol)
            if strategy is not None and numbers is not None:
                yield _write_finding(protocol, kinds[outcome["name"]], group["name"], strategy, numbers)


def _write_counts(group: Mapping[str, Any], permitted: str) -> list[str] | None:
    if not group["trials"]:
        return None
    years = group["person_years"] / group["trials"]
    return ['report = "counts"', f"events = {group['events']}", f"n = {group['trials']}",
            f"person_years = {group['person_years']:.1f}", f"time_years = {years:.2f}",
            'time_kind = "mean-follow-up"', 'computed = ["time_years"]',
            f"note = {_quote('Small counts are published with the permission of: ' + permitted)}"]


def _write_estimate(group: Mapping[str, Any], protocol: Protocol) -> list[str] | None:
    """The published risk with its interval; None where it is withheld or not known."""
    risk = group["risk"]
    if isinstance(risk, str) or None in (risk["value"], risk["low"], risk["high"]):
        return None
    people = [f"n = {group['trials']}"] if isinstance(group["trials"], int) else []
    return ['report = "survival"', *people, f"proportion = {risk['value']}",
            f"proportion_low = {risk['low']}", f"proportion_high = {risk['high']}",
            f"time_years = {protocol.follow_up.years:g}", 'time_kind = "fixed"',
            f'note = "Rounded for disclosure control (threshold {protocol.disclosure.threshold})."']


def _write_finding(protocol: Protocol, kind: str, group: str, strategy: str, numbers: list[str]) -> str:
    outcome = kind if kind in _POOLED else f"other:{kind.replace('_', '-')}"
    lines = ["[[findings]]", f"id = {_quote(kind.replace('_', '-') + '-' + group)}",
             f"outcome = {_quote(outcome)}", f"strategy = {_quote(strategy)}", f"arm = {_quote(group)}",
             f"definition = {_quote(kind.replace('_', ' ') + ', as the protocol defines it')}",
             'locator = "results.json"', 'selection = "unknown"']
    for key, named in (("groups", _name_groups(protocol)), ("therapies", _named_by(protocol, "therapy"))):
        if named:
            lines.append(f"{key} = {json.dumps(named)}")
    return "\n".join([*lines, *numbers, ""])
