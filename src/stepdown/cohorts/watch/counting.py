"""How many people stand how after stepping down: exactly, and as it may be shown.

Every table of counts splits a known whole into parts. Where a part is from 1 to below the threshold the
largest is withheld too, and where the whole is small all of them are: nothing gives the small one back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stepdown.cohorts.disclosure import WITHHELD, hide, hide_parts, is_small
from stepdown.cohorts.protocol.model import Disclosure
from stepdown.cohorts.watch.watching import Watch, to_date
from stepdown.ms.monitoring import read_monitoring, read_restart_signs
from stepdown.patients.follow_up import STATES
from stepdown.patients.restart_signs import SIGN_STATES
from stepdown.patients.watching import NEVER_SEEN_STATES, URGENCIES

Counts = dict[str, int]
#: Ways to stand, everybody in one of them.
STANDINGS = ("stepped-down", "on-treatment", "no-treatment", "not-judged", "died", "other-disease")
#: The tables that are one split.
SPLITS = ("everybody", "not_judged", "stepped_down", "by_strategy", "by_urgency", "sign_seen", "never_seen",
           "overdue")
#: How long something is overdue, in days: the last of each group (None: without end).
LATE: Mapping[str, int | None] = {"nothing": 0, "to 30 days": 30, "to 90 days": 90, "to a year": 365,
                                  "longer": None}
#: Drugs that few people left, taken together.
OTHER_DRUGS = "other drugs"
#: A whole smaller than so many thresholds is not split where one of its parts is small.
_LEAST_WHOLE = 3


@dataclass(frozen=True)
class WatchCounts:
    """Counts of people, each table a split of a whole; exact, and so not for release.

    ``sign_seen`` splits those with a sign by how long ago it was last seen, ``by_drug`` the people watched
    by the drug left and then by urgency; ``signs`` and ``items`` hold one split for each sign, and for each
    row of a schedule that anybody follows.
    """

    everybody: Counts
    not_judged: Counts
    stepped_down: Counts
    by_strategy: Counts
    by_urgency: Counts
    sign_seen: Counts
    never_seen: Counts
    overdue: Counts
    by_drug: dict[str, Counts]
    signs: dict[str, Counts]
    items: dict[str, Counts]


def count_watch(watch: Watch) -> WatchCounts:
    """All counts; who was observed to an earlier day than the registry speaks of is counted apart."""
    ended = watch.people.column("left_registry").to_pylist()
    rows = {name: [value for value, left in zip(watch.people.column(name).to_pylist(), ended, strict=True)
                   if not left] for name in _list_columns()}
    standings: Counter[str] = Counter()
    for (standing, _), people in watch.counts.items():
        standings[standing] += people
    drugs = {drug: _count((urgency for left, urgency in zip(rows["left"], rows["urgency"], strict=True)
                           if left == drug), URGENCIES) for drug in sorted(set(rows["left"]))}
    return WatchCounts(
        everybody={name: standings[name] for name in STANDINGS},
        not_judged={reason: people for (standing, reason), people in sorted(watch.counts.items())
                    if standing == "not-judged"},
        stepped_down={"watched": len(rows["left"]), "observation-ended": sum(ended)},
        by_strategy=_count(rows["strategy"], ("stop", "no-further-course", "switch", "extend")),
        by_urgency=_count(rows["urgency"], URGENCIES),
        sign_seen=_count((_name_late(max((watch.at - day).days, 1))
                          for day in map(to_date, rows["seen_on"]) if day), tuple(LATE)[1:]),
        never_seen=_count(rows["never_seen"], NEVER_SEEN_STATES),
        overdue=_count((_name_late(days) for days in rows["days_overdue"]), tuple(LATE)),
        by_drug=drugs,
        signs={sign.id: _count(rows[sign.id], SIGN_STATES) for sign in read_restart_signs()},
        items=_count_items(watch),
    )


def _list_columns() -> tuple[str, ...]:
    return ("left", "strategy", "urgency", "never_seen", "days_overdue", "seen_on",
            *(sign.id for sign in read_restart_signs()))


def _count(values: Iterable[str], words: tuple[str, ...]) -> Counts:
    found = Counter(values)
    return {word: found[word] for word in words}


def _name_late(days: int) -> str:
    return next(name for name, last in LATE.items() if last is None or days <= last)


def _count_items(watch: Watch) -> dict[str, Counts]:
    """How each row of a schedule stands, of the people watched who follow it."""
    import pyarrow.compute as pc

    watched = watch.people.filter(pc.invert(watch.people["left_registry"])).select(["person_id"])
    items = watch.items.join(watched, "person_id", join_type="inner")
    found = items.group_by(["place", "state"]).aggregate([([], "count_all")]).to_pylist()
    counts: dict[str, Counts] = {}
    for row in sorted(found, key=lambda each: int(each["place"])):
        name = read_monitoring()[row["place"]].id
        counts.setdefault(name, dict.fromkeys(STATES, 0))[row["state"]] += row["count_all"]
    return counts


def publish_watch(watch: Watch, counts: WatchCounts, rules: Disclosure) -> dict[str, Any]:
    """The counts as plain data that may be shown, in a terminal, on a page and as JSON.

    A row of a schedule that few follow is left out: that it is there would tell which drug somebody left.
    """
    parts = {name: hide_split(getattr(counts, name), rules) for name in SPLITS}
    drugs = merge_small(counts.by_drug, rules)
    return {
        "schema_version": "1", "registry": watch.folder, "at": str(watch.at), "cut": str(watch.cut),
        "disclosure": {"threshold": rules.threshold, "round_to": rules.step,
                       "least_whole": _LEAST_WHOLE * rules.threshold},
        "people": hide(sum(counts.everybody.values()), rules), **parts,
        "by_drug": {drug: {"people": hide(sum(split.values()), rules), **_hide_cells(split, rules)}
                    for drug, split in drugs.items()},
        "signs": {sign: hide_split(split, rules) for sign, split in counts.signs.items()},
        "items": {item: hide_split(split, rules) for item, split in counts.items.items()
                  if sum(split.values()) >= _LEAST_WHOLE * rules.threshold},
        "warnings": [*watch.warnings, *_warn_of_periods(watch, counts)],
    }


def _warn_of_periods(watch: Watch, counts: WatchCounts) -> list[str]:
    """What is said where most of those who stepped down would be out of sight for an import's sake."""
    if counts.stepped_down["observation-ended"] <= counts.stepped_down["watched"]:
        return []
    day = min(watch.at, watch.cut)
    return [f"most of those who stepped down were observed to an earlier day than {day}, and nobody "
            "of them can be late: do the observation periods end with the last visit?"]


