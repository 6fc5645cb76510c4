"""What the papers' networks cost: parameters, FLOPs, and samples per second in training.

    python benchmarks/models.py [--out docs/models.md]

Under three minutes. Every model of `miaudit.models` is measured on the inputs below; a new one joins by itself.
"""

import argparse
import math
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

import miaudit
from miaudit import registry
from miaudit.errors import UserError

IMAGES = {"CIFAR": ((3, 32, 32), 10), "MNIST": ((1, 28, 28), 10)}
TABLES = {"Credit": ((20,), 2), "Adult": ((14,), 2), "Location30": ((446,), 30), "Purchase100": ((600,), 100)}
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "resnet": [{"depth": 18}, {"depth": 34}],
    "wide_resnet": [{"width": 2}, {"width": 10}],
}
HP_MIA_MLP = {"hidden": (1024, 512, 256, 128), "activation": "tanh"}
STEP = 2e11  # operations that a step should have, so that neither noise nor patience runs out
BATCHES = (8, 100)
STEPS = 2
PATIENCE = 0.5  # seconds at least that a model is measured


class Case(NamedTuple):
    """One model on one kind of input."""

    model: str
    options: dict[str, Any]
    input: str
    shape: tuple[int, ...]
    classes: int

    @property
    def title(self) -> str:
        """Name and options, as `mlp` (hidden 1024-512)."""
        options = ", ".join(f"{key} {_plain(value)}" for key, value in self.options.items())
        return f"`{self.model}`" + (f" ({options})" if options else "")


def _plain(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


class Cost(NamedTuple):
    """What was measured."""

    parameters: int
    flops: int  # of one forward pass of one sample
    batch: int
    rate: float  # samples a second, forward and backward


def cases() -> list[Case]:
    found = [
        Case(name, options, title, shape, classes)
        for name in registry.names("models")
        if name != "mlp"
        for options in VARIANTS.get(name, [{}])
        for title, (shape, classes) in IMAGES.items()
    ]
    for title, (shape, classes) in TABLES.items():
        small = math.prod(shape) < 100
        options: dict[str, Any] = {"hidden": (2 * math.prod(shape),)} if small else HP_MIA_MLP
        found.append(Case("mlp", options, title, shape, classes))
    return found


def measure(case: Case) -> Cost | None:
    """None where the model refuses such records."""
    torch.manual_seed(0)
    try:
        module = registry.build("models", case.model, case.options).build(case.shape, case.classes)
    except UserError:
        return None
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module.eval()(torch.zeros(1, *case.shape))
    flops = counter.get_total_flops()
    batch = max(BATCHES[0], min(BATCHES[1], int(STEP / (3 * flops))))
    parameters = sum(parameter.numel() for parameter in module.parameters())
    return Cost(parameters, flops, batch, batch / fastest_step(module.train(), case, batch))


def fastest_step(module: torch.nn.Module, case: Case, batch: int) -> float:
    """Seconds; the fastest, since whatever else runs can only add to it."""
    x, y = torch.randn(batch, *case.shape), torch.arange(batch) % case.classes
    if x.ndim == 4:
        x = x.contiguous(memory_format=torch.channels_last)
        module = module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    seconds: list[float] = []
    while len(seconds) < 1 + STEPS or sum(seconds) < PATIENCE:
        start = time.perf_counter()
        torch.nn.functional.cross_entropy(module(x), y).backward()  # type: ignore[no-untyped-call]
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:])  # the first one allocates


def row(case: Case, cost: Cost) -> str:
    shape = " x ".join(str(side) for side in case.shape)
    return (
        f"| {case.title} | {case.input} ({shape}) | {cost.parameters:,} | {_short(cost.flops / 1e6)} | "
        f"{cost.batch} | {_short(cost.rate)} |"
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def machine() -> str:
    cpu = next((line for line in cpu_lines() if "model name" in line), platform.machine()).partition(":")[2].strip()
    return f"{cpu or platform.machine()}, {os.cpu_count()} cores of which one was used"


def cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def page(rows: list[str], seconds: float) -> str:
    command = " ".join(["python benchmarks/models.py", *sys.argv[1:]])
    lines = [
        "# The networks and what they cost",
        "",
        "Each is described in its file in `src/miaudit/models`, with the paper. MFLOPs are millions of floating-point "
        "operations of one forward pass of one sample, two a multiplication with addition; a training step takes about "
        "three times as many. Samples per second are those of forward and backward passes on one thread, images in "
        "channels-last layout: the fastest of a few steps.",
        "",
        "| model | input | parameters | MFLOPs | batch | samples/s |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
        *rows,
        "",
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, miaudit {miaudit.__version__}, torch {torch.__version__}, "
        f"{machine()}, {seconds:.0f} s.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="write the page there as well")
    options = parser.parse_args()
    torch.set_num_threads(1)
    begun = time.perf_counter()
    rows = []
    for case in cases():
        cost = measure(case)
        if cost is not None:
            rows.append(row(case, cost))
            print(rows[-1], flush=True)
    text = page(rows, time.perf_counter() - begun)
    print(text.rpartition("\n\n")[2])
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
