"""What rows must satisfy among each other: persons that exist, nothing twice, a life from birth to death."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.cohorts.registry.rules import latest
from stepdown.ms.relapse import MIN_DAYS_APART
from stepdown.patients.columns import Table
from stepdown.patients.faults import Grade
from stepdown.patients.tables import TABLES


@dataclass(frozen=True)
class CrossRule:
    """A query for the numbers of the rows that break a rule, as one column ``key``."""

    name: str
    grade: Grade
    table: str
    columns: tuple[str, ...]
    sentence: str
    query: str


def list_cross_rules() -> Iterator[CrossRule]:
    """Every rule that looks at more than one row."""
    for table in TABLES.values():
        yield _find_doubled_keys(table)
        yield _find_same_rows(table)
        if table.name != "patients":
            yield _find_strangers(table)
        if table.happened:
            yield from _list_life_rules(table, table.happened)
        # A drug often begins before anybody watches; what happens is on file only while somebody does.
        if table.happened and table.name != "treatments":
            yield _find_unobserved(table, table.happened)
    yield from _list_period_rules()
    yield from _list_overlap_rules()
    yield from _list_event_rules()
    yield _find_close_relapses()
    yield _find_two_scores()


def _rule(name: str, grade: Grade, table: str, columns: tuple[str, ...], sentence: str,
          query: str) -> CrossRule:
    return CrossRule(name, grade, table, columns, sentence, query)


def _find_doubled_keys(table: Table) -> CrossRule:
    return _rule("doubled-key", Grade.ERROR, table.name, (table.key,), "the number of a row is used twice",
                 f"SELECT {table.key} AS key FROM {table.name} GROUP BY 1 HAVING count(*) > 1")


def _find_same_rows(table: Table) -> CrossRule:
    """All but the first of rows that say the same; rows that say nothing beside the person are left."""
    same = ", ".join(f'"{name}"' for name in table.same)
    columns = [table.column(name) for name in table.same if name != "person_id"]
    known = [f'"{column.name}" IS NOT NULL' for column in columns if not column.required]
    said = "TRUE" if any(one.required and one.type == "date" for one in columns) else " OR ".join(known)
    return _rule("same-row", Grade.DOUBT, table.name, table.same, "says the same as another row",
                 f"SELECT {table.key} AS key FROM {table.name} WHERE {said} "
                 f"QUALIFY row_number() OVER (PARTITION BY {same} ORDER BY {table.key}) > 1")


def _find_strangers(table: Table) -> CrossRule:
    return _rule("stranger", Grade.ERROR, table.name, ("person_id",), "names a person who is not in patients",
                 f"SELECT {table.key} AS key FROM {table.name} ANTI JOIN patients USING (person_id)")


def _list_life_rules(table: Table, date: str) -> Iterator[CrossRule]:
    """Nothing happens before birth or after death."""
    last = latest(table, date, "t.")
    yield _rule("before-birth", Grade.ERROR, table.name, (date,), "lies before the birth of the person",
                f"SELECT {table.key} AS key FROM {table.name} t JOIN patients p USING (person_id) "
                f"WHERE {last} < p.birth_date")
    yield _rule("after-death", Grade.ERROR, table.name, (date,), "lies after the death of the person",
                f"SELECT {table.key} AS key FROM {table.name} t JOIN deaths d USING (person_id) "
                f'WHERE t."{date}" > d.last_day')


def _find_unobserved(table: Table, date: str) -> CrossRule:
    last = latest(table, date, "t.")
    return _rule("unobserved", Grade.DOUBT, table.name, (date,),
                 "lies outside every observation period of the person",
                 f"SELECT {table.key} AS key FROM {table.name} t "
                 f'WHERE t."{date}" IS NOT NULL AND NOT EXISTS '
                 f'(FROM observation_periods o WHERE o.person_id = t.person_id AND o.last_day >= t."{date}" '
                 f"AND o.first_day <= {last})")


def _list_period_rules() -> Iterator[CrossRule]:
    yield _rule("never-observed", Grade.DOUBT, "patients", ("person_id",),
                "has no observation period: nothing that is missing means anything",
                "SELECT person_id AS key FROM patients ANTI JOIN observation_periods USING (person_id)")
    yield _rule("periods-overlap", Grade.ERROR, "observation_periods", ("first_day", "last_day"),
                "overlaps with another observation period of the person",
                "SELECT period_id AS key FROM observation_periods QUALIFY first_day <= "
                "max(last_day) OVER (PARTITION BY person_id ORDER BY first_day, period_id "
                "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)")
    yield _rule("observed-after-death", Grade.ERROR, "observation_periods", ("last_day",),
                "goes on after the death of the person",
                "SELECT period_id AS key FROM observation_periods o JOIN deaths d USING (person_id) "
                "WHERE o.last_day > d.last_day")


def _list_overlap_rules() -> Iterator[CrossRule]:
    """Two treatments at once, and one that never ended on file although another began later."""
    pairs = ("SELECT b.treatment_id AS key FROM treatments a JOIN treatments b ON a.person_id = b.person_id "
             "AND a.treatment_id <> b.treatment_id AND (a.start < b.start OR "
             "(a.start = b.start AND a.treatment_id < b.treatment_id)) AND {when}")
    last_start = latest(TABLES["treatments"], "start", "b.")
    at_once = f"(a.stop > {last_start} OR a.still_taking)"
    columns = ("start", "stop")
    yield _rule("same-drug-overlaps", Grade.DOUBT, "treatments", columns,
                "began while the same drug was taken: one of the two is wrong, or they are one period",
                pairs.format(when=f"{at_once} AND a.therapy = b.therapy"))
    yield _rule("drugs-overlap", Grade.DOUBT, "treatments", columns,
                "began while another drug was taken",
                pairs.format(when=f"{at_once} AND a.therapy <> b.therapy"))
    yield _rule("never-ended", Grade.DOUBT, "treatments", columns,
                "began after a drug whose end is not on file: did that one end?",
                pairs.format(when="a.stop IS NULL AND a.still_taking IS NULL"))


def _list_event_rules() -> Iterator[CrossRule]:
    yield _rule("two-deaths", Grade.ERROR, "events", ("event",), "is a second death of the person",
                "SELECT event_id AS key FROM events WHERE event = 'death' "
                "QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY event_id) > 1")
    yield _rule("pregnant-man", Grade.DOUBT, "events", ("event",),
                "is a pregnancy of somebody on file as male",
                "SELECT event_id AS key FROM events JOIN patients USING (person_id) "
                "WHERE event = 'pregnancy' AND sex = 'male'")


def _find_close_relapses() -> CrossRule:
    return _rule("close-relapses", Grade.NOTE, "relapses", ("onset",),
                 f"lies less than {MIN_DAYS_APART} days after another and may be the same relapse",
                 "SELECT relapse_id AS key FROM relapses WHERE onset_precision = 'day' QUALIFY onset - "
                 "lag(onset) OVER (PARTITION BY person_id ORDER BY onset, relapse_id) "
                 f"BETWEEN 1 AND {MIN_DAYS_APART - 1}")


def _find_two_scores() -> CrossRule:
    return _rule("two-scores", Grade.DOUBT, "visits", ("date", "edss"), "has another EDSS on the same day",
                 "SELECT visit_id AS key FROM visits WHERE edss IS NOT NULL AND date_precision = 'day' "
                 "WINDOW w AS (PARTITION BY person_id, date) QUALIFY min(edss) OVER w <> max(edss) OVER w")
