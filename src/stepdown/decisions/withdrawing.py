"""What an answer no longer says once a study is retracted: no number that rests on it alone is printed.

Pools, the risk model and the contrasts leave a retracted study out by themselves. Sentences were written by
hand, and hold the numbers of the studies they cite: this is where those go. A study that the library in
place does not hold (somebody uses a library of their own) is withdrawn in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from stepdown.decisions.answer import Alert, Answer, FollowUp, Option, Reason, Rule, Trigger
from stepdown.evidence.reading import find_absent, read_library
from stepdown.ms.dates import say_when

#: Ends of the ids of sentences that say themselves what was withdrawn.
WITHDRAWN = "-withdrawn"
#: What is named as a source and holds no number of its own.
_NO_EVIDENCE = frozenset({"reasoning"})
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def find_withdrawn() -> Mapping[str, str]:
    """The studies no number may rest on, by id: retracted (with the day), or not in the library (with "")."""
    retracted = {study.id: study.retracted for study in read_library().values() if study.retracted}
    return {**dict.fromkeys(find_absent(), ""), **retracted}


def is_withdrawn(source: str) -> bool:
    """Whether a source, study or finding, is of a study that is retracted or not in the library."""
    return source.partition("#")[0] in find_withdrawn()


def say_withdrawn(study: str) -> str:
    """That what a study counted is withdrawn or not known, and why."""
    day = find_withdrawn()[study]
    if not day:
        return f"What {study} counted is not known here: the library in use does not hold this study."
    return f"What {study} counted is withdrawn: the study was retracted {say_when(day)}."


def withdraw_studies(answer: Answer) -> Answer:
    """The answer without the numbers of withdrawn studies in its sentences, and with a word that they went.

    A rule goes on guarding until it is judged anew. A reason for an option that has no other source is left
    out.
    """
    if not find_withdrawn():
        return answer
    refusal = answer.refusal
    if refusal is not None:
        refusal = replace(refusal, what_is_known=_reasons(refusal.what_is_known))
    return replace(
        answer,
        refusal=refusal,
        alerts=tuple(map(_alert, answer.alerts)),
        options=tuple(map(_option, answer.options)),
        pml_notes=_reasons(answer.pml_notes),
        cancer_immunotherapy=_reasons(answer.cancer_immunotherapy),
    )


def _option(option: Option) -> Option:
    return replace(
        option,
        rules=tuple(map(_rule, option.rules)),
        reasons_for=_reasons(
            reason for reason in option.reasons_for if not _rests_on_nothing(reason.sources)
        ),
        reasons_against=_reasons(option.reasons_against),
        plan=tuple(map(_duty, option.plan)),
        follow_up=tuple(map(_duty, option.follow_up)),
        restart_triggers=tuple(map(_trigger, option.restart_triggers)),
    )


def _reasons(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(
        reason
        if reason.rule.endswith(WITHDRAWN)
        else replace(reason, text=_without_numbers(reason.text, reason.sources))
        for reason in reasons
    )


def _rule(rule: Rule) -> Rule:
    return replace(rule, text=_without_numbers(rule.text, rule.sources))


def _alert(alert: Alert) -> Alert:
    return replace(alert, text=_with_word(alert.text, alert.sources))


def _duty(duty: FollowUp) -> FollowUp:
    return replace(duty, what=_with_word(duty.what, duty.sources))


def _trigger(trigger: Trigger) -> Trigger:
    return replace(trigger, text=_with_word(trigger.text, trigger.sources))


def _find_cited(sources: Iterable[str]) -> list[str]:
    """The withdrawn studies among some sources, each once."""
    withdrawn = find_withdrawn()
    return list(dict.fromkeys(name for key in sources if (name := key.partition("#")[0]) in withdrawn))


def _rests_on_nothing(sources: tuple[str, ...]) -> bool:
    """Whether nothing but withdrawn studies stands behind a sentence."""
    left = {key for key in sources if not is_withdrawn(key)} - _NO_EVIDENCE
    return bool(_find_cited(sources)) and not left


def _without_numbers(text: str, sources: tuple[str, ...]) -> str:
    """The sentences of a text that hold no number, and that what the retracted study counted is withdrawn.

    Which number comes from which source is not marked in a sentence, so all of its numbers go.
    """
    cited = _find_cited(sources)
    if not cited:
        return text
    kept = [part for part in _SENTENCE_END.split(text) if not re.search(r"\d", part)]
    return " ".join([*kept, *map(say_withdrawn, cited)])


def _with_word(text: str, sources: tuple[str, ...]) -> str:
    """A duty or an alert with the word that a study behind it is retracted: nobody is watched less for it.

    Its numbers go only where nothing else stands behind them.
    """
    if _rests_on_nothing(sources):
        return _without_numbers(text, sources)
    return " ".join([text, *map(say_withdrawn, _find_cited(sources))])
