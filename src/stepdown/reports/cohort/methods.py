"""The methods of a cohort as a paragraph that could stand in a paper, from its protocol."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.cohorts.population.first_days import ON_MRI, choose_rules
from stepdown.cohorts.protocol.model import Criterion, Protocol

_INDEX = {
    "visit": "each visit on which a person was eligible",
    "stop": "the day on which the treatment was stopped",
    "landmark": "a landmark day after the start of a treatment",
    "event": "the first event of the kind under study",
    "calendar": "the first day of every {months} of the calendar on which a person was eligible, as in a "
                "sequence of trials",
}
_CHANGES = {"leaves": "left the strategy to continue",
            "same-efficacy": "left the strategy to continue, unless its efficacy was the same",
            "goes-on": "was continuing"}
_ESTIMANDS = {
    "ate": "the average effect in everybody eligible (inverse probability of treatment)",
    "ate-stabilised": "the average effect in everybody eligible (stabilised weights)",
    "att": "the average effect in those who followed the strategy of interest (ATT)",
    "overlap": "the effect in people for whom either choice was likely (overlap weights)",
}
_MISSING = {
    "indicator": "Covariates that were not known were marked by indicators",
    "multiple-imputation": "Covariates that were not known were imputed {n} times (predictive mean matching)",
}


def write_methods(protocol: Protocol) -> tuple[str, ...]:
    """The sentences, in the order of a methods section."""
    return tuple(_write(protocol))


def _write(protocol: Protocol) -> Iterator[str]:
    yield f"The protocol asked: {protocol.question} It follows {protocol.source}."
    every = protocol.index.every_months
    months = "month" if every == 1 else f"{every} months"
    yield (f"The clock started on {_INDEX[protocol.index.event].format(months=months)}"
           + ("; a person could enter more than once." if protocol.index.trials == "all"
              else "; each person entered once, on the first such day."))
    yield "Criteria, in order: " + "; ".join(map(describe_criterion, protocol.population)) + "."
    yield ("A criterion that could not be judged from what was on file excluded the day unless stated "
           "otherwise; these are counted apart as unknown. Nobody was selected for what happened later.")
    yield from _write_strategies(protocol)
    yield from _write_outcomes(protocol)
    if len(protocol.strategies) == 2:
        yield from _write_weights(protocol)
    yield from _write_intervals(protocol)
    if protocol.disclosure.threshold > 1:
        hidden, step = protocol.disclosure.threshold - 1, protocol.disclosure.step
        yield (f"In what is published, counts from 1 to {hidden} are hidden, others are rounded to multiples "
               f"of {step}, and results that rest on fewer events are withheld.")
    else:
        yield f"Small counts are not hidden; counts are rounded to multiples of {protocol.disclosure.step}."


def _write_intervals(protocol: Protocol) -> Iterator[str]:
    bootstrap = protocol.bootstrap
    yield ("Intervals (95 %) of risks, differences and ratios allow for the weights being estimated and take "
           "all entries of a person together. For outcomes with at most "
           f"{bootstrap.up_to_rows:,} entries they come from {bootstrap.replicates:,} bootstrap samples of "
           "people, with the models of the weights fitted anew (one Newton step); for others from the "
           "influence of each person on the result, through these models. Where a group had no event, the "
           "exact bound of those still followed takes their place. Intervals of proportions and rates are "
           "exact; that of a hazard ratio takes the weights as given.")


def describe_criterion(criterion: Criterion) -> str:
    """One criterion in a few words."""
    bounds = [f"{word} {value:g}" for word, value in (
        ("at least", criterion.at_least), ("at most", criterion.at_most), ("under", criterion.less_than))
        if value is not None]
    words = [f"one of {', '.join(criterion.any_of)}"] if criterion.any_of else []
    words += [f"none of {', '.join(criterion.none_of)}"] if criterion.none_of else []
    truth = [] if criterion.holds is None else ["yes" if criterion.holds else "no"]
    back = f" in the last {criterion.months} months" if criterion.months else ""
    kept = ", unknown kept" if criterion.if_unknown == "include" else ""
    fact = criterion.fact.replace("_", " ")
    return f"{fact}{back} {' and '.join(bounds + words + truth)}{kept}"


def _write_strategies(protocol: Protocol) -> Iterator[str]:
    if len(protocol.strategies) == 1:
        yield f"One group was followed ({protocol.target.name}); nothing was compared."
        return
    target = protocol.target
    yield (f"{target.name} ({target.action}) was compared with {protocol.comparator}, as in an emulated "
           "target trial.")
    if target.action == "group":
        return
    if target.grace_days:
        yield (f"The strategy could begin within {target.grace_days} days: each entry was followed under "
               "both strategies and censored when it agreed with one no longer (clone, censor, weight).")
    else:
        yield ("Entries followed the strategy begun on the index day; those who went on were censored on the "
               "day on which they began the other one.")


def _write_outcomes(protocol: Protocol) -> Iterator[str]:
    names = ", ".join(outcome.name.replace("_", " ") for outcome in protocol.outcomes)
    years = protocol.follow_up.years
    yield f"Outcomes were {names}, from the day after the index day for up to {years:g} years."
    yield ("Risks are cumulative incidences (Aalen-Johansen) with death as a competing event. A relapse "
           "lasted 24 hours or more, without fever or infection, 30 days or more after the last one "
           f"({protocol.definitions.relapse.source}).")
    if any(outcome.kind in ON_MRI for outcome in protocol.outcomes):
        yield ("For outcomes on MRI follow-up ended with the last scan that told of activity, people without "
               "one after the index day were left out, and lesions were dated to the scan that showed them "
               "(interval-censored).")
    going_on = next((each for each in protocol.strategies if each.action == "continue"), None)
    if going_on is not None and protocol.target.action != "group":
        yield f"A change to another drug {_CHANGES[going_on.another_drug]}."
    rules = choose_rules(protocol.definitions)
    yield (f"Worsening followed the rule set {rules.name} (EDSS +1.5 from 0, +1.0 up to "
           f"{rules.last_whole_step:g}, +0.5 above), confirmed {rules.confirm_days / 7:g} weeks later "
           f"({protocol.definitions.worsening.source}).")


def _write_weights(protocol: Protocol) -> Iterator[str]:
    weights = protocol.weights
    names = ", ".join(each.name.replace("_", " ") for each in protocol.covariates)
    if protocol.target.grace_days == 0:
        yield (f"Weights aimed at {_ESTIMANDS[weights.estimand]}, from a logistic model of the strategy "
               f"given {names} on the index day.")
    if weights.censoring:
        yield (f"Weights for censoring, by loss and by leaving the strategy, came from pooled logistic "
               f"models in steps of {weights.step_days} days given {names or 'time'}, time, the last scan "
               "and relapses since.")
    missing = _MISSING[protocol.missing.method].format(n=protocol.missing.imputations)
    yield f"{missing}; results of complete cases stand beside them."
