"""A protocol file into a Protocol: every fault at once, each with its field and how to mend it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from stepdown.cohorts.outcomes.rule_sets import read_rule_sets
from stepdown.cohorts.protocol.model import Criterion, Protocol
from stepdown.ms.course import ACTIVE, INDETERMINATE, NOT_ACTIVE
from stepdown.ms.errors import UserError
from stepdown.ms.therapies import read_therapies
from stepdown.patients.tables import TABLES
from stepdown.patients.yaml_text import OnceLoader

#: The folder of the protocols that ship with the program.
_SHIPPED = "stepdown.cohorts.protocols"


def find_shipped() -> tuple[str, ...]:
    """The names of the protocols that ship with the program."""
    found = (path.name.removesuffix(".yaml") for path in files(_SHIPPED).iterdir())
    return tuple(sorted(name for name in found if not name.startswith("_")))


def read_shipped(name: str) -> Protocol:
    """A protocol that ships with the program; UserError when there is none of that name."""
    if name not in find_shipped():
        raise UserError(f"{name}: there is no such protocol; there are {', '.join(find_shipped())}"
                        f"{_guess(name, list(find_shipped()))}")
    return parse_protocol(read_shipped_text(name), f"{name}.yaml")


def read_shipped_text(name: str) -> str:
    """The text of a protocol that ships with the program."""
    return files(_SHIPPED).joinpath(f"{name}.yaml").read_text(encoding="utf-8")


def read_protocol(path: Path) -> Protocol:
    """The protocol in a file, or the shipped one whose name is given; UserError with all that is wrong."""
    if not path.exists() and path.name.removesuffix(".yaml") in find_shipped() and len(path.parts) == 1:
        return read_shipped(path.name.removesuffix(".yaml"))
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: is no text in UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read; stepdown cohort protocols lists those that ship"
                        f"{_guess(path.name.removesuffix('.yaml'), list(find_shipped()))}") from error
    return parse_protocol(text, str(path))


def parse_protocol(text: str, place: str) -> Protocol:
    """The protocol in a text; ``place`` stands at the head of each fault."""
    try:
        value = yaml.load(text, Loader=OnceLoader)
    except (yaml.YAMLError, ValueError) as error:
        raise UserError(_say_no_yaml(place, text, error)) from error
    if not isinstance(value, dict):
        empty = "it is empty; " if value is None else ""
        raise UserError(f"{place}: {empty}a protocol is a group of keys; see stepdown cohort protocols")
    try:
        protocol = Protocol.model_validate(value)
    except ValidationError as error:
        raise UserError(_join(place, [_to_sentence(each) for each in error.errors()])) from error
    faults = list(_check_words(protocol))
    if faults:
        raise UserError(_join(place, faults))
    return protocol


def _say_no_yaml(place: str, text: str, error: Exception) -> str:
    """Where a text is no YAML, or the key that stands twice."""
    mark, problem = getattr(error, "problem_mark", None), str(getattr(error, "problem", ""))
    where = f" line {mark.line + 1}" if mark else ""
    if isinstance(error, yaml.constructor.ConstructorError) and mark:
        key = text.splitlines()[mark.line][mark.column:].partition(":")[0].strip()
        return f"{place}:{where}, {key}: {problem}"
    return f"{place}:{where} is no YAML; look for a missing colon, quote or indent"


def hash_protocol(protocol: Protocol) -> str:
    """A mark of what the protocol says, whatever its layout and comments."""
    text = json.dumps(protocol.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def find_disease(protocol: Protocol) -> str | None:
    """The one disease that the criteria ask for; None where there may be people with another."""
    for each in protocol.population:
        if each.fact == "diagnosis" and len(each.any_of or ()) == 1 and each.if_unknown != "include":
            return (each.any_of or (None,))[0]
    return None


def _join(place: str, faults: list[str]) -> str:
    head = f"{place}: {len(faults)} faults\n  " if len(faults) > 1 else f"{place}: "
    return head + "\n  ".join(faults)


def _to_sentence(problem: Mapping[str, Any]) -> str:
    field = _to_field(problem["loc"]) + _name_part(problem)
    kind, detail = problem["type"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        name = str(problem["loc"][-1])
        return f"{field}: there is no such key{_guess(name, _keys_beside(problem['loc']))}"
    if kind == "missing":
        return f"{field}: is missing; write it"
    if kind == "value_error":
        return f"{field}: {detail['error']}" if field else str(detail["error"])
    if kind == "literal_error":
        allowed = detail["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        given = str(problem.get("input"))
        return f"{field}: {given} is none of {', '.join(allowed)}{_guess(given, allowed)}"
    read_as = ("; YAML takes on, off, yes, no, true and false for a truth: put the word in quotes"
               if kind == "string_type" and isinstance(problem.get("input"), bool) else "")
    return f"{field}: {problem['msg'][0].lower()}{problem['msg'][1:]}{read_as}"


def _name_part(problem: Mapping[str, Any]) -> str:
    """The name of a part that is wrong as a whole, such as that of a criterion."""
    given = problem.get("input")
    if not isinstance(given, Mapping) or len(problem["loc"]) < 2:
        return ""
    name = given.get("name")
    return f" ({name})" if isinstance(name, str) else ""


def _to_field(place: tuple[Any, ...]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return text.removeprefix(".")


def _keys_beside(place: tuple[Any, ...]) -> list[str]:
    """The keys that the group at a place may have."""
    model: type[BaseModel] | None = Protocol
    for step in place[:-1]:
        if isinstance(step, str) and model is not None:
            model = _find_model(model.model_fields[step].annotation) if step in model.model_fields else None
    return list(model.model_fields) if model else []


def _find_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _find_model(part))), None)


def _guess(name: str, allowed: list[str]) -> str:
    words = {word.lower(): word for word in allowed}
    near = get_close_matches(name.lower(), words, n=1, cutoff=0.6)
    return f'; did you mean "{words[near[0]]}"?' if near else ""


def list_words() -> dict[str, list[str]]:
    """The words that a fact can be, by fact; a centre can be any, a therapy of no catalogue is other:NAME."""
    therapies, patients = read_therapies(), TABLES["patients"]
    tiers = {each.efficacy_tier for each in therapies.values() if each.efficacy_tier}
    return {
        **{fact: [str(word) for word in patients.column(fact).allowed]
           for fact in ("sex", "diagnosis", "course")},
        "course_activity": [ACTIVE, NOT_ACTIVE, INDETERMINATE],
        "therapy": ["none", *sorted(therapies)],
        "therapy_group": ["none", *sorted({each.group for each in therapies.values()})],
        "efficacy_tier": ["none", *sorted(tiers)],
    }


def _list_criteria(protocol: Protocol) -> Iterator[tuple[str, Criterion]]:
    """Every criterion with its place: those of the population, and those that make a group."""
    for number, criterion in enumerate(protocol.population):
        yield f"population[{number}]", criterion
    for number, strategy in enumerate(protocol.strategies):
        if strategy.in_group is not None:
            yield f"strategies[{number}].in_group", strategy.in_group


def _name_words(word: str, allowed: list[str]) -> str:
    """The nearest word, or all of them where they are few."""
    return _guess(word, allowed) or (f"; it is one of {', '.join(allowed)}" if len(allowed) <= 12 else "")


def _check_words(protocol: Protocol) -> Iterator[str]:
    """Words that stand for something elsewhere: in tables, drugs, groups of drugs, rule sets."""
    words, therapies = list_words(), read_therapies()
    for place, criterion in _list_criteria(protocol):
        allowed = words.get(criterion.fact, [])
        for word in (*(criterion.any_of or ()), *(criterion.none_of or ())):
            if allowed and word not in allowed and not word.startswith("other:"):
                yield f"{place} ({criterion.name}): {word} is no {criterion.fact}{_name_words(word, allowed)}"
    for name in protocol.definitions.treatment.gap_days_by_drug:
        if name not in therapies:
            yield (f"definitions.treatment.gap_days_by_drug: {name} is no drug of the catalogue"
                   f"{_guess(name, sorted(therapies))}")
    rules, known = protocol.definitions.worsening.rules, sorted(read_rule_sets())
    if rules not in known:
        yield f"definitions.worsening.rules: there is no rule set {rules}{_guess(rules, known)}"
