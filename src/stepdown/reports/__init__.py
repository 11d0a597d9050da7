"""An answer in words and pictures: text, JSON, a clinician's page, a patient's aid, PDF.

An `Answer` comes in; text, dictionaries, HTML, PDF bytes and matplotlib Figures go out. Every number
is rounded in `rounding`, every sentence is a whole template of a wording file. Text and JSON load
neither Jinja2 nor matplotlib; HTML loads them when it is asked for. Only `interfaces` imports this room.
"""

from __future__ import annotations

from stepdown.reports.json_answer import answer_schema, to_json

__all__ = ["answer_schema", "to_json"]
