"""What speaks against the other choice, what can a reader do, and what can those around them do?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from stepdown.evidence.apart import fit_pool
from stepdown.evidence.cells import Cell
from stepdown.evidence.meta.pooled import to_risk
from stepdown.evidence.pool import Pool
from stepdown.evidence.study import Finding, Study
from stepdown.literature.summaries.choosing import Chosen
from stepdown.literature.summaries.summary import Claim
from stepdown.literature.summaries.words import (
    find_drugs,
    name_outcome,
    name_time,
    read_words,
    say,
    show_rate,
    show_share,
)
from stepdown.ms.drug_words import plain_group_harms, plain_harms
from stepdown.ms.therapies import read_therapies

_YEARS = 2.0
_LEAVING = ("stop", "extend", "switch")


def tell_other_harms(study: Study, chosen: Chosen) -> Iterator[Claim]:
    """The harms of the choice that the study did not follow, in as much detail as its own result."""
    finding = chosen.main.finding
    if finding.strategy == "start-checkpoint-inhibitor":
        texts = [say("harm.cancer"), say("harm.cancer_more")]
    elif finding.strategy == "untreated":
        texts = [say("harm.off"), say("harm.off_more")]
    elif finding.strategy in _LEAVING:
        texts = list(_tell_staying(study, finding))
    else:
        texts = list(_tell_leaving(study, finding))
    for text in texts:
        yield Claim("other-harm", text, "pool" if any(sign.isdigit() for sign in text) else "wording")


def _tell_staying(study: Study, finding: Finding) -> Iterator[str]:
    """Harms of staying on the drug: of its group, and how often a serious infection came, where pooled."""
    drugs, groups = find_drugs(study, finding), find_groups(finding)
    if study.disease != "MS" or drugs is None or len(groups) != 1:
        yield say("harm.stay_unknown")
        yield say("harm.stay_burden")
        return
    yield say("harm.stay", drug=drugs)
    own = plain_harms(finding.therapies[0]) if len(finding.therapies) == 1 else plain_group_harms(groups[0])
    yield " ".join(own)
    yield from _tell_infections(groups[0])
    yield say("harm.stay_burden")


def find_groups(finding: Finding) -> tuple[str, ...]:
    """The drug groups of a finding: its own, else those of its drugs in the catalogue."""
    drugs = (read_therapies().get(name) for name in finding.therapies)
    return finding.groups or tuple(dict.fromkeys(drug.group for drug in drugs if drug is not None))


def _tell_infections(group: str) -> Iterator[str]:
    """How many serious infections 100 people on the drugs have in a year, where the library pools them."""
    pool = fit_pool(Cell("serious_infection", "continue", group))
    if isinstance(pool, Pool):
        people = f"people on {read_words('people')['group'][group]}"
        x = show_rate(100 * math.exp(pool.predicted[0]), 100)
        yield say("harm.stay_number", people=people, x=x, events=name_outcome("serious_infection", "events"))


def _tell_leaving(study: Study, finding: Finding) -> Iterator[str]:
    """Harms of leaving the drug: activity that comes back, with the pooled share of relapses."""
    drugs = find_drugs(study, finding)
    if study.disease != "MS" or drugs is None:
        yield say("harm.leave_any")
        return
    yield say("harm.leave", drug=drugs)
    groups = find_groups(finding)
    pool = fit_pool(Cell("relapse", "stop", groups[0])) if len(groups) == 1 else None
    if isinstance(pool, Pool):
        years = min(_YEARS, pool.watched)
        x = show_share(100 * to_risk(pool.predicted[0], years), 100)
        yield say("harm.leave_number", x=x, time=name_time(years))
    yield say("harm.leave_back")


def tell_action(study: Study) -> Iterator[Claim]:
    """One action, with when and whom to call."""
    keys = ("alone", "ask", "call")
    if study.disease == "cancer-with-autoimmunity":
        keys = ("cancer", "cancer_ask", "cancer_call")
    elif study.disease != "MS":
        keys = ("alone", "ask_other", "call")
    for key in keys:
        yield Claim("action", say(f"action.{key}"), "wording")


def tell_caregiver() -> Iterator[Claim]:
    """Three short actions for those who support someone."""
    for text in read_words("wording")["caregiver"]["points"]:
        yield Claim("caregiver", text, "wording")
