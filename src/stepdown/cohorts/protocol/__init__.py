"""A cohort's protocol: one YAML file that says who is compared with whom, on what, and how.

``model`` is its form, ``reading`` brings a file in with every fault named, ``schema`` publishes the form.
"""
