"""``stepdown literature screen``: which citations of the store matter, with a person's labels."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli.literature_import import add_store

if TYPE_CHECKING:
    from stepdown.literature.citation import Citation
    from stepdown.literature.screening.labels import Label
    from stepdown.literature.screening.stopping import Stopping

_HELP = """examples:
  stepdown literature screen --store my-store                          what the rule finds, most likely first
  stepdown literature screen --store my-store --labels my-labels.tsv --ask
  stepdown literature screen --store my-store --labels my-labels.tsv --format json

A citation passes the rule when its title and abstract name MS, NMOSD or MOGAD, name a drug, have near it a
word for what is done or happens, and are about people. With --all those that fail it are listed too, with
what is missing.

With --labels FILE (lines of PMID, relevant or irrelevant, reason, with tabs between) the order is learned
from the labels, over all citations of the store, and a line on standard error says whether you may stop:
when a recall under 95 % has become improbable (p < 0.05). --ask shows one citation after the other and adds
each label to the file.
"""


def add_screen_command(actions: Any) -> None:
    """Add ``screen`` to the commands of ``stepdown literature``."""
    parser = actions.add_parser(
        "screen",
        help="which citations matter: a rule, the design of each, and an order learned from labels",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_store(parser)
    parser.add_argument("--labels", type=Path, metavar="FILE", help="labels of a person, .tsv")
    parser.add_argument("--ask", action="store_true", help="ask for labels in the terminal; needs --labels")
    parser.add_argument("--all", action="store_true", help="list also what fails the rule, and why")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many; default: 50")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=screen_citations)


def screen_citations(arguments: argparse.Namespace) -> int:
    """Print the citations to look at, or ask for their labels."""
    from stepdown.literature.screening.labels import read_labels
    from stepdown.literature.store import open_store
    from stepdown.ms.errors import UserError

    if arguments.ask and arguments.labels is None:
        raise UserError("--ask needs --labels FILE, the file that the labels are added to.")
    labels = read_labels(arguments.labels) if arguments.labels else []
    with open_store(arguments.store) as store:
        citations = {citation.pmid: citation for citation in store.read_citations()}
    if arguments.ask:
        return _ask_all(citations, labels, arguments.labels)
    rows = [_describe(citations[pmid]) for pmid in _order(citations, labels)]
    shown = [row for row in rows if arguments.all or labels or not row["missing"]][: arguments.limit]
    _print(shown, arguments.format, _judge(labels, citations) if labels else None)
    return 0


def _order(citations: dict[str, Citation], labels: list[Label]) -> list[str]:
    """The PMIDs to show: by the labels when there are any, else those that pass the rule first."""
    from stepdown.literature.screening.ranking import Ranking
    from stepdown.literature.screening.relevance import judge_relevance

    by_rule = sorted(citations, key=lambda pmid: len(judge_relevance(citations[pmid]).missing))
    if not labels:
        return by_rule
    ranking = Ranking([citations[pmid] for pmid in by_rule])
    return ranking.order({label.pmid: label.is_relevant for label in labels})


def _describe(citation: Citation) -> dict[str, Any]:
    from stepdown.literature.screening.relevance import judge_relevance
    from stepdown.literature.screening.study_design import classify_design

    return {"pmid": citation.pmid, "design": classify_design(citation), "title": citation.title,
            "missing": list(judge_relevance(citation).missing)}


def _judge(labels: list[Label], citations: dict[str, Citation]) -> Stopping:
    from stepdown.literature.screening.stopping import judge_stopping

    return judge_stopping([label.is_relevant for label in labels if label.pmid in citations], len(citations))


def _print(rows: list[dict[str, Any]], form: str, stopping: Stopping | None) -> None:
    if form == "json":
        stop = None if stopping is None else {"may_stop": stopping.may_stop, "p": stopping.p}
        answer = {"schema_version": "1", "stopping": stop, "citations": rows}
        print(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        for row in rows:
            missing = f"  [no {', no '.join(row['missing'])}]" if row["missing"] else ""
            print(f"{row['pmid']:>9}  {row['design']:<15}  {row['title']}{missing}")
    if stopping is not None:
        print(f"stepdown: {stopping}", file=sys.stderr)


def _ask_all(citations: dict[str, Citation], labels: list[Label], path: Path) -> int:
    """Show the next citation until there is none, the rule says stop and the person agrees, or they quit."""
    from stepdown.literature.screening.labels import Label, append_label

    while (left := _order(citations, labels)) and (answer := _ask(citations[left[0]])) != "q":
        label = Label(left[0], answer == "r")
        append_label(path, label)
        labels = [*labels, label]
        print(f"stepdown: {_judge(labels, citations)}", file=sys.stderr)
    return 0


def _ask(citation: Citation) -> str:
    """The person's answer: r, i or q; the end of the input counts as q."""
    print(f"\nPMID {citation.pmid}\n{citation.title}\n\n{citation.abstract_text}\n")
    while True:
        print("[r]elevant, [i]rrelevant, [q]uit: ", end="", flush=True)
        answer = sys.stdin.readline()
        if not answer:
            return "q"
        if answer.strip().lower()[:1] in ("r", "i", "q"):
            return answer.strip().lower()[0]
