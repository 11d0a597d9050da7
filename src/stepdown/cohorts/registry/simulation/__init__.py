"""Invented registries whose truth is known: people, what happens to them, and what a clinic writes down.

Settings and a seed come in; a registry folder goes out, or the true risks under stopping and continuing. The
people are invented, and what is assumed of them stands in ``parameters.toml``.
"""
