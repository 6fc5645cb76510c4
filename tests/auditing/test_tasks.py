import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from miaudit import registry
from miaudit.arrays import Floats
from miaudit.attacks.base import Cut
from miaudit.attacks.loss import Loss
from miaudit.auditing.scoring import choose_cut, learned, score
from miaudit.auditing.tasks import STAGES, Answer, Material, Outcome, Task, answer_of, portable, tasks_of
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.thresholds.best_accuracy import BestAccuracy
from worlds import gaussian_world

EVIDENCE = gaussian_world(np.random.default_rng(1), n=60, references=6, shadows=2).evidence
OTHER = gaussian_world(np.random.default_rng(2), n=40, references=6, shadows=2).evidence
MATERIAL = Material(EVIDENCE, OTHER, BestAccuracy(), 0)
TWO_STAGE: Any = registry.build("attacks", "two_stage", {})


@dataclass(frozen=True)
class Raises(Loss):
    error: Any = None

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        warnings.warn("too short", RuntimeWarning, stacklevel=1)
        if self.error is not None:
            raise self.error
        return super().score(evidence, rng)


@dataclass(frozen=True)
class Shifting(Loss):
    """The loss plus what it chose, which differs with the shadows that it is shown."""

    shift: float | None = None

    def settled(self, evidence: Evidence) -> "Shifting":
        return Shifting(shift=100.0 * len(evidence.shadows) if self.shift is None else self.shift)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        return super().score(evidence, rng) + (self.settled(evidence).shift or 0.0)


def outcome(attack: Any, part: Any = "score") -> Outcome:
    return Task("mine", attack, part).run(MATERIAL)


def test_the_parts_together_are_what_the_attack_says() -> None:
    given = [task for stage in STAGES for task in tasks_of(stage, "t", TWO_STAGE)]
    scored, cut, control = (answer_of(task, task.run(MATERIAL)) for task in given)
    assert scored.scores is not None
    npt.assert_array_equal(scored.scores, score("t", TWO_STAGE, EVIDENCE, 0))
    assert scored.learned == learned("t", TWO_STAGE, EVIDENCE, 0)
    assert (scored.cut, cut.scores, control.cut) == (None, None, None)
    assert cut.cut == choose_cut("t", TWO_STAGE, EVIDENCE, BestAccuracy(), 0)
    assert control.scores is not None
    npt.assert_array_equal(control.scores, score("t", TWO_STAGE, OTHER, 0))


def test_scores_and_cut_come_from_the_same_settled_attack() -> None:
    """On one shadow under audit there is only the other one to choose on: unsettled, the cut would lie 100 too low."""
    found: list[Any] = [outcome(Shifting(), part).answer for part in ("score", "cut", "judge")]
    plain: Any = outcome(Loss(), "judge").answer
    scored, cut, both = found
    for shifted in (scored, both):
        npt.assert_allclose(shifted.scores, plain.scores + 200.0)
    for shifted in (cut, both):
        assert shifted.cut.value == pytest.approx(plain.cut.value + 200.0)


@pytest.mark.parametrize(
    ("name", "parts"),
    [("loss", ["judge"]), ("ensemble", ["judge"]), ("two_stage", ["score", "cut"]), ("ldc", ["score", "cut"])],
)
def test_an_attack_that_learns_anew_for_its_cut_is_shared_among_processes(name: str, parts: list[str]) -> None:
    attack = registry.build("attacks", name, {})
    given = [task for stage in STAGES for task in tasks_of(stage, name, attack)]
    assert [task.part for task in given] == [*parts, "control"]
    assert [task.stage for task in given] == ["attacks"] * len(parts) + ["controls"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (UserError("no such thing"), "^attack mine: no such thing"),
        (UserError("attack mine fails"), "^attack mine fails"),
    ],
)
def test_the_users_error_names_the_attack(error: UserError, expected: str) -> None:
    with pytest.warns(RuntimeWarning), pytest.raises(UserError, match=expected):
        answer_of(Task("mine", Raises(), "score"), outcome(Raises(error)))


def test_an_error_of_miaudits_own_attacks_stays_what_it_is_and_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Raises, "__module__", "miaudit.attacks.raises")
    with pytest.warns(RuntimeWarning), pytest.raises(KeyError, match="lost") as caught:
        answer_of(Task("mine", Raises(), "score"), portable(outcome(Raises(KeyError("lost")))))
    trace, note = caught.value.__notes__
    assert "raise self.error" in trace
    assert note == "raised by attack mine"


def test_a_warning_comes_with_the_attacks_name() -> None:
    with pytest.warns(RuntimeWarning, match="^attack mine: too short$"):
        answer_of(Task("mine", Raises(), "score"), outcome(Raises()))


def test_an_outcome_of_nothing_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="an answer or an error"):
        answer_of(Task("mine", Loss(), "score"), Outcome(None, None, ()))
    cut = Answer(cut=Cut(1.0, "mine"))
    assert answer_of(Task("mine", Loss(), "cut"), Outcome(cut, None, ())) == cut


def test_learning_and_its_cut_are_taken_to_be_long() -> None:
    ldc: Any = registry.build("attacks", "ldc", {})
    seconds = [Task("a", attack, part).seconds(MATERIAL) for attack in (ldc, Loss()) for part in ("cut", "score")]
    assert seconds == sorted(seconds, reverse=True)
    assert seconds[0] == pytest.approx(2 * 60 * 6 / 5e6 + 5 * 2 * 60 / 60e3, rel=0.2)
    assert Task("a", ldc, "judge").seconds(MATERIAL) == pytest.approx(seconds[0] + 2 * 60 / 60e3)
