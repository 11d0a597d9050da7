"""The shipped posterior is that of the library beside it, and another library is fitted anew."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from stepdown.evidence.model import fitted
from stepdown.evidence.model.arms import ArmFacts, to_arms
from stepdown.evidence.model.fit import fit_library
from stepdown.evidence.model.fitted import FittedModel, library_model, read_shipped, to_fitted, write_model
from stepdown.evidence.model.predicting import predict_risk
from stepdown.evidence.reading import has_embedded_library, read_library
from stepdown.evidence.supposing import supposing

SHIPPED_TEXT = (files("stepdown.evidence.model") / fitted.SHIPPED).read_text("utf-8")
ASKED = to_arms(
    [
        ArmFacts("relapse", "stop", (group,), (), ("RRMS",), years, age)
        for group in ("injectable", "natalizumab", "anti-cd20")
        for years in (1.0, 5.0)
        for age in (30.0, None, 70.0)
    ]
)


def predictions(model: FittedModel) -> np.ndarray:
    return np.array(predict_risk(ASKED, model.predictor))


def test_the_shipped_posterior_is_a_fresh_fit_of_the_library() -> None:
    shipped, fresh = read_shipped(), to_fitted(fit_library())
    assert shipped is not None, "run `python tools/write_posterior.py`"
    assert np.allclose(predictions(shipped), predictions(fresh), rtol=1e-5)
    assert (shipped.support, shipped.arms, shipped.contrasts) == (fresh.support, fresh.arms, fresh.contrasts)


def test_a_posterior_of_other_study_files_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitted, "library_hash", lambda: "another library")
    assert read_shipped() is None


def test_a_supposed_library_is_fitted_anew_without_the_study_that_is_gone() -> None:
    without = {key: study for key, study in read_library().items() if key != "tysedmus2016"}
    before = predictions(library_model())
    with supposing(without):
        assert not has_embedded_library()
        after = predictions(library_model())
        assert not any(arm.source.startswith("tysedmus2016") for arm in library_model().arms)
    assert not np.allclose(before, after, rtol=1e-3)
    assert np.array_equal(predictions(library_model()), before)


def test_the_same_studies_supposed_are_the_embedded_ones() -> None:
    with supposing(dict(read_library())):
        assert has_embedded_library()
    changed = {key: replace(study, title="another") for key, study in read_library().items()}
    with supposing(changed):
        assert not has_embedded_library()


def test_writing_the_shipped_model_again_gives_the_same_file() -> None:
    assert json.loads(write_model(library_model())) == json.loads(SHIPPED_TEXT)
