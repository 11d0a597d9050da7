"""Follow-up: the right rows for each drug left, the days they fall on, and who gives the times."""

from __future__ import annotations

import pytest

from stepdown.ms.monitoring import (
    ScheduleRow,
    find_next_step,
    read_lab_rules,
    read_lab_thresholds,
    read_monitoring,
    read_next_steps,
    read_restart_signs,
    read_restart_triggers,
    read_schedule,
    read_stepping_down,
)
from stepdown.ms.sources import find_missing_sources
from stepdown.ms.therapies import read_groups, read_therapies

STRATEGIES = {"continue", "extend", "switch", "stop", "no-further-course"}
LEFT = {"any", *read_therapies(), *read_groups()}


def ids(rows: tuple[ScheduleRow, ...]) -> set[str]:
    return {row.id for row in rows}


@pytest.mark.parametrize("row", read_monitoring(), ids=lambda row: row.id)
def test_a_row_uses_the_closed_words_and_falls_on_a_day(row: ScheduleRow) -> None:
    assert set(row.strategies) <= STRATEGIES and row.left in LEFT and set(row.not_for) <= LEFT
    assert row.anchor in {"last-dose", "decision", "new-drug-start"} and row.basis in {"stated", "proposed"}
    assert row.source and not find_missing_sources(row.source)
    assert row.days(3653)


def test_row_names_are_unique() -> None:
    assert len(ids(read_monitoring())) == len(read_monitoring())


def test_a_row_that_only_reasoning_backs_is_never_stated() -> None:
    assert not [row.id for row in read_monitoring() if row.basis == "stated" and row.source == ("reasoning",)]


@pytest.mark.parametrize("therapy", ["fingolimod", "siponimod", "ozanimod", "ponesimod"])
@pytest.mark.parametrize("strategy", ["stop", "switch"])
def test_contact_after_s1p_begins_by_week_4_and_goes_to_week_24(strategy: str, therapy: str) -> None:
    contact = next(row for row in read_schedule(strategy, therapy) if row.id == "s1p-contact")
    weeks = [day / 7 for day in contact.days(365)]
    assert 2 <= weeks[0] <= 4 and 6 <= weeks[1] <= 8 and weeks[2:] == [12, 24]


@pytest.mark.parametrize("strategy", ["stop", "switch"])
def test_mri_for_pml_after_natalizumab_comes_every_3_to_4_months_for_a_year(strategy: str) -> None:
    row = next(row for row in read_schedule(strategy, "natalizumab") if row.id == "natalizumab-mri-pml")
    days = row.days(730)
    assert days[-1] == 365 and row.basis == "stated"
    assert all(later - earlier <= 122 for earlier, later in zip((0, *days), days, strict=False))


@pytest.mark.parametrize("therapy", ["ocrelizumab", "rituximab", "ublituximab", "ofatumumab"])
def test_mri_after_anti_cd20_goes_on_to_24_months_after_the_last_dose(therapy: str) -> None:
    rows = [row for row in read_schedule("stop", therapy) if "stop-mri" in row.id]
    assert len(rows) == 1 and rows[0].anchor == "last-dose"
    assert {548, 730} <= set(rows[0].days(730))


def test_alemtuzumab_is_watched_monthly_to_month_48_under_any_later_drug() -> None:
    for strategy in ("no-further-course", "switch", "continue"):
        row = next(row for row in read_schedule(strategy, "alemtuzumab") if row.id == "alemtuzumab-monthly")
        assert row.days(5000)[-1] == 1461 and len(row.days(5000)) == 49


def test_the_heart_is_watched_without_end_after_mitoxantrone() -> None:
    rows = read_schedule("no-further-course", "mitoxantrone")
    row = next(row for row in rows if row.id == "mitoxantrone-lvef")
    assert row.until_days is None and len(row.days(7305)) == 20


@pytest.mark.parametrize("therapy", read_therapies())
def test_every_drug_has_something_to_do_after_stopping_or_the_last_course(therapy: str) -> None:
    strategy = "no-further-course" if read_therapies()[therapy].is_course else "stop"
    assert read_schedule(strategy, therapy)
    assert read_schedule("switch", therapy, to="ocrelizumab")


