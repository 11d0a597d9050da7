"""From what was posted to a person, and from a person to an answer: what every page starts with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from stepdown.decisions.answer import Answer
from stepdown.decisions.assess import assess
from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.smart.fetched import FetchedRecord, name_pages
from stepdown.interfaces.web.form_reading import read_fields
from stepdown.interfaces.web.person_text import check_size, is_fhir, read_carried, read_example, read_person
from stepdown.interfaces.web.refusing import Refused
from stepdown.interfaces.web.settings import Settings
from stepdown.ms.errors import UserError
from stepdown.patients.checking import Checked, check_value
from stepdown.patients.faults import Fault, errors_among
from stepdown.patients.fhir import FhirPerson, read_bundle, read_json
from stepdown.patients.history import History

_MOST_FIELDS = 3_000


@dataclass(frozen=True)
class Posted:
    """What a form held: its fields, and a file with its name and text where one was sent.

    ``is_part`` is true where the script of a page asks only for the part that changes.
    """

    fields: Mapping[str, str]
    file_name: str = ""
    file_text: str = ""
    is_part: bool = False

    def get(self, name: str) -> str:
        """One field; empty where it was not sent."""
        return self.fields.get(name, "")


@dataclass(frozen=True)
class Asked:
    """The person that was posted, as plain values, and what is wrong in the form or in the values.

    ``bundle`` is the account of a FHIR bundle that the person was read from.
    """

    values: dict[str, Any]
    checked: Checked
    faults: tuple[Fault, ...]
    bundle: FhirPerson | None = None

    @property
    def has_errors(self) -> bool:
        """Whether something must be mended before there is an answer."""
        return self.checked.patient is None or bool(errors_among(self.faults))


async def read_posted(request: Request, settings: Settings) -> Posted:
    """The posted form; Refused where it is none, or has more fields than ours."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise Refused(415, "What was sent is not a form.")
    async with request.form(
        max_files=1, max_fields=_MOST_FIELDS, max_part_size=settings.largest_body
    ) as form:
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        uploads = [value for value in form.values() if isinstance(value, UploadFile) and value.filename]
        if not uploads:
            return Posted(fields, is_part="hx-request" in request.headers)
        return Posted(fields, uploads[0].filename or "", _decode(await uploads[0].read()))


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError("The file is not a text in UTF-8; save it again as UTF-8.") from None


def find_person(posted: Posted, settings: Settings) -> Asked:
    """The person of a posted form: carried by a page, an example, a text or file, or the fields themselves.

    Raises UserError where a text cannot be read, Refused where a page of ours cannot have sent it.
    """
    if carried := posted.get("person"):
        return _check(read_carried(carried, settings.most_values))
    if example := posted.get("example"):
        return _check(read_example(example))
    text = posted.file_text or posted.get("text")
    if is_fhir(text):
        return _check_bundle(text, settings)
    if text:
        return _check(check_size(read_person(text, posted.file_name), settings.most_values))
    if posted.get("open"):
        raise UserError("Paste a person file, or choose one: nothing was sent.")
    values, faults = read_fields(posted.fields)
    return _check(values, faults)


def find_fetched(record: FetchedRecord, settings: Settings) -> Asked:
    """The person of a record that was read in a launch, and the account; NotGranted where it holds others."""
    pages = [json.loads(page.text) for page in record.pages]
    # All pages are here: their links lead to nothing more.
    whole = [{key: value for key, value in page.items() if key != "link"} for page in pages]
    found = read_bundle(whole, "The record", record.patient)
    if found.of_others:
        raise NotGranted("another-patient")
    return _check_found(name_pages(found, record), settings)


def _check_bundle(text: str, settings: Settings) -> Asked:
    """The person of a FHIR bundle, with the account of what was used and what was left out."""
    return _check_found(read_bundle(read_json(text, "The bundle"), "The bundle"), settings)


def _check_found(found: FhirPerson, settings: Settings) -> Asked:
    asked = _check(check_size(json.loads(json.dumps(found.person)), settings.most_values))
    return replace(asked, bundle=found)


def _check(values: dict[str, Any], faults: tuple[Fault, ...] = ()) -> Asked:
    checked = check_value(values)
    return Asked(values, checked, faults + checked.faults)


def find_answer(asked: Asked) -> Answer:
    """The answer for a person without errors; UserError where there is something to mend first."""
    if asked.checked.patient is None or asked.has_errors:
        raise UserError("There is something to mend in the facts: show the answer in the form to see what.")
    return assess(History(asked.checked.patient, asked.checked.at), asked.checked.faults)
