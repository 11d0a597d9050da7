"""Which rows of which OMOP table become rows of which declared table, as SQL.

A query gives ``row`` (the number of the row in its table, for the account), ``person_id``, and columns by
their declared names; ``weight``, where several rows of the source are one, says how many. ``{omop}`` stands
for the place of the database; ``people`` and ``meanings`` are tables made before.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Extract:
    """The rows of ``source`` for ``table``; without these ``columns`` the source is not read."""

    source: str
    table: str
    columns: tuple[str, ...]
    query: str


_PERSON = """
SELECT p.person_id AS row, p.person_id,
  CASE WHEN month_of_birth IS NULL THEN year_of_birth::INTEGER::VARCHAR
       WHEN day_of_birth IS NULL THEN format('{:04d}-{:02d}', year_of_birth::INTEGER,
                                             month_of_birth::INTEGER)
       ELSE format('{:04d}-{:02d}-{:02d}', year_of_birth::INTEGER, month_of_birth::INTEGER,
                   day_of_birth::INTEGER) END AS birth_date,
  (SELECT any_value(word) FROM meanings WHERE sort = 'sex' AND concept = p.gender_concept_id) AS sex,
  d.diagnosis, c.course,
  CASE WHEN c.course = 'SPMS' THEN c.since END AS secondary_progression_date,
  d.since AS diagnosis_date
FROM {omop}.person p JOIN people USING (person_id)
LEFT JOIN (SELECT person_id, CASE WHEN count(DISTINCT word) = 1 THEN any_value(word) END AS diagnosis,
                  min(day) AS since FROM found WHERE sort = 'diagnosis' GROUP BY 1) d USING (person_id)
LEFT JOIN (SELECT person_id, CASE WHEN count(DISTINCT word) = 1 THEN any_value(word) END AS course,
                  min(since) AS since
           FROM (SELECT person_id, word, min(day) AS since, max(day) AS latest FROM found
                 WHERE sort = 'course' GROUP BY 1, 2
                 QUALIFY max(day) = max(max(day)) OVER (PARTITION BY person_id)) GROUP BY 1) c
  USING (person_id)
ORDER BY 1
"""

_PERIODS = """
SELECT observation_period_id AS row, person_id, observation_period_start_date AS first_day,
  observation_period_end_date AS last_day
FROM {omop}.observation_period JOIN people USING (person_id) ORDER BY 1
"""

_TREATMENTS = """
SELECT id AS row, person_id, therapy, start, stop, still_taking, last_dose, exposures AS weight
FROM courses ORDER BY 1
"""

_MEASURED = """
SELECT DISTINCT ON (m.measurement_id) m.measurement_id::BIGINT AS row, m.person_id,
  m.measurement_date AS date, {columns}
FROM {omop}.measurement m JOIN people USING (person_id)
JOIN meanings w ON w.concept IN (m.measurement_concept_id, m.measurement_source_concept_id)
LEFT JOIN {omop}.concept u ON u.concept_id = m.unit_concept_id AND m.unit_concept_id <> 0
WHERE w.sort = '{sort}' ORDER BY 1, w.word
"""

_CONDITIONS = """
SELECT DISTINCT ON (o.condition_occurrence_id) o.condition_occurrence_id AS row, o.person_id,
  o.condition_start_date AS {date} {columns}
FROM {omop}.condition_occurrence o JOIN people USING (person_id)
JOIN meanings w ON w.concept IN (o.condition_concept_id, o.condition_source_concept_id)
LEFT JOIN {omop}.concept c ON c.concept_id = o.condition_concept_id
WHERE w.sort = '{sort}' ORDER BY 1, w.word
"""

_OBSERVED = """
SELECT DISTINCT ON (o.observation_id) o.observation_id AS row, o.person_id, o.observation_date AS date,
  coalesce(o.value_as_number::VARCHAR, o.value_as_string) AS edss
FROM {omop}.observation o JOIN people USING (person_id)
JOIN meanings w ON w.concept IN (o.observation_concept_id, o.observation_source_concept_id)
WHERE w.sort = 'edss' ORDER BY 1
"""

_HOSPITAL = """
SELECT v.visit_occurrence_id AS row, v.person_id, 'hospital' AS event, v.visit_start_date AS date,
  v.visit_end_date AS end_date
FROM {omop}.visit_occurrence v JOIN people USING (person_id)
WHERE v.visit_concept_id IN (SELECT concept FROM meanings WHERE sort = 'hospital') ORDER BY 1
"""

_DEATH = """
SELECT person_id AS row, person_id, 'death' AS event, death_date AS date
FROM {omop}.death JOIN people USING (person_id) ORDER BY 1
"""

_OF_MEASUREMENT = ("measurement_id", "person_id", "measurement_concept_id", "measurement_date",
                   "measurement_source_concept_id", "value_as_number", "value_source_value",
                   "unit_concept_id", "unit_source_value")
_OF_CONDITION = ("condition_occurrence_id", "person_id", "condition_concept_id",
                 "condition_source_concept_id", "condition_start_date")
_VALUE = "coalesce(TRY_CAST(m.value_as_number AS DOUBLE)::VARCHAR, m.value_source_value)"


def _fill(query: str, **parts: str) -> str:
    for name, text in parts.items():
        query = query.replace("{" + name + "}", text)
    return query


EXTRACTS = (
    Extract("person", "patients", ("person_id", "gender_concept_id", "year_of_birth", "month_of_birth",
                                   "day_of_birth"), _PERSON),
    Extract("observation_period", "observation_periods",
            ("observation_period_id", "person_id", "observation_period_start_date",
             "observation_period_end_date"), _PERIODS),
    Extract("drug_exposure", "treatments",
            ("drug_exposure_id", "person_id", "drug_concept_id", "drug_exposure_start_date",
             "drug_exposure_end_date", "days_supply"), _TREATMENTS),
    Extract("condition_occurrence", "relapses", _OF_CONDITION,
            _fill(_CONDITIONS, sort="relapses", date="onset", columns="")),
    Extract("measurement", "visits", _OF_MEASUREMENT,
            _fill(_MEASURED, sort="edss", columns=f"{_VALUE} AS edss")),
    Extract("observation", "visits",
            ("observation_id", "person_id", "observation_concept_id", "observation_source_concept_id",
             "observation_date", "value_as_number", "value_as_string"), _OBSERVED),
    Extract("measurement", "labs", _OF_MEASUREMENT,
            _fill(_MEASURED, sort="labs", columns=f"w.word AS test, {_VALUE} AS value, "
                  "coalesce(m.unit_source_value, u.concept_code) AS unit")),
    Extract("condition_occurrence", "events", _OF_CONDITION,
            _fill(_CONDITIONS, sort="events", date="date",
                  columns=", w.word AS event, c.concept_name AS kind")),
    Extract("visit_occurrence", "events",
            ("visit_occurrence_id", "person_id", "visit_concept_id", "visit_start_date", "visit_end_date"),
            _HOSPITAL),
    Extract("death", "events", ("person_id", "death_date"), _DEATH),
)
