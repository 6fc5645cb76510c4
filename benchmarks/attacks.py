"""What the attack stage costs: 50,000 records x 64 references x 10 classes.

    python benchmarks/attacks.py [--records 50000] [--references 64] [--shadows 16] [--views 4] [--attacks auto]
                                 [--processes 2] [--audit]

Evidence is made, model by model, and written to a file, which is audited as `miaudit audit FILE` does: outputs stay on
disk until an attack reads them. The stage is all of what attacks do: scores, cuts, the positive control. CPU seconds
are those of all processes; other work on the machine changes them little. In one process they are shown task by task;
a task that is the first to read a signal pays for it.

`--audit` carries the audit on to its report. With `--attacks all`, the two searches of `two_stage` are timed against
the literal triple loop of HP-MIA's Algorithm 2.
"""

import argparse
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import get_args

from _attacks_searches import search_times
from _attacks_world import write_world
from _watched import watched
from miaudit.auditing.attacking import answers
from miaudit.auditing.chosen import wanted_of
from miaudit.auditing.controls import positive_control
from miaudit.auditing.file_audit import audit_file, unmet_in
from miaudit.auditing.gather import gather_file
from miaudit.auditing.known import Knowable
from miaudit.auditing.request import FileRequest, Wanted
from miaudit.auditing.tasks import STAGES, Material, tasks_of
from miaudit.forms import AskedAttacks
from miaudit.report.folder import write_folder
from miaudit.seeds import generator
from miaudit.store.local import LocalStore


def attack(path: Path, wanted: Wanted, processes: int) -> None:
    """Run the attack stage, and print what each task took where there is one process."""
    gathered = gather_file(path, wanted.attacks.values())
    knowable = Knowable(gathered.truth, wanted.known_fraction)
    unmet = unmet_in(wanted.attacks, gathered.evidence, knowable)
    attacks = wanted.questions(unmet, len(gathered.evidence.shadows)).attacks
    with watched() as used:
        start = last = time.perf_counter()
        control, inside = positive_control(gathered.evidence, gathered.truth, generator(0, "positive"))
        known = [Knowable(truth, wanted.known_fraction) for truth in (gathered.truth, inside)]
        material = Material(gathered.evidence, control, wanted.threshold, 0, *known)
        tasks = [task for stage in STAGES for name, attack in attacks.items() for task in tasks_of(stage, name, attack)]
        last = time.process_time()
        for task, answer in answers(tasks, material, processes):
            now = time.process_time()
            cut = "" if answer.cut is None else f"   cut {answer.cut.value:.6g}"
            print(f"{task.name + ' ' + task.part:22}" + (f"{now - last:7.2f} s" if processes == 1 else "") + cut)
            last = now
        wall = time.perf_counter() - start
    print(f"attack stage: {wall:.1f} s on the wall, {used.seconds:.1f} CPU s, peak memory {used.memory / 1e9:.2f} GB")


def whole_audit(path: Path, folder: Path, wanted: Wanted, processes: int) -> None:
    """Audit the file and write the folder with the report."""
    with watched() as used:
        finished = audit_file(FileRequest(path, wanted), LocalStore(folder / "store"), processes=processes)
        stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in finished.result.cost.seconds.items())
        print(f"seconds on the wall: {stages}")
        print(f"until the result: {used.seconds:.1f} CPU s, peak memory {used.memory / 1e9:.2f} GB")
        start = time.perf_counter()
        write_folder(finished, folder / "out")
        print(f"files written in {time.perf_counter() - start:.1f} s on the wall")
    for file in sorted((folder / "out").iterdir()):
        print(f"    {file.name:24} {file.stat().st_size / 1e6:10.1f} MB")
    print(f"audit: {used.seconds:.1f} CPU s, peak memory {used.memory / 1e9:.2f} GB")


def main() -> None:
    """Write the evidence, then attack or audit it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--references", type=int, default=64)
    parser.add_argument("--shadows", type=int, default=16)
    parser.add_argument("--views", type=int, default=0)
    parser.add_argument("--attacks", choices=get_args(AskedAttacks), default="auto")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--audit", action="store_true", help="go on to the report")
    arguments = parser.parse_args()
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    wanted = wanted_of(arguments.attacks, known_fraction=0.1, seed=0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "evidence.safetensors"
        write_world(path, arguments.records, arguments.references, arguments.shadows, arguments.views)
        print(f"evidence: {path.stat().st_size / 1e6:,.0f} MB")
        if arguments.audit:
            whole_audit(path, folder, wanted, arguments.processes)
        else:
            attack(path, wanted, arguments.processes)
    if arguments.attacks == "all":
        search_times(24_000)


if __name__ == "__main__":
    main()
