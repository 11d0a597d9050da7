"""What can be done for one person: options, personal risk, reasons, unknowns, follow-up.

A History comes in, an Answer goes out. Safety rules come before scores; unknown is never "no".
The reports room draws an Answer; nothing here draws, prints, or reads a file of the user's.
"""
