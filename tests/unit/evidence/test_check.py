"""The check names every fault of a study file, each where it is, and finds none in a sound one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.evidence.check import Fault, check_library, check_study
from stepdown.evidence.study import Appraisal, Arm, Change, Effect, Finding, Study

FINDING = Finding(
    id="relapse-stop-2y", outcome="relapse", strategy="stop", report="counts", definition="any relapse",
    locator="abstract", arm="stop", groups=("injectable",), therapies=("interferon-beta",), events=12, n=45,
    proportion=0.267, time_years=2, time_kind="fixed",
)
STUDY = Study(
    id="invented2024", title="An invented trial of stopping", design="rct", disease="MS", read="abstract",
    published="2024-03", added="2026-11-21", topic="stopping", findings=(FINDING,), year=2024,
    pmid="12345678", courses=("RRMS",), arms=(Arm("stop", "stop", 45),), limits="It is invented.",
    appraisal=(Appraisal("randomisation", "low", "drawn by lot"),),
)


def find_fields(study: Study, known: tuple[str, ...] = ("invented2024",)) -> list[tuple[str | None, str]]:
    return [(fault.finding, fault.field) for fault in check_study(study, known)]


def finding_faults(**changes: Any) -> list[str]:
    changed = replace(FINDING, **changes)
    return [fault.field for fault in check_study(replace(STUDY, findings=(changed,)), ())]


def test_a_sound_study_has_no_fault() -> None:
    assert check_library([STUDY]) == ()


@pytest.mark.parametrize(("field", "value"), [
    ("id", "Invented 2024"), ("title", " "), ("limits", ""), ("design", "trial"), ("read", "skimmed"),
    ("disease", "ALS"), ("topic", "starting"), ("courses", ("RR",)), ("published", "March 2024"),
    ("published", "2024-13"), ("added", "2026-11"), ("corrected", "soon"), ("retracted", "2026-02-30"),
    ("year", 2021), ("pmid", "PMC123"), ("doi", "doi.org/10.1/x"), ("urls", ("http://10.1.2.3/paper",)),
    ("urls", ("paper.pdf",)), ("overlaps", ("nowhere2020",)), ("overlaps", ("invented2024",)),
    ("changes", (Change("yesterday", "a slip"),)), ("findings", (FINDING, FINDING)),
    ("appraisal", (Appraisal("luck", "low", "none"),)), ("appraisal", STUDY.appraisal * 2),
    ("appraisal", (Appraisal("selection", "bad", "none"),)),
    ("appraisal", (Appraisal("selection", "low", ""),)),
    ("arms", (Arm("stop", "stop"), Arm("stop", "stop"))), ("arms", (Arm("stop", "pause"),)),
    ("arms", (Arm("stop", "stop", 0),)),
])
def test_a_fault_of_the_study_is_named_by_its_field(field: str, value: Any) -> None:
    assert find_fields(replace(STUDY, **{field: value})) == [(None, field)]


@pytest.mark.parametrize("when", ["2026", "2026-02", "2026-02-28", "unknown"])
def test_a_notice_may_be_dated_as_closely_as_it_is_known(when: str) -> None:
    assert find_fields(replace(STUDY, corrected=when, concern=when, retracted=when)) == []


def test_a_study_without_any_source_is_a_fault() -> None:
    assert find_fields(replace(STUDY, pmid=None)) == [(None, "urls")]
    assert find_fields(replace(STUDY, pmid=None, doi="10.1001/jamaneurol.2023.1542")) == []


def test_an_unknown_day_of_publication_is_said_so_and_no_fault() -> None:
    assert find_fields(replace(STUDY, published="unknown")) == []


def test_a_paper_online_in_the_year_before_its_issue_is_no_fault() -> None:
    assert find_fields(replace(STUDY, published="2023-12")) == []


def test_an_overlap_with_a_study_of_the_library_resolves() -> None:
    other = replace(STUDY, id="other2023")
    assert check_library([replace(STUDY, overlaps=("other2023",)), other]) == ()


def test_two_studies_of_one_id_are_a_fault() -> None:
    assert [fault.field for fault in check_library([STUDY, STUDY])] == ["id"]


RATIO = Effect("HR", 2.36, "continue", 1.79, 3.11, 0.95, "<0.001")


@pytest.mark.parametrize(("changes", "field"), [
    ({"id": "Relapse 2y"}, "id"),
    ({"outcome": "progression"}, "outcome"),
    ({"outcome": "other:Any PML"}, "outcome"),
    ({"strategy": "pause"}, "strategy"),
    ({"report": "figure"}, "report"),
    ({"selection": "stable"}, "selection"),
    ({"time_kind": "about"}, "time_kind"),
    ({"definition": ""}, "definition"),
    ({"locator": " "}, "locator"),
    ({"arm": "continue"}, "arm"),
    ({"groups": ("interferon",)}, "groups"),
    ({"to_groups": ("cd20",)}, "to_groups"),
    ({"therapies": ("Interferon beta",)}, "therapies"),
    ({"courses": ("relapsing-remitting",)}, "courses"),
    ({"covariate": "height", "covariate_contrast": "tall v short"}, "covariate"),
    ({"covariate": "age"}, "covariate_contrast"),
    ({"covariate_contrast": "per year"}, "covariate"),
    ({"computed": ("evnts",)}, "computed"),
    ({"computed": ("rate",)}, "computed"),
    ({"computed": ("effect.low",)}, "computed"),
    ({"time_years": None}, "time_years"),
    ({"time_years": 0}, "time_years"),
    ({"interval_days": 0}, "interval_days"),
    ({"n": None}, "n"),
    ({"n": 0, "events": 0, "proportion": None}, "n"),
    ({"events": None}, "events"),
    ({"events": 46, "proportion": None}, "events"),
    ({"events": -1, "proportion": None}, "events"),
    ({"events": 13}, "proportion"),
    ({"proportion": 26.7}, "proportion"),
    ({"proportion_low": 0.1}, "proportion"),
    ({"proportion_low": 0.3, "proportion_high": 0.4}, "proportion"),
    ({"proportion_low": 0.4, "proportion_high": 0.1}, "proportion"),
    ({"report": "rate"}, "rate"),
    ({"rate": -1.0}, "rate"),
    ({"rate": 5.0, "rate_low": 6.0, "rate_high": 7.0}, "rate"),
    ({"rate": 20.0, "person_years": 90.0}, "rate"),
    ({"report": "ratio"}, "effect"),
    ({"effect": replace(RATIO, measure="AUC")}, "effect"),
    ({"effect": replace(RATIO, low=-1.0)}, "effect"),
    ({"effect": replace(RATIO, value=4.0)}, "effect"),
    ({"effect": replace(RATIO, high=None)}, "effect"),
    ({"effect": replace(RATIO, versus="")}, "effect"),
    ({"effect": replace(RATIO, level=95.0)}, "effect"),
    ({"effect": replace(RATIO, level=None)}, "effect"),
    ({"effect": replace(RATIO, p="significant")}, "effect"),
    ({"report": "ratio", "effect": Effect("HR", None, "continue")}, "effect"),
    ({"age_min": 60.0, "age_max": 50.0}, "age_min"),
    ({"age_mean": 540.0}, "age_mean"),
    ({"years_quiet_min": -1.0}, "years_quiet_min"),
])
def test_a_fault_of_a_finding_is_named_by_its_field(changes: dict[str, Any], field: str) -> None:
    assert set(finding_faults(**changes)) == {field}


@pytest.mark.parametrize("changes", [
    {"outcome": "other:vaccine-seropositive"}, {"strategy": "start-checkpoint-inhibitor"}, {"effect": RATIO},
    {"time_kind": "unknown", "time_years": None}, {"proportion_low": 0.15, "proportion_high": 0.42},
    {"events": None, "proportion": None, "proportion_high": 0.00007, "report": "words"},
    {"rate": 13.3, "person_years": 90.0}, {"effect": Effect("MD", -0.4, "8 weeks")},
    {"effect": replace(RATIO, p="0.090"), "computed": ("effect.value", "n")},
])
def test_what_papers_print_is_no_fault(changes: dict[str, Any]) -> None:
    assert finding_faults(**changes) == []


@pytest.mark.parametrize("changes", [
    {"events": 13}, {"effect": replace(RATIO, value=4.0)}, {"rate": 20.0, "person_years": 90.0},
])
def test_numbers_that_disagree_in_print_are_kept_when_the_finding_says_so(changes: dict[str, Any]) -> None:
    assert finding_faults(**changes) != []
    assert finding_faults(**changes, misprinted="the abstract contradicts itself") == []


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
       st.sampled_from([2, 3]))
def test_a_share_rounded_from_its_counts_is_never_a_fault(counts: tuple[int, int], digits: int) -> None:
    events, n = counts
    assert finding_faults(events=events, n=n, proportion=round(events / n, digits)) == []


@pytest.mark.parametrize(("fault", "line"), [
    (Fault("invented2024", None, "doi", "is missing"), "invented2024: doi: is missing"),
    (Fault("invented2024", "relapse", "n", "is missing"), "invented2024/relapse: n: is missing"),
])
def test_a_fault_prints_its_place_first(fault: Fault, line: str) -> None:
    assert str(fault) == line


def test_all_faults_of_a_library_come_at_once() -> None:
    broken = replace(STUDY, limits="", findings=(replace(FINDING, n=None, arm="gone"),))
    faults = check_library([replace(broken, id="a2020"), replace(broken, id="b2021")])
    assert [(fault.study, fault.field) for fault in faults] == [
        ("a2020", "limits"), ("a2020", "arm"), ("a2020", "n"),
        ("b2021", "limits"), ("b2021", "arm"), ("b2021", "n")]


STAY = replace(
    FINDING, id="relapse-continue-2y", strategy="continue", arm=None, events=4, n=40, proportion=0.1
)


@pytest.mark.parametrize(("effect", "faults"), [
    (Effect("RR", 2.7, "continue", 1.1, 6.5, 0.95), []),
    (Effect("RR", 0.4, "continue", 0.2, 0.9, 0.95), [("relapse-stop-2y", "effect")]),
    (Effect("RR", 0.9, "continue", 0.5, 1.9, 0.95), []),
    (Effect("RD", -0.17, "continue", -0.3, -0.04, 0.95), [("relapse-stop-2y", "effect")]),
    (Effect("HR", 0.4, "another drug", 0.2, 0.9, 0.95), []),
])
def test_a_contrast_that_points_the_other_way_than_the_counts_is_a_fault(
    effect: Effect, faults: list[tuple[str | None, str]]
) -> None:
    stop = replace(FINDING, effect=effect)
    assert find_fields(replace(STUDY, findings=(stop, STAY))) == faults
    excused = replace(stop, misprinted="the ratio is adjusted, the counts are not")
    assert find_fields(replace(STUDY, findings=(excused, STAY))) == []
