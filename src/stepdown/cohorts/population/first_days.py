"""The first day of each outcome after the index day of each trial."""

from __future__ import annotations

from dataclasses import replace

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.history.truth import months_before
from stepdown.cohorts.outcomes.association import PIRA, RAW, label_worsening
from stepdown.cohorts.outcomes.rule_sets import RuleSet, read_rule_sets
from stepdown.cohorts.outcomes.worsening import find_changes, find_step
from stepdown.cohorts.population.tables import Tables
from stepdown.cohorts.protocol.model import Definitions, Outcome

#: Outcomes that rest on the EDSS, and need a score to begin from.
ON_EDSS = ("confirmed_worsening", "pira", "raw", "no_evidence_of_disease_activity_lost")
_EVENTS = {"death": "death", "cancer": "cancer", "pregnancy": "pregnancy", "hospital": "hospital"}


def find_first_days(engine: Engine, tables: Tables, index: Expression, acted: Expression,
                    outcomes: tuple[Outcome, ...], definitions: Definitions) -> Expression:
    """``trial_id`` with ``day_NAME`` (NULL: not seen) for each outcome, and ``has_baseline`` for the EDSS.

    What happens on the index day itself is no outcome. Episodes that may be a relapse but cannot be told are
    not counted.
    """
    kinds = {outcome.kind for outcome in outcomes}
    worse = _find_worsening(engine, tables, index, definitions) if kinds & set(ON_EDSS) else None
    found = index.select("trial_id")
    for outcome in outcomes:
        days = _find_days(tables, index, acted, worse, outcome.kind)
        days = days.select("trial_id", **{f"day_{outcome.name}": days.day})
        found = found.left_join(days, "trial_id").drop("trial_id_right")
    if worse is not None:
        begun = worse.select("trial_id", "has_baseline")
        found = found.left_join(begun, "trial_id").drop("trial_id_right")
        return engine.keep(found.mutate(has_baseline=found.has_baseline.fill_null(False)), "outcomes")
    return engine.keep(found.mutate(has_baseline=load_ibis().literal(False)), "outcomes")


def _find_days(tables: Tables, index: Expression, acted: Expression, worse: Expression | None,
               kind: str) -> Expression:
    if kind == "relapse":
        return _first_after(index, _relapse_days(tables))
    if kind == "mri_activity":
        return _first_after(index, _scan_days(tables))
    if kind == "any_activity":
        return _first_after(index, _relapse_days(tables).union(_scan_days(tables)))
    if kind == "no_evidence_of_disease_activity_lost":
        assert worse is not None  # it is found for every outcome on the EDSS
        clinical = _first_after(index, _relapse_days(tables).union(_scan_days(tables)))
        both = clinical.union(worse.filter(worse.day_confirmed_worsening.notnull()).select(
            "trial_id", day="day_confirmed_worsening"))
        return both.group_by("trial_id").agg(day=both.day.min())
    if kind in ON_EDSS:
        assert worse is not None  # as above
        return worse.select("trial_id", day=f"day_{kind}")
    return _restart_days(tables, index, acted) if kind == "restart" else _first_after(
        index, _event_days(tables, kind))


def _relapse_days(tables: Tables) -> Expression:
    rows = tables.relapses
    counted = rows.filter(rows.counted.fill_null(False) & rows.onset.notnull())
    return counted.select("person_id", day="onset")


def _scan_days(tables: Tables) -> Expression:
    return tables.scans.filter(tables.scans.active.fill_null(False)).select("person_id", "day")


def _event_days(tables: Tables, kind: str) -> Expression:
    events = tables.events.filter(tables.events.day.notnull())
    if kind == "serious_infection":
        events = events.filter((events.event == "infection") & events.serious.fill_null(False))
    elif kind == "severe_adverse_event":
        events = events.filter((events.event == "adverse-event") & (events.grade >= 3).fill_null(False))
    else:
        events = events.filter(events.event == _EVENTS[kind])
    return events.select("person_id", "day")


def _first_after(index: Expression, days: Expression) -> Expression:
    rows = index.select("trial_id", "person_id", "index_day").join(days, "person_id")
    later = rows.filter(rows.day > rows.index_day)
    return later.group_by("trial_id").agg(day=later.day.min())


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


def _find_worsening(engine: Engine, tables: Tables, index: Expression,
                    definitions: Definitions) -> Expression:
    """``trial_id``, ``has_baseline``, and the first day of confirmed worsening, of PIRA and of RAW."""
    ibis = load_ibis()
    baseline = engine.keep(_find_baseline_days(tables, index, definitions.worsening.baseline_months), "base")
    rows = baseline.join(tables.scores, "person_id")
    scores = rows.filter((rows.day >= rows.baseline_day) & (rows.day_last <= rows.seen_last))
    opens = scores.day == scores.baseline_day
    scores = engine.keep(scores.select("visit_id", "day", "day_last", "value", "during_relapse", opens=opens,
                                       person_id="trial_id"), "scores")
    rules = choose_rules(definitions)
    scores = engine.keep(_leave_out_level(scores, rules), "scores")
    counted = tables.relapses.filter(tables.relapses.counted.fill_null(False))
    onsets = baseline.select("trial_id", "person_id").join(counted.select("person_id", "onset"), "person_id")
    onsets = engine.keep(onsets.select("onset", person_id="trial_id"), "onsets")
    changes = find_changes(engine, scores, onsets, rules)
    events = label_worsening(engine, changes, onsets, rules)
    events = events.rename(trial_id="person_id").join(index.select("trial_id", "index_day"), "trial_id")
    later = events.filter((events.kind == "worsening") & (events.day > events.index_day))
    none = ibis.null("int32")
    days = later.group_by("trial_id").agg(
        day_confirmed_worsening=later.day.min(),
        day_pira=ibis.ifelse(later.association == PIRA, later.day, none).min(),
        day_raw=ibis.ifelse(later.association == RAW, later.day, none).min())
    both = baseline.select("trial_id").left_join(days, "trial_id").drop("trial_id_right")
    return engine.keep(both.mutate(has_baseline=ibis.literal(True)), "worsening")


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


def _find_baseline_days(tables: Tables, index: Expression, months: int) -> Expression:
    """The day of the last score outside a relapse, on the index day or in so many months before it."""
    since = index.mutate(since=months_before(index.index_day, months)).select(
        "trial_id", "person_id", "index_day", "seen_last", "since")
    rows = since.join(tables.scores, "person_id")
    seen = rows.filter((rows.day_last <= rows.index_day) & (rows.day >= rows.since)
                       & ~rows.during_relapse.fill_null(False))
    return seen.group_by("trial_id", "person_id", "index_day", "seen_last").agg(baseline_day=seen.day.max())
