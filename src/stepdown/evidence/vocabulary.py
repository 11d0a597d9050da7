"""Which words a study file may use, beyond those that define the model itself."""

from __future__ import annotations

GROUPS = (
    "injectable", "teriflunomide", "fumarate", "s1p", "natalizumab", "anti-cd20", "cladribine",
    "alemtuzumab", "mitoxantrone", "ahsct",
)
DISEASES = ("MS", "NMOSD", "MOGAD", "cancer-with-autoimmunity")
#: Courses of MS, and the two of MOGAD and NMOSD.
COURSES = ("CIS", "RRMS", "SPMS", "PPMS", "relapsing", "monophasic")
TOPICS = ("stopping", "stepping-down", "checkpoint-inhibitors")
COVARIATES = (
    "age", "years_quiet", "mri_active", "prior_activity", "therapy", "edss", "sex", "lymphocytes", "igg",
    "next_therapy", "gap", "biomarker", "comorbidity", "viaadisc", "other",
)
#: Contrasts that are ratios, and so above zero, and those that may take any sign.
RATIOS = ("HR", "RR", "OR", "IRR")
DIFFERENCES = ("RD", "MD", "beta")
CONCERNS = ("low", "some", "high", "unknown")
#: Where a study can mislead: trials, cohorts, pooled studies, scores and models, guidelines.
DOMAINS = (
    "randomisation", "deviations", "missing-data", "measurement", "reporting",
    "confounding", "selection", "classification",
    "search", "study-quality", "synthesis",
    "predictors", "outcome", "analysis", "assumptions", "inputs",
    "evidence-base", "currency", "applicability",
)
#: People with cancer who begin a checkpoint inhibitor neither continue nor leave a therapy for MS.
OTHER_STRATEGIES = ("start-checkpoint-inhibitor",)
#: Anything else that a study may be about: named, shown, never pooled.
OTHER_OUTCOME = r"other:[a-z0-9]+([-_][a-z0-9]+)*"
