"""How well drafts are read, field by field: on excerpts of studies, and on forty marked abstracts.

Usage: python validation/draft-study/measure.py development|held-out|abstracts|opened|unseen [--show]

``held-out`` opens the third of the studies that no rule was written from. ``--show`` prints what was missed
and what was wrong; never with ``held-out`` or ``unseen``. The rules of counting are in README.md here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from split import draw_abstracts, has_enough_digits, open_held_out, read_development

from stepdown.evidence.study import OUTCOMES, STRATEGIES
from stepdown.literature.citation import AbstractSection, Citation
from stepdown.literature.drafting.draft import DraftFinding, DraftStudy
from stepdown.literature.drafting.reading import read_draft
from stepdown.literature.numbers import read_numbers
from stepdown.literature.pubmed_file import ARTICLE, read_pieces
from stepdown.literature.pubmed_record import cut_references, read_record

HERE = Path(__file__).resolve().parent
REFERENCE = Path(os.environ.get("STEPDOWN_REFERENCE") or HERE.parents[2] / "shared")
_SHARE, _RATE = (1, 100, 1000), (0.01, 1, 10, 100, 1000)
#: The fields of a finding, with the scales in which its excerpt may print them.
SCALES: dict[str, tuple[float, ...]] = {
    "events": (1,), "n": (1,), "share": _SHARE, "share.low": _SHARE, "share.high": _SHARE, "rate": _RATE,
    "time": (1, 12, 52.18, 365.25), "effect.value": (1, 100), "effect.low": (1, 100), "effect.high": (1, 100),
}
#: Words of a finding, asked of those whose figure was found; and the figures by which they are.
WORDS, FIGURES = ("outcome", "strategy"), ("events", "share", "rate", "effect.value")
Values = dict[str, float | str]


def read_recorded(result: dict[str, Any]) -> Values:
    """What the editors recorded of one finding, by field."""
    effect = result["effect"] or {}
    low, high = result.get("proportion_ci") or (None, None)
    found = {
        "events": result["events"],
        "n": result["n"],
        "share": result["proportion"],
        "share.low": low,
        "share.high": high,
        "rate": result["rate_per_100_person_years"],
        "time": result["time_years"],
        "effect.measure": effect.get("measure") if effect.get("value") is not None else None,
        "effect.value": effect.get("value"),
        "effect.low": effect.get("ci_low"),
        "effect.high": effect.get("ci_high"),
    }
    return {field: value for field, value in found.items() if value is not None}


def read_given(finding: DraftFinding) -> Values:
    """What the extractor gives of one finding, by field; people without the outcome are turned round."""
    held = {name: field.value for name, field in finding.find_fields()}
    is_free = held.pop("is_free", None) is not None
    prefix = "effect" if "measure" in held else "share" if "percent" in held else ""
    found: Values = {name: held[name] for name in ("events", "n", "rate") if name in held}
    for name, field in (("measure", "effect.measure"), ("value", "effect.value"), ("time_years", "time")):
        if name in held:
            found[field] = held[name]
    for name in ("low", "high"):
        if name in held and prefix:
            found[f"{prefix}.{name}"] = float(held[name]) / (100 if prefix == "share" else 1)
    if "percent" in held:
        found["share"] = float(held["percent"]) / 100
    return _turn(found) if is_free else found


def _turn(found: Values) -> Values:
    """The count and share of people with an outcome, from those of people without it."""
    turned = dict(found)
    if "share" in found:
        turned["share"] = 1 - float(found["share"])
    if "events" in found:
        del turned["events"]
    if "events" in found and "n" in found:
        turned["events"] = float(found["n"]) - float(found["events"])
    return turned


def is_same(field: str, one: float | str, other: float | str) -> bool:
    """Whether two values are the same: times to 3 %, shares to half a per cent, others as printed."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    one, other = abs(float(one)), abs(float(other))
    if field == "time":
        return abs(one - other) <= 0.03 * max(one, other)
    return abs(one - other) <= (0.0051 if field.startswith("share") else 1e-6 * max(1, one, other))


def is_printed(field: str, recorded: Values, excerpt: str) -> bool:
    """Whether an excerpt prints a value in one of its scales, or what is left of the whole."""
    if field == "effect.measure":
        return is_printed("effect.value", recorded, excerpt)
    value = float(recorded[field])
    wanted = [abs(value) * scale for scale in SCALES[field]]
    if field == "share":
        wanted += [(1 - value) * scale for scale in SCALES[field]]
    if field == "events" and "n" in recorded:
        wanted.append(float(recorded["n"]) - value)
    room = 0.03 if field == "time" else 1e-6
    numbers = {number.value for number in read_numbers(excerpt)}
    return any(abs(number - target) <= room * max(1e-9, target) for number in numbers for target in wanted)


