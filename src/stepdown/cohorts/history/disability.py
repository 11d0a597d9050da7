"""Whether the EDSS had worsened by an index day, as the one-person rule of ``ms.disability`` says it."""

from __future__ import annotations

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.outcomes.rule_sets import RuleSet
from stepdown.cohorts.outcomes.worsening import find_changes


def confirmed_worsening(engine: Engine, index: Expression, scores: Expression, relapses: Expression,
                        rules: RuleSet) -> Expression:
    """``trial_id`` with ``confirmed_worsening``: true, false, or NULL for a rise that nothing confirms yet.

    ``confirmed_on`` is the day of the score that confirms the first one, NULL where there is none.
    Only scores made by the index day are seen; fewer than two of them tell nothing.
    """
    ibis = load_ibis()
    rows = index.select("trial_id", "person_id", "index_day").join(scores, "person_id")
    seen = rows.filter(rows.day_last <= rows.index_day).drop("person_id").rename(person_id="trial_id")
    before = index.select("person_id", "trial_id").join(relapses, "person_id").drop("person_id").rename(
        person_id="trial_id")
    changes = find_changes(engine, engine.keep(seen, "seen"), before, rules)
    worse = changes.events.filter(changes.events.kind == "worsening").group_by("person_id").agg(
        events=ibis._.count(), confirmed_on=ibis._.confirm_day.min())
    pending = changes.pending.select("person_id", pending=ibis.literal(True))
    scored = changes.scores.group_by("person_id").agg(used=ibis._.count())
    found = scored.left_join(worse, "person_id").drop("person_id_right")
    found = found.left_join(pending, "person_id").drop("person_id_right")
    truth = ibis.cases((found.events.notnull(), True), (found.pending.notnull(), ibis.null("boolean")),
                       (found.used < 2, ibis.null("boolean")), else_=False)
    known = found.select(trial_id="person_id", confirmed_worsening=truth, confirmed_on="confirmed_on")
    everybody = index.select("trial_id").left_join(known, "trial_id").drop("trial_id_right")
    return engine.keep(everybody, "worsened")
