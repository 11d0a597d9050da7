"""A pool of the library as plain text and as plain data: what went in, what was left out, what came out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from stepdown.evidence.carrying import judge_horizon
from stepdown.evidence.cells import Cell, Gathered, Member
from stepdown.evidence.meta.pooled import Excluded, PooledHazard, Sensitivity, StudyLine
from stepdown.evidence.risk import Pool

_PER_100 = 100.0


def say_cell(cell: Cell) -> str:
    """The question of a cell on one line."""
    to_group = "any milder drug" if cell.direction == "down" else cell.to_group
    parts = [f"{cell.outcome}, {cell.strategy} {cell.therapy or cell.group}"]
    parts += [f"to {to_group}"] if to_group else []
    parts += [f"every {cell.interval_days} days"] if cell.interval_days else []
    return f"{' '.join(parts)}; people chosen: {cell.selection}"


def to_data(cell: Cell, pool: Pool | Gathered, years: float | None) -> dict[str, Any]:
    """A pool as plain data for JSON: rates per 100 person-years, risks per 100 people, null where unknown."""
    gathered = pool.gathered if isinstance(pool, Pool) else pool
    data: dict[str, Any] = {"question": say_cell(cell), "selection": cell.selection}
    data |= _to_result(pool, years) if isinstance(pool, Pool) else {"poolable": False, "reason": _why(pool)}
    return {**data, "excluded": [_to_excluded(row) for row in gathered.excluded]}


def _why(gathered: Gathered) -> str:
    """Why nothing is pooled."""
    return "no finding is usable" if gathered.excluded else "no study in the library reports this"


def _to_excluded(row: Excluded) -> dict[str, str]:
    return {"study": row.study, "finding": row.finding, "reason": row.reason}


def _to_result(pool: Pool, years: float | None) -> dict[str, Any]:
    pooled = pool.pooled
    return {
        "poolable": True,
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
        "rate_per_100_person_years": _to_rates(pooled.estimate, pooled.low, pooled.high),
        "predictive_per_100_person_years": _to_rates(*pooled.predict()),
        "spread": _to_triple(pooled.spread.estimate, pooled.spread.low, pooled.spread.high),
        "risk": None if years is None else _to_risk(pool, years),
        "members": [_to_member(member, pooled) for member in pool.gathered.members],
        "sensitivity": [_to_sensitivity(row) for row in pooled.sensitivity],
        "notes": list(pooled.notes),
        "data_hash": pooled.data_hash,
    }


def _to_sensitivity(row: Sensitivity) -> dict[str, Any]:
    """The same pool under another prior of the spread."""
    rates = _to_rates(row.estimate, row.low, row.high)
    return {"prior_scale": row.prior_scale, "rate_per_100_person_years": rates}


def _to_triple(estimate: float | None, low: float | None, high: float | None) -> dict[str, float | None]:
    return {"estimate": _finite(estimate), "low": _finite(low), "high": _finite(high)}


def _finite(value: float | None) -> float | None:
    """JSON knows no infinity."""
    return value if value is not None and math.isfinite(value) else None


def _to_rates(*logs: float) -> dict[str, float | None]:
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
        "n": finding.n,
        "events": finding.events,
        "proportion": finding.proportion,
        "years": finding.time_years,
        "time_kind": finding.time_kind,
        "weight": line.weight,
        "rate_per_100_person_years": _to_rates(line.value, line.low, line.high),
    }


def write_pool(data: dict[str, Any]) -> str:
    """One pool as text."""
    return "\n".join(_write_lines(data))


def _write_lines(data: dict[str, Any]) -> Iterator[str]:
    yield data["question"]
    if data["poolable"]:
        yield from _write_result(data)
    else:
        yield f"  not poolable: {data['reason']}"
    yield from (f"  left out: {row['study']}#{row['finding']}: {row['reason']}" for row in data["excluded"])


def _write_result(data: dict[str, Any]) -> Iterator[str]:
    studies = "1 study" if data["k"] == 1 else f"{data['k']} studies"
    yield f"  {studies}, {_say(data['n'])} people, {_say(data['events'])} events"
    yield f"  longest follow-up: {data['watched_years']:.2g} years"
    yield f"  per 100 person-years: {_say_triple(data['rate_per_100_person_years'])}"
    yield from _write_predicted("", data["predictive_per_100_person_years"], data["k"])
    if data["risk"]:
        yield from _write_risk(data["risk"], data["k"])
    yield f"  method: {data['method']}. {data['methods_sentence']}"
    yield from (f"  {row['ran']} in place of {row['asked']}: {row['why']}" for row in data["fallbacks"])
    yield from map(_write_member, data["members"])
    yield from (f"  note: {note}" for note in data["notes"])


def _write_predicted(of: str, triple: dict[str, float | None], studies: int) -> Iterator[str]:
    """What another study would find; one study alone tells nothing of that, whatever a prior says."""
    if studies > 1:
        yield f"  {of}in another study like these: {_say_triple(triple)}"


def _write_risk(risk: dict[str, Any], studies: int) -> Iterator[str]:
    if risk["per_100"] is None:
        yield f"  within {risk['years']:g} years: unknown; {risk['reason']}"
        return
    reason = f"; {risk['reason']}" if risk["reason"] else ""
    per_100 = _say_triple(risk["per_100"])
    yield f"  per 100 people within {risk['years']:g} years, {risk['status']}: {per_100}{reason}"
    yield from _write_predicted("per 100 people ", risk["predictive_per_100"], studies)


def _write_member(member: dict[str, Any]) -> str:
    rate = _say_triple(member["rate_per_100_person_years"])
    return (
        f"  in the pool: {member['study']}#{member['finding']} ({member['design']}), "
        f"{_say_people(member)}, weight {100 * member['weight']:.0f} %, per 100 person-years {rate}"
    )


def _say_people(member: dict[str, Any]) -> str:
    """How many people, and how many of them had the event where that is printed."""
    if member["events"] is not None:
        return f"{member['events']} of {_say(member['n'])}"
    share = f"{100 * member['proportion']:.3g} % of " if member["proportion"] is not None else ""
    return f"{share}{_say(member['n'])} people"


def _say(value: float | None) -> str:
    """A number of people or events; events worked out from a rate are rarely whole."""
    if value is None:
        return "an unknown number of"
    return f"{value:.0f}" if value == round(value) else f"about {value:.0f}"


def _say_triple(triple: dict[str, float | None]) -> str:
    low, high = (_say_number(triple[name]) for name in ("low", "high"))
    return f"{_say_number(triple['estimate'])} ({low} to {high})"


def _say_number(value: float | None) -> str:
    return "unbounded" if value is None else f"{value:.3g}"
