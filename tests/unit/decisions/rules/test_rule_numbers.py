"""Every number that a rule, an alert or a refusal says stands in a finding or catalogue field it names."""
from __future__ import annotations
from stepdown.decisions.alerts import read_alerts
from stepdown.decisions.immunotherapy import read_immunotherapy
from stepdown.decisions.pml import read_pml_table
from stepdown.decisions.refusing import read_refusals
from stepdown.decisions.rules.judging import read_rules
from unit.decisions.rules.cited_numbers import *
