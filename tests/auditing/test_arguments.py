import pytest

from miaudit.auditing.arguments import defence_from, seconds_from
from miaudit.auditing.defended import UNDEFENDED
from miaudit.defences.confidence_masking import ConfidenceMasking
from miaudit.defences.dp_sgd import DpSgd
from miaudit.defences.l2 import L2
from miaudit.errors import UserError
from miaudit.training.recipe import Recipe
from tiny import recipe


class Own:
    """A defence of the user's own."""

    def __repr__(self) -> str:
        return "Own()"

    def defend(self, recipe: Recipe) -> Recipe:
        return recipe


@pytest.mark.parametrize(
    ("defence", "title"),
    [
        ("l2", "l2"),
        (L2(), "l2"),
        (L2(weight=0.5), "l2[weight=0.5]"),
        (ConfidenceMasking(top_k=2, digits=1), "confidence_masking[top_k=2,digits=1]"),
        (Own(), "Own()"),
        ({"name": "l2", "weight": 0.5}, "l2[weight=0.5]"),
    ],
)
def test_defences_have_the_titles_that_a_configuration_gives_them(defence: object, title: str) -> None:
    assert defence_from(defence, None).title == title  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"weight": 0.5}, {"name": "l2", "wight": 0.5}])
def test_a_wrong_description_of_a_defence_is_explained(wrong: dict[str, object]) -> None:
    with pytest.raises(UserError, match=r"name is missing|did you mean 'weight'"):
        defence_from(wrong, None)


def test_who_knows_of_a_defence() -> None:
    how = recipe()
    assert defence_from(None, None) is UNDEFENDED
    for attacker, weight in (("knows", 0.5), ("unaware", how.weight_decay), (None, how.weight_decay)):
        used = defence_from(L2(weight=0.5), attacker)
        assert used.of_target(how) == L2(weight=0.5).defend(how)
        assert used.of_attacker(how) == recipe(weight_decay=weight)


def test_a_mask_is_shown_by_the_target_and_by_who_knows() -> None:
    mask = ConfidenceMasking(labels_only=True)
    assert [(used.shown.target, used.shown.auxiliary) for used in
            (defence_from(mask, "knows"), defence_from(mask, "unaware"), defence_from(L2(), "knows"))] \
        == [(mask, mask), (mask, None), (None, None)]  # fmt: skip


def test_a_defence_on_a_defended_recipe_is_refused() -> None:
    private = DpSgd(noise=1.0).defend(recipe())
    with pytest.raises(UserError, match=r"l2 changes how a network is trained: .* got a DpSgdRecipe"):
        defence_from("l2", "knows").of_target(private)


@pytest.mark.parametrize(("budget", "seconds"), [(None, None), (90, 90.0), ("1.5m", 90.0)])
def test_budgets(budget: str | float | None, seconds: float | None) -> None:
    assert seconds_from(budget) == seconds


@pytest.mark.parametrize("budget", [0, -1, float("nan"), "soon", [60]])
def test_what_is_no_budget(budget: object) -> None:
    with pytest.raises(UserError, match="budget"):
        seconds_from(budget)  # type: ignore[arg-type]
