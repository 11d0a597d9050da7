"""stepdown: can this person step down from their MS therapy, and how do we know?

The rooms, from the bottom up: ``ms`` (the disease in words), ``evidence`` (what is published),
``patients`` (one person), ``decisions`` (what can be done), ``reports`` (words and pictures) and
``interfaces`` (the command line). Imports go down only; see docs/explanation/design.md.
"""

__version__ = "0.1.0"
