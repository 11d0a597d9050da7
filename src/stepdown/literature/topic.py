"""Whether a record is about MS or a disease mistaken for it: by its words, for fresh records have no MeSH."""

from __future__ import annotations

#: Lower-case. English only: PubMed gives a title in English to records in any language.
_WORDS = tuple(word.encode() for word in (
    "multiple sclerosis", "sclerosis, multiple", "multiple-sclerosis", "disseminated sclerosis",
    "clinically isolated syndrome", "neuromyelitis optica", "nmosd", "mogad",
    "myelin oligodendrocyte glycoprotein antibod", "demyelinating disease",
))
#: Parts of those words, few enough to look for in every record.
_PARTS = (b"sclerosis", b"isolated syndrome", b"myelitis optica", b"nmosd", b"mogad", b"myelin oligo",
          b"demyelinating")


def is_about_ms(xml: bytes) -> bool:
    """Whether the bytes of a record name MS, NMOSD, MOGAD or demyelination.

    Deliberately wide: it sorts out what need not be parsed; screening decides. References and affiliations do
    not count, so give the bytes without them.
    """
    lower = xml.lower()
    return any(part in lower for part in _PARTS) and any(word in lower for word in _WORDS)
