"""Which rows of which OMOP table become rows of which declared table, as SQL.

A query reads the copy (``cdm``) and the tables ``people`` and ``meanings`` made before. It gives ``row`` (the
number of the row in its table, for the account), ``person_id``, and columns by their declared names;
``weight``, where several rows of the source are one, says how many.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Extract:
    """The rows of ``source`` for ``table``."""

    source: str
    table: str
    query: str


_PERSON = """
SELECT p.person_id AS row, p.person_id,
  CASE WHEN month_of_birth IS NULL THEN year_of_birth::VARCHAR
       WHEN day_of_birth IS NULL THEN format('{:04d}-{:02d}', year_of_birth, month_of_birth)
       ELSE format('{:04d}-{:02d}-{:02d}', year_of_birth, month_of_birth, day_of_birth) END AS birth_date,
  (SELECT any_value(word) FROM meanings WHERE sort = 'sex' AND concept = p.gender_concept_id) AS sex,
  d.diagnosis, c.course,
  CASE WHEN c.course = 'SPMS' THEN c.since END AS secondary_progression_date,
  d.since AS diagnosis_date
FROM cdm.person p JOIN people USING (person_id)
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
FROM cdm.observation_period JOIN people USING (person_id) ORDER BY 1
"""

_TREATMENTS = """
SELECT id AS row, person_id, therapy, start, stop, still_taking, last_dose, exposures AS weight
FROM courses ORDER BY 1
"""

_MEASURED = """
SELECT DISTINCT ON (m.rowid) m.measurement_id AS row, m.person_id,
  m.measurement_date AS date, {columns}
FROM cdm.measurement m JOIN people USING (person_id)
JOIN meanings w ON w.concept IN (m.measurement_concept_id, m.measurement_source_concept_id)
LEFT JOIN cdm.concept u ON u.concept_id = m.unit_concept_id AND m.unit_concept_id <> 0
WHERE w.sort = '{sort}' ORDER BY 1, w.word
"""

_CONDITIONS = """
SELECT DISTINCT ON (o.rowid) o.condition_occurrence_id AS row, o.person_id,
  o.condition_start_date AS {date} {columns}
FROM cdm.condition_occurrence o JOIN people USING (person_id)
JOIN meanings w ON w.concept IN (o.condition_concept_id, o.condition_source_concept_id)
LEFT JOIN cdm.concept c ON c.concept_id = o.condition_concept_id
WHERE w.sort = '{sort}' ORDER BY 1, w.word
"""

_OBSERVED = """
SELECT DISTINCT ON (o.rowid) o.observation_id AS row, o.person_id, o.observation_date AS date,
  coalesce(o.value_as_number::VARCHAR, o.value_as_string) AS edss
FROM cdm.observation o JOIN people USING (person_id)
JOIN meanings w ON w.concept IN (o.observation_concept_id, o.observation_source_concept_id)
WHERE w.sort = 'edss' ORDER BY 1
"""

_HOSPITAL = """
SELECT v.visit_occurrence_id AS row, v.person_id, 'hospital' AS event, v.visit_start_date AS date,
  v.visit_end_date AS end_date
FROM cdm.visit_occurrence v JOIN people USING (person_id)
WHERE v.visit_concept_id IN (SELECT concept FROM meanings WHERE sort = 'hospital') ORDER BY 1
"""

_DEATH = """
SELECT person_id AS row, person_id, 'death' AS event, death_date AS date
FROM cdm.death JOIN people USING (person_id) ORDER BY 1
"""

_VALUE = "coalesce(m.value_as_number::VARCHAR, m.value_source_value)"


def _fill(query: str, **parts: str) -> str:
    for name, text in parts.items():
        query = query.replace("{" + name + "}", text)
    return query


EXTRACTS = (
    Extract("person", "patients", _PERSON),
    Extract("observation_period", "observation_periods", _PERIODS),
    Extract("drug_exposure", "treatments", _TREATMENTS),
    Extract("condition_occurrence", "relapses",
            _fill(_CONDITIONS, sort="relapses", date="onset", columns="")),
    Extract("measurement", "visits", _fill(_MEASURED, sort="edss", columns=f"{_VALUE} AS edss")),
    Extract("observation", "visits", _OBSERVED),
    Extract("measurement", "labs",
            _fill(_MEASURED, sort="labs", columns=f"w.word AS test, {_VALUE} AS value, "
                  "coalesce(m.unit_source_value, u.concept_code) AS unit")),
    Extract("condition_occurrence", "events",
            _fill(_CONDITIONS, sort="events", date="date",
                  columns=", w.word AS event, c.concept_name AS kind")),
    Extract("visit_occurrence", "events", _HOSPITAL),
    Extract("death", "events", _DEATH),
)
