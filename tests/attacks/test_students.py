"""Students of the target and of the shadows: what the ensemble makes of them, and that no other attack reads them."""

from dataclasses import replace

import numpy as np
import pytest

from miaudit import registry
from miaudit.attacks._ensemble_features import directions, features, of_students, sides
from miaudit.attacks.base import Attack, Needs, check_needs
from miaudit.attacks.ensemble import Ensemble
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from worlds import auc, binary_logits, gaussian_world, panel_of_phi, with_students, with_views


def test_features_by_hand() -> None:
    """Two records: the first is known to students 0 and 2, the second to students 1 and 3."""
    phi = np.array([5.0, 1.0])
    panel = panel_of_phi(phi).with_students(
        binary_logits(np.array([[4.0, 0.5], [2.0, 1.5], [3.0, 0.0], [0.0, 2.5]])),
        [[True, False], [False, True], [True, False], [False, True]],
    )
    assert panel.students is not None
    # Record 0: taught mean (4 + 3) / 2, others (2 + 0) / 2. Record 1: taught (1.5 + 2.5) / 2, others (0.5 + 0) / 2.
    expected = [[4.0, 0.75], [1.0, 0.25], [1.5, -1.0], [3.5, 2.0], [2.5, 1.75]]
    np.testing.assert_allclose(of_students(phi, panel.students), expected, atol=1e-12)


@pytest.mark.parametrize("online", [False, True])
@pytest.mark.parametrize("views", [False, True])
def test_every_feature_has_a_direction(online: bool, views: bool) -> None:
    rng = np.random.default_rng(0)
    world = gaussian_world(rng, n=50, known=0, population=0)
    audit = with_students(with_views(world, rng) if views else world, rng).evidence.audit
    assert len(directions(audit, online)) == features(audit, sides(audit), online, 2.0).shape[1]


def test_being_surer_than_students_that_did_not_learn_the_answer_never_speaks_against_a_member() -> None:
    rng = np.random.default_rng(0)
    panel = with_students(gaussian_world(rng, n=50, known=0, population=0), rng).evidence.audit
    without = directions(panel.without_students(), online=True)
    assert directions(panel, online=True) == [*without, 1, 0, 0, 0, 0]  # in the order of `of_students`


def test_students_make_the_ensemble_stronger() -> None:
    rng = np.random.default_rng(0)
    world = gaussian_world(rng, n=600, references=4, form="pool", leak=1.0, known=0, population=0)
    taught = with_students(world, rng, leak=1.0)
    alone, beside = (auc(Ensemble(trees=60).score(each.evidence, rng), world.member) for each in (world, taught))
    assert beside > alone + 0.1


@pytest.mark.parametrize("seed", range(4))
def test_students_that_learned_from_a_model_without_a_leak_reveal_nothing(seed: int) -> None:
    """Neither target nor shadow remembers a record; students come nearer to the answers that they learned."""
    rng = np.random.default_rng(seed)
    world = gaussian_world(rng, n=600, references=4, form="pool", leak=0.0, known=0, population=0)
    taught = with_students(world, rng, leak=0.0)
    scores = Ensemble(trees=30).score(taught.evidence, rng)
    assert abs(auc(scores, world.member) - 0.5) < 3.5 * (1 / 12 * (1 / 300 + 1 / 300)) ** 0.5


def test_students_that_only_some_panels_have_are_not_read() -> None:
    rng = np.random.default_rng(0)
    world = gaussian_world(rng, n=200, references=4, form="pool", known=0, population=0)
    taught = with_students(world, rng).evidence
    half = replace(taught, shadows=(*taught.shadows[:-1], taught.shadows[-1].without_students()))
    alone = [taught.audit.target("logits")], np.zeros((1, len(taught.audit)), dtype=bool)
    one_sided = replace(taught, audit=taught.audit.with_students(*alone))
    scores = [Ensemble(trees=10).score(each, np.random.default_rng(1)) for each in (world.evidence, half, one_sided)]
    np.testing.assert_array_equal(scores[0], scores[1])
    np.testing.assert_array_equal(scores[0], scores[2])


def test_no_other_attack_reads_students() -> None:
    rng = np.random.default_rng(0)
    world = gaussian_world(rng, n=60, references=4, form="pool")
    taught = with_students(world, rng).evidence
    for name in registry.names("attacks"):
        attack: Attack = registry.build("attacks", name, {})
        if name != "ensemble" and _applies(attack, taught):
            without, beside = (attack.score(each, np.random.default_rng(1)) for each in (world.evidence, taught))
            np.testing.assert_array_equal(without, beside, err_msg=name)


def _applies(attack: Attack, evidence: Evidence) -> bool:
    try:
        check_needs("it", attack, evidence)
    except UserError:
        return False
    return True


def test_who_has_students_is_said_of_the_attacker() -> None:
    rng = np.random.default_rng(0)
    world = gaussian_world(rng, n=50, known=0, population=0)
    taught = with_students(world, rng).evidence
    assert Ensemble().assumes(world.evidence) == Ensemble.adversary
    assert "train students of the target" in Ensemble().assumes(taught)


def test_students_that_nothing_can_be_learned_from_are_not_said_of_the_attacker() -> None:
    """Those of the target alone, or where there are no shadows: the score does without them."""
    rng = np.random.default_rng(0)
    world = gaussian_world(rng, n=50, known=0, population=0)
    audit = with_students(world, rng).evidence.audit
    for evidence in (replace(world.evidence, audit=audit), replace(world.evidence, audit=audit, shadows=())):
        assert Ensemble().assumes(evidence) == Ensemble.adversary


class Needy(Ensemble):
    """An attack that cannot do without students."""

    @property
    def needs(self) -> Needs:
        return Needs(students=True)


def test_an_attack_may_need_students() -> None:
    evidence = gaussian_world(np.random.default_rng(0), n=50).evidence
    with pytest.raises(UserError, match="attack it needs students of the target; the evidence has none"):
        check_needs("it", Needy(), evidence)
