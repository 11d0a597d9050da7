"""The dated plan of a switch or a stop: from the last dose to the next drug, with the tests before it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

from stepdown.decisions.answer import FollowUp
from stepdown.decisions.options import Draft
from stepdown.decisions.situation import Situation, Treatment
from stepdown.decisions.timing import Clock
from stepdown.ms.dates import add_months
from stepdown.ms.therapies import Therapy

_BEFORE = "now, before anything is changed"


@lru_cache(maxsize=1)
def read_plan_steps() -> dict[str, Any]:
    """The sentences of a plan, from ``plan.toml``."""
    steps: dict[str, Any] = tomllib.loads((files("stepdown.decisions") / "plan.toml").read_text("utf-8"))[
        "step"
    ]
    return steps


def _step(
    name: str, due: str, sources: Iterable[str] = (), window: int | None = None, **words: str
) -> FollowUp:
    """One step of a plan; the step's own sources, or those of the fact it repeats."""
    row = read_plan_steps()[name]
    keys = tuple(dict.fromkeys([*row.get("sources", ()), *sources]))
    return FollowUp(row["what"].format(**words), due, window, row["basis"], keys, name)


def _tests(target: Therapy) -> list[FollowUp]:
    """The tests that the catalogue asks for before the next drug."""
    said = [(row.text, row.source) for row in target.monitoring if "before" in row.text.lower()]
    said += [(row.text, row.source) for row in target.lab_rules if row.when.startswith("before")]
    texts = " ".join(text for text, _ in said)
    sources = [key for _, keys in said for key in keys]
    return [_step("tests", _BEFORE, sources, target=target.name, tests=texts)] if texts else []


def _vaccines(situation: Situation, target: Therapy) -> list[FollowUp]:
    """That a pregnancy forbids the live vaccines which tests before a drug may ask for."""
    if not situation.fact("pregnancy_now").is_true:
        return []
    return [_step("no-live-vaccine", _BEFORE, target=target.name)]


def _restart(target: Therapy) -> list[FollowUp]:
    """What starting or restarting the next drug needs, where the catalogue says it."""
    if target.restart_after_gap is None or target.group not in ("s1p", "natalizumab"):
        return []
    sources = target.sources_of("restart_after_gap")
    return [
        _step(
            "first-dose", "with the first dose", sources, target=target.name, restart=target.restart_after_gap
        )
    ]


def _next_drug(left: Therapy, target: Therapy, clock: Clock) -> list[FollowUp]:
    """When the next drug starts: within the gap of a drug with rebound, else after the washout."""
    gap = left.gap_to_next
    if gap is not None:
        due = clock.after_last_dose(gap.aim_days)
        words = {
            "target": target.name,
            "left": left.name,
            "aim": str(gap.aim_days),
            "latest": str(gap.max_days),
        }
        return [_step("next-drug-gap", due, gap.source, gap.max_days - gap.aim_days, **words)]
    washout = (
        [_step("washout", "after the last dose", left.sources_of("washout"), washout=left.washout)]
        if (left.washout)
        else []
    )
    return [*washout, _step("next-drug", "set with the last dose", target=target.name)]


def _must_end(situation: Situation, left: Therapy) -> list[str]:
    """The sources that say the drug taken must end in the pregnancy that is there; none without one."""
    if not situation.fact("pregnancy_now").is_true:
        return []
    bans = [row for row in left.contraindications if row.condition == "pregnancy-now"]
    return [key for row in bans if row.strength != "caution" for key in row.source]


def _leaving(situation: Situation, left: Therapy, clock: Clock) -> list[FollowUp]:
    """The steps around the last dose of the drug that is left."""
    effect = left.effect_after_last_dose
    scan = "reference-in-pregnancy" if situation.fact("pregnancy_now").is_true else "reference-scan"
    ended_by = _must_end(situation, left)
    last = (
        _step("ends-now", clock.at.isoformat(), ended_by, left=left.name)
        if ended_by
        else _step(
            "last-dose-on-file" if clock.last_dose else "last-dose", clock.last_dose_in_words, left=left.name
        )
    )
    steps = [_step(scan, _BEFORE, left=left.name), last]
    if effect is not None:
        steps.append(
            _step("effect-fades", "after the last dose", effect.source, left=left.name, effect=effect.text)
        )
    return steps


def _effect_left(left: Therapy, clock: Clock) -> list[FollowUp]:
    """What is left of the last drug's effect, by date where its last dose and its length are known."""
    effect = left.effect_after_last_dose
    if effect is None:
        return []
    bounds = (effect.months_low, effect.months_typical, effect.months_high)
    months = sorted(round(month) for month in bounds if month is not None)
    if clock.last_dose is None or not months:
        return [
            _step("effect-fades", "after the last dose", effect.source, left=left.name, effect=effect.text)
        ]
    ends = [add_months(clock.last_dose, month).isoformat() for month in months]
    until = f"about {ends[0]}" if len(set(ends)) == 1 else f"between {ends[0]} and {ends[-1]}"
    dose = clock.last_dose.isoformat()
    words = {"left": left.name, "effect": effect.text, "dose": dose, "until": until}
    return [_step("effect-left", ends[0], effect.source, None, **words)]


def find_plan(situation: Situation, draft: Draft) -> tuple[FollowUp, ...]:
    """The plan of a switch or a stop, step by step; empty where nothing is left or started."""
    left, target = situation.therapy, draft.target
    if draft.strategy not in ("switch", "stop") or situation.treatment is Treatment.UNCLEAR:
        return ()
    clock = Clock.of(situation)
    steps: list[FollowUp] = []
    if left is not None:
        on_drug = situation.treatment is Treatment.ON_DRUG
        steps = _leaving(situation, left, clock) if on_drug else _effect_left(left, clock)
    if draft.strategy == "switch" and target is not None:
        steps = [
            *_tests(target),
            *_vaccines(situation, target),
            *steps,
            *(_next_drug(left, target, clock) if left else []),
            *_restart(target),
        ]
    return (*steps, _step("who-to-call", "from the last dose on")) if steps else ()
