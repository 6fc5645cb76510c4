"""Panels against a slow reference: loops over models and records."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.testing as npt
import pytest
from numpy.random import default_rng

from miaudit.arrays import Bools, Floats, Ints
from miaudit.auditing.collect import Collector, StoredOutputs, auxiliary_query
from miaudit.evidence import Evidence, Outputs, Panel
from miaudit.evidence.io.file import read_evidence, write_evidence
from miaudit.running.work import do
from miaudit.splits.base import Split, Splitter, no_rows
from miaudit.splits.pool import Pool
from miaudit.splits.six_way import SixWay
from miaudit.store.local import LocalStore
from miaudit.training.data import Records
from tiny import blobs, recipe, works

N = 80
DATA = replace(blobs(n=N), ids=1000 + default_rng(0).permutation(N))
SPLITS: dict[str, Splitter] = {
    "pool": Pool(models=6, shadows=3, members=0.3, nonmembers=0.3, population=0.2),
    "auxiliary": Pool(models=4, shadows=2, members=0.2, nonmembers=0.3, auxiliary=0.3, population=0.1),
    "six_way": SixWay(target_in=12, target_out=11, shadow_in=10, shadow_out=9, reference=14, test=8, references=3),
}
TARGET = -1


def loss(model: int, row: int) -> float:
    """What a model says of a record: a number that no other pair has."""
    return -(1.0 + row + 100.0 * (model + 1)) / 1000.0


def logits(model: int, rows: Ints) -> Floats:
    """(n, 3) logits whose loss is as `loss` tells: log-probabilities, the rest shared by the other classes."""
    table = np.empty((len(rows), 3))
    for i, row in enumerate(rows):
        p = np.exp(loss(model, row))
        table[i] = np.log((1 - p) / 2)
        table[i, DATA.y[row]] = np.log(p)
    return table


class Case(NamedTuple):
    split: Split
    known: Ints
    evidence: Evidence
    truth: Bools
    rows: Ints


@pytest.fixture(params=[(name, known) for name in SPLITS for known in (0, 5)], ids=lambda p: f"{p[0]}-known{p[1]}")
def case(request: pytest.FixtureRequest) -> Case:
    name, count = request.param
    split = SPLITS[name].split(N, seed=3)
    return collected(split, np.sort(default_rng(1).choice(split.audited, size=2 * count, replace=False)))


def collected(split: Split, known: Ints) -> Case:
    target_rows = np.unique(np.concatenate([split.audited, split.population, split.test]))
    auxiliary_rows = auxiliary_query(split)
    target = Outputs(DATA.y[target_rows], [logits(TARGET, target_rows)])
    auxiliary = Outputs(DATA.y[auxiliary_rows], [logits(m, auxiliary_rows) for m in range(len(split.training))])
    collector = Collector(DATA, split, target, target_rows, auxiliary, auxiliary_rows)
    return Case(split, known, *collector.evidence(known))


def rows_of(panel: Panel) -> list[int]:
    """The data set's rows of a panel, from its ids."""
    assert panel.ids is not None
    return [int(row) for row in panel.ids]  # rows, not the data's own ids, which may tell who is a member


def check_panel(panel: Panel, target: int, references: Ints, split: Split) -> None:
    """Every number of the panel, one at a time."""
    rows = rows_of(panel)
    assert panel.n_references == len(references)
    for i, row in enumerate(rows):
        assert panel.labels[i] == DATA.y[row]
        assert panel.target("loss")[i] == pytest.approx(loss(target, row), abs=1e-12)
        for r, model in enumerate(references):
            assert panel.references("loss")[r, i] == pytest.approx(loss(int(model), row), abs=1e-12)
            assert panel.in_reference[r, i] == (row in split.training[int(model)])


def test_the_audited_panel(case: Case) -> None:
    panel = case.evidence.audit
    assert panel.member is None
    assert rows_of(panel) == sorted(set(case.split.audited.tolist()) - set(case.known.tolist())) == case.rows.tolist()
    check_panel(panel, TARGET, case.split.references, case.split)


def test_the_truth_is_apart(case: Case) -> None:
    members = set(case.split.members.tolist())
    assert case.truth.tolist() == [row in members for row in case.rows]


