"""A folder of study files that a command reads or writes, and the file of one study in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.study import Study


def find_folder(asked: Path | None, will_write: bool, may_make: bool = False) -> Path:
    """The folder of study files; UserError when it is none, or may not be written.

    With ``may_make`` a folder that is not there is a library without a study yet; it is made when it will be
    written.
    """
    from stepdown.evidence.reading import library_folder

    folder = asked or Path(str(library_folder()))
    if may_make and not folder.exists():
        return _make_folder(folder) if will_write else folder
    if not folder.is_dir():
        raise UserError(f"{folder}: no folder is there; name one that holds study files.")
    if will_write and not os.access(folder, os.W_OK):
        raise UserError(f"{folder}: may not be written; copy it and name the copy with --library.")
    return folder


def _make_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise UserError(f"{folder}: the folder cannot be made; name one that you may write.") from error
    return folder


def read_studies(folder: Path) -> dict[str, Study]:
    """The studies of the folder; UserError when there is none."""
    from stepdown.evidence.reading import read_folder

    studies = read_folder(find_folder(folder, will_write=False))
    if not studies:
        raise UserError(f"{folder}: no study file (.toml) is there; name the folder that holds them.")
    return studies


def read_sound_studies(folder: Path) -> dict[str, Study]:
    """The studies of the folder; UserError, too, when a finding has numbers that cannot be."""
    from stepdown.evidence.check_finding import find_number_faults

    studies = read_studies(folder)
    faults = [f"{study.id}/{finding.id}: {field}: {sentence}" for study in studies.values()
              for finding in study.findings for field, sentence in find_number_faults(finding)]
    if faults:
        others = f" ({len(faults) - 1} more like it)" if len(faults) > 1 else ""
        raise UserError(f"{folder}: {faults[0]}{others}; mend the file: "
                        "stepdown evidence check FILE lists every fault.")
    return studies


def find_file(folder: Path, study_id: str) -> Path:
    """The file of a study; UserError when the folder has none."""
    path = folder / f"{study_id}.toml"
    if not path.is_file():
        raise UserError(f"{folder} has no study {study_id!r}; stepdown evidence list prints all ids.")
    return path


def find_study(studies: Mapping[str, Study], study_id: str) -> Study:
    """The study of this id; UserError names those whose ids are near."""
    if study_id in studies:
        return studies[study_id]
    near = get_close_matches(study_id, studies, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "stepdown evidence list prints all ids."
    raise UserError(f"the library has no study {study_id!r}; {hint}")
