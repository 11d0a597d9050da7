"""From an abstract to a draft study: what each sentence is for, which numbers it prints, what a person makes
of them.

A citation comes in; a ``DraftStudy`` goes out, each value with the characters it was read from, and doubts
where numbers disagree. Nothing of a draft is evidence: a person accepts, edits or rejects each field
(``deciding``), and only what they accepted becomes the file of a study (``accepting``).
"""
