"""What was found, in sentences: the main figure, its count, interval, time, definition, and comparison."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.evidence.study import Finding, Study
from stepdown.literature.summaries.choosing import Chosen, Result, find_direction
from stepdown.literature.summaries.measuring import Measured
from stepdown.literature.summaries.summary import Claim
from stepdown.literature.summaries.words import (
    choose_scale,
    name_definition,
    name_outcome,
    name_people,
    name_time,
    name_versus,
    read_words,
    say,
    show_bound,
    show_rate,
    show_rate_bound,
    show_ratio,
    show_share,
)

#: How many parts and how many other outcomes are told in words; the table has all of them.
MOST_PARTS = 4
MOST_OTHERS = 2


def find_scale(chosen: Chosen) -> int:
    """For how many people the figures of a summary are given: one number for all of them."""
    shown = [result for result in (chosen.main, chosen.comparator) if result is not None]
    shares = tuple(result.measured.estimate for result in shown if result.measured.kind in ("share", "rate"))
    return choose_scale(shares)


def tell_main(study: Study, chosen: Chosen, scale: int) -> Iterator[Claim]:
    """The main point: the figure and its other side, or what a ratio compares."""
    finding, measured = chosen.main.finding, chosen.main.measured
    source = f"{study.id}#{finding.id}"
    people, outcome = name_people(study, finding), finding.outcome
    if measured.kind == "share":
        yield Claim("main", _tell_share(people, outcome, measured, scale), source)
        if 0 < measured.estimate < 100:
            yield Claim("rest", _tell_rest(outcome, measured, scale), source)
    elif measured.kind == "rate":
        x = show_rate(measured.estimate, scale)
        events = name_outcome(outcome, "events")
        yield Claim("main", say("main.rate", scale=f"{scale:,}", people=people, x=x, events=events), source)
    else:
        yield Claim(
            "main", say("main.ratio", people=name_first(study, finding), versus=_versus(finding)), source
        )


def _tell_share(people: str, outcome: str, measured: Measured, scale: int) -> str:
    x = show_share(measured.estimate, scale)
    text = say("main.share", people=people, x=x, did=name_outcome(outcome, "did"))
    return text.replace("every 100 ", f"every {scale:,} ", 1)


def _tell_rest(outcome: str, measured: Measured, scale: int) -> str:
    rest = _show_rest(show_share(measured.estimate, scale), scale)
    return say("main.rest", rest=rest, did_not=name_outcome(outcome, "did_not"))


def _show_rest(shown: str, scale: int) -> str:
    """How many are left, so that both frames of one number add up."""
    if shown == say("number.fewer"):
        return say("number.more", n=f"{scale - 1:,}")
    if shown == say("number.more", n=f"{scale - 1:,}"):
        return say("number.fewer")
    return f"{scale - int(shown.rpartition(' ')[2].replace(',', '')):,}"


def name_first(study: Study, finding: Finding) -> str:
    """The first group of a ratio: named for the study where a covariate divides its people."""
    first: dict[str, str] = read_words("people")["first"]
    if study.id in first:
        return first[study.id]
    if finding.covariate_contrast:
        return f'people with "{finding.covariate_contrast}"'
    return name_people(study, finding)


def _versus(finding: Finding) -> str:
    return name_versus(finding.effect.versus if finding.effect else "")


def tell_found(study: Study, chosen: Chosen, scale: int) -> Iterator[Claim]:
    """The count behind the main figure, its interval, its time and its definition."""
    finding, measured = chosen.main.finding, chosen.main.measured
    source = f"{study.id}#{finding.id}"
    yield from (Claim("count", text, source) for text in _tell_count(measured))
    yield Claim("interval", _tell_interval(finding, measured, scale), source)
    yield Claim("time", _tell_time(finding), source)
    yield Claim("definition", name_definition(finding), source)
    if finding.misprinted:
        yield Claim("misprint", say("found.misprinted"), source)


def _tell_count(measured: Measured) -> Iterator[str]:
    """How many of how many; for rates and ratios, how many people."""
    k, n = measured.events, measured.n
    if measured.kind == "share":
        yield _tell_share_count(measured)
    elif n is None:
        yield say("found.no_count")
    elif k is not None:
        yield say("found.events_people", k=f"{k:,}", n=f"{n:,}")
    else:
        yield say("found.people", n=f"{n:,}")


def _tell_share_count(measured: Measured) -> str:
    k, n = measured.events, measured.n
    if n is None:
        return say("found.no_count")
    if k is None:
        return say("found.people", n=f"{n:,}")
    if measured.worked_out:
        return say("found.worked_out", k=f"{k:,}", n=f"{n:,}")
    key = "count_none" if k == 0 else "count_all" if k == n else "count"
    return say(f"found.{key}", k=f"{k:,}", n=f"{n:,}")


def _tell_interval(finding: Finding, measured: Measured, scale: int) -> str:
    low, high = measured.low, measured.high
    if measured.kind in ("ratio", "difference"):
        return _tell_ratio(finding, measured)
    if low is None or high is None:
        return say("found.interval_missing")
    if measured.kind == "rate":
        bounds = (show_rate_bound(low, scale), show_rate_bound(high, scale))
        return say("found.interval_rate", low=bounds[0], high=bounds[1])
    key = (
        "interval_none"
        if measured.estimate == 0
        else "interval_all"
        if measured.estimate == 100
        else "interval"
    )
    shown = {"low": show_bound(low, scale), "high": show_bound(high, scale), "scale": f"{scale:,}"}
    return say(f"found.{key}", **shown)


def _tell_ratio(finding: Finding, measured: Measured) -> str:
    """A ratio with its range and what that range leaves open."""
    noun, value = name_outcome(finding.outcome, "noun"), show_ratio(measured.estimate)
    if measured.kind == "difference":
        return say("found.difference", noun=noun, value=value)
    text = say("found.ratio", noun=noun, value=value)
    if measured.low is None or measured.high is None:
        return f"{text} {say('found.interval_missing')}"
    bounds = say("found.ratio_interval", low=show_ratio(measured.low), high=show_ratio(measured.high))
    return f"{text} {bounds} {say(f'found.ratio_{find_direction(measured)}')}"


def _tell_time(finding: Finding) -> str:
    if finding.time_years is None:
        return say("found.time_missing")
    return say(f"found.time_{finding.time_kind}", time=name_time(finding.time_years))


def tell_comparison(study: Study, chosen: Chosen, scale: int) -> Iterator[Claim]:
    """Both groups of a comparison, or that nobody was compared."""
    if chosen.comparator is None:
        yield Claim("comparison", _tell_no_comparator(study, chosen), study.id)
        return
    other = chosen.comparator
    source = f"{study.id}#{other.finding.id}"
    yield Claim("comparison", _tell_other_group(study, other, scale), source)
    if chosen.contrast is not None:
        direction = find_direction(chosen.contrast.measured)
        contrast = f"{study.id}#{chosen.contrast.finding.id}"
        yield Claim("contrast", say(f"compared.contrast_{direction}"), contrast)
    elif chosen.contradicts:
        yield Claim("contrast", say("compared.contrast_contradicts"), source)
    elif other.measured.low is not None:
        yield Claim("comparison-interval", _tell_their_interval(other.measured, scale), source)


def _tell_other_group(study: Study, other: Result, scale: int) -> str:
    finding, measured = other.finding, other.measured
    people = name_people(study, finding, compared=True)
    slots = {"scale": f"{scale:,}", "people": people, "did": name_outcome(finding.outcome, "did")}
    if measured.kind == "rate":
        events = name_outcome(finding.outcome, "events")
        return say("compared.rate", **slots, x=show_rate(measured.estimate, scale), events=events)
    x = show_share(measured.estimate, scale)
    if measured.events is None or measured.n is None:
        return say("compared.share_no_count", **slots, x=x)
    key = "compared.share_worked_out" if measured.worked_out else "compared.share"
    return say(key, **slots, x=x, k=f"{measured.events:,}", n=f"{measured.n:,}")


def _tell_their_interval(measured: Measured, scale: int) -> str:
    show = show_rate_bound if measured.kind == "rate" else show_bound
    low, high = measured.low or 0.0, measured.high or 0.0
    return say("compared.interval", low=show(low, scale), high=show(high, scale))


def _tell_no_comparator(study: Study, chosen: Chosen) -> str:
    """Nobody was compared, or others were watched whose figure is not in our data."""
    finding = chosen.main.finding
    if chosen.main.measured.kind in ("ratio", "difference"):
        return say("compared.ratio")
    others = {arm.strategy for arm in study.arms} - {finding.strategy}
    for strategy in ("continue", "stop"):
        if strategy in others:
            return say("compared.not_in_data", others=say(f"others.{strategy}"))
    return say("compared.nobody", others=say(f"others.{_find_others(study, finding)}"))


def _find_others(study: Study, finding: Finding) -> str:
    """With whom the people of a study would have to be compared."""
    if finding.strategy == "start-checkpoint-inhibitor":
        return (
            "no_ici"
            if study.disease == "MS"
            else "without"
            if "autoimmun" in (finding.subgroup or "")
            else "no_ici"
        )
    return "other_choice" if finding.strategy in ("continue", "untreated") else "continue"


def tell_parts(study: Study, chosen: Chosen, scale: int, most: int) -> Iterator[Claim]:
    """The same count in so many parts of the people; that the table has more where there are more."""
    for part in chosen.parts[:most]:
        yield Claim("part", _tell_part(study, part, scale), f"{study.id}#{part.finding.id}")
    if len(chosen.parts) > most:
        yield Claim("more-parts", say("found.more_parts"), study.id)


def _tell_part(study: Study, part: Result, scale: int) -> str:
    finding, measured = part.finding, part.measured
    people = _name_part_people(study, finding)
    if measured.kind == "rate":
        return say(
            "found.parts_rate", people=people, x=show_rate(measured.estimate, scale), scale=f"{scale:,}"
        )
    slots = {"people": people, "x": show_share(measured.estimate, scale), "scale": f"{scale:,}"}
    if measured.events is None or measured.n is None:
        return say("found.parts_no_count", **slots)
    if measured.events == 0 and measured.high is not None:
        return say("found.parts_none", **slots, n=f"{measured.n:,}", high=show_bound(measured.high, scale))
    return say("found.parts", **slots, k=f"{measured.events:,}", n=f"{measured.n:,}")


def _name_part_people(study: Study, finding: Finding) -> str:
    """A part of the people by its own words alone: what they did was said before."""
    table = read_words("people")
    if finding.subgroup in table["part"] and table["part"][finding.subgroup] != "people":
        return str(table["part"][finding.subgroup])
    return name_people(study, finding)


def tell_others(study: Study, chosen: Chosen, scale: int) -> Iterator[Claim]:
    """Other outcomes of the same people that were counted as shares."""
    shares = [other for other in chosen.others if other.measured.kind == "share"]
    if chosen.main.measured.kind not in ("share", "rate"):
        return
    for other in shares[:MOST_OTHERS]:
        measured = other.measured
        slots = {
            "x": show_share(measured.estimate, scale),
            "scale": f"{scale:,}",
            "did": name_outcome(other.finding.outcome, "did"),
        }
        source = f"{study.id}#{other.finding.id}"
        if measured.events is None or measured.n is None:
            yield Claim("other", say("found.other_no_count", **slots), source)
        elif measured.events == 0:
            yield Claim("other", say("found.other_none", n=f"{measured.n:,}", did=slots["did"]), source)
        else:
            text = say("found.other", **slots, k=f"{measured.events:,}", n=f"{measured.n:,}")
            yield Claim("other", text, source)
