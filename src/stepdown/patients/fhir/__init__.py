"""A FHIR R4 bundle as a person file: what stepdown reads of it, and what was left out with the reason.

Own slim readers of the few resources that matter: Patient, Condition, MedicationRequest, -Statement and
-Administration, Observation, Procedure, ImagingStudy, DiagnosticReport. An entry that is broken or not
known is reported with its place, and the rest is used.
"""

from stepdown.patients.fhir.bundle import LeftOut, read_json
from stepdown.patients.fhir.person import FhirPerson, read_bundle

__all__ = ["FhirPerson", "LeftOut", "read_bundle", "read_json"]
