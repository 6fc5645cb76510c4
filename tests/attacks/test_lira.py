"""LiRA against a transcription with scipy's normal distribution, record by record."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from miaudit.arrays import Bools, Floats
from miaudit.attacks._gaussian import MANY, MIN_WIDTH
from miaudit.attacks.lira import Lira
from miaudit.evidence import Evidence
from worlds import auc, gaussian_world, panel_of_phi

RNG = np.random.default_rng(0)


def evidence_of(phi: Floats, references: Floats, inside: Bools) -> Evidence:
    return Evidence(audit=panel_of_phi(phi, references, inside))


def slow_width(values: list[list[float]], centres: list[float], i: int, variance: str) -> float:
    if variance == "per_record":
        return max(float(np.std(values[i])), MIN_WIDTH)
    if variance == "global":
        return max(float(np.std([v for row in values for v in row])), MIN_WIDTH)
    residuals = [v - c for row, c in zip(values, centres, strict=True) for v in row]
    return max(math.sqrt(sum(r * r for r in residuals) / len(residuals)), MIN_WIDTH)


def slow_side(references: Floats, chosen: Bools, variance: str, center: str) -> list[tuple[float, float]]:
    """(centre, width) of each record."""
    values = [references[chosen[:, i], i].tolist() for i in range(references.shape[1])]
    centres = [float(getattr(np, center)(row)) for row in values]
    return [(centres[i], slow_width(values, centres, i, variance)) for i in range(len(values))]


@pytest.mark.parametrize("center", ["mean", "median"])
@pytest.mark.parametrize("variance", ["pooled", "per_record", "global"])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_both_modes_are_the_transcription(variance: str, center: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, models = 7, 6
    inside = rng.permuted(np.tile(np.arange(models)[:, None] < 3, (1, n)), axis=0)
    references, phi = rng.normal(2.0 * inside, 1.0 + rng.random(n)), rng.normal(size=n)
    evidence = evidence_of(phi, references, inside)
    into = slow_side(references, inside, variance, center)
    out = slow_side(references, ~inside, variance, center)
    constant = [norm.logpdf(p, *i) - norm.logpdf(p, *o) for p, i, o in zip(phi, into, out, strict=True)]
    online = Lira(mode="online", variance=variance, center=center)  # type: ignore[arg-type]
    np.testing.assert_allclose(online.score(evidence, RNG), constant, rtol=1e-9, atol=1e-9)
    offline = Lira(mode="offline", variance=variance, center=center)  # type: ignore[arg-type]
    z = [(p - centre) / width for p, (centre, width) in zip(phi, out, strict=True)]
    np.testing.assert_allclose(offline.score(evidence, RNG), z, rtol=1e-9, atol=1e-9)


def test_online_by_hand() -> None:
    """In: 1, 3 (mean 2, deviation 1). Out: -2, 2 (mean 0, deviation 2). phi = 2: -log 1 - 0 + log 2 + 1/2."""
    inside = np.array([[True], [True], [False], [False]])
    evidence = evidence_of(np.array([2.0]), np.array([[1.0], [3.0], [-2.0], [2.0]]), inside)
    score = Lira(mode="online", variance="per_record").score(evidence, RNG)
    assert score == pytest.approx([math.log(2.0) + 0.5])


def test_offline_by_hand() -> None:
    """Equation 8 of HP-MIA is Phi(z): the mean is 0, the deviation 2, phi = 3, so z = 1.5."""
    evidence = evidence_of(np.array([3.0]), np.array([[-2.0], [2.0]]), np.zeros((2, 1), dtype=bool))
    assert Lira(mode="offline").score(evidence, RNG) == pytest.approx([1.5])


def test_offline_never_saturates() -> None:
    """Phi of both z would be 1.0."""
    references = np.tile(np.array([[-2.0], [2.0]]), (1, 2))
    near, far = Lira().score(evidence_of(np.array([40.0, 41.0]), references, np.zeros((2, 2), dtype=bool)), RNG)
    assert near < far


def test_models_that_agree_fully_give_finite_scores() -> None:
    inside = np.array([[True, False], [False, True]])
    evidence = evidence_of(np.array([745.0, -745.0]), np.array([[745.0, -745.0], [-745.0, 745.0]]), inside)
    for mode in ("online", "offline"):
        scores = Lira(mode=mode).score(evidence, RNG)
        assert np.isfinite(scores).all()
        assert np.abs(scores).max() < 1e13


@pytest.mark.parametrize(("per_side", "variance"), [(MANY - 1, "pooled"), (MANY, "per_record")])
def test_auto_takes_the_records_own_deviation_from_many_models_on(per_side: int, variance: str) -> None:
    rng = np.random.default_rng(0)
    inside = np.arange(2 * per_side)[:, None] < per_side + np.array([[-2, -1, 0, 1, 2]])  # on average
    evidence = evidence_of(rng.normal(size=5), rng.normal(size=inside.shape), inside)
    told = Lira().explain(evidence, RNG)
    assert told == {"mode": "online", "variance": variance, "references": 2 * per_side}
    chosen = Lira(mode="online", variance=variance)  # type: ignore[arg-type]
    np.testing.assert_array_equal(Lira().score(evidence, RNG), chosen.score(evidence, RNG))


def test_auto_is_offline_where_one_record_has_no_in_reference() -> None:
    inside = np.array([[True, False], [False, False]])
    evidence = evidence_of(np.zeros(2), np.ones((2, 2)), inside)
    assert Lira().explain(evidence, RNG)["mode"] == "offline"


def test_many_references_tell_almost_all() -> None:
    """The world's noise is 0.7 and its leak 3: the ideal observer errs on few records."""
    world = gaussian_world(np.random.default_rng(0), references=64)
    assert auc(Lira().score(world.evidence, RNG), world.member) > 0.97


def test_centres_are_predicted_where_only_some_records_have_in_references() -> None:
    """In-centres lie 2 above 1.5 times the out-centres: exactly known, so that the ratio can be written down."""
    n = 64
    out = np.linspace(-2.0, 2.0, n)
    inside = np.zeros((3, n), dtype=bool)
    inside[2, ::2] = True
    noise = np.array([[0.5], [-0.5], [0.0]])
    references = np.where(inside, 2.0 + 1.5 * out, out + noise)
    phi = np.linspace(0.0, 4.0, n)
    found = Lira().score(evidence_of(phi, references, inside), RNG)
    width = math.sqrt((n * 2 * 0.25) / (n * 2 + n // 2))  # a third out-reference, without noise, for every other record
    assert Lira().explain(evidence_of(phi, references, inside), RNG)["mode"] == "predicted"
    expected = norm.logpdf(phi, 2.0 + 1.5 * out, MIN_WIDTH) - norm.logpdf(phi, out, width)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_too_few_records_with_in_references_predict_nothing() -> None:
    inside = np.zeros((3, 40), dtype=bool)
    inside[0, :29] = True
    evidence = evidence_of(np.zeros(40), RNG.normal(size=(3, 40)), inside)
    assert Lira().explain(evidence, RNG)["mode"] == "offline"
