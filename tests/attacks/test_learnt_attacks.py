"""top_k and shadow: what their classifiers read, and whom they learn from."""

import numpy as np
import pytest

from miaudit.arrays import Bools, Floats
from miaudit.attacks import shadow, top_k
from miaudit.attacks.shadow import Shadow
from miaudit.attacks.top_k import TopK
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Panel
from worlds import gaussian_world

PROBABILITIES = np.array([[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.15, 0.05]])


class Sum:
    """A classifier that remembers what it learnt and scores by the sum of the features plus how many it learnt."""

    def __init__(self, features: Floats, member: Bools) -> None:
        self.features, self.member = features, member

    def log_odds(self, features: Floats) -> Floats:
        return len(self.features) + features.sum(axis=1)


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[Sum]:
    made: list[Sum] = []

    def train(features: Floats, member: Bools, hidden: tuple[int, ...], rng: np.random.Generator) -> Sum:
        assert hidden == (64,)
        made.append(Sum(features, member))
        return made[-1]

    monkeypatch.setattr(top_k, "train", train)
    monkeypatch.setattr(shadow, "train", train)
    return made


def evidence(labels: list[int], member: list[bool], audited: list[int]) -> Evidence:
    rng = np.random.default_rng(0)
    shadows = Panel.of(rng.normal(size=(len(labels), 4)), np.array(labels), member=np.array(member))
    parts = (shadows.select(np.arange(2)), shadows.select(np.arange(2, len(labels))))
    return Evidence(audit=Panel.of(rng.normal(size=(len(audited), 4)), np.array(audited)), shadows=parts)


def test_top_k_reads_the_largest_posteriors_falling(trained: list[Sum]) -> None:
    panel = Panel.of(np.log(PROBABILITIES), np.array([0, 1]), member=np.array([True, False]))
    TopK().score(Evidence.of(panel, shadows=(panel,)), np.random.default_rng(0))
    np.testing.assert_allclose(trained[0].features, [[0.4, 0.3, 0.2], [0.7, 0.15, 0.1]])
    np.testing.assert_array_equal(trained[0].member, [True, False])


@pytest.mark.parametrize(("k", "read"), [(1, 1), (4, 4), (9, 4)])
def test_top_k_reads_no_more_than_there_are(trained: list[Sum], k: int, read: int) -> None:
    panel = Panel.of(np.log(PROBABILITIES), np.array([0, 1]), member=np.array([True, False]))
    TopK(k=k).score(Evidence.of(panel, shadows=(panel,)), np.random.default_rng(0))
    assert trained[0].features.shape == (2, read)


def test_shadow_has_one_classifier_a_class(trained: list[Sum]) -> None:
    """Class 0 has three records in both shadows together, class 1 two; an audited record asks that of its class."""
    world = evidence([0, 1, 0, 1, 0], [True, True, False, False, True], audited=[1, 0, 1])
    scores = Shadow().score(world, np.random.default_rng(0))
    np.testing.assert_allclose(scores, [2 + 1, 3 + 1, 2 + 1])
    np.testing.assert_array_equal(trained[0].member, [True, False, True])
    np.testing.assert_allclose(trained[0].features.sum(axis=1), 1.0)


def test_a_class_without_both_kinds_asks_the_classifier_of_all(trained: list[Sum]) -> None:
    """Class 2 has only members, class 3 has no records."""
    world = evidence([0, 2, 0, 2, 0], [True, True, False, True, True], audited=[0, 2, 3])
    scores = Shadow().score(world, np.random.default_rng(0))
    np.testing.assert_allclose(scores, [3 + 1, 5 + 1, 5 + 1])


def test_one_kind_in_all_classes_is_not_enough() -> None:
    world = evidence([0, 1, 0], [True, True, True], audited=[0])
    with pytest.raises(UserError, match="all 3 records of the shadows are members"):
        Shadow().score(world, np.random.default_rng(0))


@pytest.mark.parametrize("attack", [TopK(max_records=100), Shadow(max_records=100)])
def test_a_part_of_many_records_is_learnt(trained: list[Sum], attack: TopK | Shadow) -> None:
    world = gaussian_world(np.random.default_rng(0), n=80, shadows=3)
    attack.score(world.evidence, np.random.default_rng(0))
    assert sum(len(network.features) for network in trained) == 100
