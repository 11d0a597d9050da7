"""The site: every page, feed and file of the digest, for one folder that any server or disk can hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Study
from stepdown.evidence.supposing import supposing
from stepdown.literature.summaries.choosing import choose_results
from stepdown.literature.summaries.describing import find_results_table, tell_banners, tell_source
from stepdown.literature.summaries.reviewing import NO_REVIEWS, Reviews
from stepdown.literature.summaries.summary import PlainLanguageSummary
from stepdown.literature.summaries.writing import find_neighbours, make_summary, sort_unsummarised
from stepdown.ms.drug_words import plain_drug
from stepdown.ms.therapies import read_therapies
from stepdown.reports.digest.entries import (
    Entry,
    group_by_drug,
    group_by_topic,
    sort_newest,
    split_pages,
    to_entry,
    to_slug,
)
from stepdown.reports.digest.evidence_pages import EvidencePage, make_evidence_pages
from stepdown.reports.digest.feeds import write_atom, write_json_feed, write_sitemap
from stepdown.reports.digest.glossary import read_glossary
from stepdown.reports.digest.left_out import find_shown
from stepdown.reports.digest.linked_data import write_linked_data
from stepdown.reports.digest.newsletter import make_issue, write_issue_page, write_issue_text
from stepdown.reports.digest.page import read_digest_style, render
from stepdown.reports.digest.reading import measure_summary
from stepdown.reports.digest.words import find_links, read_digest_words, say

if TYPE_CHECKING:
    from stepdown.literature.citation import Citation

NAVIGATION = (
    ("home", "index.html"),
    ("topics", "topics/index.html"),
    ("drugs", "drugs/index.html"),
    ("evidence", "evidence/index.html"),
    ("search", "search.html"),
    ("glossary", "glossary.html"),
    ("about", "about.html"),
)


@dataclass(frozen=True)
class Setup:
    """How a site is built: its day, its address or none, who reviewed what, PubMed's records by PMID."""

    on: date
    url: str = ""
    reviews: Reviews = NO_REVIEWS
    library: str = ""
    citations: Mapping[str, Citation] = field(default_factory=dict)


@dataclass
class Site:
    """The files of a site by path, the day each changed, and the studies left out with the reason."""

    files: dict[str, str] = field(default_factory=dict)
    days: dict[str, str] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    summaries: int = 0

    def add(self, path: str, text: str, day: str = "") -> None:
        """Put a file into the site; ``day`` is when it changed, for the sitemap."""
        self.files[path] = text
        if day:
            self.days[path] = day


def make_site(studies: Mapping[str, Study], setup: Setup) -> Site:
    """Every file of the site for these studies.

    A study that is dated later than the day of the build, or whose abstract denies its main result, is left
    out of every page and every pool; of another, a result that its abstract denies. Each is named in
    ``left_out``.
    """
    site = Site()
    shown, site.left_out = find_shown(studies, setup.citations, setup.on)
    with nullcontext() if shown == read_library() else supposing(shown):
        _add_pages(site, shown, setup)
    return site


def _add_pages(site: Site, shown: Mapping[str, Study], setup: Setup) -> None:
    """Every page and feed of the studies that are shown, with the pools of the library in place."""
    summaries = list(_make_summaries(shown, setup))
    site.summaries = len(summaries)
    entries = sort_newest(map(to_entry, summaries))
    known = frozenset(entry.study for entry in entries)
    _add_lists(site, entries, setup)
    evidence = tuple(make_evidence_pages(shown))
    _add_evidence(site, evidence, known, setup)
    _add_reference(site, shown, entries, setup)
    for summary in summaries:
        _add_summary(site, summary, known, setup.url)
    _add_feeds(site, entries, setup)


