"""The form of a protocol. Every field is explained by its description, which the reference page prints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from stepdown.cohorts.protocol.definitions import Definitions, Part

#: What can be asked of a person on an index day, and what kind of answer it gives.
FACT_KINDS = {
    "diagnosis": "word", "course": "word", "course_activity": "word", "sex": "word", "therapy": "word",
    "therapy_group": "word", "efficacy_tier": "word", "centre": "word",
    "age": "number", "disease_years": "number", "years_observed": "number", "years_on_treatment": "number",
    "years_stable": "number", "years_quiet_on_mri": "number", "relapses": "number", "edss": "number",
    "therapies_before": "number", "interval_days": "number", "viaadisc_points": "number",
    "calendar_year": "number",
    "active_on_mri": "truth", "active_on_last_scan": "truth", "had_relapse": "truth",
    "confirmed_worsening": "truth", "had_event": "truth",
}
FactName = Literal[
    "diagnosis", "course", "course_activity", "sex", "therapy", "therapy_group", "efficacy_tier", "centre",
    "age", "disease_years", "years_observed", "years_on_treatment", "years_stable", "years_quiet_on_mri",
    "relapses", "edss", "therapies_before", "interval_days", "viaadisc_points", "active_on_mri",
    "active_on_last_scan", "had_relapse", "confirmed_worsening", "had_event", "calendar_year"]
#: Facts about a time before the index day: the protocol says how long.
LOOKS_BACK = ("relapses", "had_relapse", "active_on_mri", "active_on_last_scan", "course_activity",
              "viaadisc_points", "edss")
EventName = Literal["infection", "cancer", "cancer-immunotherapy", "pregnancy", "hospital", "comorbidity",
                    "adverse-event", "death"]
#: Actions that are taken on some day, and not given beforehand.
_ON_A_DAY = ("stop", "switch", "extend")
OutcomeKind = Literal["relapse", "mri_activity", "any_activity", "confirmed_worsening", "pira", "raw",
                      "no_evidence_of_disease_activity_lost", "serious_infection", "severe_adverse_event",
                      "restart", "death", "cancer", "pregnancy", "hospital"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]


#: A bound or a cut: "not a number" would be met by nobody, without a word.
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Asked(Part):
    """One fact about a person on the index day, with how far to look back."""

    fact: FactName = Field(description="what is asked")
    months: Annotated[int, Field(ge=1, le=600)] | None = Field(
        default=None,
        description=f"look back so many months: {', '.join(LOOKS_BACK)}, had_event")
    event: EventName | None = Field(default=None, description="for had_event: which event")
    kind: str | None = Field(
        default=None, description="for had_event: only this kind, as the events table has it")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Asked:
        if self.fact in LOOKS_BACK and self.months is None:
            raise ValueError(f"{self.fact} needs months: how far to look back")
        if self.fact == "had_event" and self.event is None:
            raise ValueError("had_event needs event: which one")
        if self.months is not None and self.fact not in (*LOOKS_BACK, "had_event"):
            raise ValueError(f"{self.fact} is that of the index day and does not look back; take months away")
        if self.fact != "had_event" and (self.event or self.kind):
            raise ValueError(f"event and kind are for had_event; take them away from {self.fact}")
        return self


class Criterion(Asked):
    """One criterion of the population; people are taken through them in order."""

    name: Name = Field(description="its name in the attrition flow")
    at_least: Finite | None = Field(default=None, description="a number: this or more")
    at_most: Finite | None = Field(default=None, description="a number: this or less")
    less_than: Finite | None = Field(default=None, description="a number: less than this")
    any_of: tuple[str, ...] | None = Field(default=None, description="a word: one of these")
    none_of: tuple[str, ...] | None = Field(default=None, description="a word: none of these")
    holds: bool | None = Field(default=None, description="a truth: true or false")
    if_unknown: Literal["exclude", "include"] = Field(
        default="exclude",
        description="what becomes of people of whom it is not known; they are counted apart")

    @model_validator(mode="after")
    def _asks_what_the_fact_can_answer(self) -> Criterion:
        kind = FACT_KINDS[self.fact]
        keys = {"number": ("at_least", "at_most", "less_than"), "word": ("any_of", "none_of"),
                "truth": ("holds",)}
        given = [key for every in keys.values() for key in every if getattr(self, key) is not None]
        if not given:
            raise ValueError(f"{self.fact} is a {kind}: say {' or '.join(keys[kind])}")
        wrong = [key for key in given if key not in keys[kind]]
        if wrong:
            raise ValueError(f"{self.fact} is a {kind}: {wrong[0]} cannot be asked of it; "
                             f"say {' or '.join(keys[kind])}")
        if self.any_of is not None and self.none_of is not None:
            raise ValueError("say any_of or none_of, not both")
        if () in (self.any_of, self.none_of):
            raise ValueError(f"the list of words is empty: say which {self.fact}")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"nobody can be at least {self.at_least:g} and at most {self.at_most:g}")
        if self.at_least is not None and self.less_than is not None and self.at_least >= self.less_than:
            raise ValueError(f"nobody can be at least {self.at_least:g} and less than {self.less_than:g}")
        return self


class Cut(Asked):
    """A fact of which a number may be cut into groups."""

    name: Name
    cuts: tuple[Finite, ...] = Field(default=(), description="cut the number into groups at these values")

    @model_validator(mode="after")
    def _cuts_a_number_upwards(self) -> Cut:
        kind = FACT_KINDS[self.fact]
        if self.cuts and kind != "number":
            raise ValueError(f"cuts: {self.fact} is a {kind}, and only a number can be cut")
        if list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError("cuts: write each value once, the least first")
        return self


class Covariate(Cut):
    """One covariate of the models, as known on the index day; of a range the lower bound is taken."""


class Subgroup(Cut):
    """A fact by which results are also given apart."""


class Index(Part):
    """The day on which the clock starts for everybody, whatever their strategy."""

    event: Literal["visit", "stop", "landmark", "event", "calendar"] = Field(
        description="each visit; each stop of a treatment (one group only); so many months after a "
                    "treatment began; the first event of a kind; the first day of every so many months of "
                    "the calendar, for sequential trials")
    trials: Literal["first", "all"] = Field(
        default="first", description="the first day on which a person is eligible, or every such day")
    months_after_start: Annotated[int, Field(ge=1)] | None = Field(default=None, description="for landmark")
    of: EventName | None = Field(default=None, description="for event: which one")
    every_months: Literal[1, 2, 3, 4, 6, 12] | None = Field(
        default=None, description="for calendar: a trial starts every so many months, counted from January")

    @model_validator(mode="after")
    def _is_complete(self) -> Index:
        if self.event == "landmark" and self.months_after_start is None:
            raise ValueError("a landmark needs months_after_start")
        if self.event == "event" and self.of is None:
            raise ValueError("an index at an event needs of: which event")
        if self.of == "death":
            raise ValueError("nobody can be followed from the day of death on; choose another event")
        if self.event == "calendar" and self.every_months is None:
            raise ValueError("an index of the calendar needs every_months: 1, 2, 3, 4, 6 or 12")
        return self


class Strategy(Part):
    """What is done from the index day on."""

    name: Name
    action: Literal["stop", "continue", "extend", "switch", "everybody", "group"] = Field(
        description="stop the therapy; go on; take it at longer intervals; switch to another; everybody, "
                    "with nothing compared; group: people of whom the fact in_group holds")
    grace_days: Annotated[int, Field(ge=0, le=730)] = Field(
        default=0, description="it may begin so many days after the index day; people are then followed "
                               "under both")
    interval_days_at_least: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="for extend")
    another_drug: Literal["leaves", "same-efficacy", "goes-on"] = Field(
        default="leaves",
        description="for continue: what a change to another drug is. leaves: to go on is to go on with the "
                    "drug of the index day, and who changes is followed until then; same-efficacy: a drug of "
                    "the same efficacy is going on; goes-on: any therapy is")
    to_tier: Literal["moderate", "high"] | None = Field(default=None, description="for switch")
    in_group: Criterion | None = Field(default=None, description="for group")

    @model_validator(mode="after")
    def _has_what_its_action_needs(self) -> Strategy:
        for key, action, needed in (("interval_days_at_least", "extend", True), ("in_group", "group", True),
                                    ("to_tier", "switch", False)):
            given = getattr(self, key) is not None
            if given and self.action != action:
                raise ValueError(f"{key} is for {action}, not for {self.action}; take it away")
            if needed and not given and self.action == action:
                raise ValueError(f"{action} needs {key}")
        return self


class Outcome(Part):
    """One outcome, counted from the day after the index day."""

    name: Name
    kind: OutcomeKind
    negative_control: bool = Field(
        default=False,
        description="the strategies cannot change it: a difference tells that the groups differ in something "
                    "that was not measured; it is shown as such and never becomes a finding of a study")


class Missing(Part):
    """What is done where a covariate is not known; the complete cases are always shown beside it."""

    method: Literal["indicator", "multiple-imputation"] = "indicator"
    imputations: Annotated[int, Field(ge=2, le=100)] = 10


def _is_from_to(value: tuple[float, float]) -> tuple[float, float]:
    if not 0 <= value[0] < value[1] <= 1:
        raise ValueError("two shares from 0 to 1, the lower first, such as [0.01, 0.99]")
    return value


Shares = Annotated[tuple[float, float], AfterValidator(_is_from_to)]


class Weights(Part):
    """How the groups are made comparable."""

    estimand: Literal["ate", "ate-stabilised", "att", "overlap"] = "ate"
    truncate: Shares | None = None
    trim: Shares | None = None
    censoring: bool = Field(
        default=True, description="also weigh for those lost or who left their strategy")
    step_days: Annotated[int, Field(ge=30, le=366)] = Field(
        default=91, description="censoring is modelled in steps of so many days")


def _is_somebody(value: str) -> str:
    if not value.strip():
        raise ValueError("it is empty: write who permitted it, or leave the key out")
    return value


class Disclosure(Part):
    """What may be published of small numbers."""

    threshold: Annotated[int, Field(ge=0, le=50)] = Field(
        default=5, description="counts from 1 to below this are not shown")
    round_to: Annotated[int, Field(ge=1, le=50)] = Field(
        default=5,
        description="other counts are rounded to multiples of this, or of threshold where that is more: "
                    "finer rounding would give small counts back by subtraction")
    small_counts_permitted_by: Annotated[str, AfterValidator(_is_somebody)] | None = Field(
        default=None,
        description="who permitted the publication of small counts of events; then to-study may use "
                          "the exact file")


    @property
    def step(self) -> int:
        """To which multiples counts are rounded: never finer than what the threshold hides."""
        return max(self.round_to, self.threshold)


class FollowUp(Part):
    """How long people are followed, and when results are given."""

    years: Annotated[float, Field(gt=0, le=30)]
    report_years: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        default=(), description="also report at these times, up to years")

    @model_validator(mode="after")
    def _reports_what_is_followed(self) -> FollowUp:
        late = [year for year in self.report_years if year > self.years]
        if late:
            raise ValueError(f"report_years: {late[0]:g} lies after the end of follow-up, which is "
                             f"{self.years:g} years")
        return self


class Bootstrap(Part):
    """How intervals come about: by resampling people, or for many rows by the influence of each person."""

    replicates: Annotated[int, Field(ge=20, le=10_000)] = 200
    seed: int = 1
    up_to_rows: Annotated[int, Field(ge=0)] = Field(
        default=5000,
        description="resample where an outcome has at most so many rows (entries, twice where each is "
                    "followed under both strategies); beyond, sum the influence of each person, which takes "
                    "a fraction of the time and gives nearly the same intervals")


class Protocol(Part):
    """One cohort, from its question to its disclosure control."""

    name: Name
    title: str
    question: str = Field(description="one sentence")
    source: str = Field(description="the published study or guidance that it follows")
    definitions: Definitions
    population: tuple[Criterion, ...]
    index: Index
    strategies: tuple[Strategy, ...]
    comparator: Name | None = Field(
        default=None, description="the strategy that the others are compared with")
    follow_up: FollowUp
    outcomes: tuple[Outcome, ...]
    competing: tuple[Literal["death"], ...] = ("death",)
    covariates: tuple[Covariate, ...] = ()
    missing: Missing = Missing()
    weights: Weights = Weights()
    subgroups: tuple[Subgroup, ...] = ()
    bootstrap: Bootstrap = Bootstrap()
    disclosure: Disclosure = Disclosure()

    @model_validator(mode="after")
    def _hangs_together(self) -> Protocol:
        for key in ("population", "outcomes", "covariates", "subgroups", "strategies"):
            _refuse_twice(key, [part.name for part in getattr(self, key)])
        _check_strategies(self.strategies, self.comparator)
        if not self.outcomes:
            raise ValueError("outcomes: name at least one; stepdown cohort check tells of people without")
        if self.index.event == "stop" and len(self.strategies) > 1:
            raise ValueError("index: people who go on have no day of stopping, so that their clock would not "
                             "start like that of the others; use visit or landmark")
        if self.index.event == "calendar" and self.target.action in _ON_A_DAY and not self.target.grace_days:
            raise ValueError("index: next to nobody decides on the first day of a month, so that nearly all "
                             f"would go on; give {self.target.name} grace_days, such as the days from one "
                             "start to the next")
        if self.target.grace_days and not self.weights.censoring:
            raise ValueError("weights: with grace_days people are censored when they leave a strategy, which "
                             "only weights can make up for; take censoring: false away")
        if self.target.grace_days >= self.follow_up.years * 365.25:
            raise ValueError(f"strategies: grace_days is {self.target.grace_days}, which is all of the "
                             f"follow-up of {self.follow_up.years:g} years; until then nobody has decided")
        return self

    @property
    def another_drug(self) -> str:
        """What a change to another drug is to those who are to go on; ``goes-on`` where nobody is."""
        going_on = (each.another_drug for each in self.strategies if each.action == "continue")
        return next(going_on, "goes-on")

    @property
    def target(self) -> Strategy:
        """The strategy of interest; the only one where nothing is compared."""
        return next(each for each in self.strategies if each.name != self.comparator)


def _check_strategies(strategies: tuple[Strategy, ...], comparator: str | None) -> None:
    """ValueError where there is nothing to follow, or two that cannot be compared."""
    names = [strategy.name for strategy in strategies]
    if not 1 <= len(names) <= 2:
        raise ValueError("strategies: at most two can be compared; write a protocol for each pair" if names
                         else "strategies: name one, or two to compare")
    if (len(names) == 2 or comparator is not None) and comparator not in names:
        raise ValueError(f"comparator: {comparator or 'nothing'} is no strategy; name one of the "
                         f"strategies, {' or '.join(names)}, or leave comparator out where nothing is "
                         "compared")
    if len(names) == 1 and comparator is not None:
        raise ValueError(f"comparator: {comparator} is the only strategy, and cannot be compared "
                         "with itself; leave comparator out, or add a strategy")
    if len({each.model_copy(update={"name": ""}).model_dump_json() for each in strategies}) < len(names):
        raise ValueError(f"strategies: {' and '.join(names)} are the same but for their names")


def _refuse_twice(key: str, names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f'{key}: two have the name "{twice}"')
