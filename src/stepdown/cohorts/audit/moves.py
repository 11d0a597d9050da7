"""The days on which people took a step: stopped all therapy, switched, or spaced the same drug out."""

from __future__ import annotations

from stepdown.cohorts.days import LONG_AGO, NEVER
from stepdown.cohorts.engines import Expression, load_ibis
from stepdown.cohorts.population.tables import Tables, find_stops

#: The steps by number, in the order in which one stands where two fall on one day.
STRATEGIES = ("stop", "switch", "extend")


def find_moves(tables: Tables) -> Expression:
    """``person_id, index_day, strategy, left_drug, target, interval``: one row a person and day.

    ``strategy`` is a place in STRATEGIES. ``left_drug`` is NULL for a stop, where the drug is the one that
    was taken last, and where two drugs were left or begun on one day.
    """
    every = load_ibis().union(_find_stops(tables), _find_switches(tables), _find_extensions(tables))
    first = every.group_by("person_id", "index_day").agg(strategy=every.strategy.min())
    joined = every.semi_join(first, ["person_id", "index_day", "strategy"])
    return joined


def _to_move(rows: Expression, strategy: str, **columns: Expression) -> Expression:
    """Rows in the form of ``find_moves``."""
    ibis = load_ibis()
    usual = {"left_drug": ibis.null("string"), "target": ibis.null("string"),
             "interval": ibis.null("float64")}
    place = ibis.literal(STRATEGIES.index(strategy), "int8")
    return rows.select("person_id", index_day="day", strategy=place, **usual | columns)


def _find_stops(tables: Tables) -> Expression:
    return _to_move(find_stops(tables.courses), "stop")


def _find_switches(tables: Tables) -> Expression:
    """The end of a drug while another one, begun later than it, goes on."""
    ended = tables.courses.filter(tables.courses.stop < NEVER).select(
        "person_id", gone="therapy", begun="start", day="stop")
    pairs = ended.join(tables.courses.select("person_id", "therapy", "start", "stop"), "person_id")
    next_ = pairs.filter((pairs.therapy != pairs.gone) & (pairs.start <= pairs.day)
                         & (pairs.stop > pairs.day) & (pairs.start > pairs.begun))
    found = next_.group_by("person_id", "day").agg(
        gone=next_.gone.min(), to=next_.therapy.min(), left=next_.gone.nunique(),
        reached=next_.therapy.nunique())
    return _to_move(found, "switch", target=_unless_several(found.to, found.reached),
                    left_drug=_unless_several(found.gone, found.left))


def _unless_several(name: Expression, count: Expression) -> Expression:
    return load_ibis().ifelse(count == 1, name, load_ibis().null("string"))


def _find_extensions(tables: Tables) -> Expression:
    """A period on the drug of the period before, without a pause, at a longer interval."""
    rows = tables.treatments.filter(tables.treatments.start.notnull()
                                    & tables.treatments.interval_days.notnull())
    later = rows.select("person_id", "therapy", "interval_days", day="start")
    before = rows.select("person_id", "therapy", first="start", last="stop", usual="interval_days")
    pairs = later.join(before, ["person_id", "therapy"])
    longer = pairs.filter((pairs.first < pairs.day) & (pairs.last >= pairs.day - 1)
                          & (pairs.last <= pairs.day + 1) & (pairs.interval_days > pairs.usual))
    found = longer.group_by("person_id", "day").agg(
        therapy=longer.therapy.min(), drugs=longer.therapy.nunique(), days=longer.interval_days.max())
    return _to_move(found, "extend", left_drug=_unless_several(found.therapy, found.drugs),
                    interval=found.days.cast("float64"))


def find_undone(tables: Tables, moves: Expression) -> Expression:
    """``trial_id, undone``: the first day after the step on which it was no longer followed.

    After a stop any therapy is begun; after a switch or an extension the drug is stopped, another one begun,
    or the interval shortened again.
    """
    days = load_ibis().union(_find_begun(tables, moves), _find_ended(tables, moves),
                             _find_shortened(tables, moves))
    return days.group_by("trial_id").agg(undone=days.day.min())


def _find_begun(tables: Tables, moves: Expression) -> Expression:
    rows = moves.select("trial_id", "person_id", "index_day", "now").join(
        tables.courses.filter(tables.courses.start > LONG_AGO).select("person_id", "therapy", "start"),
        "person_id")
    other = rows.filter((rows.start > rows.index_day) & (rows.therapy != rows.now))
    return other.select("trial_id", day="start")


def _find_ended(tables: Tables, moves: Expression) -> Expression:
    rows = moves.select("trial_id", "person_id", "index_day", therapy="now").join(
        tables.courses.select("person_id", "therapy", "start", "stop"), ["person_id", "therapy"])
    ended = rows.filter((rows.start <= rows.index_day) & (rows.stop > rows.index_day) & (rows.stop < NEVER))
    return ended.select("trial_id", day="stop")


def _find_shortened(tables: Tables, moves: Expression) -> Expression:
    rows = moves.select("trial_id", "person_id", "index_day", "interval", therapy="now").join(
        tables.treatments.select("person_id", "therapy", "interval_days", "start"), ["person_id", "therapy"])
    shorter = rows.filter((rows.start > rows.index_day) & (rows.interval_days < rows.interval))
    return shorter.select("trial_id", day="start")
