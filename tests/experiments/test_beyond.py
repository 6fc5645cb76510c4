"""What attacks cost, as LDC-MIA's Table 6 counts it."""

import pytest

from miaudit.auditing.from_config import plan_of_config
from miaudit.auditing.plan import Plan
from miaudit.config import parse_config
from miaudit.datasets.digits import Digits
from miaudit.experiments import beyond
from miaudit.experiments.beyond import MeasuredCost, costs
from miaudit.running.work import Work

SPLIT = {"name": "six_way", "target_in": 60, "target_out": 60, "shadow_in": 50, "shadow_out": 50, "reference": 60}
RECIPE = {"model": {"name": "mlp", "hidden": [8]}, "epochs": 2}
ATTACKS = ("loss", "top_k", "calibrated", "ldc")
DATA = Digits().load()


@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> list[Work]:
    """The models that were timed; each takes a minute for ten records, or for ten of validation."""
    asked: list[Work] = []

    def seconds(work: Work, data: object, device: str) -> float:
        asked.append(work)
        return 6.0 * (len(work.job.rows) + len(work.job.validation) + len(work.query))

    monkeypatch.setattr(beyond, "seconds_per_model", seconds)
    return asked


def plan(references: int, **more: object) -> Plan:
    split = {**SPLIT, "references": references, "test": 40}
    config = {"dataset": "digits", "split": split, "recipe": RECIPE, "attacks": [*ATTACKS], **more}
    return plan_of_config(parse_config(config), DATA)


def test_costs_are_of_the_models_that_the_score_reads(timed: list[Work]) -> None:
    measured = MeasuredCost()
    one = {attack: costs(plan(1), attack, measured) for attack in ATTACKS}
    models = {attack: numbers["auxiliary_models"][0] for attack, numbers in one.items()}
    assert models == {"loss": 0, "top_k": 1, "calibrated": 1, "ldc": 2}
    # the shadow learns from 50 records, the reference from 60
    minutes = {attack: numbers["training_minutes"][0] for attack, numbers in one.items()}
    assert minutes == {"loss": 0, "top_k": 5, "calibrated": 6, "ldc": 11}
    three = costs(plan(3), "calibrated", measured)
    assert three["auxiliary_models"][0] == 3
    assert three["training_minutes"][0] == 9  # each from half of them
    assert len(timed) == 3  # those of 50, 60 and 30 records; all have one recipe


def test_validation_takes_its_time_whatever_the_training_records(timed: list[Work]) -> None:
    keeps_best = {"early_stopping": True}
    one, two = (plan(references, reference_recipe=keeps_best) for references in (1, 2))
    assert [len(work.job.validation) > 0 for work in one.auxiliary] == [False, True]
    measured = MeasuredCost()
    assert costs(one, "calibrated", measured)["training_minutes"][0] == 10  # 60 records, 40 of validation
    assert costs(two, "calibrated", measured)["training_minutes"][0] == 14  # 30 and 40, twice


def test_the_target_and_references_are_asked_about_every_audited_record(timed: list[Work]) -> None:
    measured = MeasuredCost()
    first = costs(plan(1), "loss", measured)["inference_seconds"][0]
    (each,) = measured.asking.values()
    assert first == pytest.approx(120 * each, abs=1e-6)
    asked = {attack: costs(plan(1), attack, measured)["inference_seconds"][0] for attack in ATTACKS}
    # the shadow of top_k and ldc is asked beforehand, when they learn
    assert first is not None
    assert asked == pytest.approx({"loss": first, "top_k": first, "calibrated": 2 * first, "ldc": 2 * first}, abs=2e-6)
