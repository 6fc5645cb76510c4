"""The one way through an audit: what is asked when, and what a request may not ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from miaudit.auditing.conductor import conduct
from miaudit.auditing.cost import Forecast
from miaudit.auditing.execution import Execution
from miaudit.auditing.from_config import request_of
from miaudit.config import load_config, parse_config
from miaudit.errors import UserError
from miaudit.evidence.io.file import write_evidence
from miaudit.running.base import Runner
from miaudit.running.local import LocalRunner
from miaudit.store.local import LocalStore
from tiny import CONFIG, Audited
from worlds import gaussian_world


@contextmanager
def opened(seen: list[str]) -> Iterator[Runner]:
    """A runner that says when it is opened and closed, as a cluster is joined and left."""
    seen.append("opened")
    yield LocalRunner(1)
    seen.append("closed")


def test_a_runner_is_opened_after_the_plan_and_closed_after_the_last_result(audited: Audited) -> None:
    seen: list[str] = []
    found = conduct(request_of(load_config(audited.config)), Execution(audited.store, opened(seen), anytime=True))
    assert seen == []
    results = [(finished.result.preliminary is not None, list(seen)) for finished in found]
    assert results == [(True, ["opened"]), (False, ["opened"])]
    assert seen == ["opened", "closed"]


def test_what_does_not_fit_opens_no_runner(tmp_path: Path) -> None:
    seen: list[str] = []
    execution = Execution(LocalStore(tmp_path), opened(seen), anytime=True)
    with pytest.raises(UserError, match=r"shares sum to 1\.9"):
        conduct(request_of(parse_config({**CONFIG, "split": {"name": "pool", "members": 0.95, "nonmembers": 0.95}})),
                execution)  # fmt: skip
    six_way = dict.fromkeys(("target_in", "target_out", "shadow_in", "shadow_out", "reference"), 99)
    with pytest.raises(UserError, match="early results come as a pool grows"):
        conduct(request_of(parse_config({**CONFIG, "split": {"name": "six_way", **six_way}})), execution)
    assert seen == []


def test_who_does_not_agree_gets_no_result(tmp_path: Path) -> None:
    asked: list[Forecast] = []

    def agree(cost: Forecast) -> bool:
        asked.append(cost)
        return False

    execution = Execution(LocalStore(tmp_path), opened([]), agree=agree)
    assert list(conduct(request_of(parse_config(CONFIG)), execution)) == []
    assert [(cost.models, cost.to_train) for cost in asked] == [(7, 7)]
    assert not list(tmp_path.rglob("*.safetensors"))


def test_agreement_is_asked_about_the_plan_that_fits_the_budget(
    audited: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("miaudit.auditing.cost.seconds_per_model", lambda *_: 15.0)
    large = {**CONFIG, "attacks": ["calibrated"], "split": {**CONFIG["split"], "models": 40}}
    asked: list[int] = []

    def agree(cost: Forecast) -> bool:
        asked.append(cost.models)
        return True

    execution = Execution(audited.store, opened([]), budget=115.0, agree=agree)
    (finished,) = conduct(request_of(parse_config(large)), execution)
    assert asked == [7]
    assert finished.result.cost.models_trained == 0
    assert finished.result.provenance.config["split"] == CONFIG["split"]


def test_evidence_needs_neither_plan_nor_agreement(tmp_path: Path) -> None:
    world = gaussian_world(np.random.default_rng(0), n=80, references=0, shadows=0, known=0, population=0, form="out")
    path = tmp_path / "world.safetensors"
    write_evidence(path, world.evidence, world.member)

    def agree(cost: Any) -> bool:
        raise AssertionError("nothing is trained")

    request = request_of(parse_config({"evidence": str(path), "attacks": ["loss"]}))
    (finished,) = conduct(request, Execution(LocalStore(tmp_path), opened([]), agree=agree))
    assert list(finished.judged) == ["loss"]
