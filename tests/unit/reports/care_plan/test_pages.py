"""The pages of a care plan: red flags first, plain where it must be, nothing private, no doses, escaped."""

from __future__ import annotations

import re

import pytest

from stepdown.reports import PLAN_AUDIENCES, Clinic, to_plan_html, to_plan_text
from stepdown.reports.care_plan.for_person import measure_sheet
from stepdown.reports.care_plan.writing import write_sheet
from unit.reports.care_plan.severe_people import (
    FILES,
    HARDLY_ASKED,
    LOW_MOOD,
    PPMS,
    QUIET,
    SPMS,
    answer_for,
    answer_of,
    plan_of,
)

PLAIN = ("person", "caregiver")
DOSE = re.compile(r"\d\s*(mg|g|mcg|ml|IU|tablets?)\b")


@pytest.mark.parametrize("audience", PLAIN)
@pytest.mark.parametrize("file", FILES)
def test_the_plain_pages_read_at_grade_8_or_less(file: str, audience: str) -> None:
    sheet = write_sheet(answer_of(file), audience)
    found = measure_sheet(sheet)
    assert found.grade <= 8 and found.longest_sentence <= 25
    assert str(found.grade) in to_plan_text(answer_of(file), audience)


@pytest.mark.parametrize("audience", PLAIN)
@pytest.mark.parametrize("file", FILES)
def test_no_dose_and_no_drug_to_ask_for_is_on_a_plain_page(file: str, audience: str) -> None:
    sheet = write_sheet(answer_of(file), audience)
    told = " ".join(entry.text for s in sheet.sections for b in s.blocks for entry in b.entries)
    told += " ".join(sentence for s in sheet.sections for b in s.blocks for sentence in b.sentences)
    assert not DOSE.search(told)
    assert not re.search(r"baclofen|gabapentin|carbamazepine|amantadine|prednisolone|modafinil", told)


@pytest.mark.parametrize("audience", PLAN_AUDIENCES)
@pytest.mark.parametrize("file", [SPMS, PPMS, LOW_MOOD])
def test_what_must_be_done_today_comes_first(file: str, audience: str) -> None:
    sections = [section.id for section in write_sheet(answer_of(file), audience).sections]
    first = sections[1] if audience == "gp" else sections[0]
    is_private = audience == "caregiver" and file == LOW_MOOD
    assert first == ("flags" if is_private else "act")
    assert audience == "gp" or sections.index("flags") <= 1


@pytest.mark.parametrize("audience", ["clinician", "person", "caregiver", "team"])
def test_every_page_but_the_letter_says_when_to_call(audience: str) -> None:
    told = to_plan_text(answer_of(QUIET), audience)
    assert "mergency number" in told and "same day" in told
    assert all(f"{label}: (write it here)" in told for label in ("Team", "Telephone", "When it is urgent"))


def test_what_the_person_said_in_private_is_not_on_the_page_of_the_caregiver() -> None:
    told = to_plan_text(answer_of(LOW_MOOD), "caregiver")
    assert not re.search(r"self-harm|harming|low mood|Mood and worry|sex|mental health team", told)
    assert "Are you under 18?" in told
    own = to_plan_text(answer_of(LOW_MOOD), "person")
    assert "You told us that you think of harming yourself." in own and "mental health team" in own


def test_the_whole_plan_names_each_missing_fact_with_its_key_and_each_source() -> None:
    told = " ".join(to_plan_text(answer_of(HARDLY_ASKED)).split())
    plan = plan_of(HARDLY_ASKED)
    for row in plan.rows:
        assert not row.missing or "[Not assessed]" in told
        assert all(f"lacks {each.text} (key {each.key})" in told for each in row.missing)
    cited = {source for row in plan.rows for line in row.lines for source in line.sources}
    assert all(f"[{source}] " in told for source in cited)


def test_every_line_of_the_whole_plan_says_how_sure_it_is() -> None:
    page = to_plan_html(answer_of(SPMS))
    lines = sum(len(row.lines) for row in plan_of(SPMS).rows)
    assert page.count('<span class="sure">') >= lines
    assert "trials, high certainty" in page and "our reasoning, no publication" in page


def test_the_letter_asks_for_infection_before_a_steroid_and_for_no_sudden_stop() -> None:
    told = " ".join(to_plan_text(answer_of(QUIET), "gp").split())
    assert told.index("look for infection first") < told.index("give no steroid")
    assert "do not stop the drug against the disease, nor baclofen" in told
    assert "Dear colleague," in told and "Name, team, telephone:" in told


def test_the_numbers_of_the_clinic_stand_on_the_pages() -> None:
    clinic = Clinic("Invented clinic", "000 000 00", "000 000 01")
    for audience in PLAN_AUDIENCES:
        assert "000 000 01" in to_plan_text(answer_of(QUIET), audience, clinic)
        assert "000 000 01" in to_plan_html(answer_of(QUIET), audience, clinic)


@pytest.mark.parametrize("audience", PLAN_AUDIENCES)
def test_what_a_file_says_is_escaped_and_cannot_steer_a_terminal(audience: str) -> None:
    answer = answer_for(goals=["<script>alert(1)</script> & walk"])
    assert "<script" not in to_plan_html(answer, audience)
    assert "\x1b" not in to_plan_text(answer, audience)


@pytest.mark.parametrize("audience", PLAN_AUDIENCES)
def test_another_disease_gets_no_stage_no_drug_and_no_pathway_of_ms(audience: str) -> None:
    vision = {"name": "vision", "severity": "severe", "worse_lately": True}
    answer = answer_for(diagnosis="NMOSD", symptoms=[vision])
    page, told = to_plan_html(answer, audience), to_plan_text(answer, audience)
    assert 'class="stages"' not in page and 'class="landscape"' not in page
    assert not re.search(r"methylprednisolone|interferon|baclofen|How your MS is", told)
    assert audience != "person" or "Your illness may not be MS." in told
    assert audience != "gp" or "give no steroid" not in told


def test_the_answer_of_assess_holds_the_plan_in_a_few_lines() -> None:
    from stepdown.reports import to_html, to_text

    told = " ".join(to_text(answer_of(LOW_MOOD)).split())
    assert "Care plan" in told and "Today: Thoughts of self-harm" in told
    assert "By 2026-12-01." in told and "stepdown care-plan FILE" in told
    assert 'id="care-plan"' in to_html(answer_of(LOW_MOOD))


def test_asked_for_goals_and_none_named_is_not_the_same_as_nobody_asked() -> None:
    asked, not_asked = answer_for(goals=[]), answer_for()
    assert "You named no wish yet." in to_plan_text(asked, "person")
    assert "Asked: none named." in to_plan_text(asked, "team")
    assert "Nobody has asked you yet" in to_plan_text(not_asked, "person")
    assert "Not assessed: nobody wrote down" in to_plan_text(not_asked, "team")


@pytest.mark.parametrize(("file", "said"), [(HARDLY_ASKED, "None on file. 12 of 12"), (SPMS, "1 of 12")])
def test_symptoms_that_nobody_asked_about_are_counted_where_they_would_look_like_none(
    file: str, said: str
) -> None:
    for drawn in (to_plan_text(answer_of(file), "team"), to_plan_html(answer_of(file), "gp")):
        told = " ".join(re.sub(r"<[^>]+>", " ", drawn).split())
        assert f"{said} symptoms were not asked about" in told


def test_the_lists_of_emergencies_say_whose_they_are() -> None:
    assert "Both lists are our own reasoning" in " ".join(to_plan_text(answer_of(SPMS)).split())
