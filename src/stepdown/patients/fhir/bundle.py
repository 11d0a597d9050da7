"""The entries of one or more FHIR bundles with their places; what is no entry of this person is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from stepdown.ms.errors import UserError
from stepdown.patients.fhir.values import Json, part, parts, text

#: More entries than any one person's record has; a bundle beyond it is refused.
MOST_ENTRIES = 100_000
_BUNDLES = ("searchset", "collection", "transaction", "batch", "document", "history", "message")


@dataclass(frozen=True)
class LeftOut:
    """One part of a bundle that was not used: where, which resource, and why."""

    place: str
    resource: str
    reason: str


@dataclass(frozen=True)
class Entry:
    """One resource of a bundle with its place, its address in the bundle and its kind."""

    place: str
    address: str
    kind: str
    resource: Json


@dataclass
class Entries:
    """All entries of some bundles: those with a resource, those without, and what is said of the bundles.

    ``deleted`` are the addresses of what a history says was deleted, with the time where it gives one.
    """

    found: list[Entry] = field(default_factory=list)
    deleted: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    made_on: list[str] = field(default_factory=list)
    own_links: set[str] = field(default_factory=set)
    next_links: dict[str, str] = field(default_factory=dict)


def read_json(content: str, name: str) -> Any:
    """The JSON of a bundle, or the resources of a file with one on each line; UserError else."""
    try:
        return json.loads(content)
    except RecursionError:
        raise UserError(f"{name}: nested too deeply for a FHIR bundle.") from None
    except ValueError as problem:
        lines = [line for line in content.splitlines() if line.strip()]
        try:
            return [json.loads(line) for line in lines] if len(lines) > 1 else _refuse(name, problem)
        except (ValueError, RecursionError):
            _refuse(name, problem)


def _refuse(name: str, problem: ValueError) -> Any:
    place = f", line {problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
    raise UserError(f"{name}{place}: this is no JSON, so no FHIR bundle.") from problem


def list_entries(value: Any, name: str) -> Entries:
    """The entries of a bundle, of a list of bundles (pages) or resources; UserError when it is neither."""
    entries = Entries()
    pages = value if isinstance(value, list) else [value]
    for number, page in enumerate(pages):
        prefix = f"[{number}]" if isinstance(value, list) else ""
        if not isinstance(page, dict) or not text(page, "resourceType"):
            if len(pages) == 1:
                raise UserError(f"{name}: no FHIR bundle: it has no resourceType.")
            entries.left_out.append(LeftOut(prefix or "file", "unknown", "it has no resourceType"))
        elif text(page, "resourceType") == "Bundle":
            _add_bundle(page, prefix, entries)
        else:
            entries.found.append(Entry(prefix or "file", "", text(page, "resourceType"), page))
        if len(entries.found) > MOST_ENTRIES:
            raise UserError(f"{name}: more than {MOST_ENTRIES} entries; give the record of one person.")
    if not entries.found and len(entries.left_out) == len(pages) > 0:
        raise UserError(f"{name}: no FHIR bundle: nothing in it has a resourceType.")
    if not entries.found and not entries.left_out:
        entries.notes.append("the bundle is empty")
    entries.notes += [
        f"{place}: more pages follow, and are not fetched; give all pages in one list"
        for place, link in entries.next_links.items()
        if link not in entries.own_links
    ]
    if isinstance(value, dict) and is_cut_off(value):
        said = f"{value['total']} entries match, and not all are here"
        entries.notes.append(f"bundle: {said}; give all pages in one list")
    return _leave_out_repeats(_leave_out_deleted(entries))


def _leave_out_deleted(entries: Entries) -> Entries:
    """Without the versions of what was deleted, but those that are said to be of a later time."""
    gone = [each for each in entries.found if entries.deleted and _is_deleted(each, entries.deleted)]
    reason = "the bundle says that it was deleted"
    entries.left_out += [LeftOut(each.place, each.kind, reason) for each in gone]
    entries.found = [each for each in entries.found if each not in gone] if gone else entries.found
    return entries


def _is_deleted(entry: Entry, deleted: dict[str, str]) -> bool:
    changed = text(part(entry.resource, "meta"), "lastUpdated")
    times = [deleted[each] for each in addresses_of(entry) if each in deleted]
    return any(not (time and changed > time) for time in times)


def is_cut_off(bundle: Json) -> bool:
    """Whether a search says that more match than it holds, and names no next page."""
    total = bundle.get("total")
    has_next = any(text(link, "relation") == "next" for link in parts(bundle, "link"))
    is_search = text(bundle, "type") == "searchset" and not has_next
    return is_search and type(total) is int and total > len(parts(bundle, "entry"))


def _leave_out_repeats(entries: Entries) -> Entries:
    """Each resource once: of those with one address the latest version, of equal ones the first."""
    kept: dict[tuple[str, ...], Entry] = {}
    for entry in entries.found:
        address = entry.address or text(entry.resource, "id")
        key = (entry.kind, address) if address else (entry.kind, "", entry.place)
        before = kept.get(key)
        if before is None or _is_another(before, entry):
            kept[key if before is None else (*key, entry.place)] = entry
            continue
        is_newer = _version_of(entry) > _version_of(before)
        older, kept[key] = (before, entry) if is_newer else (entry, before)
        entries.left_out.append(LeftOut(older.place, older.kind, f"the resource of {kept[key].place} again"))
    entries.found = list(kept.values())
    return entries


def _is_another(first: Entry, second: Entry) -> bool:
    """Whether two resources of one address differ, and no version says which is the later one."""
    return first.resource != second.resource and _version_of(first) == _version_of(second)


def _version_of(entry: Entry) -> tuple[str, int]:
    """What says which of two versions of a resource is the later one."""
    meta = part(entry.resource, "meta")
    number = text(meta, "versionId")
    return text(meta, "lastUpdated"), int(number) if number.isdecimal() and len(number) < 9 else 0


def _add_bundle(bundle: Json, prefix: str, entries: Entries) -> None:
    """Take in one bundle, with what its frame says."""
    kind = text(bundle, "type")
    if kind not in _BUNDLES:
        entries.notes.append(f"{prefix or 'bundle'}: its type is not known; read as a collection")
    links = {text(link, "relation"): text(link, "url") for link in parts(bundle, "link")}
    entries.own_links |= {links["self"]} if links.get("self") else set()
    if "next" in links:
        entries.next_links[prefix or "bundle"] = links["next"]
    made = text(bundle, "timestamp") or text(part(bundle, "meta"), "lastUpdated")
    entries.made_on += [made] if made else []
    listed = bundle.get("entry")
    for number, row in enumerate(listed if isinstance(listed, list) else []):
        _add_row(row, f"{prefix}{'.' if prefix else ''}entry[{number}]", entries)


def _add_row(row: Any, place: str, entries: Entries) -> None:
    """Take in one entry; a bundle within a bundle is opened."""
    resource = part(row, "resource") if isinstance(row, dict) else {}
    kind = text(resource, "resourceType")
    is_deletion = isinstance(row, dict) and text(part(row, "request"), "method") == "DELETE"
    if is_deletion:
        _add_deletion(row, place, kind, entries)
    elif not kind:
        entries.left_out.append(LeftOut(place, "unknown", "it holds no resource with a resourceType"))
    elif kind == "OperationOutcome":
        entries.left_out.append(LeftOut(place, kind, f"the server says: {_say_outcome(resource)}"))
    elif kind == "Bundle" and place.count("entry[") < 3:
        _add_bundle(resource, place, entries)
    else:
        entries.found.append(Entry(place, text(row, "fullUrl"), kind, resource))


def _add_deletion(row: Json, place: str, kind: str, entries: Entries) -> None:
    """Take in that a resource was, or is to be, deleted: its other versions are then no facts."""
    url, at = text(part(row, "request"), "url"), text(part(row, "response"), "lastModified")
    for address in (text(row, "fullUrl"), "/".join(url.rsplit("/", 2)[-2:])):
        entries.deleted |= {address: at} if address else {}
    named = kind or url.split("/")[0] or "unknown"
    entries.left_out.append(LeftOut(place, named, "the bundle says to delete it"))


def _say_outcome(resource: Json) -> str:
    """Severity and kind of the issues of an OperationOutcome; its free text may name the person."""
    found = [
        f"{text(issue, 'severity')} {text(issue, 'code')}".strip() for issue in parts(resource, "issue")
    ]
    return ", ".join(found) or "nothing"


def addresses_of(entry: Entry) -> Iterator[str]:
    """All by which another entry may refer to this one."""
    own = text(entry.resource, "id")
    if entry.address:
        yield entry.address
    if own:
        yield f"{entry.kind}/{own}"


def refers_to(reference: str, addresses: frozenset[str]) -> bool:
    """Whether a reference, relative or absolute, means one of these addresses."""
    plain = reference.partition("/_history/")[0]
    return plain in addresses or "/".join(plain.rsplit("/", 2)[-2:]) in addresses
