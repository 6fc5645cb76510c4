"""What a configuration's defence does to the recipes, the split and the outputs of an audit."""

from dataclasses import dataclass, fields
from typing import Any

from pydantic import ValidationError

from miaudit import registry
from miaudit.auditing.plan import Shown
from miaudit.auditing.unlabelled import set_aside
from miaudit.config import AuditConfig, PluginConfig, RecipeConfig
from miaudit.defences.base import Defence, Guarantee, Guarantees, MasksOutputs, SetsAside, TrainsOtherwise
from miaudit.errors import UserError
from miaudit.splits.base import Split
from miaudit.training.job import AnyRecipe
from miaudit.training.recipe import Recipe


@dataclass(frozen=True)
class Recipes:
    """How the target and the attacker's models are trained, and what they show."""

    plain: Recipe  # the target's without its defence
    target: AnyRecipe
    shadow: AnyRecipe
    reference: AnyRecipe
    shown: Shown
    defence: Defence | None

    def split(self, split: Split, seed: int) -> Split:
        """The split with what the defence sets aside; raises UserError where there is nothing."""
        return set_aside(split, self.defence.share, seed) if isinstance(self.defence, SetsAside) else split

    def guarantee(self, members: int) -> Guarantee | None:
        """What is proven of a target that is trained on so many members."""
        return self.defence.guarantee(self.plain, members) if isinstance(self.defence, Guarantees) else None


def recipes_of(config: AuditConfig) -> Recipes:
    """The recipes of an audit; raises UserError where the defence does not fit them."""
    if config.recipe is None:
        raise ValueError("a configuration without evidence has a recipe")
    plain, shadow = recipe_of(config.recipe), recipe_of(config.recipe, config.attacker_recipe)
    reference = recipe_of(config.recipe, {**config.attacker_recipe, **config.reference_recipe})
    defence = None if config.defence is None else config.defence.build("defences")
    known = defence if config.attacker == "knows" else None
    return Recipes(
        plain=plain,
        target=defended(plain, defence),
        shadow=defended(shadow, known),
        reference=defended(reference, known),
        shown=Shown(_mask(defence), _mask(known)),
        defence=defence,
    )


def defended(recipe: Recipe, defence: Defence | None) -> AnyRecipe:
    """The recipe of a model with a defence, if it is one of the training."""
    return defence.defend(recipe) if isinstance(defence, TrainsOtherwise) else recipe


def _mask(defence: Defence | None) -> MasksOutputs | None:
    return defence if isinstance(defence, MasksOutputs) else None


def recipe_of(config: RecipeConfig, changes: dict[str, Any] | None = None) -> Recipe:
    """The recipe, with some of its fields changed; raises UserError where a field is unknown or out of range."""
    chosen = {"model": config.model, **config.options, **(changes or {})}
    try:
        model = PluginConfig.model_validate(chosen.pop("model")).build("models")
        return Recipe(model=model, **chosen)
    except ValidationError as error:
        raise UserError(f"recipe: {registry.explain(error, (field.name for field in fields(Recipe)))}") from None
