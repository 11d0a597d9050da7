"""What a person is asked about a draft: each field that was read, and what a study file needs besides."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.literature.citation import Citation
from stepdown.literature.drafting.doubts import list_fitting
from stepdown.literature.drafting.draft import POPULATION, DraftFinding, DraftStudy, Span, Value, list_sizes

#: What a study file says unless a person says it better.
LIMITS = "Only the abstract was read; what it does not print is not known."
DEFINITION = "as the abstract calls it; what was counted is not said there"
_DESIGN_NEEDED = "the abstract does not say it in words of the library"
_TOPICS = (("start-checkpoint-inhibitor", "checkpoint-inhibitors"), ("extend", "stepping-down"),
           ("switch", "stepping-down"), ("stop", "stopping"))


@dataclass(frozen=True, slots=True)
class Question:
    """One field to decide on: what is proposed and where that was read, or why something is needed."""

    name: str
    value: Value | None
    spans: tuple[Span, ...] = ()
    doubt: str = ""

    @property
    def parent(self) -> str:
        """The finding or group that the field belongs to, as ``findings.1``; "" for one of the study."""
        head, _, tail = self.name.rpartition(".")
        return head if head.count(".") == 1 and tail else ""


def find_questions(draft: DraftStudy, citation: Citation) -> tuple[Question, ...]:
    """Every field to decide on, in the order in which a person goes through them."""
    read = {
        name: Question(name, field.value, field.spans, field.doubt) for name, field in draft.find_fields()
    }
    return (*_ask_about_study(draft, citation, read),
            *(question for name, question in read.items() if name.startswith("groups.")),
            *_ask_about_findings(draft, read))


def _ask_about_study(
    draft: DraftStudy, citation: Citation, read: dict[str, Question]
) -> Iterator[Question]:
    """The fields of the study itself; what a file cannot do without is asked for though it was not read."""
    yield Question("id", make_id(citation))
    yield read.get("design") or Question("design", None, doubt=_DESIGN_NEEDED)
    diseases = [question for name, question in read.items() if name.startswith("diseases.")]
    yield from diseases or [Question("diseases.1", None, doubt="no disease of the library was read")]
    yield from (question for name, question in read.items() if name.startswith("courses."))
    yield Question("topic", propose_topic(draft))
    yield from (read[name] for name in (*POPULATION, "follow_up_years", "follow_up_kind") if name in read)
    yield Question("limits", LIMITS)


def _ask_about_findings(draft: DraftStudy, read: dict[str, Question]) -> Iterator[Question]:
    for place, finding in enumerate(draft.findings, start=1):
        name = f"findings.{place}"
        for needed in ("outcome", "strategy"):
            yield read.get(f"{name}.{needed}") or Question(
                f"{name}.{needed}", None, doubt="was not read; needed"
            )
        yield Question(f"{name}.definition", DEFINITION)
        yield from (read[f"{name}.{field}"] for field, _ in finding.find_fields()
                    if field not in ("outcome", "strategy"))
        if finding.events is not None and finding.n is None:
            yield Question(f"{name}.n", None, doubt=_ask_of_how_many(draft, finding))
        if finding.measure is not None:
            yield Question(f"{name}.versus", None, doubt="against whom? needed for a contrast")
            if finding.low is not None and finding.level is None:
                yield Question(
                    f"{name}.level",
                    None,
                    doubt="the level of the interval is not printed beside it; write 0.95",
                )


def _ask_of_how_many(draft: DraftStudy, finding: DraftFinding) -> str:
    """The question after the whole of a count, with the sizes that its share would fit."""
    fitting = list_fitting(finding, list_sizes(draft.n, draft.groups), draft.text)
    printed = f" {' and '.join(map(str, fitting))} would fit the share;" if fitting else ""
    return f"of how many?{printed} reject it where the abstract does not say"


def make_id(citation: Citation) -> str:
    """An id as the library writes them: first author and year; the PMID where one is missing."""
    last = citation.authors[0].last or citation.authors[0].collective if citation.authors else ""
    plain = unicodedata.normalize("NFKD", last).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]", "", plain)
    published = citation.published
    year = str(published.date.year) if published and published.date else ""
    return f"{name}{year}" if name and year else f"pmid{citation.pmid}"


def propose_topic(draft: DraftStudy) -> str | None:
    """The topic that the strategies of the draft point to; None where they point to none."""
    strategies = {field.value for name, field in draft.find_fields() if name.endswith(".strategy")}
    return next((topic for strategy, topic in _TOPICS if strategy in strategies), None)


