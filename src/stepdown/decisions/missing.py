"""Which facts are missing, what knowing them would change, and which matter most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from stepdown.decisions.answer import Unknown
from stepdown.decisions.rules.judging import Judged
from stepdown.ms.facts import Fact

#: How much an unknown fact weighs in the ranking, by what the unknown did to an option.
_WEIGHT = {"not-advised": 4, "cannot-say": 3, "not-reasonable": 2}

#: Facts that are not asked of somebody who cannot become pregnant; plans are asked of men too.
_OF_A_PREGNANCY = ("pregnancy_now", "breastfeeding")

Facts = Mapping[str, Fact]


def _is_open(item: Judged) -> bool:
    """Whether a rule would change something if a missing fact were known."""
    return bool(item.would_change) and (item.rule.fired is None or item.effect == "cannot-say")


def _open_facts(item: Judged, facts: Facts) -> list[str]:
    """The facts of a rule that are not known as one value; a condition list is no fact of its own."""
    return [name for name in item.facts if name not in facts or not facts[name].is_known]


def _find_gaps(judged: Iterable[Judged], facts: Facts) -> list[tuple[str, Judged, bool]]:
    """Each missing fact with each rule that waits for it, and whether the rule waits for it alone."""
    rows = [(item, _open_facts(item, facts)) for item in judged if _is_open(item)]
    gaps = [(name, item, len(names) == 1) for item, names in rows for name in names]
    return [gap for gap in gaps if not _cannot_be(gap[0], facts)]


def _cannot_be(name: str, facts: Facts) -> bool:
    """Whether a missing fact asks for a pregnancy of somebody who cannot have one."""
    return name in _OF_A_PREGNANCY and facts["could_become_pregnant"].is_false


def _sentences(gaps: Iterable[tuple[str, Judged, bool]]) -> dict[str, str]:
    """What each fact would change: in the words of a rule that waits for it alone, where there is one."""
    ordered = sorted(gaps, key=lambda gap: (not gap[2], -_WEIGHT.get(gap[1].effect, 1)))
    found: dict[str, str] = {}
    for name, item, _ in ordered:
        found.setdefault(name, item.would_change)
    return found


def find_unknowns(judged: Iterable[Judged], facts: Facts) -> tuple[Unknown, ...]:
    """The missing facts of one option, each once with what it would change; deciding ones first."""
    gaps = sorted(_find_gaps(judged, facts), key=lambda gap: -_WEIGHT.get(gap[1].effect, 1))
    said = _sentences(gaps)
    return tuple(Unknown(name, said[name]) for name in dict.fromkeys(name for name, _, _ in gaps))


def rank_missing(judged: Iterable[Judged], facts: Facts) -> tuple[Unknown, ...]:
    """All missing facts over the options: first what holds back most in any, then in how many ways."""
    gaps = _find_gaps(judged, facts)
    total: Counter[str] = Counter()
    most: dict[str, int] = {}
    for name, item, _ in gaps:
        weight = _WEIGHT.get(item.effect, 1)
        total[name] += weight
        most[name] = max(weight, most.get(name, 0))
    said = _sentences(gaps)
    ordered = sorted(total, key=lambda name: (-most[name], -total[name], name))
    return tuple(Unknown(name, said[name]) for name in ordered)
