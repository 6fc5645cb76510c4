"""The first models of a pool, against a pool that never had more."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.testing as npt
import pytest
from numpy.random import default_rng

from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks.base import Attack
from miaudit.attacks.base_ratio import BaseRatio
from miaudit.attacks.ensemble import Ensemble
from miaudit.attacks.lira import Lira
from miaudit.auditing.smaller_pools import is_one_pool, on_records, smaller_pools
from miaudit.evidence import Evidence
from miaudit.evidence.panel import Panel
from miaudit.evidence.pool import Pool
from worlds import gaussian_world

N, MODELS, CLASSES = 400, 9, 3


class Models(NamedTuple):
    logits: Floats  # (M, N, C), the target first
    labels: Ints
    inside: Bools  # (M, N)


@pytest.fixture(scope="module")
def models() -> Models:
    """A target and four pairs of models on complementary halves."""
    rng = default_rng(0)
    halves = [rng.permutation(N) < N // 2 for _ in range(MODELS // 2)]
    inside = np.array([rng.permutation(N) < N // 2, *(side for half in halves for side in (half, ~half))])
    labels = rng.integers(0, CLASSES, N)
    logits = rng.normal(size=(MODELS, N, CLASSES))
    logits[:, np.arange(N), labels] += 2.0 * inside
    return Models(logits, labels, inside)


def evidence_of(models: Models, size: int) -> Evidence:
    """The evidence of a pool of that size."""
    table = Pool.of(models.logits[: 1 + size], models.labels, models.inside[: 1 + size])
    shadows = [table.stand_in(m, table.others(m)[1:]) for m in range(1, 1 + size)]  # the target is no reference
    return Evidence.of(audit=table.stand_in(0, np.arange(1, 1 + size)), shadows=shadows)


def numbers(panel: Panel) -> list[Floats | Bools]:
    references = panel.references("loss") if panel.n_references else np.zeros((0, len(panel)))
    return [panel.target("loss"), references, panel.in_reference]


def test_sizes_double_until_all_models_are_in() -> None:
    world = gaussian_world(default_rng(0), n=50, references=8, form="out")
    assert [models for models, _ in smaller_pools(world.evidence, learns=False)] == [2, 4]
    few = gaussian_world(default_rng(0), n=50, references=2, form="out")
    assert list(smaller_pools(few.evidence, learns=False)) == []


@pytest.mark.parametrize("size", [2, 4])
def test_the_first_models_are_a_pool_that_never_had_more(models: Models, size: int) -> None:
    smaller = dict(smaller_pools(evidence_of(models, 8), learns=True))[size]
    alone = evidence_of(models, size)
    assert len(smaller.shadows) == size
    for one, other in zip(smaller.panels(), alone.panels(), strict=True):
        for mine, theirs in zip(numbers(one), numbers(other), strict=True):
            npt.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("attack", [BaseRatio(), Lira(), Ensemble(trees=10)], ids=lambda attack: type(attack).__name__)
def test_attacks_score_alike_on_both(models: Models, attack: Attack) -> None:
    smaller = dict(smaller_pools(evidence_of(models, 8), learns=True))[4]
    alone = attack.score(evidence_of(models, 4), default_rng(1))
    npt.assert_array_equal(attack.score(smaller, default_rng(1)), alone)


def test_an_attack_that_learns_nothing_gets_no_shadows(models: Models) -> None:
    assert all(not smaller.shadows for _, smaller in smaller_pools(evidence_of(models, 8), learns=False))


def test_shadows_are_not_used_where_counts_of_references_could_name_their_members(models: Models) -> None:
    uneven = models._replace(inside=models.inside.copy())
    uneven.inside[1, 0] = ~uneven.inside[1, 0]
    assert list(smaller_pools(evidence_of(uneven, 8), learns=True)) == []
    assert len(list(smaller_pools(evidence_of(uneven, 8), learns=False))) == 2
    evidence = evidence_of(uneven, 8)  # also where no reference was trained on an audited record
    unseen = replace(evidence.audit, in_reference=np.zeros_like(evidence.audit.in_reference))
    assert list(smaller_pools(replace(evidence, audit=unseen), learns=True)) == []


def test_shadows_of_another_table_are_no_part_of_the_pool(models: Models) -> None:
    assert is_one_pool(evidence_of(models, 8))
    assert not is_one_pool(gaussian_world(default_rng(0), n=50, form="out").evidence)


def test_records_are_the_same_on_every_shadow(models: Models) -> None:
    whole, rows = evidence_of(models, 8), np.array([3, 8, 90])
    part = on_records(whole, rows)
    for one, other in zip(part.panels(), whole.panels(), strict=True):
        npt.assert_array_equal(one.target("loss"), other.target("loss")[rows])
        npt.assert_array_equal(one.references("loss"), other.references("loss")[:, rows])
