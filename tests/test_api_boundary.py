"""What strangers may give to `audit()`: one message each, which names the call and the fault."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

import miaudit
from miaudit.arrays import Floats
from miaudit.attacks.base import Needs
from miaudit.defences.l2 import L2
from miaudit.errors import UserError
from miaudit.evidence import Evidence

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 4)).astype(np.float32), np.arange(40) % 3
WEIGHTS = RNG.normal(size=(4, 3)).astype(np.float32)
FITTED = LogisticRegression().fit(X, Y)
P = np.full((20, 3), 1 / 3)
MEMBERS, NONMEMBERS = (X[:20], Y[:20]), (X[20:], Y[20:])


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path))


class Target:
    """A model of the user's own."""

    description = "mine"

    def __init__(self, answer: Callable[[Floats], Any]) -> None:
        self.logits = answer


class Slow(LogisticRegression):  # type: ignore[misc]
    """A classifier behind a line that is down."""

    def predict_proba(self, X: Floats) -> Floats:
        raise TimeoutError("no answer")


class Fails(torch.nn.Module):
    """A module whose error is longer than a screen."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise KeyError("k" * 10_000)


class MyAttack:
    """An attack of the user's own."""

    paper: ClassVar[str] = ""
    equation: ClassVar[str] = ""
    adversary: ClassVar[str] = ""
    learns: ClassVar[bool] = False
    needs = Needs()

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        raise ZeroDivisionError("mine")


def raises(error: BaseException) -> Callable[[Floats], Any]:
    def answer(x: Floats) -> Any:
        raise error

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: (x @ WEIGHTS).tolist(),
        lambda x: torch.tensor(x).double() @ torch.tensor(WEIGHTS, requires_grad=True).double(),
    ],
    ids=["lists", "tensors with gradients"],
)
def test_lists_and_tensors_are_outputs(answer: Callable[[Floats], Any]) -> None:
    found = miaudit.audit(Target(answer), MEMBERS, NONMEMBERS, attacks=["loss"])
    usual = miaudit.audit(Target(lambda x: x @ WEIGHTS), MEMBERS, NONMEMBERS, attacks=["loss"])
    np.testing.assert_allclose(found.scores["loss"], usual.scores["loss"], rtol=1e-5)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            Target(raises(TimeoutError("no answer"))),
            r"the Target, given records of shape \(4,\), failed on 40 records: TimeoutError: no answer",
        ),
        (Target(lambda _: [[1, 2], [3]]), r"the Target, given records .* failed on 40 records: ValueError"),
        (Target(lambda _: None), "the Target, asked about 40 records: expected numbers"),
        (Slow().fit(X, Y), "predict_proba of the Slow, .* failed on 1 record: TimeoutError: no answer"),
        (Fails(), r"the Fails, .*shape \(4,\).* failed on \d+ records: KeyError: 'kkk"),
        (miaudit.Predictions("a", "b"), "expected probabilities"),  # type: ignore[arg-type]
        (miaudit.Predictions([[1], [1, 2]], [[1]]), "expected probabilities .* no array"),  # type: ignore[arg-type]
    ],
)
def test_a_model_that_fails_is_named(target: Any, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        miaudit.audit(target, MEMBERS, NONMEMBERS, attacks=["loss"])
    assert len(str(error.value)) <= 1500


def test_an_attack_that_fails_is_named() -> None:
    with pytest.raises(UserError, match=r"attack .*MyAttack.* failed on 40 records: ZeroDivisionError: mine"):
        miaudit.audit(Target(lambda x: x @ WEIGHTS), MEMBERS, NONMEMBERS, attacks=[MyAttack()])


def test_an_interrupt_within_a_model_passes() -> None:
    with pytest.raises(KeyboardInterrupt):
        miaudit.audit(Target(raises(KeyboardInterrupt())), MEMBERS, NONMEMBERS, attacks=["loss"])


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ((X[:20], np.array(["a"] * 20)), r"labels of one kind, got text and numbers \('a', 2, 0\)"),
        ((X[:20], [None] * 20), "members: expected a label for every record, got none for 20 of them"),
        ((np.full((20, 4), "a"), Y[:20]), "members: expected numbers in x"),
        ((X[:20], [[1], [1, 2]]), "members: expected a pair"),
        ((X[:20], Y[:20] + 10**12), r"not fitted on the labels \[1000000000000, .* of members"),
        ("members.csv", "cannot read members.csv: expected a table of records, got no such file"),
    ],
)
def test_records_that_are_none(members: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        miaudit.audit(FITTED, members, NONMEMBERS, attacks=["loss"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"models": 10**9}, "models: .*less than or equal to 10000; got 1000000000"),
        ({"jobs": "many"}, "expected jobs of 1 or more, got 'many'"),
        ({"store": 3}, "expected a folder or a URL as store, got 3"),
        ({"recipe": {"epochs": 3}}, "expected a miaudit.Recipe as recipe, got {'epochs': 3}"),
        ({"attacks": 3}, "a list of attacks, got 3"),
        ({"attacks": ["lirra"]}, "no attack is called 'lirra': did you mean 'lira'?"),
        ({"known_fraction": "a"}, "known_fraction: "),
        ({"budget": "10 minutes"}, "budget: expected a time such as 90s, 10m or 2h, got '10 minutes'"),
        ({"budget": 0}, 'expected a budget in seconds or such as "10m", got 0'),
        ({"budget": "1m", "target": miaudit.Predictions(P, P)}, "a budget sets the number of models in the pool"),
        ({"anytime": print, "target": miaudit.Predictions(P, P)}, "early results come as a pool grows"),
        ({"runner": "head"}, "HOST:PORT of its head node, or auto; got head"),
        ({"runner": 3}, "expected the address of a Ray cluster or a runner, got 3"),
        ({"defence": "l3"}, "no defence is called 'l3': expected one of augmentation"),
        ({"defence": L2}, "expected the name of a defence or a defence, got <class"),
        (
            {"defence": "l2"},
            "defence l2 changes how a network is trained: expected a miaudit.Recipe",
        ),
        ({"attacker": "knows"}, "`attacker` says who knows of a defence: it needs `defence`"),
        ({"defence": "l2", "attacker": "nobody"}, 'expected "knows" or "unaware" as attacker, got \'nobody\''),
    ],
)
def test_options_that_are_none(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        miaudit.audit(**{"target": FITTED, "members": MEMBERS, "nonmembers": NONMEMBERS, **options})
