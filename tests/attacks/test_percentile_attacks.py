"""Attacks P and R: where the target's loss lies among other losses, by numpy's percentile."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaudit.attacks.attack_p import AttackP
from miaudit.attacks.attack_r import AttackR
from miaudit.evidence import Evidence, Panel
from miaudit.maths import blocks
from worlds import gaussian_world, panel_of_phi

RNG = np.random.default_rng(0)
PHI = {loss: -np.log(np.expm1(loss)) for loss in (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)}  # log odds with that loss


def panel(losses: list[float], references: list[list[float]] | None = None, inside: object = None) -> Panel:
    others = None if references is None else np.array([[PHI[loss] for loss in row] for row in references])
    rows = None if inside is None else np.array(inside)
    return panel_of_phi(np.array([PHI[loss] for loss in losses]), others, rows)


def population_scores(losses: list[float], population: list[float]) -> list[float]:
    evidence = Evidence(audit=panel(losses), population=panel(population))
    return AttackP().score(evidence, RNG).tolist()


def reference_scores(loss: float, references: list[float], inside: list[bool] | None = None) -> list[float]:
    rows = None if inside is None else [[x] for x in inside]
    evidence = Evidence(audit=panel([loss], [[r] for r in references], rows))
    return AttackR().score(evidence, RNG).tolist()


def test_population_by_hand() -> None:
    """Losses 1, 2, 3 are the percentiles 0, 1/2, 1."""
    assert population_scores([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0], [3.0, 1.0, 2.0]) == pytest.approx(
        [1.0, 1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    )


def test_references_by_hand() -> None:
    assert reference_scores(2.5, [3.0, 1.0, 2.0]) == pytest.approx([0.25])


def test_in_references_do_not_count() -> None:
    assert reference_scores(2.5, [3.0, 0.5, 1.0, 4.0, 2.0], [False, True, False, True, False]) == pytest.approx([0.25])


def test_beyond_the_ends_scores_tie() -> None:
    assert reference_scores(4.0, [1.0, 3.0]) == [0.0]
    assert reference_scores(0.5, [1.0, 3.0]) == [1.0]


def test_repeated_losses_count_as_not_exceeding() -> None:
    """The highest percentile that 2 is: of 1, 2, 2, 4 two thirds; alone, nothing exceeds it."""
    assert reference_scores(2.0, [4.0, 2.0, 1.0, 2.0]) == pytest.approx([1 / 3])
    assert reference_scores(2.0, [2.0]) == [0.0]
    assert reference_scores(1.5, [2.0]) == [1.0]


@given(seed=st.integers(0, 2**32), size=st.integers(2, 9))
@settings(max_examples=20, deadline=None)
def test_it_inverts_the_linear_percentile(seed: int, size: int) -> None:
    """HP-MIA 4.2.1: thresholds are percentiles of the reference losses, by linear interpolation."""
    rng = np.random.default_rng(seed)
    references = rng.normal(size=(size, 4))
    losses = np.logaddexp(0.0, -references)
    q = rng.random(4)
    at = np.array([np.percentile(losses[:, i], 100 * q[i]) for i in range(4)])
    evidence = Evidence(audit=panel_of_phi(-np.log(np.expm1(at)), references))
    np.testing.assert_allclose(AttackR().score(evidence, RNG), 1 - q, atol=1e-7)
    for i in range(4):
        one = Evidence(audit=panel_of_phi(-np.log(np.expm1(at[[i]]))), population=panel_of_phi(references[:, i]))
        np.testing.assert_allclose(AttackP().score(one, RNG), 1 - q[[i]], atol=1e-7)


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = gaussian_world(np.random.default_rng(0), n=60).evidence
    whole = AttackR().score(evidence, RNG)
    monkeypatch.setattr(blocks, "CELLS", 0)
    np.testing.assert_array_equal(AttackR().score(evidence, RNG), whole)
