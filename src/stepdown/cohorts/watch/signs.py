"""Signs since stepping down that ask for a talk about starting again, for everybody at once.

As ``patients.restart_signs`` says it for one person: yes, perhaps, no, unknown, or no-data.
"""

from __future__ import annotations

from stepdown.cohorts.days import with_days
from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.history.disability import confirmed_worsening
from stepdown.cohorts.history.imaging import classify_scans
from stepdown.cohorts.history.relapses import classify_relapses
from stepdown.cohorts.outcomes.rule_sets import read_rule_sets
from stepdown.cohorts.population.tables import with_set_apart
from stepdown.cohorts.registry.reading import Registry
from stepdown.cohorts.watch.entries import is_after
from stepdown.ms.monitoring import RestartSign, read_restart_signs
from stepdown.patients.tables import LESIONS
from stepdown.patients.units import read_lab_tests

#: The table that each kind of sign is read from.
READ_FROM = {"relapse": "relapses", "lesions": "mri", "worsening": "visits", "lab": "labs"}
_T2 = LESIONS[:2]


def find_signs(engine: Engine, registry: Registry, people: Expression, seen: Expression,
               at: int) -> Expression:
    """``person_id`` with a column for each sign of ``monitoring.toml``, of people with a step down.

    ``seen_on`` is the latest day of a sign that was seen, of worsening that of the score that confirms it.
    ``people``: ``person_id, change, change_last, recorded, seen_first``; ``seen`` as ``find_seen`` gives it.
    """
    finders = {"relapse": _find_relapse, "lesions": _find_lesions, "worsening": _find_worsening,
               "lab": _find_low_value}
    found = people.select("person_id", "change", "change_last", "recorded", "seen_first")
    people = engine.keep(found.join(seen, "person_id"), "asked")
    signs = people.select("person_id", seen_on=load_ibis().null("int32"))
    for sign in read_restart_signs():
        state = finders[sign.kind](engine, registry, people, sign, at).select("person_id", "state", "on")
        joined = signs.left_join(state, "person_id").drop("person_id_right")
        seen_on = _later(joined.seen_on, load_ibis().ifelse(joined.state == "yes", joined.on, None))
        joined = joined.mutate(seen_on=seen_on, **{sign.id: joined.state.fill_null("no-data")}).drop(
            "state", "on")
        signs = engine.keep(joined, "signs")
    return signs


def _later(first: Expression, second: Expression) -> Expression:
    """The later of two days; NULL only where both are."""
    return load_ibis().greatest(first.coalesce(second), second.coalesce(first)).cast("int32")


def _take(registry: Registry, people: Expression, table: str, day: str, *columns: str) -> Expression:
    raw = registry.tables[table].semi_join(people, "person_id")
    return with_days(raw.select("person_id", *columns, day, f"{day}_precision"), day)


def _find_relapse(engine: Engine, registry: Registry, people: Expression, sign: RestartSign,
                  at: int) -> Expression:
    del sign
    ibis = load_ibis()
    rows = _take(registry, people, "relapses", "onset", "relapse_id", "lasted_24h", "fever_or_infection")
    patients = registry.tables["patients"].semi_join(people, "person_id")
    told = classify_relapses(engine, with_set_apart(rows, patients))
    pairs = people.left_join(told, "person_id").drop("person_id_right")
    after = is_after(pairs, pairs.onset, pairs.onset_last, at)
    latest = ibis.least(pairs.onset_last, pairs.recorded)
    on_the_day = (~after & (latest == pairs.change)).fill_null(False)
    begins_after = ibis.ifelse(on_the_day, ibis.null("boolean"), after)
    truth = ibis.ifelse(pairs.relapse_id.isnull(), False, pairs.counted & begins_after)
    pairs = pairs.mutate(sure=truth.fill_null(False), may_be=truth.isnull())
    on = ibis.ifelse(pairs.sure, pairs.onset_last, ibis.null("int32"))
    found = pairs.group_by("person_id").agg(sure=pairs.sure.max(), may_be=pairs.may_be.max(), on=on.max())
    rows = people.join(found, "person_id")
    observed = (rows.seen_first <= rows.change_last).fill_null(False)
    absent = "relapses" in registry.absent
    return rows.select("person_id", "on", state=ibis.cases(
        (rows.sure, "yes"), (rows.may_be, "perhaps"),
        (ibis.literal(absent) | ~rows.seen.fill_null(True), "no-data"),
        (rows.seen.fill_null(False) & observed, "no"), else_="unknown"))


def _find_lesions(engine: Engine, registry: Registry, people: Expression, sign: RestartSign,
                  at: int) -> Expression:
    ibis = load_ibis()
    raw = _take(registry, people, "mri", "date", "mri_id", "region", *LESIONS,
                *(f"any_{name}" for name in LESIONS))
    scans = engine.keep(raw.filter(raw.date <= at).rename(day="date", day_last="date_last"), "scans_seen")
    earlier = classify_scans(engine, scans.drop(*LESIONS)).select("mri_id", "has_earlier")
    rows = people.join(scans.left_join(earlier, "mri_id").drop("mri_id_right"), "person_id")
    rows = rows.mutate(after=is_after(rows, rows.day, rows.day_last, at), first=~rows.has_earlier)
    rows = engine.keep(rows.mutate(**_count_lesions(rows)), "lesions")
    sure, may_be = rows.after.fill_null(False), rows.after.isnull()
    found = rows.group_by("person_id").agg(
        sure=sure.max(), may_be=may_be.max(), may_show=(may_be & rows.shows).max(),
        low=ibis.ifelse(sure, rows.low, 0).sum(), high=ibis.ifelse(sure, rows.high, 0).sum(),
        unread=(sure & rows.unread).max(), contrast=ibis.ifelse(sure, rows.contrast, 0).max(),
        no_contrast=(sure & rows.no_contrast).max(), brain=(sure & rows.brain).max(),
        on=ibis.ifelse(sure & rows.shows, rows.day_last, ibis.null("int32")).max())
    reaches = found.unread | (found.high >= sign.t2_from)
    return found.select("person_id", "on", state=ibis.cases(
        ((found.contrast >= sign.contrast_from) | (found.low >= sign.t2_from), "yes"),
        (((found.low > 0) & reaches) | found.may_show, "perhaps"),
        (~found.sure & found.may_be, "unknown"), (~found.sure, "no-data"),
        (~reaches & ~found.no_contrast & found.brain, "no"), else_="unknown"))