def _make_summaries(studies: Mapping[str, Study], setup: Setup) -> Iterator[PlainLanguageSummary]:
    """The summary of each study with a number."""
    neighbours = find_neighbours(studies)
    for study in studies.values():
        if choose_results(study) is not None:
            yield make_summary(study, neighbours, setup.reviews, setup.citations.get(study.pmid or ""))


def _render(template: str, here: str, root: str, **content: Any) -> str:
    return render(f"site/{template}", navigation=NAVIGATION, here=here, root=root, **content)


def _count(number: int) -> str:
    return say("topics.count_1") if number == 1 else say("topics.count", count=f"{number:,}")


def _add_lists(site: Site, entries: Sequence[Entry], setup: Setup) -> None:
    """The newest summaries, and the lists by topic and by drug."""
    day = max((entry.updated for entry in entries), default=setup.on.isoformat())
    count = say("home.count_1") if len(entries) == 1 else say("home.count", count=f"{len(entries):,}")
    titles = {"title": say("home.title"), "intro": say("home.intro"), "count": count}
    for page in split_pages(entries, "index"):
        site.add(page.name, _render("list.html", "home", "", page=page, link=None, **titles), day)
    _add_groups(site, group_by_topic(entries), "topics", "topics.one", None)
    _add_groups(site, group_by_drug(entries), "drugs", "topics.drug", say("topics.drug_evidence"))


def _add_groups(
    site: Site, groups: Mapping[str, list[Entry]], folder: str, title: str, link: str | None
) -> None:
    """The pages of each topic or drug, and the page that lists them all."""
    add = partial(_render, root="../", here=folder)
    for name, entries in groups.items():
        day = max(entry.updated for entry in entries)
        to = (link, "../evidence/index.html") if link else None
        titles = {"title": say(title, name=name), "intro": "", "count": _count(len(entries))}
        for page in split_pages(entries, to_slug(name)):
            site.add(f"{folder}/{page.name}", add("list.html", page=page, link=to, **titles), day)
    rows = [(name, f"{to_slug(name)}.html", _count(len(entries))) for name, entries in groups.items()]
    heading, intro = (say(f"topics.{folder}_{part}") for part in ("title", "intro"))
    site.add(f"{folder}/index.html", add("index_of.html", title=heading, intro=intro, rows=rows, note=""))


def _add_evidence(
    site: Site, pages: Sequence[EvidencePage], known: frozenset[str], setup: Setup
) -> None:
    add = partial(_render, root="../", here="evidence", known=known)
    for page in pages:
        text = add("evidence.html", page=page)
        site.add(f"evidence/{page.name}.html", text, setup.on.isoformat())
    rows = [(page.title, f"{page.name}.html", _count_studies(page)) for page in pages]
    told = {name: say(f"evidence.{name}") for name in ("title", "intro", "not_you")}
    site.add("evidence/index.html", add("index_of.html", rows=rows, note=told.pop("not_you"), **told))


def _count_studies(page: EvidencePage) -> str:
    studies = {row.study for part in page.parts for row in part.members}
    return say("evidence.studies_1") if len(studies) == 1 else say("evidence.studies", count=len(studies))


def _add_reference(
    site: Site, studies: Mapping[str, Study], entries: Sequence[Entry], setup: Setup
) -> None:
    """The words, the limits, the search, and the studies without a summary."""
    words, drugs = list(read_glossary().items()), list(_find_drugs(group_by_drug(entries)))
    site.add("glossary.html", _render("glossary.html", "glossary", "", words=words, drugs=drugs))
    built = say("about.built", on=setup.on.isoformat(), library=setup.library or "-")
    sections = read_digest_words()["about"]["sections"]
    site.add("about.html", _render("about.html", "about", "", sections=sections, built=built))
    others = [study for study in studies.values() if choose_results(study) is None]
    groups = {kind: [_to_other(study) for study in others if sort_unsummarised(study) == kind]
              for kind in read_digest_words()["others"]["kind"]}
    site.add("others.html", _render("others.html", "about", "", groups=groups))
    for other in (other for rows in groups.values() for other in rows if other["page"]):
        site.add(other["page"], _render("words.html", "", "../", study=other))
    lists = [(say("nav.home"), "index.html"), (say("nav.topics"), "topics/index.html"),
             (say("nav.drugs"), "drugs/index.html"), (say("home.others"), "others.html")]
    site.add("search.html", _render("search.html", "search", "", lists=lists))
    site.add("search-index.js", _write_search_index(entries))
    templates = files("stepdown.reports.digest")
    site.add("search.js", (templates / "templates" / "site" / "search.js").read_text("utf-8"))
    for name in ("minisearch.js", "minisearch.LICENSE"):
        site.add(name, (templates / "vendored" / name).read_text("utf-8"))
    site.add("digest.css", read_digest_style())


