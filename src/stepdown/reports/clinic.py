"""Who does the patient call? The clinic file: a name and telephone numbers, from TOML, YAML or JSON."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from stepdown.ms.errors import UserError


@dataclass(frozen=True)
class Clinic:
    """A clinic as the aid names it; what is not given becomes a blank line to write on."""

    name: str | None = None
    telephone: str | None = None
    urgent_telephone: str | None = None
    reviewed_by: str | None = None


def read_clinic(path: Path) -> Clinic:
    """Read a clinic file; UserError when it cannot be read, or holds a key or a value that is no text."""
    try:
        content = _parse(path)
    except FileNotFoundError as error:
        raise UserError(f"There is no clinic file {path}.") from error
    except (OSError, ValueError) as error:
        raise UserError(
            f"The clinic file {path} cannot be read as {path.suffix or 'TOML'}; check its form."
        ) from error
    return _check(path, content)


def _parse(path: Path) -> Any:
    """What the file holds; every reader's own error is a ValueError here."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return json.loads(text)
    if path.suffix in (".yaml", ".yml"):
        return _parse_yaml(text)
    return tomllib.loads(text)


def _parse_yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError("not YAML") from error


def _check(path: Path, content: Any) -> Clinic:
    known = [item.name for item in fields(Clinic)]
    if not isinstance(content, dict):
        raise UserError(f"The clinic file {path} must hold keys with values: {', '.join(known)}.")
    strange = sorted(str(key) for key in content if key not in known)
    if strange:
        raise UserError(
            f"The clinic file {path} has the key {strange[0]!r}; the keys are {', '.join(known)}."
        )
    wrong = [key for key, value in content.items() if not isinstance(value, str)]
    if wrong:
        raise UserError(f"In the clinic file {path}, {wrong[0]} must be text in quotation marks.")
    return Clinic(**content)
