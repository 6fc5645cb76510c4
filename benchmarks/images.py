"""Training of the papers' networks for images on a CPU: precision, memory layout, batches and threads.

    python benchmarks/images.py [--seconds 2] [--rounds 3] [--out docs/training.md]

All ways take turns in short slices, and a slice is measured in seconds of CPU time of all its threads, not of the
clock, so that neighbours on the machine disturb little. Numbers are medians over the rounds. *Peak* is what products of
two square matrices reach on one thread, in turns with the rest; a training step counts as three forward passes. Expect
ten minutes of one core.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch.fx.experimental.optimization import fuse
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from _page import processor, put_numbers
from miaudit.experiments.gpu import forward_operations
from miaudit.models._small_maps import SmallMapConvolution
from miaudit.models.alexnet import Alexnet
from miaudit.models.base import predict
from miaudit.models.densenet import Densenet
from miaudit.models.resnet import Resnet
from miaudit.models.vgg16 import Vgg16
from miaudit.models.wide_resnet import WideResnet
from miaudit.training.fit import precision
from miaudit.training.optimizers import make_optimizer
from miaudit.training.recipe import Recipe

BEGIN, END = "<!-- images: begin -->", "<!-- images: end -->"
SHAPE, CLASSES = (3, 32, 32), 10
RECORDS = 1_024
SQUARE = 2_048  # rows of the matrices whose product shows the peak
SGD = Recipe(model=Vgg16(), optimizer="sgd", learning_rate=0.01, momentum=0.9, nesterov=True)
RECIPES = {
    "VGG-16": SGD,
    "AlexNet": replace(SGD, model=Alexnet()),
    "ResNet-18": replace(SGD, model=Resnet()),
    "WideResNet-28-2": replace(SGD, model=WideResnet(width=2)),
    "DenseNet-121": replace(SGD, model=Densenet()),
}


class Way(NamedTuple):
    """One way to train."""

    title: str
    bf16: bool = False
    last: bool = True  # channels last in memory?
    batch: int = 64
    threads: int = 1
    loader: bool = False  # the loop that other tools use: a DataLoader, the optimizer's default form, `loss.item()`


LOOP = Way("DataLoader loop, two threads", last=False, threads=2, loader=True)
WAYS = (
    LOOP,
    Way("DataLoader loop, one thread", last=False, loader=True),
    Way("fp32, channels first", last=False),
    Way("fp32 (miaudit)"),
    Way("fp32, two threads", threads=2),
    Way("fp32, batches of 256", batch=256),
    Way("bf16, channels first", bf16=True, last=False),
    Way("bf16 (miaudit)", bf16=True),
    Way("bf16, batches of 256", bf16=True, batch=256),
)


def compiled(module: torch.nn.Module) -> torch.nn.Module:
    """The module, compiled in its first answer with its weights as constants."""
    module.compile(options={"freezing": True})
    return module


def folded(module: torch.nn.Module) -> torch.nn.Module:
    """The network with batch normalisation folded into its convolutions, which are all the library's."""
    for part in module.modules():
        if isinstance(part, SmallMapConvolution):  # torch.fx cannot follow what depends on the size of a map
            part.__class__ = torch.nn.Conv2d  # type: ignore[assignment]
    return fuse(module)


ASKED: dict[str, Callable[[torch.nn.Module], torch.nn.Module]] = {
    "asked, fp32 (miaudit)": lambda module: module,
    "asked, fp32, batch normalisation folded": folded,
    "asked, fp32, torch.compile with freezing": compiled,
}


