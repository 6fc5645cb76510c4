from pathlib import Path

import pytest

from decisions.graded_worlds import PASSED, finding, measured, result_of
from miaudit.auditing.result import (
    AuditResult,
    Convergence,
    Group,
    GroupAttack,
    Grouping,
    Likeness,
    ReferenceFacts,
    WeakSign,
    WithModels,
)
from miaudit.decisions.defence_effect import EXAMPLE
from miaudit.decisions.next_steps import next_steps
from miaudit.decisions.placing import narrowest, records_to_grade, records_to_rule_out
from miaudit.decisions.plain import of_hundred

DEFENCES = Path(__file__).parents[2] / "docs" / "defences.md"


def titles(result: AuditResult) -> list[str]:
    return [step.title for step in next_steps(result)]


def trained(result: AuditResult, means: str = "shadows") -> AuditResult:
    """The result with attacks that have a pool of models."""
    attacks = {name: attack.model_copy(update={"means": means}) for name, attack in result.attacks.items()}
    return result.model_copy(update={"attacks": attacks})


def test_a_leak_that_is_placed_asks_for_a_defence() -> None:
    assert titles(trained(result_of(finding("lira", (0.06, 0.04, 0.09))))) == [
        "Try a defence: add `defences: [selena]` to the configuration"
    ]


def test_a_model_at_hand_is_trained_again_by_its_owner() -> None:
    result = trained(result_of(finding("lira", (0.06, 0.04, 0.09))))
    origin = result.provenance.model_copy(update={"config": {"evidence": "evidence.safetensors"}})
    assert titles(result.model_copy(update={"provenance": origin})) == [
        "Train the model again with a defence, and audit it again"
    ]


def test_a_grade_that_is_open_asks_for_more_records() -> None:
    found = finding("ldc", (0.065, 0.0156, 0.11))
    needed = records_to_grade([found], 200)
    assert needed is not None
    step = next_steps(trained(result_of(found)))[1]
    assert step.title == f"Audit about {needed:,} records in all"
    assert "anywhere from slight to strong" in step.why


def facts(members: int) -> ReferenceFacts:
    """Facts on models of a target that was trained on so many records."""
    return ReferenceFacts(
        models=4, fewest_records=50, most_records=50, target_records=members, recipe="as the target", given=True
    )


def test_where_no_training_record_is_left_outsiders_are_added() -> None:
    """The audit has 100 members, and the model was trained on 101 or 100 records."""
    found = finding("ldc", (0.065, 0.0156, 0.11))
    result = trained(result_of(found))
    left = next_steps(result.model_copy(update={"references": facts(101)}))[1]
    assert left.title.startswith("Audit about ")
    assert left.why.endswith("that many would place it in one step.")
    step = next_steps(result.model_copy(update={"references": facts(100)}))[1]
    low, high = narrowest(found.tpr, 100)
    assert step.title == "Audit more outsiders, or a model with more training records"
    assert "All 100 training records of this model are audited already." in step.why
    assert (
        f"narrow 1.6 to 11 of 100 to about {of_hundred(low)} to {of_hundred(high)} at best: still slight to" in step.why
    )
    few = trained(result_of(finding("loss", None, (0.55, 0.3, 0.8)), level="too_few_records"))
    assert "add outsiders" not in next_steps(few)[0].why
    assert "add outsiders" in next_steps(few.model_copy(update={"references": facts(100)}))[0].why


def test_the_example_of_a_defence_stands_beside_this_model() -> None:
    result = trained(result_of(finding("lira", (0.06, 0.04, 0.09), (0.734, 0.7, 0.76))))
    assert "(this model: 73; guessing: 50)" in next_steps(result)[0].why


def test_too_few_records_say_how_many() -> None:
    found = finding("loss", None, (0.55, 0.3, 0.8))
    step = next_steps(trained(result_of(found, level="too_few_records")))[0]
    assert step.title == f"Audit about {records_to_rule_out([found], 200):,} records in all"


def test_a_weak_sign_asks_for_the_records_that_would_confirm_it() -> None:
    sign = WeakSign(clear=True, auc=measured((0.55, 0.51, 0.6)), tpr=measured(None), records=4200)
    chance = WeakSign(clear=False, auc=measured((0.55, 0.51, 0.6)), tpr=measured(None), records=100)
    found = (
        finding("a").model_copy(update={"sign": sign}),
        finding("b").model_copy(update={"sign": chance}),
    )
    assert titles(trained(result_of(*found, level="weak_signs"))) == ["Audit about 4,200 records in all"]


