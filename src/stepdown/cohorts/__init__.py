"""A study on a registry's own tables: registry, protocol, people, what happened to them, estimates.

A folder of tables and a protocol come in; results go out, as numbers and files that `reports` draws. It
imports ``patients`` for the declaration of the tables and ``ms`` for the disease, knows nothing of
`decisions` or `literature`, and only `reports` and `interfaces` import it. Its extra is ``cohorts``; an
engine on a cluster needs ``spark`` as well.
"""
