"""A published study and the results it reports, as read from one data file of the library."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Outcomes that may be pooled; any other is kept as ``other:NAME``, shown, and never pooled.
OUTCOMES = (
    "relapse",
    "mri_activity",
    "any_activity",
    "reactivation",
    "confirmed_worsening",
    "serious_infection",
    "severe_adverse_event",
    "restart",
    "death",
)
STRATEGIES = ("continue", "extend", "switch", "stop", "untreated", "start-checkpoint-inhibitor")
REPORTS = ("counts", "proportion", "survival", "rate", "ratio", "difference", "mean", "words")
TIME_KINDS = ("fixed", "median-follow-up", "mean-follow-up", "window", "unknown")
SELECTIONS = ("elective-stable", "any-reason", "unknown")
DESIGNS = (
    "rct",
    "rct-extension",
    "matched-cohort",
    "registry-cohort",
    "cohort",
    "case-series",
    "score",
    "meta-analysis",
    "review",
    "guideline",
)
READ = ("full-text", "abstract", "secondary")


@dataclass(frozen=True)
class Effect:
    """A contrast as printed: its measure (HR, RR, OR, IRR, RD, MD), value, interval, and against whom."""

    measure: str
    value: float | None
    versus: str
    low: float | None = None
    high: float | None = None
    level: float | None = None
    p: str | None = None


@dataclass(frozen=True)
class Finding:
    """One result of a study.

    ``groups`` are the therapy groups the people were on when the strategy began (for a stop or a
    switch: the drugs left), ``to_groups`` those they went to. ``rate`` is per 100 person-years.
    ``computed`` names the fields that are arithmetic on printed figures. ``misprinted`` says what
    is wrong with a figure kept as printed. ``not_pooled`` is the reason why it never enters a pool.
    A contrast inside one group of people (older against younger stoppers) names its ``covariate``
    (age, years_quiet, mri_active, prior_activity, therapy, ...), says in ``covariate_contrast`` which
    people are set against which, and gives the difference in ``covariate_step`` where it is a number.
    """

    id: str
    outcome: str
    strategy: str
    report: str
    definition: str
    locator: str
    arm: str | None = None
    subgroup: str | None = None
    groups: tuple[str, ...] = ()
    therapies: tuple[str, ...] = ()
    to_groups: tuple[str, ...] = ()
    to_therapies: tuple[str, ...] = ()
    interval_days: int | None = None
    selection: str = "unknown"
    courses: tuple[str, ...] = ()
    events: int | None = None
    n: int | None = None
    proportion: float | None = None
    proportion_low: float | None = None
    proportion_high: float | None = None
    rate: float | None = None
    rate_low: float | None = None
    rate_high: float | None = None
    person_years: float | None = None
    effect: Effect | None = None
    time_years: float | None = None
    time_kind: str = "unknown"
    age_mean: float | None = None
    age_min: float | None = None
    age_max: float | None = None
    years_quiet_min: float | None = None
    years_quiet_mean: float | None = None
    mri_active: bool | None = None
    covariate: str | None = None
    covariate_contrast: str | None = None
    covariate_step: float | None = None
    computed: tuple[str, ...] = ()
    misprinted: str = ""
    not_pooled: str = ""
    note: str = ""


@dataclass(frozen=True)
class Arm:
    """A group of people in a study, and what was done with them."""

    id: str
    strategy: str
    n: int | None = None
    therapies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Population:
    """Who was studied; None where it was not read."""

    n: int | None = None
    age_mean: float | None = None
    age_median: float | None = None
    age_min: float | None = None
    female_percent: float | None = None
    years_quiet_min: float | None = None
    years_quiet_mean: float | None = None
    years_on_therapy: float | None = None
    years_with_disease: float | None = None
    edss: str | None = None


@dataclass(frozen=True)
class Appraisal:
    """How far each domain can mislead: low, some, high, or unknown, with the reason in words."""

    domain: str
    concern: str
    reason: str


@dataclass(frozen=True)
class Change:
    """One change to a study's file: the day, and what was changed."""

    on: str
    what: str


@dataclass(frozen=True)
class Study:
    """One published study: who, what was done, what was found, how much of it was read.

    ``funding`` and ``conflicts`` are what the paper states of who paid and what ties its authors have, in our
    words; None where it was not read. ``corrected``, ``concern`` (the journal has doubts about it) and
    ``retracted`` are the dates of such notices, as exact as they are known (YYYY, YYYY-MM, YYYY-MM-DD, or
    "unknown"). ``simulated`` says that its people are invented: for trying, in a library of one's own.
    """

    id: str
    title: str
    design: str
    disease: str
    read: str
    published: str
    added: str
    topic: str
    findings: tuple[Finding, ...] = ()
    authors: str | None = None
    journal: str | None = None
    year: int | None = None
    pmid: str | None = None
    doi: str | None = None
    trial: str | None = None
    setting: str | None = None
    courses: tuple[str, ...] = ()
    population: Population = field(default_factory=Population)
    arms: tuple[Arm, ...] = ()
    appraisal: tuple[Appraisal, ...] = ()
    limits: str = ""
    excluded_early_relapsers: bool | None = None
    overlaps: tuple[str, ...] = ()
    funding: str | None = None
    conflicts: str | None = None
    urls: tuple[str, ...] = ()
    corrected: str | None = None
    concern: str | None = None
    retracted: str | None = None
    simulated: bool = False
    changes: tuple[Change, ...] = ()

    def finding(self, finding_id: str) -> Finding:
        """The finding with this id; KeyError when the study has none."""
        for finding in self.findings:
            if finding.id == finding_id:
                return finding
        raise KeyError(finding_id)
