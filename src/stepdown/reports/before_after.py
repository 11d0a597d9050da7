"""How does an answer move? Two answers for one person, option by option: standings and shown numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stepdown.decisions.answer import PEOPLE_IN_STUDIES, Answer, Option
from stepdown.reports.comparison import Column, choose_columns, find_cell
from stepdown.reports.wording import name_option, say


@dataclass(frozen=True)
class Moved:
    """One thing before and after, as it is shown; None where it is not known, or the option is not there."""

    before: str | None
    after: str | None

    @property
    def changed(self) -> bool:
        """Whether the reader sees another word or number."""
        return self.before != self.after


@dataclass(frozen=True)
class MovedOption:
    """One option: its names, its standings, and a number for each column."""

    name: Moved
    standing: Moved
    numbers: tuple[Moved, ...]

    @property
    def changed(self) -> bool:
        """Whether anything of it moved."""
        return any(item.changed for item in (self.name, self.standing, *self.numbers))


@dataclass(frozen=True)
class Movement:
    """All options of two answers, those of the first answer first, and the columns of their numbers."""

    columns: tuple[Column, ...]
    options: tuple[MovedOption, ...]
    status: Moved

    @property
    def changed(self) -> bool:
        """Whether the reader sees any difference."""
        return self.status.changed or any(option.changed for option in self.options)


def compare_before_after(before: Answer, after: Answer) -> Movement:
    """What moved between two answers for one person; options belong together by their id."""
    both = (*before.options, *after.options)
    columns = tuple(
        column for column in choose_columns(both) if any(find_cell(option, column).shown for option in both)
    )
    first, then = ({option.id: option for option in answer.options} for answer in (before, after))
    ids = dict.fromkeys([*first, *then])
    options = tuple(_compare(first, then, option_id, columns) for option_id in ids)
    return Movement(columns, options, Moved(before.status, after.status))


def _compare(
    first: Mapping[str, Option], then: Mapping[str, Option], option_id: str, columns: tuple[Column, ...]
) -> MovedOption:
    old, new = first.get(option_id), then.get(option_id)
    return MovedOption(
        Moved(name_option(old) if old else None, name_option(new) if new else None),
        Moved(old.standing if old else None, new.standing if new else None),
        tuple(Moved(_show(old, column), _show(new, column)) for column in columns),
    )


def _show(option: Option | None, column: Column) -> str | None:
    """The number of one option for a column, with its mark where it is of other people or beyond them."""
    cell = find_cell(option, column) if option else None
    if cell is None or cell.shown is None or cell.risk is None:
        return None
    if cell.risk.status == "extrapolated":
        return f"{cell.shown.words}, {say('page.extrapolated')}"
    is_of_studies = cell.risk.speaks_for == PEOPLE_IN_STUDIES
    return f"{cell.shown.words}, {say('page.in_studies')}" if is_of_studies else cell.shown.words
