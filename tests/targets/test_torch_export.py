"""Programs of torch.export give what their torch original gives."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
import torch
from torch import nn

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.targets.base import query
from miaudit.targets.search import open_target, target_of
from miaudit.targets.torch_export import TorchExport
from miaudit.targets.torch_module import TorchModule
from targets.torch_nets import DATA, RECORDS, net

EXPECTED = TorchModule(net()).outputs(RECORDS).values


def program(module: nn.Module, x: torch.Tensor, any_batch: bool) -> torch.export.ExportedProgram:
    shapes = ({0: torch.export.Dim("batch")},) if any_batch else None
    return torch.export.export(module.eval(), (x,), dynamic_shapes=shapes)


@pytest.mark.parametrize("any_batch", [True, False])
def test_a_program_answers_as_the_original_whatever_batch_it_was_exported_for(any_batch: bool) -> None:
    target = target_of(program(net(), torch.zeros(7, 4), any_batch)).tried(DATA)  # 30 records are no multiple of 7
    assert isinstance(target, TorchExport)
    assert target.description == "a program (torch.export, 83 parameters), which gives logits"
    npt.assert_allclose(query(target, RECORDS).values, EXPECTED, rtol=1e-5, atol=1e-6)
    assert target.guess(RECORDS, DATA.y) is None


def test_a_file_is_read_only_where_the_user_trusts_it(tmp_path: Path) -> None:
    torch.export.save(program(net(), torch.zeros(7, 4), any_batch=True), tmp_path / "model.pt2")
    target = open_target(Address.read("model.pt2?trust=yes", folder=tmp_path))
    npt.assert_allclose(query(target, RECORDS).values, EXPECTED, rtol=1e-5, atol=1e-6)
    for text in ("model.pt2", "model.pt2?trust=no"):
        with pytest.raises(UserError, match=r"runs code that it holds; if you trust it, say so: model\.pt2\?trust=yes"):
            open_target(Address.read(text, folder=tmp_path))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.pt2").write_bytes(b"PK none")
    with pytest.raises(UserError, match=r"model\.pt2\?trust=yes: cannot be read as a program of torch\.export"):
        open_target(Address.read("model.pt2?trust=yes", folder=tmp_path))


def test_whole_numbers_reach_a_program_that_takes_them() -> None:
    class Tokens(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(9, 3)

        def forward(self, tokens: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.embedding(tokens).mean(dim=1)
            return logits

    module = Tokens()
    ids: Any = np.arange(12).reshape(4, 3) % 9
    target = target_of(program(module, torch.zeros((2, 3), dtype=torch.int64), any_batch=True))
    assert target.dtype_for(ids) is np.int64
    npt.assert_allclose(query(target, ids).values, TorchModule(module).outputs(ids).values, rtol=1e-6)
    assert target_of(program(net(), torch.zeros(2, 4), any_batch=True)).dtype_for(ids) is np.float32


def test_a_program_with_two_inputs_is_refused() -> None:
    class Two(nn.Module):
        def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
            return a + b

    exported = torch.export.export(Two(), (torch.zeros(2, 3), torch.zeros(2, 3)))
    with pytest.raises(UserError, match="expected a program with one input, it has 2"):
        query(target_of(exported), RECORDS)
