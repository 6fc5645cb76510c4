"""Budgets: times in words, and pools that are made smaller to fit."""

from typing import Any

import numpy as np
import pytest

from miaudit.auditing import cost
from miaudit.auditing.budget import seconds_of, within_budget
from miaudit.auditing.chosen import wanted_of
from miaudit.auditing.cost import START_UP, forecast
from miaudit.auditing.from_config import training_request
from miaudit.auditing.from_model import GivenRecords, PoolSize, request_for
from miaudit.auditing.planning import plan_of
from miaudit.auditing.request import Request
from miaudit.config import parse_config
from miaudit.errors import UserError
from miaudit.targets.predictions import Predictions
from tiny import CONFIG, recipe

EACH = 10.0  # seconds per model


@pytest.fixture
def ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "seconds_per_model", lambda *_: EACH)


def request_of(models: int) -> Request:
    return training_request(parse_config({**CONFIG, "split": {**CONFIG["split"], "models": models}}))


def fitted(request: Request, seconds: float) -> Request:
    return within_budget(request, plan_of(request), seconds, 1)


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("10m", 600), ("1.5h", 5400), (" 2m ", 120)])
def test_times(text: str, seconds: float) -> None:
    assert seconds_of("--budget", text) == seconds


@pytest.mark.parametrize("text", ["", "10", "m", "-3m", "10 minutes", "1e3s"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(UserError, match="--confirm-above: expected a time such as 90s, 10m or 2h"):
        seconds_of("--confirm-above", text)


@pytest.mark.usefixtures("ten_seconds")
def test_a_budget_that_suffices_changes_nothing() -> None:
    request = request_of(20)
    assert fitted(request, 1000) is request


@pytest.mark.usefixtures("ten_seconds")
@pytest.mark.parametrize(("seconds", "models"), [(54.5, 4), (73.5, 4), (74.5, 6), (204.5, 18), (213.0, 18)])
def test_the_pool_is_cut_to_the_budget(seconds: float, models: int) -> None:
    """The start takes 4 seconds, the target and every model of the pool 10."""
    cut = fitted(request_of(20), seconds)
    plan = plan_of(cut)
    assert (cut.pool, len(plan.auxiliary)) == (models, models)
    assert round(forecast(plan, None, 1).seconds or 0.0) == START_UP + (models + 1) * EACH
    assert plan.questions.config["split"] == {**CONFIG["split"], "models": models}


@pytest.mark.usefixtures("ten_seconds")
def test_a_budget_that_is_too_small_is_refused() -> None:
    with pytest.raises(UserError, match=r"a budget of 53 s is too small: the target and 4 pool models take about 54 s"):
        fitted(request_of(20), 53.0)


def at_hand(how: Any) -> Request:
    """Predictions of 40 records, with a pool of 20 models where there is a recipe."""
    x, y, p = np.arange(40.0)[:, None], np.arange(40) % 2, np.full((20, 2), 0.5)
    records = GivenRecords((x[:20], y[:20]), (x[20:], y[20:]))
    return request_for(Predictions(p, p), records, wanted_of("all", 0.1, 0), how, PoolSize(20, 4), "cpu")


@pytest.mark.usefixtures("ten_seconds")
def test_a_model_at_hand_costs_nothing() -> None:
    """In the time for which a target and 4 models can be trained there is room for 4 models and a bit more."""
    assert fitted(at_hand(recipe()), 54.5).pool == 4
    assert fitted(at_hand(recipe()), 64.5).pool == 6  # with a target to train it would be 4
    with pytest.raises(UserError, match=r"a budget of 43 s is too small: 4 pool models take about 44 s"):
        fitted(at_hand(recipe()), 43.0)


def test_a_budget_needs_a_pool() -> None:
    sizes = dict.fromkeys(("target_in", "target_out", "shadow_in", "shadow_out", "reference"), 99)
    asked = training_request(parse_config({**CONFIG, "split": {"name": "six_way", **sizes}}))
    for request in (asked, at_hand(None)):
        with pytest.raises(UserError, match=r"a budget sets the number of models in the pool: it needs a recipe"):
            fitted(request, 10.0)
