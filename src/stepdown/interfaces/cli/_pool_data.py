"""A question of the library and its pools as plain data: what went in, what was left out, what came out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from stepdown.evidence.apart import Alternative, Apart, Weighed
from stepdown.evidence.carrying import judge_horizon
from stepdown.evidence.cells import Cell, Gathered, Member
from stepdown.evidence.meta.pooled import Excluded, PooledHazard, Sensitivity, StudyLine
from stepdown.evidence.pool import Pool

_PER_100 = 100.0


def say_question(cell: Cell) -> str:
    """The question of a cell on one line."""
    to_group = "any milder drug" if cell.direction == "down" else cell.to_group
    parts = [f"{cell.outcome}, {cell.strategy} {cell.therapy or cell.group}".rstrip()]
    parts += [f"to {to_group}"] if to_group else []
    parts += [f"every {cell.interval_days} days"] if cell.interval_days else []
    return f"{' '.join(parts)}; people chosen: {cell.selection}"


def to_data(apart: Apart, years: float | None, set_aside: Iterable[Excluded] = ()) -> dict[str, Any]:
    """A question as plain data for JSON: rates per 100 person-years, risks per 100, null if unknown."""
    excluded = (*apart.gathered.excluded, *set_aside)
    data: dict[str, Any] = {"question": say_question(apart.cell), "selection": apart.cell.selection}
    data |= {"poolable": bool(apart.pools), "reason": _why(apart.gathered, excluded)}
    return {
        **data,
        "pools": [{"evidence": kind, **_to_result(pool, years)} for kind, pool in apart.pools],
        "alternative": _to_alternative(apart.alternative) if apart.alternative else None,
        "excluded": [{"study": row.study, "finding": row.finding, "reason": row.reason} for row in excluded],
    }


def _why(gathered: Gathered, excluded: tuple[Excluded, ...]) -> str | None:
    """Why nothing is pooled."""
    if gathered.members:
        return None
    return "no finding is usable" if excluded else "no study in the library reports this"


def _to_result(pool: Pool, years: float | None) -> dict[str, Any]:
    pooled = pool.pooled
    return {
        "k": pooled.k,
        "n": pooled.n,
        "events": pooled.events,
        "person_years": pooled.person_years,
        "watched_years": pool.watched,
        "asked": pooled.asked,
        "method": pooled.method,
        "fallbacks": [{"asked": row.asked, "ran": row.ran, "why": row.why} for row in pooled.fallbacks],
        "methods_sentence": pooled.methods_sentence,
        "level": pooled.level,
        "rate_per_100_person_years": to_rates(pooled.estimate, pooled.low, pooled.high),
        "predictive_per_100_person_years": to_rates(*pooled.predict()),
        "spread": _to_triple(pooled.spread.estimate, pooled.spread.low, pooled.spread.high),
        "risk": None if years is None else _to_risk(pool, years),
        "members": [_to_member(member, pooled) for member in pool.gathered.members],
        "sensitivity": [_to_sensitivity(row) for row in pooled.sensitivity],
        "notes": list(pooled.notes),
        "data_hash": pooled.data_hash,
    }


def _to_alternative(alternative: Alternative) -> dict[str, Any]:
    """Both kinds of evidence together, with the weight of each study, and the same at full weight."""
    pooled, plain = alternative.pool.pooled, alternative.full_weight
    return {
        "weighing": alternative.method,
        "k": pooled.k,
        "method": pooled.method,
        "methods_sentence": pooled.methods_sentence,
        "rate_per_100_person_years": to_rates(pooled.estimate, pooled.low, pooled.high),
        "predictive_per_100_person_years": to_rates(*pooled.predict()),
        "studies": [_to_weighed(row) for row in alternative.weighed],
        "full_weight": {
            "rate_per_100_person_years": to_rates(plain.estimate, plain.low, plain.high),
            "predictive_per_100_person_years": to_rates(*plain.predict()),
        },
    }


def _to_weighed(row: Weighed) -> dict[str, Any]:
    return {
        "study": row.study,
        "design": row.design,
        "concern": row.concern,
        "power": row.power,
        "weight": row.weight,
    }


def _to_sensitivity(row: Sensitivity) -> dict[str, Any]:
    """The same pool under another prior of the spread."""
    rates = to_rates(row.estimate, row.low, row.high)
    return {"prior_scale": row.prior_scale, "rate_per_100_person_years": rates}


def _to_triple(estimate: float | None, low: float | None, high: float | None) -> dict[str, float | None]:
    return {"estimate": to_finite(estimate), "low": to_finite(low), "high": to_finite(high)}


def to_finite(value: float | None) -> float | None:
    """The value, or null: JSON knows no infinity."""
    return value if value is not None and math.isfinite(value) else None


def to_rates(*logs: float) -> dict[str, float | None]:
    """Events per 100 person-years from log hazards."""
    return _to_triple(*(_PER_100 * math.exp(min(value, 700.0)) for value in logs))


def _to_risk(pool: Pool, years: float) -> dict[str, Any]:
    """The risk per 100 people within some years; unknown where it may not be carried so far."""
    status, reason = judge_horizon(years, pool.watched, pool.cell.group, pool.cell.strategy)
    known = status != "unknown"
    return {
        "years": years,
        "status": status,
        "reason": reason,
        "per_100": _to_hundred(pool.pooled.risk_at(years)) if known else None,
        "predictive_per_100": _to_hundred(pool.pooled.predicted_risk_at(years)) if known else None,
    }


def _to_hundred(risks: tuple[float, float, float]) -> dict[str, float | None]:
    return _to_triple(*(_PER_100 * risk for risk in risks))


def _find_line(member: Member, pooled: PooledHazard) -> StudyLine:
    return next(line for line in pooled.studies if line.study == member.study.id)


def _to_member(member: Member, pooled: PooledHazard) -> dict[str, Any]:
    line, finding = _find_line(member, pooled), member.finding
    return {
        "study": member.study.id,
        "finding": finding.id,
        "design": member.study.design,
        "simulated": member.study.simulated,
        "n": finding.n,
        "events": finding.events,
        "proportion": finding.proportion,
        "years": finding.time_years,
        "time_kind": finding.time_kind,
        "weight": line.weight,
        "rate_per_100_person_years": to_rates(line.value, line.low, line.high),
    }
