from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from miaudit.datasets.digits import Digits
from miaudit.models.mlp import Mlp
from miaudit.models.smallnet import Smallnet
from miaudit.splits.base import no_rows
from miaudit.training.data import Records, Subset
from miaudit.training.fit import Validation, fit
from miaudit.training.fit_many import fit_many
from miaudit.training.recipe import Recipe
from tiny import blobs, recipe

DIGITS = Digits().load()
X = DIGITS.x.reshape(len(DIGITS), -1)
X = X[:, X.std(axis=0) > 0.05]  # Adam moves the weights of a pixel that is always blank by the sign of rounding errors
RECORDS = Records(X, DIGITS.y, 10)
SIZES = (700, 640, 513, 512, 500, 333, 64, 20)
# Tanh, since a ReLU may be on in one way and off in the other where its input is zero but for rounding: one in some
# hundred trainings then takes another path, as it would on another machine.
TANH = Mlp(hidden=(64,), activation="tanh")
SGD = {"optimizer": "sgd", "learning_rate": 0.1}
MOMENTUM = {**SGD, "learning_rate": 0.05, "momentum": 0.9}
HOWS: list[dict[str, Any]] = [
    SGD,
    {**SGD, "weight_decay": 0.001, "schedule": "cosine"},
    MOMENTUM,
    {**MOMENTUM, "nesterov": True, "weight_decay": 0.001, "schedule": "step", "milestones": (4, 8)},
    {"optimizer": "adam"},
    {"optimizer": "adam", "weight_decay": 0.001, "label_smoothing": 0.1, "batch_size": 50},
    {"optimizer": "adamw", "weight_decay": 0.01, "schedule": "cosine"},
    {"optimizer": "adam", "model": Mlp(hidden=(37, 13), activation="tanh")},
    {"optimizer": "adam", "model": Mlp(hidden=())},
]


def subsets(sizes: Sequence[int] = SIZES) -> list[Subset]:
    return [
        Subset(np.sort(np.random.default_rng(seed).permutation(len(X))[:n]), seed, no_rows())
        for seed, n in enumerate(sizes)
    ]


def flat(module: torch.nn.Module) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in module.parameters()])


def stacked(how: Recipe, chosen: Sequence[Subset]) -> list[torch.Tensor]:
    return [flat(module) for module in fit_many(how, RECORDS, chosen)]


def alone(how: Recipe, subset: Subset) -> torch.Tensor:
    return flat(fit(how, RECORDS, subset))


@pytest.mark.parametrize("changes", HOWS, ids=str)
def test_a_stacked_model_is_the_plain_loops(changes: dict[str, Any]) -> None:
    how = Recipe(**{"model": TANH, "epochs": 12, **changes})
    chosen = subsets()
    for subset, weights in zip(chosen, stacked(how, chosen), strict=True):
        # Over all weights together: Adam divides each gradient by its size, so that where one is nearly zero its
        # rounding, which differs between processors, moves a single weight by more than its neighbours.
        expected = alone(how, subset)
        assert float((weights - expected).norm() / expected.norm()) < 1e-5
        if how.optimizer == "sgd":
            torch.testing.assert_close(weights, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("how", "tolerance"),
    [
        (Recipe(model=Mlp(hidden=(64,)), epochs=3), 1e-5),
        (Recipe(model=TANH, epochs=3, bf16=True), 0.02),
    ],
    ids=["relu", "bf16"],
)
def test_relu_and_a_lower_precision_too(how: Recipe, tolerance: float) -> None:
    chosen = subsets()[:4]
    for subset, weights in zip(chosen, stacked(how, chosen), strict=True):
        torch.testing.assert_close(weights, alone(how, subset), rtol=0, atol=tolerance)


ODD = Mlp(hidden=(37, 13))  # blocks that do not fill their places
COMPANIES: list[list[int]] = [[3], [7], [2, 5, 0, 7], [0, 1, 2, 3], list(range(8))[::-1], [4, 4, 4, 1]]


@pytest.mark.parametrize(
    "how",
    [
        recipe(model=ODD),
        recipe(model=ODD, bf16=True),
        recipe(model=ODD, batch_size=23, label_smoothing=0.1, optimizer="adamw", weight_decay=0.01),
        recipe(model=Mlp(hidden=(64, 256)), batch_size=64, **MOMENTUM),
    ],
    ids=str,
)
def test_a_model_is_the_same_bits_in_any_company(how: Recipe) -> None:
    chosen = subsets([200, 199, 190, 130, 100, 64, 10, 1])
    whole = stacked(how, chosen)
    for company in COMPANIES:
        for k, weights in zip(company, stacked(how, [chosen[k] for k in company]), strict=True):
            assert torch.equal(weights, whole[k]), company


def test_sixteen_equal_subsets_and_each_alone() -> None:
    chosen = subsets([128] * 16)
    how = recipe(model=ODD)
    for subset, weights in zip(chosen, stacked(how, chosen), strict=True):
        assert torch.equal(weights, stacked(how, [subset])[0])


def test_early_stopping_keeps_each_models_first_best_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    accuracies = iter([0.2, 0.9, 0.7, 0.5, 0.7, 0.8])  # of two models in turn, epoch by epoch
    monkeypatch.setattr(Validation, "accuracy", lambda *_: next(accuracies))
    chosen = [subset._replace(validation=np.arange(3)) for subset in subsets([100, 90])]
    first, second = stacked(recipe(epochs=3, early_stopping=True), chosen)
    assert torch.equal(first, stacked(recipe(epochs=2), chosen)[0])
    assert torch.equal(second, stacked(recipe(epochs=1), chosen)[1])


def test_early_stopping_is_the_plain_loops() -> None:
    how = Recipe(model=TANH, epochs=12, early_stopping=True, optimizer="sgd", learning_rate=1.5)
    chosen = [subset._replace(validation=np.setdiff1d(np.arange(900), subset.rows)) for subset in subsets([200, 150])]
    last = stacked(replace(how, early_stopping=False), chosen)
    for subset, weights, final in zip(chosen, stacked(how, chosen), last, strict=True):
        torch.testing.assert_close(weights, alone(how, subset), rtol=0, atol=1e-4)
        assert not torch.equal(weights, final)


def test_the_callers_random_state_is_left_alone() -> None:
    torch.manual_seed(1)
    fit_many(recipe(), RECORDS, subsets([50]))
    after = torch.rand(3)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(3), after)


def test_samples_are_told_every_epoch() -> None:
    told: list[int] = []
    data = blobs()
    records = Records(data.x, data.y, 3)
    fit_many(recipe(epochs=3), records, [Subset(np.arange(20), 0, no_rows())] * 2, tick=told.append)
    assert told == [40, 40, 40]


def test_a_network_that_cannot_be_stacked_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="cannot be stacked"):
        fit_many(recipe(model=Smallnet()), Records(DIGITS.x, DIGITS.y, 10), subsets([50]))