def test_attackers_that_could_not_train_are_let_try() -> None:
    result = result_of(finding("loss", (0.06, 0.04, 0.09)))
    assert "Choose attacks" in next_steps(trained(result, "queries"))[-1].why
    barred = result.model_copy(update={"skipped": {"ldc": "needs 1"}, "skipped_means": {"ldc": "shadows"}})
    step = next_steps(trained(barred, "queries"))[-1]
    assert step.title == "Let stronger attackers try"
    assert "`--recipe`" in step.why
    for means in ("references", "shadows"):
        assert "Let stronger attackers try" not in titles(trained(barred, means))


@pytest.mark.parametrize(
    ("level", "title"),
    [
        ("invalid", "Mend the audit before anything else"),
        ("distribution_shift", "Audit again with outsiders that were drawn at random"),
    ],
)
def test_an_audit_that_cannot_be_read_needs_one_step_alone(level: str, title: str) -> None:
    assert titles(result_of(finding("lira", (0.5, 0.2, 0.9)), level=level)) == [title]  # type: ignore[arg-type]


def test_models_unlike_the_target_are_to_be_trained_like_it() -> None:
    controls = PASSED.model_copy(update={"likeness": Likeness(state="unlike", models=4, measured={})})
    result = trained(result_of(finding("lira"), level="references_unlike", controls=controls))
    assert titles(result)[0] == "Train the attackers’ models like this one"


def still_gaining(low: float) -> AuditResult:
    """An audit in which the last models brought gains with this lower end."""
    gain, step = measured((0.03, low, 0.05)), measured((0.6, 0.5, 0.7))
    steps = tuple(WithModels(models=models, auc=step, tpr=step) for models in (8, 16))
    found = Convergence(attack="lira", records=200, steps=steps, auc_gain=gain, tpr_gain=gain)
    return trained(result_of(finding("lira", (0.06, 0.04, 0.09)))).model_copy(update={"convergence": (found,)})


@pytest.mark.parametrize(("low", "advised"), [(0.01, True), (-0.01, False)])
def test_models_that_still_gained_ask_for_more_of_them(low: float, advised: bool) -> None:
    title = "Train more than 16 reference models"
    assert (title in titles(still_gaining(low))) == advised


@pytest.mark.parametrize(
    ("trains", "way"), [(True, "in a configuration."), (False, "Add their outputs to the evidence file.")]
)
def test_how_to_have_more_models_is_said(trains: bool, way: str) -> None:
    result = still_gaining(0.01).model_copy(update={"references": facts(101) if trains else None})
    (step,) = (step for step in next_steps(result) if step.title.startswith("Train more than"))
    assert step.why.endswith(way)


def test_groups_that_are_more_exposed_come_before_more_records() -> None:
    result = trained(result_of(finding("lira", (0.065, 0.0156, 0.11))))
    lira = result.attacks["lira"]

    def group(name: str, auc: float, p: float) -> Group:
        within = GroupAttack(
            auc=measured((auc, auc, auc)), tpr=lira.auc, found=lira.auc, accused=lira.auc, named=0, auc_p=p, found_p=1.0
        )
        return Group(name=name, members=50, nonmembers=50, attacks={"lira": within})

    whole = lira.auc.value or 0.0
    groups = group("north", whole + 0.1, 0.01), group("south", whole - 0.1, 0.01), group("east", whole + 0.1, 0.5)
    grouping = Grouping(by="ward", least=10, alpha=0.98, groups=groups)
    found = titles(result.model_copy(update={"groups": (grouping,)}))
    assert found[1] == "Protect these first: ward north"
    assert found[2].startswith("Audit about")


def test_there_are_never_more_than_three() -> None:
    controls = PASSED.model_copy(update={"likeness": Likeness(state="unlike", models=4, measured={})})
    result = result_of(finding("loss", (0.065, 0.0156, 0.11)), controls=controls)
    assert len(next_steps(trained(result, "queries"))) == 3


def test_the_example_of_a_defence_is_what_the_documentation_measured() -> None:
    rows = [line for line in DEFENCES.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    (without,) = [row for row in rows if row.startswith("| `none`")]
    (with_it,) = [row for row in rows if row.startswith(f"| `{EXAMPLE.defence}`") and "| knows |" in row]
    for row, auc, accuracy in zip((without, with_it), EXAMPLE.auc, EXAMPLE.accuracy, strict=True):
        assert f"| {auc:.3f} [" in row
        assert f"| {accuracy:.1f}% |" in row
