"""Cards on drafted orders of MS therapies: what speaks against one, or must be looked at before it."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.decisions.alerts import read_alert_ids
from stepdown.decisions.answer import Alert, Answer, Option
from stepdown.interfaces.cds_hooks.calls import Call, Order
from stepdown.interfaces.cds_hooks.card import MOST_REASONS, App, escape, join, make_card, say_gaps
from stepdown.interfaces.cds_hooks.services import Json, say
from stepdown.reports.clinician_lines import tell_risk
from stepdown.reports.wording import name_word

WAYS_ON = ("reasonable", "possible")


def find_standing_alerts(answer: Answer, option: Option | None = None) -> list[Alert]:
    """The urgent alerts, and of those to check the ones that a fact raises, and not that it is missing.

    With an option, of the alerts of rules only those of rules that look at it.
    """
    options = answer.options if option is None else (option,)
    standing = {rule.id for each in options for rule in each.rules if rule.fired}
    standing |= read_alert_ids(asking=False)
    return [
        alert
        for alert in answer.alerts
        if alert.level == "urgent" or (alert.level == "check" and alert.id in standing)
    ]


def judge_orders(answer: Answer, call: Call, app: App | None) -> Iterator[Json]:
    """One card for each order against which something speaks."""
    for order in call.orders:
        if len(order.therapies) > 1:
            yield make_card(say("two_names", drug=order.therapy), "warning", join(say_gaps(call)), app)
        elif not (order.is_end and _is_beside_the_point(answer, order, call)):
            yield from _judge_order(answer, order, call, app)


def _find_current(answer: Answer) -> str | None:
    """The drug that stands as taken; None where there is none, or it is not known."""
    fact = next((fact for fact in answer.facts if fact.name == "current_therapy"), None)
    return str(fact.value) if fact and fact.value not in (None, "none") else None


def _is_beside_the_point(answer: Answer, order: Order, call: Call) -> bool:
    """Whether another drug than the one taken is ended, or the next one is ordered with it."""
    current = _find_current(answer)
    is_followed = any(not each.is_end and each.therapies != order.therapies for each in call.drafts)
    return is_followed or (current is not None and current != order.therapy)


def _find_others(answer: Answer, order: Order, call: Call) -> list[str]:
    """The other MS therapies that stand as taken or ordered, and are not ended with this order."""
    if order.is_end:
        return []
    ended = {each.therapy for each in call.drafts if each.is_end}
    taken = [_find_current(answer), *(each.therapy for each in call.drafts if not each.is_end)]
    return [each for each in dict.fromkeys(taken) if each and each != order.therapy and each not in ended]


def _find_option(answer: Answer, order: Order) -> Option | None:
    """The option that an order would take."""
    if order.is_end:
        return next((option for option in answer.options if option.strategy == "stop"), None)
    taken = [option for option in answer.options if option.therapy == order.therapy]
    return min(taken, key=lambda option: option.strategy != "continue", default=None)


def _judge_order(answer: Answer, order: Order, call: Call, app: App | None) -> Iterator[Json]:
    """The card of one order, or none."""
    option, others = _find_option(answer, order), _find_others(answer, order, call)
    alerts = [alert.text for alert in find_standing_alerts(answer, option)] if option else [
        alert.text for alert in answer.alerts if alert.level == "urgent"]  # fmt: skip
    first = [*call.doubts, *alerts]
    is_held_back = option is None or option.standing not in WAYS_ON
    if not (is_held_back or first or others):
        return
    summary = _say_order(order, option, others, first)
    is_safety = bool(first or others) or (option is not None and option.standing == "not-advised")
    second = [say("second", drug=order.therapy, others=" and ".join(others))] if others else []
    lines = [f"- {escape(line)}" for line in (*second, *first) if line != summary]
    detail = join(lines, *(_say_reasons(option, lines) if option else ()), say_gaps(call))
    yield make_card(summary, "warning" if is_safety else "info", detail, app)


def _say_order(order: Order, option: Option | None, others: list[str], first: list[str]) -> str:
    """The summary: how the option stands; where it is open, what else must be looked at."""
    if others and (option is None or option.standing in WAYS_ON):
        return say("second", drug=order.therapy, others=" and ".join(others))
    if option is None:
        return say("not_an_option", drug=order.therapy)
    if first and option.standing in WAYS_ON:
        return say("order_alert", drug=order.therapy, text=first[0])
    return say(order.kind, drug=order.therapy, standing=name_word("standing", option.standing))


def _say_reasons(option: Option, said: list[str]) -> tuple[list[str], list[str]]:
    """What speaks against an option and was not said before, and its risks, the first few of each."""
    against = [f"- {escape(reason.text)}" for reason in option.reasons_against[:MOST_REASONS]]
    against = [line for line in against if line not in said]
    risks = [f"- {escape(tell_risk(risk))}" for risk in option.risks if risk.per_100][:MOST_REASONS]
    return against, risks
