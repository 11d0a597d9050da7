"""What happened to people in a registry: worsening, relapses, activity on MRI, and the time to each.

Tables of Ibis come in and go out, one row an event or a person; nothing loops over people. The
definitions are those of ``stepdown.ms``, held by the same rows of ``tests/spec``.
"""
