"""An OMOP database (CDM 5.4, in DuckDB) of four invented people, as small as one can be.

Concept numbers are our own; codes and vocabularies are those of the mapping that ships.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

TABLES = """
CREATE TABLE concept (concept_id INT, concept_name TEXT, vocabulary_id TEXT, concept_class_id TEXT,
  concept_code TEXT);
INSERT INTO concept VALUES
  (1, 'Multiple sclerosis', 'SNOMED', 'Disorder', '24700007'),
  (2, 'Relapsing remitting multiple sclerosis', 'SNOMED', 'Disorder', '426373005'),
  (3, 'Secondary progressive MS', 'ICD10CM', 'billing code', 'G35.C0'),
  (4, 'Infectious disease', 'SNOMED', 'Disorder', '40733004'),
  (5, 'Pneumonia', 'SNOMED', 'Disorder', '233604007'),
  (6, 'EDSS', 'SNOMED', 'Scale', '273554001'),
  (7, 'Lymphocytes', 'LOINC', 'Lab Test', '731-0'),
  (8, 'IgG', 'LOINC', 'Lab Test', '2465-3'),
  (9, 'Inpatient Visit', 'Visit', 'Visit', 'IP'),
  (11, 'ocrelizumab', 'RxNorm', 'Ingredient', '99990001'),
  (12, 'ocrelizumab 30 MG/ML Injection', 'RxNorm', 'Clinical Drug', '99990002'),
  (13, 'Avonex', 'RxNorm', 'Brand Name', '153326'),
  (14, 'aspirin', 'RxNorm', 'Ingredient', '1191'),
  (15, 'Hypertension', 'SNOMED', 'Disorder', '38341003'),
  (16, 'per microliter', 'UCUM', 'Unit', '/uL');
CREATE TABLE concept_ancestor (ancestor_concept_id INT, descendant_concept_id INT);
INSERT INTO concept_ancestor VALUES (1, 1), (1, 2), (4, 5), (11, 12), (11, 11);
CREATE TABLE person (person_id INT, gender_concept_id INT, year_of_birth INT, month_of_birth INT,
  day_of_birth INT);
INSERT INTO person VALUES (10, 8532, 1970, 5, 6), (20, 8507, 1955, NULL, NULL), (30, 8532, 1980, 1, 1),
  (40, 0, 1990, 7, NULL);
CREATE TABLE observation_period (observation_period_id INT, person_id INT, observation_period_start_date DATE,
  observation_period_end_date DATE);
INSERT INTO observation_period VALUES (1, 10, '2010-01-01', '2020-12-31'),
  (2, 20, '2010-01-01', '2020-12-31'),
  (3, 30, '2010-01-01', '2020-12-31'),
  (4, 40, '2010-01-01', '2020-12-31');
CREATE TABLE condition_occurrence (condition_occurrence_id INT, person_id INT, condition_concept_id INT,
  condition_source_concept_id INT, condition_start_date DATE);
INSERT INTO condition_occurrence VALUES (1, 10, 1, 0, '2011-02-03'), (2, 10, 2, 0, '2012-02-03'),
  (3, 20, 0, 3, '2015-06-01'), (4, 30, 15, 0, '2012-01-01'), (5, 10, 5, 0, '2016-03-04'),
  (6, 40, 2, 0, '2012-05-05'), (7, 40, 0, 3, '2012-05-05');
CREATE TABLE drug_exposure (drug_exposure_id INT, person_id INT, drug_concept_id INT,
  drug_exposure_start_date DATE, drug_exposure_end_date DATE, days_supply INT);
INSERT INTO drug_exposure VALUES
  (1, 10, 12, '2018-01-01', '2018-01-01', NULL), (2, 10, 12, '2018-07-05', '2018-07-05', NULL),
  (3, 10, 14, '2018-07-05', '2018-08-05', 30),
  (4, 20, 13, '2012-01-01', NULL, 90), (5, 20, 13, '2012-04-10', NULL, 90),
  (6, 20, 13, '2020-11-15', NULL, 90),
  (7, 40, 12, '2020-02-01', '2020-02-01', NULL), (8, 30, 12, '2018-01-01', NULL, NULL);
CREATE TABLE measurement (measurement_id INT, person_id INT, measurement_concept_id INT,
  measurement_date DATE,
  measurement_source_concept_id INT, value_as_number DOUBLE, value_source_value TEXT,
  unit_concept_id INT, unit_source_value TEXT);
INSERT INTO measurement VALUES
  (1, 10, 6, '2015-01-01', 0, 2.5, '2.5', 0, NULL), (2, 10, 6, '2016-01-01', 0, 25, '25', 0, NULL),
  (3, 10, 7, '2015-01-01', 0, 1600, NULL, 16, NULL), (4, 10, 8, '2015-01-01', 0, 9.5, NULL, 0, NULL),
  (5, 20, 8, '2015-01-01', 0, 950, NULL, 0, 'mg/dL'), (6, 30, 7, '2015-01-01', 0, 1600, NULL, 16, NULL);
CREATE TABLE visit_occurrence (visit_occurrence_id INT, person_id INT, visit_concept_id INT,
  visit_start_date DATE, visit_end_date DATE);
INSERT INTO visit_occurrence VALUES (1, 10, 9, '2016-03-04', '2016-03-09'),
  (2, 10, 77, '2016-05-04', '2016-05-04');
CREATE TABLE death (person_id INT, death_date DATE);
INSERT INTO death VALUES (20, '2020-12-31');
"""


def write_cdm(path: Path, more: str = "") -> Path:
    """The database in a file, with further statements run on it."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES + more)
    return path
