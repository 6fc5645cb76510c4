"""Checks of the audit by the audit: nobody may win where nothing leaks, everybody must where everything does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.evidence import Evidence, Outputs, Panel, View

CONTROL_RECORDS = 2000  # records of a panel that the positive control looks at
CONTROL_SHADOWS = 4
STRENGTH = 3.0  # memorisation, in standard deviations of the records' log odds


@dataclass(frozen=True, eq=False)
class Memorised(Sequence[Floats]):
    """Logits of models that had memorised their training records: the true class's is raised by `boost`."""

    logits: Sequence[Floats]  # M of (n, C)
    labels: np.ndarray[tuple[int], np.dtype[np.int64]]
    inside: Bools  # (M, n)
    boost: float

    def __len__(self) -> int:
        return len(self.logits)

    @overload
    def __getitem__(self, index: int) -> Floats: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Floats]: ...
    def __getitem__(self, index: int | slice) -> Floats | Sequence[Floats]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        raised = self.logits[index].astype(np.float64)
        raised[np.arange(len(self.labels)), self.labels] += self.boost * self.inside[index]
        return raised


def positive_control(evidence: Evidence, truth: Bools, rng: np.random.Generator) -> tuple[Evidence, Bools]:
    """The same evidence as if every model had memorised its training records, and its truth.

    Each model (target, shadows, references) gets the log odds of the true class raised on the records that it was
    trained on, by three standard deviations of those log odds. It leaks by construction, costs no training, and
    runs through the same signals, attacks and metrics. At most 2,000 records a panel and 4 shadows are used.
    """
    phi = evidence.audit.target("scaled_logit")
    boost = STRENGTH * max(float(phi.std()), 1.0)
    chosen = _sample(len(truth), rng)
    audit = _memorise(evidence.audit.select(chosen), truth[chosen], boost).hidden()
    shadows = tuple(_memorise(_sampled(panel, rng), None, boost) for panel in evidence.shadows[:CONTROL_SHADOWS])
    known = None if evidence.known is None else _memorise(_sampled(evidence.known, rng), None, boost)
    return (
        Evidence(
            audit=audit,
            shadows=shadows,
            known=known,
            population=evidence.population,
            shadow_populations=evidence.shadow_populations[:CONTROL_SHADOWS],
        ),
        truth[chosen],
    )


def _sampled(panel: Panel, rng: np.random.Generator) -> Panel:
    return panel.select(_sample(len(panel), rng))


def _sample(n: int, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.sort(rng.permutation(n)[:CONTROL_RECORDS])


def _memorise(panel: Panel, member: Bools | None, boost: float) -> Panel:
    inside = panel.member if member is None else member
    if inside is None:
        raise ValueError("the control needs to know who is a member")
    references = None
    if panel.reference_view is not None:
        references = View.whole(_raised(panel.reference_view, panel.in_reference, boost))
    target = View.whole(_raised(panel.target_view, inside[None], boost))
    return Panel(target, references, panel.in_reference, inside, panel.ids)


def _raised(view: View, inside: Bools, boost: float) -> Outputs:
    logits = [view.outputs.logits[int(model)][view.records] for model in view.models]
    return Outputs(view.labels, Memorised(logits, view.labels, inside, boost))
