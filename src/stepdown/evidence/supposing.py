"""What would be answered if the library were another one? For as long as a ``with`` block lasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from stepdown.evidence.reading import put_in_place
from stepdown.evidence.relative import forget_ratios
from stepdown.evidence.risk import forget_fits
from stepdown.evidence.study import Study


@contextmanager
def supposing(studies: Mapping[str, Study], digest: str = "") -> Iterator[None]:
    """Let every reader of the library find these studies instead; fits are forgotten on both ends.

    ``digest`` is the hash of their files, where they have any: an answer names its library by it.
    """
    before = put_in_place((dict(studies), digest))
    _forget()
    try:
        yield
    finally:
        put_in_place(before)
        _forget()


def _forget() -> None:
    forget_ratios()
    forget_fits()
