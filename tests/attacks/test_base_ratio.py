"""BASE against a loop over records, and by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaudit.attacks.base_ratio import BaseRatio
from miaudit.attacks.rmia import Rmia
from miaudit.evidence import Evidence
from worlds import gaussian_world, panel_of_phi

RNG = np.random.default_rng(0)


def test_by_hand() -> None:
    """0.8 on the target, 0.2 and 0.6 on the references: log(0.8 / 0.4)."""
    phi = [math.log(p / (1 - p)) for p in (0.8, 0.2, 0.6)]
    inside = np.array([[False], [True]])
    evidence = Evidence(audit=panel_of_phi(np.array(phi[:1]), np.array([phi[1:2], phi[2:]]), inside))
    assert BaseRatio(temperature=1).score(evidence, RNG) == pytest.approx([math.log(2.0)])


def test_the_temperature_by_hand() -> None:
    """At T = 2 the odds 4, 9 and 1/4 are 2, 3 and 1/2: log(2/3) - log((3/4 + 1/3) / 2)."""
    evidence = Evidence(
        audit=panel_of_phi(np.log([4.0]), np.log([[9.0], [0.25]]), np.array([[True], [False]])),
    )
    assert BaseRatio(temperature=2).score(evidence, RNG) == pytest.approx([math.log(16 / 13)])


def test_it_is_the_loop_over_softmaxes() -> None:
    audit = gaussian_world(np.random.default_rng(0), n=20, references=5).evidence.audit
    expected = []
    for i, label in enumerate(audit.labels):
        rows = [audit.target("logits")[i], *(logits[i] for logits in audit.references("logits"))]
        target, *references = [math.exp(row[label]) / sum(math.exp(z) for z in row) for row in rows]
        expected.append(math.log(target) - math.log(sum(references) / len(references)))
    np.testing.assert_allclose(BaseRatio(temperature=1).score(Evidence(audit=audit), RNG), expected, rtol=1e-9)


def test_certain_models_give_finite_ratios() -> None:
    phi = np.array([80.0, -80.0, 745.0, -745.0])
    evidence = Evidence(audit=panel_of_phi(phi, np.stack([-phi, -phi])))
    found = BaseRatio(temperature=1, offline_a=1).score(evidence, RNG)
    np.testing.assert_allclose(found, [80.0, -80.0, 745.0, -745.0], rtol=1e-12)
    assert np.isfinite(BaseRatio(temperature=1).score(evidence, RNG)).all()


def test_without_a_model_trained_on_the_record_its_part_of_the_mean_is_estimated() -> None:
    """0.8 on the target, 0.2 and 0.6 on the references, none trained on it: p(x) = (1.5 * 0.4 + 0.5) / 2 = 0.55."""
    phi = [math.log(p / (1 - p)) for p in (0.8, 0.2, 0.6)]
    evidence = Evidence(audit=panel_of_phi(np.array(phi[:1]), np.array([phi[1:2], phi[2:]])))
    assert BaseRatio(temperature=1).score(evidence, RNG) == pytest.approx([math.log(0.8 / 0.55)])
    assert BaseRatio(temperature=1, offline_a=0.2).score(evidence, RNG) == pytest.approx([math.log(0.8 / 0.64)])
    assert BaseRatio(temperature=1, offline_a=1).score(evidence, RNG) == pytest.approx([math.log(2.0)])


@given(seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_it_ranks_as_offline_rmia_does_up_to_its_ties(seed: int) -> None:
    evidence = gaussian_world(np.random.default_rng(seed), n=60, form="out").evidence
    order = np.argsort(BaseRatio().score(evidence, RNG))
    assert (np.diff(Rmia().score(evidence, RNG)[order]) >= 0).all()
