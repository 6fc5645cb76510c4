"""Split `six_way`: disjoint parts for target, shadow and reference, as in the papers' tables."""

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.seeds import generator
from miaudit.splits.base import ShadowRole, Split


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class SixWay:
    """Target in/out, shadow in/out, reference and test, disjoint (LDC-MIA Section 4.1.1, HP-MIA 4.1.1).

    Sizes are records. With several references each is trained on a random half of the reference part, so that
    they differ in their data as well as in their seed; a single one is trained on all of it.
    """

    target_in: int = Field(gt=0, description="records that train the target: the audited members")
    target_out: int = Field(gt=0, description="audited non-members")
    shadow_in: int = Field(gt=0, description="records that train the shadow")
    shadow_out: int = Field(gt=0, description="records of the shadow's panel that do not train it")
    reference: int = Field(gt=1, description="records that the reference models are trained on")
    test: int = Field(default=0, ge=0, description="records that no model sees, for test accuracy and early stopping")
    references: int = Field(default=1, ge=1, le=10_000, description="number of reference models")

    def split(self, n: int, seed: int) -> Split:
        """Split n records at random; the shadow is model 0, the references follow."""
        sizes = [self.target_in, self.target_out, self.shadow_in, self.shadow_out, self.reference, self.test]
        if sum(sizes) > n:
            raise UserError(f"six_way needs {sum(sizes):,} records, the data set has {n:,}: lower the sizes")
        check_memory(8.0 * self.references * self.reference, f"{self.references:,} references", "lower `references`")
        order = generator(seed, "six_way").permutation(n)
        parts = np.split(order, np.cumsum(sizes))[:6]
        target_in, target_out, shadow_in, shadow_out, reference, test = (np.sort(part) for part in parts)
        references = np.arange(1, 1 + self.references)
        rng = generator(seed, "six_way", "references")
        share = self.reference if self.references == 1 else self.reference // 2
        halves = [np.sort(rng.choice(reference, size=share, replace=False)) for _ in references]
        return Split(
            members=target_in,
            nonmembers=target_out,
            training=(shadow_in, *halves),
            shadows=(ShadowRole(0, shadow_in, shadow_out, references),),
            references=references,
            test=test,
        )
