"""Invented answers for the tests of `reports`. No person, study or number here is real."""

from __future__ import annotations

from stepdown.decisions.answer import (
    PEOPLE_IN_STUDIES,
    SCHEMA_VERSION,
    Alert,
    Answer,
    Bridge,
    FactLine,
    FollowUp,
    Option,
    Per100,
    PmlCell,
    Reason,
    Refusal,
    Risk,
    Rule,
    Studied,
    Trigger,
    Unknown,
)
from stepdown.decisions.source import Source

TRIAL, COHORT, REGISTRY = "invented-trial#stop-2y", "invented-cohort#relapse", "invented-registry#year-1"
LABEL = "natalizumab.monitoring"
SOURCES = {
    TRIAL: Source(
        "An invented trial of stopping injectables",
        2020,
        "00000001",
        "10.0000/invented.1",
        "full-text",
        ("any activity 9 of 75 after stopping, 3 of 75 on the drug, at 2 years",),
    ),
    COHORT: Source(
        "An invented cohort of people who changed drug",
        2021,
        "00000002",
        None,
        "abstract",
        ("relapse 4 of 20 at 2 years",),
    ),
    REGISTRY: Source(
        "An invented registry of people who left natalizumab",
        2019,
        None,
        "10.0000/invented.3",
        "secondary",
        ("relapse 90 of 200 in 1 year",),
    ),
    LABEL: Source(
        "An invented drug label",
        None,
        None,
        None,
        "full-text",
        (),
        "https://example.org/" + "a-very-long-address-without-any-space" * 4,
    ),
}
DEFINITIONS = {
    "relapse": "new or worse symptoms for at least 24 hours, no fever",
    "any_activity": "a relapse, or a new or enlarging T2 lesion",
    "mri_activity": "a new or enlarging T2 or an enhancing lesion",
    "confirmed_worsening": "EDSS worse by 1.0, confirmed after 24 weeks",
    "serious_infection": "an infection with a hospital stay",
}
Numbers = tuple[float, float, float] | None


def risk(
    outcome: str,
    years: float,
    numbers: Numbers,
    events: int | None = 9,
    status: str = "estimated",
    source: str = TRIAL,
    reason: str = "",
    studies: int = 2,
) -> Risk:
    """One invented risk; no numbers means unknown."""
    known = numbers is not None
    return Risk(
        outcome,
        DEFINITIONS.get(outcome, "as the study defined it"),
        years,
        status if known else "unknown",
        reason or ("" if known else "No study of this library reports it for this drug."),
        Per100(*numbers) if numbers is not None else None,
        studies if known else 0,
        150 if known else None,
        events if known else None,
        "random-effects pool on the log-hazard scale" if known else "none",
        Studied("mean 61, from 55", "5 or more", "interferon-beta, glatiramer-acetate"),
        (source,) if known else (),
        PEOPLE_IN_STUDIES if known else None,
        "randomised" if known else None,
    )


def rule(rule_id: str, fired: bool | None, pushes_to: str, text: str, source: str = COHORT) -> Rule:
    """One invented rule."""
    return Rule(rule_id, fired, pushes_to, "cohort", text, (source,))


def follow_up() -> tuple[FollowUp, ...]:
    """An invented schedule."""
    return (
        FollowUp("Brain MRI without contrast", "2026-04-01", 30, "stated", (TRIAL,)),
        FollowUp("Visit with EDSS", "2026-07-01", 30, "proposed", ()),
    )


TRIGGERS = (
    Trigger("A relapse: new or worse symptoms for 24 hours without fever", "stated", (TRIAL,)),
    Trigger("Two or more new T2 lesions on one scan", "proposed", ()),
)


