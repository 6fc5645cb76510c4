"""A training that is interrupted between any two epochs ends at the weights of one that is not."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from miaudit.arrays import Floats, Tensors
from miaudit.errors import UserError
from miaudit.models.mlp import Mlp
from miaudit.models.smallnet import Smallnet
from miaudit.models.wide_resnet import WideResnet
from miaudit.store.local import LocalStore
from miaudit.store.reached import Reached
from miaudit.store.snapshots import JobSnapshots, reached_by
from miaudit.training import epochs
from miaudit.training.abreast import Task, fit_abreast
from miaudit.training.data import Batch, Records, Subset, Tick, untold
from miaudit.training.device import make_repeatable
from miaudit.training.distillation import DistillationRecipe
from miaudit.training.fit import fit
from miaudit.training.recipe import Recipe
from miaudit.training.selena import SelenaRecipe
from miaudit.training.snapshots import Snapshots
from miaudit.training.student import StudentRecipe
from tiny import recipe

JOB = "ab" * 16
RNG = np.random.default_rng(0)
Y = RNG.integers(3, size=60)
FLAT = (RNG.standard_normal((60, 4)) + Y[:, None]).astype(np.float32)
IMAGES = RNG.standard_normal((60, 3, 8, 8)).astype(np.float32)
ROWS, VALIDATION, OTHERS = np.arange(40), np.arange(40, 60), np.arange(30, 60)
SUBSET = Subset(ROWS, 5, VALIDATION)
DROPOUT = Mlp(hidden=(8,), dropout=0.3)
CONVOLUTIONS = Smallnet(channels=(4, 4))

Train = Callable[[Tick, Snapshots | None], list[torch.nn.Module]]


class EarlyEndError(Exception):
    pass


def interrupt_after(number: int) -> Tick:
    """A tick that raises once so many epochs are done."""
    left = iter(range(number))

    def tick(_: int) -> None:
        if next(left, None) is None:
            raise EarlyEndError

    return tick


def plain(how: Recipe, x: Floats, device: str = "cpu") -> Train:
    return lambda tick, kept: [fit(how, Records(x, Y, 3), SUBSET._replace(snapshots=kept), device, tick)]


def by(how: DistillationRecipe | SelenaRecipe | StudentRecipe) -> Train:
    wanted = np.full((len(ROWS), 3), 0.1) + 0.7 * np.eye(3)[Y[ROWS]]
    subset = Subset(ROWS, 5, VALIDATION, OTHERS, wanted)
    return lambda tick, kept: [how.train_network(Records(FLAT, Y, 3), subset._replace(snapshots=kept), "cpu", tick)]


def abreast(*recipes: Recipe, device: str = "cpu") -> Train:
    def train(tick: Tick, kept: Snapshots | None) -> list[torch.nn.Module]:
        subsets = [Subset(ROWS, k, VALIDATION, snapshots=kept and kept.part(str(k))) for k in range(len(recipes))]
        return fit_abreast(list(map(Task, recipes, subsets)), Records(IMAGES, Y, 3), device, tick)

    return train


SGD = {"optimizer": "sgd", "momentum": 0.9, "learning_rate": 0.05, "weight_decay": 0.01}
PLAIN = recipe(model=DROPOUT, epochs=3, learning_rate=0.02)
CASES = {
    "sgd with momentum": plain(recipe(epochs=4, **SGD), FLAT),
    "sgd without": plain(recipe(epochs=4, optimizer="sgd", learning_rate=0.1), FLAT),
    "nesterov, cosine": plain(recipe(epochs=4, nesterov=True, schedule="cosine", **SGD), FLAT),
    "adam, dropout": plain(recipe(model=DROPOUT, epochs=4), FLAT),
    "adamw, milestones": plain(recipe(epochs=4, optimizer="adamw", schedule="step", milestones=(2,)), FLAT),
    "early stopping": plain(recipe(model=DROPOUT, epochs=6, early_stopping=True, learning_rate=0.3), FLAT),
    "augmentation": plain(recipe(model=CONVOLUTIONS, epochs=3, flip=True, crop_padding=1, rotation=9.0), IMAGES),
    "bf16": plain(recipe(model=CONVOLUTIONS, epochs=3, bf16=True, **SGD), IMAGES),
    "batch normalisation": plain(recipe(model=WideResnet(depth=10, width=1), epochs=3, **SGD), IMAGES),
    "student": by(StudentRecipe(base=PLAIN)),
    "distillation": by(DistillationRecipe(base=PLAIN)),
    "selena": by(SelenaRecipe(base=PLAIN, models=3, left_out=1)),
    "abreast": abreast(
        recipe(model=CONVOLUTIONS, epochs=4, early_stopping=True, **SGD), recipe(model=CONVOLUTIONS, epochs=2)
    ),
}

ON_A_GPU = {
    "dropout": plain(recipe(model=DROPOUT, epochs=4), FLAT, "cuda"),
    "abreast": abreast(
        recipe(model=CONVOLUTIONS, epochs=4, early_stopping=True, **SGD),
        recipe(model=CONVOLUTIONS, epochs=2),
        device="cuda",
    ),
}
PLAIN_TRAINING = CASES["adam, dropout"]


@pytest.fixture(autouse=True)
def after_every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """However short it was."""
    monkeypatch.setattr(epochs, "EVERY", 0.0)
    monkeypatch.setattr(epochs, "SHARE", np.inf)


def weights(modules: list[torch.nn.Module]) -> list[bytes]:
    return [value.cpu().numpy().tobytes() for module in modules for value in module.state_dict().values()]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("case", ON_A_GPU)
def test_on_a_gpu_it_ends_at_the_same_bits(tmp_path: Path, case: str) -> None:
    make_repeatable("cuda")
    ends_at_the_same_bits(ON_A_GPU[case], tmp_path)


@pytest.mark.parametrize("case", CASES)
def test_it_ends_at_the_same_bits(tmp_path: Path, case: str) -> None:
    ends_at_the_same_bits(CASES[case], tmp_path)


def ends_at_the_same_bits(train: Train, tmp_path: Path) -> None:
    told = list[int]()
    quiet = weights(train(told.append, None))
    kept = JobSnapshots(LocalStore(tmp_path), JOB)
    assert weights(train(untold, kept)) == quiet  # snapshots change nothing
    kept.drop()
    for number in range(len(told)):  # each run is interrupted in the epoch after those that the ones before kept
        with pytest.raises(EarlyEndError):
            train(interrupt_after(min(number, 1)), kept)
    again = list[int]()
    assert weights(train(again.append, kept)) == quiet
    assert len(again) == 1


def test_early_stopping_is_taken_up_with_its_best_epoch(tmp_path: Path) -> None:
    """The case above is one in which the best epoch comes before the interruption."""
    kept = JobSnapshots(LocalStore(tmp_path), JOB)
    with pytest.raises(EarlyEndError):
        CASES["early stopping"](interrupt_after(5), kept)
    state = kept.read()
    assert state is not None
    accuracy, best = state["best.accuracy"], [name for name in state if name.startswith("best.weights")]
    assert 0 < accuracy[0] < 1
    assert any(not np.array_equal(state[name], state[name.replace("best.weights", "network")]) for name in best)


def foreign(state: Tensors) -> Tensors:
    """The state of a network with other layers."""
    return {name: np.append(value, value[:1], axis=0) for name, value in state.items()}


def crafted_generator(state: Tensors) -> Tensors:
    return {**state, "generator.cpu": state["generator.cpu"][:-1]}


def from_the_future(state: Tensors) -> Tensors:
    return {**state, "epoch": np.array([5.0])}


def of_no_epoch(state: Tensors) -> Tensors:
    return {name: value for name, value in state.items() if name != "epoch"}


@pytest.mark.parametrize("change", [foreign, crafted_generator, from_the_future, of_no_epoch])
def test_the_state_of_another_training_is_not_taken_up(tmp_path: Path, change: Callable[[Tensors], Tensors]) -> None:
    train, kept = CASES["sgd with momentum"], JobSnapshots(LocalStore(tmp_path), JOB)
    quiet = weights(train(untold, None))
    with pytest.raises(EarlyEndError):
        train(interrupt_after(2), kept)
    state = kept.read()
    assert state is not None
    kept.drop()
    kept.write(change(state), Reached(2, 4, 80, 1.0))
    told = list[int]()
    with pytest.warns(UserWarning, match="is damaged or of another training: the model is trained from the start"):
        assert weights(train(told.append, kept)) == quiet
    assert len(told) == 4


def test_short_trainings_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epochs, "EVERY", 60.0)
    kept = JobSnapshots(LocalStore(tmp_path), JOB)
    PLAIN_TRAINING(untold, kept)
    assert list(tmp_path.iterdir()) == []


class Clock:
    """A clock that a tick moves on."""

    def __init__(self, seconds: float) -> None:
        self.now, self.seconds = 0.0, seconds

    def monotonic(self) -> float:
        return self.now

    def tick(self, _: int) -> None:
        self.now += self.seconds


class Noted(JobSnapshots):
    """Takes ten seconds of the clock to write, and notes when it did."""

    def write(self, state: Tensors, reached: Reached) -> None:
        self.about["told"].append(reached)
        self.about["clock"].now += 10.0


def test_snapshots_take_a_hundredth_of_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, told = Clock(40.0), list[Reached]()
    monkeypatch.setattr(epochs, "time", clock)
    monkeypatch.setattr(epochs, "EVERY", 60.0)
    monkeypatch.setattr(epochs, "SHARE", 0.01)
    kept = Noted(LocalStore(tmp_path), JOB, {"told": told, "clock": clock})
    plain(recipe(epochs=60), FLAT)(clock.tick, kept)
    assert [reached.epoch for reached in told] == [2, 27, 52]  # after 80 s, then after 1000 s each
    assert told[1] == Reached(27, 60, 27 * 40, 27 * 40.0 + 10.0)


def test_a_large_state_waits_for_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it costs is supposed until it is known."""
    clock, told = Clock(40.0), list[Reached]()
    monkeypatch.setattr(epochs, "time", clock)
    monkeypatch.setattr(epochs, "SHARE", 0.01)
    monkeypatch.setattr(epochs, "BYTES_PER_SECOND", 268.0)  # 67 weights in single precision: one second
    kept = Noted(LocalStore(tmp_path), JOB, {"told": told, "clock": clock})
    how = recipe(epochs=6, optimizer="sgd")
    plain(how, FLAT)(clock.tick, kept)
    assert [reached.epoch for reached in told] == [3]  # the first that ends after 100 s