def read_excerpt(title: str, excerpt: str) -> DraftStudy:
    """The draft of an excerpt, taken as the results of an abstract with this title."""
    return read_draft(Citation("0", 1, title=title, abstract=(AbstractSection(excerpt, "", "RESULTS"),)))


def list_values(draft: DraftStudy) -> list[Values]:
    """What the extractor gives of an excerpt: each finding, and what it says of the study as a whole."""
    whole = (("n", draft.n), ("time", draft.follow_up_years), *(("n", group.n) for group in draft.groups))
    return [*(read_given(finding) for finding in draft.findings),
            *({name: field.value} for name, field in whole if field is not None)]


class Score:
    """Counts of one field: values that were to be found, those found, values given, those right."""

    def __init__(self) -> None:
        self.wanted, self.found, self.given, self.right = 0, 0, 0, 0

    def row(self, field: str) -> str:
        """A line of the table in Markdown."""
        precision = f"{self.right / self.given:.2f}" if self.given else "-"
        recall = f"{self.found / self.wanted:.2f}" if self.wanted else "-"
        right, found = f"{self.right} of {self.given}", f"{self.found} of {self.wanted}"
        return f"| {field} | {precision} | {right} | {recall} | {found} |"


def measure_excerpts(studies: list[dict[str, Any]], show: bool) -> tuple[dict[str, Score], int]:
    """The scores by field over these studies, and how many recorded values their excerpts do not print."""
    scores = {field: Score() for field in (*SCALES, "effect.measure", *WORDS)}
    unprinted = 0
    for study in studies:
        recorded = [read_recorded(result) for result in study["results"]]
        for result, values in zip(study["results"], recorded, strict=True):
            draft = read_excerpt(study["title"], result["quote"])
            unprinted += _score_recall(scores, values, list_values(draft), result["quote"], show)
            _score_words(scores, read_words(study, result), values, draft, result["quote"], show)
        drafts = [read_excerpt(study["title"], excerpt)
                  for excerpt in sorted({result["quote"] for result in study["results"]})]
        _score_precision(scores, recorded, drafts, show)
    return scores, unprinted


def _score_recall(
    scores: dict[str, Score], values: Values, given: list[Values], excerpt: str, show: bool
) -> int:
    unprinted = 0
    for field, value in values.items():
        if not is_printed(field, values, excerpt):
            unprinted += 1
            continue
        hit = any(field in other and is_same(field, value, other[field]) for other in given)
        scores[field].wanted += 1
        scores[field].found += hit
        if show and not hit:
            print(f"MISSED {field} {value}: {excerpt}")
    return unprinted


def read_words(study: dict[str, Any], result: dict[str, Any]) -> dict[str, str]:
    """Outcome and strategy of a recorded finding, where they are words of the library."""
    strategies = {arm["id"]: arm["strategy"] for arm in study["arms"]}
    outcome = {"disability_progression": "confirmed_worsening"}.get(result["outcome"], result["outcome"])
    strategy = strategies.get(result["arm"])
    found = {"outcome": outcome if outcome in OUTCOMES else None,
             "strategy": strategy if strategy in STRATEGIES else None}
    return {field: word for field, word in found.items() if word}


def _score_words(
    scores: dict[str, Score],
    words: dict[str, str],
    values: Values,
    draft: DraftStudy,
    excerpt: str,
    show: bool,
) -> None:
    """Outcome and strategy of the first finding of the draft that has a figure of the recorded one."""
    for finding in draft.findings:
        figures = {field: value for field, value in read_given(finding).items() if field in FIGURES}
        if any(field in values and is_same(field, values[field], value) for field, value in figures.items()):
            break
    else:
        return
    for field, word in words.items():
        read = getattr(finding, field)
        right = read is not None and read.value == word
        scores[field].wanted, scores[field].found = scores[field].wanted + 1, scores[field].found + right
        scores[field].given += read is not None
        scores[field].right += right
        if show and not right:
            print(f"WORD {field} {word}, not {read.value if read else None}: {excerpt}")


def _score_precision(
    scores: dict[str, Score], recorded: list[Values], drafts: list[DraftStudy], show: bool
) -> None:
    """Each value given once for a study, however many of its excerpts print it."""
    seen: set[tuple[str, float | str]] = set()
    for draft in drafts:
        for values in list_values(draft):
            for field, value in values.items():
                if (field, value) in seen:
                    continue
                seen.add((field, value))
                right = any(field in other and is_same(field, value, other[field]) for other in recorded)
                scores[field].given += 1
                scores[field].right += right
                if show and not right:
                    print(f"NOT RECORDED {field} {value}: {draft.text}")


def read_sample() -> dict[str, Citation]:
    """The records of the sample with enough digits in their abstract, by PMID."""
    pieces = read_pieces(REFERENCE / "data" / "pubmed" / "ms-sample.xml")
    citations = (read_record(*cut_references(piece.xml)) for piece in pieces if piece.tag == ARTICLE)
    return {item.pmid: item for item in citations if has_enough_digits(item.abstract_text)}