def option(strategy: str, standing: str, risks: tuple[Risk, ...], **details: object) -> Option:
    """One invented option; the details replace the defaults."""
    settings: dict[str, object] = {
        "id": strategy,
        "strategy": strategy,
        "direction": "none" if strategy == "continue" else "down",
        "therapy": None,
        "interval_days": None,
        "bridge": None,
        "standing": standing,
        "decided_by": ("age",),
        "risks": risks,
        "follow_up": follow_up(),
        "restart_triggers": TRIGGERS,
        "rules": (
            rule("age", True, "stop", "At 61, activity after stepping down falls with each year of age."),
            rule("relapse-recent", False, "continue", "A relapse in the last 12 months speaks for staying."),
            rule("infections", None, "extend", "Infections are not on file, so this rule cannot look."),
        ),
        "reasons_for": (Reason("Quiet for 8 years on the drug.", "years-quiet", (COHORT,)),),
        "reasons_against": (
            Reason("The trial did not show that stopping is as good as staying.", "trial", (TRIAL,)),
        ),
        "unknowns": (Unknown("infections", "A serious infection would push towards stepping down."),),
    }
    return Option(**(settings | details))  # type: ignore[arg-type]


FACTS = (
    FactLine("age", 61.0, "years", "known", "", ("birth_year",)),
    FactLine("current_therapy", "interferon-beta", None, "known", "", ("treatments[0].therapy",)),
    FactLine("years_quiet", 8.0, "years", "known", "", ("relapses",)),
    FactLine("recent_mri", None, None, "unknown", "no MRI in the last 12 months", ()),
    FactLine("edss", None, None, "doubt", "two scores on one day", ("edss[0]", "edss[1]")),
)
MISSING = (
    Unknown("recent_mri", "New lesions would make stopping not-advised."),
    Unknown("infections", "A serious infection would push towards stepping down."),
)


def answer(options: tuple[Option, ...], **details: object) -> Answer:
    """An invented answer around these options; the details replace the defaults."""
    settings: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "stepdown_version": "0.1.0",
        "evidence_version": "2026-01",
        "evidence_hash": "0123456789abcdef",
        "at": "2026-01-15",
        "recorded_on": "2026-01-10",
        "person": "invented-1",
        "status": "answered",
        "refusal": None,
        "facts": FACTS,
        "options": options,
        "alerts": (Alert("recorded-earlier", "note", "The file was true on 2026-01-10.", ()),),
        "missing_ranked": MISSING,
        "preferences": ("infection", "relapse"),
        "sources": SOURCES,
    }
    return Answer(**(settings | details))  # type: ignore[arg-type]


def injectable() -> Answer:
    """Age 61, quiet 8 years on interferon-beta: stopping is reasonable, extending cannot be said."""
    stay = (
        risk("relapse", 2, (0.8, 0.1, 5.2), 1),
        risk("any_activity", 2, (4.0, 1.4, 11.0), 3),
        risk("serious_infection", 2, (0.0, 0.0, 4.8), 0),
        risk("confirmed_worsening", 2, None),
    )
    leave = (
        risk("relapse", 2, (2.3, 0.7, 6.8), 3),
        risk("any_activity", 2, (12.0, 7.1, 19.4), 9),
        risk("relapse", 5, (9.6, 2.2, 33.8), 3, "extrapolated"),
        risk("serious_infection", 2, None),
        risk("confirmed_worsening", 2, None),
    )
    change = (risk("relapse", 2, (20.0, 6.0, 44.4), 4, source=COHORT), risk("any_activity", 2, None))
    return answer(
        (
            option("stop", "reasonable", leave, therapy="interferon-beta"),
            option("continue", "reasonable", stay, therapy="interferon-beta"),
            option(
                "switch",
                "possible",
                change,
                therapy="teriflunomide",
                id="switch-teriflunomide",
                direction="lateral",
            ),
            option(
                "extend",
                "cannot-say",
                (risk("relapse", 2, None),),
                therapy="interferon-beta",
                interval_days=14,
            ),
            option(
                "switch",
                "not-advised",
                (risk("relapse", 2, None),),
                therapy="alemtuzumab",
                direction="up",
                id="switch-alemtuzumab",
            ),
        )
    )


