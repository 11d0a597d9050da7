"""A cohort on a page: its methods in words, its figures, its tables, all from what may be published."""
