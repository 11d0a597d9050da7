"""Whether a record is about MS or a disease mistaken for it: by its words, for fresh records have no MeSH."""

from __future__ import annotations

#: Lower-case. English only: PubMed gives a title in English to records in any language.
_WORDS = tuple(word.encode() for word in (
    "multiple sclerosis", "sclerosis, multiple", "multiple-sclerosis", "disseminated sclerosis",
    "clinically isolated syndrome", "neuromyelitis optica", "nmosd", "mogad",
    "myelin oligodendrocyte glycoprotein antibod", "demyelinating disease",
))


def is_about_ms(xml: bytes) -> bool:
    """Whether the bytes of a record name MS, NMOSD, MOGAD or demyelination.

    Deliberately wide: it sorts out what need not be parsed; screening decides. References and affiliations do
    not count, so give the bytes without them.
    """
    lower = xml.lower()
    # Parts of those words, few enough to look for in every record.
    may_be = (b"sclerosis" in lower or b"myelin" in lower or b"myelitis optica" in lower or b"nmosd" in lower
              or b"mogad" in lower or b"isolated syndrome" in lower)
    return may_be and any(word in lower for word in _WORDS)
