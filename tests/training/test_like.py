import importlib
import sys
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from miaudit.answers import AnswerForm
from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.training.like import Like
from miaudit.training.recipe import Recipe
from tiny import Net


class Wide(Net):
    """The same layers, another source."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.out(torch.tanh(self.inner(x.flatten(1))))
        return logits


class Bare(nn.Module):
    """A layer that cannot be drawn afresh."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3))


def key(module: nn.Module) -> str:
    return fingerprint(Recipe(model=Like.of(module)))


def test_the_copy_has_fresh_weights_and_leaves_the_module_alone() -> None:
    module = Net()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    torch.manual_seed(3)
    copy = Like.of(module).build((1, 8, 8), 10)
    assert copy.training
    assert not torch.equal(copy.state_dict()["inner.weight"], before["inner.weight"])
    assert all(torch.equal(module.state_dict()[name], value) for name, value in before.items())


def test_statistics_are_reset_too() -> None:
    module = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    module(torch.randn(50, 4) + 9)
    assert module.state_dict()["1.running_mean"].abs().max() > 0
    assert torch.equal(Like.of(module).build((4,), 4).state_dict()["1.running_mean"], torch.zeros(4))


def test_weights_follow_from_the_seed() -> None:
    like = Like.of(Net())
    built = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        built.append(like.build((64,), 10).state_dict()["out.weight"])
    assert torch.equal(built[0], built[1])
    assert not torch.equal(built[0], built[2])


def test_the_name_is_that_of_the_architecture_not_of_the_weights() -> None:
    trained = Net()
    with torch.no_grad():
        trained.inner.weight.add_(1.0)
    assert key(Net()) == key(trained)


def test_the_name_changes_with_sizes_layers_and_source() -> None:
    modules = [Net(), Net(features=32), Net(classes=9), Wide(), nn.Sequential(nn.Linear(64, 10))]
    assert len({key(module) for module in modules}) == len(modules)


def test_what_repr_does_not_show_is_part_of_the_name() -> None:
    relu, gelu = nn.TransformerEncoderLayer(8, 2), nn.TransformerEncoderLayer(8, 2, activation="gelu")
    assert key(relu) == key(nn.TransformerEncoderLayer(8, 2))
    assert key(relu) != key(gelu)


def test_attention_is_drawn_afresh() -> None:
    module = nn.TransformerEncoderLayer(8, 2)
    copy = Like.of(module).build((8,), 2)
    assert not torch.equal(
        copy.state_dict()["self_attn.in_proj_weight"], module.state_dict()["self_attn.in_proj_weight"]
    )


def test_a_module_that_cannot_be_drawn_afresh_is_refused() -> None:
    with pytest.raises(UserError, match=r"layer '0' has parameters \['weight'\] but no reset_parameters"):
        Like.of(nn.Sequential(Bare()))


@dataclass
class Options:
    """Of a network, by value."""

    scale: float
    sizes: dict[str, int]


class Holding(nn.Module):
    """Computes with whatever it holds."""

    mask: torch.Tensor

    def __init__(self, held: Any, mask: torch.Tensor) -> None:
        super().__init__()
        self.held = held
        self.register_buffer("mask", mask)
        self.out = nn.Linear(2, 2)


ONES = torch.ones(2)


def test_the_name_changes_with_what_the_module_holds() -> None:
    held = [
        *({"a": 1}, {"a": 2}, Options(1.0, {"a": 1}), Options(2.0, {"a": 1}), Options(1.0, {"a": 2})),
        *(
            torch.ones(2),
            torch.zeros(2),
            np.ones(2),
            {"a": [torch.ones(2)]},
            [lambda x: x],
            [lambda x: x + 1],
            {1},
            None,
        ),
    ]
    keys = [key(Holding(each, ONES)) for each in held]
    assert len(set(keys)) == len(keys)
    assert [key(Holding(each, ONES)) for each in held] == keys
    assert key(Holding(None, torch.zeros(2))) != key(Holding(None, ONES)) == keys[-1]


def test_statistics_that_are_drawn_afresh_are_no_part_of_the_name() -> None:
    trained = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    before = key(trained)
    trained(torch.randn(50, 4) + 9)
    assert key(trained) == before


def _doubled(_: nn.Module, given: Any, made: torch.Tensor) -> torch.Tensor:
    return made * 2


def _unchanged(_: nn.Module, x: torch.Tensor) -> torch.Tensor:
    return x


