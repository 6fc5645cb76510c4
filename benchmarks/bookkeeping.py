"""CPU seconds of the process that calls, while others train: names of jobs, messages, the store.

    python benchmarks/bookkeeping.py [--jobs 256] [--records 50000]

The models are constants, so what is measured is what `run_local` does beside training.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.dummy import DummyClassifier

from miaudit.datasets.base import Dataset
from miaudit.running.local import run_local
from miaudit.running.work import Work
from miaudit.store.local import LocalStore
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.job import Method

PROCESSES = 2


def works(jobs: int, records: int) -> tuple[Dataset, list[Work]]:
    """Jobs on random halves of the records; every model is asked about all of them."""
    draw = np.random.default_rng(0)
    data = Dataset("noise", draw.standard_normal((records, 4)), draw.integers(2, size=records), 2)
    recipe = EstimatorRecipe.of(DummyClassifier())
    method = Method.of(recipe, data)
    rows = [np.sort(draw.permutation(records)[: records // 2]) for _ in range(jobs)]
    return data, [Work(method.job(r, k), np.arange(records)) for k, r in enumerate(rows)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=256)
    parser.add_argument("--records", type=int, default=50_000)
    given = parser.parse_args()
    data, prepared = works(given.jobs, given.records)
    with tempfile.TemporaryDirectory() as folder:
        start, cpu = time.perf_counter(), time.process_time()
        tally = run_local(prepared, data, LocalStore(Path(folder)), PROCESSES)
        seconds, own = time.perf_counter() - start, time.process_time() - cpu
    assert tally.trained == given.jobs
    print(f"{given.jobs} jobs on {given.records:,} records: {own:.2f} CPU s of the caller, {seconds:.1f} s in all")


if __name__ == "__main__":
    main()
