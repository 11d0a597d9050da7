"""The pages of ``stepdown serve``: a form, the answer, a what-if, the patient's aid, and files to keep.

A posted form comes in, a page goes out; every answer is made further down, every picture in ``reports``.
Nothing is kept: the person travels in a hidden field of the page and is forgotten when the reply is sent.
Only ``cli`` imports this, and only when pages are served: it needs the extra ``web``.
"""
