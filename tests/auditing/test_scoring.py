from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from fake_attacks import Fake, Memoriser
from miaudit import registry
from miaudit.arrays import Floats
from miaudit.attacks.base import Attack, CrossFitted, Cut, Folds, Needs
from miaudit.auditing.known import Knowable
from miaudit.auditing.scoring import attacker_of, choose_cut, judge, learned, score, settled
from miaudit.auditing.shadow_scores import judged_shadows, shadow_scores
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.seeds import generator
from miaudit.thresholds.best_accuracy import BestAccuracy
from miaudit.thresholds.per_class import PerClass
from worlds import World, bare, gaussian_world, truth_of


@dataclass(frozen=True)
class Random(Fake):
    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        return rng.normal(size=len(evidence.audit))


@dataclass(frozen=True)
class Broken(Fake):
    wrong: str = "nan"

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        values = evidence.audit.target("loss").copy()
        if self.wrong == "shape":
            return values[:-1]
        values[:3] = np.nan
        return values


@dataclass(frozen=True)
class OwnCut(Fake):
    def cut(self, evidence: Evidence, rng: np.random.Generator) -> Cut:
        return Cut(1.25, "mine")


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def world(form: Any = "pool", **options: Any) -> World:
    sizes = {"n": 120, "known": 60, "population": 50}
    return gaussian_world(np.random.default_rng(3), form=form, **{**sizes, **options})


def test_the_cut_is_the_thresholds_on_the_shadows_scores() -> None:
    evidence = world(shadows=3).evidence
    cut = choose_cut("fake", Fake(), evidence, BestAccuracy(), seed=0)
    scores = np.concatenate([shadow.target("loss") for shadow in evidence.shadows])
    member = np.concatenate([truth_of(shadow) for shadow in evidence.shadows])
    expected = BestAccuracy().cut(scores, member)
    assert cut is not None
    assert cut.value == expected.value
    assert "shadow models" in cut.rule


def test_the_cut_does_not_know_the_truth() -> None:
    """Another target, whose records are all members or none: the same cut."""
    evidence = world(shadows=2).evidence
    other = replace(evidence, audit=world(shadows=2, leak=30.0).evidence.audit)
    cuts = [choose_cut("fake", Fake(), one, BestAccuracy(), 0) for one in (evidence, other)]
    assert cuts[0] == cuts[1] is not None


def test_without_shadows_the_cut_comes_from_known_records() -> None:
    evidence = replace(world("out").evidence, shadows=(), shadow_populations=())
    assert evidence.known is not None
    cut = choose_cut("fake", Fake(), evidence, BestAccuracy(), 0)
    expected = BestAccuracy().cut(evidence.known.target("loss"), truth_of(evidence.known))
    assert cut is not None
    assert cut.value == expected.value
    assert "known membership" in cut.rule
    assert choose_cut("fake", Fake(), replace(evidence, known=None), BestAccuracy(), 0) is None


def test_known_records_set_no_cut_for_scores_of_another_form() -> None:
    @dataclass(frozen=True)
    class Large(Fake):
        def form(self, evidence: Evidence) -> str:
            return "many" if len(evidence.audit) >= 100 else "few"

    alone = replace(world("out").evidence, shadows=(), shadow_populations=())  # 120 audited records, 60 known
    assert choose_cut("fake", Large(), alone, BestAccuracy(), 0) is None
    assert alone.known is not None
    few = replace(alone, audit=alone.audit.select(np.arange(60)))
    assert choose_cut("fake", Large(), few, BestAccuracy(), 0) is not None


def test_an_attack_may_bring_its_own_cut() -> None:
    assert choose_cut("fake", OwnCut(), world().evidence, BestAccuracy(), 0) == Cut(1.25, "mine")


def test_a_cut_a_class() -> None:
    evidence = world("pool", shadows=1, n=400).evidence
    threshold = PerClass()
    cut = choose_cut("fake", Fake(), evidence, threshold, 0)
    shadow = evidence.shadows[0]
    expected = threshold.cuts(shadow.target("loss"), truth_of(shadow), shadow.labels)
    assert cut is not None
    assert dict(cut.by_class) == {label: chosen.value for label, chosen in expected.by_class.items()}
    assert len(cut.by_class) == 4


@pytest.mark.parametrize("name", ["calibrated", "lira"])
def test_shadows_and_known_records_without_references_set_no_cut(name: str) -> None:
    evidence = world("half", shadows=2).evidence
    shadows = tuple(bare(shadow) for shadow in evidence.shadows)
    attack: Attack = registry.build("attacks", name, {})
    assert judged_shadows(attack, evidence) == [0, 1]
    assert choose_cut(name, attack, replace(evidence, shadows=shadows), BestAccuracy(), 0) is None
    assert judged_shadows(attack, replace(evidence, shadows=(shadows[0], evidence.shadows[1]))) == [1]


