import copy
import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
import torch
from scipy.special import softmax
from torch import nn
from torch.optim.swa_utils import AveragedModel

from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.model_outputs import ModelOutputs
from miaudit.targets.base import query
from miaudit.targets.torch_module import TorchModule
from miaudit.training.like import Like
from miaudit.training.recipe import Recipe

X = np.random.default_rng(0).normal(size=(7, 4)).astype(np.float32)


class Pair(nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x, x


class Mean(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean(dim=1)


class Pooled(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean(dim=0, keepdim=True)


def test_logits_are_those_of_the_module_at_rest() -> None:
    linear = nn.Linear(4, 3)
    module = nn.Sequential(linear, nn.Dropout(0.5))
    target = TorchModule(module)
    expected = X.astype(np.float64) @ linear.weight.detach().numpy().T + linear.bias.detach().numpy()
    logits = target.outputs(X).values
    assert logits.dtype == np.float32
    npt.assert_allclose(logits, expected, rtol=1e-5, atol=1e-6)
    assert module.training
    assert target.description == "Sequential (torch, 15 parameters)"


def test_a_module_without_parameters_is_a_model_too() -> None:
    npt.assert_array_equal(TorchModule(nn.Identity()).outputs(X).values, X)


def test_logits_in_half_precision_come_as_single() -> None:
    module = nn.Sequential(nn.Linear(4, 3), nn.Identity()).to(torch.bfloat16)

    class Cast(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = module(x.to(torch.bfloat16))
            return logits

    assert TorchModule(Cast()).outputs(X).values.dtype == np.float32


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.Linear(5, 3), r"records of shape \(4,\).* failed on 7 records: RuntimeError: mat1 and mat2"),
        (Pair(), r"expected a module that gives a tensor, or an object with `logits`, got a tuple of 2: wrap it"),
        (Pooled(), r"\(7, C\) with C >= 2, it gave \(1, 4\)"),
    ],
)
def test_a_module_that_gives_no_logits_is_refused(module: nn.Module, message: str) -> None:
    with pytest.raises(UserError, match=message):
        query(TorchModule(module), X)


def test_logits_that_are_not_finite_are_refused() -> None:
    with pytest.raises(UserError, match="the Identity, asked about 1 record: expected finite numbers, got nan"):
        query(TorchModule(nn.Identity()), np.array([[1.0, np.nan]], dtype=np.float32))


def test_its_own_architecture_is_trained_by_the_default_recipe() -> None:
    module, rng = nn.Linear(4, 3), np.random.default_rng(0)
    guess = TorchModule(module).guess(X, rng.integers(3, size=7))
    assert guess is not None
    assert guess.recipe == Recipe(model=Like.of(module))
    assert guess.words == "by the default recipe for the target's architecture"


class Remembers(nn.Module):
    """Keeps its training where re-initialising does not reach."""

    memory: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("memory", torch.eye(4, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = x @ self.memory
        return answer


def test_no_guess_where_a_fresh_copy_would_remember() -> None:
    x = np.repeat(np.eye(4, dtype=np.float32)[:3], 20, axis=0)
    with pytest.raises(UserError, match="re-initialising the target leaves trained state in memory"):
        TorchModule(Remembers()).guess(x, np.repeat(np.arange(3), 20))


LINEAR = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))
BINARY = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
RECORDS = np.random.default_rng(1).normal(size=(300, 4)).astype(np.float32) * 3
DATA = Dataset("records", RECORDS, np.arange(300) % 2, 2)


class Named(nn.Module):
    """Answers as models of Hugging Face do: an object, a dictionary or a tuple of one."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.inner, self.form = LINEAR, form

    def forward(self, x: torch.Tensor) -> object:
        logits = self.inner(x)
        forms: dict[str, object] = {
            "object": SimpleNamespace(loss=None, logits=logits),
            "dictionary": {"loss": 0.0, "logits": logits},
            "tuple": (logits,),
        }
        return forms[self.form]


class Flat(nn.Module):
    """One number per record, without a second dimension."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        flat: torch.Tensor = self.inner(x).squeeze(1)
        return flat


def p_of(outputs: ModelOutputs) -> Any:
    values = outputs.values.astype(np.float64)
    return values if outputs.kind == "probs" else softmax(values, axis=1)


def plain(module: nn.Module) -> Any:
    """What the module gives without a target around it, as probabilities (n, C)."""
    with torch.no_grad():
        logits = module.eval()(torch.from_numpy(RECORDS)).double().numpy()
    if logits.shape[1] == 1:
        logits = np.concatenate([np.zeros_like(logits), logits], axis=1)
    return softmax(logits, axis=1)


@pytest.mark.parametrize(
    ("module", "original", "words"),
    [
        (LINEAR, LINEAR, "logits"),
        (nn.Sequential(*LINEAR, nn.Softmax(dim=1)), LINEAR, "probabilities"),
        (nn.Sequential(*LINEAR, nn.LogSoftmax(dim=1)), LINEAR, "log-probabilities"),
        (BINARY, BINARY, "the logit of class 1"),
        (Flat(BINARY), BINARY, "the logit of class 1"),
        (nn.Sequential(*BINARY, nn.Sigmoid()), BINARY, "the probability of class 1"),
        (Flat(nn.Sequential(*BINARY, nn.Sigmoid())), BINARY, "the probability of class 1"),
        (Named("object"), LINEAR, "logits"),
        (Named("dictionary"), LINEAR, "logits"),
        (Named("tuple"), LINEAR, "logits"),
        (nn.DataParallel(LINEAR), LINEAR, "logits"),
        (AveragedModel(LINEAR), LINEAR, "logits"),
        (copy.deepcopy(LINEAR).double(), LINEAR, "logits"),
        (copy.deepcopy(LINEAR).requires_grad_(False), LINEAR, "logits"),
    ],
)
def test_every_form_of_a_network_gives_the_same(module: nn.Module, original: nn.Module, words: str) -> None:
    check_form(module, original, words)


def test_a_compiled_network_gives_the_same() -> None:
    check_form(torch.compile(LINEAR, backend="eager"), LINEAR, "logits")  # type: ignore[arg-type]


def check_form(module: nn.Module, original: nn.Module, words: str) -> None:
    target = TorchModule(module).tried(DATA)
    assert target.description.endswith(f", which gives {words}")
    assert "OptimizedModule" not in target.description
    npt.assert_allclose(p_of(query(target, RECORDS)), plain(original), rtol=2e-5, atol=1e-7)


@pytest.mark.parametrize(("dtype", "digits"), [(torch.float16, 3e-3), (torch.bfloat16, 2e-2)])
@pytest.mark.parametrize("last", [nn.Identity(), nn.Softmax(dim=1), nn.LogSoftmax(dim=1)])
def test_networks_in_half_precision_are_asked_in_it(dtype: torch.dtype, digits: float, last: nn.Module) -> None:
    module = nn.Sequential(*copy.deepcopy(LINEAR), last).to(dtype)
    outputs = query(TorchModule(module).tried(DATA), RECORDS)
    assert outputs.values.dtype == np.float32
    npt.assert_allclose(p_of(outputs), plain(LINEAR), atol=digits)


def test_every_part_gets_its_mode_back() -> None:
    module = nn.Sequential(nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 3)).train()
    module[0].eval()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    target = TorchModule(module)
    npt.assert_array_equal(target.answers(RECORDS), target.answers(RECORDS))
    assert [part.training for part in module] == [False, True, True]
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_layers_that_are_made_by_the_first_call_can_be_trained_afterwards() -> None:
    module = nn.Sequential(nn.LazyLinear(8), nn.Tanh(), nn.LazyLinear(3))
    target = TorchModule(module).tried(DATA)
    assert target.answers(RECORDS).shape == (300, 3)
    module(torch.from_numpy(RECORDS)).sum().backward()
    assert module[0].weight.grad is not None


