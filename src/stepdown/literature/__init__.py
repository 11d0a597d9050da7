"""From what is published to what people can read: intake, screening, draft studies, plain-language summaries.

PubMed files and studies of the library come in; citations, draft studies and summaries in plain words go out.
Citations lie in one DuckDB file, the store. lxml, isal and duckdb (the extra ``literature``) are loaded by
the function that needs them; summaries need none. It imports ``evidence`` and ``ms``, and knows nothing of
``decisions``; ``reports`` draws its summaries.
"""
