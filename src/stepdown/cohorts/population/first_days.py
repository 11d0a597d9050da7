"""The first day of each outcome after the index day of each trial."""

from __future__ import annotations

from dataclasses import replace

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.history.truth import months_before
from stepdown.cohorts.outcomes.association import PIRA, RAW, label_worsening
from stepdown.cohorts.outcomes.first_rise import find_first_rise, is_fixed
from stepdown.cohorts.outcomes.rule_sets import RuleSet, read_rule_sets
from stepdown.cohorts.outcomes.worsening import find_changes, find_step
from stepdown.cohorts.population.facts import find_last_score
from stepdown.cohorts.population.tables import Tables
from stepdown.cohorts.protocol.definitions import Definitions
from stepdown.cohorts.protocol.model import Outcome, OutcomeKind

#: Outcomes that rest on the EDSS, and need a score to begin from.
ON_EDSS = ("confirmed_worsening", "pira", "raw", "no_evidence_of_disease_activity_lost")
#: Outcomes that only a scan can show: who is not scanned is not known to be free of them.
ON_MRI = ("mri_activity", "any_activity", "no_evidence_of_disease_activity_lost")
#: Outcomes that a relapse is part of.
WITH_RELAPSES = ("relapse", "any_activity", "no_evidence_of_disease_activity_lost")
#: What ends the time without an outcome, of what is on file with its day; of NEDA also worsening.
_HAPPENED = {"relapse": ("relapse",), "mri_activity": ("scan",), "any_activity": ("relapse", "scan"),
             "no_evidence_of_disease_activity_lost": ("relapse", "scan"),
             **{name: (name,) for name in ("serious_infection", "severe_adverse_event", "death", "cancer",
                                           "pregnancy", "hospital")}}
_WORSE = {"no_evidence_of_disease_activity_lost": "day_confirmed_worsening"}


def find_first_days(engine: Engine, tables: Tables, index: Expression, acted: Expression,
                    outcomes: tuple[Outcome, ...], definitions: Definitions) -> Expression:
    """``trial_id`` with ``day_NAME`` (NULL: not seen) for each outcome, and ``has_baseline`` for the EDSS.

    What happens on the index day itself is no outcome. Episodes that may be a relapse but cannot be told are
    not counted.
    """
    kinds = {outcome.kind for outcome in outcomes}
    parts = [_find_happened(tables, index, outcomes)]
    if kinds & set(ON_EDSS):
        worse = _find_worsening(engine, tables, index, definitions, kinds)
        parts.append(worse.select("trial_id", "has_baseline", **{
            f"worse_{outcome.name}": worse[_WORSE.get(outcome.kind, f"day_{outcome.kind}")]
            for outcome in outcomes if outcome.kind in ON_EDSS}))
    for outcome in outcomes:
        if outcome.kind == "restart":
            restarts = _restart_days(tables, index, acted)
            parts.append(restarts.select("trial_id", **{f"day_{outcome.name}": restarts.day}))
    found = index.select("trial_id")
    for part in parts:
        found = found.left_join(part, "trial_id").drop("trial_id_right")
    return engine.keep(_with_worsening(found, outcomes), "outcomes")


def _with_worsening(found: Expression, outcomes: tuple[Outcome, ...]) -> Expression:
    """With the days of outcomes on the EDSS; what else ends a time without activity may come before."""
    ibis, days = load_ibis(), {}
    for outcome in outcomes:
        if outcome.kind in ON_EDSS:
            worse = found[f"worse_{outcome.name}"]
            days[f"day_{outcome.name}"] = ibis.least(found[f"day_{outcome.name}"], worse) \
                if outcome.kind in _HAPPENED else worse
    begun = found.has_baseline.fill_null(False) if days else ibis.literal(False)
    named = [f"day_{outcome.name}" for outcome in outcomes]
    return found.mutate(has_baseline=begun, **days).select("trial_id", "has_baseline", *named)


def _find_happened(tables: Tables, index: Expression, outcomes: tuple[Outcome, ...]) -> Expression:
    """``trial_id`` with the first day after the index day of each outcome that happens on a day on file.

    All in one pass: what happened to a person is told apart by a number.
    """
    ibis = load_ibis()
    asked = {outcome.name: _HAPPENED[outcome.kind] for outcome in outcomes if outcome.kind in _HAPPENED}
    numbers = {name: number for number, name in enumerate(sorted({name for each in asked.values()
                                                                  for name in each}))}
    parts = [_list_days(tables, name).mutate(what=ibis.literal(number, "int8"))
             for name, number in numbers.items()]
    happened = ibis.union(*parts) if len(parts) > 1 else parts[0]
    rows = index.select("trial_id", "person_id", "index_day").join(happened, "person_id")
    later = rows.filter(rows.day > rows.index_day)
    return later.group_by("trial_id").agg(**{
        f"day_{name}": later.day.min(where=later.what.isin([numbers[what] for what in whats]))
        for name, whats in asked.items()})


def _list_days(tables: Tables, what: str) -> Expression:
    """``person_id, day`` of everything of a kind that happened."""
    if what == "relapse":
        return _relapse_days(tables)
    return _scan_days(tables) if what == "scan" else _event_days(tables, what)


def _relapse_days(tables: Tables) -> Expression:
    rows = tables.relapses
    counted = rows.filter(rows.counted.fill_null(False) & rows.onset.notnull())
    return counted.select("person_id", day="onset")


def _scan_days(tables: Tables) -> Expression:
    return tables.scans.filter(tables.scans.active.fill_null(False)).select("person_id", "day")