def test_the_seconds_of_all_runs_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(7.0)
    monkeypatch.setattr(epochs, "time", clock)
    kept = JobSnapshots(LocalStore(tmp_path), JOB)
    for number in (2, 3):
        interrupt = interrupt_after(number)

        def tick(count: int, interrupt: Tick = interrupt) -> None:
            clock.tick(count)
            interrupt(count)

        with pytest.raises(EarlyEndError):
            plain(recipe(epochs=9), FLAT)(tick, kept)
    assert reached_by(kept.store, JOB) == Reached(5, 9, 5 * 40, 5 * 7.0)


class Full(JobSnapshots):
    def write(self, state: Tensors, reached: Reached) -> None:
        raise UserError("cannot write: no space left on device")


def test_what_cannot_be_kept_costs_a_warning(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="training goes on without snapshots: cannot write: no space left") as told:
        found = weights(PLAIN_TRAINING(untold, Full(LocalStore(tmp_path), JOB)))
    assert len(told) == 1
    assert found == weights(PLAIN_TRAINING(untold, None))


class Masked(torch.nn.Module):
    """Holds numbers that no file of the store can."""

    def __init__(self, buffer: torch.Tensor) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(4, 3)
        self.register_buffer("mask", buffer, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.layer(x)
        return logits


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.complex128])
def test_a_network_that_no_file_can_hold_is_trained_all_the_same(tmp_path: Path, kind: torch.dtype) -> None:
    train = plain(recipe(model=Masked(torch.ones(2, dtype=kind)), epochs=3), FLAT)
    with pytest.warns(UserWarning, match=r"goes on without snapshots: .* (cannot be stored|cannot hold)") as told:
        found = weights(train(untold, JobSnapshots(LocalStore(tmp_path), JOB)))
    assert len(told) == 1
    assert found == weights(train(untold, None))


