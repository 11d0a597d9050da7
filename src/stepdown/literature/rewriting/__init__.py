"""A text from a language model, if one is asked for: our summary goes out, the answer meets the gate.

Nothing else of stepdown needs a model. Only published results are sent; nothing about a person ever is.
"""