@dataclass
class Bench:
    """Slices of the ways, and their samples per second of CPU time."""

    seconds: float  # of CPU time, a slice
    speeds: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        draw = np.random.default_rng(0)
        self.x = torch.from_numpy(draw.standard_normal((RECORDS, *SHAPE), dtype=np.float32))
        self.y = torch.from_numpy(draw.integers(CLASSES, size=RECORDS))

    def add(self, network: str, way: str, work: Iterator[int], threads: int = 1) -> None:
        """Time a slice of work whose steps say how much they did; the first one is a warm-up."""
        torch.set_num_threads(threads)
        next(work)
        start, done = time.process_time(), 0
        while time.process_time() - start < self.seconds:
            done += next(work)
        speed = done / (time.process_time() - start)
        self.speeds.setdefault((network, way), []).append(speed)
        print(f"  {network}, {way}: {speed:,.1f} a CPU-second", flush=True)

    def median(self, network: str, way: str) -> float:
        """Over the rounds."""
        return statistics.median(self.speeds[network, way])

    def training(self, recipe: Recipe, way: Way) -> Iterator[int]:
        """Training steps in this way, for ever."""
        torch.manual_seed(0)
        recipe = replace(recipe, bf16=way.bf16, batch_size=way.batch)
        layout = torch.channels_last if way.last else torch.contiguous_format
        module = recipe.model.build(SHAPE, CLASSES).to(memory_format=layout)
        usual = torch.optim.SGD(module.parameters(), lr=0.01, momentum=0.9, nesterov=True)
        optimizer = usual if way.loader else make_optimizer(module.parameters(), recipe)
        total = 0.0
        for x, y in self.loaded(way.batch) if way.loader else self.indexed(way.batch):
            optimizer.zero_grad()
            with precision(recipe, "cpu"):
                loss = cross_entropy(module(x.contiguous(memory_format=layout)).float(), y)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            total += loss.item() if way.loader else 0.0
            yield len(y)

    def loaded(self, batch: int) -> "Iterator[tuple[torch.Tensor, torch.Tensor]]":
        """Batches of a DataLoader, for ever."""
        loader = DataLoader(TensorDataset(self.x, self.y), batch_size=batch, shuffle=True)
        while True:
            yield from loader

    def indexed(self, batch: int) -> "Iterator[tuple[torch.Tensor, torch.Tensor]]":
        """Batches as miaudit draws them, for ever."""
        draw = np.random.default_rng(0)
        while True:
            order = torch.from_numpy(draw.permutation(RECORDS))
            for start in range(0, RECORDS, batch):
                rows = order[start : start + batch]
                yield self.x.index_select(0, rows), self.y.index_select(0, rows)

    def asking(self, recipe: Recipe, change: Callable[[torch.nn.Module], torch.nn.Module]) -> Iterator[int]:
        """Questions to a network, for ever."""
        module = change(recipe.model.build(SHAPE, CLASSES).eval().to(memory_format=torch.channels_last))
        while True:
            yield len(predict(module, self.x[:500].numpy()))


def products(kind: torch.dtype) -> Iterator[int]:
    """Products of square matrices, for ever; each yields its operations."""
    one = torch.rand(SQUARE, SQUARE, dtype=torch.float32).to(kind)
    while True:
        one @ one
        yield 2 * SQUARE**3


def measure(bench: Bench, rounds: int, chosen: dict[str, Recipe]) -> None:
    """All networks and ways, in turn."""
    for _ in range(rounds):
        for precision_name, kind in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
            bench.add("peak", precision_name, products(kind))
        for network, recipe in chosen.items():
            for way in WAYS:
                bench.add(network, way.title, bench.training(recipe, way), way.threads)
                torch.set_num_threads(1)
            for title, change in ASKED.items():
                bench.add(network, title, bench.asking(recipe, change))


def lines(bench: Bench, chosen: dict[str, Recipe]) -> list[str]:
    """The table in Markdown."""
    found = ["| network | way | samples a CPU-second | ratio | share of peak |", "|---|---|---|---|---|"]
    for network, recipe in chosen.items():
        operations = forward_operations(recipe.model, SHAPE, CLASSES)
        for way in WAYS:
            speed = bench.median(network, way.title)
            share = 3 * operations * speed / bench.median("peak", "bf16" if way.bf16 else "fp32")
            ratio = speed / bench.median(network, LOOP.title)
            found.append(f"| {network} | {way.title} | {speed:,.1f} | {ratio:.2f} | {100 * share:.0f} % |")
        for title in ASKED:
            speed = bench.median(network, title)
            share = operations * speed / bench.median("peak", "fp32")
            found.append(f"| {network} | {title} | {speed:,.1f} | | {100 * share:.0f} % |")
    return found


def report(bench: Bench, rounds: int, chosen: dict[str, Recipe]) -> str:
    """The numbers as a part of a page."""
    date = datetime.now(UTC).strftime("%Y-%m-%d")
    peaks = [f"{bench.median('peak', name) / 1e9:,.0f} GFLOP/s in {name}" for name in ("fp32", "bf16")]
    head = (
        f"{date}, one of {os.cpu_count()} cores of {processor()}, torch {torch.__version__}, "
        f"load {os.getloadavg()[2]:.1f}. Median of {rounds} rounds. Peak of a core: {' and '.join(peaks)}."
    )
    return "\n".join([BEGIN, head, "", *lines(bench, chosen), END])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0, help="of CPU time, a slice")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--networks", nargs="*", choices=list(RECIPES), default=list(RECIPES))
    parser.add_argument("--out", type=Path, help="page whose numbers are replaced")
    options = parser.parse_args()
    chosen = {name: RECIPES[name] for name in options.networks}
    bench = Bench(options.seconds)
    measure(bench, options.rounds, chosen)
    numbers = report(bench, options.rounds, chosen)
    print(numbers)
    if options.out is not None:
        put_numbers(options.out, numbers, BEGIN, END)


if __name__ == "__main__":
    main()
