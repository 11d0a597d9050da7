"""Where each number and sentence of an answer can be read: keys resolved to titles, PMIDs, DOIs and pages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from stepdown.decisions.source import Source
from stepdown.evidence.reading import find_absent, read_library
from stepdown.ms.dates import say_when
from stepdown.ms.sources import Source as CatalogueSource
from stepdown.ms.sources import read_sources
from stepdown.ms.therapies import Therapy, read_therapies

_CATALOGUE = "therapies:"


def expand_sources(
    keys: Iterable[str], therapy: str | None = None, target: str | None = None
) -> tuple[str, ...]:
    """Source keys with each ``therapies:DRUG.field`` replaced by the keys behind that field of the catalogue.

    ``self`` as the drug is the person's own, ``target`` the one an option leads to; they give nothing where
    that is not known. ``therapies:DRUG.field#ROW`` takes only the rows of the field that carry the sentence:
    those with this id, condition or test, or with this word in their text.
    """
    return _expand(tuple(keys), therapy, target)


@lru_cache(maxsize=4096)
def _expand(keys: tuple[str, ...], therapy: str | None, target: str | None) -> tuple[str, ...]:
    """The same, looked up once: the catalogue stays as it is."""
    drugs = {"self": therapy or "", "target": target or ""}
    found: list[str] = []
    for key in keys:
        if not key.startswith(_CATALOGUE):
            found.append(key)
            continue
        place, _, row = key.removeprefix(_CATALOGUE).partition("#")
        name, _, field = place.partition(".")
        entry = read_therapies().get(drugs.get(name, name))
        found.extend(_sources_of(entry, field, row) if entry else ())
    return tuple(dict.fromkeys(found))


def _sources_of(therapy: Therapy, field: str, row: str) -> Iterable[str]:
    """The sources of a field, or of those of its rows that are meant."""
    if not row:
        return therapy.sources_of(field)
    return [key for each in getattr(therapy, field) if _is_meant(each, row) for key in each.source]


def _is_meant(row: object, wanted: str) -> bool:
    """Whether a row of the catalogue goes by a name, or speaks of it."""
    names = [getattr(row, name, None) for name in ("id", "condition", "test")]
    said = f"{getattr(row, 'text', '')} {getattr(row, 'what', '')}"
    return wanted in names or wanted.casefold() in said.casefold()


def _from_study(study_id: str, findings: tuple[str, ...]) -> Source:
    """A study as a source; one that is retracted, or that the library in place does not hold, says so."""
    absent = find_absent()
    study = absent.get(study_id) or read_library()[study_id]
    url = study.urls[0] if study.urls else None
    title = f"Retracted {say_when(study.retracted)}: {study.title}" if study.retracted else study.title
    title = f"Not in the library in use: {study.title}" if study_id in absent else title
    return Source(title, study.year, study.pmid, study.doi, study.read, findings, url)


def _from_catalogue(source: CatalogueSource) -> Source:
    """A source of the drug catalogue; a page that reports another text counts as secondary."""
    read = "secondary" if source.kind in ("secondary", "reasoning") else "abstract"
    read = "full-text" if source.kind in ("label", "regulator", "code-list") else read
    return Source(source.title, source.year, source.pmid, source.doi, read, (), source.url)


def resolve_sources(keys: Iterable[str]) -> dict[str, Source]:
    """Each source of an answer by its id, studies with the findings used; LookupError for an unknown key."""
    findings: dict[str, dict[str, None]] = {}
    for key in keys:
        study, _, finding = key.partition("#")
        findings.setdefault(study, {}).update({finding: None} if finding else {})
    return {name: _resolve(name, tuple(found)) for name, found in sorted(findings.items())}


def _resolve(name: str, findings: tuple[str, ...]) -> Source:
    """One source by its id: a study of the library first, then the drug catalogue."""
    if name in read_library() or name in find_absent():
        return _from_study(name, findings)
    if name in read_sources():
        return _from_catalogue(read_sources()[name])
    raise LookupError(f"no source is called {name!r}")
