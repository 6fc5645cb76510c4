"""No GPU is needed: what torch would say of one is pretended."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from sklearn.dummy import DummyClassifier

from miaudit.errors import UserError
from miaudit.models.mlp import Mlp
from miaudit.models.vgg16 import Vgg16
from miaudit.running.local import run_local
from miaudit.store.local import LocalStore
from miaudit.training import device as device_file
from miaudit.training.device import make_repeatable, name_of, processes_on, resolve, usable_cores, wait_for
from miaudit.training.dp_sgd import DpSgdRecipe
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.job import Method
from miaudit.training.way import code_version
from tiny import blobs, recipe, works

SMALL, LARGE = recipe(model=Mlp(hidden=(8,))), recipe(model=Mlp(hidden=(3000, 3000)))


def pretend(monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool = False) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("asked", "cuda", "mps", "used"),
    [
        ("auto", False, False, "cpu"),
        ("auto", False, True, "cpu"),
        ("auto", True, False, "cuda"),
        ("cpu", True, True, "cpu"),
        ("cuda", True, False, "cuda"),
        ("mps", False, True, "mps"),
    ],
)
def test_the_device_that_is_used(monkeypatch: pytest.MonkeyPatch, asked: str, cuda: bool, mps: bool, used: str) -> None:
    pretend(monkeypatch, cuda, mps)
    assert resolve(asked) == used


@pytest.mark.parametrize("asked", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    pretend(monkeypatch, cuda=False)
    with pytest.raises(UserError, match=rf"device {asked}: torch \S+ finds none on this machine; use cpu or auto"):
        resolve(asked)


def test_a_device_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UserError, match="device: expected auto, cpu, cuda, mps, got 'gpu'"):
        resolve("gpu")


def test_the_kind_of_gpu_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "A100")
    assert [name_of(device) for device in ("cpu", "cuda", "mps")] == ["cpu", "cuda (A100)", "mps"]


def at_once(device: str, *recipes: object, asked: int | None = None) -> int:
    return processes_on(device, recipes, (10,), 2, asked)  # type: ignore[arg-type]


def test_how_many_models_are_trained_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_file, "usable_cores", lambda: 16)
    monkeypatch.setattr(device_file, "free_memory", lambda: 70 * 2**30)
    assert at_once("cpu", SMALL) == at_once("cpu", LARGE) == 16
    assert at_once("cuda", SMALL) == 4
    assert at_once("cuda", SMALL, LARGE) == 1
    assert at_once("mps", SMALL) == 1
    assert at_once("cuda", DpSgdRecipe(base=SMALL)) == 4
    assert at_once("cuda", EstimatorRecipe.of(DummyClassifier())) == 1  # its size is not known
    assert at_once("cuda", LARGE, asked=3) == at_once("cpu", SMALL, asked=3) == 3


@pytest.mark.parametrize(("gigabytes", "expected"), [(1, 1), (5, 2), (8, 4)])
def test_no_more_models_than_a_gpu_has_room_for(monkeypatch: pytest.MonkeyPatch, gigabytes: int, expected: int) -> None:
    monkeypatch.setattr(device_file, "usable_cores", lambda: 16)
    monkeypatch.setattr(device_file, "free_memory", lambda: gigabytes * 2**30)
    assert at_once("cuda", SMALL) == expected


def test_a_model_of_another_device_is_another_model() -> None:
    data = blobs()
    version = code_version(SMALL, (4,), 3)
    assert version.endswith(f"torch/{torch.__version__.split('+')[0]}")
    assert Method.of(SMALL, data).code == Method.of(SMALL, data, "cpu").code == version
    assert Method.of(SMALL, data, "cuda").code == f"{version} cuda/2"
    assert Method.of(SMALL, data, "mps").code == f"{version} mps"
    assert Method.of(DpSgdRecipe(base=SMALL), data, "cuda").code.endswith(" cuda/2")
    estimator = EstimatorRecipe.of(DummyClassifier())
    assert Method.of(estimator, data, "cuda").code == Method.of(estimator, data).code


def test_large_networks_are_counted_without_being_built() -> None:
    assert processes_on("cuda", [replace(SMALL, model=Vgg16())], (3, 32, 32), 10, None) == 1


def test_nothing_is_done_to_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.backends.cudnn.deterministic
    make_repeatable("cpu")
    wait_for("cpu")
    assert torch.backends.cudnn.deterministic == before
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", False)
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", True)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    make_repeatable("cuda")
    assert torch.backends.cudnn.deterministic
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32
    assert not torch.backends.cudnn.benchmark


def test_the_device_is_handed_to_the_processes(tmp_path: Path) -> None:
    """On `meta` nothing is computed, so no output can be read: the error tells that it was used."""
    with pytest.raises(UserError, match="meta"):
        run_local(works(blobs(), recipe(), 1), blobs(), LocalStore(tmp_path), device="meta")


def test_cores() -> None:
    assert usable_cores() >= 1
