"""The care plan in words and pictures: for the person, the caregiver, the team, the doctor, as FHIR.

A CarePlan comes in; text, HTML, pictures and FHIR resources go out. Every sentence that is not in the plan
itself stands in wording.toml.
"""