def _find_drugs(groups: Mapping[str, list[Entry]]) -> Iterator[tuple[str, str, str]]:
    """Each drug of the catalogue by its plain name, its brands, and its page where it has one."""
    for drug in read_therapies().values():
        name, brands = plain_drug(drug.name), ", ".join(drug.brands)
        told = say("glossary.brands", brands=brands) if brands else say("glossary.no_brands")
        yield name, told, f"drugs/{to_slug(name)}.html" if name in groups else ""


def _to_other(study: Study) -> dict[str, Any]:
    """A study without a summary: its citation, and what it says in words, for which it has a page."""
    rows = find_results_table(study) if sort_unsummarised(study) == "words" and not study.retracted else ()
    return {
        "title": study.title, "authors": study.authors, "journal": study.journal, "year": study.year,
        "page": f"summaries/{study.id}.html" if rows else "",
        "banners": tell_banners(study), "rows": rows, "links": find_links(tell_source(study)),
        "read": say(f"read.{study.read}"),
    }  # fmt: skip


def _write_search_index(entries: Sequence[Entry]) -> str:
    """The index as a script, so that it can be read from a disk as well as from a server."""
    rows = [_to_search_row(entry) for entry in entries]
    return f"window.digestIndex = {json.dumps(rows, ensure_ascii=False, separators=(',', ':'))};\n"


def _to_search_row(entry: Entry) -> dict[str, str]:
    return {
        "id": entry.study,
        "headline": entry.headline,
        "takeaway": " ".join(entry.banners) if entry.retracted else entry.point,
        "topics": " ".join(entry.topics),
        "drugs": " ".join(map(plain_drug, entry.drugs)),
        "title": entry.title,
    }


def _add_summary(site: Site, summary: PlainLanguageSummary, known: frozenset[str], url: str) -> None:
    topics = [(topic, f"topics/{to_slug(topic)}.html") for topic in summary.topics]
    topics += [(plain_drug(drug), f"drugs/{to_slug(plain_drug(drug))}.html") for drug in summary.drugs]
    page = _render("summary.html", "", "../", summary=summary, topics=topics, known=known,
                   reading=measure_summary(summary), linked_data=write_linked_data(summary, url))
    site.add(f"summaries/{summary.study}.html", page, summary.updated)


def _add_feeds(site: Site, entries: Sequence[Entry], setup: Setup) -> None:
    """Feeds, the issue of the newsletter, and the sitemap where the address of the site is known."""
    on = setup.on.isoformat()
    site.add("feed.xml", write_atom(entries, setup.url, on))
    site.add("feed.json", write_json_feed(entries, setup.url))
    issue = make_issue(entries, setup.on, setup.url)
    site.add(f"newsletter/{on}.html", write_issue_page(issue, setup.url))
    site.add(f"newsletter/{on}.txt", write_issue_text(issue, setup.url))
    if setup.url:
        pages = [path for path in site.files if path.endswith(".html") and not path.startswith("newsletter/")]
        site.add("sitemap.xml", write_sitemap([(path, site.days.get(path, on)) for path in pages], setup.url))
