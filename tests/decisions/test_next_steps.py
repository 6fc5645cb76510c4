from pathlib import Path
from typing import Any

import pytest

from decisions.graded_worlds import PASSED, facts, finding, measured, result_of, trained
from miaudit.auditing.result import (
    AuditResult,
    Convergence,
    Group,
    GroupAttack,
    Grouping,
    Likeness,
    WithModels,
)
from miaudit.decisions.defence_effect import EXAMPLE
from miaudit.decisions.next_steps import STUDENTS, next_steps

DOCS = Path(__file__).parents[2] / "docs"
DEFENCES, REFERENCES = DOCS / "defences.md", DOCS / "references.md"


def titles(result: AuditResult) -> list[str]:
    return [step.title for step in next_steps(result)]


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


def test_the_example_of_a_defence_stands_beside_this_model() -> None:
    result = trained(result_of(finding("lira", (0.06, 0.04, 0.09), (0.734, 0.7, 0.76))))
    assert "(this model: 73; guessing: 50)" in next_steps(result)[0].why


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
    assert way in step.why


NETWORK = {"class": "Recipe", "model": {"class": "Mlp"}}


@pytest.mark.parametrize(
    ("recipe", "students", "advised"),
    [
        (NETWORK, 0, True),
        ({"class": "DpSgdRecipe", "base": NETWORK}, 0, True),
        (NETWORK, 2, False),
        ({"class": "EstimatorRecipe", "kind": "RandomForestClassifier"}, 0, False),
        (None, 0, False),
    ],
)
def test_only_networks_without_students_are_advised_to_have_some(
    recipe: dict[str, Any] | None, students: int, advised: bool
) -> None:
    trained_by = facts(101).model_copy(update={"students": students})
    result = still_gaining(0.01).model_copy(update={"references": trained_by})
    origin = result.provenance.model_copy(update={"recipe": recipe})
    steps = next_steps(result.model_copy(update={"provenance": origin}))
    (step,) = (step for step in steps if step.title.startswith("Train more than"))
    assert step.why.endswith(STUDENTS) == advised


def test_what_is_said_of_students_was_measured() -> None:
    """The table in the documentation: at 16 trainings, a pool of 4 with students against a pool of 16."""
    rows = [line.strip("| ").split(" | ") for line in REFERENCES.read_text(encoding="utf-8").splitlines()]
    rates = {tuple(row[:4]): float(row[4]) for row in rows if len(row) == 8 and row[1] == "16"}
    worlds = {key[0] for key in rates}
    gains = [rates[world, "16", "4 (2)", "4"] - rates[world, "16", "16 (16)", "–"] for world in worlds]
    assert len(gains) == 5
    assert sum(gain > 0 for gain in gains) == 4
    assert min(gains) == 0


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
