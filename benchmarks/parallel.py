"""An audit with all attacks on one process and on several: 32 logistic regressions, 2,000 members and 2,000 others.

    python benchmarks/parallel.py [--jobs 2] [--models 32] [--records 2000]

Each audit starts with an empty store, and both must give the same scores to the last bit. On a shared machine CPU
seconds tell more than wall time: they are those of all processes, their start included. The longest tasks follow, with
the seconds that are foretold of them: these decide on the order, and whether processes are worth their start.
"""

import argparse
import os
import platform
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from miaudit import Audit, audit
from miaudit.auditing.chosen import usual_attacks
from miaudit.auditing.controls import positive_control
from miaudit.auditing.known import Knowable
from miaudit.auditing.tasks import STAGES, Material, answer_of, tasks_of
from miaudit.seeds import generator
from miaudit.thresholds.best_accuracy import BestAccuracy

FEATURES = 20
LONGEST = 12  # tasks shown
KNOWN = 0.1  # share of the records that the attacker of kde knows, as in the audit


def audited(records: int, models: int, jobs: int, store: Path) -> Audit:
    """An audit of a logistic regression by noisy linear labels."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2 * records, FEATURES))
    y = (x[:, 0] + rng.normal(size=2 * records) > 0).astype(np.int64)
    target = LogisticRegression().fit(x[:records], y[:records])
    return audit(target, (x[:records], y[:records]), (x[records:], y[records:]), models=models, store=store, jobs=jobs)


def cpu_seconds() -> float:
    """Of this process and of all that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def timed_audit(records: int, models: int, jobs: int, store: Path) -> Audit:
    """The audit, its times printed."""
    start, cpu = time.perf_counter(), cpu_seconds()
    found = audited(records, models, jobs, store)
    wall, cpu = time.perf_counter() - start, cpu_seconds() - cpu
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in found.result.cost.seconds.items())
    print(f"{jobs} process(es): {wall:6.1f} s wall, {cpu:6.1f} s CPU; wall by stage: {stages}")
    return found


def print_tasks(found: Audit) -> None:
    """The longest tasks, one thread each."""
    gathered = found._finished.gathered
    control, inside = positive_control(gathered.evidence, gathered.truth, generator(0, "positive"))
    known = [Knowable(truth, KNOWN) for truth in (gathered.truth, inside)]
    material = Material(gathered.evidence, control, BestAccuracy(), 0, *known)
    attacks = {name: attack for name, attack in usual_attacks("all").items() if name in found.result.attacks}
    tasks = [task for stage in STAGES for name, attack in attacks.items() for task in tasks_of(stage, name, attack)]
    seconds: dict[tuple[str, str], tuple[float, float]] = {}
    for task in tasks:
        with threadpool_limits(1):
            start = time.process_time()
            outcome = task.run(material)
            seconds[task.name, task.part] = time.process_time() - start, task.seconds(material)
        answer_of(task, outcome)
    print(f"{'task':24} {'CPU s':>8} {'foretold':>9}")
    for (name, part), (took, foretold) in sorted(seconds.items(), key=lambda item: -item[1][0])[:LONGEST]:
        print(f"{name + ' ' + part:24} {took:8.2f} {foretold:9.2f}")
    total, all_foretold = (sum(column) for column in zip(*seconds.values(), strict=True))
    print(f"{'all':24} {total:8.2f} {all_foretold:9.2f}")


def main() -> None:
    """Both audits, then the tasks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--models", type=int, default=32)
    parser.add_argument("--records", type=int, default=2000)
    arguments = parser.parse_args()
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        alone, together = (
            timed_audit(arguments.records, arguments.models, jobs, Path(folder) / f"{place}")
            for place, jobs in enumerate((1, arguments.jobs))
        )
        print(f"same scores to the last bit: {alone.scores.equals(together.scores)}")
        print_tasks(alone)


if __name__ == "__main__":
    main()