def hide_split(parts: Mapping[str, int], rules: Disclosure) -> dict[str, int | str]:
    """The parts of a whole as they may be shown."""
    has_small = any(is_small(count, rules) for count in parts.values())
    if has_small and sum(parts.values()) < _LEAST_WHOLE * rules.threshold:
        return dict.fromkeys(parts, WITHHELD)
    return hide_parts(parts, rules)


def _hide_cells(split: Counts, rules: Disclosure) -> dict[str, int | str]:
    """The cells of a table that is added up both ways: small is small, none too.

    Four drugs with "<5" each under a sum of "<5" would else be one person each.
    """
    return {word: hide(max(count, 1), rules) for word, count in split.items()}


def merge_small(by_drug: Mapping[str, Counts], rules: Disclosure) -> dict[str, Counts]:
    """The splits by drug, the drugs that few people left taken together, so that no row is small."""
    least = _LEAST_WHOLE * rules.threshold
    rest = sorted(by_drug, key=lambda drug: (sum(by_drug[drug].values()), drug))
    merged: Counter[str] = Counter()
    while rest and (sum(by_drug[rest[0]].values()) < least or 0 < merged.total() < least):
        merged.update(by_drug[rest.pop(0)])
    shown = {drug: split for drug, split in by_drug.items() if drug in rest}
    words = next(iter(by_drug.values()), {})
    return {**shown, OTHER_DRUGS: {word: merged[word] for word in words}} if merged else shown