def find_last_scans(tables: Tables, index: Expression) -> Expression:
    """``trial_id`` with ``last_scan``: the last day after the index day on which a scan told of activity.

    That is a scan of the brain that could be read and compared, or one that shows activity anywhere.
    """
    told = tables.scans.filter(tables.scans.active.notnull() & (tables.scans.brain | tables.scans.active))
    rows = index.select("trial_id", "person_id", "index_day", "seen_last").join(
        told.select("person_id", "day"), "person_id")
    later = rows.filter((rows.day > rows.index_day) & (rows.day <= rows.seen_last))
    return later.group_by("trial_id").agg(last_scan=later.day.max())


def _event_days(tables: Tables, kind: str) -> Expression:
    events = tables.events.filter(tables.events.day.notnull())
    if kind == "serious_infection":
        events = events.filter((events.event == "infection") & events.serious.fill_null(False))
    elif kind == "severe_adverse_event":
        events = events.filter((events.event == "adverse-event") & (events.grade >= 3).fill_null(False))
    else:
        events = events.filter(events.event == kind)
    return events.select("person_id", "day")


def _restart_days(tables: Tables, index: Expression, acted: Expression) -> Expression:
    """The first day on which any therapy is begun after the therapy was stopped."""
    stopped = index.select("trial_id", "person_id").join(acted, "trial_id")
    rows = stopped.join(tables.courses.select("person_id", day="start"), "person_id")
    later = rows.filter(rows.day > rows.acted_day)
    return later.group_by("trial_id").agg(day=later.day.min())


def choose_rules(definitions: Definitions) -> RuleSet:
    """The rule set that a protocol names, with the choices it makes itself."""
    worsening = definitions.worsening
    rules = read_rule_sets()[worsening.rules]
    association = rules.association or read_rule_sets()["pymsprog"].association
    return replace(rules, confirm_days=worsening.confirm_weeks * 7, association=association,
                   last_whole_step=worsening.last_whole_step)


def _find_worsening(engine: Engine, tables: Tables, index: Expression, definitions: Definitions,
                    kinds: set[OutcomeKind]) -> Expression:
    """``trial_id``, ``has_baseline``, and the first day of confirmed worsening; of PIRA and RAW if asked."""
    rules = choose_rules(definitions)
    months = definitions.worsening.baseline_months
    baseline = engine.keep(_find_baseline_days(engine, tables, index, months), "base")
    if is_fixed(rules) and not kinds & {"pira", "raw"}:
        first = find_first_rise(engine, baseline, tables.scores, rules)
        both = baseline.select("trial_id", "index_day").left_join(first, "trial_id")
        later = load_ibis().ifelse(both.day > both.index_day, both.day, load_ibis().null("int32"))
        found = both.select("trial_id", day_confirmed_worsening=later)
    else:
        days = _find_kinds(engine, tables, baseline, rules)
        found = baseline.select("trial_id").left_join(days, "trial_id").drop("trial_id_right")
    return engine.keep(found.mutate(has_baseline=load_ibis().literal(True)), "worsening")


def _find_kinds(engine: Engine, tables: Tables, baseline: Expression, rules: RuleSet) -> Expression:
    """``trial_id`` with the first day of confirmed worsening, of PIRA and of RAW after its index day."""
    ibis = load_ibis()
    rows = baseline.join(tables.scores, "person_id")
    scores = rows.filter((rows.day >= rows.baseline_day) & (rows.day_last <= rows.seen_last))
    opens = scores.day == scores.baseline_day
    scores = engine.keep(scores.select("visit_id", "day", "day_last", "value", "during_relapse", opens=opens,
                                       person_id="trial_id"), "scores")
    scores = engine.keep(_leave_out_level(scores, rules), "scores")
    counted = tables.relapses.filter(tables.relapses.counted.fill_null(False))
    onsets = baseline.select("trial_id", "person_id").join(counted.select("person_id", "onset"), "person_id")
    onsets = engine.keep(onsets.select("onset", person_id="trial_id"), "onsets")
    changes = find_changes(engine, scores, onsets, rules)
    events = label_worsening(engine, changes, onsets, rules)
    events = events.rename(trial_id="person_id").join(baseline.select("trial_id", "index_day"), "trial_id")
    later = events.filter((events.kind == "worsening") & (events.day > events.index_day))
    none = ibis.null("int32")
    return later.group_by("trial_id").agg(
        day_confirmed_worsening=later.day.min(),
        day_pira=ibis.ifelse(later.association == PIRA, later.day, none).min(),
        day_raw=ibis.ifelse(later.association == RAW, later.day, none).min())


def _leave_out_level(scores: Expression, rules: RuleSet) -> Expression:
    """The scores of trials that rise so far above their baseline that it could count.

    With a fixed baseline that is the first score. Where it may move, it is compared with the lowest score:
    from any higher one the least rise that counts is the same or ends still higher above the lowest.
    """
    is_first = rules.first_only and rules.baseline_clear_days == 0
    base = scores.value.min(where=scores.opens) if is_first else scores.value.min()
    reach = scores.group_by("person_id").agg(base=base, high=scores.value.max())
    enough = reach.filter(reach.high - reach.base >= find_step(reach.base, rules))
    return scores.semi_join(enough, "person_id").drop("opens")


def _find_baseline_days(engine: Engine, tables: Tables, index: Expression, months: int) -> Expression:
    """The day of the last score outside a relapse, on the index day or in so many months before it."""
    last = find_last_score(engine, tables, index).semi_join(index, "trial_id")
    recent = last.filter(last.day >= months_before(last.index_day, months))
    return recent.select("trial_id", "person_id", "index_day", "seen_last", baseline_day="day")
