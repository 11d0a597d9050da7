"""The risk of people like this one: a hazard model over all arms of the library, and how well it predicts.

``covariates.toml`` holds the coefficients with their priors and reasons, ``contrasts.toml`` the comparisons
inside studies, ``arms.toml`` what else enters. ``arms`` describes groups of people as arrays, ``design``
turns them into numbers, ``training`` gathers the library, ``fit`` finds the posterior, ``predicting`` gives
risks for one person or a million by the same function, ``answering`` says how far to trust them,
``calibration`` leaves out each study in turn. ``risk`` may import this package, never the other way round.
"""
