"""Who the comparators of a study are: told once, where they are chosen, and meant wherever they are named.

Where the abstract does not say what was done with them, their figures have no strategy, least of all that of
the people they are set against.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from stepdown.literature.drafting.contexts import Context
from stepdown.literature.drafting.draft import DraftFinding
from stepdown.literature.drafting.topics import COMPARATOR

_CHOSEN = re.compile(
    r"\b(?:serv|act|us|tak|includ|chos|select)\w* as (?:the |an? |our )?(?:[\w-]+ )?"
    r"(?:comparators?|comparison|controls?|reference)\b", re.IGNORECASE)


def name_comparators(contexts: Sequence[Context]) -> tuple[Context, ...]:
    """The contexts of a study; comparators as those who did what the one sentence says that chooses them."""
    kinds = {word.kind for context in contexts if _CHOSEN.search(context.masked.text)
             for word in context.strategies} - {COMPARATOR}
    if len(kinds) != 1 or any(context.is_weak for context in contexts if _CHOSEN.search(context.masked.text)):
        return tuple(contexts)
    kind = next(iter(kinds))
    return tuple(replace(context, strategies=tuple(
        replace(word, kind=kind) if word.kind == COMPARATOR else word for word in context.strategies))
        for context in contexts)


def leave_comparators(findings: Iterable[DraftFinding]) -> tuple[DraftFinding, ...]:
    """The findings; those of comparators of whom nothing is said without a strategy."""
    return tuple(replace(finding, strategy=None)
                 if finding.strategy is not None and finding.strategy.value == COMPARATOR else finding
                 for finding in findings)
