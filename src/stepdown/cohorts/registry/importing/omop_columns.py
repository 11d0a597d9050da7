"""The columns of an OMOP database (CDM 5.4) that are read, each with its type here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ID, WHOLE, NUMBER, DAY, TEXT = "BIGINT", "INTEGER", "DOUBLE", "DATE", "VARCHAR"
#: What a type of CDM 5.4 is called in a sentence.
TYPE_NAMES: Mapping[str, str] = MappingProxyType(
    {ID: "whole numbers", WHOLE: "whole numbers", NUMBER: "numbers", DAY: "dates", TEXT: "text"})


@dataclass(frozen=True)
class CdmTable:
    """A table: the columns without which it is not read, and ``others``, unknown where one is missing.

    Without a table that is ``needed`` there is nothing to import.
    """

    columns: Mapping[str, str]
    others: Mapping[str, str] = field(default_factory=dict)
    needed: bool = False

    @property
    def types(self) -> dict[str, str]:
        """Every column with its type."""
        return {**self.columns, **self.others}


CDM_TABLES: Mapping[str, CdmTable] = MappingProxyType({
    "concept": CdmTable({"concept_id": ID, "concept_name": TEXT, "vocabulary_id": TEXT, "concept_code": TEXT,
                         "concept_class_id": TEXT}, needed=True),
    "concept_ancestor": CdmTable({"ancestor_concept_id": ID, "descendant_concept_id": ID}),
    "person": CdmTable({"person_id": ID, "gender_concept_id": ID, "year_of_birth": WHOLE},
                       {"month_of_birth": WHOLE, "day_of_birth": WHOLE}, needed=True),
    "observation_period": CdmTable({"observation_period_id": ID, "person_id": ID,
                                    "observation_period_start_date": DAY,
                                    "observation_period_end_date": DAY}, needed=True),
    "condition_occurrence": CdmTable({"condition_occurrence_id": ID, "person_id": ID,
                                      "condition_concept_id": ID, "condition_start_date": DAY},
                                     {"condition_source_concept_id": ID}, needed=True),
    "drug_exposure": CdmTable({"drug_exposure_id": ID, "person_id": ID, "drug_concept_id": ID,
                               "drug_exposure_start_date": DAY},
                              {"drug_exposure_end_date": DAY, "days_supply": WHOLE}),
    "measurement": CdmTable({"measurement_id": ID, "person_id": ID, "measurement_concept_id": ID,
                             "measurement_date": DAY},
                            {"measurement_source_concept_id": ID, "value_as_number": NUMBER,
                             "value_source_value": TEXT, "unit_concept_id": ID, "unit_source_value": TEXT}),
    "observation": CdmTable({"observation_id": ID, "person_id": ID, "observation_concept_id": ID,
                             "observation_date": DAY},
                            {"observation_source_concept_id": ID, "value_as_number": NUMBER,
                             "value_as_string": TEXT}),
    "visit_occurrence": CdmTable({"visit_occurrence_id": ID, "person_id": ID, "visit_concept_id": ID,
                                  "visit_start_date": DAY}, {"visit_end_date": DAY}),
    "death": CdmTable({"person_id": ID, "death_date": DAY}),
})
#: These may lie in a schema of their own.
VOCABULARY = ("concept", "concept_ancestor")
