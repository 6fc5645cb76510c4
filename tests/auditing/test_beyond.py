"""Worlds of known truth: a difference between the sides, memorisation, both, and what is then called a leak."""

from collections import Counter
from typing import NamedTuple

import numpy as np
import pytest

from miaudit.arrays import Bools, Floats
from miaudit.auditing import blind
from miaudit.auditing.beyond import Rivals, beyond
from miaudit.auditing.blind import attack_blindly, baseline
from miaudit.auditing.blind_features import Described
from miaudit.auditing.findings import findings
from miaudit.auditing.result import Controls
from miaudit.auditing.verdict import level_of

WEIGHTS = np.array([1.0, -0.5, 0.25])


@pytest.fixture(autouse=True)
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested is the rule; the differences here are linear, which needs no forest to be seen."""
    monkeypatch.setattr(blind, "TREES", 10)


class World(NamedTuple):
    """What an audit ends with."""

    level: str
    controls: Controls


def scores_of(x: Floats, member: Bools, memory: float, rng: np.random.Generator) -> dict[str, Floats]:
    """Outputs of a model, as two attacks read them: functions of the record, higher by `memory` for members."""
    told = x @ WEIGHTS
    return {
        "confidence": np.abs(told + 0.5) + memory * member + 0.3 * rng.normal(size=len(x)),
        "ratio": told + memory * member,
    }


def world(seed: int, shift: float, memory: float, n: int = 240, memory_of_shadows: float | None = None) -> World:
    """An audit of n records; members are higher by `shift` in the first column.

    The shadow has the same records and random members, and memorises as the target does unless told otherwise.
    """
    rng = np.random.default_rng(seed)
    member = np.arange(n) < n // 2
    x = rng.normal(size=(n, 3))
    x[member, 0] += shift
    scores = scores_of(x, member, memory, rng)
    drawn = rng.permutation(member)
    on_shadow = scores_of(x, drawn, memory if memory_of_shadows is None else memory_of_shadows, rng)
    records = Described(x, ("age", "height", "weight"), np.arange(n), has_records=True)
    unseeing = attack_blindly(records, member, rng)
    found = findings(scores, member)
    controls = Controls(
        null={}, positive={}, null_passed=True, positive_passed=True, blind=baseline(records, member, unseeing)
    )
    beside = beyond(found, scores, Rivals.of([unseeing.scores], member), lambda name: (on_shadow[name], drawn))
    controls = controls.model_copy(update={"beyond": beside})
    return World(level_of(found, controls), controls)


@pytest.mark.slow
def test_shifted_members_are_never_called_a_leak() -> None:
    """60 worlds without memorisation, from a shift that nobody can see to one that nobody can miss.

    A rule that calls one of 20 such worlds a leak would pass with a probability of 5 %.
    """
    shifts = np.linspace(0.1, 2.0, 60)
    found = [world(seed, shift, memory=0.0) for seed, shift in enumerate(shifts)]
    assert Counter(each.level for each in found)["leaks"] == 0
    wins = np.array([each.controls.sides_differ for each in found])
    assert wins[shifts > 0.8].all()  # an AUC of 0.71
    assert all(each.level == "distribution_shift" for each in found if each.controls.sides_differ)


def test_memorisation_without_a_shift_is_a_leak() -> None:
    """A blind baseline that wins by chance, in up to 5 % of worlds, does not hide it."""
    assert Counter(world(seed, 0.0, memory=2.0).level for seed in range(20)) == {"leaks": 20}


@pytest.mark.parametrize("seed", range(3))
def test_both_what_goes_beyond_the_shift_is_a_leak(seed: int) -> None:
    both = world(seed, shift=1.0, memory=3.0)
    assert both.controls.sides_differ
    assert both.level == "leaks"
    ratio = both.controls.beyond["ratio"]
    assert ratio.goes_beyond
    assert (ratio.auc.low or 0) > 0.05


def test_a_lead_over_a_weak_baseline_is_no_leak_where_shadows_show_none() -> None:
    """The target's outputs may know the difference better than the blind attacker: only random members can tell."""
    weak = world(0, shift=1.0, memory=3.0, memory_of_shadows=0.0)
    assert (weak.controls.beyond["ratio"].auc.low or 0) > 0
    assert weak.level == "distribution_shift"


def has_none(attack: str) -> None:
    """No attack has a shadow."""


def test_without_a_shadow_nothing_is_proven() -> None:
    rng = np.random.default_rng(0)
    member = np.arange(200) < 100
    scores = {"strong": rng.normal(size=200) + 3 * member}
    found = findings(scores, member)
    (beside,) = beyond(found, scores, Rivals.of([rng.normal(size=200)], member), has_none).values()
    assert (beside.auc.low or 0) > 0
    assert not beside.goes_beyond


def test_a_rival_that_ranks_the_sides_the_wrong_way_round_counts_all_the_same() -> None:
    member = np.arange(20) < 10
    rivals = Rivals.of([-member.astype(float)], member)
    assert rivals.lead(member.astype(float), 0.95).value == 0


def test_a_shadow_is_asked_only_for_attacks_that_lead() -> None:
    rng = np.random.default_rng(0)
    member = np.arange(200) < 100
    scores = {"strong": rng.normal(size=200) + 3 * member, "weak": rng.normal(size=200)}
    asked: list[str] = []
    beyond(findings(scores, member), scores, Rivals.of([rng.normal(size=200)], member), asked.append)
    assert asked == ["strong"]
