"""The plain loop is the reference. On CPUs a step is carried out as it is; graphs are tested where there is a GPU."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from miaudit.arrays import Ints
from miaudit.models.alexnet import Alexnet
from miaudit.models.smallnet import Smallnet
from miaudit.models.vgg16 import Vgg16
from miaudit.models.wide_resnet import WideResnet
from miaudit.training import abreast
from miaudit.training.abreast import Task, fit_abreast
from miaudit.training.data import Records, Subset
from miaudit.training.device import make_repeatable
from miaudit.training.fit import fit
from miaudit.training.recipe import Recipe
from miaudit.training.recording import Here

RNG = np.random.default_rng(0)
IMAGES = RNG.standard_normal((140, 3, 8, 8)).astype(np.float32)
RECORDS = Records(IMAGES, RNG.integers(3, size=140), 3)
NONE: Ints = np.array([], dtype=np.int64)
ROWS, HELD_OUT = np.arange(5, 92), np.arange(100, 140)  # 87 records: the last batch is smaller
SMALL = Recipe(model=Smallnet(channels=(4, 6)), epochs=3, batch_size=16, learning_rate=0.01)
OTHER = replace(SMALL, epochs=2, batch_size=20, optimizer="sgd")

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


def trained(*tasks: Task, device: str = "cpu") -> list[torch.nn.Module]:
    return fit_abreast(tasks, RECORDS, device)


def apart(one: torch.nn.Module, other: torch.nn.Module) -> float:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return max(float((a.cpu().double() - b.cpu().double()).abs().max()) for a, b in pairs)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"optimizer": "sgd", "learning_rate": 0.1},
        {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "schedule": "cosine", "weight_decay": 0.01},
        {"optimizer": "adamw", "weight_decay": 0.1, "label_smoothing": 0.1},
        {"flip": True, "rotation": 15.0, "crop_padding": 1},
        {"flip": True, "bf16": True},
        {"batch_size": 29},  # without a smaller batch
        {"batch_size": 200},  # nothing but a smaller batch
        {"early_stopping": True, "epochs": 6, "learning_rate": 0.05},
        {  # with batch normalisation
            "schedule": "step",
            "milestones": (1,),
            "model": WideResnet(depth=10, width=1),
            "epochs": 2,
            "optimizer": "sgd",
        },
    ],
)
def test_a_network_beside_others_is_that_of_the_plain_loop(options: dict[str, Any]) -> None:
    recipe = replace(SMALL, **options)
    expected = fit(recipe, RECORDS, Subset(ROWS, 7, HELD_OUT))
    beside = Task(OTHER, Subset(np.arange(40), 1, NONE))
    found, _ = trained(Task(recipe, Subset(ROWS, 7, HELD_OUT)), beside)
    assert apart(found, expected) < 1e-5  # the learning rate is read in single precision
    assert not found.training
    assert all(parameter.grad is None for parameter in found.parameters())


def test_a_network_does_not_depend_on_those_beside_it() -> None:
    one, other = Task(SMALL, Subset(ROWS, 7, NONE)), Task(OTHER, Subset(np.arange(40), 1, HELD_OUT))
    alone, beside, behind = trained(one)[0], trained(one, other)[0], trained(other, one)[1]
    assert apart(alone, beside) == apart(alone, behind) == 0


def test_the_generator_of_the_caller_stays() -> None:
    before = torch.random.get_rng_state()
    trained(Task(OTHER, Subset(ROWS, 7, NONE)))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_progress_counts_every_record_of_every_epoch() -> None:
    told: list[int] = []
    tasks = [Task(SMALL, Subset(ROWS, 7, NONE)), Task(OTHER, Subset(np.arange(40), 1, NONE))]
    fit_abreast(tasks, RECORDS, "cpu", told.append)
    assert told == [127, 127, 87]


@needs_cuda
@pytest.mark.parametrize(
    "recipe",
    [
        replace(SMALL, bf16=True, early_stopping=True),
        replace(SMALL, model=Alexnet(), flip=True, rotation=15.0, bf16=True),
        replace(SMALL, model=Vgg16(), optimizer="sgd", momentum=0.9, nesterov=True, crop_padding=1, bf16=True),
        replace(SMALL, optimizer="adamw", schedule="cosine"),
    ],
)
def test_recorded_steps_give_the_bits_of_those_that_are_not(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    make_repeatable("cuda")
    task, beside = Task(recipe, Subset(ROWS, 7, HELD_OUT)), Task(OTHER, Subset(np.arange(40), 1, NONE))
    first, again = trained(task, beside, device="cuda")[0], trained(task, device="cuda")[0]
    assert apart(first, again) == 0
    monkeypatch.setattr(abreast, "lane_on", lambda _: Here())
    assert apart(first, trained(task, device="cuda")[0]) == 0


@needs_cuda
def test_a_gpu_trains_what_a_cpu_trains() -> None:
    make_repeatable("cuda")
    task = Task(replace(SMALL, optimizer="sgd", learning_rate=0.05), Subset(ROWS, 7, NONE))
    assert apart(trained(task, device="cuda")[0], trained(task)[0]) < 1e-4
