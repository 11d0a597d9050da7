"""SMART App Launch 2.2 (https://hl7.org/fhir/smart-app-launch/), EHR launch, for a clinician at a chart.

A record system opens our address with its own and a mark of the launch. Only listed record systems are asked;
what comes back is the record of one person, for the reader of ``patients.fhir``. Nothing of it is kept.
"""
