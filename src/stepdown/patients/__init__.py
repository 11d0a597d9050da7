"""One person: the file that describes them, and what is true of them at an index date.

A person file comes in; a Patient, its faults in three grades, and a History of three-valued facts go out.
It imports ``ms`` only.
"""
