"""Lower bounds on epsilon that hold at every cut at once."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from miaudit.arrays import Bools, Floats
from miaudit.metrics.epsilon import Cuts, PValues, at_least, epsilon, least, most, ranks

World = Callable[[np.random.Generator, int, float], tuple[Floats, Floats]]


def one_cut(hits: int, n: int, rank: int, k: int) -> Cuts:
    return Cuts(*(np.array([count]) for count in (hits, n, rank, k, rank - 1)))


def p_value(cut: Cuts, at: float, delta: float = 0.0) -> float:
    return float(PValues(cut, delta)(at)[0])


def by_quadrature(hits: int, n: int, rank: int, k: int, at: float, delta: float) -> float:
    """The definition, E[P(Binomial(n, f(U)) >= hits)], by Gauss-Legendre on many small panels around the kink of f."""
    ends = stats.beta.ppf([1e-14, 0.5], rank, k - rank + 1)[0], stats.beta.isf(1e-14, rank, k - rank + 1)
    kink = (1.0 - delta) / (1.0 + np.exp(at))
    panels = np.unique(np.append(np.geomspace(*ends, 400), kink if ends[0] < kink < ends[1] else []))
    nodes, weights = np.polynomial.legendre.leggauss(20)
    half = np.diff(panels)[:, None] / 2.0
    u = panels[:-1, None] + half * (1.0 + nodes)
    rate = np.clip(np.minimum(np.exp(at) * u + delta, 1.0 - np.exp(-at) * (1.0 - delta - u)), 0.0, 1.0)
    return float(np.sum(stats.binom.sf(hits - 1, n, rate) * stats.beta.pdf(u, rank, k - rank + 1) * half * weights))


@pytest.mark.parametrize(
    ("hits", "n", "rank", "k"), [(1, 1, 1, 1), (4, 20, 1, 9), (18, 100, 8, 150), (60, 90, 40, 100)]
)
def test_without_leakage_the_p_value_is_that_of_an_urn(hits: int, n: int, rank: int, k: int) -> None:
    """`hits` or more members lie above the rank-th non-member: at least `hits` are among the first hits + rank - 1."""
    urn = stats.hypergeom.sf(hits - 1, n + k, n, hits + rank - 1)
    assert urn <= p_value(one_cut(hits, n, rank, k), 0.0) * (1 + 1e-9) <= 1.03 * urn


def test_p_values_are_the_definition() -> None:
    rng = np.random.default_rng(0)
    tried = 0
    while tried < 100:
        n, k = (int(size) for size in 10 ** rng.uniform(0.5, 4.5, 2))
        rank = int(rng.choice(ranks(k)))
        hits = n if rng.random() < 0.15 else int(np.exp(rng.uniform(0, np.log(n))))
        at, delta = float(rng.uniform(0, 6)), float(rng.choice([0.0, 0.01]))
        expected = by_quadrature(hits, n, rank, k, at, delta)
        if not 1e-5 < expected < 0.05:
            continue
        tried += 1
        assert 0.999 * expected < p_value(one_cut(hits, n, rank, k), at, delta) < 1.03 * expected
        assert at_least(one_cut(hits, n, rank, k), at, delta)[0] <= expected


def test_rates_that_privacy_allows() -> None:
    q = np.array([0.0, 0.1, 0.5, 1.0])
    assert most(q, np.log(3), 0.0) == pytest.approx([0.0, 0.3, 5 / 6, 1.0])  # 1 - (1 - q) / 3 from q = 1/4 on
    assert most(q, np.log(3), 0.05) == pytest.approx([0.05, 0.35, 0.85, 1.0])
    assert least(most(q, 0.7, 0.0), 0.7, 0.0) == pytest.approx(q)


def laplace(rng: np.random.Generator, n: int, truth: float) -> tuple[Floats, Floats]:
    return rng.laplace(truth, 1.0, n), rng.laplace(0.0, 1.0, n)


def response(rng: np.random.Generator, n: int, truth: float) -> tuple[Floats, Floats]:
    honest = 1.0 / (1.0 + np.exp(-truth))
    return (rng.random(n) < honest).astype(float), (rng.random(n) >= honest).astype(float)


def fine_response(rng: np.random.Generator, n: int, truth: float) -> tuple[Floats, Floats]:
    """Randomised response with noise that breaks all ties: every cut between the answers is at the limit."""
    inside, outside = response(rng, n, truth)
    return inside + rng.random(n), outside + rng.random(n)


@pytest.mark.parametrize("world", [laplace, response, fine_response])
@pytest.mark.parametrize(("truth", "n"), [(0.0, 200), (1.0, 40), (1.0, 1000), (3.0, 100)])
def test_the_bound_passes_the_truth_in_at_most_one_world_of_twenty(world: World, truth: float, n: int) -> None:
    """Laplace's mechanism and randomised response: their epsilon is known."""
    rng, member = np.random.default_rng(0), np.arange(2 * n) < n
    bounds = [epsilon(np.concatenate(world(rng, n, truth)), member).low or 0.0 for _ in range(100)]
    assert np.mean(np.array(bounds) > truth) <= 0.05
    if n == 1000:
        assert np.mean(bounds) > 0.7 * truth


