"""The definitions that a protocol names, each with its source: relapse, worsening, treatment, NEDA."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A part of a protocol: no key that is not known, and nothing changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _is_cut(value: float) -> float:
    if value not in (5.0, 5.5):
        raise ValueError("the cut is at 5.0 or at 5.5")
    return value


class RelapseDefinition(Part):
    """What counts as a relapse: as ``ms.relapse`` has it."""

    rule: Literal["24-hours-no-fever-30-days-apart"] = "24-hours-no-fever-30-days-apart"
    source: str


class WorseningDefinition(Part):
    """Confirmed worsening on the EDSS by a named rule set."""

    rules: str = Field(description="a rule set: stepdown, msoutcomes, pymsprog, msclinical ...")
    confirm_weeks: Annotated[int, Field(ge=4, le=104)] = Field(
        default=24, description="confirmed so many weeks later")
    last_whole_step: Annotated[float, AfterValidator(_is_cut)] = Field(
        default=5.5, description="the highest baseline from which a whole point is asked for")
    baseline_months: Annotated[int, Field(ge=1, le=60)] = Field(
        default=12, description="the baseline is the last score in so many months before the index day")
    source: str


class TreatmentDefinition(Part):
    """Which pauses are bridged where the time on a drug is counted."""

    gap_days: Annotated[int, Field(ge=0, le=730)] = Field(
        default=90, description="a pause of at most so many days before the index day is bridged when the "
                                "time on a drug is counted; what comes later never undoes a stop")
    gap_days_by_drug: dict[str, int] = Field(default_factory=dict,
                                             description="the same for drugs given rarely")
    source: str


class NedaDefinition(Part):
    """No evidence of disease activity: no relapse, no activity on MRI, no confirmed worsening."""

    months: Annotated[int, Field(ge=6, le=120)] = 12
    source: str


class Definitions(Part):
    """The named definitions, each with its source."""

    relapse: RelapseDefinition
    worsening: WorseningDefinition
    treatment: TreatmentDefinition
    neda: NedaDefinition | None = None
