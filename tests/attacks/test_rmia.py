"""RMIA against a double loop over records and population, in plain Python numbers (arXiv:2312.03262)."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaudit.arrays import Bools, Floats
from miaudit.attacks.base_ratio import BaseRatio
from miaudit.attacks.rmia import Rmia
from miaudit.evidence import Evidence
from worlds import gaussian_world, half, panel_of_phi

RNG = np.random.default_rng(0)


def probability(phi: float, temperature: float = 1.0) -> float:
    """Of class 1 where the logits are 0 and phi."""
    return 1.0 / (1.0 + math.exp(-phi / temperature))


def average(values: list[float]) -> float:
    return sum(values) / len(values)


def slow(world: "Case", mode: str, gamma: float, a: float, t: float) -> list[float]:
    """Equations 3, 4 and 10: the share of z with LR(x, z) >= gamma."""
    scores = []
    for i, phi in enumerate(world.phi):
        p = [probability(v, t) for v in world.references[:, i]]
        p_in = average([v for v, inside in zip(p, world.inside[:, i], strict=True) if inside] or [math.nan])
        p_out = average([v for v, inside in zip(p, world.inside[:, i], strict=True) if not inside])
        p_x = 0.5 * (p_in + p_out) if mode == "online" else 0.5 * ((1 + a) * p_out + (1 - a))
        wins = 0
        for j, phi_z in enumerate(world.population):
            p_z = average([probability(v, t) for v in world.population_references[:, j]])
            ratio = (probability(phi, t) / p_x) / (probability(phi_z, t) / p_z)
            wins += ratio >= gamma
        scores.append(wins / len(world.population))
    return scores


class Case:
    """Scaled logits of a target and of references on records and on a population."""

    def __init__(self, seed: int, n: int = 9, models: int = 6, population: int = 13) -> None:
        rng = np.random.default_rng(seed)
        self.inside: Bools = np.stack([half(rng, models) for _ in range(n)], axis=1)
        self.phi: Floats = rng.normal(1.0, 2.0, size=n)
        self.references: Floats = rng.normal(1.5 * self.inside, 2.0)
        self.population: Floats = rng.normal(0.0, 2.0, size=population)
        self.population_references: Floats = rng.normal(0.0, 2.0, size=(models, population))

    @property
    def evidence(self) -> Evidence:
        return Evidence(
            audit=panel_of_phi(self.phi, self.references, self.inside),
            population=panel_of_phi(self.population, self.population_references),
        )


@pytest.mark.parametrize("mode", ["online", "offline"])
@given(
    seed=st.integers(0, 2**32),
    gamma=st.sampled_from([0.5, 1.0, 2.0]),
    a=st.sampled_from([0.0, 0.3, 1.0]),
    t=st.sampled_from([0.5, 1.0, 3.0]),
)
@settings(max_examples=25, deadline=None)
def test_it_is_the_double_loop(mode: str, seed: int, gamma: float, a: float, t: float) -> None:
    case = Case(seed)
    attack = Rmia(mode=mode, gamma=gamma, offline_a=a, temperature=t)  # type: ignore[arg-type]
    np.testing.assert_allclose(attack.score(case.evidence, RNG), slow(case, mode, gamma, a, t), rtol=1e-12)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_it_ranks_as_base_does_up_to_its_ties(seed: int) -> None:
    """Where each record is in half of the references: a record that BASE ranks higher is not lower here."""
    case = Case(seed, n=40)
    order = np.argsort(BaseRatio().score(case.evidence, RNG))
    assert (np.diff(Rmia(mode="online").score(case.evidence, RNG)[order]) >= 0).all()


def test_by_hand() -> None:
    """p(x | target) = 0.9; in 0.8, out 0.4: online p(x) = 0.6, r = 1.5. Population: r = 0.8 / 0.5, 0.6 / 0.5."""
    logit = np.vectorize(lambda p: math.log(p / (1 - p)))
    evidence = Evidence(
        audit=panel_of_phi(logit([0.9]), logit([[0.8], [0.4]]), np.array([[True], [False]])),
        population=panel_of_phi(logit([0.8, 0.6]), logit([[0.5, 0.5], [0.5, 0.5]])),
    )
    assert Rmia(temperature=1).score(evidence, RNG) == pytest.approx([0.5])
    assert Rmia(temperature=1, gamma=1.3).score(evidence, RNG) == pytest.approx([0.0])  # 1.5 / 1.2 = 1.25
    # offline, a = 0.5: p(x) = (1.5 * 0.4 + 0.5) / 2 = 0.55, r = 1.636 > 1.6
    assert Rmia(mode="offline", offline_a=0.5, temperature=1).score(evidence, RNG) == pytest.approx([1.0])


def test_auto_is_online_where_every_record_has_both_kinds() -> None:
    case = Case(0)
    np.testing.assert_array_equal(Rmia().score(case.evidence, RNG), Rmia(mode="online").score(case.evidence, RNG))
    case.inside = case.inside & (np.arange(len(case.phi)) > 0)
    np.testing.assert_array_equal(Rmia().score(case.evidence, RNG), Rmia(mode="offline").score(case.evidence, RNG))


@pytest.mark.parametrize("mode", ["online", "offline"])
@pytest.mark.parametrize("a", [0.0, 0.3, 1.0])
def test_certain_models_give_shares(mode: str, a: float) -> None:
    extremes = np.array([80.0, -80.0, 745.0, -745.0])
    inside = np.array([[True] * 4, [False] * 4])
    evidence = Evidence(
        audit=panel_of_phi(extremes, np.stack([extremes, -extremes]), inside),
        population=panel_of_phi(extremes, np.stack([-extremes, extremes])),
    )
    scores = Rmia(mode=mode, offline_a=a).score(evidence, RNG)  # type: ignore[arg-type]
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores[0] > scores[1]


def test_more_is_asked_for_by_a_larger_gamma() -> None:
    evidence = gaussian_world(np.random.default_rng(0)).evidence
    lenient, strict = (Rmia(gamma=gamma).score(evidence, RNG) for gamma in (1.0, 1.5))
    assert (strict <= lenient).all()
    assert (strict < lenient).any()
