"""What was true of everybody in a registry at an index day: relapses, MRI, treatment, and for how long.

The same definitions as ``stepdown.ms`` has for one person, held by the same rows of ``tests/spec``. One row
an index day goes in, ``trial_id, person_id, index_day, seen_first, seen_last`` in days, and comes out with
what is known: a truth is true, false or NULL for unknown; a number lies between ``_low`` and ``_high``, where
NULL as ``_high`` beside a ``_low`` means "at least". One person may have several index days.
"""
