"""A study in words for people without medical training, made from its data file by fixed sentences.

A `Study` comes in, a frozen `PlainLanguageSummary` goes out. Every sentence is a whole template of a wording
file, filled from fields of one study or from the pooled evidence, so nothing can be invented.
"""
