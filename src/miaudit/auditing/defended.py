"""Applies a defence to the recipes, the split and the outputs of an audit."""

from dataclasses import dataclass

from miaudit.auditing.plan import OutputMasks
from miaudit.auditing.unlabelled import set_aside
from miaudit.defences.base import Defence, Guarantee, Guarantees, MasksOutputs, SetsAside, TrainsOtherwise
from miaudit.errors import UserError
from miaudit.splits.base import Split
from miaudit.training.base import AnyRecipe


@dataclass(frozen=True)
class DefenceInUse:
    """The target's defence, if it has one, and whether the attacker's own models have it too."""

    defence: Defence | None = None
    title: str = ""  # its name with its options
    known: bool = False  # to the attacker

    def of_target(self, recipe: AnyRecipe) -> AnyRecipe:
        """The recipe of the target; raises UserError where the defence does not fit it."""
        return _defended(recipe, self.defence, self.title)

    def of_attacker(self, recipe: AnyRecipe) -> AnyRecipe:
        """The recipe of one of the attacker's models; raises UserError where the defence does not fit it."""
        return _defended(recipe, self.defence, self.title) if self.known else recipe

    @property
    def shown(self) -> OutputMasks:
        """The masks through which the target and the attacker's models show their outputs."""
        mask = self.defence if isinstance(self.defence, MasksOutputs) else None
        return OutputMasks(mask, mask if self.known else None)

    def split(self, split: Split, seed: int) -> Split:
        """The split with the records that the defence sets aside; raises UserError where there are none."""
        return set_aside(split, self.defence.share, seed) if isinstance(self.defence, SetsAside) else split

    def guarantee(self, recipe: AnyRecipe, members: int) -> Guarantee | None:
        """The bound proven for a target that the defended recipe trained on that many members; None without a proof."""
        network = recipe.network
        if network is None or not isinstance(self.defence, Guarantees):
            return None
        return self.defence.guarantee(network, members)


UNDEFENDED = DefenceInUse()


def _defended(recipe: AnyRecipe, defence: Defence | None, title: str) -> AnyRecipe:
    if not isinstance(defence, TrainsOtherwise):
        return recipe
    network = recipe.defendable
    if network is None:
        raise UserError(
            f"defence {title} changes how a network is trained: expected a miaudit.Recipe to change, got a "
            f"{type(recipe).__name__}"
        )
    return defence.defend(network)
