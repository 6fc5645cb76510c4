"""Malformed and hostile inputs to every command: no traceback, no long run, no endless memory, one plain message each.

All calls run in this process. The inputs are drawn anew from the same seed each time, so that a failure is found again.
"""

import re
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from fuzz.cases import Case
from fuzz.documents import documents
from fuzz.formats import formats
from fuzz.gates import gates
from fuzz.places import places
from fuzz.tables import tables
from tiny import Call, Called

SEED = 20
FEWEST = 1000  # cases in all
SECONDS = 10  # of one case, on one core: how long it takes beside other work says nothing
PATIENCE = 120  # seconds that a case may wait for something
MEGABYTES = 1024  # that this process may grow by
LONGEST = 3100  # characters of what is said, the usage of a command among it
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
GROUPS = {"tables": tables, "formats": formats, "documents": documents, "gates": gates, "places": places}
ALLOWED: dict[tuple[str, ...], tuple[int, ...]] = {  # exit codes, where not just 0 and 2
    ("store", "verify"): (0, 1, 2),
    ("gate", "."): (0, 1, 2, 3),
}


def cases(group: str) -> list[Case]:
    return list(GROUPS[group](np.random.default_rng(SEED)))


def test_there_are_as_many_as_promised() -> None:
    found = [case for group in GROUPS for case in cases(group)]
    assert len(found) >= FEWEST
    assert {case.words[0] for case in found} >= {
        "audit", "score", "evaluate", "attacks", "report", "reproduce", "store", "demo", "gate"
    }  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
def test_every_input_has_one_plain_answer(
    group: str, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))
    before, faults = _peak(), []
    for number, case in enumerate(cases(group)):
        folder = tmp_path / str(number)
        folder.mkdir()
        case.write(folder)
        monkeypatch.chdir(folder)
        faults += [f"{case.title}: {fault}" for fault in _faults(case, call)]
    grown = _peak() - before
    monkeypatch.chdir(tmp_path)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)
    assert grown < MEGABYTES, f"{grown:.0f} MB more than before"


def _faults(case: Case, call: Call) -> Iterator[str]:
    begun = time.process_time()
    try:
        with _at_most(SECONDS, PATIENCE):
            called = call(*case.words)
    except TimeoutError:
        yield f"more than {SECONDS} s of work or {PATIENCE} s of waiting"
    except Exception as error:
        yield f"traceback: {type(error).__name__}: {str(error)[:200]!r}"
    else:
        if time.process_time() - begun > SECONDS:
            yield f"took {time.process_time() - begun:.0f} s"
        yield from _wrong_answer(case, called)


def _wrong_answer(case: Case, called: Called) -> Iterator[str]:
    said = called.out + called.err
    if "Traceback" in said:
        yield f"traceback: {said[-300:]!r}"
    if called.code not in ALLOWED.get(case.words[:2], (0, 2)):
        yield f"exit code {called.code}: {said[-200:]!r}"
    if (found := CONTROL.search(said)) is not None:
        yield f"a control character: {said[max(0, found.start() - 40) : found.end() + 20]!r}"
    if called.code == 2:
        yield from _wrong_message(case, called.err)


def _wrong_message(case: Case, err: str) -> Iterator[str]:
    if len(err) > LONGEST:
        yield f"a message of {len(err):,} characters"
    if not err.startswith(("miaudit: ", "Usage: ")):
        yield f"no message: {err[:200]!r}"
    elif err.startswith("miaudit: ") and err.count("\n") != 1:
        yield f"a message of {err.count(chr(10))} lines: {err[:200]!r}"
    if case.names not in err:
        yield f"the file {case.names} is not named: {err[:300]!r}"
    if case.says not in err.lower():
        yield f"{case.says!r} is not said: {err[:300]!r}"


@contextmanager
def _at_most(work: float, waiting: float) -> Iterator[None]:
    """Raise TimeoutError in the block after so many seconds of this process's own time, or so many by the clock."""

    def stop(*_: object) -> None:
        raise TimeoutError

    limits = {signal.SIGPROF: (signal.ITIMER_PROF, work), signal.SIGALRM: (signal.ITIMER_REAL, waiting)}
    before = {kind: signal.signal(kind, stop) for kind in limits}
    for timer, seconds in limits.values():
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for kind, (timer, _) in limits.items():
            signal.setitimer(timer, 0)
            signal.signal(kind, before[kind])


def _peak() -> float:
    """The most memory that this process has had, in MB."""
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
