"""The ranking over weightings on the answer page: which options may be compared, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.decisions.acceptability import Criterion, find_criteria, rank_over_weightings
from stepdown.decisions.answer import Answer, Option
from stepdown.interfaces.web.asking import Posted
from stepdown.reports.rounding import round_half_up
from stepdown.reports.wording import name_option

#: Only what is reasonable or possible is compared; an option that is not advised is never set above another.
OPEN = ("reasonable", "possible")


@dataclass(frozen=True)
class Ranked:
    """One option with the share of weightings for each rank, in whole per cent; empty where none is shown."""

    id: str
    name: str
    is_compared: bool
    shares: tuple[int, ...]


@dataclass(frozen=True)
class Ranking:
    """The open options, those compared with their shares, and the outcomes that they were ranked by."""

    options: tuple[Ranked, ...]
    criteria: tuple[Criterion, ...]


def rank_posted(posted: Posted, answer: Answer) -> Ranking | None:
    """The ranking of the options ticked, or of all that are open; None where fewer than two are."""
    open_options = [option for option in answer.options if option.standing in OPEN]
    if answer.status != "answered" or len(open_options) < 2:
        return None
    ticked = [option for option in open_options if posted.get(f"compare.{option.id}")]
    compared = ticked if posted.get("ranking") else open_options
    criteria = find_criteria(compared)
    shares = rank_over_weightings(compared, criteria).shares if criteria else ()
    by_id = dict(zip([option.id for option in compared], shares, strict=False))
    rows = tuple(_to_row(option, option in compared, by_id.get(option.id, ())) for option in open_options)
    return Ranking(rows, criteria)


def _to_row(option: Option, is_compared: bool, shares: tuple[float, ...]) -> Ranked:
    percent = tuple(round_half_up(100.0 * share) for share in shares)
    return Ranked(option.id, name_option(option), is_compared, percent)
