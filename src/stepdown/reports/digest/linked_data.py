"""What a page is about, for search engines and reference managers: JSON-LD in the words of schema.org."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from stepdown.literature.summaries.summary import PlainLanguageSummary
from stepdown.reports.digest.words import find_links, say


def write_linked_data(summary: PlainLanguageSummary, url: str) -> Markup:
    """The page and the paper behind it as one JSON-LD object, safe inside a script element.

    No result stands in it: a search engine would show it without its range.
    """
    page: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": summary.headline,
        "inLanguage": say("page.lang"),
        "datePublished": summary.added,
        "dateModified": summary.updated,
        "version": summary.version,
        "isAccessibleForFree": True,
        "audience": {"@type": "Patient"},
        "publisher": {"@type": "Organization", "name": say("page.site")},
        "about": {"@type": "MedicalCondition", "name": summary.disease},
        "citation": _describe_paper(summary),
    }
    if url:
        page["url"] = f"{url}summaries/{summary.study}.html"
    text = json.dumps(page, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _describe_paper(summary: PlainLanguageSummary) -> dict[str, Any]:
    """The paper; what is not known of it is left out."""
    source = summary.source
    paper = {
        "@type": "ScholarlyArticle",
        "name": source.title,
        "author": source.authors,
        "isPartOf": {"@type": "Periodical", "name": source.journal} if source.journal else None,
        "datePublished": None if summary.published == "unknown" else summary.published,
        "sameAs": [address for _, address in find_links(source)],
        "creativeWorkStatus": "Retracted" if summary.retracted else None,
    }
    return {name: value for name, value in paper.items() if value}
