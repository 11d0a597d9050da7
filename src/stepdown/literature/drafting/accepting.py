"""The study file of a reviewed draft: what a person accepted, and nothing else.

A share of people without an outcome becomes the share with it, and is marked as computed. Figures that
contradict each other and were accepted all the same are kept as printed, and marked as misprinted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from stepdown.evidence.vocabulary import DIFFERENCES
from stepdown.literature.citation import Citation
from stepdown.literature.drafting.draft import POPULATION, Value
from stepdown.literature.drafting.proposing import Question
from stepdown.ms.errors import UserError
from stepdown.ms.therapies import read_therapies

_HEAD = (
    "# Read from the abstract by stepdown literature review; each field was accepted or edited by a person."
)
#: Fields whose doubts are contradictions between printed figures.
_FIGURES = frozenset({"events", "n", "percent", "rate", "value", "low", "high"})
Accepted = Mapping[str, Value]
#: Strategy, drug and size of each arm, by its id.
Arms = dict[str, tuple[str, str | None, int | None]]


def write_study(citation: Citation, questions: Iterable[Question], accepted: Accepted, added: date) -> str:
    """The text of the study file; UserError when what was accepted cannot be one study."""
    arms = _find_arms(accepted)
    lines = [_HEAD, *_write_study_part(citation, accepted, added)]
    for name, (strategy, therapy, n) in arms.items():
        arm = {"id": name, "strategy": strategy, "n": n, "therapies": [therapy] if therapy else None}
        lines += ["", "[[arms]]", *_write(arm)]
    seen: set[str] = set()
    doubts = _find_kept_doubts(questions, accepted)
    for place in _number(accepted, "findings"):
        start = f"findings.{place}."
        own = {name.removeprefix(start): value for name, value in accepted.items() if name.startswith(start)}
        said = dict.fromkeys(text for name, text in doubts.items() if name.startswith(start))
        lines += ["", "[[findings]]", *_write(_make_finding(own, list(said), accepted, arms, seen))]
    return "\n".join(lines) + "\n"


def _find_kept_doubts(questions: Iterable[Question], accepted: Accepted) -> dict[str, str]:
    """The contradictions between printed figures all of which were accepted as they are printed, by field."""
    figures = [question for question in questions if question.doubt and question.value is not None
               and question.name.rpartition(".")[2] in _FIGURES]
    mended = {(question.parent, question.doubt) for question in figures
              if accepted.get(question.name) != question.value}
    return {question.name: question.doubt for question in figures
            if (question.parent, question.doubt) not in mended}


def find_places(accepted: Accepted) -> tuple[int, ...]:
    """The numbers of the findings in the review, in the order of the findings in the file."""
    return tuple(_number(accepted, "findings"))


def _number(accepted: Accepted, kind: str) -> Iterator[int]:
    """The numbers of the findings or groups of which something was accepted."""
    yield from sorted({int(name.split(".")[1]) for name in accepted if name.startswith(f"{kind}.")})


def _write_study_part(citation: Citation, accepted: Accepted, added: date) -> list[str]:
    diseases = [str(value) for name, value in accepted.items() if name.startswith("diseases.")]
    if len(set(diseases)) > 1:
        raise UserError(f"a study file is about one disease; reject all but one of {', '.join(diseases)}.")
    published = citation.published
    day = str(published.date) if published and published.date else "unknown"
    head = {
        "id": accepted.get("id", ""), "title": citation.title.rstrip("."), "authors": _name_authors(citation),
        "journal": citation.journal or None, "year": int(day[:4]) if day != "unknown" else None,
        "pmid": citation.pmid, "doi": citation.doi, "trial": ", ".join(citation.trial_ids) or None,
        "design": accepted.get("design", ""), "disease": diseases[0] if diseases else "",
        "courses": [str(value) for name, value in accepted.items() if name.startswith("courses.")] or None,
        "topic": accepted.get("topic", ""), "read": "abstract", "published": day, "added": added.isoformat(),
        "limits": accepted.get("limits", ""),
    }
    people = {name: accepted.get(name) for name in POPULATION} | {"n": _whole(accepted, "n")}
    population = ["", "[population]", *_write(people)] if set(POPULATION) & set(accepted) else []
    return [*_write(head), *population]


def _name_authors(citation: Citation) -> str | None:
    names = [author.last or author.collective for author in citation.authors]
    if not names:
        return None
    return names[0] if len(names) == 1 else f"{names[0]} et al."


def _find_arms(accepted: Accepted) -> Arms:
    """The arms of groups with a strategy: id, strategy, drug, size; of one strategy and drug the first."""
    found: Arms = {}
    for place in _number(accepted, "groups"):
        strategy, therapy = (accepted.get(f"groups.{place}.{name}") for name in ("strategy", "therapy"))
        n = accepted.get(f"groups.{place}.n")
        if strategy is not None and n is not None:
            name = "-".join(str(part) for part in (strategy, therapy) if part)
            found.setdefault(name, (str(strategy), str(therapy) if therapy else None, round(float(n))))
    return found


def _make_finding(
    own: Accepted, doubts: list[str], accepted: Accepted, arms: Arms, seen: set[str]
) -> dict[str, object]:
    """The keys of one finding; ``seen`` are the ids that are taken, and grows."""
    therapy = str(own["therapy"]) if "therapy" in own else None
    figures = _make_figures(own)
    said = {name: own.get(name, "") for name in ("outcome", "strategy", "definition")}
    return {
        "id": _name_finding(own, seen),
        **said,
        "report": _name_report(figures),
        "locator": "abstract",
        "arm": _find_arm(own, therapy, arms),
        "groups": _find_groups(therapy),
        "therapies": [therapy] if therapy else None,
        "selection": own.get("selection"),
        **figures,
        **_make_time(own, accepted, figures),
        "misprinted": "; ".join(doubts) or None,
    }


def _find_arm(own: Accepted, therapy: str | None, arms: Arms) -> str | None:
    """The arm of this strategy, drug and size, if there is one."""
    for name, (strategy, drug, n) in arms.items():
        if strategy == own.get("strategy") and drug in (None, therapy) and n == own.get("n", n):
            return name
    return None


def _name_finding(own: Accepted, seen: set[str]) -> str:
    """An id from outcome, strategy and drug, numbered where it is taken."""
    parts = (str(own.get("outcome", "")).removeprefix("other:"), own.get("strategy"), own.get("therapy"))
    base = "-".join(str(part).replace("_", "-").lower() for part in parts if part) or "finding"
    name, number = base, 1
    while name in seen:
        number += 1
        name = f"{base}-{number}"
    seen.add(name)
    return name


def _find_groups(therapy: str | None) -> list[str] | None:
    found = read_therapies().get(therapy or "")
    return [found.group] if found else None


def _make_figures(own: Accepted) -> dict[str, object]:
    """The numbers of a finding as a study file holds them."""
    if "measure" in own:
        return {"n": _whole(own, "n"), "effect": _make_effect(own)}
    if "rate" in own:
        bounds = {f"rate_{name}": own.get(name) for name in ("low", "high")}
        return {"events": _whole(own, "events"), "n": _whole(own, "n"), "rate": own["rate"], **bounds}
    return _make_share(own)


def _make_effect(own: Accepted) -> dict[str, object]:
    names = ("measure", "value", "versus", "low", "high", "level", "p")
    return {**{name: own[name] for name in names if name in own}, "versus": own.get("versus", "")}


def _make_share(own: Accepted) -> dict[str, object]:
    """Events, people, share and its bounds; turned round where people without the outcome are counted."""
    events, n = _whole(own, "events"), _whole(own, "n")
    share, low, high = (_to_share(own.get(name)) for name in ("percent", "low", "high"))
    if "is_free" not in own:
        return {"events": events, "n": n, "proportion": share, "proportion_low": low, "proportion_high": high}
    turned = {"events": n - events if n is not None and events is not None else None, "n": n,
              "proportion": _rest(share), "proportion_low": _rest(high), "proportion_high": _rest(low)}
    computed = [name for name, value in turned.items() if value is not None and name != "n"]
    return {**turned, "computed": computed or None}


def _whole(own: Accepted, name: str) -> int | None:
    return round(float(own[name])) if name in own else None


def _to_share(percent: Value | None) -> float | None:
    return None if percent is None else float(f"{float(percent) / 100:.6g}")


def _rest(share: float | None) -> float | None:
    return None if share is None else float(f"{1 - share:.6g}")


def _name_report(figures: Mapping[str, object]) -> str:
    """What kind of number a finding reports; words where none of them stands by itself."""
    effect = figures.get("effect")
    if isinstance(effect, dict):
        return "difference" if effect["measure"] in DIFFERENCES else "ratio"
    if figures.get("rate") is not None:
        return "rate"
    if figures.get("events") is not None and figures.get("n") is not None:
        return "counts"
    return "proportion" if figures.get("proportion") is not None else "words"


def _make_time(own: Accepted, accepted: Accepted, figures: Mapping[str, object]) -> dict[str, object]:
    """The time of a finding: its own; for counts and shares else the time that people were watched."""
    years, kind = own.get("time_years"), own.get("time_kind")
    if years is None and "effect" not in figures and "rate" not in figures:
        years, kind = accepted.get("follow_up_years"), accepted.get("follow_up_kind")
    return {"time_years": years, "time_kind": (kind or "unknown") if years is not None else None}


def _write(table: Mapping[str, object]) -> list[str]:
    """The keys of a table that hold something, as lines of TOML."""
    return [f"{name} = {_write_value(value)}" for name, value in table.items() if value is not None]


def _write_value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_write_value(part)}" for name, part in value.items()) + " }"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:.1f}"
    return json.dumps(value, ensure_ascii=False)