class Tokens(nn.Module):
    """Takes whole numbers only."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.out = nn.Embedding(50, 4), nn.Linear(4, 3)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.out(self.embedding(tokens).mean(dim=1))
        return logits


def test_whole_numbers_stay_so_only_where_the_module_takes_nothing_else() -> None:
    ids = np.random.default_rng(0).integers(50, size=(20, 6))
    assert TorchModule(Tokens()).dtype_for(ids) is np.int64
    assert TorchModule(Tokens()).answers(ids.astype(np.int32)).shape == (20, 3)
    assert TorchModule(nn.Linear(6, 3)).dtype_for(ids) is np.float32
    assert TorchModule(nn.Linear(9, 3)).dtype_for(ids) is np.float32  # fits neither: the error is told when it is asked
    assert TorchModule(Tokens()).dtype_for(ids.astype(float)) is np.float32


def test_what_the_outputs_are_can_be_said() -> None:
    weak = nn.Sequential(nn.Linear(4, 1), nn.Hardtanh(0.4, 0.6))  # logits that happen to lie between 0 and 1
    assert "the probability of class 1" in TorchModule(weak).tried(DATA).description
    told = TorchModule(weak).with_outputs("logits").tried(DATA)
    assert "the logit of class 1" in told.description
    npt.assert_array_equal(query(told, RECORDS).values[:, 0], 0.0)


def test_a_batch_does_not_change_how_answers_are_read() -> None:
    target = TorchModule(BINARY).tried(DATA)
    inside = RECORDS[((target.answers(RECORDS) >= 0) & (target.answers(RECORDS) <= 1)).ravel()][:3]
    assert len(inside)
    assert query(target, inside).kind == "logits"


class Decides(nn.Module):
    """Gives the class alone."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        labels: torch.Tensor = LINEAR(x).argmax(dim=1)
        return labels


def test_a_module_that_gives_labels_is_marked_and_not_trained() -> None:
    target = TorchModule(Decides()).tried(DATA)
    assert target.labels_only
    assert target.guess(RECORDS, DATA.y) is None
    npt.assert_array_equal(query(target.with_classes(3), RECORDS).values.argmax(axis=1), plain(LINEAR).argmax(axis=1))


def words_of(module: nn.Module) -> str:
    guess = TorchModule(module).guess(RECORDS, DATA.y)
    assert guess is not None
    return guess.words


def test_the_report_says_in_what_models_like_it_differ() -> None:
    frozen = copy.deepcopy(LINEAR)
    frozen[0].requires_grad_(False)
    assert words_of(frozen).endswith("for the target's architecture, with its frozen layers as they are")
    assert words_of(copy.deepcopy(LINEAR).half()).endswith(", in single precision")
    assert words_of(copy.deepcopy(LINEAR).requires_grad_(False)).endswith("architecture")


def test_models_like_one_trained_with_opacus_are_said_to_lack_its_privacy() -> None:
    grad_sample = pytest.importorskip("opacus").GradSampleModule
    private = grad_sample(copy.deepcopy(LINEAR))
    expected = 'without the differential privacy that it was trained with .* defence="dp_sgd" and attacker="knows"'
    for module in (private, private._module):
        guess = TorchModule(module).guess(RECORDS, DATA.y)
        assert guess is not None
        assert re.search(expected, guess.undefended)
        assert guess.words.endswith("architecture")
        assert guess.recipe == Recipe(model=Like.of(LINEAR))
