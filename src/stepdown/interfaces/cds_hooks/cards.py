"""Cards: short, sourced, above info only for a safety fact, and none where there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial

from stepdown.decisions.answer import Answer
from stepdown.decisions.assess import assess
from stepdown.decisions.options import Draft
from stepdown.interfaces.cds_hooks.calls import Call, Order
from stepdown.interfaces.cds_hooks.card import MOST_REASONS, App, escape, join, make_card, say_gaps
from stepdown.interfaces.cds_hooks.orders import WAYS_ON, find_standing_alerts, judge_orders
from stepdown.interfaces.cds_hooks.services import Json, say
from stepdown.patients.checking import Checked, check_value
from stepdown.patients.history import History
from stepdown.reports.wording import name_option, name_word


def make_cards(call: Call, app: App | None = None) -> list[Json]:
    """The cards of a call; ``app`` is where a card leads, without any fact of the person."""
    is_view = call.hook == "patient-view"
    unnamed = [make_card(say("unnamed"), "info", join(say_gaps(call)), app)] if _has_unnamed(call) else []
    if not is_view and not call.orders:
        return unnamed
    if call.found.is_deceased:
        return list(_say_deceased(call, app))
    if not call.found.has_ms:
        return list(_view_without_ms(call, app)) if is_view else _judge_without_ms(call, app)
    checked = _check(call)
    if checked.patient is None or checked.errors:
        detail = join(_say_faults(checked), _say_doubts(call), say_gaps(call))
        return [make_card(say("unreadable"), "warning" if call.doubts else "info", detail, app)]
    answer = assess(
        History(checked.patient, checked.at), checked.faults, partial(_is_printed, call), is_brief=True
    )
    return [*(_view(answer, call, app) if is_view else judge_orders(answer, call, app)), *unnamed]


def _has_unnamed(call: Call) -> bool:
    """Whether an order for somebody with MS may be of an MS therapy, and nobody can tell."""
    return bool(call.unnamed) and call.found.has_ms and not call.found.is_deceased


def _is_printed(call: Call, draft: Draft) -> bool:
    """Whether a card prints the risks of an option: of what is ordered or ended, and of nothing else."""
    taken = draft.target.name if draft.target else None
    return any(draft.strategy == "stop" if order.is_end else order.therapy == taken for order in call.orders)


def _check(call: Call) -> Checked:
    """The person of the call with what is wrong in the record."""
    # The record was asked just now: it is true today, and says nothing of what was never noticed.
    today = date.today()
    person = {**call.found.person, "recorded_on": today.isoformat(), "observed_since": today.isoformat()}
    return check_value(person, today)


def _say_faults(checked: Checked) -> list[str]:
    """What forbids an answer: each fault with its place in a person file."""
    return [f"- {escape(f'{fault.path}: {fault.sentence}')}" for fault in checked.errors]


def _say_doubts(call: Call) -> list[str]:
    """What of the record somebody must look at first."""
    return [f"- {escape(doubt)}" for doubt in call.doubts]


def _say_deceased(call: Call, app: App | None) -> Iterator[Json]:
    """No options for somebody who died; an order is an error. Silent where the record says no MS."""
    if call.hook != "patient-view":
        for order in call.orders:
            yield make_card(say("deceased_order", drug=order.therapy), "warning", say("disclaimer"), app)
    elif call.found.diagnoses:
        yield make_card(say("deceased"), "info", say("disclaimer"), app)


def _view_without_ms(call: Call, app: App | None) -> Iterator[Json]:
    """Where MS is not certain or not alone: that it is so; for another disease, whether the drug can harm."""
    others = [each for each in call.found.diagnoses if each != "MS"]
    if not others and "MS" in call.found.unsure and call.found.person.get("treatments"):
        notes = [f"- {escape(note)}" for note in call.found.notes[:MOST_REASONS]]
        yield make_card(say("not_certain"), "info", join(notes, say_gaps(call)), app)
    if others and "MS" in call.found.diagnoses:
        summary = say("two_diseases", both=" and ".join(call.found.diagnoses))
        yield make_card(summary, "warning", join(_say_doubts(call), say_gaps(call)), app)
    for disease in others:
        person = {**call.found.person, "diagnosis": disease}
        checked = _check(replace(call, found=replace(call.found, person=person)))
        if checked.patient is None or checked.errors:
            continue
        answer = assess(
            History(checked.patient, checked.at), checked.faults, lambda _: False, is_brief=True
        )
        for alert in answer.alerts:
            if alert.level == "urgent":
                summary = say("alert_other", disease=disease, text=alert.text)
                yield make_card(summary, "warning", join([escape(alert.text)], say_gaps(call)), app)


def _judge_without_ms(call: Call, app: App | None) -> list[Json]:
    """A warning for each MS therapy ordered for somebody whose record does not say MS, and MS alone."""
    detail = join(_say_doubts(call), say_gaps(call))
    return [make_card(_say_no_ms(order, call), "warning", detail, app) for order in call.orders]


def _say_no_ms(order: Order, call: Call) -> str:
    """An MS therapy ordered for somebody whose record says another disease, two, or none that it treats."""
    diseases = call.found.diagnoses
    if len(diseases) > 1:
        return say("unclear_two", drug=order.therapy, both=" and ".join(diseases))
    if diseases:
        return say("other_disease", drug=order.therapy, disease=diseases[0])
    return say("unclear", drug=order.therapy)


def _view(answer: Answer, call: Call, app: App | None) -> Iterator[Json]:
    """What must be looked at first, then one card that leads to the options."""
    if call.doubts:
        summary = say("doubt", text=call.doubts[0])
        yield make_card(summary, "warning", join(_say_doubts(call), say_gaps(call)), app)
    yield from _view_alerts(answer, app)
    ways = [option for option in answer.options if option.standing in WAYS_ON]
    if answer.refusal is not None:
        yield make_card(say("refused"), "info", join([escape(answer.refusal.reason)], say_gaps(call)), app)
        return
    count = "1 option stands" if len(ways) == 1 else f"{len(ways) or 'no'} options stand"
    missing = len(answer.missing_ranked)
    summary = say("view", count=count, missing="1 fact" if missing == 1 else f"{missing or 'no'} facts")
    lines = [f"- **{escape(name_word('standing', each.standing))}**: {escape(name_option(each))}"
             for each in answer.options]  # fmt: skip
    unknown = [f"- {escape(each.fact.replace('_', ' '))}: {escape(each.would_change)}"
               for each in answer.missing_ranked[:MOST_REASONS]]  # fmt: skip
    missed = [say("not_known"), "", *unknown] if unknown else []
    yield make_card(summary, "info", join(lines, missed, say_gaps(call)), app)


def _view_alerts(answer: Answer, app: App | None) -> Iterator[Json]:
    """A card for each urgent alert, and one for all that a fact asks to check."""
    alerts = find_standing_alerts(answer)
    for alert in alerts:
        if alert.level == "urgent":
            yield make_card(say("alert", text=alert.text), "warning", escape(alert.text), app)
    if checks := [alert.text for alert in alerts if alert.level == "check"]:
        detail = join([f"- {escape(text)}" for text in checks])
        yield make_card(say("check", text=checks[0]), "warning", detail, app)
