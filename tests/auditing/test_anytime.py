from typing import Any

import numpy.testing as npt
import pytest

from miaudit.auditing import anytime
from miaudit.auditing.anytime import run_anytime, steps
from miaudit.auditing.from_config import training_request
from miaudit.auditing.planning import plan_of
from miaudit.auditing.request import Request
from miaudit.auditing.result import Preliminary
from miaudit.config import load_config, parse_config
from miaudit.errors import UserError
from miaudit.running.local import LocalRunner
from tiny import CONFIG, Audited, run_config


def config(models: int, **changes: Any) -> Request:
    return asking({**CONFIG, "split": {**CONFIG["split"], "models": models}, **changes})


def asking(content: dict[str, Any]) -> Request:
    return training_request(parse_config(content))


def sizes(asked: Request) -> list[tuple[int, int]]:
    return [(models, len(part.auxiliary)) for models, part in steps(asked, plan_of(asked))]


def test_the_pool_doubles() -> None:
    assert sizes(config(32)) == [(4, 4), (8, 8), (16, 16)]
    assert sizes(config(18)) == [(4, 4), (8, 8), (16, 16)]
    assert sizes(config(4)) == []


def test_every_step_holds_the_models_of_the_one_before() -> None:
    asked = config(20)
    plan = plan_of(asked)
    parts = [part for _, part in steps(asked, plan)]
    for small, large in zip(parts, [*parts[1:], plan], strict=True):
        assert [work.key for work in small.works] == [work.key for work in large.works][: len(small.works)]
        assert small.data is plan.data


def test_a_step_that_adds_no_model_is_passed_over() -> None:
    assert sizes(config(32, attacks=["gap"])) == []  # two shadows set its cut, whatever the pool
    many = {**CONFIG["split"], "models": 32, "shadows": 16}
    assert sizes(asking({**CONFIG, "split": many, "attacks": ["gap"]})) == [(4, 4)]  # eight shadows
    assert sizes(asking({**CONFIG, "split": many, "attacks": ["top_k"]})) == [(4, 4), (8, 8)]


def test_a_step_that_does_not_suffice_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anytime, "FIRST", 2)  # in a pool of two a shadow has no references
    assert sizes(config(10)) == [(4, 4), (8, 8)]


def test_without_a_pool_there_is_nothing_that_grows() -> None:
    part = dict.fromkeys(("target_in", "target_out", "shadow_in", "shadow_out", "reference"), 99)
    asked = asking({**CONFIG, "split": {"name": "six_way", **part}})
    with pytest.raises(UserError, match=r"early results come as a pool grows: `anytime` needs a recipe, .*pool"):
        list(steps(asked, plan_of(asked)))


def test_the_early_result_is_marked_and_the_last_one_is_that_of_an_audit_at_once(audited: Audited) -> None:
    asked = training_request(load_config(audited.config))
    first, last = run_anytime(asked, plan_of(asked), audited.store, LocalRunner(1))
    assert first.result.preliminary == Preliminary(models=4, of=6)
    assert first.result.verdict.sentences[0].startswith("Preliminary: 4 of the 6 models of the pool are trained so far")
    alone = run_config(load_config(audited.config).with_pool_of(4), audited.store, LocalRunner(1))
    assert first.result.attacks == alone.result.attacks
    assert first.result.provenance == alone.result.provenance  # its configuration runs again as it is

    once = audited.finished
    assert last.result.preliminary is None
    assert last.result.model_dump(exclude={"cost"}) == once.result.model_dump(exclude={"cost"})
    assert (last.result.cost.models_trained, last.result.cost.models_cached) == (0, 7)
    for name, judged in once.judged.items():
        npt.assert_array_equal(last.judged[name].scores, judged.scores)


def test_models_that_were_trained_for_an_early_result_count_as_trained(
    audited: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if nothing had been in the store: 5 models for the first result, 2 more for the second."""
    from miaudit.running.base import Tally

    new = iter([Tally(5, 0, 1.0), Tally(2, 5, 1.0)])
    monkeypatch.setattr(LocalRunner, "run", lambda *_, **__: next(new))
    asked = training_request(load_config(audited.config))
    costs = [finished.result.cost for finished in run_anytime(asked, plan_of(asked), audited.store, LocalRunner(1))]
    assert [(cost.models_trained, cost.models_cached) for cost in costs] == [(5, 0), (7, 0)]
