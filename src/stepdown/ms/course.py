"""The course of MS with its activity in a stated window, as the 2013 revision describes it (lublin2014)."""

from __future__ import annotations

from stepdown.ms.facts import Fact, known

ACTIVE, NOT_ACTIVE, INDETERMINATE = "active", "not active", "indeterminate"


def course_activity(relapse: Fact, mri_active: Fact, *, months: int = 12,
                    name: str = "course_activity") -> Fact:
    """Active with a relapse or MRI activity in the window, not active with neither, otherwise indeterminate.

    Both facts must be about the same window of so many months. Activity that was not assessed is
    indeterminate: the absence of a scan is not the absence of lesions.
    """
    places = (*relapse.sources, *mri_active.sources)
    if relapse.is_true or mri_active.is_true:
        return known(name, ACTIVE, *places, reason=f"within the last {months} months")
    if relapse.is_false and mri_active.is_false:
        return known(name, NOT_ACTIVE, *places, reason=f"within the last {months} months")
    missing = [fact.reason for fact in (relapse, mri_active) if not fact.is_known]
    return known(name, INDETERMINATE, *places, reason="; ".join(missing))
