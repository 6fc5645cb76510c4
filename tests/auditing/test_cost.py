from pathlib import Path
from typing import Any

import pytest

from miaudit.auditing import cost
from miaudit.auditing.cost import START_UP, Forecast, Readers, Share, forecast
from miaudit.auditing.from_config import plan_of_config
from miaudit.config import AuditConfig, parse_config
from miaudit.running.units import samples
from miaudit.running.work import Work
from miaudit.store.local import LocalStore
from miaudit.store.reached import Reached
from miaudit.store.snapshots import JobSnapshots
from miaudit.training.recipe import Recipe
from miaudit.training.threads import one_thread
from tiny import ATTACKS, CONFIG, LDC

EACH = 10.0  # seconds per model


@pytest.fixture
def ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "seconds_per_model", lambda *_: EACH)


def config(**split: Any) -> AuditConfig:
    return parse_config({**CONFIG, "split": {**CONFIG["split"], **split}})


def told(models: int, cached: int, each: float | None, processes: int = 1) -> Forecast:
    return Forecast((Share("target", models, cached, 10, each, Readers()),), processes)


def test_forecasts_in_words() -> None:
    assert told(9, 9, None).text == "9 models, all in the store: nothing to train"
    assert told(9, 2, 71 / 7).text == "9 models, 2 in the store, 7 to train, about 1 min 15 s"
    assert told(9, 2, None).text == "9 models, 2 in the store, 7 to train"


def summed(found: Forecast) -> tuple[int, int, int]:
    """Models, those in the store, and seconds: to the second, since a half of the records may be one larger."""
    assert found.seconds is not None
    return found.models, found.cached, round(found.seconds)


@pytest.mark.usefixtures("ten_seconds")
def test_a_forecast_counts_what_is_in_the_store(tmp_path: Path) -> None:
    plan, store = plan_of_config(config(models=4)), LocalStore(tmp_path)
    assert summed(forecast(plan, store, 1)) == (5, 0, START_UP + 5 * EACH)
    assert summed(forecast(plan, store, 2)) == (5, 0, START_UP + 5 * EACH / 2)
    for work in plan.works[:3]:
        store.put(work.job.key, {}, {})
    assert summed(forecast(plan, store, 1)) == (5, 3, START_UP + 2 * EACH)
    assert summed(forecast(plan, store, 8)) == (5, 3, START_UP + EACH)  # no more processes than models
    for work in plan.works[3:]:
        store.put(work.key, {}, {})
    assert summed(forecast(plan, store, 1)) == (5, 5, 0.0)


@pytest.mark.usefixtures("ten_seconds")
def test_of_trainings_that_were_interrupted_the_rest_counts(tmp_path: Path) -> None:
    plan, store = plan_of_config(config(models=4)), LocalStore(tmp_path)
    for work, epoch in zip(plan.works, (20, 10), strict=False):
        JobSnapshots(store, work.job.key).write({}, Reached(epoch, 25, samples(work) * epoch // 25, 60.0))
    found = forecast(plan, store, 1)
    assert summed(found) == (5, 0, START_UP + 3 * EACH + 2 + 6)
    assert found.resumed == "the training of 2 models goes on after epoch 10 of 25, 20 of 25"
    assert forecast(plan, None, 1).resumed == ""
    store.put(plan.works[0].job.key, {}, {})
    assert forecast(plan, store, 1).resumed == "the training of 1 model goes on after epoch 10 of 25"


@pytest.mark.usefixtures("ten_seconds")
def test_a_forecast_tells_what_is_trained_for_whom(tmp_path: Path) -> None:
    plan = plan_of_config(config(models=6))
    (target, shadows, rest), every = forecast(plan, LocalStore(tmp_path), 1).shares, tuple(ATTACKS)
    assert (target.role, target.models, target.readers) == ("target", 1, Readers(scores=every))
    assert (shadows.role, shadows.models) == ("shadows and references", 2)
    assert shadows.readers == Readers(("calibrated", "lira", LDC, "two_stage"), ("loss",))
    assert (rest.role, rest.models) == ("references", 4)
    assert rest.readers == Readers(("calibrated", "lira", LDC, "two_stage"))
    assert {share.records for share in (shadows, rest)} == {max(map(len, plan.split.training))}


@pytest.mark.usefixtures("ten_seconds")
def test_models_that_nobody_reads_cost_nothing(tmp_path: Path) -> None:
    asked = parse_config({**CONFIG, "attacks": ["gap"]})
    cost = forecast(plan_of_config(asked), LocalStore(tmp_path), 1)
    assert [(share.role, share.models) for share in cost.shares] == [("target", 1), ("shadows", 2)]
    assert (cost.spared, *summed(cost)) == (4, 3, 0, START_UP + 3 * EACH)


def test_each_recipe_is_timed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def timed(work: Any, data: Any, together: int, device: str) -> float:
        seen.append(together)
        return 10.0 * work.job.recipe.epochs

    monkeypatch.setattr(cost, "seconds_per_model", timed)
    split = {"name": "six_way", "target_in": 100, "target_out": 50, "shadow_in": 200, "shadow_out": 50}
    split |= {"reference": 40, "references": 2}
    asked = parse_config({**CONFIG, "split": split, "reference_recipe": {"epochs": 1}})
    plan, store = plan_of_config(asked), LocalStore(tmp_path)
    shares = forecast(plan, store, 2).shares
    assert seen == [2, 2]  # four models on two processes
    assert [share.seconds_each for share in shares] == [250.0, 500.0, 10.0]  # the shadow has twice the records
    assert forecast(plan, store, 2).seconds == START_UP + (250 + 500 + 20) / 2


def test_no_sum_where_one_part_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "seconds_per_model", lambda *_: None)
    found = forecast(plan_of_config(config()), LocalStore(tmp_path), 1)
    assert found.seconds is None
    assert found.text == "7 models, 0 in the store, 7 to train"


def test_timing_restores_the_threads() -> None:
    import torch

    before = torch.get_num_threads()
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


@pytest.mark.usefixtures("ten_seconds")
def test_without_a_store_all_models_are_missing(tmp_path: Path) -> None:
    """So that a budget gives the same audit after an interrupt."""
    plan, store = plan_of_config(config(models=4)), LocalStore(tmp_path)
    for work in plan.works:
        store.put(work.key, {}, {})
    assert forecast(plan, store, 1).to_train == 0
    assert summed(forecast(plan, None, 1)) == (5, 0, START_UP + 5 * EACH)


def in_bf16(bf16: bool | str) -> AuditConfig:
    return parse_config({**CONFIG, "recipe": {**CONFIG["recipe"], "bf16": bf16}})


@pytest.mark.parametrize(
    ("bf16", "has", "slow", "expected"),
    [(True, False, 65.0, 6.5), (True, False, 8.0, None), (True, True, 65.0, None), (False, False, 65.0, None)],
    ids=["slower", "faster", "hardware", "fp32"],
)
def test_bf16_is_timed_where_the_hardware_has_none(
    monkeypatch: pytest.MonkeyPatch, bf16: bool, has: bool, slow: float, expected: float | None
) -> None:
    def seconds(work: Work, *_: object) -> float:
        assert isinstance(work.job.recipe, Recipe)
        return slow if work.job.recipe.in_bf16 else EACH

    monkeypatch.setattr(cost, "seconds_per_model", seconds)
    monkeypatch.setattr(cost, "has_bf16", lambda _: has)
    assert forecast(plan_of_config(in_bf16(bf16)), None, 1).bf16_slowdown == expected
