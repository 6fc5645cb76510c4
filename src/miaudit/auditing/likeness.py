"""The control that checks whether reference models resemble the target. It needs the evidence only, no training."""

from typing import NamedTuple

import numpy as np
from scipy.special import entr

from miaudit.arrays import Bools, Floats
from miaudit.auditing.result import Compared, Likeness
from miaudit.evidence import Evidence, Panel, View
from miaudit.maths.moments import mean_of, moments_of
from miaudit.maths.t_intervals import reach_of_next
from miaudit.model_outputs import SCALARS

ERROR = 0.05  # chance of calling references unlike the target although they resemble it, over all numbers
NUMBERS = 4  # accuracy and loss, on own training records and on others; of losses and scores, two of them
ENOUGH_MODELS = 5  # with fewer, a further model could lie almost anywhere
ENOUGH_RECORDS = 10  # fewest records of a side from which a model's accuracy is meaningful
SMALL_ACCURACY = 0.01  # differences that could not matter to an attack
SMALL_LOSS = 0.1  # as a share of the loss
LEAST_LOSS = 1e-6  # floor, so that models certain of everything differ by a bounded amount
CHANCE = 2.0  # standard errors: an accuracy no further above that of a constant answer may be chance
CLEAR = 4.0  # an accuracy further above it is not


class Side(NamedTuple):
    """Accuracy and loss of M models on their own training records, or on other records."""

    accuracy: Floats  # (M,); nothing is known of it where models are no classifiers
    loss: Floats  # (M,) mean
    records: Floats  # (M,) how many there are
    deviation: Floats  # (M,) of the loss over these records
    frequent: Floats  # (M,) share of these records that have the most frequent label: the best constant accuracy
    entropy: Floats  # (M,) of these records' labels, in nats: the least mean loss of a constant answer

    def beats_constant(self, accuracy: Floats, errors: float) -> Bools:
        """(M,) do these accuracies (M,) lie above a constant answer's, by more than so many standard errors?"""
        error = np.sqrt(self.frequent * (1 - self.frequent) / self.records)
        better: Bools = accuracy > self.frequent + errors * error
        return better


def likeness(evidence: Evidence, truth: Bools) -> Likeness | None:
    """Compare the target with its references, by accuracy and loss on their own training records and on others.

    The target should lie where a further model, trained like the references, would lie: in Student's prediction
    interval around their mean, at a confidence corrected for the number of comparisons. The interval is at least as
    wide as the records' own sampling error. Losses are compared by their logarithms. If no reference was
    trained on audited records, shadows and their training records are used instead.

    Apart from that, models are counted that learned nothing although the target did: on their own training records,
    neither their accuracy nor their loss is better than that of a constant answer, where the target's accuracy on as
    many records clearly would be.

    Models that give one number per record are compared by that number alone.

    Args:
        evidence: the models' outputs.
        truth: (n,) the target's members among the audited records.

    Returns:
        `unlike` if a number lies outside its interval, else `alike`; `unknown` with fewer than five models or too few
        records; None if there are neither references nor shadows.
    """
    audit = evidence.audit
    if not audit.n_references and not evidence.shadows:
        return None
    sides = {
        "own": (_side(audit.target_view, truth[None]), _own(evidence)),
        "other": (_side(audit.target_view, ~truth[None]), _others(audit)),
    }
    measured, models = {}, []
    for name, (one, many) in sides.items():
        if len(one.records) and len(many.records):
            models.append(len(many.records))
            if audit.kind not in SCALARS:
                measured[f"accuracy_{name}"] = _accuracy(one, many)
            measured[f"loss_{name}"] = _score(one, many) if audit.kind == "score" else _loss(one, many)
    fewest = min(models, default=0)
    told = len(models) == len(sides) and fewest >= ENOUGH_MODELS
    alike = all(compared.alike for compared in measured.values())
    return Likeness(
        state="unlike" if not alike else "alike" if told else "unknown",
        models=fewest,
        measured=measured,
        learned_nothing=_untaught(*sides["own"]),
    )


