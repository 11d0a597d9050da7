"""What must hold of every answer: each rule says from the person file alone whom it is about.

The premises read the file and not the program's own facts, so that a fact read wrongly cannot hide a breach.
They are narrow: a rule speaks only of people of whom its premise is sure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from spec.answering import OPEN, group_of
from spec.generated_people import AT, UNKNOWN
from stepdown.decisions.answer import Answer, Option
from stepdown.ms.dates import PartialDate, add_months
from stepdown.ms.therapies import Contraindication, read_therapies
from stepdown.ms.therapy_names import TherapyFound, find_therapy

Person = Mapping[str, Any]
YEAR_AGO, FIVE_YEARS_AGO = add_months(AT, -12), add_months(AT, -60)
REBOUND = ("natalizumab", "s1p")
BARS = ("contraindicated", "boxed-warning")
PML_DRUGS = ("natalizumab", "s1p", "fumarate")


@dataclass(frozen=True)
class Rule:
    """Something that holds of every answer for the people it is about."""

    says: str
    is_about: Callable[[Person], bool]
    breaches: Callable[[Person, Answer], list[str]]


def find_breaches(person: Person, answer: Answer) -> list[str]:
    """Every breach of every rule by one answer."""
    return [f"{person['id']}: {rule.says}: {each}" for rule in RULES if rule.is_about(person)
            for each in rule.breaches(person, answer)]


def drugs_on(person: Person) -> set[str]:
    """The drugs that the file says are taken today; catalogue names, others as written."""
    if person["recorded_on"] != str(AT):
        return set()
    return {name_of(each) for each in person.get("treatments", ())
            if each.get("still_taking") is True and "stop" not in each}


def name_of(treatment: Person) -> str:
    found = find_therapy(treatment["therapy"])
    return found.therapy.name if isinstance(found, TherapyFound) else treatment["therapy"]


def is_on_one_of(person: Person, groups: tuple[str, ...]) -> bool:
    """Whether exactly one drug is surely taken, none may be besides, and it is of one of these groups."""
    drugs = drugs_on(person)
    unsure = [each for each in person.get("treatments", ())
              if each.get("still_taking") in (None, UNKNOWN) and "stop" not in each]
    return len(drugs) == 1 and not unsure and group_of(next(iter(drugs))) in groups


def is_ms(person: Person) -> bool:
    return person["diagnosis"] == "MS" and "positive" not in person.get("antibodies", {}).values()


def is_other_disease(person: Person) -> bool:
    return person["diagnosis"] in ("NMOSD", "MOGAD") or "positive" in person.get("antibodies", {}).values()


def day_of(text: str | None) -> date | None:
    """A full date; None when it is missing or coarse."""
    return date.fromisoformat(text) if text and len(text) == 10 else None


def is_recent(text: str | None) -> bool:
    day = day_of(text)
    return day is not None and YEAR_AGO < day <= AT


def had_recent_activity(person: Person) -> bool:
    return is_ms(person) and (has_recent_relapse(person) or has_recent_lesion(person))


def has_recent_relapse(person: Person) -> bool:
    """A relapse of the last year, by every condition, and the only episode of the file."""
    relapses = person.get("relapses", ())
    return len(relapses) == 1 and all(
        is_recent(each["onset"]) and each["lasted_24h"] is True and each["fever_or_infection"] is False
        for each in relapses
    )


def has_recent_lesion(person: Person) -> bool:
    return any(
        is_recent(scan["date"]) and scan["region"] != UNKNOWN
        and has_lesion(scan) for scan in person.get("mri", ())
    )


def has_no_recent_brain_scan(person: Person) -> bool:
    dates = [day_of(scan["date"]) for scan in person.get("mri", ()) if scan["region"] != "cord"]
    return is_ms(person) and all(day is not None and day < YEAR_AGO for day in dates)


def less_treatment(answer: Answer) -> list[Option]:
    """The options with less treatment: extend, switch down, stop, and staying off."""
    return [option for option in answer.options if option.strategy in ("extend", "stop")
            or (option.strategy == "switch" and option.direction == "down")]


def say(options: list[Option], standings: tuple[str, ...]) -> list[str]:
    return [f"{option.id} is {option.standing}" for option in options if option.standing in standings]


def stops(answer: Answer) -> list[Option]:
    return [option for option in answer.options if option.strategy == "stop"]


def say_unplanned(_: Person, answer: Answer) -> list[str]:
    return [option.id for option in less_treatment(answer) if option.standing in OPEN
            and not (option.follow_up and option.restart_triggers)]


def say_numbers(_: Person, answer: Answer) -> list[str]:
    """An answer on another disease with a number, a judged option, or without refusal."""
    judged = [f"{option.id} is {option.standing}" for option in answer.options
              if option.standing != "cannot-say"]
    numbers = [option.id for option in answer.options for risk in option.risks if risk.per_100]
    return judged + numbers + ([] if answer.status == "refused" else [answer.status])


def say_no_way_on(_: Person, answer: Answer) -> list[str]:
    if answer.status == "refused" or any(option.standing != "not-advised" for option in answer.options):
        return []
    return [str([option.id for option in answer.options])]


def say_bad_numbers(_: Person, answer: Answer) -> list[str]:
    return [f"{option.id} {risk}" for option in answer.options for risk in option.risks
            if not is_sound(risk.status, risk.per_100, risk.sources, risk.reason)]


def is_sound(status: str, per_100: Any, sources: tuple[str, ...], reason: str) -> bool:
    """A number has its interval and sources; no number has its reason."""
    if per_100 is None:
        return status == "unknown" and bool(reason)
    ordered = 0 <= per_100.low <= per_100.estimate <= per_100.high <= 100 and per_100.high > 0
    return ordered and bool(sources) and status in ("estimated", "extrapolated")


def say_unsourced(_: Person, answer: Answer) -> list[str]:
    used = {source.split("#")[0] for option in answer.options for risk in option.risks
            for source in risk.sources}
    return sorted(used - set(answer.sources) - {source.split("#")[0] for source in answer.sources})


def say_no_pml_alert(_: Person, answer: Answer) -> list[str]:
    urgent = [alert for alert in answer.alerts if alert.level == "urgent" and "PML" in alert.text]
    return [] if urgent else [str([alert.id for alert in answer.alerts])]


def say_no_pml_number(_: Person, answer: Answer) -> list[str]:
    """No number, and no word on why: none is published for every set of facts."""
    if not answer.pml and not any("not known" in note.text for note in answer.pml_notes):
        return ["no number"]
    return [str(cell) for cell in answer.pml if not 0 < cell.per_1000_low <= cell.per_1000_high]


def bars_of(person: Person, option: Option) -> Iterator[Contraindication]:
    """The contraindications of an option's drug that surely hold."""
    therapy = read_therapies().get(option.therapy or "")
    starts = option.strategy == "switch" or option.direction == "up"
    for bar in therapy.contraindications if therapy else ():
        narrowed = bar.only_when is not None or bar.recent_months is not None
        holds = bar.strength in BARS and not narrowed and bar.condition in conditions_of(person)
        if holds and (starts or bar.applies_to == "both"):
            yield bar


