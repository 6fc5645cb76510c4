from pathlib import Path
from typing import Any

import pytest

from miaudit.auditing import cost
from miaudit.auditing.cost import START_UP, Forecast, duration, forecast, seconds_per_model, within_budget
from miaudit.auditing.from_config import plan_of
from miaudit.config import AuditConfig, parse_config
from miaudit.errors import UserError
from miaudit.training.checkpoints import Store
from miaudit.training.work import one_thread
from tiny import CONFIG

EACH = 10.0  # seconds a model


@pytest.fixture
def ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "seconds_per_model", lambda *_: EACH)


def config(**split: Any) -> AuditConfig:
    return parse_config({**CONFIG, "split": {**CONFIG["split"], **split}})


def fitted(seconds: float, store: Store, models: int = 20) -> AuditConfig:
    asked = config(models=models)
    return within_budget(asked, plan_of(asked), store, seconds, 1)


def models_of(fitting: AuditConfig) -> int:
    return len(plan_of(fitting).auxiliary)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59, "59 s"), (75, "1 min 15 s"), (600, "10 min"), (5400, "1.5 h"), (36000, "10.0 h")],
)
def test_durations_for_people(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_forecasts_in_words() -> None:
    assert Forecast(9, 9, 0.0).text == "9 models, all in the store: nothing to train"
    assert Forecast(9, 2, 75.0).text == "9 models, 2 in the store, 7 to train, about 1 min 15 s"
    assert Forecast(9, 2, None).text == "9 models, 2 in the store, 7 to train"


@pytest.mark.usefixtures("ten_seconds")
def test_a_forecast_counts_what_is_in_the_store(tmp_path: Path) -> None:
    plan, store = plan_of(config(models=4)), Store(tmp_path)
    assert forecast(plan, store, 1) == (5, 0, START_UP + 5 * EACH)
    assert forecast(plan, store, 2) == (5, 0, START_UP + 5 * EACH / 2)
    for work in plan.works[:3]:
        store.put(work.job.key, {}, {})
    assert forecast(plan, store, 1) == (5, 3, START_UP + 2 * EACH)
    assert forecast(plan, store, 8).seconds == START_UP + EACH  # no more processes than models
    for work in plan.works[3:]:
        store.put(work.key, {}, {})
    assert forecast(plan, store, 1) == (5, 5, 0.0)


def test_timing_a_model_takes_its_epochs_into_account() -> None:
    short, long = (
        plan_of(parse_config({**CONFIG, "recipe": {**CONFIG["recipe"], "epochs": epochs}})) for epochs in (10, 1000)
    )
    times = [seconds_per_model(plan, plan.works[0]) for plan in (short, long)]
    assert times[0] is not None
    assert times[1] is not None
    assert 0 < 10 * times[0] < times[1]  # in truth a hundred times


def test_timing_restores_the_threads() -> None:
    import torch

    before = torch.get_num_threads()
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


@pytest.mark.usefixtures("ten_seconds")
def test_a_budget_that_suffices_changes_nothing(tmp_path: Path) -> None:
    assert fitted(1000, Store(tmp_path)) == config(models=20)


@pytest.mark.usefixtures("ten_seconds")
@pytest.mark.parametrize(("seconds", "models"), [(54.0, 4), (73.9, 4), (74.0, 6), (204.0, 18), (213.0, 18)])
def test_the_pool_is_cut_to_the_budget(tmp_path: Path, seconds: float, models: int) -> None:
    """The start takes 4 seconds, the target and every model of the pool 10."""
    cut = fitted(seconds, Store(tmp_path))
    assert models_of(cut) == models
    assert forecast(plan_of(cut), Store(tmp_path), 1).seconds == START_UP + (models + 1) * EACH
    assert cut.split is not None
    assert cut.split.options["members"] == CONFIG["split"]["members"]


@pytest.mark.usefixtures("ten_seconds")
def test_what_the_store_holds_changes_no_budget(tmp_path: Path) -> None:
    """The same command gives the same audit, whenever it is run."""
    store = Store(tmp_path)
    before = models_of(fitted(START_UP + 6 * EACH, store))
    for work in plan_of(config(models=20)).works[:9]:  # the target and eight of the pool
        store.put(work.key, {}, {})
    assert models_of(fitted(START_UP + 6 * EACH, store)) == before == 4


@pytest.mark.usefixtures("ten_seconds")
def test_a_budget_that_is_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a budget of 53 s is too small: the target and 4 pool models take about 54 s"):
        fitted(53.0, Store(tmp_path))


def test_a_budget_needs_a_pool(tmp_path: Path) -> None:
    sizes = dict.fromkeys(("target_in", "target_out", "shadow_in", "shadow_out", "reference"), 99)
    asked = parse_config({**CONFIG, "split": {"name": "six_way", **sizes}})
    with pytest.raises(UserError, match=r"--budget chooses the number of pool models"):
        within_budget(asked, plan_of(asked), Store(tmp_path), 10.0, 1)
