"""Who enters a cohort, and when: index days, what is true of people on them, and the attrition flow."""
