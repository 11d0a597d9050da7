"""Every key leads to a title that a reader can find."""

from __future__ import annotations

import pytest

from stepdown.decisions.sourcing import expand_sources, resolve_sources


def test_a_field_of_the_catalogue_becomes_the_keys_behind_it() -> None:
    keys = expand_sources(["corboy2023", "therapies:natalizumab.gap_to_next"])
    assert keys[0] == "corboy2023" and "kappos2015" in keys


def test_self_is_the_persons_own_drug() -> None:
    assert expand_sources(["therapies:self.extend"], "rituximab") == expand_sources(
        ["therapies:rituximab.extend"]
    )
    assert expand_sources(["therapies:self.extend"], None) == ()


def test_a_study_is_listed_once_with_the_findings_used() -> None:
    found = resolve_sources(["corboy2023#relapse-stop-2y", "corboy2023#any-activity-stop-2y", "corboy2023"])
    assert list(found) == ["corboy2023"]
    assert found["corboy2023"].findings == ("relapse-stop-2y", "any-activity-stop-2y")
    assert found["corboy2023"].pmid == "37353277"


def test_a_label_is_a_source_too() -> None:
    key = expand_sources(["therapies:fingolimod.contraindications"])[0]
    assert resolve_sources([key])[key].title


def test_a_key_that_nobody_knows_is_a_mistake_of_ours() -> None:
    with pytest.raises(LookupError):
        resolve_sources(["nobody2030"])


def test_one_row_of_the_catalogue_is_cited_alone() -> None:
    found = expand_sources(["therapies:ocrelizumab.lab_rules#hbsag"])
    assert found == ("label-ocrevus-us", "ocrevus-us-safety")
    assert expand_sources(["therapies:target.contraindications#pregnancy-now"], None, "dimethyl-fumarate")
    assert expand_sources(["therapies:self.safety#PML"], "fingolimod") == ("s1p-summary",)
