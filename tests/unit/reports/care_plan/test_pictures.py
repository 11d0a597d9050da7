"""The pictures: every event drawn once, what is unknown drawn as unknown, every drug in its place."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from stepdown.decisions.planned_care import CarePlan
from stepdown.ms.therapies import read_therapies
from stepdown.reports.care_plan.landscape import COLUMNS, TIERS, draw_landscape, find_cells, find_column
from stepdown.reports.care_plan.stages import draw_stages
from stepdown.reports.care_plan.timeline import LEFT, RIGHT, WIDTH, draw_timeline, find_axis, tell_course
from unit.reports.care_plan.severe_people import FILES, HARDLY_ASKED, LOW_MOOD, SPMS, answer_for, plan_of


def plan_for(**values: object) -> CarePlan:
    plan = answer_for(**values).care_plan
    assert plan is not None
    return plan


@pytest.mark.parametrize("file", FILES)
def test_a_picture_is_whole_xml_with_its_title_and_needs_no_style(file: str) -> None:
    plan = plan_of(file)
    for drawn in (draw_timeline(plan), draw_stages(plan), draw_landscape(plan.therapy)):
        root = ElementTree.fromstring(drawn)
        assert root.get("role") == "img" and "style=" not in drawn
        title = next(each for each in root if each.tag.endswith("title"))
        assert title.text and root.get("aria-labelledby") == title.get("id")


def test_every_event_is_drawn_once_and_told_once() -> None:
    plan = plan_of(SPMS)
    drawn = draw_timeline(plan)
    kinds = [event.kind for event in plan.course]
    assert drawn.count('fill="#a8401c"') == kinds.count("relapse") == 1
    assert drawn.count('r="3.5"') == kinds.count("edss") == 3
    assert drawn.count('r="4.5"') == kinds.count("mri") == 3
    assert drawn.count('fill="#1b4f7d"') == kinds.count("drug") == 2
    assert len(tuple(tell_course(plan))) == len(plan.course)
    assert "siponimod: from 2021-02-15 to now" in tuple(tell_course(plan))


def test_time_in_which_nobody_looked_is_striped_and_says_so() -> None:
    plan = plan_of(SPMS)  # symptoms since 1998, observed since 2010
    axis = find_axis(plan)
    assert axis is not None and axis.first.year == 1998
    end = axis.place("2010-01-01", axis.first)
    assert f'width="{end - LEFT:g}"' in draw_timeline(plan) and "not known" in draw_timeline(plan)
    known = replace(plan, observed_since="1998-01-01")
    assert 'fill="url(#timeline-stripes)"' not in draw_timeline(known)


def test_without_a_first_observed_day_all_the_time_before_the_file_is_striped() -> None:
    drawn = draw_timeline(plan_of(HARDLY_ASKED))
    assert 'fill="url(#timeline-stripes)"' in drawn
    assert "Drugs: not on file" in drawn and "Relapses: not on file" in drawn and "MRI: not on file" in drawn


def test_asked_and_none_is_not_the_same_as_not_asked() -> None:
    drawn = draw_timeline(plan_for(relapses=[], treatments=[], edss=[{"date": "2026-01", "score": 6}]))
    for words in ("Relapses: none on file", "Drugs: none on file", "MRI: not on file"):
        assert words in drawn


def test_a_day_known_to_the_year_is_a_line_and_a_start_nobody_knows_is_a_question() -> None:
    plan = plan_for(
        relapses=[{"onset": "2012"}], onset_date="2005", treatments=[{"therapy": "fingolimod"}],
        mri=[{"date": "2020-05-01"}],
    )  # fmt: skip
    drawn, told = draw_timeline(plan), tuple(tell_course(plan))
    assert 'stroke="#a8401c" stroke-dasharray="2 2"' in drawn
    # The drug, the relapse of which nothing else is known, the scan that nobody read.
    assert drawn.count(">?<") == 3
    assert "fingolimod: from day not known to an unknown day" in told
    assert "Relapse: 2012 (not clear)" in told and "MRI: 2020-05-01 (not clear)" in told


def test_a_scan_of_which_only_new_lesions_were_read_is_not_called_quiet() -> None:
    """As in the definition of MRI activity: enlarging lesions were not read, so that it cannot be told."""
    earlier = {"date": "2024-05-01", "region": "brain"}
    partly = {"date": "2026-05-01", "region": "brain", "new_t2": 0}
    compared = partly | {"enlarging_t2": 0}
    assert "MRI: 2026-05-01 (not clear)" in tuple(tell_course(plan_for(mri=[earlier, partly])))
    assert "MRI: 2026-05-01 (nothing new)" in tuple(tell_course(plan_for(mri=[earlier, compared])))


def test_nothing_on_file_draws_nothing() -> None:
    assert draw_timeline(plan_for()) == ""


def test_every_day_lies_within_the_frame() -> None:
    for file in FILES:
        axis = find_axis(plan_of(file))
        assert axis is not None
        for event in plan_of(file).course:
            assert LEFT <= axis.place(event.begins_low, axis.first) <= WIDTH - RIGHT


@pytest.mark.parametrize(("course", "marked"), [("CIS", 1), ("RRMS", 1), ("SPMS", 1), ("PPMS", 1), (None, 0)])
def test_the_stage_of_the_person_is_marked_and_none_where_not_known(course: str | None, marked: int) -> None:
    drawn = draw_stages(plan_for(**({"course": course} if course else {})))
    assert drawn.count(">(here)<") == marked
    assert ("None is marked" in drawn) is (marked == 0)
    assert drawn.count(">not known<") == 2


def test_activity_and_worsening_stand_beside_the_stages() -> None:
    drawn = draw_stages(plan_of(LOW_MOOD))
    assert "Active in the last 12 months: <tspan font-weight=\"700\">yes<" in drawn
    assert "Getting worse apart from relapses: <tspan font-weight=\"700\">not known<" in drawn


def test_every_drug_of_the_catalogue_has_one_place_and_the_one_taken_a_frame() -> None:
    cells = find_cells()
    placed = [therapy.name for therapies in cells.values() for therapy in therapies]
    assert sorted(placed) == sorted(read_therapies())
    assert {tier for tier, _ in cells} <= set(TIERS) and {column for _, column in cells} <= set(COLUMNS)
    assert draw_landscape("siponimod").count('stroke-width="2"') == 1
    assert 'stroke-width="2"' not in draw_landscape(None)


@pytest.mark.parametrize(
    ("drug", "column"),
    [("cladribine", "course"), ("ahsct", "course"), ("ocrelizumab", "half-year"), ("natalizumab", "month"),
     ("interferon-beta", "week"), ("glatiramer-acetate", "week"), ("siponimod", "day")],
)  # fmt: skip
def test_burden_is_how_often_the_catalogue_gives_a_drug(drug: str, column: str) -> None:
    assert find_column(read_therapies()[drug]) == column