def test_a_population_that_shadows_do_not_see_sets_no_cut() -> None:
    evidence = replace(world("out").evidence, shadow_populations=(), known=None)
    attack = Fake(needs=Needs(population=True))
    assert choose_cut("fake", attack, evidence, BestAccuracy(), 0) is None


@pytest.mark.parametrize("n", [2, 4])
def test_so_few_records_that_a_fold_would_be_empty(n: int) -> None:
    evidence = world(n=n, shadows=2).evidence
    attack: Attack = registry.build("attacks", "ensemble", {})
    assert all(len(shadow) == n for shadow in evidence.shadows)
    assert np.isfinite(score("ensemble", attack, evidence, 0)).all()
    assert choose_cut("ensemble", attack, evidence, BestAccuracy(), 0) is not None


@pytest.mark.parametrize(("wrong", "message"), [("nan", "3 that are not finite"), ("shape", r"got shape \(119,\)")])
def test_scores_are_checked(wrong: str, message: str) -> None:
    with pytest.raises(UserError, match=f"attack broken must give 120 finite scores; .*{message}"):
        score("broken", Broken(wrong=wrong), world().evidence, 0)


def test_what_lacks_is_named() -> None:
    evidence = replace(world().evidence, shadows=(), shadow_populations=())
    with pytest.raises(UserError, match=r"attack mine needs 1 shadow panel\(s\)"):
        score("mine", Fake(needs=Needs(shadows=1)), evidence, 0)


def test_chance_follows_from_the_seed_and_the_attacks_name_only() -> None:
    evidence = world().evidence
    npt.assert_array_equal(score("a", Random(), evidence, 0), score("a", Random(), evidence, 0))
    assert (score("a", Random(), evidence, 0) != score("b", Random(), evidence, 0)).all()
    assert (score("a", Random(), evidence, 0) != score("a", Random(), evidence, 1)).all()


def test_what_was_learnt_fits_the_cut() -> None:
    evidence = world().evidence
    attack = registry.build("attacks", "two_stage", {})
    cut = choose_cut("two_stage", attack, evidence, BestAccuracy(), 0)
    assert cut is not None
    assert cut.value == learned("two_stage", attack, evidence, 0)["t1"]
    assert learned("fake", Fake(), evidence, 0) == {}


@dataclass(frozen=True)
class AtOnce(Memoriser):
    """Cross-fits by itself, and fails if it is asked for its scores alone; `wrong` of them are not finite."""

    wrong: int = 0

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        raise AssertionError("learned twice")

    def cross_fitted(self, evidence: Evidence, s: int, folds: Folds, rng: np.random.Generator) -> CrossFitted:
        scores, rows = rng.normal(size=len(evidence.audit)), np.arange(10, 50)
        scores[: self.wrong] = np.nan
        return CrossFitted(scores, rows, evidence.shadows[s].target("loss")[rows], {"shadow": s, "folds": folds.number})


def test_an_attack_that_cross_fits_gives_all_in_one_go() -> None:
    evidence = gaussian_world(np.random.default_rng(0), n=100, shadows=2).evidence
    found = judge("fake", AtOnce(), evidence, BestAccuracy(), 0)
    npt.assert_array_equal(found.scores, generator(0, "attack", "fake").normal(size=100))
    assert found.cut == choose_cut("fake", AtOnce(), evidence, BestAccuracy(), 0)
    shadow = evidence.shadows[0]
    assert found.cut is not None
    assert found.cut.value == BestAccuracy().cut(shadow.target("loss")[10:50], truth_of(shadow)[10:50]).value
    assert found.learned == learned("fake", AtOnce(), evidence, 0) == {"shadow": 0, "folds": 5}
    known = shadow_scores(AtOnce(), evidence, [1], rng())
    npt.assert_array_equal(known.scores, evidence.shadows[1].target("loss")[10:50])
    npt.assert_array_equal(known.member, truth_of(evidence.shadows[1])[10:50])


def test_scores_of_an_attack_that_cross_fits_are_checked() -> None:
    with pytest.raises(UserError, match=r"attack fake must give 120 finite .* with 3 that are not finite"):
        judge("fake", AtOnce(wrong=3), world().evidence, BestAccuracy(), 0)


@pytest.mark.parametrize(
    ("name", "form"), [("ensemble", "pool"), ("ensemble", "half"), ("kde", "out"), ("lira", "out")]
)
def test_scores_cut_and_what_was_learned_are_the_same_together_and_apart(name: str, form: str) -> None:
    given = world(form, shadows=2, known=0, n=60)
    attack: Attack = registry.build("attacks", name, {"trees": 5} if name == "ensemble" else {})
    knowable = Knowable(given.member, 0.3)
    found = judge(name, attack, given.evidence, BestAccuracy(), 0, knowable)
    npt.assert_array_equal(found.scores, score(name, attack, given.evidence, 0, knowable))
    attacker = attacker_of(attack, given.evidence, knowable, 0)
    chosen = settled(attack, given.evidence)
    assert found.cut == choose_cut(name, chosen, attacker, BestAccuracy(), 0)
    assert found.learned == learned(name, chosen, attacker, 0)