def test_rows_for_a_new_drug_come_only_with_that_drug() -> None:
    without, with_it = read_schedule("switch", "natalizumab"), read_schedule(
        "switch", "natalizumab", "ocrelizumab")
    assert {row.to for row in without} == {None}
    assert ids(with_it) - ids(without) == {"new-anti-cd20-before"}


def test_days_beyond_the_horizon_are_left_out() -> None:
    row = ScheduleRow("x", ("stop",), "any", "what", "decision", "proposed", (), after_days=(1, 400))
    assert row.days(365) == (1,)


def test_restart_triggers_are_those_for_everybody_and_those_of_the_drug() -> None:
    everybody = {trigger.id for trigger in read_restart_triggers()}
    after = {trigger.id for trigger in read_restart_triggers("fingolimod")}
    assert everybody < after and after - everybody == {"s1p-disability"}
    assert all(not find_missing_sources(trigger.source) for trigger in read_restart_triggers("natalizumab"))


def test_the_jcv_index_is_cut_at_0_2_and_0_4() -> None:
    """The reference values of the laboratory named in the source."""
    cuts = [(row.from_value, row.below, row.text.split(",")[0]) for row in read_lab_thresholds()]
    assert cuts == [(None, 0.2, "negative"), (0.2, 0.4, "indeterminate"), (0.4, None, "positive")]


def test_laboratory_rules_are_listed_by_drug() -> None:
    rules = read_lab_rules()
    assert "interferon-beta" not in rules
    assert {rule.below for rule in rules["cladribine"]} == {1.0, 0.8, 0.5, 0.2}


def test_the_day_that_has_come_last_goes_from_single_days_to_repeats() -> None:
    row = ScheduleRow("x", ("stop",), "any", "what", "last-dose", "proposed", (), after_days=(28, 61),
                      every_days=91, until_days=365, window_days=10)
    days = {0: None, 17: None, 18: 28, 50: 28, 51: 61, 141: 61, 142: 152, 324: 334, 5000: 334}
    assert {elapsed: row.find_last_opened(elapsed) for elapsed in days} == days
    assert (row.first_repeat, row.first_day) == (152, 28)


@pytest.mark.parametrize("left", read_therapies())
@pytest.mark.parametrize("strategy", ["stop", "switch", "extend", "no-further-course"])
def test_every_step_down_has_a_first_visit(strategy: str, left: str) -> None:
    """Else nobody could ever be missed after it; only courses have no further one."""
    if (strategy == "no-further-course") <= read_therapies()[left].is_course:
        rows = read_schedule(strategy, left, "glatiramer-acetate" if strategy == "switch" else None)
        assert any(row.first_visit and (strategy == "extend" or row.anchor != "decision") for row in rows)


def test_signs_and_next_steps_name_their_sources() -> None:
    rows = (*read_restart_signs(), *read_next_steps(), read_stepping_down())
    assert all(row.source and not find_missing_sources(row.source) for row in rows)
    assert not [row.id for row in read_restart_signs() if row.basis == "stated" and "reasoning" in row.source]


def test_there_is_a_next_step_for_every_way_somebody_can_stand() -> None:
    signs = [sign.id for sign in read_restart_signs()]
    stand = ("never-seen", "unclear-sign", "overdue", "due", "up-to-date", "observation-ended", "not-judged")
    assert all(find_next_step(when, "interferon-beta", 9999).text for when in (*signs, *stand))


def test_pml_comes_first_only_within_six_months_of_natalizumab() -> None:
    texts = [find_next_step("lesions", "natalizumab", days).text for days in (183, 184)]
    assert ["PML" in text for text in texts] == [True, False]


def test_limits_are_those_of_the_catalogue() -> None:
    """Lymphocytes: the fumarate labels; immunoglobulin G: the anti-CD20 rows."""
    limits = {sign.test: (sign.below, sign.unit) for sign in read_restart_signs() if sign.kind == "lab"}
    rules = [rule for rows in read_lab_rules().values() for rule in rows]
    assert limits == {"lymphocytes": (0.5, "10^9/L"), "igg": (5.0, "g/L")}
    assert all(any(rule.test == test and rule.below == below for rule in rules)
               for test, (below, _) in limits.items())