def natalizumab() -> Answer:
    """Age 38 on natalizumab: a plain stop is not advised, a bridge is named, PML is shown."""
    bridge = Bridge(("ocrelizumab", "rituximab"), 84, (COHORT,))
    plan = (
        FollowUp("MRI before the change", "2026-02-01", 7, "stated", (LABEL,)),
        FollowUp("First dose of ocrelizumab", "2026-03-15", 14, "proposed", (COHORT,)),
    )
    stay = (risk("relapse", 1, (3.6, 1.9, 6.5), 12), risk("mri_activity", 1, (6.1, 3.0, 11.9), 9))
    leave = (
        risk("relapse", 1, (44.7, 40.6, 48.8), 90, source=REGISTRY),
        risk("mri_activity", 1, (45.0, 28.0, 63.0), 19),
    )
    return answer(
        (
            option(
                "switch",
                "reasonable",
                (risk("relapse", 2, (6.4, 2.0, 18.7), 5),),
                therapy="ocrelizumab",
                direction="lateral",
                id="switch-ocrelizumab",
                plan=plan,
                bridge=bridge,
            ),
            option(
                "extend",
                "possible",
                (risk("relapse", 1, (2.6, 1.0, 6.2), 6),),
                therapy="natalizumab",
                interval_days=42,
            ),
            option("continue", "possible", stay, therapy="natalizumab"),
            option(
                "switch",
                "not-advised",
                (risk("relapse", 1, None),),
                therapy="dimethyl-fumarate",
                id="switch-dimethyl-fumarate",
            ),
            option("stop", "not-advised", leave, therapy="natalizumab", bridge=bridge),
        ),
        alerts=(
            Alert("pml-first", "urgent", "New signs: PML must be excluded before any option.", (LABEL,)),
            Alert("jcv-old", "check", "The JCV result is older than 6 months.", ()),
        ),
        pml=(
            PmlCell("25 to 48", 2.7, 6.1, "index above 1.5; prior immunosuppressant unknown", (LABEL,)),
            PmlCell("49 to 72", 0.05, 10.2, "index above 1.5; prior immunosuppressant unknown", (LABEL,)),
        ),
        pml_notes=(
            Reason(
                "Six-weekly dosing had fewer PML cases in one invented registry.", "pml-interval", (REGISTRY,)
            ),
        ),
        facts=(FactLine("current_therapy", "natalizumab", None, "known", "", ()), *FACTS[2:]),
        cancer_immunotherapy=(
            Reason("MS activity in 2 of 30 invented people (1 to 22 of 100).", "ici", (COHORT,)),
        ),
    )


def refused() -> Answer:
    """NMOSD: the MS model does not answer; every option cannot be said."""
    known = (
        Reason("14 of 20 invented people with NMOSD relapsed after stopping.", "nmosd-relapse", (COHORT,)),
    )
    bare = {"reasons_for": (), "reasons_against": (), "rules": (), "unknowns": (), "decided_by": ("not-ms",)}
    unknown = (risk("relapse", 2, None, reason="MS studies do not speak for NMOSD."),)
    return answer(
        (
            option("continue", "cannot-say", unknown, therapy="rituximab", **bare),
            option("stop", "cannot-say", unknown, therapy="rituximab", **bare),
        ),
        status="refused",
        refusal=Refusal("The diagnosis is NMOSD; the studies here are of MS.", known),
        alerts=(Alert("not-ms", "urgent", "Antibodies against AQP4 are positive.", (COHORT,)),),
        missing_ranked=(),
        facts=(FactLine("current_therapy", "rituximab", None, "known", "", ()),),
    )


def all_unknown() -> Answer:
    """Almost nothing on file: nothing can be said, and the answer says what is missing."""
    nothing = {"reasons_for": (), "reasons_against": ()}
    return answer(
        tuple(
            option(
                strategy, "cannot-say", (risk("relapse", 2, None), risk("any_activity", 2, None)), **nothing
            )
            for strategy in ("continue", "switch", "stop")
        ),
        facts=(FactLine("current_therapy", None, None, "unknown", "treatments are not on file", ()),),
        sources={},
        preferences=(),
    )


def already_stopped() -> Answer:
    """Off every drug for a year: stay off, or start again."""
    off = (risk("relapse", 2, (9.4, 3.0, 26.1), 5), risk("relapse", 1, (5.0, 1.5, 15.0), 3))
    return answer(
        (
            option("stop", "possible", off, id="stay-off", direction="none"),
            option(
                "switch",
                "possible",
                (risk("relapse", 2, None),),
                id="start-again",
                therapy="ofatumumab",
                direction="up",
            ),
        )
    )


INVENTED = {
    "injectable": injectable,
    "natalizumab": natalizumab,
    "refused": refused,
    "all-unknown": all_unknown,
    "already-stopped": already_stopped,
}
