"""Models per minute against the loop that other tools use: a DataLoader, torch's optimizer, two threads.

    python benchmarks/training.py [--quick] [--out docs/training.md]

Both train the same networks on the same synthetic data with Adam. Ours is `run_local` with two processes and a fresh
store, timed as a whole: starting processes, training, asking the models, writing. The two take turns in short slices
(A B C A B C), the numbers are medians over the rounds. A second part does the same beside a process that keeps one core
busy. Slices in which other processes disturb are repeated while patience lasts. Expect 20 minutes on two quiet cores.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil
import torch
from torch.utils.data import DataLoader, TensorDataset

from _page import BEGIN, END, processor, put_numbers
from miaudit.datasets.base import Dataset
from miaudit.models.lenet5 import Lenet5
from miaudit.models.mlp import Mlp
from miaudit.models.small_cnn import SmallCnn
from miaudit.running.local import run_local
from miaudit.running.pace import Pace
from miaudit.running.work import Work
from miaudit.store.local import LocalStore
from miaudit.training.job import Method
from miaudit.training.recipe import Recipe

PROCESSES = 2  # ours, of one thread each
THREADS = 2  # theirs, in one process
ROUNDS = 3
SLICE = 4.0  # seconds of the other loop a round
CALM = 0.25  # CPUs that others may use in a slice that counts
LOOKS = 4  # at the memory, one an epoch
BUSY = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"
QUERIED = 1000  # records that each model is asked about


@dataclass(frozen=True, eq=False)
class Case:
    """A network, its data, and how many models are trained on how much of it."""

    name: str
    recipe: Recipe
    data: Dataset
    models: int
    records: int  # a model
    targets: tuple[float, float | None]  # the ratio to reach, in fp32 and in bf16

    @property
    def samples(self) -> int:
        """A model's."""
        return self.records * self.recipe.epochs

    def works(self, bf16: bool) -> list[Work]:
        """Jobs on random subsets of the data."""
        recipe = replace(self.recipe, bf16=bf16)
        method = Method.of(recipe, self.data)
        draw = np.random.default_rng(0)
        rows = [np.sort(draw.permutation(len(self.data))[: self.records]) for _ in range(self.models)]
        query = np.arange(QUERIED)
        return [Work(method.job(r, k), query) for k, r in enumerate(rows)]


def cases(scale: float) -> list[Case]:
    """What is compared; the scale is the share of the epochs."""

    def epochs(count: int) -> int:
        return max(1, round(count * scale))

    adult, purchase = synthetic((104,), 2, 16_000), synthetic((600,), 100, 10_000)
    mnist, cifar = synthetic((1, 28, 28), 10, 8_000), synthetic((3, 32, 32), 10, 8_000)
    wide = Mlp(hidden=(1024, 512, 256, 128), activation="tanh")
    return [
        Case("MLP 104-64-2", Recipe(model=Mlp(hidden=(64,)), epochs=epochs(100)), adult, 32, 8_000, (10, None)),
        Case("MLP 104-256-2", Recipe(model=Mlp(hidden=(256,)), epochs=epochs(100)), adult, 32, 8_000, (10, None)),
        Case(
            "MLP 600-1024-512-256-128-100",
            Recipe(model=wide, batch_size=200, epochs=epochs(12)),  # Purchase100 in HP-MIA 4.1.2
            purchase,
            6,
            5_000,
            (1.4, 2.4),
        ),
        Case(
            "small CNN, 28 x 28",
            Recipe(model=SmallCnn(), batch_size=100, epochs=epochs(12)),  # MNIST in HP-MIA 4.1.2
            mnist,
            4,
            4_000,
            (1.45, 1.8),
        ),
        Case("LeNet-5, 3 x 32 x 32", Recipe(model=Lenet5(), epochs=epochs(20)), cifar, 4, 4_000, (1.4, None)),
    ]


def synthetic(shape: tuple[int, ...], classes: int, records: int) -> Dataset:
    """Noise of the right shape."""
    draw = np.random.default_rng(0)
    x = draw.standard_normal((records, *shape), dtype=np.float32)
    return Dataset(f"noise{shape}", x, draw.integers(classes, size=records), classes)


