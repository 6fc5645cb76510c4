"""NI of LDC-MIA Eq. 7 by hand and by a double loop, over both forms of evidence."""

from dataclasses import replace

import numpy as np
import pytest

from miaudit.arrays import Floats, Ints
from miaudit.attacks import _neighbourhoods
from miaudit.attacks._neighbourhoods import Neighbourhoods
from miaudit.errors import UserError
from miaudit.evidence import Panel
from worlds import gaussian_world

ALL = 10**6


def vectors(panel: Panel, r: int) -> Floats:
    assert panel.reference_view is not None
    view = panel.reference_view
    return view.outputs.values[int(view.models[r])][view.records]


def slow_information(panel: Panel, aux: Panel, models: list[tuple[Floats, Floats]], same: bool) -> Floats:
    """Mean over models (queries, aux vectors) of n_aux / neighbours, the record itself left out."""
    total = np.zeros(len(panel))
    for queries, others in models:
        for i, q in enumerate(queries):
            cosines = [q @ v / np.linalg.norm(q) / np.linalg.norm(v) for v in others]
            near = sum(c > 0 for j, c in enumerate(cosines) if not (same and i == j))
            total[i] += len(others) / max(near, 1)
    return total / len(models)


def test_by_hand() -> None:
    """Of the three other directions 2, 1, 1 and 2 lie within a right angle; n_aux is 4."""
    logits = np.array([[2.0, 0.0], [1.0, 2.0], [-3.0, 1.0], [2.0, 1.0]])
    panel = Panel.of(logits, np.zeros(4, dtype=np.int64), logits[None])
    found = Neighbourhoods(theta=0.0, max_aux=ALL, max_references=ALL, seed=0).among(panel, (panel,))
    near = np.array([2, 2, 0, 2])  # cosines with record 2: -6, -1, -5: none, which counts one
    np.testing.assert_allclose(found, 4 / np.maximum(near, 1))


def test_panels_of_their_own_tables_pair_references_by_position() -> None:
    world = gaussian_world(np.random.default_rng(0), n=30, references=3, shadows=2).evidence
    neighbours = Neighbourhoods(theta=0.0, max_aux=ALL, max_references=ALL, seed=0)
    shadow = world.shadows[0]
    pairs = [(vectors(shadow, r), vectors(shadow, r)) for r in range(3)]
    np.testing.assert_allclose(neighbours.among(shadow, (shadow,)), slow_information(shadow, shadow, pairs, same=True))
    audited = np.zeros(30)
    for shadow in world.shadows:
        pairs = [(vectors(world.audit, r), vectors(shadow, r)) for r in range(3)]
        audited += slow_information(world.audit, shadow, pairs, same=False) / 2
    np.testing.assert_allclose(neighbours.among(world.audit, world.shadows), audited)


def test_views_of_one_table_ask_the_same_model_and_know_the_same_record() -> None:
    """In a pool a shadow's r-th reference is another model than the audit's r-th."""
    world = gaussian_world(np.random.default_rng(0), n=30, references=4, shadows=1, form="pool").evidence
    shadow = world.shadows[0]
    pairs = [(vectors(world.audit, r), vectors(world.audit, r)) for r in range(4)]
    expected = slow_information(world.audit, shadow, pairs, same=True)
    neighbours = Neighbourhoods(theta=0.0, max_aux=ALL, max_references=ALL, seed=0)
    np.testing.assert_allclose(neighbours.among(world.audit, (shadow,)), expected)


def test_without_ids_records_of_another_panel_are_others() -> None:
    world = gaussian_world(np.random.default_rng(0), n=30, references=4, shadows=1, form="pool").evidence
    stranger = replace(world.audit, ids=None)
    pairs = [(vectors(world.audit, r), vectors(world.audit, r)) for r in range(4)]
    expected = slow_information(stranger, world.shadows[0], pairs, same=False)
    neighbours = Neighbourhoods(theta=0.0, max_aux=ALL, max_references=ALL, seed=0)
    np.testing.assert_allclose(neighbours.among(stranger, world.shadows), expected)


def test_a_pool_looks_at_each_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = gaussian_world(np.random.default_rng(0), n=40, references=8, shadows=8, form="pool").evidence
    calls = []

    def counted(queries: Floats, aux: Floats, theta: float, own: Ints) -> Floats:
        calls.append(len(queries))
        return np.ones(len(queries))

    monkeypatch.setattr(_neighbourhoods, "neighbour_share", counted)
    neighbours = Neighbourhoods(theta=0.0, max_aux=20, max_references=3, seed=0)
    for panel in (world.audit, *world.shadows):
        neighbours.among(panel, world.shadows if panel is world.audit else (panel,))
    assert len(calls) == 4  # three models, and a fourth for the shadows that are one of the three themselves


def test_a_part_of_the_auxiliary_records_estimates_the_whole() -> None:
    world = gaussian_world(np.random.default_rng(0), n=2000, references=2, shadows=1).evidence
    whole = Neighbourhoods(theta=0.0, max_aux=ALL, max_references=ALL, seed=0).among(world.audit, world.shadows)
    part = Neighbourhoods(theta=0.0, max_aux=1000, max_references=ALL, seed=0).among(world.audit, world.shadows)
    assert not np.array_equal(part, whole)
    assert np.median(np.abs(part / whole - 1.0)) < 0.05


def test_other_references_on_another_panel_are_refused() -> None:
    world = gaussian_world(np.random.default_rng(0), n=30, references=3).evidence
    other = gaussian_world(np.random.default_rng(0), n=30, references=2).evidence
    neighbours = Neighbourhoods(theta=0.0, max_aux=ALL, max_references=ALL, seed=0)
    with pytest.raises(UserError, match="one has 3, another 2"):
        neighbours.among(world.audit, other.shadows)
