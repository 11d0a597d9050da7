"""Drug exposures of an OMOP database as treatments: which drug a concept means, and when a treatment ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stepdown.ms.therapies import read_therapies
from stepdown.ms.therapy_names import TherapyFound, find_therapy

#: Days of supply beyond which the number means something else, such as for ever.
LONGEST_SUPPLY = 3660


def create_drug_meanings(work: Any) -> None:
    """Add to ``meanings`` each concept of the table ``given`` that leads to a therapy of the catalogue.

    Looked at are the code and name of the concept itself, and of those above it (ingredient, ATC class).
    A concept that the mapping names already keeps that meaning.
    """
    rows = work.execute(
        "WITH related AS (SELECT concept, concept AS other FROM given UNION "
        "SELECT concept, ancestor_concept_id FROM given JOIN cdm.concept_ancestor "
        "ON descendant_concept_id = concept) "
        "SELECT concept, concept_code, concept_name, vocabulary_id, concept_class_id FROM related "
        "JOIN cdm.concept ON concept_id = other "
        "WHERE concept NOT IN (SELECT concept FROM meanings WHERE sort = 'drugs') ORDER BY ALL").fetchall()
    found: dict[int, set[str]] = {}
    for concept, code, name, vocabulary, kind in rows:
        found.setdefault(concept, set()).update(_find_names(code, name, vocabulary, kind))
    # A concept that leads to two therapies is a combination, or a slip: it means neither.
    sure = [("drugs", names.pop(), concept) for concept, names in found.items() if len(names) == 1]
    if sure:
        work.executemany("INSERT INTO meanings VALUES (?, ?, ?)", sure)


def _find_names(code: str, name: str, vocabulary: str, kind: str) -> Iterable[str]:
    """The therapies that a concept's code or name leads to; the code of a drug class above is no drug."""
    texts = ([code] if vocabulary in ("RxNorm", "ATC") else []) + ([name] if kind != "ATC 4th" else [])
    answers = [find_therapy(text) for text in texts if text]
    return [answer.therapy.name for answer in answers if isinstance(answer, TherapyFound)]


def create_treatments(work: Any, gap_days: int) -> None:
    """Make the table ``courses``: exposures of a person to one drug joined while the cover goes on.

    A dose covers the days to its end on file, its supply, or the usual interval of the drug, whatever is
    longest. A treatment ended where its cover did, if the person was observed for ``gap_days`` longer; it is
    still taken where the cover reaches the end of observation; between the two nobody knows. An exposure that
    ends before it begins stays by itself, as it is, for the rules to set apart.
    """
    usual = [(name, int(therapy.usual_interval_days)) for name, therapy in read_therapies().items()
             if therapy.usual_interval_days]
    work.execute("CREATE TABLE usual (therapy VARCHAR, days INTEGER)")
    work.executemany("INSERT INTO usual VALUES (?, ?)", usual)
    work.execute(
        "CREATE TABLE courses AS WITH doses AS ("
        "SELECT drug_exposure_id AS id, person_id, word AS therapy, drug_exposure_start_date AS day, "
        "greatest(coalesce(drug_exposure_end_date, drug_exposure_start_date), drug_exposure_start_date + "
        f"greatest(CASE WHEN days_supply BETWEEN 1 AND {LONGEST_SUPPLY} THEN days_supply ELSE 0 END, "
        "coalesce(u.days, 0))) AS covered, drug_exposure_end_date AS end_date "
        "FROM cdm.drug_exposure e JOIN meanings m ON m.sort = 'drugs' AND m.concept = e.drug_concept_id "
        "JOIN people USING (person_id) LEFT JOIN usual u ON u.therapy = m.word), "
        f"begun AS (SELECT *, day > {gap_days} + max(covered) OVER (PARTITION BY person_id, therapy ORDER BY "
        "day, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS later FROM doses "
        "WHERE end_date IS NULL OR day IS NULL OR end_date >= day), "
        "numbered AS (SELECT *, sum(coalesce(later, TRUE)::INTEGER) OVER "
        "(PARTITION BY person_id, therapy ORDER BY day, id) AS course FROM begun), "
        "joined AS (SELECT min(id) AS id, person_id, therapy, min(day) AS start, max(day) AS last_dose, "
        "max(covered) AS covered, count(*) AS exposures FROM numbered GROUP BY person_id, therapy, course) "
        f"SELECT joined.*, CASE WHEN covered + {gap_days} < seen_until THEN covered END AS stop, "
        f"CASE WHEN covered + {gap_days} < seen_until THEN FALSE WHEN covered >= seen_until THEN TRUE END "
        "AS still_taking FROM joined JOIN people USING (person_id) UNION ALL "
        "SELECT id, person_id, therapy, day, day, covered, 1, end_date, FALSE FROM doses "
        "WHERE end_date < day")
