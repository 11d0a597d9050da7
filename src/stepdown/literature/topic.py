"""Whether a record is about MS or a disease mistaken for it: by its words, for fresh records have no MeSH."""

from __future__ import annotations

#: Lower-case UTF-8; "sclerosi" is common to English, Latin, Italian, Spanish and Portuguese.
_WORDS = tuple(word.encode() for word in (
    "multiple sclerosis", "sclerosis, multiple", "multiple-sclerosis", "disseminated sclerosis",
    "sclerosi multipla", "esclerosis múltiple", "esclerose múltipla", "sclérose en plaques",
    "multiple sklerose", "multiple sclerose", "stwardnienie rozsiane", "clinically isolated syndrome",
    "neuromyelitis optica", "nmosd",
    "mogad", "myelin oligodendrocyte glycoprotein antibod", "demyelinating disease", "relapsing-remitting ms",
))


def is_about_ms(xml: bytes) -> bool:
    """Whether the bytes of a record name MS, NMOSD, MOGAD or demyelination, in any of the usual languages.

    Deliberately wide: it sorts out what need not be parsed; screening decides. Lists of references do not
    count, so give the bytes without them.
    """
    lower = xml.lower()
    return any(word in lower for word in _WORDS)
