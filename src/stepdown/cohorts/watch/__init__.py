"""Everybody who stepped down, as a registry sees them on a day: what is overdue, which signs, who is lost.

The same definitions as ``ms.stepping_down``, ``patients.follow_up`` and ``patients.restart_signs`` have for
one person, held by the same rows of ``tests/spec/watch.toml``.
"""
