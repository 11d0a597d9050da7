"""Do the predictions hold in the clinic's own people? Predicted against observed, and when not to trust them.

``steps`` finds who took a step (stopped, switched, extended) and what became of them, ``predicting`` asks
``evidence.risk`` what it would have told them that day, ``comparing`` counts events against expectation,
``grouping`` by predicted risk and by kind of people, ``drift`` over calendar time; ``verdict`` judges by
``rules.toml``; ``publishing`` says what of it may leave the house. ``auditing`` runs all of it.
"""
