"""TorchScript gives what its torch original gives."""

import warnings
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest
import torch

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.targets.base import query
from miaudit.targets.search import open_target, target_of
from miaudit.targets.torch_module import TorchModule
from miaudit.targets.torch_script import TorchScript
from targets.torch_nets import DATA, RECORDS, net, saved, scripted

EXPECTED = TorchModule(net()).outputs(RECORDS).values


def test_a_module_in_memory_and_its_file_answer_as_the_original(tmp_path: Path) -> None:
    module = scripted(net())
    file = saved(module, tmp_path / "model.pt")
    for target in (target_of(module), open_target(Address.read(str(file)))):
        assert isinstance(target, TorchScript)
        tried = target.tried(DATA)
        assert tried.description == "Sequential (TorchScript, 83 parameters), which gives logits"
        npt.assert_allclose(query(tried, RECORDS).values, EXPECTED, rtol=1e-5, atol=1e-6)
        assert target.module.training  # as it was
        assert target.guess(RECORDS, DATA.y) is None


def test_a_traced_and_frozen_module_is_asked_too() -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        traced = torch.jit.trace(net().eval(), torch.from_numpy(RECORDS[:2]))  # type: ignore[no-untyped-call]
        frozen = torch.jit.freeze(scripted(net().eval()))
    for module in (traced, frozen):
        npt.assert_allclose(query(target_of(module), RECORDS).values, EXPECTED, rtol=1e-5, atol=1e-6)


def test_what_is_no_torchscript_is_refused_and_not_unpickled(tmp_path: Path) -> None:
    torch.save(net().state_dict(), tmp_path / "weights.pt")
    torch.save(net(), tmp_path / "pickled.pth")
    (tmp_path / "text.pt").write_text("none")
    for name in ("weights.pt", "pickled.pth", "text.pt"):
        with pytest.raises(UserError, match=rf"expected TorchScript, .*net\.py:make\?weights={name}"):
            open_target(Address.read(name, folder=tmp_path))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    file = saved(scripted(net()), tmp_path / "model.pt")
    content = bytearray(file.read_bytes())
    start = content.index(b"/code/__torch__/torch/nn/modules/container.py") + 60
    content[start : start + 200] = b"x" * 200
    file.write_bytes(content)
    with pytest.raises(UserError, match=r"model\.pt: cannot be read as TorchScript"):
        open_target(Address.read(str(file)))


def test_options_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    file = saved(scripted(net()), tmp_path / "model.pt")
    with pytest.raises(UserError, match="there is no option 'weights'"):
        open_target(Address.read(f"{file}?weights=a"))


def test_whole_numbers_are_cast_as_the_module_wants_them() -> None:
    assert target_of(scripted(net())).dtype_for(np.zeros((3, 4), dtype=int)) is np.float32
    assert target_of(scripted(torch.nn.Embedding(5, 3))).dtype_for(np.zeros((3, 4), dtype=int)) is np.int64
