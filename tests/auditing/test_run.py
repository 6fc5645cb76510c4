"""The small audit, looked at from its result."""

from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from miaudit.attacks.loss import Loss
from miaudit.auditing.execution import Reporter
from miaudit.auditing.result import AuditResult
from miaudit.config import load_config, parse_config
from miaudit.running.local import LocalRunner
from tiny import ATTACKS, CONFIG, LDC, Audited, run_config


def without_cost(result: AuditResult) -> dict[str, Any]:
    return result.model_dump(exclude={"cost"})


def test_a_second_run_trains_and_computes_nothing_and_finds_the_same(
    audited: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(Loss, "score", refuse)
    again = run_config(load_config(audited.config), audited.store, LocalRunner(2))
    assert again.result.cost.models_trained == 0
    assert again.result.cost.models_cached == 7
    assert without_cost(again.result) == without_cost(audited.finished.result)
    for name, judged in audited.finished.judged.items():
        npt.assert_array_equal(again.judged[name].scores, judged.scores)


def test_the_first_run_trained_everything(audited: Audited) -> None:
    cost = audited.finished.result.cost
    assert (cost.models_trained, cost.models_cached) == (7, 0)
    assert set(cost.seconds) == {"training", "outputs", "attacks", "convergence", "controls", "metrics"}


@pytest.mark.parametrize(
    "change",
    [
        {"attacks": [{"attack": "lira", "mode": "offline", "name": "lira"}]},
        {"attacks": ["lira"], "split": {**CONFIG["split"], "shadows": 1}},
    ],
    ids=["parameter", "roles"],
)
def test_what_has_changed_is_computed_again(audited: Audited, change: dict[str, Any]) -> None:
    changed = run_config(parse_config({**CONFIG, **change}), audited.store, LocalRunner(2))
    assert changed.result.cost.models_trained == 0
    before, after = audited.finished.judged["lira"], changed.judged["lira"]
    assert (before.cut, before.scores.tobytes()) != (after.cut, after.scores.tobytes())


def test_the_leak_is_found_and_the_controls_pass(audited: Audited) -> None:
    result = audited.finished.result
    assert result.verdict.level == "leaks"
    assert result.controls.null_passed
    assert result.controls.positive_passed
    assert list(result.attacks) == list(ATTACKS)
    for name in ATTACKS:
        null, positive = result.controls.null[name]["auc"], result.controls.positive[name]["auc"]
        assert null.low is not None
        assert null.high is not None
        assert null.low <= 0.5 <= null.high
        assert positive.low is not None
        assert positive.low > 0.5
    low = max(result.attacks[name].auc.low or 0.0 for name in ("lira", LDC))
    assert low > 0.5


def test_decisions_count_the_records_above_the_cut(audited: Audited) -> None:
    truth = audited.finished.gathered.truth
    for name, judged in audited.finished.judged.items():
        assert judged.cut is not None
        decision = audited.finished.result.attacks[name].decision
        called = judged.scores > judged.cut.value
        counts = [np.sum(called & truth), np.sum(called & ~truth), np.sum(~called & ~truth), np.sum(~called & truth)]
        assert [decision.tp, decision.fp, decision.tn, decision.fn] == counts
        assert decision.cut == judged.cut.value
        assert decision.recall is not None
        assert decision.recall.value == pytest.approx(counts[0] / truth.sum())


def test_progress_is_told_by_stage(audited: Audited) -> None:
    seen: list[tuple[str, int, int]] = []
    run_config(load_config(audited.config), audited.store, LocalRunner(2), Reporter(lambda *args: seen.append(args)))
    stages = list(dict.fromkeys(stage for stage, _, _ in seen))
    assert stages == ["models", "attacks", "controls"]
    for stage in stages:
        done = [(n, total) for name, n, total in seen if name == stage]
        assert done == sorted(done)
        assert done[-1][0] == done[-1][1] == (7 if stage == "models" else len(ATTACKS))
