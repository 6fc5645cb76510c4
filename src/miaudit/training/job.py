"""A training job: everything a trained model depends on, and the name that follows from it."""

from dataclasses import dataclass, field
from functools import cached_property

from miaudit.arrays import Ints
from miaudit.fingerprint import fingerprint
from miaudit.splits.base import no_rows
from miaudit.training.defended import DefendedRecipe
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.recipe import Recipe

AnyRecipe = Recipe | EstimatorRecipe | DefendedRecipe


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
        # Left out where there are none: most models keep the names that they had before there were such rows.
        return parts | ({"unlabelled": fingerprint(self.unlabelled)} if len(self.unlabelled) else {})

    @cached_property
    def key(self) -> str:
        """Name of the checkpoint."""
        return fingerprint("job", self.parts)