def test_the_known_panel(case: Case) -> None:
    panel = case.evidence.known
    if len(case.known) == 0:
        assert panel is None
        return
    assert panel is not None
    assert panel.member is not None
    assert rows_of(panel) == case.known.tolist()
    members = set(case.split.members.tolist())
    assert panel.member.tolist() == [row in members for row in case.known]
    check_panel(panel, TARGET, case.split.references, case.split)


def test_shadow_panels(case: Case) -> None:
    assert len(case.evidence.shadows) == len(case.split.shadows)
    for panel, role in zip(case.evidence.shadows, case.split.shadows, strict=True):
        assert panel.member is not None
        rows = rows_of(panel)
        both = {*role.inside.tolist(), *role.outside.tolist()}
        assert rows == sorted(both - set(case.known.tolist()))
        assert panel.member.tolist() == [row in case.split.training[role.model] for row in rows]
        check_panel(panel, role.model, role.references, case.split)


def test_the_population_as_everyone_sees_it(case: Case) -> None:
    split, panel = case.split, case.evidence.population
    if len(split.population) == 0:
        assert panel is None
        assert case.evidence.shadow_populations == ()
        return
    assert panel is not None
    assert rows_of(panel) == split.population.tolist()
    check_panel(panel, TARGET, split.references, split)
    assert not panel.in_reference.any()
    for shadow, role in zip(case.evidence.shadow_populations, split.shadows, strict=True):
        assert shadow.member is None
        assert rows_of(shadow) == split.population.tolist()
        check_panel(shadow, role.model, role.references, split)


def test_known_records_are_nowhere_else(case: Case) -> None:
    evidence = case.evidence
    assert evidence.audit.ids is not None
    panels = [evidence.audit, *evidence.shadows, *evidence.shadow_populations]
    known = set(case.known.tolist())
    for panel in panels:
        assert panel.ids is not None
        assert not known & set(panel.ids.tolist())


def test_without_auxiliary_models_there_is_the_target_alone() -> None:
    split = Split(members=np.arange(5), nonmembers=np.arange(5, 9), population=np.arange(9, 12))
    rows = np.arange(12)
    collector = Collector(
        DATA, split, Outputs(DATA.y[rows], [logits(TARGET, rows)]), rows, None, auxiliary_query(split)
    )
    evidence, truth, _ = collector.evidence(np.array([0, 5]))
    assert truth.tolist() == [True] * 4 + [False] * 3
    assert evidence.shadows == evidence.shadow_populations == ()
    for panel in (evidence.audit, evidence.known, evidence.population):
        assert panel is not None
        check_panel(panel, TARGET, np.arange(0), split)


def test_auxiliary_models_are_asked_about_every_record_of_a_panel() -> None:
    for splitter in SPLITS.values():
        split = splitter.split(N, seed=0)
        shadows = [row for role in split.shadows for row in [*role.inside, *role.outside]]
        expected = {*split.audited.tolist(), *split.population.tolist(), *map(int, shadows)}
        assert auxiliary_query(split).tolist() == sorted(expected)


def test_stored_outputs_are_read_model_by_model(tmp_path: Path) -> None:
    store, all_works = LocalStore(tmp_path), works(DATA, recipe(), 3)
    for work in all_works:
        do(work, Records(DATA.x, DATA.y, DATA.classes), store)
    stored = StoredOutputs(all_works, store)
    assert len(stored) == 3
    tables = [stored[m] for m in range(3)]
    assert len({table.tobytes() for table in tables}) == 3
    for read, table in zip(stored, tables, strict=True):
        npt.assert_array_equal(read, table)
    npt.assert_array_equal(stored[1:][0], tables[1])


@pytest.mark.parametrize("name", SPLITS)
def test_a_single_shadow_without_references_comes_back_from_a_file(name: str, tmp_path: Path) -> None:
    """As an audit leaves it whose attacks read no references."""
    evidence = collected(SPLITS[name].split(N, seed=3).only(np.array([0])), no_rows()).evidence
    write_evidence(tmp_path / "e.safetensors", evidence)
    back = read_evidence(tmp_path / "e.safetensors").evidence
    assert [shadow.n_references for shadow in evidence.shadows] == [0]
    for before, after in zip((evidence.audit, *evidence.shadows), (back.audit, *back.shadows), strict=True):
        assert after.n_references == before.n_references
        npt.assert_allclose(after.target("loss"), before.target("loss"))
