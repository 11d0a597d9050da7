"""Cards: short, sourced, above info only for a safety fact, and none where there is nothing to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from uuid import uuid4

from stepdown.decisions.answer import Alert, Answer, Option
from stepdown.decisions.assess import assess
from stepdown.decisions.options import Draft
from stepdown.interfaces.cds_hooks.calls import Call, Order
from stepdown.interfaces.cds_hooks.services import Json, read_settings, say
from stepdown.patients.checking import Checked, check_value
from stepdown.patients.history import History
from stepdown.reports.clinician_lines import tell_risk
from stepdown.reports.wording import name_option, name_word

LONGEST_SUMMARY = 139
_WAYS_ON = ("reasonable", "possible")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>~-])")
_MOST_REASONS = 4


def make_cards(call: Call, app: str | None = None) -> list[Json]:
    """The cards of a call; ``app`` is the address of the pages, linked without any fact of the person."""
    if call.hook != "patient-view" and not call.orders:
        return []
    if not call.found.has_ms:
        return [_make(_say_no_ms(order, call), "warning", "", app) for order in call.orders]
    checked = _check(call)
    if checked.patient is None or checked.errors:
        return [_make(say("unreadable"), "info", _join(_say_faults(checked), _say_gaps(call)), app)]
    answer = assess(History(checked.patient, checked.at), checked.faults, partial(_is_printed, call))
    cards = _view(answer, call, app) if call.hook == "patient-view" else _judge(answer, call, app)
    return list(cards)


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
    return [f"- {_escape(f'{fault.path}: {fault.sentence}')}" for fault in checked.errors]


def _say_no_ms(order: Order, call: Call) -> str:
    """An MS therapy ordered for somebody whose record says another disease, or none that it treats."""
    disease = call.found.person.get("diagnosis")
    if disease in ("NMOSD", "MOGAD"):
        return say("other_disease", drug=order.therapy, disease=disease)
    return say("unclear", drug=order.therapy)


def _view(answer: Answer, call: Call, app: str | None) -> Iterator[Json]:
    """What must be looked at first, then one card that leads to the options."""
    yield from (_to_alert_card(alert, app) for alert in answer.alerts if alert.level == "urgent")
    ways = [option for option in answer.options if option.standing in _WAYS_ON]
    if answer.refusal is not None:
        yield _make(say("refused"), "info", _join([_escape(answer.refusal.reason)], _say_gaps(call)), app)
        return
    count = "1 option" if len(ways) == 1 else f"{len(ways) or 'no'} options"
    missing = len(answer.missing_ranked)
    summary = say("view", count=count, missing="1 fact" if missing == 1 else f"{missing or 'no'} facts")
    lines = [f"- **{_escape(name_word('standing', each.standing))}**: {_escape(name_option(each))}"
             for each in answer.options]  # fmt: skip
    unknown = [f"- {_escape(each.fact.replace('_', ' '))}: {_escape(each.would_change)}"
               for each in answer.missing_ranked[:_MOST_REASONS]]  # fmt: skip
    missed = [say("not_known"), "", *unknown] if unknown else []
    yield _make(summary, "info", _join(lines, missed, _say_gaps(call)), app)


def _to_alert_card(alert: Alert, app: str | None) -> Json:
    return _make(say("alert", text=alert.text), "warning", _escape(alert.text), app)


def _judge(answer: Answer, call: Call, app: str | None) -> Iterator[Json]:
    """One card for each order against which something speaks."""
    urgent = [alert for alert in answer.alerts if alert.level == "urgent"]
    for order in call.orders:
        option = _find_option(answer, order)
        if option is None:
            yield _make(say("not_an_option", drug=order.therapy), "info", _join(_say_gaps(call)), app)
        elif option.standing not in _WAYS_ON or urgent:
            yield _to_order_card(option, order, urgent, call, app)


def _find_option(answer: Answer, order: Order) -> Option | None:
    """The option that an order would take."""
    if order.is_end:
        return next((option for option in answer.options if option.strategy == "stop"), None)
    taken = [option for option in answer.options if option.therapy == order.therapy]
    return min(taken, key=lambda option: option.strategy != "continue", default=None)


def _to_order_card(option: Option, order: Order, urgent: list[Alert], call: Call, app: str | None) -> Json:
    words = "end" if order.is_end else "order"
    summary = say(words, drug=order.therapy, standing=name_word("standing", option.standing))
    is_safety = option.standing == "not-advised" or bool(urgent)
    against = [f"- {_escape(reason.text)}" for reason in option.reasons_against[:_MOST_REASONS]]
    alerts = [f"- {_escape(alert.text)}" for alert in urgent]
    risks = [f"- {_escape(tell_risk(risk))}" for risk in option.risks if risk.per_100][:_MOST_REASONS]
    return _make(
        summary, "warning" if is_safety else "info", _join(alerts, against, risks, _say_gaps(call)), app
    )


def _say_gaps(call: Call) -> list[str]:
    """What was not sent, and that this is no medical device."""
    gaps = [say("missing_parts", parts=", ".join(call.not_sent))] if call.not_sent else []
    gaps += [say("more_pages", parts=", ".join(call.not_whole))] if call.not_whole else []
    return [*gaps, say("disclaimer")]


def _join(*groups: list[str]) -> str:
    return "\n\n".join("\n".join(group) for group in groups if group)


def _escape(words: str) -> str:
    """Text without meaning to a reader of markdown or HTML."""
    return _MARKDOWN.sub(r"\\\1", words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _make(summary: str, indicator: str, detail: str, app: str | None) -> Json:
    """A card within the limits of the specification, without empty members."""
    settings = read_settings()
    reasons = [{"code": code, "system": settings["override"]["system"], "display": words}
               for code, words in settings["override"]["codes"].items()]  # fmt: skip
    card: Json = {
        "uuid": str(uuid4()),
        "summary": summary if len(summary) <= LONGEST_SUMMARY else f"{summary[: LONGEST_SUMMARY - 1]}…",
        "indicator": indicator,
        "detail": detail,
        "source": {"label": settings["words"]["label"], **({"url": app} if app else {})},
        "overrideReasons": reasons if indicator != "info" else [],
        "links": [{"label": settings["words"]["link"], "url": app, "type": "absolute"}] if app else [],
    }
    return {key: value for key, value in card.items() if value not in ("", [])}
