from collections.abc import Callable

import pytest
import torch
from sklearn.dummy import DummyClassifier

from miaudit import registry
from miaudit.fingerprint import fingerprint
from miaudit.training import network_recipe
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.precision import has_bf16
from miaudit.training.recipe import Recipe
from tiny import recipe


def pretend(monkeypatch: pytest.MonkeyPatch, **supported: bool) -> None:
    for name in ("_is_avx2_supported", "_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, name, answer(supported.get(name.split("_")[2], False)))


def answer(value: bool) -> Callable[..., bool]:
    return lambda **_: value


@pytest.mark.parametrize(
    ("supported", "expected"),
    [({"avx2": True}, False), ({"avx2": True, "avx512": True}, True), ({"avx2": True, "amx": True}, True)],
)
def test_the_cpu_has_bf16_or_not(monkeypatch: pytest.MonkeyPatch, supported: dict[str, bool], expected: bool) -> None:
    pretend(monkeypatch, **supported)
    assert has_bf16("cpu") is expected


def test_a_gpu_has_it_in_hardware_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: including_emulation)
    assert not has_bf16("cuda")
    assert not has_bf16("mps")


@pytest.mark.parametrize("has", [True, False])
def test_auto_becomes_what_the_machine_can_do_and_names_the_model_so(
    monkeypatch: pytest.MonkeyPatch, has: bool
) -> None:
    monkeypatch.setattr(network_recipe, "has_bf16", lambda _: has)
    auto = recipe(bf16="auto")
    found = auto.settled("cpu")
    assert found == recipe(bf16=has)
    assert fingerprint(found) == fingerprint(recipe(bf16=has)) != fingerprint(auto)
    defended = registry.build("defences", "selena", {}).defend(auto).settled("cpu")
    assert defended.network.bf16 is has


def test_what_is_said_stays() -> None:
    fitted = EstimatorRecipe.of(DummyClassifier())
    for said in (recipe(bf16=True), recipe(bf16=False), recipe(), fitted):
        assert said.settled("cpu") is said


def test_nothing_is_trained_before_it_is_decided() -> None:
    with pytest.raises(ValueError, match="bf16 is auto: decide it"):
        assert Recipe(model=None, bf16="auto").in_bf16
