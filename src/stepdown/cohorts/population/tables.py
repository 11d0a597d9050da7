"""The tables of a registry as a cohort uses them: days for dates, relapses and scans classified."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from stepdown.cohorts.days import LONG_AGO, NEVER, to_day, with_days
from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.history.imaging import classify_scans
from stepdown.cohorts.history.relapses import classify_relapses
from stepdown.cohorts.protocol.definitions import TreatmentDefinition
from stepdown.cohorts.registry.reading import Registry
from stepdown.patients.tables import LESIONS


@dataclass(frozen=True)
class Tables:
    """Days for dates; ``courses`` are treatments without a day between, ``scores`` the visits with an EDSS.

    ``treatment`` says which pauses are bridged where time on a therapy is counted. Relapses, scans and events
    are worked out when they are first asked for; visits are read anew at each question, until the people are
    few enough to keep theirs. ``answers`` keeps what was worked out, by question: later questions are of the
    same days or fewer, and of the same people or fewer.
    """

    engine: Engine
    raw: Mapping[str, Expression]
    patients: Expression
    periods: Expression
    treatments: Expression
    courses: Expression
    visits: Expression
    treatment: TreatmentDefinition
    answers: dict[str, Expression] = field(default_factory=dict)

    @property
    def scores(self) -> Expression:
        """The visits with an EDSS."""
        return self.visits.filter(self.visits.value.notnull())

    @property
    def relapses(self) -> Expression:
        """Every episode, with whether it counts as a relapse."""
        return self._keep_once("relapses", self._read_relapses)

    @property
    def scans(self) -> Expression:
        """Every scan, with whether it shows activity."""
        return self._keep_once("scans", self._read_scans)

    @property
    def events(self) -> Expression:
        """Infections, cancers, deaths and what else is on file with a day."""
        return self._keep_once("events", self._read_events)

    def _keep_once(self, name: str, read: Callable[[], Expression]) -> Expression:
        if name not in self.answers:
            self.answers[name] = read()
        return self.answers[name]

    def _read_relapses(self) -> Expression:
        episodes = _take(self.raw["relapses"], ("relapse_id", "lasted_24h", "fever_or_infection"), "onset")
        return classify_relapses(self.engine, with_set_apart(episodes, self.raw["patients"]))

    def _read_scans(self) -> Expression:
        scans = _take(self.raw["mri"], ("mri_id", "region", *(f"any_{name}" for name in LESIONS)), "date")
        return classify_scans(self.engine, scans.rename(day="date", day_last="date_last"))

    def _read_events(self) -> Expression:
        events = _take(self.raw["events"], ("event", "kind", "serious", "grade"), "date")
        return self.engine.keep(events.rename(day="date", day_last="date_last"), "events")


def read_tables(engine: Engine, registry: Registry, treatment: TreatmentDefinition) -> Tables:
    """The tables that a cohort asks."""
    raw = registry.tables
    periods = raw["observation_periods"]
    treatments = engine.keep(_take(raw["treatments"], ("treatment_id", "therapy", "still_taking",
                                                       "interval_days"), "start", "stop", "last_dose"),
                             "treatments")
    visits = _take(raw["visits"], ("visit_id", "edss", "during_relapse"), "date")
    people = _take(raw["patients"], ("sex", "centre", "diagnosis", "course", "relapses_set_apart"),
                   "birth_date", "onset_date", "secondary_progression_date")
    return Tables(
        engine=engine, raw=raw,
        patients=engine.keep(people, "people"),
        periods=engine.keep(periods.select("person_id", first_day=to_day(periods.first_day),
                                           last_day=to_day(periods.last_day)), "periods"),
        treatments=treatments,
        courses=engine.keep(join_touching(treatments), "courses"),
        visits=visits.rename(day="date", day_last="date_last", value="edss"),
        treatment=treatment,
    )


def narrow_tables(tables: Tables, index: Expression) -> Tables:
    """The tables of the people of some index days alone: what others went through is not asked any more.

    Observation periods stay those of everybody, as the last day of the registry is read from them.
    """
    engine = tables.engine
    people = engine.keep(index.select("person_id").distinct(), "left")
    treatments, courses, visits = (engine.keep(each.semi_join(people, "person_id"), "of_left")
                                   for each in (tables.treatments, tables.courses, tables.visits))
    engine.drop([tables.treatments, tables.courses])
    raw = {name: table.semi_join(people, "person_id") for name, table in tables.raw.items()}
    return replace(tables, raw=raw, treatments=treatments, courses=courses, visits=visits)


def _take(table: Expression, columns: tuple[str, ...], *dates: str) -> Expression:
    """What a cohort asks of a table of the registry, and no more: each column takes time and memory."""
    days = (name for date in dates for name in (date, f"{date}_precision"))
    return with_days(table.select("person_id", *columns, *days), *dates)


def with_set_apart(relapses: Expression, people: Expression) -> Expression:
    """With an episode of which nothing is known for all whose relapse rows were set apart at import."""
    ibis = load_ibis()
    apart = people.filter((people.relapses_set_apart > 0).fill_null(False))
    known = {"person_id": apart.person_id, "relapse_id": -apart.person_id - 1}
    return relapses.union(apart.select(**{
        name: known.get(name, ibis.null(kind)).cast(kind) for name, kind in relapses.schema().items()}))


def join_touching(treatments: Expression) -> Expression:
    """Periods on one therapy without a day between them as one course: ``start, stop`` (NEVER: it goes on).

    A stop on file is a stop, whether or not the therapy is begun again later: to bridge a pause here would
    choose people by what came after. ``end_known`` is false where nobody knows whether a course went on; a
    course whose start is not on file begins LONG_AGO.
    """
    ibis = load_ibis()
    rows = treatments.mutate(
        start=treatments.start.fill_null(LONG_AGO).cast("int32"), end=treatments.stop.fill_null(NEVER),
        sure=treatments.stop.notnull() | treatments.still_taking.fill_null(False))
    order = {"group_by": ["person_id", "therapy"], "order_by": ["start", "treatment_id"]}
    before = ibis.window(**order, rows=(None, -1))
    rows = rows.mutate(previous=rows.end.max().over(before))
    begins = rows.previous.isnull() | (rows.start > rows.previous + 1)
    rows = rows.mutate(begins=begins.cast("int32"))
    rows = rows.mutate(course=rows.begins.sum().over(ibis.window(**order, rows=(None, 0))))
    return rows.group_by("person_id", "therapy", "course").agg(
        start=rows.start.min(), stop=rows.end.max().cast("int32"), end_known=rows.sure.min())


def find_stops(courses: Expression) -> Expression:
    """``person_id, day`` of each stop of all therapy: a course ended, no other one went on or was begun."""
    ended = courses.filter(courses.stop < NEVER).select("person_id", left="therapy", day="stop")
    others = courses.select("person_id", "therapy", "start", "stop")
    pairs = ended.join(others, "person_id")
    follow = pairs.filter((pairs.therapy != pairs.left) & (pairs.start <= pairs.day)
                          & (pairs.stop > pairs.day))
    followed = follow.select("person_id", "day")
    return ended.anti_join(followed, ["person_id", "day"]).select("person_id", "day").distinct()
