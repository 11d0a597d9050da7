"""The clinician's answer for a terminal: options side by side first, then the basis, 80 columns wide."""

from __future__ import annotations

from itertools import groupby

from stepdown.decisions.answer import Answer, Option, Reason, Risk
from stepdown.reports.care_plan.summary import head_plan, summarise_plan
from stepdown.reports.clinician_lines import (
    find_links,
    find_main_reason,
    head_triggers,
    join_follow_up,
    list_preferences,
    list_unknown_facts,
    split_rules,
    tell_behind,
    tell_beside,
    tell_bridge,
    tell_fact,
    tell_follow_up,
    tell_missing,
    tell_pml,
    tell_risk,
    tell_rule,
    tell_source,
    tell_unknown,
)
from stepdown.reports.comparison import Cell, Column, choose_columns, find_cell
from stepdown.reports.rounding import show_risk
from stepdown.reports.text_layout import WIDTH, wrap, write_heading, write_list, write_table
from stepdown.reports.wording import name_option, name_time, name_word, say

MOST_COLUMNS = 4
FIRST_OUTCOMES = (
    "relapse",
    "any_activity",
    "serious_infection",
    "mri_activity",
    "confirmed_worsening",
    "reactivation",
)


def write_clinician_text(answer: Answer) -> str:
    """The whole answer in plain text."""
    lines = _write_head(answer) + _write_alerts(answer) + _write_refusal(answer) + _write_comparison(answer)
    lines += _write_shared_basis(answer)
    for number, option in enumerate(answer.options, 1):
        lines += _write_option(number, option, answer.at)
    return "\n".join(lines + _write_care_plan(answer) + _write_sources(answer)) + "\n"


def _write_care_plan(answer: Answer) -> list[str]:
    told = summarise_plan(answer)
    return write_heading(head_plan(), 2) + write_list(told) if told else []


def _write_head(answer: Answer) -> list[str]:
    version = say(
        "text.recorded",
        recorded_on=answer.recorded_on,
        version=answer.evidence_version,
        hash=answer.evidence_hash[:12],
        stepdown=answer.stepdown_version,
    )
    title = write_heading(say("text.title", person=answer.person, at=answer.at))
    return [*title[1:], *wrap(version), *wrap(say("text.not_a_device"))]


def _write_alerts(answer: Answer) -> list[str]:
    if not answer.alerts:
        return []
    lines = write_heading(say("heading.alerts"), 2)
    for alert in answer.alerts:
        lines += wrap(alert.text + _cite(alert.sources), "        ", f"{name_word('level', alert.level):<7} ")
    return lines


def _write_refusal(answer: Answer) -> list[str]:
    if answer.refusal is None:
        return []
    told = wrap(say("text.refused", reason=answer.refusal.reason))
    return ["", *told, *_write_reasons("known", answer.refusal.what_is_known)]


def _write_comparison(answer: Answer) -> list[str]:
    if not answer.options:
        return []
    columns = _choose_columns(answer)
    head = ["", "option", "standing", *(_head_column(column) for column in columns)]
    widths = [2, WIDTH - 2 - 12 - 11 * len(columns) - 1, 11, *([10] * len(columns))]
    rows = [
        [
            str(number),
            name_option(option),
            name_word("standing", option.standing),
            *(_show_cell(option, column) for column in columns),
        ]
        for number, option in enumerate(answer.options, 1)
    ]
    lines = write_heading(say("heading.options"), 2) + write_table(head, rows, widths) + [""]
    return lines + wrap(say("text.reference") if columns else say("text.no_column"))


def _choose_columns(answer: Answer) -> tuple[Column, ...]:
    """As many columns as fit: those with a number first, in the order of what matters to people."""
    columns = choose_columns(answer.options, FIRST_OUTCOMES)
    known = [
        column for column in columns if any(find_cell(option, column).shown for option in answer.options)
    ]
    return tuple([*known, *(column for column in columns if column not in known)][:MOST_COLUMNS])


def _head_column(column: Column) -> str:
    short = name_word("outcome_short", column.outcome)
    return f"{short} {_shorten_time(column.time_years)}"


def _show_cell(option: Option, column: Column) -> str:
    cell = find_cell(option, column)
    if cell.shown is None or cell.risk is None:
        return _show_elsewhere(cell)
    return cell.shown.compact + _mark(cell.risk)


def _show_elsewhere(cell: Cell) -> str:
    """A number for another time, with that time; "unknown" when there is none."""
    for risk in cell.elsewhere:
        shown = show_risk(risk)
        if shown is not None:
            return f"{_shorten_time(risk.time_years)}: {shown.compact}{_mark(risk)}"
    return say("text.unknown_cell")


def _mark(risk: Risk) -> str:
    """The mark of a number that is not simply about people like this one."""
    return "*" if risk.status == "extrapolated" else name_word("mark", risk.speaks_for or "")


