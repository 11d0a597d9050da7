"""Ways to falsify a text: one number, drug, illness, group of people, direction or denominator changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

NUMBER = re.compile(r"(?<![\w.-])\d[\d,]*(?:\.\d+)?(?![\w-])")
#: Numbers that are part of a name, of advice, or of the paper's citation.
FIXED = re.compile(r"24 hours|COVID-19|grade \d|in \w[\w ,]*, \d{4}\.")
OTHER_DRUGS = (
    "ritonavir", "fingolimod", "rituximab", "natalizumab", "teriflunomide", "aspirin", "ocrelizumab",
)  # fmt: skip
OTHER_ILLNESSES = ("lupus", "MOGAD", "NMOSD", "epilepsy", "MS")
PEOPLE = {
    "relapsing MS": ("primary progressive MS", "secondary progressive MS"),
    "primary progressive MS": ("relapsing MS",),
    "secondary progressive MS": ("relapsing MS", "primary progressive MS"),
    "people with": ("women with", "children with", "older people with"),
    "people who": ("women who", "children who", "younger people who"),
    "with several attacks": ("with only one attack",),
    "with only one attack": ("with several attacks",),
    "with an autoimmune illness": ("without an autoimmune illness",),
    "without an autoimmune illness": ("with an autoimmune illness",),
}
DIRECTIONS = {
    "more often": ("less often", "as often"),
    "less often.": ("more often.",),
    "inside that range": ("outside that range",),
    "outside that range": ("inside that range",),
    "had none": ("had one",),
    "did not": ("did",),
    "cannot tell": ("can tell",),
    "cannot be": ("can be",),
    "cannot say": ("can say",),
    "is above 1": ("is below 1",),
    "is below 1": ("is above 1",),
    "who stopped": ("who stayed on",),
    "who stayed on": ("who stopped",),
    "cannot tell which group had more": ("showed a clear difference", "showed that both are the same"),
    "may be higher": ("may be lower",),
    "Nobody was compared": ("Everybody was compared",),
}


def swap_numbers(sentence: str) -> Iterator[str]:
    """Each number in turn one higher, and ten times itself."""
    kept = {place for match in FIXED.finditer(sentence) for place in range(*match.span())}
    for match in NUMBER.finditer(sentence):
        if match.start() in kept:
            continue
        value = float(match[0].replace(",", ""))
        for other in (value + 1, value * 10 or 10):
            shown = f"{other:,.2f}".rstrip("0").rstrip(".")
            yield sentence[: match.start()] + shown + sentence[match.end() :]


def swap_denominators(sentence: str) -> Iterator[str]:
    """X of every 100 as X of every 1,000, and k of n as k of twice as many."""
    pairs = (("every 100 ", "every 1,000 "), ("every 1,000 ", "every 100 "), ("every 100.", "every 1,000."))
    for old, new in pairs:
        if old in sentence:
            yield sentence.replace(old, new)
    for match in re.finditer(r"of ([\d,]+) people", sentence):
        people = int(match[1].replace(",", ""))
        yield sentence.replace(match[0], f"of {2 * people:,} people")


def swap_drugs(sentence: str, drugs: tuple[str, ...]) -> Iterator[str]:
    """Each drug that a sentence names, in turn, as another one."""
    for drug in drugs:
        if re.search(rf"\b{re.escape(drug)}\b", sentence):
            for other in OTHER_DRUGS:
                if other != drug:
                    yield re.sub(rf"\b{re.escape(drug)}\b", other, sentence)


def swap_illness(headline: str) -> Iterator[str]:
    """The illness that stands first in a headline, as another one."""
    own, _, rest = headline.partition(":")
    for other in OTHER_ILLNESSES:
        if other not in own:
            yield f"{other}:{rest}"


def swap_words(sentence: str, table: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Each phrase of a table as each of its opposites."""
    for old, others in table.items():
        if re.search(rf"\b{re.escape(old)}", sentence):
            yield from (re.sub(rf"\b{re.escape(old)}", new, sentence, count=1) for new in others)
