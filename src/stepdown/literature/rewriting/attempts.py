"""Ask a model for a text, hold it against the gate, tell it each objection, ask again; at most so often."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from stepdown.evidence.study import Study
from stepdown.literature.gate.checking import Objection, check_text
from stepdown.literature.rewriting.endpoint import Endpoint
from stepdown.literature.summaries.summary import PlainLanguageSummary


@dataclass(frozen=True)
class Attempt:
    """A text of the model, and what the gate has against it; without an objection it may be published."""

    text: str
    objections: tuple[Objection, ...]


def rewrite(
    study: Study, summary: PlainLanguageSummary, endpoint: Endpoint, tries: int, framing: Iterable[str] = ()
) -> tuple[Attempt, ...]:
    """The attempts, the last one accepted unless every one was rejected; UserError when no model answers."""
    around = list(framing)
    messages = [_to_message("system", _read_prompts()["task"]), _to_message("user", write_request(summary))]
    attempts: list[Attempt] = []
    while len(attempts) < tries and not (attempts and not attempts[-1].objections):
        text = endpoint.ask(messages)
        attempts.append(Attempt(text, check_text(text, study, summary, around)))
        told = "\n".join(_list_objections(attempts[-1]))
        again = _read_prompts()["again"].format(objections=told)
        messages += [_to_message("assistant", text), _to_message("user", again)]
    return tuple(attempts)


def write_request(summary: PlainLanguageSummary) -> str:
    """Our own summary as the model gets it: headline, banners, body, and how the paper is cited."""
    blocks = [summary.headline, *summary.banners]
    for chunk in summary.chunks:
        blocks += [chunk.title, " ".join(claim.text for claim in chunk.claims)]
    address = summary.source.doi or summary.source.pmid or ""
    return "\n\n".join([*blocks, f"{summary.source.title} {address}".strip()])


def _list_objections(attempt: Attempt) -> Iterator[str]:
    for objection in attempt.objections:
        yield f"- {objection.what}" + (f": {objection.sentence}" if objection.sentence else "")


def _to_message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


@cache
def _read_prompts() -> dict[str, str]:
    """What the model is told."""
    return tomllib.loads((files("stepdown.literature.rewriting") / "prompts.toml").read_text("utf-8"))
