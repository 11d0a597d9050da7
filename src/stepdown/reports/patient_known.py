"""What do patients read where MS numbers do not count, and about cancer drugs? Counts in plain words."""

from __future__ import annotations

from typing import Any

from stepdown.decisions.answer import Answer, Reason
from stepdown.decisions.withdrawing import is_withdrawn
from stepdown.evidence.meta.exact import find_clopper_pearson
from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Finding
from stepdown.reports.rounding import show_number
from stepdown.reports.wording import PATIENT_KNOWN, read_wording

#: The illness of a refusal that the wording does not know.
_UNKNOWN = "unknown"


def find_illness(answer: Answer) -> str:
    """The illness that a refusal is about: "NMOSD", "MOGAD", or "unknown"."""
    known = answer.refusal.what_is_known if answer.refusal else ()
    illnesses: dict[str, str] = read_wording(PATIENT_KNOWN)["refusal"]
    return next((illnesses[reason.rule] for reason in known if reason.rule in illnesses), _UNKNOWN)


def tell_not_ms(illness: str) -> str:
    """That MS numbers do not count for this illness."""
    return str(read_wording(PATIENT_KNOWN)["main"][illness])


def list_known(illness: str) -> tuple[str, ...]:
    """What studies of this illness counted, in plain sentences."""
    wording = read_wording(PATIENT_KNOWN)
    rows = wording["known"][illness]
    counted = tuple(_tell_known(row) for row in rows if not is_withdrawn(row["source"]))
    return (*wording["before"][illness], *counted, *wording["after"][illness])


def list_questions(illness: str) -> tuple[str, ...]:
    """What to ask the team about this illness."""
    return tuple(read_wording(PATIENT_KNOWN)["ask"][illness])


def list_cancer_counts(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    """The counts behind what an answer says of cancer immunotherapy, each with what is still possible."""
    wording = read_wording(PATIENT_KNOWN)["cancer"]
    keys = [key for reason in reasons for key in reason.sources[:1] if key in wording["count"]]
    return tuple(_tell_cancer(wording, key) for key in dict.fromkeys(keys) if not is_withdrawn(key))


def list_cancer_text() -> tuple[str, ...]:
    """What to know of the MS drug and the cancer drug, and who is missing from the counts."""
    wording = read_wording(PATIENT_KNOWN)["cancer"]
    return (*wording["text"], wording["who"], wording["severe"])


def _tell_known(row: dict[str, Any]) -> str:
    words = _find_numbers(row["source"])
    if not row.get("bound"):
        return str(row["text"].format(**words))
    bounds = read_wording(PATIENT_KNOWN)["bound"]
    bound = bounds["none"] if words["events"] == 0 else bounds["counted"]
    return f"{row['text']} {bound}".format(**words)


def _tell_cancer(wording: dict[str, Any], key: str) -> str:
    return f"{wording['count'][key]} {wording['could']}".format(**_find_numbers(key))


def _find_numbers(source: str) -> dict[str, object]:
    """One finding as patients read them, with the exact interval (Clopper and Pearson 1934)."""
    study_id, _, finding_id = source.partition("#")
    finding = read_library()[study_id].finding(finding_id)
    if finding.events is None or not finding.n:
        return {"n": finding.n, "per_100": show_number(100 * _read_share(source, finding))}
    low, high = find_clopper_pearson(finding.events, finding.n, 0.95)
    shares = {"per_100": finding.events / finding.n, "low": low, "high": high}
    shown = {name: show_number(100 * share) for name, share in shares.items()}
    return {"events": finding.events, "n": finding.n, **shown}


def _read_share(source: str, finding: Finding) -> float:
    if finding.proportion is None:
        raise LookupError(f"{source} has neither counts nor a proportion")
    return finding.proportion
