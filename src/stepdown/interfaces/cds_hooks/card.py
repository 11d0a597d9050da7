"""One card within the limits of the specification, and the words that stand on every card."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import uuid4

from stepdown.interfaces.cds_hooks.calls import Call
from stepdown.interfaces.cds_hooks.services import Json, read_settings, say

LONGEST_SUMMARY = 139
MOST_REASONS = 4
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()+!|<>~=-]|(?<!&)#)")
#: What makes a link of a bare address: the colon of ://, the dot of www., the sign of an e-mail address.
_LINKED = re.compile(r":(?=//)|(?<=www)\.|@", re.IGNORECASE)
#: A number that would begin a list.
_NUMBERED = re.compile(r"^(\d+)\.")


@dataclass(frozen=True)
class App:
    """Where a card leads: to the pages, or to where a record system launches them for the open chart."""

    address: str
    launch: str | None = None

    def link(self, mark: str) -> Json:
        """The link on a card; a launch is told the mark of the card, a random number, and nothing else."""
        label = read_settings()["words"]["link"]
        if self.launch is None:
            return {"label": label, "url": self.address, "type": "absolute"}
        return {"label": label, "url": self.launch, "type": "smart", "appContext": mark}


def make_card(summary: str, indicator: str, detail: str, app: App | None) -> Json:
    """A card without empty members, linked without any fact of the person."""
    settings, mark = read_settings(), str(uuid4())
    reasons = [{"code": code, "system": settings["override"]["system"], "display": words}
               for code, words in settings["override"]["codes"].items()]  # fmt: skip
    card: Json = {
        "uuid": mark,
        "summary": summary if len(summary) <= LONGEST_SUMMARY else f"{summary[: LONGEST_SUMMARY - 1]}…",
        "indicator": indicator,
        "detail": detail,
        "source": {"label": settings["words"]["label"], **({"url": app.address} if app else {})},
        "overrideReasons": reasons if indicator != "info" else [],
        "links": [app.link(mark)] if app else [],
    }
    return {key: value for key, value in card.items() if value not in ("", [])}


def say_gaps(call: Call) -> list[str]:
    """What was not sent, and that this is no medical device."""
    gaps = [say("missing_parts", parts=", ".join(call.not_sent))] if call.not_sent else []
    gaps += [say("more_pages", parts=", ".join(call.not_whole))] if call.not_whole else []
    return [*gaps, say("disclaimer")]


def join(*groups: list[str]) -> str:
    """Groups of lines, with an empty line between them."""
    return "\n\n".join("\n".join(group) for group in groups if group)


def escape(words: str) -> str:
    """Text in one line without meaning to a reader of markdown (CommonMark, GitHub's links) or HTML."""
    plain = " ".join(words.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    plain = _LINKED.sub(lambda found: f"&#{ord(found[0])};", plain)
    return _NUMBERED.sub(r"\1\\.", _MARKDOWN.sub(r"\\\1", plain))