def conditions_of(person: Person) -> set[str]:
    """Conditions and situations that the file says are so today."""
    if person["recorded_on"] != str(AT):
        return set()
    plans = person.get("plans", {})
    said = {each["name"] for each in person.get("comorbidities", ())
            if each["active"] is True and len(each["since"]) == 10}
    pregnancy = {f"pregnancy-{plans['pregnancy']}"} if "pregnancy" in plans else set()
    breastfeeding = {"breastfeeding"} if plans.get("breastfeeding") is True else set()
    return said | pregnancy | breastfeeding | ({"cancer-now"} if "cancer" in said else set())


def say_contraindicated(person: Person, answer: Answer) -> list[str]:
    return [f"{option.id} is reasonable with {bar.condition}" for option in answer.options
            if option.standing == "reasonable" for bar in bars_of(person, option)]


def say_judged_drug(_: Person, answer: Answer) -> list[str]:
    return say([option for option in answer.options if option.id != "referral"], OPEN)


def is_surely_under_45(person: Person) -> bool:
    born = person.get("birth_date")
    return born is not None and len(born) == 10 and add_months(date.fromisoformat(born), 45 * 12) > AT


def has_two_drugs(person: Person) -> bool:
    return is_ms(person) and len(drugs_on(person)) > 1


def is_anybody(_: Person) -> bool:
    return True