class Counting(torch.nn.Module):
    """Computes something else with each call."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.calls = torch.nn.Linear(4, 3), 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        logits: torch.Tensor = self.layer(x) / self.calls
        return logits


def test_a_network_with_another_state_is_not_kept(tmp_path: Path) -> None:
    kept = JobSnapshots(LocalStore(tmp_path), JOB)
    plain(recipe(model=Counting(), epochs=3), FLAT)(untold, kept)
    assert kept.read() is None


def test_no_training_leaves_its_last_epoch_but_that_of_a_part(tmp_path: Path) -> None:
    kept = JobSnapshots(LocalStore(tmp_path), JOB)
    CASES["distillation"](untold, kept)
    found = reached_by(kept.store, JOB)
    assert {path.name for path in kept.path.parent.iterdir()} == {f"{JOB}.safetensors", f"{JOB}-teacher.safetensors"}
    assert found is not None
    assert found[:3] == (2, 3, 2 * 30 + 3 * 40)


def test_a_batch_keeps_each_of_its_models(tmp_path: Path) -> None:
    stores = [JobSnapshots(LocalStore(tmp_path), digit * 32) for digit in "ab"]
    how = recipe(model=DROPOUT, epochs=3)
    batch = Batch([Subset(ROWS, k, VALIDATION, snapshots=kept) for k, kept in enumerate(stores)])
    for _ in how.train(Records(FLAT, Y, 3), batch):
        pass
    assert all(kept.path.is_file() for kept in stores)
