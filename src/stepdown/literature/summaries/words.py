"""Which words stand for what the library holds: diseases, drugs, people, outcomes, times, numbers."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from stepdown.evidence.cells import read_pool_table
from stepdown.evidence.study import Finding, Study
from stepdown.literature.summaries.measuring import round_half_up
from stepdown.ms.drug_words import plain_drug

#: How many people or person-years a figure is given for, the least first.
SCALES = (100, 1_000, 100_000)
_WEEKS_A_YEAR = 52.18


@cache
def read_words(name: str) -> dict[str, Any]:
    """One of the wording files of this folder, read once."""
    return tomllib.loads((files("stepdown.literature.summaries") / f"{name}.toml").read_text("utf-8"))


def say(key: str, **slots: object) -> str:
    """A sentence by its dotted key, its slots filled; KeyError when there is none."""
    table, _, entry = key.partition(".")
    return str(read_words("wording")[table][entry]).format(**slots)


def find_disease_kind(study: Study) -> str:
    """The disease of a study; cancer-with-ms where every result is about people who have MS and cancer."""
    if study.disease != "cancer-with-autoimmunity":
        return study.disease
    parts = {finding.subgroup for finding in study.findings}
    return "cancer-with-ms" if parts <= {"people with MS", "reports of MS"} else study.disease


def name_disease(study: Study) -> str:
    """The disease of a study as its headline names it."""
    names: dict[str, str] = read_words("wording")["disease"]
    return names.get(find_disease_kind(study), study.disease)


def name_outcome(outcome: str, form: str) -> str:
    """An outcome in one of its forms: ask, did, did_not, noun, events."""
    table = read_words("outcomes")
    words = table.get(outcome, table["unnamed"])
    return str(words[form]).format(name=outcome.removeprefix("other:").replace("-", " ").replace("_", " "))


def name_definition(finding: Finding) -> str:
    """What a finding counted, as a sentence: in plain words, or quoted where the table has none."""
    plain: dict[str, str] = read_words("definitions")["definition"]
    if finding.definition in plain:
        return say("found.defined", definition=plain[finding.definition])
    return say("found.defined_quoted", definition=finding.definition)


def name_drugs(names: tuple[str, ...], groups: tuple[str, ...]) -> str | None:
    """One or two drugs, else one or two groups of drugs; None where there are more or none."""
    table = read_words("people")
    if 1 <= len(names) <= 2:
        return str(table["drug"]["or"]).join(map(plain_drug, names))
    if 1 <= len(groups) <= 2:
        return str(table["drug"]["or"]).join(table["group"].get(group, group) for group in groups)
    return None


def name_people(study: Study, finding: Finding, *, compared: bool = False) -> str:
    """The people of a finding: who they were and what they did, as "people who stopped ocrelizumab"."""
    table = read_words("people")
    whole: dict[str, str] = table["whole"]
    for key in (finding.subgroup or "", study.id):
        if key in whole and not (key == study.id and finding.subgroup):
            return whole[key]
    drugs = find_drugs(study, finding)
    slots = {
        "who": name_part(finding.subgroup),
        "drug": drugs or table["drug"]["own"],
        "target": name_drugs(finding.to_therapies, finding.to_groups),
        "disease": name_disease(study),
    }
    key = _find_strategy_key(finding.strategy, drugs, slots["target"], compared)
    if finding.subgroup and finding.subgroup.startswith("on "):
        return f"people {finding.subgroup}"
    return str(table["strategy"][key]).format(**slots)


def find_drugs(study: Study, finding: Finding) -> str | None:
    """The drugs of the people of a finding; None where they are many, or not all of them are known."""
    if not finding.groups and study.id in read_pool_table().get("stands_for", {}):
        return None
    return name_drugs(finding.therapies or _arm_drugs(study, finding), finding.groups)


def _arm_drugs(study: Study, finding: Finding) -> tuple[str, ...]:
    """The drugs of the arm that a finding is about."""
    return next((arm.therapies for arm in study.arms if arm.id == finding.arm), ())


def _find_strategy_key(strategy: str, drugs: str | None, target: str | None, compared: bool) -> str:
    if strategy == "continue":
        return "continue_compared" if compared else "continue" if drugs else "continue_any"
    return "switch_away" if strategy == "switch" and target is None else strategy


def name_part(subgroup: str | None) -> str:
    """A part of the people of a study: "people" for all, its words, or the library's words quoted."""
    if subgroup is None:
        return "people"
    parts: dict[str, str] = read_words("people")["part"]
    if subgroup in parts:
        return parts[subgroup]
    return subgroup if subgroup.startswith("people ") else f'people in the group "{subgroup}"'


def name_versus(versus: str) -> str:
    """With whom a ratio compares."""
    table: dict[str, str] = read_words("people")["versus"]
    return table.get(versus, table["other"].format(name=versus))


def name_time(years: float) -> str:
    """A time in words: "2 years", "16 months", "about 24 months", and weeks below a year ("24 weeks")."""
    months = years * 12
    if years == int(years):
        return _count(int(years), "year")
    if abs(months - round(months)) <= 0.2:
        return _count(round(months), "month")
    if months > 12:
        return say("number.about", n=_count(round_half_up(months), "month"))
    return _count(round_half_up(years * _WEEKS_A_YEAR), "week")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number:,} {unit}s"


def choose_scale(estimates: tuple[float, ...]) -> int:
    """For how many people figures are given: 100, and more only when every one of them is below 1 of it."""
    known = [estimate for estimate in estimates if estimate > 0]
    if not known or max(known) >= 1:
        return SCALES[0]
    return SCALES[1] if max(known) >= 0.1 else SCALES[2]


def show_share(per_100: float, scale: int) -> str:
    """A share as words: "about 8", "fewer than 1", "none", "all"."""
    number = per_100 * scale / 100
    if number in (0, scale):
        return say("number.none" if number == 0 else "number.all")
    if number < 1:
        return say("number.fewer")
    if number > scale - 1:
        return say("number.more", n=f"{scale - 1:,}")
    return say("number.about", n=f"{round_half_up(number):,}")


def show_bound(per_100: float, scale: int) -> str:
    """One end of an interval of shares: a whole number, or "fewer than 1"."""
    number = per_100 * scale / 100
    if 0 < number < 1:
        return say("number.fewer")
    if scale - 1 < number < scale:
        return say("number.more", n=f"{scale - 1:,}")
    return f"{round_half_up(number):,}"


def show_rate(per_100: float, scale: int) -> str:
    """Events for so many people watched for one year, as words; there may be more events than people."""
    number = per_100 * scale / 100
    if number == 0:
        return say("number.none")
    return say("number.fewer") if number < 1 else say("number.about", n=f"{round_half_up(number):,}")


def show_rate_bound(per_100: float, scale: int) -> str:
    """One end of an interval of rates."""
    number = per_100 * scale / 100
    return say("number.fewer") if 0 < number < 1 else f"{round_half_up(number):,}"


def show_ratio(value: float) -> str:
    """A ratio as it is printed, at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
