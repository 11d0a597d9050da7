"""Atom (RFC 4287), JSON Feed 1.1 and a sitemap, with identifiers that stay when a site moves."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as Xml

from stepdown.reports.digest.entries import Entry
from stepdown.reports.digest.words import say

_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NAMESPACE = uuid.UUID("6f1c7a4e-52b7-5a0e-9a51-3d1f0e0a7c11")
#: A feed is for those who come back: it holds the entries that changed last.
MOST = 200


def make_id(study: str) -> str:
    """The identifier of a summary, the same on every site and in every build."""
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, study)}"


def choose_changed(entries: Sequence[Entry]) -> list[Entry]:
    """The entries that changed last."""
    return sorted(entries, key=lambda entry: (entry.updated, entry.study), reverse=True)[:MOST]


def write_atom(entries: Sequence[Entry], url: str, on: str) -> str:
    """The feed as Atom. Without ``url`` its links are relative to the feed itself."""
    shown = choose_changed(entries)
    Xml.register_namespace("", _ATOM)
    feed = Xml.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": say("page.lang")})
    _add(feed, "title", say("feed.title"))
    _add(feed, "id", make_id("feed"))
    _add(feed, "updated", _stamp(max((entry.updated for entry in shown), default=on)))
    _add(_add(feed, "author"), "name", say("page.site"))
    _add(feed, "link", rel="self", href=f"{url}feed.xml")
    _add(feed, "link", rel="alternate", href=f"{url}index.html")
    for entry in shown:
        _add_entry(feed, entry, url)
    Xml.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(feed, encoding="unicode") + "\n"


def _add_entry(feed: Xml.Element, entry: Entry, url: str) -> None:
    item = _add(feed, "entry")
    _add(item, "title", entry.headline)
    _add(item, "id", make_id(entry.study))
    _add(item, "link", rel="alternate", href=url + entry.address)
    _add(item, "published", _stamp(entry.added))
    _add(item, "updated", _stamp(entry.updated))
    for topic in entry.topics:
        _add(item, "category", term=topic)
    _add(item, "summary", _tell(entry), type="text")


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    child = Xml.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    child.text = text or None
    return child


def _stamp(day: str) -> str:
    return f"{day}T00:00:00Z"


def _tell(entry: Entry) -> str:
    """What a feed says of a summary: its banners first, and no result of a paper that was withdrawn."""
    return " ".join([*entry.banners, entry.point]).strip()


def write_json_feed(entries: Sequence[Entry], url: str) -> str:
    """The feed as JSON Feed 1.1; ``_stepdown.version`` changes whenever a summary does."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": say("feed.title"),
        "language": say("page.lang"),
        "items": [_to_item(entry, url) for entry in choose_changed(entries)],
    }
    if url:
        feed |= {"home_page_url": f"{url}index.html", "feed_url": f"{url}feed.json"}
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _to_item(entry: Entry, url: str) -> dict[str, Any]:
    return {
        "id": make_id(entry.study),
        "url": url + entry.address,
        "title": entry.headline,
        "content_text": _tell(entry),
        "date_published": _stamp(entry.added),
        "date_modified": _stamp(entry.updated),
        "tags": list(entry.topics),
        "_stepdown": {"version": entry.version},
    }


def write_sitemap(pages: Sequence[tuple[str, str]], url: str) -> str:
    """The sitemap of pages, each with the day it changed; addresses must be whole, so ``url`` is needed."""
    Xml.register_namespace("", _SITEMAP)
    root = Xml.Element(f"{{{_SITEMAP}}}urlset")
    for page, day in pages:
        item = Xml.SubElement(root, f"{{{_SITEMAP}}}url")
        Xml.SubElement(item, f"{{{_SITEMAP}}}loc").text = url + page
        Xml.SubElement(item, f"{{{_SITEMAP}}}lastmod").text = day
    Xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"
