"""Doors to stepdown: the command line, and pages in a browser. Every answer is made further down.

Nothing imports this room.
"""
