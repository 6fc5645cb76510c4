"""The KDE attack against scipy's estimate."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import gaussian_kde, norm

from miaudit.arrays import Bools, Floats
from miaudit.attacks.kde import Kde
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.maths.divergence import kl_divergence
from worlds import gaussian_world, panel_of_phi

RNG = np.random.default_rng(0)


def sample(m: int = 400) -> tuple[Floats, Bools]:
    rng = np.random.default_rng(1)
    member = np.arange(m) % 3 > 0
    return rng.normal(1.0 + 2.0 * member, 1.0 + member), member


def evidence_of(audited: Floats, source: str = "known") -> Evidence:
    phi, member = sample()
    known = panel_of_phi(phi, member=member)
    if source == "known":
        return Evidence(audit=panel_of_phi(audited), known=known)
    cut = len(phi) // 4
    parts = tuple(known.select(part) for part in (np.arange(cut), np.arange(cut, len(phi))))
    return Evidence(audit=panel_of_phi(audited), shadows=parts)


def slow_loss(phi: Floats, loss: str) -> Floats:
    p = 1.0 / (1.0 + np.exp(-phi))
    forms = {"cross_entropy": -np.log(p), "probability": p, "normalized_probability": np.log(p / (1 - p))}
    return forms[loss]


def slow_scores(audited: Floats, loss: str) -> Floats:
    phi, member = sample()
    inside, outside = (gaussian_kde(slow_loss(phi[side], loss)) for side in (member, ~member))
    ratio: Floats = inside.logpdf(slow_loss(audited, loss)) - outside.logpdf(slow_loss(audited, loss))
    return ratio


@pytest.mark.parametrize("source", ["known", "shadow"])
@pytest.mark.parametrize("loss", ["cross_entropy", "probability", "normalized_probability"])
def test_the_score_is_the_log_ratio_of_scipys_densities(loss: Any, source: Any) -> None:
    audited = np.linspace(-1.5, 4.0, 30)
    found = Kde(loss=loss, source=source).score(evidence_of(audited, source), RNG)
    np.testing.assert_allclose(found, slow_scores(audited, loss), rtol=1e-7)


def test_by_hand() -> None:
    """Members at 0 and 2, non-members at 4 and 6, width 1, asked at 2: log (phi(2) + phi(0)) / (phi(2) + phi(4))."""
    known = panel_of_phi(np.array([0.0, 2.0, 4.0, 6.0]), member=np.array([True, True, False, False]))
    evidence = Evidence(audit=panel_of_phi(np.array([2.0])), known=known)
    score = Kde(loss="normalized_probability", bandwidth=1.0).score(evidence, RNG)
    expected = np.log(norm.pdf(2) + norm.pdf(0)) - np.log(norm.pdf(2) + norm.pdf(4))
    assert score == pytest.approx([expected])


def test_far_from_all_known_records_scores_stay_finite() -> None:
    scores = Kde(loss="normalized_probability").score(evidence_of(np.array([-700.0, 700.0])), RNG)
    assert np.isfinite(scores).all()


def test_explanation() -> None:
    told = Kde(loss="normalized_probability").explain(evidence_of(np.zeros(1)), RNG)
    phi, member = sample()
    inside, outside = gaussian_kde(phi[member]), gaussian_kde(phi[~member])
    grid = np.array(told["grid"])
    np.testing.assert_allclose(told["density_members"], inside(grid), rtol=1e-9)
    np.testing.assert_allclose(told["density_nonmembers"], outside(grid), rtol=1e-9)
    fine = np.linspace(-8.0, 14.0, 5001)
    divergence = np.trapezoid(inside(fine) * (inside.logpdf(fine) - outside.logpdf(fine)), fine)
    assert told["kl_divergence"] == pytest.approx(divergence, rel=1e-3)
    called = inside(phi) > outside(phi)
    assert told["confusion_sample"] == {
        "tp": np.sum(called & member),
        "fp": np.sum(called & ~member),
        "tn": np.sum(~called & ~member),
        "fn": np.sum(~called & member),
    }


@pytest.mark.parametrize("bandwidth", ["scott", 0.3])
def test_a_perfect_attack_has_the_divergence_of_its_losses(bandwidth: Any) -> None:
    """The members' density is a thousand times narrower than the others': a grid over both once missed it."""
    rng = np.random.default_rng(0)
    member = np.arange(400) < 200
    p = np.where(member, 1.0 - 1e-6 * rng.uniform(0.9, 1.1, 400), rng.uniform(0.1, 0.9, 400))
    known = panel_of_phi(np.log(p) - np.log1p(-p), member=member)
    told = Kde(bandwidth=bandwidth).explain(Evidence(audit=panel_of_phi(np.zeros(1)), known=known), RNG)
    expected = kl_divergence(-np.log(p[member]), -np.log(p[~member]), None if bandwidth == "scott" else bandwidth)
    assert told["kl_divergence"] == pytest.approx(expected, rel=1e-5)
    assert bandwidth != "scott" or told["kl_divergence"] > 5.0


def test_the_cut_is_where_the_densities_are_equal() -> None:
    assert Kde().cut(evidence_of(np.zeros(1)), RNG).value == 0.0


def test_only_members_are_not_enough() -> None:
    known = panel_of_phi(np.zeros(3), member=np.ones(3, dtype=bool))
    with pytest.raises(UserError, match="of 3 records of the source 'known', 3 are members"):
        Kde().score(Evidence(audit=panel_of_phi(np.zeros(1)), known=known), RNG)


def test_a_constant_loss_gives_finite_scores() -> None:
    known = panel_of_phi(np.zeros(4), member=np.array([True, True, False, False]))
    scores = Kde().score(Evidence(audit=panel_of_phi(np.array([0.0, 5.0])), known=known), RNG)
    assert np.isfinite(scores).all()


def test_source_shadow_needs_no_known_records() -> None:
    world = gaussian_world(np.random.default_rng(0), known=0)
    assert Kde(source="shadow").needs.shadows == 1
    assert np.isfinite(Kde(source="shadow").score(world.evidence, RNG)).all()


@pytest.mark.parametrize("bandwidth", [0.0, -1.0, float("inf"), "silverman"])
def test_bandwidth_is_a_rule_or_a_positive_number(bandwidth: Any) -> None:
    with pytest.raises(ValueError, match="bandwidth"):
        Kde(bandwidth=bandwidth)
