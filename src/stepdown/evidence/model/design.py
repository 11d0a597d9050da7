"""What the model sees of groups of people: numbers, and the doubt that missing facts leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Flags, Floats
from stepdown.evidence.model.arms import FAMILIES, OUTCOMES, STRATEGIES, Arms
from stepdown.evidence.model.settings import coefficient_names, prior_means, read_settings

#: The size of the hazard is its mean over this many years.
SPAN_YEARS = 2.0
_LARGEST_SPAN_OF_AGES = 12.0


@dataclass(frozen=True, eq=False)
class Design:
    """Columns of the predictor of the log cumulative hazard, an offset, and a variance for the unknown."""

    columns: Floats
    offset: Floats
    doubt: Floats


@dataclass(frozen=True, eq=False)
class _Taken:
    """A fact with its value filled in where it is missing, and its standard deviation."""

    value: Floats
    sd: Floats


def to_design(arms: Arms) -> Design:
    """The design of every row."""
    age, quiet, mri = _age(arms), _quiet(arms), _mri(arms)
    progressive, years, to_high = _progressive(arms), _years(arms), _to_high(arms)
    known = ~np.isnan(arms.families[:, 0])
    share = np.where(known[:, None], arms.families, _first_line_only())
    columns = _fill(arms, share, age, quiet, mri, progressive, years, to_high)
    doubt = _doubt(arms, known, age, quiet, mri, progressive, years, to_high)
    return Design(columns, np.full(len(arms), np.log(SPAN_YEARS)), doubt)


def _first_line_only() -> Floats:
    return np.array([1.0] + [0.0] * (len(FAMILIES) - 1))


def _is(arms: Arms, outcome: str) -> Floats:
    return np.asarray(arms.outcome == OUTCOMES.index(outcome), dtype=float)


def _does(arms: Arms, *strategies: str) -> Floats:
    does = [arms.strategy == STRATEGIES.index(name) for name in strategies]
    return np.asarray(np.logical_or.reduce(does), dtype=float)


def _fill(
    arms: Arms,
    share: Floats,
    age: _Taken,
    quiet: _Taken,
    mri: _Taken,
    progressive: _Taken,
    years: _Taken,
    to_high: _Taken,
) -> Floats:
    """The columns by name, in the order of the coefficients."""
    worse = _is(arms, "confirmed_worsening")
    inflamed = 1 - worse
    off, switched = _does(arms, "stop", "switch"), _does(arms, "switch")
    asked = (quiet.value > 0) * inflamed
    _, natalizumab, s1p, anti_cd20, long_acting = share.T
    log_time = np.log(years.value / SPAN_YEARS)
    rebound, lasting = inflamed * off * (natalizumab + s1p), inflamed * off * (anti_cd20 + long_acting)
    settings = read_settings()
    by_name = {
        "level": inflamed,
        **{name: _is(arms, name) for name in ("mri_activity", "any_activity", "reactivation")},
        "age": inflamed * (age.value - settings["age_reference"]) / 10,
        "quiet_asked": asked,
        "quiet": asked * (np.log1p(quiet.value) - np.log1p(settings["quiet_reference"])),
        "mri": inflamed * mri.value,
        "progressive": inflamed * progressive.value,
        "left_natalizumab": inflamed * off * natalizumab,
        "left_s1p": inflamed * off * s1p,
        "left_anti_cd20": inflamed * off * anti_cd20,
        "left_long_acting": inflamed * off * long_acting,
        "on_first_line": inflamed * (1 - off) * share[:, 0],
        "on_high": inflamed * (1 - off) * (1 - share[:, 0]),
        "extended": inflamed * _does(arms, "extend"),
        "to_mild": inflamed * switched * (1 - to_high.value),
        "to_high": inflamed * switched * to_high.value,
        "strict": inflamed * arms.strict,
        "repeated": inflamed * arms.repeated,
        "worsening": worse,
        "worsening_off": worse * off,
        "worsening_progressive": worse * progressive.value,
        "exponent": log_time * (1 - rebound - lasting),
        "exponent_rebound": log_time * rebound,
        "exponent_anti_cd20": log_time * lasting,
    }
    return np.column_stack([by_name[name] for name in coefficient_names()])


def _doubt(
    arms: Arms,
    known: Flags,
    age: _Taken,
    quiet: _Taken,
    mri: _Taken,
    progressive: _Taken,
    years: _Taken,
    to_high: _Taken,
) -> Floats:
    """The variance of the log hazard that missing facts leave, at the prior means of the coefficients."""
    size = dict(zip(coefficient_names(), prior_means(), strict=True))
    worse = _is(arms, "confirmed_worsening")
    time = (size["exponent"] * years.sd) ** 2
    inflamed = (
        (size["age"] * age.sd / 10) ** 2
        + (size["quiet"] * quiet.sd / (1 + quiet.value)) ** 2
        + (size["mri"] * mri.sd) ** 2
        + (size["progressive"] * progressive.sd) ** 2
        + np.where(known, 0.0, read_settings()["missing"]["group_unknown_sd"]) ** 2
        + _does(arms, "switch") * ((size["to_high"] - size["to_mild"]) * to_high.sd) ** 2
    )
    return np.asarray(
        time + np.where(worse > 0, (size["worsening_progressive"] * progressive.sd) ** 2, inflamed)
    )


def _either(value: Floats, sd: Floats | float, else_value: Floats | float, else_sd: Floats | float) -> _Taken:
    """A value with its deviation where it is known, another pair where it is not."""
    missing = np.isnan(value)
    return _Taken(np.where(missing, else_value, value), np.where(missing, else_sd, sd))


def _age(arms: Arms) -> _Taken:
    """The mean age: as printed; the middle of both bounds; above the least age; else that of such studies."""
    missing = read_settings()["missing"]
    stop = _does(arms, "stop") > 0
    usual = _Taken(
        np.where(stop, missing["age_stop"][0], missing["age_other"][0]),
        np.where(stop, missing["age_stop"][1], missing["age_other"][1]),
    )
    more, more_sd = missing["age_above_least"]
    tells = arms.age_min >= usual.value - more
    above = _either(np.where(tells, arms.age_min + more, np.nan), more_sd, usual.value, usual.sd)
    span = arms.age_max - arms.age_min
    both = np.where(span <= 2 * _LARGEST_SPAN_OF_AGES, (arms.age_min + arms.age_max) / 2, np.nan)
    between = _either(both, span / np.sqrt(12), above.value, above.sd)
    only_under = np.isnan(arms.age_min) & (arms.age_max < usual.value + more)
    under = _either(np.where(only_under, arms.age_max - more, np.nan), more_sd, between.value, between.sd)
    taken = _either(arms.age_mean, 0.0, under.value, under.sd)
    low, high = read_settings()["age_limits"]
    held = np.clip(taken.value, low, high)
    # Nobody was studied beyond the limits: each year beyond leaves a year of doubt.
    return _Taken(held, np.hypot(taken.sd, taken.value - held))


def _quiet(arms: Arms) -> _Taken:
    """Years of quiet: the mean; the middle of both bounds; above the least; 0 where not asked for."""
    more, more_sd = read_settings()["missing"]["quiet_above_least"]
    above = _either(arms.quiet_min + more, more_sd, 0.0, 0.0)
    above = _Taken(
        np.where(arms.quiet_min > 0, above.value, 0.0), np.where(arms.quiet_min > 0, above.sd, 0.0)
    )
    span = arms.quiet_max - arms.quiet_min
    between = _either((arms.quiet_min + arms.quiet_max) / 2, span / np.sqrt(12), above.value, above.sd)
    taken = _either(arms.quiet_mean, 0.0, between.value, between.sd)
    return _Taken(np.clip(taken.value, 0.0, read_settings()["quiet_limit"]), taken.sd)


def _mri(arms: Arms) -> _Taken:
    """The share with new lesions before the step, or what is usual with and without quiet being asked for."""
    missing = read_settings()["missing"]
    asked = (arms.quiet_mean > 0) | (arms.quiet_min > 0)
    usual = [
        np.where(asked, quiet, anyone)
        for quiet, anyone in zip(missing["mri_quiet"], missing["mri_open"], strict=True)
    ]
    return _either(arms.mri, 0.0, usual[0], usual[1])


def _progressive(arms: Arms) -> _Taken:
    """The share with a progressive course; of a mixture only that it is one is known."""
    missing = read_settings()["missing"]
    mixed, mixed_sd = missing["progressive_mixed"]
    value = np.where(arms.mixed_course, mixed, arms.progressive)
    sd = np.where(arms.mixed_course, mixed_sd, 0.0)
    return _either(value, sd, *missing["progressive_unknown"])


def _years(arms: Arms) -> _Taken:
    """How long they are watched; the deviation is on the log scale."""
    return _either(arms.years, 0.0, *read_settings()["missing"]["years_unknown"])


def _to_high(arms: Arms) -> _Taken:
    """The share that went to a drug of high efficacy."""
    return _either(arms.to_high, 0.0, *read_settings()["missing"]["to_high_unknown"])
