"""The catalogue: all therapies, closed vocabularies, a source for each fact, unknown left unknown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stepdown.ms.comorbidities import read_conditions
from stepdown.ms.sources import find_missing_sources
from stepdown.ms.therapies import Therapy, facts_of, read_groups, read_therapies, therapies_in_group

THERAPIES = read_therapies()
each_therapy = pytest.mark.parametrize("therapy", THERAPIES.values(), ids=list(THERAPIES))
VOCABULARIES = {
    "kind": {"continuous", "depleting-interval", "course", "once"},
    "efficacy_tier": {"moderate", "high", None},
    "rebound": {"yes", "no", "possible", "disputed", "unknown"},
    "group": {"injectable", "teriflunomide", "fumarate", "s1p", "natalizumab", "anti-cd20", "cladribine",
              "alemtuzumab", "mitoxantrone", "ahsct"},
}
#: The intervals of every product, in days, from the dosing texts of the labels.
INTERVALS = {
    ("interferon-beta", "Avonex"): 7, ("interferon-beta", "Betaferon"): 2, ("glatiramer-acetate", "20 mg"): 1,
    ("peginterferon-beta-1a", "Plegridy"): 14, ("natalizumab", "Tysabri infusion"): 28,
    ("ocrelizumab", "Ocrevus infusion"): 182, ("ublituximab", "Briumvi"): 168, ("ofatumumab", "Kesimpta"): 30,
}


def test_the_names_are_those_settled_and_tegomil(reference: Path) -> None:
    listed = json.loads((reference / "evidence" / "therapies.json").read_text("utf-8"))
    assert set(THERAPIES) == {row["name"] for row in listed} | {"tegomil-fumarate"}


@each_therapy
def test_every_fact_resolves_to_a_source(therapy: Therapy) -> None:
    for name, _ in facts_of(therapy):
        assert therapy.sources_of(name), name
        assert not find_missing_sources(therapy.sources_of(name)), name


@each_therapy
def test_no_source_is_given_for_a_fact_that_is_not_there(therapy: Therapy) -> None:
    stated = {name for name, _ in facts_of(therapy)} | {"rebound"}
    assert set(therapy.source) <= stated


@each_therapy
@pytest.mark.parametrize("field", VOCABULARIES)
def test_words_come_from_the_closed_lists(therapy: Therapy, field: str) -> None:
    assert getattr(therapy, field) in VOCABULARIES[field]


@each_therapy
def test_rules_speak_of_known_conditions_only(therapy: Therapy) -> None:
    for rule in therapy.contraindications:
        assert rule.condition in read_conditions()
        assert rule.strength in {"contraindicated", "boxed-warning", "caution"}
        assert rule.applies_to in {"start", "continue", "both"}
        assert rule.jurisdiction in {"EU", "US", "both"}
        assert rule.only_when in {None, "active", "severe", "uncontrolled", "untreated", "no-pacemaker"}


@each_therapy
def test_laboratory_rules_have_a_limit_and_a_time(therapy: Therapy) -> None:
    for rule in therapy.lab_rules:
        assert rule.when in {"before-start", "before-course-2", "on-treatment", "after-last-dose"}
        assert rule.action in {"do-not-start", "reconsider", "stop", "wait", "watch", "retest"}
        assert rule.below is not None or rule.above is not None or rule.test in {"hbsag", "jcv-antibody"}


def test_rule_names_are_unique() -> None:
    ids = [rule.id for therapy in THERAPIES.values()
           for rule in (*therapy.contraindications, *therapy.lab_rules, *therapy.duties_after_last_dose)]
    assert len(ids) == len(set(ids))


@each_therapy
def test_europe_and_america_are_kept_apart(therapy: Therapy) -> None:
    assert set(therapy.approved_courses) == {"EU", "US"}


@each_therapy
def test_what_continuing_and_stopping_mean_is_said(therapy: Therapy) -> None:
    assert therapy.meaning_of_continue.endswith(".") and therapy.meaning_of_stop.endswith(".")
    assert therapy.extend is not None
    assert (therapy.extend.status == "studied") == bool(therapy.extend.interval_days)


@each_therapy
def test_no_drug_was_approved_before_its_first_trial(therapy: Therapy) -> None:
    if therapy.first_trial_year and therapy.first_approval_year:
        assert therapy.first_trial_year <= therapy.first_approval_year


@pytest.mark.parametrize(("drug", "product"), INTERVALS)
def test_intervals_are_kept_by_product(drug: str, product: str) -> None:
    doses = [dose for dose in THERAPIES[drug].dosing if dose.product.startswith(product)]
    assert doses[0].interval_days == INTERVALS[drug, product]


def test_course_drugs_have_no_interval_to_be_late_for() -> None:
    courses = [therapy for therapy in THERAPIES.values() if therapy.is_course]
    assert {therapy.name for therapy in courses} == {"cladribine", "alemtuzumab", "mitoxantrone", "ahsct"}
    assert all(therapy.usual_interval_days is None for therapy in courses)
    assert {dose.interval_days for therapy in courses for dose in therapy.dosing} == {None}


def test_only_studied_intervals_may_be_spaced_out() -> None:
    """Natalizumab 6 weeks, ocrelizumab and rituximab 9 and 12 months; the rest is unknown or not offered."""
    offered = {therapy.name: therapy.extend.interval_days for therapy in THERAPIES.values()
               if therapy.extend and therapy.extend.interval_days}
    assert offered == {"natalizumab": (42,), "ocrelizumab": (273, 365), "rituximab": (273, 365)}
    unknown = {therapy.name for therapy in THERAPIES.values()
               if therapy.extend and therapy.extend.status == "cannot-say"}
    assert unknown == {"ofatumumab", "ublituximab"}


def test_the_longest_gap_is_12_weeks_after_natalizumab_and_6_after_s1p_modulators() -> None:
    gaps = {therapy.name: therapy.gap_to_next for therapy in THERAPIES.values() if therapy.gap_to_next}
    assert set(gaps) == {"natalizumab", *(therapy.name for therapy in therapies_in_group("s1p"))}
    assert {(gap.aim_days, gap.max_days) for name, gap in gaps.items() if name != "natalizumab"} == {(28, 42)}
    assert (gaps["natalizumab"].aim_days, gaps["natalizumab"].max_days) == (56, 84)


def test_groups_hold_their_drugs() -> None:
    assert set(read_groups()) == VOCABULARIES["group"]
    modulators = [each.name for each in therapies_in_group("s1p")]
    assert modulators == ["fingolimod", "ozanimod", "ponesimod", "siponimod"]
    assert therapies_in_group("no such group") == ()


def test_what_is_not_known_of_tegomil_is_left_out() -> None:
    tegomil = THERAPIES["tegomil-fumarate"]
    assert tegomil.efficacy_tier is None and tegomil.atc == () and tegomil.rebound == "unknown"
    assert tegomil.approved_courses["US"] is None


def test_the_codes_agree_with_those_checked(reference: Path) -> None:
    """Superseded codes are old ones here, and every verified code names the same drug."""
    listed = json.loads((reference / "evidence" / "codes.json").read_text("utf-8"))["medication_dmt"]
    codes = {code: each.name for each in THERAPIES.values() for code in (*each.atc, *each.atc_old)}
    old = {code for therapy in THERAPIES.values() for code in therapy.atc_old}
    checked = [(row["ingredient"], code) for row in listed for code in row["atc"]
               if code["status"] in ("verified", "superseded")]
    for name, code in checked:
        assert codes[code["code"]] == name.replace(" ", "-")
        assert (code["code"] in old) == (code["status"] == "superseded")
