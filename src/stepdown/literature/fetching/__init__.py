"""Records from the web in place of files: PubMed by its E-utilities, found there or by Europe PMC.

A query goes out, files of PubMed XML come in; ``intake`` takes them as it takes any other file.
"""
