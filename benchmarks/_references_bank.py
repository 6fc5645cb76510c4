"""All models of a world whose references are measured: a pool, targets, and students of both, each trained once."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.special import softmax

from _references_training import CHECKPOINTS, Run, kept, student, watched
from _strength_models import SEED, Models
from miaudit.arrays import Bools, Floats, Ints
from miaudit.evidence import Outputs
from miaudit.fingerprint import fingerprint
from miaudit.seeds import child_seed
from miaudit.splits.base import no_rows
from miaudit.training.data import Records, Subset
from miaudit.training.recipe import Recipe

POOL = 16  # models; those from POOL on are the targets
MOST = 8  # references in an audit whose references are changed


@dataclass(frozen=True, eq=False)
class Bank:
    """Models are numbered: those of the pool from 0, the targets from POOL. Records are the audited ones."""

    models: Models
    recipe: Recipe
    folder: Path  # of finished runs

    @cached_property
    def records(self) -> Records:
        data = self.models.data
        return Records(np.asarray(data.x), data.y, data.classes)

    @cached_property
    def rows(self) -> Ints:
        """Rows (n,) of the data, sorted."""
        return np.sort(self.models.pool.split.audited)

    @cached_property
    def labels(self) -> Ints:
        return self.records.y[self.rows]

    @cached_property
    def inside(self) -> Bools:
        """(POOL + TARGETS, n) who was trained on what."""
        works = (*self.models.pool.works, *self.models.targets)
        return np.stack([np.isin(self.rows, work.job.rows) for work in works])

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """(POOL + TARGETS,) the models, trained as `strength` trains them."""
        works = (*self.models.pool.works, *self.models.targets)
        return tuple(self._kept("labels", work.job.subset) for work in works)

    @cached_property
    def on_population(self) -> tuple[Run, ...]:
        """(MOST,) models trained on the labels of the population."""
        return tuple(self._kept("labels", self._of_population(s)) for s in range(MOST))

    def student(self, teacher: int, s: int, on_half: bool) -> Run:
        """Student s of a model, on the population, or on the half that model s of the pool is trained on."""
        subset = self._of_half(s) if on_half else self._of_population(s)
        wanted = softmax(self.runs[teacher].final[subset.rows].astype(np.float64), axis=1)
        lesson = Subset(subset.rows, subset.seed, no_rows(), wanted=wanted)
        name = self._name(f"student of {teacher}", subset)
        return kept(self.folder, name, lambda: student(self.recipe, self.records, lesson))

    def checkpoint(self, step: int) -> Outputs:
        """The models' answers at a checkpoint, 0 to CHECKPOINTS - 1."""
        return self._tables[step]

    @property
    def final(self) -> Outputs:
        """The models' answers after training."""
        return self._tables[-1]

    @cached_property
    def _tables(self) -> tuple[Outputs, ...]:
        return tuple(self.table([run.logits[step] for run in self.runs]) for step in range(CHECKPOINTS))

    def table(self, logits: list[Floats]) -> Outputs:
        """Answers (N, C) about all records of the data, as outputs on the audited ones."""
        return Outputs(self.labels, [one[self.rows] for one in logits])

    def _of_population(self, s: int) -> Subset:
        return Subset(self.models.pool.split.population, child_seed(SEED, "population", s), no_rows())

    def _of_half(self, s: int) -> Subset:
        return Subset(self.models.pool.split.training[s], child_seed(SEED, "student", s), no_rows())

    def _kept(self, kind: str, subset: Subset) -> Run:
        return kept(self.folder, self._name(kind, subset), lambda: watched(self.recipe, self.records, subset))

    def _name(self, kind: str, subset: Subset) -> str:
        return fingerprint(kind, self.recipe, self.models.data.fingerprint, subset.rows, str(subset.seed))
