"""Models that a function of the user's makes, with weights from a file."""

from pathlib import Path

import numpy.testing as npt
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.targets.base import query
from miaudit.targets.estimator import Estimator
from miaudit.targets.search import is_model, open_target
from miaudit.targets.torch_module import TorchModule
from targets.torch_nets import RECORDS, net

SOURCE = """
from torch import nn
from sklearn.dummy import DummyClassifier

def make():
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Tanh(), nn.Linear(8, 3))

def forest():
    return DummyClassifier().fit([[0.0], [1.0]], [0, 1])

def fails():
    raise ValueError("no such layer")

def needs(width):
    return nn.Linear(4, width)

def nothing():
    return None
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.py").write_text(SOURCE)
    state = net().state_dict()
    save_file(state, tmp_path / "w.safetensors")
    torch.save(state, tmp_path / "w.pt")
    torch.save({"epoch": 3, "model_state_dict": {f"module.{k}": v for k, v in state.items()}}, tmp_path / "epoch.ckpt")
    torch.save({f"_orig_mod.{k}": v for k, v in state.items()}, tmp_path / "compiled.pth")
    torch.save(net(), tmp_path / "pickled.pt")
    torch.save(nn.Linear(4, 3).state_dict(), tmp_path / "other.pt")
    torch.save({**state, "0.weight": torch.zeros(8, 5)}, tmp_path / "wide.pt")
    torch.save([1, 2], tmp_path / "list.pt")
    return tmp_path


@pytest.mark.parametrize("weights", ["w.safetensors", "w.pt", "epoch.ckpt", "compiled.pth"])
def test_a_network_with_its_weights_answers_as_the_original(folder: Path, weights: str) -> None:
    address = Address.read(f"net.py:make?weights={weights}", folder=folder)
    assert is_model(address)
    npt.assert_array_equal(query(open_target(address), RECORDS).values, TorchModule(net()).outputs(RECORDS).values)


def test_a_function_may_return_any_model_that_can_be_audited(folder: Path) -> None:
    assert isinstance(open_target(Address.read("net.py:forest", folder=folder)), Estimator)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("net.py:fails", r"fails\(\) failed: ValueError: no such layer"),
        ("net.py:needs", r"needs\(\) failed: TypeError: .*called without arguments"),
        ("net.py:nothing", "cannot audit a NoneType"),
        ("net.py:make?wieghts=w.pt", "there is no option 'wieghts'; it takes weights"),
        ("net.py:make?weights=gone.pt", r"gone\.pt: there is no such file of weights"),
        ("net.py:make?weights=pickled.pt", r"expected weights alone, as torch\.save.* nothing else is unpickled"),
        ("net.py:make?weights=list.pt", "expected weights by name, got list"),
        ("net.py:make?weights=other.pt", r"do not fit the Sequential; it lacks .*; the model has no bias, weight"),
        ("net.py:make?weights=wide.pt", r"do not fit the Sequential: size mismatch for 0\.weight"),
        (
            "net.py:forest?weights=w.pt",
            "a function that returns a torch module, it returned a DummyClassifier",
        ),
    ],
)
def test_what_does_not_fit_is_refused(folder: Path, address: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        open_target(Address.read(address, folder=folder))
