"""Who was studied, where the study is, and every result of it in a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stepdown.evidence.study import Finding, Study
from stepdown.literature.spans import find_spans
from stepdown.literature.summaries.choosing import Chosen
from stepdown.literature.summaries.from_record import tell_conflicts, tell_funding
from stepdown.literature.summaries.measuring import measure
from stepdown.literature.summaries.summary import Claim, ResultRow, Source
from stepdown.literature.summaries.words import (
    find_disease_kind,
    name_disease,
    name_people,
    name_time,
    read_words,
    say,
    show_ratio,
)
from stepdown.ms.dates import say_when
from stepdown.ms.drug_words import plain_drug

if TYPE_CHECKING:
    from stepdown.literature.citation import Citation


def tell_banners(study: Study) -> tuple[str, ...]:
    """What comes before everything else: withdrawn, corrected, not about MS."""
    found = []
    for field in ("retracted", "concern", "corrected"):
        if (when := getattr(study, field)) is not None:
            found.append(say(f"banner.{field}", when=say_when(when)))
    if study.disease != "MS":
        banners, kind = read_words("wording")["banner"], find_disease_kind(study)
        found.append(str(banners.get(kind, banners["other"])))
    return tuple(found)


def tell_who(study: Study) -> Iterator[Claim]:
    """How many, how old, quiet for how long, and how they came into their groups."""
    people = study.population
    total = say("who.total_unknown") if people.n is None else say("who.total", n=f"{people.n:,}")
    yield Claim("people", total, study.id)
    if people.age_mean is not None:
        yield Claim("age", say("who.age", age=round(people.age_mean)), study.id)
    elif people.age_median is not None:
        yield Claim("age", say("who.age_median", age=round(people.age_median)), study.id)
    if people.years_quiet_min:
        yield Claim("quiet", say("who.quiet", time=name_time(people.years_quiet_min)), study.id)
    yield Claim("design", say(f"who.design_{study.design}"), study.id)


def find_facts(study: Study, chosen: Chosen) -> tuple[tuple[str, str], ...]:
    """Rows about the study; what was not read says so."""
    words, people = read_words("facts"), study.population
    rows = {
        "disease": name_disease(study),
        "people": None if people.n is None else f"{people.n:,}",
        "age": _name_age(study),
        "courses": ", ".join(words["course"].get(course, course) for course in study.courses) or None,
        "drugs": ", ".join(map(plain_drug, _find_drugs(study))) or None,
        "quiet": name_time(people.years_quiet_min) if people.years_quiet_min else None,
        "women": None if people.female_percent is None else f"{people.female_percent:.0f} of every 100",
        "setting": study.setting,
        "design": words["design"].get(study.design, study.design),
        "watched": name_time(years) if (years := chosen.main.finding.time_years) else None,
    }
    labels = dict(words["label"])
    if study.disease != "MS":
        labels["courses"] = labels["courses_other"]
    return tuple((labels[key], value or labels["unknown"]) for key, value in rows.items())


def _name_age(study: Study) -> str | None:
    people, words = study.population, read_words("facts")["age"]
    for key in ("age_mean", "age_median", "age_min"):
        value: float | None = getattr(people, key)
        if value is not None:
            return str(words[key]).format(age=round(value))
    return None


def _find_drugs(study: Study) -> tuple[str, ...]:
    """Every drug that the arms or the findings name, each once."""
    named = [*(arm.therapies for arm in study.arms), *(finding.therapies for finding in study.findings)]
    named += [finding.to_therapies for finding in study.findings]
    return tuple(dict.fromkeys(name for names in named for name in names))


def find_results_table(study: Study, citation: Citation | None = None) -> tuple[ResultRow, ...]:
    """Every finding of the study as the library has it, words and contrasts too: nothing is lost.

    With the citation, where in its abstract the numbers stand.
    """
    return tuple(_to_row(study, finding, citation) for finding in study.findings)


def _to_row(study: Study, finding: Finding, citation: Citation | None) -> ResultRow:
    time = name_time(finding.time_years) if finding.time_years else read_words("facts")["label"]["unknown"]
    people = name_people(study, finding)
    if finding.subgroup and finding.subgroup not in people:
        people = f"{people} ({finding.subgroup})"
    note = "; ".join(part for part in (finding.misprinted, finding.note) if part)
    outcome = finding.outcome.removeprefix("other:").replace("_", " ").replace("-", " ")
    spans = find_spans(finding, citation) if citation else ()
    figure = show_figure(finding)
    return ResultRow(
        finding.id, outcome, people, figure, finding.definition, time, finding.locator, note, spans
    )


def show_figure(finding: Finding) -> str:
    """The figure of a finding as a table shows it, as exact as the library has it."""
    measured, words = measure(finding), read_words("facts")["figure"]
    if measured is None:
        return str(words["words"])
    kind = (
        finding.effect.measure
        if finding.effect and measured.kind in ("ratio", "difference")
        else measured.kind
    )
    count = f"{measured.events:,} of {measured.n:,}; " if measured.events is not None and measured.n else ""
    if measured.kind == "rate" and finding.events is not None:
        count = words["events"].format(events=f"{finding.events:,}")
    low, high = measured.low, measured.high
    bounds = "" if low is None or high is None else f" ({_digits(low)} to {_digits(high)})"
    is_contrast = finding.effect is not None and measured.kind in ("ratio", "difference")
    versus = words["versus"].format(versus=finding.effect.versus) if finding.effect and is_contrast else ""
    return f"{count}{words.get(kind, kind)} {_digits(measured.estimate)}{bounds}{versus}"


def _digits(value: float) -> str:
    """Three significant digits, without an exponent."""
    if 0.1 <= abs(value) < 10:
        return show_ratio(value)
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def tell_source(study: Study, citation: Citation | None = None) -> Source:
    """The source block; who reviewed it is set when the summary is whole."""
    return Source(
        study.title,
        study.authors,
        study.journal,
        study.year,
        study.doi,
        study.pmid,
        study.urls,
        study.read,
        study.added,
        tell_funding(study, citation),
        tell_conflicts(study, citation),
        say("page.not_reviewed"),
    )


def tell_notice(study: Study) -> str:
    """A note about this paper and how its page was made."""
    return say(
        "page.notice",
        journal=study.journal or say("page.unknown_journal"),
        year=study.year or say("page.unknown_year"),
        read=say(f"page.notice_read_{study.read}"),
    )


def find_topics(study: Study, chosen: Chosen) -> tuple[str, ...]:
    """The topics under which a summary is listed: the study's own, its choice, its outcome, its disease."""
    words, finding = read_words("facts")["topic"], chosen.main.finding
    keys = (study.topic, finding.strategy, finding.outcome, study.disease)
    return tuple(dict.fromkeys(str(words[key]) for key in keys if key in words))