def is_old_file(person: Person) -> bool:
    return is_ms(person) and person["recorded_on"] != str(AT)


def is_drug_unclear(person: Person) -> bool:
    """Nothing on treatments, or a drug outside the catalogue taken today."""
    other = any("other:" in name for name in drugs_on(person))
    return is_ms(person) and (other or "treatments" not in person)


def may_have_relapsed(person: Person) -> bool:
    """An episode that may lie in the last year and that no condition rules out."""
    return is_ms(person) and any(may_count(each) and last_day(each["onset"]) > YEAR_AGO
                                 for each in person.get("relapses", ()))


def may_count(relapse: Person) -> bool:
    return relapse["lasted_24h"] is not False and relapse["fever_or_infection"] is not True


def last_day(text: str) -> date:
    """The last day that a date, a month or a year can mean."""
    return PartialDate.parse(text).latest


def say_stop_too_soon(person: Person, answer: Answer) -> list[str]:
    """A reasonable stop without 55 years and 5 quiet years (androdias2025)."""
    reasonable = say(stops(answer), ("reasonable",))
    return [f"{each}, {why}" for each in reasonable for why in why_too_soon(person)]


def why_too_soon(person: Person) -> Iterator[str]:
    """What of the panel's conditions the file does not hold, whatever else it may mean."""
    born = person.get("birth_date") or f"{person['birth_year']}" if "age" not in person else None
    age = person["age"] if born is None else (AT.toordinal() - last_day(born).toordinal()) / 365.2425
    if age < 55:
        yield "may be under 55"
    relapses = [each for each in person.get("relapses", ()) if may_count(each)]
    if any(last_day(each["onset"]) > FIVE_YEARS_AGO for each in relapses):
        yield "may have relapsed within 5 years"
    if "observed_since" in person and last_day(person["observed_since"]) > FIVE_YEARS_AGO:
        yield "observed for less than 5 years"
    if any(last_day(scan["date"]) > FIVE_YEARS_AGO and has_lesion(scan) for scan in person.get("mri", ())):
        yield "active on MRI within 5 years"


def has_lesion(scan: Person) -> bool:
    return any(scan[key] not in (0, UNKNOWN) for key in ("new_t2", "enlarging_t2", "gd_enhancing"))


def has_left_with_rebound(person: Person) -> bool:
    """Whether all treatments have ended, with a last dose of natalizumab or an S1P modulator in 24 weeks.

    The 24 weeks are those of the fingolimod safety communication.
    """
    treatments = person.get("treatments", ())
    ended = [(day_of(each.get("last_dose")), name_of(each)) for each in treatments
             if each.get("still_taking") is False and "stop" in each]
    if not is_ms(person) or len(ended) < len(treatments) or person["recorded_on"] != str(AT):
        return False
    days = [day for day, _ in ended if day is not None]
    last = max(days, default=date.min)
    sure = 0 < len(days) == len(ended) and days.count(last) == 1 and (AT - last).days <= 24 * 7
    return sure and group_of(dict(ended)[last]) in REBOUND


def say_low_tier_or_off(_: Person, answer: Answer) -> list[str]:
    low = [option for option in answer.options if group_of(option.therapy) in LOW_TIERS]
    return say([*stops(answer), *low], ("reasonable",))


