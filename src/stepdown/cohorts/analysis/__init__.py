"""From the analysis table to results: follow-up under each strategy, weights, risks and their contrasts.

Arrays come in, frozen dataclasses go out. The methods are those of ``cohorts.survival``,
``cohorts.weighting`` and ``cohorts.estimates``; here is what a protocol asks of them.
"""
