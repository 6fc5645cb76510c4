from dataclasses import replace
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from miaudit import registry
from miaudit.attacks.base import Needs
from miaudit.auditing.from_config import plan_of_config
from miaudit.auditing.plan import (
    Plan,
    applicable,
    auxiliary_works,
    available,
    missing,
    target_work,
    unmet,
)
from miaudit.config import parse_config
from miaudit.errors import UserError
from miaudit.splits.base import Split
from miaudit.splits.pool import Pool
from miaudit.splits.six_way import SixWay
from miaudit.training.recipe import Recipe
from tiny import CONFIG, blobs, recipe

EVERYTHING = Needs(shadows=1, out_references=4, in_references=4, known=True, population=True)
SIX_WAY = SixWay(target_in=10, target_out=10, shadow_in=8, shadow_out=8, reference=8, test=6, references=2)


def attacks(*names: str) -> dict[str, Any]:
    return {name: registry.build("attacks", name, {}) for name in names}


def plan(**changes: Any) -> Plan:
    return plan_of_config(parse_config({**CONFIG, **changes}))


@pytest.mark.parametrize(
    ("needs", "message"),
    [
        (Needs(shadows=2), "needs 2 shadow model(s), there are 1"),
        (Needs(out_references=5), "needs 5 reference model(s) without each record, there are 4"),
        (Needs(in_references=5), "needs 5 reference model(s) with each record, there are 4"),
    ],
)
def test_the_first_thing_that_lacks_is_named(needs: Needs, message: str) -> None:
    assert missing(needs, EVERYTHING) == message


def test_what_is_there_suffices_and_what_is_not_is_named() -> None:
    assert missing(EVERYTHING, EVERYTHING) is None
    assert missing(Needs(), Needs()) is None
    assert missing(Needs(known=True), Needs()) == "needs records of the target whose membership is known"
    assert missing(Needs(population=True), Needs()) == "needs population records that no model saw"


def test_attacks_that_do_not_apply_are_skipped_or_refused_if_named() -> None:
    some = attacks("loss", "calibrated")
    skipped = unmet(some, Split(members=np.arange(5), nonmembers=np.arange(5, 10)), known_fraction=0.1)
    assert skipped == {"calibrated": "needs 1 reference model(s) without each record, there are 0"}
    assert list(applicable(some, skipped, named=False)) == ["loss"]
    with pytest.raises(UserError, match=r"^attack calibrated needs 1 reference model\(s\) without each record"):
        applicable(some, skipped, named=True)


def test_a_target_that_gives_labels_is_attacked_by_what_reads_labels_alone() -> None:
    split = Pool(models=4, shadows=2).split(60, seed=0)
    some = attacks("gap", "loss", "lira")
    skipped = unmet(some, split, known_fraction=0.1, labels_only=True)
    assert skipped == dict.fromkeys(["loss", "lira"], "needs to know how sure the target is, which gives labels only")
    assert list(applicable(some, skipped, named=False)) == ["gap"]
    assert unmet(some, split, known_fraction=0.1) == {}


def test_shadows_without_references_stop_only_attacks_that_learn_from_them() -> None:
    split = Pool(models=2, shadows=1).split(60, seed=0)
    skipped = unmet(attacks("calibrated", "lira", "ldc"), split, known_fraction=0.1)
    assert skipped == {"ldc": "needs 1 reference model(s) without each record, there are 0"}


@pytest.mark.parametrize(
    ("splitter", "shadows", "out", "inside"),
    [
        (Pool(models=8, shadows=3), 3, 3, 3),  # a shadow has six references, three of them with each record
        (Pool(models=2, shadows=1), 1, 0, 0),  # its only other model is its twin, which would tell its members
        (Pool(models=4, shadows=2, members=0.3, nonmembers=0.3, auxiliary=0.3), 2, 1, 0),
        (SIX_WAY, 1, 2, 0),
    ],
)
def test_what_a_split_will_have(splitter: Pool | SixWay, shadows: int, out: int, inside: int) -> None:
    has = available(splitter.split(60, seed=0), known=False)
    assert has == Needs(shadows=shadows, out_references=out, in_references=inside)


