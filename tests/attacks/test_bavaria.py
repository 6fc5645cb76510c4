"""BaVarIA-t against a loop over records that takes in their values one by one."""

import math

import numpy as np
import pytest
from scipy.stats import t as student

from miaudit.arrays import Bools, Floats
from miaudit.attacks._predictive import Prior, fit_prior
from miaudit.attacks.bavaria import Bavaria
from miaudit.attacks.lira import Lira
from miaudit.evidence import Evidence
from miaudit.maths.moments import moments_of
from worlds import gaussian_world, panel_of_phi

RNG = np.random.default_rng(0)


def slow_side(values: Floats, chosen: Bools) -> list[tuple[float, float, float]]:
    """(freedom, centre, scale) of each record's predictive."""
    found = []
    for i in range(values.shape[1]):
        prior = fit_prior(moments_of(values, chosen))
        for x in values[chosen[:, i], i]:
            kappa = prior.kappa + 1
            beta = prior.beta + prior.kappa * (x - prior.mean) ** 2 / (2 * kappa)
            prior = Prior((prior.kappa * prior.mean + x) / kappa, kappa, prior.alpha + 0.5, beta)
        scale = math.sqrt(prior.beta * (prior.kappa + 1) / (prior.alpha * prior.kappa))
        found.append((2 * prior.alpha, prior.mean, scale))
    return found


def test_both_modes_are_the_transcription() -> None:
    audit = gaussian_world(np.random.default_rng(0), n=30, references=6).evidence.audit
    phi, values = audit.target("scaled_logit"), audit.references("scaled_logit")
    into, out = slow_side(values, audit.in_reference), slow_side(values, ~audit.in_reference)
    ratio = [student.logpdf(p, *i) - student.logpdf(p, *o) for p, i, o in zip(phi, into, out, strict=True)]
    np.testing.assert_allclose(Bavaria(mode="online").score(Evidence(audit=audit), RNG), ratio, rtol=1e-9)
    odds = [student.logcdf(p, *o) - student.logsf(p, *o) for p, o in zip(phi, out, strict=True)]
    np.testing.assert_allclose(Bavaria(mode="offline").score(Evidence(audit=audit), RNG), odds, rtol=1e-9)


def test_auto_is_offline_where_one_record_has_no_in_reference() -> None:
    rng = np.random.default_rng(0)
    inside = np.array([[True, False], [False, False]])
    evidence = Evidence(audit=panel_of_phi(rng.normal(size=2), rng.normal(size=(2, 2)), inside))
    np.testing.assert_array_equal(Bavaria().score(evidence, RNG), Bavaria(mode="offline").score(evidence, RNG))


def test_many_models_give_what_lira_gives() -> None:
    """With hundreds of values per record the prior no longer matters: LiRA's own Gaussians, up to their tails."""
    world = gaussian_world(np.random.default_rng(0), n=200, references=600)
    mine = Bavaria().score(world.evidence, RNG)
    gaussian = Lira(mode="online", variance="per_record").score(world.evidence, RNG)
    assert np.corrcoef(mine, gaussian)[0, 1] > 0.99


def tpr(scores: Floats, member: Bools) -> float:
    """At 1 % false positives."""
    return float((scores[member] > np.quantile(scores[~member], 0.99)).mean())


def test_few_models_suffice_where_widths_differ() -> None:
    """Widths from 0.2 to 5, four values per side: one common width is wrong, and a width of four values is noise."""
    rng = np.random.default_rng(0)
    n, models = 4000, 8
    member, width = rng.random(n) < 0.5, np.exp(rng.uniform(np.log(0.2), np.log(5.0), size=n))
    inside = rng.permuted(np.tile(np.arange(models)[:, None] < models // 2, (1, n)), axis=0)
    references, phi = rng.normal(inside, width), rng.normal(member, width)
    evidence = Evidence(audit=panel_of_phi(phi, references, inside))
    found = tpr(Bavaria().score(evidence, RNG), member)
    assert found > 2 * tpr(Lira(mode="online", variance="pooled").score(evidence, RNG), member)
    assert found > 2 * tpr(Lira(mode="online", variance="per_record").score(evidence, RNG), member)


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_certain_models_give_finite_scores(mode: str) -> None:
    extremes = np.array([80.0, -80.0, 745.0, -745.0])
    inside = np.arange(8)[:, None] < np.full(4, 4)
    sure = np.where(inside, extremes, -extremes)
    evidence = Evidence(audit=panel_of_phi(extremes, sure, inside))
    scores = Bavaria(mode=mode).score(evidence, RNG)  # type: ignore[arg-type]
    assert np.isfinite(scores).all()
    agreed = Evidence(audit=panel_of_phi(np.array([80.0, -80.0]), np.full((8, 2), 745.0), inside[:, :2]))
    assert np.isfinite(Bavaria(mode=mode).score(agreed, RNG)).all()  # type: ignore[arg-type]
