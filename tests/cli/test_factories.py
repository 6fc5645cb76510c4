"""Functions that make models are found with the weights beside them, and no file is run."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from safetensors.numpy import save_file

from miaudit.cli.drafting import Told, drafted
from miaudit.cli.factories import factories_in
from miaudit.cli.found import look_around

CODE = """
import torch

raise SystemExit("this file must not be run")


def make():
    return torch.nn.Linear(4, 3)


def build_net(width=3, *, depth=2):
    pass


def load_data(path):
    pass


def train(x, y, seed):
    pass


def _make():
    pass


def main():
    pass
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(CODE)
    return tmp_path


def weights(path: Path, **metadata: str) -> None:
    save_file({"weight": np.zeros((3, 4), dtype=np.float32)}, path, metadata=metadata or None)


def test_functions_that_need_nothing_are_paired_with_weights(folder: Path) -> None:
    weights(folder / "w.safetensors")
    torch.save({"weight": torch.zeros(3, 4)}, folder / "w.pt")
    weights(folder / "evidence.safetensors", miaudit="evidence/1")
    (folder / "damaged.safetensors").write_bytes(b"123")
    (folder / "broken.py").write_text("def make(:")
    with zipfile.ZipFile(folder / "whole.pt", "w") as file:  # as TorchScript is
        file.writestr("whole/code/net.py", "")
    pairs = [f"net.py:{name}?weights={file}" for name in ("make", "build_net") for file in ("w.pt", "w.safetensors")]
    assert [factory.address for factory in factories_in(folder)] == pairs
    assert look_around(folder).models == ("whole.pt", *pairs)


def test_code_without_weights_is_no_model(folder: Path) -> None:
    assert factories_in(folder) == []


def test_a_single_pair_is_written(folder: Path) -> None:
    (folder / "net.py").write_text(CODE.replace("build_net", "fit"))
    weights(folder / "w.safetensors")
    target = yaml.safe_load(drafted(Told(members="a.csv", nonmembers="b.csv"), Path("audit.yaml")))["target"]
    assert target["model"] == "net.py:make?weights=w.safetensors"
