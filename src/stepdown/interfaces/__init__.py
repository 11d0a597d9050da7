"""Doors to stepdown: the command line. Arguments come in, text goes out; every answer is made further down.

Nothing imports this room.
"""
