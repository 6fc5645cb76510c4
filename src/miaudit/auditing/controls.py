"""Controls of the audit: no attack may win where nothing leaks, and every attack must win where everything does."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.evidence import Evidence, Outputs, Panel, View
from miaudit.evidence.lazy import LazyOutputs
from miaudit.evidence.panel import required
from miaudit.model_outputs import SCALARS, ModelOutputs, OutputKind
from miaudit.signals.logits import logits
from miaudit.signals.scaled_logit import scaled_logit

CONTROL_RECORDS = 2000  # records of a panel that the positive control looks at
CONTROL_SHADOWS = 4
STRENGTH = 3.0  # memorisation, in standard deviations of the records' log odds


@dataclass(frozen=True, eq=False)
class Memorised(LazyOutputs):
    """Outputs of models that have memorised their training records: the log odds of the truth are raised by `boost`."""

    outputs: Outputs  # of M models on N records
    records: Ints  # (n,) those that are shown
    inside: Bools  # (M, n)
    boost: float

    def __len__(self) -> int:
        return self.outputs.models

    @property
    def labels(self) -> Ints:
        """Classes (n,) of the records that are shown."""
        return self.outputs.labels[self.records]

    def read(self, model: int) -> Floats:
        """Outputs of one model, raised on the records that it was trained on."""
        whole = self.outputs.model(model)
        shown, boost = replace(whole, values=whole.values[self.records]), self.boost * self.inside[model]
        if shown.kind in SCALARS:
            return _raised_number(shown, self.labels, boost)
        raised = logits(shown, self.labels)
        raised[np.arange(len(boost)), self.labels] += boost
        return raised


def _raised_number(shown: ModelOutputs, labels: Ints, boost: Floats) -> Floats:
    """The score, or the loss that belongs to the raised log odds, (n, 1)."""
    raised = scaled_logit(shown, labels) + boost
    return raised[:, None] if shown.kind == "score" else np.logaddexp(0.0, -raised)[:, None]


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
    return small.changed(_Raised(trained, small.panels(), boost).view), truth[chosen]


def _sample(member: Bools, rng: np.random.Generator) -> Ints:
    """A random sample of each kind of records, so that a rare kind is not lost."""
    kinds = [np.flatnonzero(member == kind) for kind in (True, False)]
    return np.sort(np.concatenate([rng.permutation(rows)[: CONTROL_RECORDS // 2] for rows in kinds]))


class _Raised:
    """Tables of outputs with memorisation built in; panels that shared a table share its raised form."""

    def __init__(self, trained: Iterable[Panel], panels: Iterable[Panel], boost: float) -> None:
        """Raise the tables of models that were trained on known records.

        Args:
            trained: panels that tell which model was trained on which records.
            panels: all panels; only their records are in the raised tables.
            boost: what is added to the log odds.
        """
        read: dict[int, list[Ints]] = {}
        for panel in panels:
            for view in panel.table_views():
                read.setdefault(id(view.outputs), []).append(view.records)
        self.records = {name: np.unique(np.concatenate(records)) for name, records in read.items()}
        self.tables: dict[int, Memorised] = {}
        for panel in trained:
            for one in panel.each_view():
                self._mark_panel(one, boost)
        self.raised = {name: self._outputs(table) for name, table in self.tables.items()}

    def view(self, view: View) -> View:
        """The view with memorisation built into its outputs."""
        raised = self.raised.get(id(view.outputs))
        return view if raised is None else View(raised, view.models, self._columns(view))

    def _mark_panel(self, panel: Panel, boost: float) -> None:
        if panel.member is not None:
            self._mark(panel.target_view, panel.member[None], boost)
        if panel.reference_view is not None:
            self._mark(panel.reference_view, panel.in_reference, boost)

    def _mark(self, view: View, inside: Bools, boost: float) -> None:
        outputs, records = view.outputs, self.records[id(view.outputs)]
        nobody = np.zeros((outputs.models, len(records)), dtype=bool)
        table = self.tables.setdefault(id(outputs), Memorised(outputs, records, nobody, boost))
        table.inside[np.ix_(view.models, self._columns(view))] |= inside

    def _columns(self, view: View) -> Ints:
        return np.searchsorted(self.records[id(view.outputs)], view.records)

    def _outputs(self, table: Memorised) -> Outputs:
        kind: OutputKind = table.outputs.kind if table.outputs.kind in SCALARS else "logits"
        return Outputs(table.labels, table, kind)
