"""Attacks on several processes and on one."""

import multiprocessing as mp
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import PicklingError
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from miaudit import registry
from miaudit.arrays import Floats
from miaudit.attacks.loss import Loss
from miaudit.auditing import attacking
from miaudit.auditing.attacking import answers
from miaudit.auditing.controls import positive_control
from miaudit.auditing.tasks import STAGES, Answer, Material, Task, tasks_of
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.seeds import generator
from miaudit.thresholds.best_accuracy import BestAccuracy
from worlds import gaussian_world

WORLD = gaussian_world(np.random.default_rng(1), n=120, references=6, shadows=2, known=0, population=40)
CONTROL, _ = positive_control(WORLD.evidence, WORLD.member, generator(0, "positive"))
MATERIAL = Material(WORLD.evidence, CONTROL, BestAccuracy(), 0)
NAMES = ("ensemble", "ldc", "lira", "two_stage", "attack_r")


@pytest.fixture
def on_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little there is to do."""
    monkeypatch.setattr(attacking, "WORTH_PROCESSES", 0.0)


def tasks(names: Sequence[str]) -> list[Task]:
    attacks = {name: registry.build("attacks", name, {}) for name in names}
    return [task for stage in STAGES for name, attack in attacks.items() for task in tasks_of(stage, name, attack)]


def by_name(found: Any) -> dict[tuple[str, str], Answer]:
    return {(task.name, task.part): answer for task, answer in found}


@dataclass(frozen=True)
class Where(Loss):
    """Tells its process; `unread` decides whether another one can read it."""

    unread: Any = None
    folder: str = ""

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        return np.full(len(evidence.audit), float(os.getpid()))


def processes(*attacks: Any) -> list[int]:
    given = [Task(f"mine {i}", attack, "score") for i, attack in enumerate(attacks)]
    found = by_name(answers(given, MATERIAL, 2))
    return [int(required(found[task.name, "score"])[0]) for task in given]


def required(answer: Answer) -> Floats:
    assert answer.scores is not None
    return answer.scores


@pytest.mark.usefixtures("on_processes")
def test_processes_give_the_bits_that_one_gives() -> None:
    given = tasks(NAMES)
    parallel, alone = (by_name(answers(given, MATERIAL, jobs)) for jobs in (2, 1))
    assert parallel.keys() == alone.keys() == {(task.name, task.part) for task in given}
    for key, answer in alone.items():
        assert (parallel[key].cut, parallel[key].learned) == (answer.cut, answer.learned)
        npt.assert_array_equal(parallel[key].scores, answer.scores)
    assert mp.active_children() == []


def test_few_records_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attacking, "do_units", None)  # would fail if called
    assert len(list(answers(tasks(["loss", "lira"]), MATERIAL, 2))) == 4


@pytest.mark.usefixtures("on_processes")
def test_attacks_of_a_script_go_elsewhere_and_those_that_cannot_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class Own(Where):
        """Defined here: no other process can import it."""

    here = os.getpid()
    own, locked, theirs = processes(Own(unread=lambda: 1), Own(unread=threading.Lock()), Own(unread=_Unreadable()))
    assert own != here
    assert (locked, theirs) == (here, here)


class _Unreadable:
    """Can be sent, and be read in this process alone."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _refuse_elsewhere, (os.getpid(),)


def _refuse_elsewhere(pid: int) -> _Unreadable:
    if os.getpid() != pid:
        raise ModuleNotFoundError("no such module here")
    return _Unreadable()


@pytest.mark.usefixtures("on_processes")
def test_an_error_elsewhere_names_the_attack_and_ends_the_processes() -> None:
    @dataclass(frozen=True)
    class Broken(Where):
        def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
            raise RuntimeError("five")

    with pytest.raises(UserError, match="attack mine 0 failed on 120 records: RuntimeError: five") as caught:
        processes(Broken(), Where())
    assert "raised by attack mine 0" in caught.value.__notes__
    assert 'raise RuntimeError("five")' in caught.value.__notes__[0]
    assert mp.active_children() == []


@pytest.mark.usefixtures("on_processes")
def test_a_process_that_dies_is_replaced_and_one_that_always_does_is_named(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Dies(Where):
        def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
            if not (Path(self.folder) / "died").exists():
                (Path(self.folder) / "died").touch()
                os._exit(9)
            return super().score(evidence, rng)

    @dataclass(frozen=True)
    class Fine(Where):
        def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
            (Path(self.folder) / "fine").touch()
            return super().score(evidence, rng)

    @dataclass(frozen=True)
    class Always(Where):
        def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
            while not (Path(self.folder) / "fine").exists():
                time.sleep(0.01)
            time.sleep(0.5)  # its answer arrives meanwhile
            os._exit(9)

    folder = str(tmp_path)
    assert os.getpid() not in processes(Dies(folder=folder), Where())
    given = [Task("fine", Fine(folder=folder), "score"), Task("deadly", Always(folder=folder), "score")]
    found = answers(given, MATERIAL, 2)
    assert next(found)[0].name == "fine"
    with pytest.raises(UserError, match=r"runs attack deadly was killed 3 times.*is kept: run again with fewer --jobs"):
        next(found)
    assert mp.active_children() == []


@pytest.mark.usefixtures("on_processes")
def test_an_interrupt_ends_the_processes() -> None:
    found = answers(tasks(NAMES), MATERIAL, 2)
    next(found)
    assert len(mp.active_children()) == 2
    with pytest.raises(KeyboardInterrupt):
        found.throw(KeyboardInterrupt)
    assert mp.active_children() == []


@pytest.mark.usefixtures("on_processes")
def test_evidence_that_cannot_be_sent_is_looked_at_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PicklingError("no")

    monkeypatch.setattr(attacking, "write_mapped", refuse)
    assert processes(Where(), Where()) == [os.getpid()] * 2
