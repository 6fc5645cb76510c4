"""Audits with the user's own training code, and with recipes that leave something to the target."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier
from torch import nn

import own_code
from miaudit import Audit, Recipe, UserError, audit
from miaudit.arrays import Floats, Ints
from tiny import blobs

DATA = blobs(240, classes=3)
MEMBERS, NONMEMBERS, SPARE = (
    (DATA.x[start:end], DATA.y[start:end]) for start, end in ((0, 100), (100, 200), (200, 240))
)


def audited(target: Any, store: Path, **more: Any) -> Audit:
    return audit(
        target, MEMBERS, NONMEMBERS, attacks=["loss", "lira"], models=4, shadows=2, store=store, jobs=1, **more
    )


def fit(x: Floats, y: Ints, seed: int) -> nn.Module:
    """A training loop as users write them."""
    torch.manual_seed(seed)
    model = nn.Linear(4, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(20):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(torch.from_numpy(x)), torch.from_numpy(y)).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return model


def test_a_torch_loop_is_trained_once_and_found_again(tmp_path: Path) -> None:
    found = audited(fit(*MEMBERS, 0), tmp_path, fit=fit)
    assert found.result.references is not None
    assert found.result.references.recipe == "by fit() of test_api_fit.py"
    assert found.result.references.given
    assert found.result.cost.models_trained == 4
    assert any("by fit() of test_api_fit.py (as given)" in line for line in found.result.verdict.sentences)
    again = audited(fit(*MEMBERS, 0), tmp_path, fit=fit)
    assert (again.result.cost.models_trained, again.result.cost.models_cached) == (0, 4)
    npt.assert_array_equal(again.scores["lira"].to_numpy(), found.scores["lira"].to_numpy())


def test_a_function_gives_what_its_estimator_gives(tmp_path: Path) -> None:
    x, y = MEMBERS
    target = RandomForestClassifier(5, random_state=0).fit(x, y)
    own = audited(target, tmp_path, fit=own_code.forest)
    known = audited(target, tmp_path, recipe=RandomForestClassifier(5))
    npt.assert_array_equal(own.scores["lira"].to_numpy(), known.scores["lira"].to_numpy())


def test_remarks_of_the_trial_reach_the_reader(tmp_path: Path) -> None:
    def talks(x: Floats, y: Ints, seed: int) -> Any:
        print("epoch 1")
        return own_code.train(x, y, seed)

    found = audited(own_code.train(*MEMBERS, 0), tmp_path, fit=talks)
    assert "the last line of a trial was: epoch 1" in str(found)


def test_validation_records(tmp_path: Path) -> None:
    def stops(x: Floats, y: Ints, seed: int, x_val: Floats, y_val: Ints) -> Any:
        if len(y_val) != len(SPARE[1]) or not np.isin(x_val, SPARE[0]).all():
            raise ValueError(f"not the {len(SPARE[1])} records")
        return own_code.train(x, y, seed)

    target = own_code.train(*MEMBERS, 0)
    found = audited(target, tmp_path, fit=stops, validation=SPARE)
    assert (found.result.target.members, found.result.target.nonmembers) == (100, 100)
    with pytest.raises(UserError, match=r"needs records that no model is trained on.*validation"):
        audited(target, tmp_path, fit=stops)


def test_early_stopping_by_validation_records(tmp_path: Path) -> None:
    target = fit(*MEMBERS, 0)
    found = audited(target, tmp_path, recipe=Recipe(epochs=2, early_stopping=True), validation=SPARE)
    assert found.result.cost.models_trained == 4


def test_a_recipe_without_a_model_takes_the_targets(tmp_path: Path) -> None:
    found = audited(fit(*MEMBERS, 0), tmp_path, recipe=Recipe(epochs=2, optimizer="sgd"))
    told = found.result.provenance.recipe
    assert told is not None
    assert told["epochs"] == 2
    assert "Linear(in_features=4, out_features=3" in told["model"]["structure"]
    with pytest.raises(UserError, match="what the Centres is made of is unknown: write Recipe"):
        audited(own_code.train(*MEMBERS, 0), tmp_path, recipe=Recipe(epochs=2))


def test_a_warm_start(tmp_path: Path) -> None:
    start, target = nn.Linear(4, 3), fit(*MEMBERS, 0)
    for weights in (start, start.state_dict()):
        found = audited(target, tmp_path, recipe=Recipe(start=weights, epochs=1))
        assert found.result.cost.models_trained + found.result.cost.models_cached == 4
    assert found.result.cost.models_cached == 4  # the module and its weights are the same start
    with pytest.raises(UserError, match="`start` has the weights of the Linear after its training"):
        audited(target, tmp_path, recipe=Recipe(start=target, epochs=1))


def test_a_module_as_the_model_answers_as_it_does(tmp_path: Path) -> None:
    class Rates(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return super().forward(x).softmax(dim=1)

    found = audited(fit(*MEMBERS, 0), tmp_path, recipe=Recipe(model=Rates(4, 3), epochs=1))
    assert found.result.cost.models_trained == 4
    assert "probabilities" in str(found.result.provenance.recipe)
