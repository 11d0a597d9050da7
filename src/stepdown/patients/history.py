"""What is true of one person at an index date: each fact with its unit, reason and place.

``History(patient, at)`` looks back from the index date: an entry dated later is not seen, and what came
after recorded_on is unknown. ``facts()`` gives all facts; each is also a property under its own name.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from types import MappingProxyType

from stepdown.ms.facts import Fact, unknown
from stepdown.patients import (
    facts_activity,
    facts_courses,
    facts_disability,
    facts_doses,
    facts_drug_before,
    facts_earlier_stop,
    facts_health,
    facts_imaging,
    facts_labs,
    facts_person,
    facts_time,
    facts_treatment,
)
from stepdown.patients.patient import Patient
from stepdown.patients.view import View

Question = Callable[[View], Fact]


def _has_no_key(name: str, why: str) -> Question:
    """A fact that decisions ask for and the person file has no key for."""
    return lambda _: unknown(name, why)


def _pregnancy(name: str, wanted: str) -> Question:
    return lambda view: facts_person.plan(view, name, _plans(view, "pregnancy"), wanted, "plans.pregnancy")


def _plans(view: View, key: str) -> str | None:
    return getattr(view.patient.plans, key) if view.patient.plans else None


def _antibodies(name: str, key: str) -> Question:
    def read(view: View) -> Fact:
        group = view.patient.antibodies
        return facts_person.said(name, getattr(group, key) if group else None, f"antibodies.{key}")

    return read


def _breastfeeding(view: View) -> Fact:
    value = view.patient.plans.breastfeeding if view.patient.plans else None
    return facts_person.true_now(view, "breastfeeding", value, "plans.breastfeeding")


#: Every fact by its name, in the order in which an answer lists them.
QUESTIONS: MappingProxyType[str, Question] = MappingProxyType(
    {
        "age": facts_person.age,
        "sex": lambda view: facts_person.said("sex", view.patient.sex, "sex"),
        "diagnosis": lambda view: facts_person.said("diagnosis", view.patient.diagnosis, "diagnosis"),
        "aqp4_antibodies": _antibodies("aqp4_antibodies", "aqp4"),
        "mog_antibodies": _antibodies("mog_antibodies", "mog"),
        "course": lambda view: facts_person.of_file_day(view, "course", view.patient.course, "course"),
        "course_activity": facts_activity.course_activity,
        "current_therapy": facts_treatment.current_therapy,
        "therapy_left": facts_treatment.therapy_left,
        "last_dose": facts_treatment.last_dose,
        "days_since_last_dose": facts_treatment.days_since_last_dose,
        "days_since_natalizumab_before": facts_drug_before.days_since_natalizumab_before,
        "days_since_rebound_drug_before": facts_drug_before.days_since_rebound_drug_before,
        "years_on_current_therapy": facts_time.years_on_current_therapy,
        "interval_days": facts_treatment.interval_days,
        "doses_missed": facts_doses.doses_missed,
        "interval_not_studied": facts_doses.interval_not_studied,
        "subcutaneous_form": facts_treatment.subcutaneous_form,
        "months_on_natalizumab": facts_time.months_on_natalizumab,
        "course_count": facts_courses.course_count,
        "last_course": facts_courses.last_course,
        "years_since_last_course": facts_courses.years_since_last_course,
        "prior_therapies": facts_treatment.prior_therapies,
        "prior_immunosuppressant": facts_treatment.prior_immunosuppressant,
        "relapse_last_12_months": facts_activity.relapse_last_12_months,
        "relapses_last_24_months": facts_activity.relapses_last_24_months,
        "last_relapse": facts_activity.last_relapse,
        "uncounted_episodes": facts_activity.uncounted_episodes,
        "years_clinically_stable": facts_activity.years_clinically_stable,
        "active_off_treatment_before": facts_earlier_stop.active_off_treatment_before,
        "highly_active_before": facts_activity.highly_active_before,
        "mri_active_last_12_months": facts_imaging.mri_active_last_12_months,
        "brain_mri_last_12_months": facts_imaging.brain_mri_last_12_months,
        "cord_imaged": facts_imaging.cord_imaged,
        "years_quiet_on_mri": facts_imaging.years_quiet_on_mri,
        "edss": facts_disability.edss,
        "edss_6_or_more": facts_disability.edss_6_or_more,
        "new_neurological_signs": lambda view: facts_person.true_now(
            view, "new_neurological_signs", view.patient.new_neurological_signs, "new_neurological_signs"
        ),
        "lymphocytes": lambda view: facts_labs.latest_lab(view, "lymphocytes", "lymphocytes"),
        "lymphocytes_low_months": facts_labs.lymphocytes_low_months,
        "neutrophils": lambda view: facts_labs.latest_lab(view, "neutrophils", "neutrophils"),
        "igg": lambda view: facts_labs.latest_lab(view, "igg", "igg"),
        "igm": lambda view: facts_labs.latest_lab(view, "igm", "igm"),
        "cd19": lambda view: facts_labs.latest_lab(view, "cd19", "cd19"),
        "alt": lambda view: facts_labs.latest_lab(view, "alt", "alt"),
        "jcv_antibody": facts_labs.jcv_antibody,
        "jcv_index": facts_labs.jcv_index,
        "hepatitis_b": facts_labs.hepatitis_b,
        "hepatitis_b_antigen": facts_labs.hepatitis_b_antigen,
        "vzv_immunity": facts_labs.vzv_immunity,
        "serious_infection_last_24_months": facts_health.serious_infection_last_24_months,
        "serious_infection_ongoing": facts_health.serious_infection_ongoing,
        "infections_last_12_months": facts_health.infections_last_12_months,
        "cardiovascular_conditions": lambda view: facts_health.conditions_of_kind(
            view, "cardiovascular_conditions", "cardiovascular"
        ),
        "cardiometabolic_conditions": lambda view: facts_health.conditions_of_kind(
            view, "cardiometabolic_conditions", "cardiovascular", "cardiometabolic"
        ),
        "cancer": facts_health.cancer,
        "smoking": facts_health.smoking,
        "could_become_pregnant": facts_person.could_become_pregnant,
        "pregnancy_now": facts_person.pregnancy_now,
        "pregnancy_planned": _pregnancy("pregnancy_planned", "planned"),
        "breastfeeding": _breastfeeding,
        "contraception": _has_no_key("contraception", "the person file has no key for it"),
        "cancer_immunotherapy": facts_person.cancer_immunotherapy,
        "quality_of_life": lambda view: facts_person.number_now(
            view, "quality_of_life", view.patient.quality_of_life, "quality_of_life", "0 to 10"
        ),
        "treatment_burden": lambda view: facts_person.number_now(
            view, "treatment_burden", view.patient.treatment_burden, "treatment_burden", "0 to 10"
        ),
        "first_preference": lambda view: facts_person.wishes(view)[0],
        "most_important_first": lambda view: facts_person.wishes(view)[1],
    }
)


class History:
    """One patient at an index date; each name of ``QUESTIONS`` is also an attribute that gives its Fact."""

    def __init__(self, patient: Patient, at: date) -> None:
        """Look at a patient from an index date; without recorded_on the file is true on that date."""
        recorded_on = patient.recorded_on.earliest if patient.recorded_on else at
        self.patient = patient
        self.at = at
        self.view = View(patient, at, recorded_on)
        self._conditions: dict[str, Fact] = {}

    def __getattr__(self, name: str) -> Fact:
        """The fact with this name."""
        if name in QUESTIONS:
            return self.by_name[name]
        raise AttributeError(f"History gives no fact named {name}")

    @cached_property
    def by_name(self) -> MappingProxyType[str, Fact]:
        """Every fact by its name."""
        return MappingProxyType({name: ask(self.view) for name, ask in QUESTIONS.items()})

    def facts(self) -> list[Fact]:
        """Every fact, in the order of an answer."""
        return list(self.by_name.values())

    def has_comorbidity(self, name: str) -> Fact:
        """Whether the person has a condition of the published list now."""
        if name not in self._conditions:
            self._conditions[name] = facts_health.has_comorbidity(self.view, name)
        return self._conditions[name]

    def had_comorbidity(self, name: str) -> Fact:
        """Whether the person once had a condition of the published list that is not active now."""
        return facts_health.had_comorbidity(self.view, name)
