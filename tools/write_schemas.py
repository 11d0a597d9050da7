"""The published schemas, made from the declarations themselves: docs/reference/*.schema.json, openapi.json.

Usage: python tools/write_schemas.py
"""

from __future__ import annotations

import json
from pathlib import Path

from stepdown.cohorts.protocol.model import Protocol
from stepdown.interfaces.cli.patient import write_schema
from stepdown.interfaces.web.openapi import describe_service
from stepdown.reports import answer_schema

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"

if __name__ == "__main__":
    (FOLDER / "person.schema.json").write_text(write_schema(), encoding="utf-8")
    (FOLDER / "protocol.schema.json").write_text(
        json.dumps({"title": "stepdown cohort protocol", **Protocol.model_json_schema()}, indent=2) + "\n",
        encoding="utf-8")
    (FOLDER / "answer.schema.json").write_text(json.dumps(answer_schema(), indent=2) + "\n", encoding="utf-8")
    (FOLDER / "openapi.json").write_text(json.dumps(describe_service(), indent=1) + "\n", encoding="utf-8")