def usual_network(case: Case) -> torch.nn.Module:
    """As it is usually written, activation before pooling; ours has them the other way round, for the same values."""
    module = case.recipe.model.build(case.data.x.shape[1:], case.data.classes)
    parts = list(module)
    for i, part in enumerate(parts[:-1]):
        if isinstance(part, torch.nn.MaxPool2d):
            parts[i], parts[i + 1] = parts[i + 1], part
    return torch.nn.Sequential(*parts)


def other_loop(case: Case, seconds: float) -> float:
    """Samples a second of the usual loop, in fp32."""
    torch.set_num_threads(THREADS)
    rows = torch.arange(case.records)
    x, y = torch.from_numpy(case.data.x)[rows], torch.from_numpy(case.data.y)[rows]
    module = usual_network(case)
    optimizer = torch.optim.Adam(module.parameters(), lr=case.recipe.learning_rate)
    loader = DataLoader(TensorDataset(x, y), batch_size=case.recipe.batch_size, shuffle=True)
    start, samples, total = time.perf_counter(), 0, 0.0
    while True:
        for batch, labels in loader:
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(module(batch), labels)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            total += loss.item()
            samples += len(labels)
            if time.perf_counter() - start > seconds:
                return samples / (time.perf_counter() - start)


class Ours(NamedTuple):
    """Samples a second of `run_local`."""

    whole: float
    training: float | None  # between the first and the last word from the processes


def our_run(case: Case, bf16: bool) -> Ours:
    """Train all models of a case, in a fresh store on a disk."""
    paces: list[Pace] = []
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        tally = run_local(case.works(bf16), case.data, LocalStore(Path(folder)), PROCESSES, watch=paces.append)
        seconds = time.perf_counter() - start
    assert tally.trained == case.models
    return Ours(case.models * case.samples / seconds, paces[-1].samples_per_second if paces else None)


@dataclass
class Measured:
    """Samples a second of one way, a number a round."""

    whole: list[float] = field(default_factory=list)
    training: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)  # CPUs that other processes used meanwhile

    @property
    def median(self) -> float:
        """Over the rounds."""
        return statistics.median(self.whole)


Table = dict[tuple[str, str], Measured]  # case, way


class Bench:
    """Slices of cases and ways; one in which others kept the machine busy is tried again, while patience lasts."""

    def __init__(self, rounds: int, seconds: float, patience: float) -> None:
        self.rounds, self.seconds = rounds, seconds
        self.deadline = time.monotonic() + patience
        self.repeated = 0

    def measure(self, chosen: list[Case], neighbour: psutil.Process | None) -> Table:
        """All cases and ways, in turn."""
        table: Table = {}
        for _ in range(self.rounds):
            for case in chosen:
                for way in ("loop", "fp32", *(["bf16"] if case.targets[1] else [])):
                    self._add(case, way, table.setdefault((case.name, way), Measured()), neighbour)
                    print(f"  {case.name}, {way}: {table[case.name, way].whole[-1]:,.0f} samples/s", flush=True)
        return table

    def _add(self, case: Case, way: str, measured: Measured, neighbour: psutil.Process | None) -> None:
        while True:
            with foreign_cpu(neighbour) as used:
                speed = Ours(other_loop(case, self.seconds), None) if way == "loop" else our_run(case, way == "bf16")
            if used[0] < CALM or time.monotonic() > self.deadline:
                break
            self.repeated += 1
            time.sleep(self.seconds)
        measured.whole.append(speed.whole)
        measured.others += used
        measured.training += [] if speed.training is None else [speed.training]


@contextmanager
def foreign_cpu(neighbour: psutil.Process | None) -> Iterator[list[float]]:
    """CPUs that were neither idle nor ours within the block, on average."""

    def busy() -> float:
        times = psutil.cpu_times()
        own = psutil.Process().cpu_times()
        mine = own.user + own.system + own.children_user + own.children_system
        beside = sum(neighbour.cpu_times()[:2]) if neighbour is not None else 0.0
        return float(times.user + times.nice + times.system + times.irq + times.softirq - mine - beside)

    used: list[float] = []
    start, before = time.perf_counter(), busy()
    yield used
    used.append(max(0.0, (busy() - before) / (time.perf_counter() - start)))


@contextmanager
def busy_neighbour() -> Iterator[psutil.Process]:
    """A process that keeps one core busy."""
    process = subprocess.Popen([sys.executable, "-c", BUSY])
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
    try:
        yield psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


