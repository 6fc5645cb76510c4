"""Tests of a record as one of other models."""

import numpy as np
import pytest

from miaudit.decisions.over_models import over_models
from miaudit.evidence import Panel
from worlds import gaussian_world

RNG = np.random.default_rng(1)


def panel(leak: float) -> Panel:
    return gaussian_world(np.random.default_rng(1), n=400, references=8, leak=leak, form="pool").evidence.audit


def test_models_are_counted_as_the_evidence_says() -> None:
    of = panel(3.0)
    found = over_models(of)
    assert found is not None
    assert found.trained.tolist() == of.in_reference.sum(axis=0).tolist()
    assert (found.trained + found.others == of.n_references).all()
    assert (found.found <= found.trained).all()
    assert (found.accused <= found.others).all()


def test_one_record_and_model_by_hand() -> None:
    of = panel(3.0)
    found = over_models(of)
    assert found is not None
    fit, inside = of.references("loss"), of.in_reference
    row, counted = 5, 0
    for model in np.flatnonzero(inside[:, row]):
        calibrated = [
            fit[model, i] - fit[[m for m in range(len(fit)) if m != model and not inside[m, i]], i].mean()
            for i in range(len(of))
        ]
        outside = np.sort(np.array(calibrated)[~inside[model]])[::-1]
        counted += calibrated[row] > outside[int(0.01 * len(outside))]
    assert found.found[row] == counted
    assert found.fit_trained[row] == pytest.approx(fit[inside[:, row], row].mean())


def test_a_leak_finds_ten_times_as_many_records_as_chance() -> None:
    leaking, nothing = over_models(panel(6.0)), over_models(panel(0.0))
    assert leaking is not None
    assert nothing is not None
    assert leaking.found.sum() > 0.1 * leaking.trained.sum()
    assert nothing.found.sum() < 0.03 * nothing.trained.sum()
    assert leaking.accused.sum() <= 0.01 * leaking.others.sum()


def test_without_a_pool_there_is_nothing_to_say() -> None:
    assert over_models(panel(3.0).without_references()) is None
    other = gaussian_world(np.random.default_rng(1), n=400, references=8, form="out").evidence.audit
    assert over_models(other) is None
    small = gaussian_world(np.random.default_rng(1), n=100, references=8, form="pool").evidence.audit
    assert over_models(small) is None
