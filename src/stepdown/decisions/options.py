"""Which options there are for a person, before any is judged: continue, extend, switch, stop."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from stepdown.decisions.answer import Bridge
from stepdown.decisions.situation import Situation, Treatment
from stepdown.decisions.sourcing import expand_sources
from stepdown.ms.facts import either
from stepdown.ms.therapies import Therapy, read_therapies

#: An interval that differs from the present one by less than this many days is the present one.
_SAME_INTERVAL = 4


@dataclass(frozen=True)
class Draft:
    """An option not yet judged: the strategy, its direction, and the drug it leads to."""

    id: str
    strategy: str
    direction: str
    meaning: str
    target: Therapy | None = None
    interval_days: int | None = None
    bridge: Bridge | None = None

    @property
    def is_step_down(self) -> bool:
        """Whether the option leaves the person with less treatment than now."""
        return self.strategy in ("stop", "extend") or self.direction == "down"


@lru_cache(maxsize=1)
def read_option_table() -> dict[str, Any]:
    """The table of options by drug group, from ``options.toml``."""
    return tomllib.loads((files("stepdown.decisions") / "options.toml").read_text("utf-8"))


def _say(kind: str, situation: Situation, **words: str) -> str:
    """What an option means, in one whole sentence."""
    table = read_option_table()
    therapy = situation.therapy.name if situation.therapy else "the drug"
    text: str = table["meaning"][kind]
    said = text.format(therapy=table["name"].get(therapy, therapy), **words)
    return said[:1].upper() + said[1:]


def _say_course(kind: str, situation: Situation, therapy: Therapy) -> str:
    """What giving or leaving out the next course means, with the courses counted where that is known."""
    given, needed = situation.fact("course_count"), therapy.courses_to_complete
    if not given.is_known or given.low is None or needed is None or given.low >= needed:
        return _say(kind, situation)
    count = int(given.low)
    words = {"given": str(count), "next": str(count + 1), "needed": str(needed)}
    return _say(f"{kind}-counted", situation, **words)


def find_bridge(group: str | None) -> Bridge | None:
    """The drugs that must follow one with rebound, and the longest gap in days; None for other groups."""
    row = read_option_table()["bridge"].get(group)
    if row is None:
        return None
    return Bridge(tuple(row["therapies"]), row["max_gap_days"], expand_sources(row["sources"]))


def is_active(situation: Situation) -> bool | None:
    """Whether a relapse or MRI activity is on file within the last 12 months."""
    names = ("relapse_last_12_months", "mri_active_last_12_months")
    facts = [situation.fact(name) for name in names]
    return either([True if fact.is_true else False if fact.is_false else None for fact in facts])


def _switches(situation: Situation, kind: str = "switch", directions: tuple[str, ...] = ()) -> list[Draft]:
    """A draft for each drug that the table names for the group left, never for the drug itself."""
    row = read_option_table()["switch"].get(situation.group or "none", {})
    wanted = directions or (("down", "lateral", "up") if is_active(situation) else ("down", "lateral"))
    return [
        Draft(
            f"{kind}-{name}",
            "switch",
            direction,
            _say(kind, situation, target=name),
            read_therapies()[name],
            bridge=find_bridge(situation.group),
        )
        for direction in wanted
        for name in (*row.get(direction, ()), *_for_pregnancy(situation, direction, row))
        if situation.therapy is None or name != situation.therapy.name
    ]


def _for_pregnancy(situation: Situation, direction: str, row: dict[str, Any]) -> tuple[str, ...]:
    """Drugs that fit a pregnancy and are not among those of the table, as milder ones; none without one."""
    facts = [situation.fact(name) for name in ("pregnancy_now", "pregnancy_planned")]
    if direction != "down" or not any(fact.is_true for fact in facts):
        return ()
    named = {name for names in row.values() for name in names}
    return tuple(name for name in read_option_table()["pregnancy"]["targets"] if name not in named)


def say_interval(days: int) -> str:
    """An interval between doses as a clinic says it: weeks up to half a year, months from there."""
    return f"{round(days / 30.44)} months" if days >= 180 else f"{round(days / 7)} weeks"


def _extensions(situation: Situation, therapy: Therapy) -> list[Draft]:
    """A draft for each longer interval looked at; one without an interval where nothing was studied."""
    if therapy.extend is not None and therapy.extend.status == "not-offered":
        return []
    if therapy.extend is None or therapy.extend.status == "cannot-say":
        meaning = f"Go on with {therapy.name} at longer intervals."
        return [Draft("extend", "extend", "down", meaning, therapy)]
    return [
        Draft(
            f"extend-{say_interval(days).replace(' ', '-')}",
            "extend",
            "down",
            _say("extend", situation, interval=say_interval(days)),
            therapy,
            days,
        )
        for days in therapy.extend.interval_days
        if situation.fact("interval_days").at_least(days - _SAME_INTERVAL) is not True
    ]


def _on_drug(situation: Situation, therapy: Therapy) -> list[Draft]:
    """Continue, extend, switch and stop for a drug that is taken without a planned end."""
    own = situation.fact("interval_days")
    usual = own.low if own.is_known else therapy.usual_interval_days
    days = round(usual) if usual else None
    stay = Draft("continue", "continue", "none", _say("continue", situation), therapy, days)
    stop = Draft("stop", "stop", "down", _say("stop", situation), bridge=find_bridge(therapy.group))
    return [stay, *_extensions(situation, therapy), *_switches(situation), stop]


def _course_open(situation: Situation, therapy: Therapy) -> list[Draft]:
    """Options while courses are not complete: give the next, leave it out, change drug on activity."""
    drafts = [
        Draft("next-course", "continue", "none", _say_course("next-course", situation, therapy), therapy),
        Draft("no-next-course", "stop", "down", _say_course("no-next-course", situation, therapy)),
    ]
    return drafts + _changes_after_course(situation)


def _course_done(situation: Situation, therapy: Therapy) -> list[Draft]:
    """Options after a completed course: none further, treat again on activity, change drug on activity."""
    drafts = [Draft("no-further-course", "continue", "none", _say("no-further-course", situation), None)]
    drafts.append(Draft("treat-again", "continue", "up", _say("treat-again", situation), therapy))
    return drafts + _changes_after_course(situation)


def _changes_after_course(situation: Situation) -> list[Draft]:
    """The drugs that may follow a course when the disease is active."""
    drafts = _switches(situation, "change-after-course", ("down", "lateral"))
    return [
        Draft(f"switch-{d.target.name}", d.strategy, d.direction, d.meaning, d.target)
        for d in drafts
        if d.target
    ]


def _off_drug(situation: Situation) -> list[Draft]:
    """Options for somebody who takes no drug now: stay off, or start again."""
    bridge = find_bridge(situation.group)
    drafts = [Draft("stay-off", "stop", "none", _say("stay-off", situation), bridge=bridge)]
    if situation.therapy is not None:
        again = Draft(
            f"start-again-{situation.therapy.name}",
            "switch",
            "up",
            _say("start-again", situation, target=situation.therapy.name),
            situation.therapy,
            bridge=bridge,
        )
        drafts.append(again)
    kind = "start-again" if situation.treatment is Treatment.OFF_DRUG else "start"
    return drafts + [_as_start(draft) for draft in _switches(situation, kind, ("down", "lateral", "up"))]


def _as_start(draft: Draft) -> Draft:
    """A switch of the table read as a start from no drug: the direction is up whatever the drug."""
    return Draft(draft.id, draft.strategy, "up", draft.meaning, draft.target, bridge=draft.bridge)


def find_options(situation: Situation) -> tuple[Draft, ...]:
    """Every option looked at for this person, in the order of the answer."""
    therapy = situation.therapy
    if situation.treatment is Treatment.UNCLEAR:
        return _unclear(situation)
    if situation.treatment in (Treatment.OFF_DRUG, Treatment.NEVER_TREATED) or therapy is None:
        return tuple(_off_drug(situation))
    if situation.treatment is Treatment.COURSE_OPEN:
        return tuple(_course_open(situation, therapy))
    if situation.treatment is Treatment.COURSE_DONE:
        return tuple(_course_done(situation, therapy))
    return tuple(_on_drug(situation, therapy))


def _unclear(situation: Situation) -> tuple[Draft, ...]:
    """Continue and stop when it is not clear which drug is taken: both can only be cannot-say."""
    bridges = [find_bridge(therapy.group) for therapy in situation.open_therapies]
    bridge = min((each for each in bridges if each), key=lambda each: each.max_gap_days, default=None)
    stopping = "Stop the present treatment and take no other drug for MS."
    return (
        Draft("continue", "continue", "none", "Go on with the present treatment as it is."),
        Draft("stop", "stop", "down", stopping, bridge=bridge),
    )


def referral(situation: Situation) -> Draft:
    """The way on that is left when every named option is advised against."""
    return Draft(
        "referral", "switch", "none", _say("referral", situation), None, bridge=find_bridge(situation.group)
    )
