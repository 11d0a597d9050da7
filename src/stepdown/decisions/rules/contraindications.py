"""What the drug catalogue forbids or warns of, judged for the drug an option goes on with or leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from stepdown.decisions.answer import Rule
from stepdown.decisions.options import Draft
from stepdown.decisions.rules.contraindication_words import say_contraindication, say_what_to_do
from stepdown.decisions.rules.judging import Judged, if_it_were_so
from stepdown.decisions.situation import Situation
from stepdown.ms.comorbidities import read_comorbidities, read_situations
from stepdown.ms.dates import PartialDate, add_months
from stepdown.ms.facts import Fact, State, both, either
from stepdown.ms.sources import read_sources
from stepdown.ms.therapies import Contraindication, Therapy
from stepdown.patients.patient import Comorbidity


def _truth(fact: Fact) -> bool | None:
    """A fact as true, false or unknown."""
    return True if fact.is_true else False if fact.is_false else None


def _is_breastfeeding(situation: Situation) -> bool | None:
    """Whether the person breastfeeds; where it is not said, somebody who cannot become pregnant does not."""
    truth = _truth(situation.fact("breastfeeding"))
    if truth is None and situation.fact("could_become_pregnant").is_false:
        return False
    return truth


def _had_mitoxantrone(situation: Situation) -> bool | None:
    """Whether mitoxantrone was ever given."""
    fact = situation.fact("prior_therapies")
    if fact.is_known:
        return "mitoxantrone" in str(fact.value)
    return None


#: How a situation of the catalogue's vocabulary is read from a person; any other is not on file, so unknown.
_SITUATIONS: dict[str, Callable[[Situation], bool | None]] = {
    "pregnancy-now": lambda s: _truth(s.fact("pregnancy_now")),
    "pregnancy-planned": lambda s: _truth(s.fact("pregnancy_planned")),
    "breastfeeding": _is_breastfeeding,
    "cancer-now": lambda s: _truth(s.history.has_comorbidity("cancer")),
    "cancer-past": lambda s: _truth(s.history.had_comorbidity("cancer")),
    "severe-active-infection": lambda s: _truth(s.fact("serious_infection_ongoing")),
    "previous-mitoxantrone": _had_mitoxantrone,
}


def _entries(situation: Situation, condition: str) -> list[Comorbidity]:
    """The entries of the person's list that are this condition, active or not."""
    entries = situation.history.patient.comorbidities or ()
    history = situation.history
    facts = (history.has_comorbidity(condition), history.had_comorbidity(condition))
    paths = {path for fact in facts if fact.is_true for path in fact.sources}
    return [entries[_position(path)] for path in sorted(paths)]


def _is_recent(situation: Situation, condition: str, months: int | None) -> bool | None:
    """Whether a condition on file began within so many months; unknown without its date."""
    if months is None:
        return True
    limit = add_months(situation.at, -months)
    dates = [entry.since for entry in _entries(situation, condition)]
    return either([_began_after(since, limit) for since in dates]) if dates else None


def _began_after(since: PartialDate | None, limit: date) -> bool | None:
    """Whether something began on or after a day; unknown without a date."""
    if since is None:
        return None
    before = since.is_before(limit)
    return None if before is None else not before


def meets(situation: Situation, row: Contraindication) -> bool | None:
    """Whether a person meets a contraindication; unknown where the file does not say."""
    if row.condition in _SITUATIONS:
        return _SITUATIONS[row.condition](situation)
    if row.condition in read_situations() or row.condition not in read_comorbidities():
        return None
    laboratory = situation.fact("hepatitis_b")
    if row.condition == "hepatitis-b" and laboratory.is_known and laboratory.value == "positive":
        return True
    truth = is_on_file(situation, row)
    if not truth:
        return truth
    return both([_is_recent(situation, row.condition, row.recent_months), _is_so_bad(situation, row)])


def is_on_file(situation: Situation, row: Contraindication) -> bool | None:
    """Whether the person has the condition; an event that counts for months does so although it is over."""
    truth = _truth(situation.history.has_comorbidity(row.condition))
    if row.recent_months is None:
        return truth
    return either([truth, _truth(situation.history.had_comorbidity(row.condition))])