def _untaught(one: Side, many: Side) -> int:
    """Number of models that learned nothing of their own training records; 0 if that holds for the target too."""
    if not one.beats_constant(one.accuracy, CLEAR).any():
        return 0
    telling = many.beats_constant(one.accuracy, CLEAR)  # enough records, and not all of one class
    worse = ~many.beats_constant(many.accuracy, CHANCE) & (many.loss * (1 + SMALL_LOSS) >= many.entropy)
    return int((telling & worse).sum())


def _own(evidence: Evidence) -> Side:
    """References on their training records; or shadows on theirs, if no reference was trained on audited records."""
    audit = evidence.audit
    if audit.reference_view is not None and audit.in_reference.any():
        return _side(audit.reference_view, audit.in_reference)
    sides = [_side(shadow.target_view, shadow.member[None]) for shadow in evidence.shadows if shadow.member is not None]
    return Side(*(np.concatenate(parts) for parts in zip(*sides, strict=True))) if sides else _nothing()


def _others(audit: Panel) -> Side:
    """References on records that they were not trained on."""
    return _nothing() if audit.reference_view is None else _side(audit.reference_view, ~audit.in_reference)


def _nothing() -> Side:
    return Side(*(np.zeros(0) for _ in Side._fields))


def _side(view: View, chosen: Bools) -> Side:
    """Accuracy and loss of M models on their chosen records (M, n), without models that have too few."""
    loss = -view.signal("loss")
    correct = np.zeros_like(loss) if view.outputs.kind in SCALARS else view.signal("correct")
    kept = chosen.sum(axis=1) >= ENOUGH_RECORDS
    chosen, correct, loss = chosen[kept], correct[kept], loss[kept]
    count, mean, squares = moments_of(loss.T, chosen.T)
    classes = [np.bincount(view.labels[row]) / np.sum(row) for row in chosen]
    return Side(
        accuracy=mean_of(correct.T, chosen.T),
        loss=mean,
        records=count.astype(np.float64),
        deviation=np.sqrt(squares / count),
        frequent=np.array([shares.max() for shares in classes]),
        entropy=np.array([entr(shares).sum() for shares in classes]),
    )


def _accuracy(one: Side, many: Side) -> Compared:
    right = (many.accuracy * many.records).sum() + 2  # two more of each kind: no certainty, even from perfect models
    share = right / (many.records.sum() + 4) if many.accuracy.mean() < 1 else 1 - 2 / (one.records[0] + 4)
    noise = float(np.sqrt(share * (1 - share) / one.records[0]))
    low, centre, high = _interval(many.accuracy, noise, SMALL_ACCURACY)
    return _compared(one.accuracy[0], low, centre, high)


def _loss(one: Side, many: Side) -> Compared:
    logs = np.log(many.loss + LEAST_LOSS)
    noise = float(many.deviation.mean() / np.sqrt(one.records[0]) / (many.loss.mean() + LEAST_LOSS))
    ends = _interval(logs, noise, np.log1p(SMALL_LOSS))
    low, centre, high = (None if end is None else float(np.exp(end)) for end in ends)
    return _compared(one.loss[0] + LEAST_LOSS, low, centre or 0.0, high)


def _score(one: Side, many: Side) -> Compared:
    """Scores, negated, on a scale of about 1: they may have either sign, so that they are compared as they are."""
    noise = float(many.deviation.mean() / np.sqrt(one.records[0]))
    return _compared(one.loss[0], *_interval(many.loss, noise, SMALL_LOSS))


def _interval(values: Floats, noise: float, margin: float) -> tuple[float | None, float, float | None]:
    """Prediction interval of a further value: low end, mean, high end; without ends for a single value."""
    models, centre = len(values), float(values.mean())
    if models < 2:
        return None, centre, None
    spread = max(float(values.std(ddof=1)), noise)
    width = max(reach_of_next(spread, models, 1 - ERROR / NUMBERS), margin)
    return centre - width, centre, centre + width


def _compared(target: float, low: float | None, centre: float, high: float | None) -> Compared:
    alike = low is None or high is None or low <= target <= high
    return Compared(target=float(target), references=centre, low=low, high=high, alike=bool(alike))