def test_known_records_are_for_attacks_that_can_spare_them() -> None:
    split = Pool(models=4, members=0.5, nonmembers=0.1).split(100, seed=0)
    assert unmet(attacks("loss", "kde"), split, known_fraction=0.5) == {}
    assert unmet(attacks("loss", "kde"), split, known_fraction=0.9) == {
        "kde": "knows 0.9 of 10 non-members, which leaves too few to judge: lower known_fraction"
    }


@pytest.mark.parametrize(("common", "outside"), [(0, 1), (1, 1), (9, 0)])
def test_records_that_every_reference_saw_count_only_where_there_are_many(common: int, outside: int) -> None:
    """Of 80 records, half of them members, so many are in the training sets of both models."""
    halves = np.arange(0, 80, 2), np.arange(1, 80, 2)
    training = tuple(np.union1d(half, np.arange(35, 35 + common)) for half in halves)
    split = Split(np.arange(40), np.arange(40, 80), training=training, references=np.arange(2))
    assert available(split, known=True).out_references == outside


def test_the_target_is_trained_on_its_members_and_asked_about_all_that_is_measured() -> None:
    data, split = blobs(), SIX_WAY.split(60, seed=0)
    work = target_work(data, split, recipe(), seed=0)
    npt.assert_array_equal(work.job.rows, split.members)
    npt.assert_array_equal(work.query, np.sort(np.concatenate([split.audited, split.test])))


def test_shadows_imitate_the_target_and_references_have_their_own_recipe() -> None:
    data, split = blobs(), SIX_WAY.split(60, seed=0)
    other = recipe(early_stopping=True)
    works = auxiliary_works(data, split, recipe(), other, seed=0)
    assert [work.job.recipe for work in works] == [recipe(), other, other]
    assert [len(work.job.validation) for work in works] == [0, 6, 6]
    assert len({work.job.seed for work in (target_work(data, split, recipe(), 0), *works)}) == 4
    for work, rows in zip(works, split.training, strict=True):
        npt.assert_array_equal(work.job.rows, rows)


def test_early_stopping_without_records_to_stop_by_is_refused() -> None:
    data, split = blobs(), Pool(models=2).split(60, seed=0)
    with pytest.raises(UserError, match=r"early_stopping.* needs records that no model is trained on"):
        target_work(data, split, recipe(early_stopping=True), seed=0)


def test_a_larger_pool_uses_the_models_of_the_smaller_one() -> None:
    small, large = plan(), plan(split={**CONFIG["split"], "models": 10})
    assert [w.job.key for w in large.auxiliary[:6]] == [w.job.key for w in small.auxiliary]
    assert [w.key for w in large.auxiliary[:6]] == [w.key for w in small.auxiliary]
    assert small.target is None
    assert large.works[0].key == small.works[0].key
    assert len(small.works) == 7


def test_the_seed_changes_every_model() -> None:
    zero, one = plan(), plan(seed=1)
    assert not {work.job.key for work in zero.works} & {work.job.key for work in one.works}


def test_a_reference_may_have_another_architecture() -> None:
    split = {"name": "six_way", "target_in": 100, "target_out": 100, "shadow_in": 99, "shadow_out": 99, "reference": 99}
    changes = {"model": {"name": "mlp", "hidden": [7]}, "epochs": 3}
    planned = plan(split=split, reference_recipe=changes)
    assert isinstance(planned.recipe, Recipe)
    expected = replace(planned.recipe, epochs=3, model=registry.build("models", "mlp", {"hidden": [7]}))
    assert [work.job.recipe for work in planned.auxiliary] == [planned.recipe, expected]


def test_a_plan_trains_nothing_and_says_what_is_skipped() -> None:
    planned = plan(split={**CONFIG["split"], "models": 2, "shadows": 1}, attacks="all")
    assert "loss" in planned.questions.attacks
    assert planned.questions.skipped["ldc"] == "needs 1 reference model(s) without each record, there are 0"
    assert isinstance(planned.split, Split)