Mark = tuple[str, int | None, int | None, str, bool]


def read_marks() -> dict[str, list[Mark]]:
    """The marks of each abstract: field, start, end, value, and whether it must be given."""
    marks: dict[str, list[Mark]] = {}
    for line in (HERE / "abstracts.tsv").read_text("utf-8").splitlines()[1:]:
        pmid, field, start, end, value, counts = line.split("\t")
        place = (int(start), int(end)) if start else (None, None)
        marks.setdefault(pmid, []).append((field, *place, value, counts == "must"))
    return marks


def list_given(draft: DraftStudy) -> Iterator[tuple[str, tuple[tuple[int, int], ...], float | str]]:
    """What the extractor gives of an abstract in the fields of the marks: field, spans, value."""
    yield "design", (), draft.design.value if draft.design else "none"
    yield from (("disease", (), disease.value) for disease in draft.diseases)
    if not draft.diseases:
        yield "disease", (), "none"
    if draft.n is not None:
        yield "n", draft.n.spans, draft.n.value
    if draft.follow_up_years is not None:
        yield "follow_up", draft.follow_up_years.spans, draft.follow_up_years.value
    yield from (("group", group.n.spans, group.n.value) for group in draft.groups)
    names = {"events": "events", "n": "of", "percent": "percent", "rate": "rate", "time_years": "follow_up"}
    for finding in draft.findings:
        held = dict(finding.find_fields())
        yield from ((names[name], field.spans, field.value) for name, field in held.items() if name in names)
        if "measure" in held:
            parts = ((part, held[part]) for part in ("value", "low", "high") if part in held)
            yield from ((f"effect.{part}", field.spans, field.value) for part, field in parts)


def measure_abstracts(show: bool) -> dict[str, Score]:
    """The scores by field over the forty abstracts."""
    citations, marks = read_sample(), read_marks()
    drawn = draw_abstracts(citations)
    assert set(drawn) == set(marks), "abstracts.tsv does not mark the abstracts that the seed draws"
    scores: dict[str, Score] = {}
    for pmid in drawn:
        given = list(dict.fromkeys(list_given(read_draft(citations[pmid]))))
        score_marks(scores, pmid, marks[pmid], given, show)
    return scores


def score_marks(
    scores: dict[str, Score], pmid: str, marks: list[Mark], given: list[Any], show: bool
) -> None:
    """Add what is right, wrong and missed of one abstract to the scores."""
    for field, spans, value in given:
        right = any(_fits(mark, field, spans, value) for mark in marks)
        score = scores.setdefault(field, Score())
        score.given, score.right = score.given + 1, score.right + right
        if show and not right:
            print(f"WRONG {pmid} {field} {value} {spans}")
    for mark in _merge(marks, "n"):
        if not mark[4]:
            continue
        hit = any(_fits(mark, field, spans, value) for field, spans, value in given)
        score = scores.setdefault(mark[0], Score())
        score.wanted, score.found = score.wanted + 1, score.found + hit
        if show and not hit:
            print(f"MISSED {pmid} {mark}")


def _merge(marks: list[Mark], name: str) -> list[Mark]:
    """The whole number of people once, though it is marked at each place where it stands."""
    first = next((mark for mark in marks if mark[0] == name), None)
    return [mark for mark in marks if mark[0] != name or mark is first]


def _fits(mark: Mark, field: str, spans: tuple[tuple[int, int], ...], value: float | str) -> bool:
    """Whether a given value is the marked one: same field, same value, places that overlap."""
    name, start, end, marked, _ = mark
    if name != field:
        return False
    if start is None or end is None:
        return value == marked
    wanted = float(marked)
    if abs(float(value) - wanted) > max(
        0.01 * abs(wanted) if field == "follow_up" else 0, 1e-6 * max(1, abs(wanted))
    ):
        return False
    return any(one < end and start < other for one, other in spans)


def print_table(scores: dict[str, Score]) -> None:
    """The scores as a table in Markdown."""
    print("| field | precision | | recall | |\n|---|---|---|---|---|")
    for field, score in scores.items():
        print(score.row(field))


if __name__ == "__main__":
    asked, show = sys.argv[1], "--show" in sys.argv
    if asked == "abstracts":
        print_table(measure_abstracts(show))
    elif asked in ("opened", "unseen"):
        from unseen import OPENED, UNSEEN, measure_unseen

        print_table(measure_unseen(show and asked == "opened", OPENED if asked == "opened" else UNSEEN))
    else:
        texts = open_held_out(REFERENCE) if asked == "held-out" else read_development(REFERENCE)
        table, left = measure_excerpts(texts, show and asked != "held-out")
        print(
            f"{len(texts)} studies, {sum(len(study['results']) for study in texts)} findings; {left} "
            f"recorded "
            "values are not printed in their excerpt"
        )
        print_table(table)
