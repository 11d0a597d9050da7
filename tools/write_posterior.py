"""The posterior of the risk model for the embedded library: src/stepdown/evidence/model/posterior.json.

Usage: python tools/write_posterior.py

An answer needs the fitted model at once, and the fit takes longer than the rest of the command. Where the
file does not belong to the study files and tables beside it, the program fits anew and is slower, not wrong.
"""

from __future__ import annotations

from pathlib import Path

from stepdown.evidence.model.fit import fit_library
from stepdown.evidence.model.fitted import SHIPPED, to_fitted, write_model

FILE = Path(__file__).resolve().parents[1] / "src" / "stepdown" / "evidence" / "model" / SHIPPED

if __name__ == "__main__":
    FILE.write_text(write_model(to_fitted(fit_library())), encoding="utf-8")
