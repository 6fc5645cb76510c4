"""Several defences on one target: what is trained, what is shared, what the rows say."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import numpy.testing as npt
import pytest

from miaudit.auditing.cost import Forecast
from miaudit.auditing.defences import audit_defended, forecast_all, plan_all, single_audits, together
from miaudit.auditing.defences_result import DefencesResult
from miaudit.auditing.execution import Execution
from miaudit.auditing.files import to_json
from miaudit.auditing.from_config import plan_of_config
from miaudit.auditing.run import Finished
from miaudit.config import AuditConfig, parse_config
from miaudit.errors import UserError
from miaudit.running.local import LocalRunner
from miaudit.running.work import do
from miaudit.store.local import LocalStore
from miaudit.training.data import Records
from miaudit.training.threads import one_thread
from tiny import CONFIG, run_config

DEFENCES: list[Any] = [
    {"name": "l2", "weight": 0.02},
    "dropout",
    "early_stopping",
    "label_smoothing",
    {"name": "dp_sgd", "noise": 0.6},
    "distillation",
    {"name": "selena", "models": 3, "left_out": 1},
    {"name": "confidence_masking", "labels_only": True},
    {"name": "augmentation", "crop_padding": 1},
]
SMALL = {
    **CONFIG,
    "split": {"name": "pool", "models": 4, "shadows": 2, "members": 0.1, "nonmembers": 0.1, "population": 0.2},
    "recipe": {"model": {"name": "mlp", "hidden": [16]}, "learning_rate": 0.02, "batch_size": 16, "epochs": 5},
    "attacks": ["loss", "lira"],
    "defences": DEFENCES,
}


class Compared(NamedTuple):
    config: AuditConfig
    store: LocalStore
    result: DefencesResult
    finished: dict[str, Finished]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    config, store = parse_config(SMALL), LocalStore(tmp_path_factory.mktemp("store"))
    finished: dict[str, Finished] = {}
    audits = plan_all(config)
    with one_thread():  # in this process, which saves the start of one for each audit
        for audit in audits:
            data = audit.plan.data
            for work in audit.plan.works:
                do(work, Records(data.x, data.y, data.classes), store)
    execution = Execution(store, nullcontext(LocalRunner(1)))
    result = audit_defended(config, audits, execution, finished.__setitem__)
    assert result is not None
    return Compared(config, store, result, finished)


def test_the_target_without_a_defence_comes_first_and_then_each_for_both_attackers() -> None:
    found = [(title, attackers, own.attacker) for title, attackers, own in single_audits(parse_config(SMALL))]
    assert found[:3] == [
        ("none", ("unaware", "knows"), None),
        ("l2[weight=0.02]", ("unaware",), "unaware"),
        ("l2[weight=0.02]", ("knows",), "knows"),
    ]
    assert len(found) == 1 + 2 * len(DEFENCES)


def test_one_attacker_alone() -> None:
    audits = plan_all(parse_config({**SMALL, "defences": ["l2"], "attacker": "knows"}))
    assert [(audit.folder, audit.attackers) for audit in audits] == [("none", ("knows",)), ("l2-knows", ("knows",))]


def test_a_row_a_defence_with_both_attackers(compared: Compared) -> None:
    rows = {row.title: row for row in compared.result.rows}
    assert list(rows) == ["none", *(defence.title for defence in compared.config.defences)]
    for row in rows.values():
        assert list(row.attackers) == ["unaware", "knows"]
        for leakage in row.attackers.values():
            assert leakage.attacks.keys() == {"loss", "lira"}
            own = compared.finished[leakage.folder].result
            assert leakage.attacks["lira"].auc == own.attacks["lira"].auc
            assert (row.train_accuracy, row.test_accuracy) == (own.target.train_accuracy, own.target.test_accuracy)
    assert rows["none"].attackers["unaware"] == rows["none"].attackers["knows"]
    assert not rows["none"].is_defended
    private = rows["dp_sgd[noise=0.6]"].guarantee
    assert private is not None
    assert private.epsilon is not None
    assert [row.title for row in rows.values() if row.guarantee] == ["dp_sgd[noise=0.6]"]


def test_every_defence_changes_the_target(compared: Compared) -> None:
    said = {name: done.gathered.evidence.audit.target("loss") for name, done in compared.finished.items()}
    for name in said:
        same = [other for other in said if other != name and (said[other] == said[name]).all()]
        twin = {"unaware": "knows", "knows": "unaware"}.get(name.rsplit("-", 1)[-1])
        assert same == ([] if name == "none" else [f"{name.rsplit('-', 1)[0]}-{twin}"])


def test_masks_hide_the_targets_outputs_and_those_of_who_knows(compared: Compared) -> None:
    plain = compared.finished["none"].gathered.evidence.audit
    unaware, knows = (
        compared.finished[f"confidence_masking-labels_only=True-{who}"].gathered.evidence.audit
        for who in ("unaware", "knows")
    )
    certain = (plain.target("logits") == plain.target("logits").max(axis=1, keepdims=True)).astype(float)
    npt.assert_array_equal(unaware.target("posteriors"), certain)
    npt.assert_array_equal(knows.target("posteriors"), certain)
    npt.assert_array_equal(unaware.references("logits"), plain.references("logits"))
    assert set(knows.references("posteriors").round(6).flat) == {0.0, 1.0}


def test_the_forecast_counts_shared_models_once(tmp_path: Path) -> None:
    audits = plan_all(parse_config(SMALL))
    costs = list(forecast_all(audits, LocalStore(tmp_path), 1))
    to_train = {audit.folder: cost.to_train for audit, cost in zip(audits, costs, strict=True)}
    assert to_train.pop("none") == 5
    for name, count in to_train.items():  # who is unaware uses the models of the audit without a defence
        masks = name.startswith("confidence_masking")
        assert count == (0 if masks else 1 if name.endswith("unaware") else 4)
    seconds = {audit.folder: cost.seconds for audit, cost in zip(audits, costs, strict=True)}
    assert all(seconds[name] for name, count in to_train.items() if count)  # each recipe can be timed


def test_a_comparison_is_read_again_as_it_was(compared: Compared) -> None:
    assert DefencesResult.model_validate_json(to_json(compared.result)) == compared.result
    assert parse_config(compared.result.provenance.config) == compared.config


def test_a_row_says_what_a_single_audit_says(compared: Compared) -> None:
    alone = parse_config({**SMALL, "defences": [], "defence": DEFENCES[4], "attacker": "knows"})
    again = run_config(alone, compared.store, LocalRunner(1))
    assert again.result.cost.models_trained == 0
    assert again.result.attacks == compared.finished["dp_sgd-noise=0.6-knows"].result.attacks


def test_the_strongest_and_the_highest(compared: Compared) -> None:
    leakage = compared.result.rows[0].attackers["unaware"]
    best = max(leakage.attacks, key=lambda name: leakage.attacks[name].auc.value or 0.0)
    assert leakage.strongest == best
    found = leakage.highest("0.01")
    assert found is not None
    assert found[1].value == max(leak.tpr_at_fpr["0.01"].value or 0.0 for leak in leakage.attacks.values())
    assert leakage.highest("0.0001") is None  # too few non-members


def test_what_does_not_fit_is_told_before_anything_is_trained() -> None:
    with pytest.raises(UserError, match=r"early_stopping, .* needs records that no model is trained on"):
        plan_all(parse_config({**SMALL, "split": {"name": "pool", "models": 4}, "defences": ["early_stopping"]}))
    with pytest.raises(UserError, match="several audits"):
        plan_of_config(parse_config(SMALL))


def test_a_comparison_has_no_budget_and_no_early_results(tmp_path: Path) -> None:
    config = parse_config({**SMALL, "defences": ["l2"]})
    for execution, words in (
        (Execution(LocalStore(tmp_path), budget=60.0), "a budget is for a single audit"),
        (Execution(LocalStore(tmp_path), anytime=True), "early results are for a single audit"),
    ):
        with pytest.raises(UserError, match=words):
            audit_defended(config, [], execution, lambda *_: None)


def test_who_does_not_agree_to_the_plan_trains_nothing(tmp_path: Path) -> None:
    config, asked = parse_config({**SMALL, "defences": ["l2"], "attacker": "knows"}), []
    audits = plan_all(config)

    def agree(cost: Forecast) -> bool:
        asked.append(cost)
        return False

    execution = Execution(LocalStore(tmp_path), agree=agree)
    assert audit_defended(config, audits, execution, lambda *_: None) is None
    (cost,) = asked
    assert [(share.role, share.models, share.to_train) for share in cost.shares] == [("none", 5, 5), ("l2-knows", 5, 5)]
    alone = list(forecast_all(audits, LocalStore(tmp_path)))
    assert together(audits, alone).to_train == sum(each.to_train for each in alone) == 10
    assert not list(tmp_path.rglob("*.safetensors"))
