"""What attacks cost, as LDC-MIA's Table 6 counts it."""

import pytest

from miaudit.auditing.from_config import plan_of
from miaudit.auditing.plan import Plan
from miaudit.config import parse_config
from miaudit.datasets.digits import Digits
from miaudit.experiments import beyond
from miaudit.experiments.beyond import Pace, costs
from miaudit.training.work import Work

SPLIT = {"name": "six_way", "target_in": 60, "target_out": 60, "shadow_in": 50, "shadow_out": 50, "reference": 60}
RECIPE = {"model": {"name": "mlp", "hidden": [8]}, "epochs": 2}
ATTACKS = ("loss", "top_k", "calibrated", "ldc")
DATA = Digits().load()


@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> list[Work]:
    """The models that were timed; each takes a minute for ten records."""
    asked: list[Work] = []

    def seconds(work: Work, data: object, device: str) -> float:
        asked.append(work)
        return 6.0 * len(work.job.rows)

    monkeypatch.setattr(beyond, "seconds_per_model", seconds)
    return asked


def plan(references: int) -> Plan:
    split = {**SPLIT, "references": references}
    return plan_of(parse_config({"dataset": "digits", "split": split, "recipe": RECIPE, "attacks": [*ATTACKS]}), DATA)


def test_costs_are_of_the_models_that_the_score_reads(timed: list[Work]) -> None:
    pace = Pace()
    one = {attack: costs(plan(1), attack, pace) for attack in ATTACKS}
    models = {attack: numbers["auxiliary_models"][0] for attack, numbers in one.items()}
    assert models == {"loss": 0, "top_k": 1, "calibrated": 1, "ldc": 2}
    # the shadow learns from 50 records, the reference from 60
    minutes = {attack: numbers["training_minutes"][0] for attack, numbers in one.items()}
    assert minutes == {"loss": 0, "top_k": 5, "calibrated": 6, "ldc": 11}
    three = costs(plan(3), "calibrated", pace)
    assert three["auxiliary_models"][0] == 3
    assert three["training_minutes"][0] == 9  # each from half of them
    assert len(timed) == 1  # all have one recipe


def test_the_target_and_all_models_are_asked_about_every_audited_record(timed: list[Work]) -> None:
    pace = Pace()
    first = costs(plan(1), "loss", pace)["inference_seconds"][0]
    (each,) = pace.asking.values()
    assert first == pytest.approx(120 * each, abs=1e-6)
    assert costs(plan(1), "ldc", pace)["inference_seconds"][0] == pytest.approx(360 * each, abs=1e-6)
