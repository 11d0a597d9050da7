"""Which citations matter: a rule on their words, their design, an order that learns from a person's labels.

Citations come in; a verdict of the rule, a design, and the next citation to label go out, with a statement
of when to stop. scikit-learn (the extra ``literature``) is loaded by ``ranking`` alone.
"""
