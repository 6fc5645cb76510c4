"""A training job: everything that a trained model depends on, and the name that follows from it."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from miaudit.arrays import Floats, Ints
from miaudit.datasets.base import Dataset
from miaudit.fingerprint import fingerprint
from miaudit.splits.base import no_rows
from miaudit.training.base import AnyRecipe
from miaudit.training.data import Subset


@dataclass(frozen=True, eq=False)
class Job:
    """One model: a function of recipe, rows, seed and data alone, never of the place or order it is trained in."""

    recipe: AnyRecipe
    data: str  # fingerprint of the data set
    rows: Ints  # training rows, in order
    seed: int
    validation: Ints = field(default_factory=no_rows)  # rows for early stopping
    code: str = ""  # version of the code that trains it
    unlabelled: Ints = field(default_factory=no_rows)  # rows that it learns from without their labels
    stacked: bool = field(
        default=False, compare=False
    )  # trained in a stack with others? No part of the name: `code` is
    wanted: Floats | None = None  # (n, C) probabilities that it learns in place of the labels of `rows`

    @cached_property
    def parts(self) -> dict[str, str]:
        """Fingerprint of each thing that the model depends on, each hashed once."""
        parts = {
            "recipe": fingerprint(self.recipe),
            "data": self.data,
            "rows": fingerprint(self.rows),
            "validation": fingerprint(self.validation),
            "seed": str(self.seed),
            "code": self.code,
        }
        # Left out if there are none: most models keep the names that they had before there were such things.
        parts |= {"unlabelled": fingerprint(self.unlabelled)} if len(self.unlabelled) else {}
        return parts if self.wanted is None else parts | {"wanted": fingerprint(self.wanted)}

    @cached_property
    def key(self) -> str:
        """Name of the model in the store."""
        return fingerprint("job", self.parts)

    @property
    def subset(self) -> Subset:
        """The rows and the seed, as a recipe trains on them."""
        return Subset(self.rows, self.seed, self.validation, self.unlabelled, self.wanted)


class Method(NamedTuple):
    """How models of one recipe are trained on one data set, decided once for all of their jobs."""

    recipe: AnyRecipe
    data: str  # fingerprint of the data set
    code: str  # version of the code that trains
    stacked: bool

    @classmethod
    def of(cls, recipe: AnyRecipe, data: Dataset, device: str = "cpu") -> "Method":
        """The way in which a recipe trains on a data set.

        Args:
            recipe: how models are trained.
            data: the data set.
            device: the device that they are trained on.
        """
        shape, classes = data.x.shape[1:], data.classes
        code = recipe.code_version(shape, classes, device)
        return cls(recipe, data.fingerprint, code, recipe.is_stacked(shape, classes, device))

    def job(
        self,
        rows: Ints,
        seed: int,
        validation: Ints | None = None,
        unlabelled: Ints | None = None,
        wanted: Floats | None = None,
    ) -> Job:
        """The job of one model.

        Args:
            rows: training rows, in order.
            seed: the seed of everything random in its training.
            validation: rows for early stopping; None for none.
            unlabelled: rows that it learns from without their labels; None for none.
            wanted: (n, C) probabilities that it learns in place of the labels of `rows`; None for the labels.
        """
        chosen = no_rows() if validation is None else validation
        others = no_rows() if unlabelled is None else unlabelled
        return Job(self.recipe, self.data, rows, seed, chosen, self.code, others, self.stacked, wanted)