def _is_so_bad(situation: Situation, row: Contraindication) -> bool | None:
    """Whether a condition is active where the label asks that; how bad it is, the file does not say."""
    if row.only_when is None:
        return True
    if row.only_when != "active":
        return None
    return True if any(entry.active for entry in _entries(situation, row.condition)) else None


def _position(path: str) -> int:
    """The place of an entry in its list, from a path such as ``comorbidities[2]``."""
    return int(path.partition("[")[2].partition("]")[0])


def _strength(row: Contraindication) -> str:
    """A for a label or regulator, B for a page that reports one, C for our reasoning alone."""
    kinds = {read_sources()[key].kind for key in row.source if key in read_sources()}
    if kinds and kinds <= {"reasoning"}:
        return "C"
    return "B" if kinds and kinds <= {"reasoning", "secondary"} else "A"


def _effect(row: Contraindication, fired: bool | None, going_on: bool, on_file: bool) -> str:
    """What a contraindication does: a ban or boxed warning forbids, a caution speaks against.

    A ban that the label makes for the start only, met by somebody who already takes the drug, keeps
    going on from being reasonable. A condition that is on file, while how bad or how recent it is
    is not, or that the file contradicts, cannot be passed over: nothing can be said of a start.
    """
    if fired is False:
        return "none"
    if row.strength == "caution":
        return "against" if fired else "note"
    if fired is None:
        return ("not-reasonable" if going_on else "cannot-say") if on_file else "note"
    return "not-reasonable" if going_on and row.applies_to == "start" else "not-advised"


#: How urgent a contraindication is for somebody who already takes the drug.
_ALERTS = {"not-advised": "urgent", "not-reasonable": "check"}


#: Which fact of the person file would settle a situation; a comorbidity is settled by the list of them.
_FACTS = {
    "pregnancy-now": "pregnancy_now",
    "pregnancy-planned": "pregnancy_planned",
    "breastfeeding": "breastfeeding",
    "cancer-now": "comorbidities",
    "cancer-past": "comorbidities",
    "severe-active-infection": "serious_infection_ongoing",
    "previous-mitoxantrone": "prior_therapies",
}


def _settling_fact(row: Contraindication) -> tuple[str, ...]:
    """The fact that would settle a contraindication; none where the person file has no key for it."""
    if row.condition in _FACTS:
        return (_FACTS[row.condition],)
    return ("comorbidities",) if row.condition in read_comorbidities() else ()


def _cannot_be_passed_over(situation: Situation, row: Contraindication) -> bool:
    """Whether the file names the condition, even where it contradicts itself or leaves out how bad it is."""
    if row.condition in _FACTS:
        fact = situation.facts.get(_FACTS[row.condition])
        return fact is not None and fact.state is State.DOUBT
    return row.condition in read_comorbidities() and is_on_file(situation, row) is True


def _judge(situation: Situation, therapy: Therapy, row: Contraindication, going_on: bool) -> Judged:
    """One contraindication as a judged rule; for a drug already taken it is also an alert."""
    fired = meets(situation, row)
    on_file = _cannot_be_passed_over(situation, row)
    effect = _effect(row, fired, going_on, on_file)
    said = say_contraindication(therapy, row)
    text = said if fired is not None or effect in _ALERTS else if_it_were_so(said)
    rule = Rule(row.id, fired, "switch" if going_on else "continue", _strength(row), text, row.source)
    change = f"It decides whether {therapy.name} may be given: {row.text}"
    alert = _ALERTS.get(effect) if going_on else None
    act = say_what_to_do(therapy, row, fired, effect) if alert else ""
    return Judged(rule, effect, alert, _settling_fact(row), change, act)


def judge_contraindications(situation: Situation, draft: Draft) -> tuple[Judged, ...]:
    """Every contraindication of the drug an option goes on with or leads to."""
    therapy = draft.target
    if therapy is None:
        return ()
    going_on = draft.strategy in ("continue", "extend") and draft.direction != "up"
    return tuple(
        _judge(situation, therapy, row, going_on)
        for row in therapy.contraindications
        if going_on or row.applies_to in ("start", "both")
    )
