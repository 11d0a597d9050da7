"""The whole care plan of one person: more than the drug decision.

A Situation comes in, a CarePlan goes out. Every sentence, source, role and rule stands in care_plan.toml; the
modules here only choose among them. A row says "not assessed" only where the file lacks the fact it needs.
"""
