"""A study of the library as plain text: who, what was done, how far to trust it, and every finding."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.evidence.study import Effect, Finding, Study

_INDENT = "    "


def write_study_row(study: Study) -> str:
    """One line of the list of studies."""
    people = study.population.n if study.population.n is not None else "unknown"
    flag = f"  [retracted {study.retracted}]" if study.retracted else ""
    return (
        f"{study.id:<24} {study.design:<15} {study.read:<9} {people!s:>8} "
        f"{len(study.findings):>4}  {study.title}{flag}"
    )


def write_study(study: Study) -> str:
    """The whole study, one fact a line."""
    return "\n".join([*_write_head(study), "", *_write_trust(study), "", *_write_findings(study)])


def _write_head(study: Study) -> Iterator[str]:
    yield f"{study.id}: {study.title}"
    if study.retracted:
        yield f"RETRACTED {study.retracted}: enters no pool"
    if study.simulated:
        yield "SIMULATED: its people are invented"
    parts = [study.authors, study.journal, f"published {study.published}", study.trial]
    yield "; ".join(part for part in parts if part)
    yield "source: " + ", ".join(_find_sources(study))
    about = [study.disease, ", ".join(study.courses), study.design, study.setting]
    yield "; ".join(part for part in about if part)
    for arm in study.arms:
        drugs = f", {', '.join(arm.therapies)}" if arm.therapies else ""
        yield f"arm {arm.id}: {arm.strategy}, {_say(arm.n)} people{drugs}"


def _find_sources(study: Study) -> Iterator[str]:
    if study.pmid:
        yield f"PMID {study.pmid}"
    if study.doi:
        yield f"DOI {study.doi}"
    yield from study.urls


def _say(value: object) -> str:
    return "an unknown number of" if value is None else str(value)


def _write_trust(study: Study) -> Iterator[str]:
    yield f"read: {study.read}, added {study.added}"
    if study.limits:
        yield f"limits: {study.limits}"
    for row in study.appraisal:
        yield f"{row.domain}: {row.concern} ({row.reason})"
    if study.overlaps:
        yield f"may hold the same people as: {', '.join(study.overlaps)}"


def _write_findings(study: Study) -> Iterator[str]:
    yield f"{len(study.findings)} findings"
    for finding in study.findings:
        yield from ("", *_write_finding(finding))


def _write_finding(finding: Finding) -> Iterator[str]:
    yield f"{finding.id}: {finding.outcome}, {_write_strategy(finding)}"
    yield _INDENT + "; ".join(_write_numbers(finding))
    yield f"{_INDENT}counted: {finding.definition} [{finding.locator}]"
    lines = (
        ("contrast", finding.covariate_contrast),
        ("people", finding.subgroup),
        ("note", finding.note),
        ("computed here", ", ".join(finding.computed)),
        ("misprinted", finding.misprinted),
        ("not pooled", finding.not_pooled),
    )
    for name, text in lines:
        if text:
            yield f"{_INDENT}{name}: {text}"


def _write_strategy(finding: Finding) -> str:
    left = ", ".join(finding.therapies or finding.groups)
    reached = ", ".join(finding.to_therapies or finding.to_groups)
    parts = [
        finding.strategy,
        left,
        f"to {reached}" if reached else "",
        f"every {finding.interval_days} days" if finding.interval_days else "",
    ]
    return " ".join(part for part in parts if part)


def _write_numbers(finding: Finding) -> Iterator[str]:
    """What is printed, in the order count, share, rate, contrast, time; words when there is no number."""
    if finding.report == "words":
        yield "in words only"
    if finding.events is not None:
        yield f"{finding.events} of {_say(finding.n)}" + (" people" if finding.n is None else "")
    elif finding.n is not None:
        yield f"{finding.n} people"
    if finding.proportion is not None:
        bounds = _write_interval(finding.proportion_low, finding.proportion_high, 100)
        yield f"{100 * finding.proportion:.4g}%{bounds}"
    if finding.rate is not None:
        yield (
            f"{finding.rate:g} per 100 person-years{_write_interval(finding.rate_low, finding.rate_high, 1)}"
        )
    if finding.effect is not None:
        yield _write_effect(finding.effect)
    yield _write_time(finding)


def _write_effect(effect: Effect) -> str:
    value = "without a value" if effect.value is None else f"{effect.value:g}"
    p = f", p {effect.p}" if effect.p else ""
    return f"{effect.measure} {value}{_write_interval(effect.low, effect.high, 1)}{p} against {effect.versus}"


def _write_interval(low: float | None, high: float | None, scale: int) -> str:
    return "" if low is None or high is None else f" ({scale * low:.4g} to {scale * high:.4g})"


def _write_time(finding: Finding) -> str:
    if finding.time_years is None:
        return "time unknown"
    return f"{finding.time_years:g} years ({finding.time_kind})"
