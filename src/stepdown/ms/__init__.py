"""The disease in words: therapies, relapse, disability, imaging, course, scores.

Nothing comes in but dates and numbers; facts come out, each true, false or unknown with its reason.
Every room may import this one; it imports only the standard library and reads only its own data files.
"""
