"""Audits of torch modules in other forms find what the audit of the plain module finds."""

import copy
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pyarrow as pa
import pytest
import torch
from torch import nn

from miaudit import Audit, audit
from miaudit.errors import UserError
from miaudit.experiments.quick import IN_PROCESS
from targets.torch_nets import scripted

RNG = np.random.default_rng(0)
X = RNG.normal(size=(240, 6)).astype(np.float32)
Y = (X[:, 0] + RNG.logistic(size=240) > 0).astype(np.int64)
MEMBERS, NONMEMBERS = (X[:120], Y[:120]), (X[120:], Y[120:])


def trained() -> nn.Sequential:
    """A network that remembers its members, with one logit."""
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(6, 64), nn.Tanh(), nn.Linear(64, 1))
    optimizer = torch.optim.Adam(module.parameters(), 0.01)
    x, y = (torch.from_numpy(part) for part in MEMBERS)
    for _ in range(200):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(module(x).squeeze(1), y.float()).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return module


class Rows(nn.Module):
    """The same network with a column for each class, and what comes last."""

    def __init__(self, inner: nn.Module, last: nn.Module) -> None:
        super().__init__()
        self.inner, self.last = inner, last

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logit = self.inner(x)
        rows: torch.Tensor = self.last(torch.cat([torch.zeros_like(logit), logit], dim=1))
        return rows


def found_in(module: Any, store: Path, models: int = 2, **options: Any) -> Audit:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "models like this")  # in a test's own file
        return audit(module, MEMBERS, NONMEMBERS, models=models, shadows=1, store=store, runner=IN_PROCESS, **options)


def column(found: Audit, name: str) -> Any:
    scores: pa.Table = found.scores
    return scores.sort_by("id")[name].to_numpy()


NET = trained()
FORMS = {
    "a sigmoid": nn.Sequential(copy.deepcopy(NET), nn.Sigmoid()),
    "rows of logits": Rows(copy.deepcopy(NET), nn.Identity()),
    "a softmax": Rows(copy.deepcopy(NET), nn.Softmax(dim=1)),
    "a log-softmax": Rows(copy.deepcopy(NET), nn.LogSoftmax(dim=1)),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    return found_in(NET, tmp_path_factory.mktemp("plain"), attacks=["loss", "entropy", "lira", "calibrated"])


@pytest.mark.parametrize("form", FORMS)
def test_scores_are_those_of_the_module_with_one_logit(form: str, plain: Audit, tmp_path: Path) -> None:
    """References too: they start from the same weights, and each form is trained by the loss that belongs to it."""
    found = found_in(FORMS[form], tmp_path, attacks=["loss", "entropy", "lira", "calibrated"])
    for name in ("loss", "entropy"):
        npt.assert_allclose(column(found, name), column(plain, name), rtol=1e-3, atol=1e-5)
    for name in ("lira", "calibrated"):
        assert found.result.attacks[name].auc.value == pytest.approx(plain.result.attacks[name].auc.value, abs=0.01)
    assert plain.result.attacks["loss"].auc.value is not None
    assert plain.result.attacks["loss"].auc.value > 0.6


def test_a_module_without_a_recipe_is_audited_without_references(tmp_path: Path, plain: Audit) -> None:
    found = found_in(scripted(NET), tmp_path)
    assert found.result.target.description.endswith("which gives the logit of class 1")
    npt.assert_allclose(column(found, "loss"), column(plain, "loss"), rtol=1e-4, atol=1e-6)
    assert "lira" not in found.result.attacks
    assert "reference model" in found.result.skipped["lira"]


class Decides(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (NET(x).squeeze(1) > 0).long()


def test_a_module_that_gives_labels_is_attacked_by_its_labels(tmp_path: Path) -> None:
    found = found_in(Decides(), tmp_path)
    assert list(found.result.attacks) == ["gap", "label_only"]
    assert found.result.target.description.endswith("which gives labels")
    assert found.result.skipped["loss"] == "needs to know how sure the target is, which gives labels only"
    with pytest.raises(UserError, match="attack loss needs to know how sure the target is"):
        found_in(Decides(), tmp_path, attacks=["loss"])


def test_what_the_outputs_are_can_be_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="expected probabilities in"):
        found_in(NET, tmp_path, attacks=["loss"], outputs="probabilities")
    wrong = found_in(FORMS["a sigmoid"], tmp_path, models=2, attacks=["loss"], outputs="logits")
    assert wrong.result.target.description.endswith("which gives the logit of class 1")


class Tokens(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.out = nn.Embedding(20, 8), nn.Linear(8, 2)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.out(self.embedding(tokens).mean(dim=1))
        return logits


def test_token_ids_reach_the_module_and_its_references_as_whole_numbers(tmp_path: Path) -> None:
    ids = RNG.integers(20, size=(240, 5))
    found = audit(
        Tokens(),
        (ids[:120], Y[:120]),
        (ids[120:], Y[120:]),
        models=2,
        shadows=1,
        store=tmp_path,
        jobs=1,
        attacks=["lira"],
    )
    assert found.result.references is not None
    assert found.result.references.models == 2


def test_the_example_of_the_page_does_what_it_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: Any, tmp_path: Path
) -> None:
    page = (Path(__file__).parents[1] / "docs" / "torch.md").read_text(encoding="utf-8")
    code = page.partition("```python\n")[2].partition("```")[0]
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path))
    exec(code.replace("shadows=2)", "shadows=2, jobs=1)"), {})
    said = code.rpartition("# ")[2].strip()
    assert capsys.readouterr().out.strip() == said