def _shorten_time(years: float) -> str:
    return name_time(years).replace("year", "yr").replace("month", "mo")


def _write_shared_basis(answer: Answer) -> list[str]:
    lines = write_heading(say("heading.facts"), 2)
    lines += write_list(tell_fact(fact) for fact in answer.facts if fact.state != "unknown")
    lines += _write_part("unknown_facts", list_unknown_facts(answer.facts))
    if answer.missing_ranked:
        lines += write_heading(say("heading.missing"), 2)
        lines += write_list(
            tell_missing(item)
            for item in answer.missing_ranked
        )
    if answer.pml:
        lines += write_heading(say("heading.pml"), 2)
        lines += write_list(tell_pml(cell) + _cite(cell.sources) for cell in answer.pml)
        lines += write_list(note.text + _cite(note.sources) for note in answer.pml_notes)
    preferences = list_preferences(answer)
    if preferences:
        lines += write_heading(say("heading.preferences"), 2) + wrap(preferences)
    if answer.cancer_immunotherapy:
        lines += write_heading(say("heading.cancer"), 2)
        lines += write_list(reason.text + _cite(reason.sources) for reason in answer.cancer_immunotherapy)
    return lines


def _write_option(number: int, option: Option, at: str) -> list[str]:
    standing = name_word("standing", option.standing)
    lines = write_heading(f"{number}. {name_option(option)}: {standing}", 2)
    lines += wrap(option.meaning) + wrap(find_main_reason(option))
    lines += wrap(say("line.decided", rules=", ".join(option.decided_by))) if option.decided_by else []
    bridge = tell_bridge(option)
    lines += wrap(bridge) if bridge else []
    lines += _write_risks(option)
    lines += _write_reasons("for", option.reasons_for) + _write_reasons("against", option.reasons_against)
    lines += _write_part("unknowns", [tell_missing(item) for item in option.unknowns])
    return lines + _write_duties(option, at) + _write_rules(option)


def _write_risks(option: Option) -> list[str]:
    lines: list[str] = []
    known = (risk for risk in option.risks if risk.per_100 is not None)
    for (_, behind, sources), group in groupby(
        known, lambda risk: (risk.outcome, tell_behind(risk), risk.sources)
    ):
        risks = tuple(group)
        lines += write_list(map(tell_risk, risks)) + wrap(behind + _cite(sources), "    ")
        moved_by = ", ".join(risks[0].moved_by)
        lines += wrap(say("line.moved_by", sources=moved_by), "    ") if moved_by else []
        lines += [line for told in tell_beside(risks) for line in wrap(told, "    ")]
    unknown = tell_unknown(option.risks)
    return lines + write_list(
        say("line.unknown_risk", which=which, reason=why.rstrip(".")) for which, why in unknown
    )


def _write_rules(option: Option) -> list[str]:
    full, fired, silent = split_rules(option)
    told = [tell_rule(rule) + _cite(rule.sources) for rule in full]
    for key, ids in (("told_above", fired), ("not_fired", silent)):
        told += [say(f"line.{key}", rules=", ".join(ids))] if ids else []
    return _write_part("rules", told)


def _write_duties(option: Option, at: str) -> list[str]:
    lines: list[str] = []
    for key, items in (("plan", option.plan), ("follow_up", option.follow_up)):
        lines += _write_part(
            key,
            [
                _mark_basis(tell_follow_up(item), item.basis, item.sources)
                for item in join_follow_up(items, at)
            ],
        )
    triggers = [_mark_basis(item.text, item.basis, item.sources) for item in option.restart_triggers]
    return lines + ([head_triggers(option) + ":", *write_list(triggers)] if triggers else [])


def _write_part(key: str, items: tuple[str, ...] | list[str]) -> list[str]:
    return [say(f"heading.{key}") + ":", *write_list(items)] if items else []


def _write_reasons(key: str, reasons: tuple[Reason, ...]) -> list[str]:
    return _write_part(key, [reason.text + _cite(reason.sources) for reason in reasons])


def _write_sources(answer: Answer) -> list[str]:
    if not answer.sources:
        return []
    lines = write_heading(say("heading.sources"), 2)
    for key, source in answer.sources.items():
        links = "; ".join(label for label, _ in find_links(source))
        parts = [f"[{key}] {tell_source(source)}", links, name_word("read", source.read), *source.findings]
        lines += write_list(["; ".join(part for part in parts if part)])
    return lines


def _mark_basis(text: str, basis: str, sources: tuple[str, ...]) -> str:
    return f"{text} ({name_word('basis', basis)}){_cite(sources)}"


def _cite(sources: tuple[str, ...]) -> str:
    return f" [{', '.join(sources)}]" if sources else ""