def simultaneous_clopper_pearson(scores: Floats, member: Bools) -> float:
    """Two rates by Clopper-Pearson at each corner of the ROC curve, with Bonferroni's correction for their number."""
    order = np.argsort(-scores, kind="stable")
    tp, fp = np.cumsum(member[order]), np.cumsum(~member[order])
    members, others = tp[-1], fp[-1]
    corner = np.append(fp[1:] > fp[:-1], True) & np.insert(tp[1:] > tp[:-1], 0, True)  # better than both neighbours
    side = 0.025 / float(np.sum(corner))
    low = stats.beta.ppf(side, tp[corner], members - tp[corner] + 1)
    high = stats.beta.isf(side, fp[corner] + 1, np.maximum(others - fp[corner], 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.nanmax(np.maximum(np.log(low / high), np.log((1 - high) / (1 - low)))))


@pytest.mark.parametrize(("shift", "mean", "lowest"), [(1.0, 1.271, 0.987), (2.0, 2.902, 2.4)])
def test_tighter_than_clopper_pearson_at_all_cuts(shift: float, mean: float, lowest: float) -> None:
    rng, member = np.random.default_rng(0), np.arange(2000) < 1000
    worlds = [rng.normal(size=2000) + shift * member for _ in range(50)]
    bounds = np.array([epsilon(scores, member).low or 0.0 for scores in worlds])
    assert bounds.mean() > 1.05 * mean
    assert bounds.min() > lowest
    assert bounds.mean() > 1.05 * np.mean([simultaneous_clopper_pearson(scores, member) for scores in worlds])


def test_clear_leak_is_proved_on_both_sides() -> None:
    member = np.arange(2000) < 1000
    rng = np.random.default_rng(0)
    accepted = np.where(member & (rng.random(2000) < 0.3), 5.0, 0.0)  # some members stand out
    rejected = np.where(~member & (rng.random(2000) < 0.3), -5.0, 0.0)  # some non-members stand out
    for scores in (accepted, rejected):
        found = epsilon(scores, member)
        assert 3.5 < (found.low or 0) < (found.value or 0)
        assert found.high is None
        assert found.n == 1000


def test_nothing_but_scores_and_membership_counts() -> None:
    rng = np.random.default_rng(0)
    member = np.arange(600) < 250
    scores = np.round(rng.normal(size=600) + member, 1)
    order = rng.permutation(600)
    assert epsilon(scores[order], member[order]) == epsilon(scores, member) == epsilon(np.exp(scores), member)


def test_more_confidence_and_more_delta_prove_less() -> None:
    member = np.arange(400) < 200
    scores = np.random.default_rng(0).normal(size=400) + 2.0 * member
    asked = (0.9, 0.0), (0.99, 0.0), (0.99, 0.1)
    lows = [epsilon(scores, member, confidence, delta).low or 0.0 for confidence, delta in asked]
    assert lows == sorted(lows, reverse=True)
    assert len(set(lows)) == 3


@pytest.mark.parametrize("scores", [np.zeros(6), np.arange(6.0), -np.arange(6.0)])
def test_few_records_prove_nothing(scores: Floats) -> None:
    assert epsilon(scores, np.arange(6) < 1).low == 0.0
    assert epsilon(scores, np.arange(6) < 5).low == 0.0


def test_one_kind_of_record_is_not_measured() -> None:
    found = epsilon(np.array([1.0, 0.0]), np.array([False, False]))
    assert found.text() == "needs >= 1 member and 1 non-member, have 0 and 2"
