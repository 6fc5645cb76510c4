"""What an audit should do: a configuration and a call from Python both make a request."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

from miaudit.attacks.base import Attack
from miaudit.auditing.automatic import Automatic, automatic
from miaudit.auditing.defended import UNDEFENDED, DefenceInUse
from miaudit.auditing.groups import NO_GROUPS, GroupBy
from miaudit.auditing.origin import BY_CONFIGURATION, Origin
from miaudit.auditing.plan import Asked, Questions, applicable
from miaudit.config import AuditConfig
from miaudit.datasets.base import Dataset
from miaudit.forms import AskedViews, ChosenBy
from miaudit.model_outputs import OutputKind
from miaudit.reading.hints import NO_HINTS, Hints
from miaudit.splits.base import Splitter
from miaudit.surrogates.candidates import Candidate
from miaudit.targets.base import Target
from miaudit.thresholds.base import Threshold
from miaudit.thresholds.per_class import PerClass
from miaudit.training.base import AnyRecipe


@dataclass(frozen=True, eq=False)
class Wanted:
    """The attacks that the user wants, and their parameters."""

    attacks: dict[str, Attack]  # by their titles; of which some are chosen where `chosen_by` is "auto"
    chosen_by: ChosenBy
    threshold: Threshold | PerClass
    seed: int
    known_fraction: float
    config: AuditConfig  # repeats the audit, or its attacks on the saved evidence
    groups: GroupBy = NO_GROUPS
    views: AskedViews = "auto"  # how many further views of each record models are asked about
    students: int = 0  # how many students the target and each shadow have

    def questions(self, unmet: dict[str, str], shadows: int) -> Questions:
        """The attacks to run.

        Args:
            unmet: attacks that do not apply, and why (attack -> reason).
            shadows: number of shadow models in the evidence.

        Raises:
            UserError: the user named an attack that does not apply.
        """
        found = self._chosen(unmet, shadows)
        return Questions(
            attacks={name: self.attacks[name] for name in found.because},
            threshold=self.threshold,
            seed=self.seed,
            known_fraction=self.known_fraction,
            because=found.because if self.chosen_by == "auto" else {},
            skipped=found.skipped,
            skipped_means=found.means,
            config=self.config.as_dict(),
            groups=self.groups,
        )

    def _chosen(self, unmet: dict[str, str], shadows: int) -> Automatic:
        if self.chosen_by == "auto":
            return automatic(unmet, shadows)
        able = applicable(self.attacks, unmet, self.chosen_by == "user")
        return Automatic(dict.fromkeys(able, ""), unmet, {name: self.attacks[name].needs.means for name in unmet})


class Recipes(NamedTuple):
    """How models are trained, before a defence changes it."""

    target: AnyRecipe
    shadow: AnyRecipe
    reference: AnyRecipe


@runtime_checkable
class Pooled(Protocol):
    """A split whose models are a pool, so that there can be more or fewer of them."""

    models: int

    def split(self, n: int, seed: int) -> object:
        """Deal n records into the parts of the target and of the other models."""


@dataclass(frozen=True, eq=False)
class Request:
    """An audit of a model at hand, or of one that is trained for the audit."""

    data: Dataset
    splitter: Splitter
    wanted: Wanted
    recipes: Recipes | None  # None: no models are trained
    target: Target | None = None  # a model at hand; None: one is trained by the recipe
    defence: DefenceInUse = UNDEFENDED
    device: str = "cpu"  # on which models are trained
    origin: Origin = BY_CONFIGURATION  # of the recipes
    surrogates: tuple[Candidate, ...] = ()  # among which a search chooses; the recipes are those of the first till then
    said: Asked | None = None  # what the target says, where it was asked already
    read_as: tuple[str, ...] = ()  # sentences on what was taken for granted of the records

    @property
    def kind(self) -> OutputKind:
        """The kind of outputs of the models, which decides which attacks apply."""
        return (None if self.target is None else self.target.number_kind) or "logits"

    @property
    def pool(self) -> int | None:
        """Number of models in the pool; None where the split has no pool."""
        return self.splitter.models if isinstance(self.splitter, Pooled) else None

    def with_pool_of(self, models: int) -> "Request":
        """The same audit with another number of models in its pool; raises ValueError where there is no pool."""
        if self.pool is None:
            raise ValueError("the split has no pool")
        wanted = replace(self.wanted, config=self.wanted.config.with_pool_of(models))
        return replace(self, splitter=replace(self.splitter, models=models), wanted=wanted)  # type: ignore[type-var]


@dataclass(frozen=True, eq=False)
class FileRequest:
    """An audit of the evidence in a file: nothing is trained."""

    path: Path
    wanted: Wanted
    hints: Hints = NO_HINTS  # what the user says about a table's columns
    nonmembers: Path | None = None  # a second table, of predictions on non-members
