"""CDS Hooks 2.0 (https://cds-hooks.hl7.org/2.0/): a record system asks, short cards answer, or nothing does.

A call is read without fetching anything: what is not in the prefetch is unknown, and the card says so.
"""
