"""Every experiment runs its whole way with few records: one after another over one store, as rows share models."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from numpy.random import Generator

from miaudit.arrays import Bools
from miaudit.auditing import checking, provenance
from miaudit.auditing.blind import Blind, attack_blindly
from miaudit.auditing.blind_features import Described
from miaudit.experiments import spec
from miaudit.experiments.beside import beside
from miaudit.experiments.expected import read_expected
from miaudit.experiments.page import markdown_table
from miaudit.experiments.results import SCHEMA, ExperimentResult
from miaudit.experiments.running import Reproduction
from miaudit.fingerprint import fingerprint
from miaudit.store.local import LocalStore
from tiny import rows_of

FOLDER = Path(__file__).parents[2] / "experiments"
NAMES = spec.names(FOLDER)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    return LocalStore(tmp_path_factory.mktemp("store"))


@pytest.fixture(autouse=True)
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that stand-ins are taken, whatever lies on this machine."""
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path))


@pytest.fixture(scope="module", autouse=True)
def once() -> Iterator[None]:
    """What many rows ask for is computed once: the blind attack on a split's records, the state of the checkout."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "attack_blindly", remembered_attack())
        patch.setattr(provenance, "_git", cache(provenance._git))
        yield


def remembered_attack() -> Callable[[Described, Bools, Generator], Blind]:
    """The blind attack, which remembers its answers."""
    known: dict[str, Blind] = {}

    def attack(records: Described, truth: Bools, rng: Generator) -> Blind:
        asked = fingerprint(records.values, records.copies, truth, str(rng.bit_generator.state))
        if asked not in known:
            known[asked] = attack_blindly(records, truth, rng)
        return known[asked]

    return attack


@pytest.mark.parametrize("name", NAMES)
def test_quick(name: str, store: LocalStore) -> None:
    named = spec.load(FOLDER, name)
    found = ExperimentResult(schema=SCHEMA, experiment=name, scale="quick", rows=())
    for row in rows_of(Reproduction(store, "quick"), named):
        assert row.state == "done", f"{row.name}: {row.why}"
        assert row.runs[0].attacks
        assert not row.runs[0].skipped
        assert set(row.runs[0].series) == set(named.experiment.series)
        found = found.with_row(row)
    lines = beside(named, found, read_expected(FOLDER, named.paper))
    assert {line.state for line in lines} == {"done"}
    measured = {cell.measure for line in lines for cell in line.cells if cell.ours is not None}
    unresolved = {m for m in named.experiment.measures if m.startswith("tpr_at_fpr") or m == "precision"}
    assert measured | unresolved >= set(named.experiment.measures)
    assert len(markdown_table(lines).splitlines()) == len(lines) + 2
