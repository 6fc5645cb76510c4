import subprocess
import sys
from typing import Any

import pytest
import torch

from miaudit.models.mlp import Mlp
from miaudit.training.optimizers import learning_rate, make_optimizer
from tiny import recipe


def test_constant_learning_rate() -> None:
    assert {learning_rate(recipe(learning_rate=0.3, epochs=4), epoch) for epoch in range(4)} == {0.3}


def test_cosine_learning_rate() -> None:
    how = recipe(learning_rate=0.2, schedule="cosine", epochs=4)
    # 0.1 (1 + cos(pi e / 4)) for e = 0, 1, 2, 3
    assert [learning_rate(how, epoch) for epoch in range(4)] == pytest.approx([0.2, 0.17071068, 0.1, 0.02928932])


def test_learning_rate_in_steps() -> None:
    how = recipe(learning_rate=0.8, schedule="step", milestones=(1, 3), gamma=0.5, epochs=5)
    assert [learning_rate(how, epoch) for epoch in range(5)] == pytest.approx([0.8, 0.4, 0.4, 0.2, 0.2])


def test_the_optimizer_is_as_the_recipe_says() -> None:
    module = Mlp().build((4,), 2)
    sgd = make_optimizer(
        module.parameters(), recipe(optimizer="sgd", learning_rate=0.5, momentum=0.9, nesterov=True, weight_decay=0.01)
    )
    assert type(sgd).__name__ == "SGD"
    options = {name: sgd.defaults[name] for name in ("lr", "momentum", "nesterov", "weight_decay")}
    assert options == {"lr": 0.5, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}
    adamw = make_optimizer(module.parameters(), recipe(optimizer="adamw", weight_decay=0.02))
    assert type(adamw).__name__ == "AdamW"
    assert adamw.defaults["weight_decay"] == 0.02
    assert type(make_optimizer(module.parameters(), recipe())).__name__ == "Adam"


def test_no_optimizer_imports_the_compiler() -> None:
    """It would take each process a second."""
    code = """
import sys, torch
from miaudit.training.optimizers import make_optimizer
from miaudit.training.recipe import Recipe
for name in ("sgd", "adam", "adamw"):
    module = torch.nn.Linear(3, 2)
    optimizer = make_optimizer(module.parameters(), Recipe(model=None, optimizer=name))
    before = module.bias.clone()
    module(torch.ones(2, 3)).sum().backward()
    optimizer.step()
    assert not torch.equal(before, module.bias)
    optimizer.zero_grad()
    assert module.bias.grad is None
print("torch._dynamo" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "False\n", done.stderr


@pytest.mark.parametrize("changes", [{"optimizer": "sgd", "momentum": 0.9}, {}, {"optimizer": "adamw"}], ids=str)
def test_steps_are_torchs_own(changes: dict[str, Any]) -> None:
    how = recipe(weight_decay=0.1, **changes)
    plain = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[how.optimizer]
    options = {"lr": how.learning_rate, "weight_decay": 0.1, **({"momentum": 0.9} if how.momentum else {})}
    ours, theirs = torch.ones(40, requires_grad=True), torch.ones(40, requires_grad=True)
    pairs = ((ours, make_optimizer([ours], how)), (theirs, plain([theirs], **options)))
    for step in range(5):
        for parameter, optimizer in pairs:
            parameter.grad = torch.linspace(-1, 1, 40) * (step + 1)
            optimizer.step()
    torch.testing.assert_close(ours, theirs)
