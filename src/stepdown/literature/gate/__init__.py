"""May this text be published about this study? Each number, name and direction is looked up in the study.

A text and a summary of ours come in, objections go out. A sentence of our own passes in its place; any other
sentence passes only when all it says can be found in the study. It rejects what it cannot check.
"""
