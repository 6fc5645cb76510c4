"""The small audit that stands for a large one."""

from typing import Any

import pytest

from miaudit import registry
from miaudit.config import AuditConfig, parse_config
from miaudit.experiments.quick import (
    LARGE,
    PART_OF_LARGE,
    RECORDS,
    RECORDS_OF_LARGE,
    SMALLEST,
    quick_config,
    records_of,
)

SPLIT = {"name": "six_way", "target_in": 500, "target_out": 500, "shadow_in": 500, "shadow_out": 500, "reference": 500}
WIDE = {"name": "wide_resnet", "width": 10, "dropout": 0.3}


def config(model: Any, **changes: Any) -> AuditConfig:
    recipe = {"model": model, "epochs": 100, "milestones": [60, 80], "batch_size": 128}
    return parse_config({"dataset": "cifar10", "split": SPLIT, "recipe": recipe, **changes})


@pytest.mark.parametrize(
    ("model", "others", "expected"),
    [
        ("smallnet", {}, RECORDS),
        ("vgg16", {}, RECORDS_OF_LARGE),
        ("smallnet", {"attacker_recipe": {"model": {"name": "resnet", "depth": 34}}}, RECORDS_OF_LARGE),
        ("smallnet", {"reference_recipe": {"model": "alexnet"}}, RECORDS_OF_LARGE),
        ("smallnet", {"attacker_recipe": {"epochs": 30}}, RECORDS),
    ],
)
def test_any_large_network_leaves_few_records(model: str, others: dict[str, Any], expected: int) -> None:
    assert records_of(config(model, **others)) == expected


def test_everything_is_small_but_what_has_no_size_stays() -> None:
    content = quick_config(config(WIDE, attacker_recipe={"model": {"name": "resnet", "depth": 34}})).as_dict()
    small = {"name": "wide_resnet", "width": 1, "depth": 10, "dropout": 0.3}
    assert content["recipe"] == {"model": small, "epochs": 1, "milestones": [1], "batch_size": PART_OF_LARGE}
    assert content["attacker_recipe"] == {"model": {"name": "resnet", "depth": 18}}
    assert content["split"] == {**SPLIT, **dict.fromkeys(list(SPLIT)[1:], PART_OF_LARGE)}


@pytest.mark.parametrize("name", SMALLEST)
def test_the_smallest_network_of_a_kind_is_no_larger_than_the_usual_one(name: str) -> None:
    smallest, usual = (
        sum(weights.numel() for weights in registry.build("models", name, options).build((3, 32, 32), 10).parameters())
        for options in (SMALLEST[name], {})
    )
    assert name in LARGE
    assert smallest <= usual