def say_contradictions(_: Person, answer: Answer) -> list[str]:
    """A whole rarer than its part, and a stop quieter than going on: both would be read as safety."""
    drugs_go_on = [option for option in answer.options if option.strategy == "continue"]
    going_on = [number for option in drugs_go_on for number in numbers(option)]
    below = [f"{option.id} {other[0]}" for option in stops(answer) for own in numbers(option)
             for other in going_on if own[:2] == other[:2] and own[2] < other[2]]
    parts = [f"{option.id} any_activity" for option in answer.options for whole in numbers(option)
             for part in numbers(option) if whole[0] == "any_activity" and part[1] == whole[1]
             and part[0] in ("relapse", "mri_activity") and whole[2] < part[2]]
    return below + parts


def numbers(option: Option) -> list[tuple[str, float, float]]:
    """The outcomes of disease activity and worsening with their times and numbers."""
    return [(risk.outcome, risk.time_years, risk.per_100.estimate) for risk in option.risks
            if risk.per_100 is not None and risk.outcome in DISEASE]


DISEASE = ("relapse", "mri_activity", "any_activity", "confirmed_worsening")
LOW_TIERS = ("injectable", "teriflunomide", "fumarate")
ON_DRUG = ("injectable", "teriflunomide", "fumarate", "s1p", "natalizumab", "anti-cd20")
RULES = (
    Rule("natalizumab and S1P modulators are not simply stopped",
         lambda person: is_ms(person) and is_on_one_of(person, REBOUND),
         lambda _, answer: say(stops(answer), OPEN)),
    Rule("recent activity speaks against less treatment", had_recent_activity,
         lambda _, answer: say(less_treatment(answer), OPEN)),
    Rule("without a recent scan less treatment is never reasonable", has_no_recent_brain_scan,
         lambda _, answer: say(less_treatment(answer), ("reasonable",))),
    Rule("without a word on relapses less treatment is never reasonable",
         lambda person: is_ms(person) and "relapses" not in person,
         lambda _, answer: say(less_treatment(answer), ("reasonable",))),
    Rule("where a relapse may lie in the last year less treatment is never reasonable", may_have_relapsed,
         lambda _, answer: say(less_treatment(answer), ("reasonable",))),
    Rule("a file of another day makes no less treatment reasonable", is_old_file,
         lambda _, answer: say(less_treatment(answer), ("reasonable",))),
    Rule("a stop is reasonable from 55 years and after 5 quiet years only",
         lambda person: is_ms(person) and is_on_one_of(person, ON_DRUG), say_stop_too_soon),
    Rule("an unclear drug leaves every drug unjudged", is_drug_unclear, say_judged_drug),
    Rule("weeks after natalizumab or an S1P modulator neither nothing nor a low tier is reasonable",
         has_left_with_rebound, say_low_tier_or_off),
    Rule("under 45 a stop is never reasonable",
         lambda person: is_ms(person) and is_surely_under_45(person) and is_on_one_of(person, ON_DRUG),
         lambda _, answer: say(stops(answer), ("reasonable",))),
    Rule("another disease gets no number", is_other_disease, say_numbers),
    Rule("less treatment comes with a plan", is_anybody, say_unplanned),
    Rule("a contraindicated drug is never reasonable", lambda person: bool(conditions_of(person)),
         say_contraindicated),
    Rule("somebody always has a way on", is_anybody, say_no_way_on),
    Rule("every number has its interval and source", is_anybody, say_bad_numbers),
    Rule("no number contradicts another in favour of a stop", is_ms, say_contradictions),
    Rule("every source is listed", is_anybody, say_unsourced),
    Rule("new signs on a drug with PML are urgent",
         lambda person: is_ms(person) and is_on_one_of(person, PML_DRUGS)
         and person.get("new_neurological_signs") is True, say_no_pml_alert),
    Rule("natalizumab has its PML number",
         lambda person: is_ms(person) and is_on_one_of(person, ("natalizumab",)), say_no_pml_number),
    Rule("two drugs at once leave every drug unjudged", has_two_drugs, say_judged_drug),
)
