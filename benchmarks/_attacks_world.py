"""Evidence on synthetic records in a file: a pool of models, a target outside it, a population and further views."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.evidence import Evidence, Outputs, Panel, Pool, View
from miaudit.evidence.io.file import write_evidence
from miaudit.evidence.lazy import LazyOutputs
from miaudit.evidence.panel import Augmented
from miaudit.seeds import generator

CLASSES = 10
POPULATION = 5000


@dataclass(frozen=True, eq=False)
class Synthetic(LazyOutputs):
    """Logits of models on shared records, made when asked for: members' true class is raised."""

    inside: Bools  # (M, n)
    labels: Ints  # (n,)
    difficulty: Floats  # (n,)
    number: int = 0  # of the view of the records

    def __len__(self) -> int:
        return len(self.inside)

    def read(self, model: int) -> Floats:
        """Logits (n, 10), float32, of one model."""
        rng = np.random.default_rng([len(self), model, self.number])
        n = len(self.labels)
        logits: Floats = rng.standard_normal((n, CLASSES), dtype=np.float32)
        logits[np.arange(n), self.labels] += self.difficulty + 1.5 * self.inside[model]
        return logits


def write_world(path: Path, records: int, references: int, shadows: int, views: int) -> None:
    """Write evidence on the target's members and as many other records, model by model."""
    rng = generator(0, "benchmark")
    total = records + POPULATION  # the last ones are in no model's training data
    halves = [rng.permutation(records) < records // 2 for _ in range(references // 2)]
    inside = np.zeros((references, total), dtype=bool)
    inside[:, :records] = [side for half in halves for side in (half, ~half)]
    labels = rng.integers(CLASSES, size=total)
    difficulty = rng.normal(2, 2, size=total).astype(np.float32)
    truth = np.arange(total) < 0
    truth[:records] = rng.permutation(records) < records // 2
    pool = Pool(View.whole(Outputs(labels, Synthetic(inside, labels, difficulty))), inside, np.arange(total))
    target = View.whole(Outputs(labels, Synthetic(truth[None], labels, difficulty)))
    whole = Panel(target, pool.view, inside, ids=pool.ids)
    audited, others = np.arange(records), np.arange(records, total)
    stand_ins = [pool.stand_in(m) for m in range(shadows)]
    evidence = Evidence(
        audit=whole.select(audited),
        shadows=tuple(panel.select(audited) for panel in stand_ins),
        population=whole.select(others),
        shadow_populations=tuple(panel.select(others).hidden() for panel in stand_ins),
    )
    write_evidence(path, _seen(evidence, views), truth[audited])


def _seen(evidence: Evidence, count: int) -> Evidence:
    """The evidence with further views of all records, of which every model gives other outputs."""
    tables: dict[int, Sequence[Outputs]] = {}

    def view_of(view: View, number: int) -> View:
        of = view.outputs
        if id(of) not in tables:  # panels of one pool share a table
            made = cast(Synthetic, of.values)
            tables[id(of)] = [Outputs(of.labels, replace(made, number=v)) for v in range(1, count + 1)]
        return replace(view, outputs=tables[id(of)][number])

    def change(panel: Panel) -> Panel:
        others = panel.reference_view
        further = (
            Augmented(view_of(panel.target_view, v), None if others is None else view_of(others, v))
            for v in range(count)
        )
        return replace(panel, views=tuple(further))

    return evidence.each(change)