def lines(chosen: list[Case], table: Table, with_targets: bool) -> list[str]:
    """The table in Markdown."""
    found = [
        "| network | way | models | models/min | samples/s | ratio | while training | ratio | goal | others' CPU |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    names = {"loop": "DataLoader loop", "fp32": "miaudit", "bf16": "miaudit, bf16"}
    for case in chosen:
        reference = table[case.name, "loop"].median
        for way, target in (("loop", None), ("fp32", case.targets[0]), ("bf16", case.targets[1])):
            measured = table.get((case.name, way))
            if measured is None:
                continue
            training = statistics.median(measured.training) if measured.training else measured.median
            goal = f"{target:g}" if target is not None and with_targets else ""
            found.append(
                f"| {case.name} | {names[way]} | {case.models} x {case.samples:,} "
                f"| {60 * measured.median / case.samples:,.1f} | {measured.median:,.0f} "
                f"| {measured.median / reference:.2f} | {training:,.0f} | {training / reference:.2f} "
                f"| {goal} | {statistics.median(measured.others):.2f} |"
            )
    return found


class EnoughError(Exception):
    """The memory has been looked at."""


def memory(jobs: int) -> list[str]:
    """Resident memory of all processes while LeNet-5 is trained on data of CIFAR-10's size."""
    data = synthetic((3, 32, 32), 10, 50_000)
    case = Case("", Recipe(model=Lenet5(), epochs=5), data, jobs, 25_000, (1, None))
    seen: list[tuple[float, float]] = []

    def look(_: Pace) -> None:
        children = [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]
        workers = [child.memory_full_info() for child in children]
        seen.append((sum(w.pss for w in workers) / 1e6, sum(w.uss for w in workers) / 1e6))
        if len(seen) == LOOKS:
            raise EnoughError

    with tempfile.TemporaryDirectory() as folder, suppress(EnoughError):
        run_local(case.works(bf16=False), data, LocalStore(Path(folder)), PROCESSES, watch=look)
    shared, own = seen[-1]
    size = data.x.nbytes / 1e6
    return [
        f"Memory: {jobs} jobs on 50,000 records of 3 x 32 x 32 ({size:,.0f} MB). The {PROCESSES} processes hold "
        f"{shared:,.0f} MB together (proportional set size); {own:,.0f} MB of it are not shared (libraries, models, "
        "batches), the rest is the data, mapped once for all. The array of the process that calls them comes on top.",
    ]


def report(chosen: list[Case], quiet: Table, beside: Table, memory_lines: list[str], bench: Bench) -> str:
    """All numbers, as a part of a page."""
    others = [value for table in (quiet, beside) for measured in table.values() for value in measured.others]
    restless = sum(value >= CALM for value in others)
    calm = (
        f"other processes used less than {CALM} CPUs in {len(others) - restless} of {len(others)} slices "
        f"({bench.repeated} with more were repeated)"
    )
    date = datetime.now(UTC).strftime("%Y-%m-%d")
    return "\n".join(
        [
            BEGIN,
            f"{date}, {os.cpu_count()} cores of {processor()}, torch {torch.__version__}. "
            f"Median of {bench.rounds} rounds; {calm}.",
            "",
            *lines(chosen, quiet, with_targets=True),
            "",
            "The same beside a process that keeps one core busy:",
            "",
            *lines(chosen, beside, with_targets=False),
            "",
            *memory_lines,
            END,
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round of a tenth of the epochs: does it run?")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--patience", type=float, default=1800.0, help="seconds to spend on repeating restless slices")
    parser.add_argument("--out", type=Path, help="page whose numbers are replaced")
    options = parser.parse_args()
    chosen = cases(0.1 if options.quick else 1.0)
    bench = Bench(1, 1.0, 0.0) if options.quick else Bench(options.rounds, SLICE, options.patience)
    print("alone", flush=True)
    quiet = bench.measure(chosen, None)
    print("beside a busy process", flush=True)
    with busy_neighbour() as neighbour:
        beside = bench.measure(chosen, neighbour)
    numbers = report(chosen, quiet, beside, memory(256), bench)
    print(numbers)
    if options.out is not None:
        put_numbers(options.out, numbers)


if __name__ == "__main__":
    main()