def _count_lesions(rows: Expression) -> dict[str, Expression]:
    """Of each scan: the fewest and the most T2 lesions (``unread``: no bound), and those with contrast."""
    ibis = load_ibis()

    def fewest(name: str) -> Expression:
        some = ibis.ifelse(rows[f"any_{name}"].fill_null(False), 1, 0)
        return rows[name].coalesce(some).cast("int32")

    def unread(name: str) -> Expression:
        number = rows[name].isnull() & rows[f"any_{name}"].fill_null(True)
        return number | (rows.first & (fewest(name) == 0))

    contrast = fewest("gd_enhancing")
    low = fewest(_T2[0]) + fewest(_T2[1])
    no_contrast = rows.gd_enhancing.isnull() & rows.any_gd_enhancing.isnull() & rows.first
    return {"low": low, "high": low, "unread": unread(_T2[0]) | unread(_T2[1]), "contrast": contrast,
            "no_contrast": no_contrast, "shows": (low > 0) | (contrast > 0),
            "brain": rows.region.isin(["brain", "both"]).fill_null(False)}


def _find_worsening(engine: Engine, registry: Registry, people: Expression, sign: RestartSign,
                    at: int) -> Expression:
    del sign
    ibis = load_ibis()
    raw = _take(registry, people, "visits", "date", "visit_id", "edss", "during_relapse")
    used = raw.filter(raw.edss.notnull() & ~raw.during_relapse.fill_null(False))
    rows = people.join(used.rename(day="date", day_last="date_last", value="edss"), "person_id")
    after = is_after(rows, rows.day, rows.day_last, at).fill_null(False)
    rows = engine.keep(rows.mutate(after=after, before=rows.day_last <= rows.change_last), "scores_seen")
    order = ibis.window(group_by=["person_id", "before"], order_by=[
        ibis.desc(rows.day), ibis.desc(rows.day_last), ibis.desc(rows.visit_id)])
    rows = rows.mutate(rank=ibis.row_number().over(order))
    kept = engine.keep(rows.filter(rows.after | (rows.before & (rows["rank"] == 0))).select(
        "person_id", "visit_id", "day", "day_last", "value", "during_relapse", "after"), "scores_kept")
    counts = kept.group_by("person_id").agg(later=kept.after.cast("int32").sum(), all=kept.count())
    index = people.select("person_id", trial_id="person_id", index_day=ibis.literal(at, "int32"))
    nobody = registry.tables["relapses"].limit(0).select("person_id", onset=ibis.null("int32"))
    truth = confirmed_worsening(engine, index, kept.drop("after"), nobody, read_rule_sets()["stepdown"])
    found = counts.join(truth.rename(person_id="trial_id"), "person_id")
    worse = found.confirmed_worsening
    return found.select("person_id", on="confirmed_on", state=ibis.cases(
        (found.later == 0, "no-data"), (worse.fill_null(False), "yes"), (worse.notnull(), "no"),
        (found["all"] > 1, "perhaps"), else_="unknown"))


def _find_low_value(engine: Engine, registry: Registry, people: Expression, sign: RestartSign,
                    at: int) -> Expression:
    ibis = load_ibis()
    raw = _take(registry, people, "labs", "date", "test", "value")
    rows = people.join(raw.filter(raw.test == sign.test), "person_id")
    after = is_after(rows, rows.date, rows.date_last, at)
    rows = engine.keep(rows.mutate(after=after), "results")
    later = rows.filter(rows.after)
    later = later.mutate(latest=later.date_last.max().over(ibis.window(group_by="person_id")))
    last = later.filter(later.date_last == later.latest)
    unit = read_lab_tests()[sign.test].units[0]
    likely = ((last.value == 0) | last.value.between(unit.likely_low, unit.likely_high)).fill_null(False)
    last = last.mutate(low=likely & (last.value < sign.below).fill_null(False), odd=~likely)
    found = last.group_by("person_id").agg(low=last.low.max(), odd=last.odd.max(), on=last.latest.max())
    may_be = rows.filter(rows.after.isnull()).select("person_id").distinct().mutate(may_be=True)
    found = people.select("person_id").left_join(found, "person_id").drop("person_id_right")
    found = found.left_join(may_be, "person_id").drop("person_id_right")
    return found.select("person_id", "on", state=ibis.cases(
        (found.low.fill_null(False), "yes"), (found.odd.fill_null(False), "unknown"),
        (found.odd.notnull(), "no"),
        (found.may_be.fill_null(False), "unknown"), else_="no-data"))
