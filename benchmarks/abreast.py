"""Training of networks for images on a GPU: side by side and recorded, against one after another and step by step.

    python benchmarks/abreast.py [--device cuda] [--records 12500]

Random images of CIFAR-10's size. A way is timed in the second of two epochs, since the first one records the steps. A
network that is trained beside others is compared with the same one trained alone, and a recorded one with an eager
one, bit by bit. Expect a minute on a large GPU. On a CPU nothing is recorded: `--device cpu` only shows that it runs.
"""

import argparse
import time
from dataclasses import dataclass, replace
from unittest.mock import patch

import numpy as np
import torch

from miaudit.models.alexnet import Alexnet
from miaudit.models.densenet import Densenet
from miaudit.models.resnet import Resnet
from miaudit.models.smallnet import Smallnet
from miaudit.models.vgg16 import Vgg16
from miaudit.models.wide_resnet import WideResnet
from miaudit.training import abreast
from miaudit.training.data import Records, Subset
from miaudit.training.device import make_repeatable, name_of, wait_for
from miaudit.training.recipe import Recipe
from miaudit.training.recording import Here, lane_on

SGD = Recipe(
    model=Vgg16(),
    optimizer="sgd",
    momentum=0.9,
    nesterov=True,
    schedule="cosine",
    learning_rate=0.01,
    batch_size=64,
    bf16=True,
    epochs=2,
)
ADAM = Recipe(model=Alexnet(), learning_rate=3e-4, batch_size=100, flip=True, rotation=15.0, bf16=True, epochs=2)
CASES = (  # a network, its recipe, and how many are trained at once
    ("VGG-16", SGD, (1, 4, 9)),
    ("AlexNet", ADAM, (1, 8, 23)),
    ("WideResNet-28-2", replace(ADAM, model=WideResnet(width=2), batch_size=50), (4,)),
    ("ResNet-18", replace(SGD, model=Resnet(), learning_rate=0.1), (3,)),
    ("SmallNet", replace(SGD, model=Smallnet(), learning_rate=0.1), (4,)),
    ("DenseNet-121", replace(SGD, model=Densenet(), learning_rate=0.1), (3,)),
)


@dataclass(frozen=True)
class Bench:
    """Random images on a device."""

    records: int  # a network
    device: str

    def run(self, recipe: Recipe, networks: int, recorded: bool = True) -> tuple[torch.nn.Module, float]:
        """The first of some networks trained at once, and the samples per second of all in the second epoch."""
        draw = np.random.default_rng(0)
        x = draw.standard_normal((self.records, 3, 32, 32), dtype=np.float32)
        y, none = draw.integers(10, size=self.records), np.array([], dtype=np.int64)
        tasks = [abreast.Task(recipe, Subset(np.arange(self.records), seed, none)) for seed in range(networks)]
        ends: list[float] = []

        def tick(_: int) -> None:
            wait_for(self.device)
            ends.append(time.perf_counter())

        lanes = lane_on if recorded else lambda _: Here()
        with patch.object(abreast, "lane_on", lanes):
            modules = abreast.fit_abreast(tasks, Records(x, y, 10), self.device, tick)
        return modules[0], networks * self.records / (ends[1] - ends[0])


def same_bits(one: torch.nn.Module, other: torch.nn.Module) -> str:
    """Are all weights the same to the last bit? In words."""
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return "yes" if all(torch.equal(a, b) for a, b in pairs) else "no"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--records", type=int, default=12_500, help="a network's")
    options = parser.parse_args()
    make_repeatable(options.device)
    bench = Bench(options.records, options.device)
    print(f"{name_of(options.device)}, torch {torch.__version__}, {options.records:,} records a network")
    print("| network | way | samples/s | ratio | bits as alone and step by step |\n|---|---|---|---|---|")
    for name, recipe, counts in CASES:
        plain, slow = bench.run(recipe, 1, recorded=False)
        print(f"| {name} | step by step | {slow:,.0f} | 1.0 | |", flush=True)
        for count in counts:
            module, speed = bench.run(recipe, count)
            same = same_bits(plain, module)
            print(f"| {name} | {count} at once, recorded | {speed:,.0f} | {speed / slow:.1f} | {same} |", flush=True)


if __name__ == "__main__":
    main()
