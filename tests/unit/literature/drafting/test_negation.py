"""Those who stayed without an outcome are never recorded as those who had it: turned round, or in doubt."""

from __future__ import annotations

import pytest

from stepdown.literature.citation import AbstractSection, Citation
from stepdown.literature.drafting.draft import DraftFinding
from stepdown.literature.drafting.reading import read_draft


def read(sentence: str) -> DraftFinding:
    abstract = (AbstractSection(sentence, "RESULTS", "RESULTS"),)
    draft = read_draft(Citation("1", 1, title="Stopping an invented drug in MS.", abstract=abstract))
    return next(finding for finding in draft.findings if finding.outcome is not None)


@pytest.mark.parametrize("sentence", [
    "After stopping, 42 of 50 patients (84%) had no relapse.",
    "After stopping, 42 of 50 patients (84%) had no further clinical relapses.",
    "After stopping, 42 of 50 patients (84%) did not relapse.",
    "After stopping, 42 of 50 patients (84%) had not relapsed.",
    "After stopping, 42 of 50 patients (84%) never relapsed.",
    "After stopping, 42 of 50 patients (84%) remained without any relapse.",
    "Relapses were not observed in 42 of 50 patients (84%).",
    "Relapses were absent in 42 of 50 patients (84%).",
    "A relapse did not occur in 42 of 50 patients (84%).",
    "Absence of relapses was seen in 42 of 50 patients (84%).",
    "After stopping, 42 of 50 patients (84%) had no evidence of disease activity.",
    "After stopping, 42 of 50 patients (84%) showed no new MRI lesions.",
])
def test_people_without_the_outcome_are_counted_as_such(sentence: str) -> None:
    finding = read(sentence)
    assert finding.is_free is not None and finding.events is not None
    assert (finding.events.value, finding.is_free.value) == (42, "yes")


@pytest.mark.parametrize("sentence", [
    "After stopping, 42 of 50 patients (84%) avoided a relapse.",
    "In 42 of 50 patients (84%) neither relapses nor lesions were seen.",
    "After stopping, 42 of 50 patients (84%) failed to show relapses.",
    "After stopping, 42 of 50 patients (84%) remained stable as to relapses.",
    "No patient remained free of relapses.",
    "After stopping, 42 of 50 patients (84%) had no scan before their relapse.",
    "In total 56 patients (40%) experienced a delay during the COVID-19 pandemic.",
])
def test_what_the_words_leave_open_is_in_doubt(sentence: str) -> None:
    finding = read(sentence)
    assert finding.outcome is not None and finding.outcome.doubt


@pytest.mark.parametrize("sentence", [
    "After stopping, 8 of 50 patients (16%) had a relapse.",
    "After stopping, 8 of 50 patients (16%) did not remain relapse-free.",
    "After stopping, 8 of 50 patients (16%) relapsed (not significant).",
    "No patient relapsed.",
    "After stopping, 8 of 50 patients (16%) had a relapse, but no patient died.",
])
def test_people_with_the_outcome_are_counted_without_a_doubt(sentence: str) -> None:
    finding = read(sentence)
    assert finding.outcome is not None and (finding.is_free, finding.outcome.doubt) == (None, "")


def test_the_whole_named_before_a_count_is_taken_only_where_the_share_fits() -> None:
    fitting = read("Of the forty-one patients who stopped, ten (24.4%) had a relapse.")
    other = read("Of the 60 patients who stopped, ten (24.4%) had a relapse.")
    assert fitting.n is not None and fitting.n.value == 41
    assert other.n is None