def test_the_name_changes_with_hooks_frozen_layers_and_a_forward_of_its_own() -> None:
    def plain() -> nn.Sequential:
        return nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))

    hooked, frozen, replaced = plain(), plain(), plain()
    hooked.register_forward_hook(_doubled)
    frozen[0].requires_grad_(False)
    replaced[0].forward = types.MethodType(_unchanged, replaced[0])
    modules = [plain(), hooked, frozen, replaced]
    assert len({key(module) for module in modules}) == len(modules)
    assert key(replaced) == key(replaced)


def test_describing_a_module_draws_nothing() -> None:
    torch.manual_seed(1)
    Like.of(nn.Linear(2, 2))
    after = torch.rand(3)
    torch.manual_seed(1)
    nn.Linear(2, 2)
    assert torch.equal(torch.rand(3), after)


class Logging(Net):
    """Writes to a file that is open."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        LOG.write("asked\n")
        logits: torch.Tensor = super().forward(x)
        return logits


LOG: Any = None


def test_models_of_code_with_an_open_file_are_not_reused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "log").open("w") as file:
        monkeypatch.setitem(globals(), "LOG", file)
        with pytest.warns(UserWarning, match="models like this Logging will not be reused in later runs"):
            like = Like.of(Logging())
    assert any(part.startswith("unknown ") for part in like.source)


NET = """
import torch
from torch import nn

DROP = {drop}

class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        return self.out(nn.functional.dropout(x, DROP, self.training))
"""


def test_a_constant_that_forward_reads_is_part_of_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    keys = []
    for drop in (0.0, 0.9, 0.0):
        (tmp_path / "net_with_constant.py").write_text(NET.format(drop=drop))
        monkeypatch.delitem(sys.modules, "net_with_constant", raising=False)
        importlib.invalidate_caches()
        keys.append(key(importlib.import_module("net_with_constant").Own()))
    assert keys[0] == keys[2] != keys[1]


def frozen_below() -> nn.Sequential:
    """A network whose first layers were trained elsewhere and stay as they are."""
    module = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 3))
    module(torch.randn(50, 4) + 9)
    for part in (module[0], module[1]):
        part.requires_grad_(False)
    return module


def test_frozen_layers_stay_with_their_statistics_and_the_rest_is_drawn_afresh() -> None:
    module = frozen_below()
    fresh = Like.of(module).build((4,), 3).state_dict()
    for name, value in module.state_dict().items():
        assert fresh[name].equal(value) == (not name.startswith("2.")), name


def test_frozen_weights_are_part_of_the_name() -> None:
    module, other = frozen_below(), frozen_below()
    assert key(module) == key(module) != key(other)


def test_a_network_that_is_frozen_as_a_whole_is_trained_like_any_other() -> None:
    module = nn.Sequential(nn.Linear(4, 3))
    name = key(module)
    module.requires_grad_(False)
    fresh = Like.of(module).build((4,), 3)
    assert key(module) == name
    assert all(value.requires_grad for value in fresh.parameters())
    assert not module[0].weight.requires_grad
    assert not fresh.state_dict()["0.weight"].equal(module[0].weight)


def test_half_precision_is_trained_in_single_precision_and_double_in_double() -> None:
    half = Like.of(nn.Linear(4, 3).bfloat16())
    assert next(half.build((4,), 3).parameters()).dtype == torch.float32
    assert fingerprint(half) == fingerprint(Like.of(nn.Linear(4, 3)))
    double = Like.of(nn.Linear(4, 3).double())
    assert double.build((4,), 3)(torch.zeros(2, 4)).dtype == torch.float64
    assert fingerprint(double) != fingerprint(half)


def test_what_a_network_gives_is_part_of_its_name_unless_it_is_logits() -> None:
    module = nn.Linear(4, 1)
    forms = [AnswerForm(), AnswerForm("logits", single=True), AnswerForm("probabilities", single=True)]
    assert len({fingerprint(Like.of(module, form)) for form in forms}) == 3
    rows = nn.Linear(4, 3)
    assert fingerprint(Like.of(rows, AnswerForm("log_probabilities"))) == fingerprint(Like.of(rows))


def test_models_of_recurrent_layers_are_reused(recwarn: pytest.WarningsRecorder) -> None:
    assert key(nn.GRU(4, 4)) == key(nn.GRU(4, 4))
    assert not recwarn.list
