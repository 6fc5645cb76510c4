"""Controls of the audit: no attack may win where nothing leaks, and every attack must win where everything does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.evidence import Evidence, Outputs, Panel, View
from miaudit.evidence.compact import Compact
from miaudit.evidence.lazy import LazyOutputs
from miaudit.evidence.panel import required
from miaudit.model_outputs import SCALARS, OutputKind
from miaudit.signals.logits import logits
from miaudit.signals.scaled_logit import scaled_logit

CONTROL_RECORDS = 2000  # records of a panel that the positive control looks at
CONTROL_SHADOWS = 4
STRENGTH = 3.0  # memorisation, in standard deviations of the records' log odds


@dataclass(frozen=True, eq=False)
class Memorised(LazyOutputs):
    """Outputs of models that have memorised their training records: the log odds of the truth are raised by `boost`."""

    outputs: Outputs  # of M models on n records
    inside: Bools  # (M, n)
    boost: float

    def __len__(self) -> int:
        return self.outputs.models

    def read(self, model: int) -> Floats:
        """Outputs of one model, raised on the records that it was trained on."""
        if self.outputs.kind in SCALARS:
            return self._raised_number(model)
        labels = self.outputs.labels
        raised = logits(self.outputs.model(model), labels)
        raised[np.arange(len(labels)), labels] += self.boost * self.inside[model]
        return raised

    def _raised_number(self, model: int) -> Floats:
        """The score, or the loss that belongs to the raised log odds."""
        raised = scaled_logit(self.outputs.model(model), self.outputs.labels) + self.boost * self.inside[model]
        return raised[:, None] if self.outputs.kind == "score" else np.logaddexp(0.0, -raised)[:, None]


def positive_control(evidence: Evidence, truth: Bools, rng: np.random.Generator) -> tuple[Evidence, Bools]:
    """Change the evidence as if every model had memorised its training records; returns it with its truth.

    Each model (target, shadows, references) gets the log odds of the true class raised on the records that it was
    trained on, by three standard deviations of those log odds. It leaks by construction, costs no training, and
    runs through the same signals, attacks and metrics. At most 1,000 records of a kind a panel and 4 shadows are used;
    signals are computed of these alone.
    """
    boost = STRENGTH * max(float(evidence.audit.target("scaled_logit").std()), 1.0)
    chosen = _sample(truth, rng)
    audit = replace(evidence.audit, member=truth).select(chosen)
    shadows = [panel.select(_sample(required(panel.member), rng)) for panel in evidence.shadows[:CONTROL_SHADOWS]]
    populations = evidence.shadow_populations[:CONTROL_SHADOWS]
    small = replace(evidence, audit=audit.hidden(), shadows=tuple(shadows), shadow_populations=populations)
    trained = [audit, *shadows] + ([] if evidence.known is None else [evidence.known])
    compact = Compact(small.panels())
    raised = _Raised([panel.changed(compact.view) for panel in trained], boost)
    return small.changed(lambda view: raised.view(compact.view(view))), truth[chosen]


def _sample(member: Bools, rng: np.random.Generator) -> Ints:
    """A random sample of each kind of records, so that a rare kind is not lost."""
    kinds = [np.flatnonzero(member == kind) for kind in (True, False)]
    return np.sort(np.concatenate([rng.permutation(rows)[: CONTROL_RECORDS // 2] for rows in kinds]))


class _Raised:
    """Tables of outputs with memorisation built in; panels that shared a table share its raised form."""

    def __init__(self, panels: Sequence[Panel], boost: float) -> None:
        self.boost = boost
        self.tables: dict[int, tuple[Outputs, Bools]] = {}  # table -> who was trained on what, (M, N)
        for panel in panels:
            for view in panel.each_view():
                self._mark_panel(view)
        self.raised = {name: self._raise(*table) for name, table in self.tables.items()}

    def view(self, view: View) -> View:
        """The view with memorisation built into its outputs."""
        return replace(view, outputs=self.raised.get(id(view.outputs), view.outputs))

    def _mark_panel(self, panel: Panel) -> None:
        if panel.member is not None:
            self._mark(panel.target_view, panel.member[None])
        if panel.reference_view is not None:
            self._mark(panel.reference_view, panel.in_reference)

    def _mark(self, view: View, inside: Bools) -> None:
        shape = (view.outputs.models, len(view.outputs.labels))
        _, marked = self.tables.setdefault(id(view.outputs), (view.outputs, np.zeros(shape, dtype=bool)))
        marked[np.ix_(view.models, view.records)] |= inside

    def _raise(self, outputs: Outputs, inside: Bools) -> Outputs:
        kind: OutputKind = outputs.kind if outputs.kind in SCALARS else "logits"
        return Outputs(outputs.labels, Memorised(outputs, inside, self.boost), kind)
