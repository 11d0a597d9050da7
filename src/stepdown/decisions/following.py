"""What became of a decision: the option that was taken, how its lines stand, and what was seen since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from stepdown.decisions.option_taken import choose_option, find_left, tell_other_drug
from stepdown.decisions.tracking import Tracked, track
from stepdown.ms.monitoring import NextStep
from stepdown.ms.stepping_down import Between, StepDown
from stepdown.patients.death import Death, has_died
from stepdown.patients.restart_signs import find_signs
from stepdown.patients.sign_days import find_sign_days
from stepdown.patients.view import View
from stepdown.patients.watching import Watched, watch

#: What to do when a sign came after the decision that the answer did not know of.
ASSESS_AGAIN = NextStep(
    (), "any", "Assess again with the file as it is now; the answer did not know of it.", ("reasoning",)
)


@dataclass(frozen=True)
class Seen:
    """A sign, what was found of it (see ``restart_signs.SIGN_STATES``), and the days that show it."""

    id: str
    state: str
    days: tuple[str, ...] = ()


@dataclass(frozen=True)
class Followed:
    """One person after a decision, as of a day.

    ``option`` and ``watched`` are None after a death. ``seen`` are the signs since a step down that the
    treatments show; ``seen_before`` those since the decision that are not among them, and only where one was
    seen: before the change, or where nothing was stepped down. ``person`` is the id of the answer.
    """

    at: date
    person: str
    option: str | None = None
    death: Death | None = None
    tracked: tuple[Tracked, ...] = ()
    watched: Watched | None = None
    seen: tuple[Seen, ...] = ()
    seen_before: tuple[Seen, ...] = ()
    notes: tuple[str, ...] = field(default=())


def follow(answer: Mapping[str, Any], option: str | None, view: View) -> Followed:
    """What became of an answer by the file as it is now; UserError where the option is not clear.

    Nobody who has died is called to anything: then there is no line, no sign and no option to choose.
    """
    person, death = str(answer.get("person") or ""), has_died(view)
    if death is not None:
        return Followed(view.at, person, death=death)
    taken = choose_option(answer, option, view)
    watched = watch(view)
    seen = _look_after(watched, view)
    return Followed(view.at, person, str(taken["id"]), None, track(answer, taken, view), watched, seen,
                    _look_before(answer, watched.standing.step, seen, view),
                    tell_other_drug(answer, taken, view))  # fmt: skip


def _look_after(watched: Watched, view: View) -> tuple[Seen, ...]:
    """The signs since the step down that the treatments show."""
    step = watched.standing.step
    if step is None:
        return ()
    days = find_sign_days(watched.signs, view, step)
    return tuple(Seen(sign.id, sign.state, days.get(sign.id, ())) for sign in watched.signs)


def _look_before(
    answer: Mapping[str, Any], step: StepDown | None, seen: tuple[Seen, ...], view: View
) -> tuple[Seen, ...]:
    """The signs since the decision with a day that does not stand among those since the step down."""
    decided = date.fromisoformat(str(answer["at"]))
    if step is not None and step.change.last <= decided:
        return ()
    day = Between(decided, decided)
    since = StepDown("", find_left(answer), None, day, day)
    signs = find_signs(view, since)
    days, told = find_sign_days(signs, view, since), {sign.id: set(sign.days) for sign in seen}
    new = {sign.id: tuple(each for each in days.get(sign.id, ()) if each not in told.get(sign.id, ()))
           for sign in signs}  # fmt: skip
    return tuple(Seen(sign.id, sign.state, new[sign.id]) for sign in signs if new[sign.id])
