"""The quantities that signals are computed from, for logits, probabilities, losses and scores."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.maths.blocks import blocks
from miaudit.maths.sums import exact_sum
from miaudit.model_outputs import ModelOutputs, Unit
from miaudit.signals.base import LOG_ZERO

FINE = 1e-6  # from this step on, 1 - p is as exact as the other classes' probabilities; rounded rows are above it


class Form(Protocol):
    """One model's outputs on n records; everything is float64, and the same for any order of the classes."""

    def log_p(self, labels: Ints) -> Floats:
        """Compute log p of the given classes, (n,), in [-745, 0]."""

    def log_odds(self, labels: Ints) -> Floats:
        """Compute log(p / (1 - p)) of the given classes, (n,), in [-745, 745]."""

    def classes(self) -> "Classes":
        """Compute the probability of each class, its log, and the log of its complement."""

    def posteriors(self) -> Floats:
        """Compute the probabilities of all classes, (n, C)."""

    def logits(self) -> Floats:
        """Return the logits, or centred log-probabilities, (n, C)."""


class Classes(NamedTuple):
    """Probabilities of all classes and their logs, (n, C) each."""

    p: Floats
    log_p: Floats  # in [-745, 0]
    log_not: Floats  # log(1 - p), in [-745, 0]


def form_of(outputs: ModelOutputs) -> Form:
    """Wrap the outputs by their kind."""
    if outputs.kind == "logits":
        return FromLogits(outputs.values, outputs.temperature)
    values = outputs.values.astype(np.float64)
    if outputs.kind == "probs":
        return FromProbabilities(values, outputs.floor)
    return FromLosses(values[:, 0], outputs.floor) if outputs.kind == "loss" else FromScores(values[:, 0], outputs.unit)


@dataclass(frozen=True, eq=False)
class FromLogits:
    """Logits (n, C); 1 - p is computed from the other classes, so that confident records do not tie."""

    values: Floats  # float32 or float64
    temperature: float = 1.0  # by which they are divided

    @property
    def z(self) -> Floats:
        """The logits in float64."""
        return self._divided(self.values.astype(np.float64))

    def log_p(self, labels: Ints) -> Floats:
        """Compute log p from the log odds."""
        return log_sigmoid(self.log_odds(labels))

    def log_odds(self, labels: Ints) -> Floats:
        """Compute z_y - logsumexp of the others, the stable form of Carlini et al. 2022, IV-B.

        It is computed for some records at a time, with the classes in rows: five times as fast, with the same bits.
        """
        odds = np.empty(len(labels))
        for part in blocks(len(labels), self.values.shape[1]):
            z = self._divided(self.values[part].T.astype(np.float64, order="C"))
            own = labels[part], np.arange(z.shape[1])
            odds[part] = z[own] - _log_sum_exp_but(own, z)
        return np.clip(odds, LOG_ZERO, -LOG_ZERO, out=odds)

    def classes(self) -> Classes:
        """Compute the largest class from the log-sum-exp of the others, since z - logsumexp(z) would lose 1 - p."""
        z = self.z
        rows, first = np.arange(len(z)), np.argmax(z, axis=1)
        below = z - z[rows, first][:, None]
        largest = below == 0  # all of them, where several tie
        others = below.copy()
        others[rows, first] = -np.inf
        rest = _log_sum_exp(others)  # log of (1 - p) / p of the largest
        log_top = -np.logaddexp(0.0, rest)
        log_p = np.maximum(below + log_top[:, None], LOG_ZERO)
        p = np.exp(log_p)
        with np.errstate(divide="ignore"):
            log_not = np.where(largest, (rest + log_top)[:, None], np.log1p(-p))
        return Classes(p, log_p, np.maximum(log_not, LOG_ZERO))

    def posteriors(self) -> Floats:
        """Compute the softmax of the logits."""
        return self.classes().p

    def logits(self) -> Floats:
        """Return the logits as they are."""
        return self.z

    def _divided(self, z: Floats) -> Floats:
        """Divide logits by the temperature, in place."""
        if self.temperature != 1:
            z /= self.temperature
        return z


@dataclass(frozen=True, eq=False)
class FromProbabilities:
    """Probabilities (n, C) as the model gave them, kept within [floor, 1 - floor].

    log p_y is a function of p_y alone, so that records with the same p_y tie however the rest of their row was rounded.
    Where probabilities have finer steps than 1 - p can have near 1, 1 - p is the sum over the other classes.
    """

    p: Floats
    floor: float

    def log_p(self, labels: Ints) -> Floats:
        """Compute the log of the class's own probability."""
        return np.log(self._kept(_of(self.p, labels)))

    def log_odds(self, labels: Ints) -> Floats:
        """Compute log p - log(1 - p)."""
        rest = self.p.copy()
        rest[np.arange(len(labels)), labels] = 0.0
        own = _of(self.p, labels)
        odds: Floats = self.log_p(labels) - np.log(self._kept(self._missing(own, rest)))
        return np.clip(odds, LOG_ZERO, -LOG_ZERO)

    def classes(self) -> Classes:
        """Compute both logs from each class's own probability; for the largest class as `log_odds` does."""
        kept = self._kept(self.p)
        log_not = np.log1p(-np.minimum(kept, 0.5))
        likely = np.flatnonzero((self.p > 0.5).any(axis=1))
        top = np.argmax(self.p[likely], axis=1)
        rest = self.p[likely]
        rest[np.arange(len(likely)), top] = 0.0
        log_not[likely, top] = np.log(self._kept(self._missing(self.p[likely, top], rest)))
        return Classes(self.p, np.log(kept), np.maximum(log_not, LOG_ZERO))

    def posteriors(self) -> Floats:
        """Return the probabilities as they were given."""
        return self.p

    def logits(self) -> Floats:
        """Compute log p_c minus the mean over the classes."""
        log_p = np.log(self._kept(self.p))
        return log_p - exact_sum(log_p, axis=1)[:, None] / log_p.shape[1]

    def _kept(self, p: Floats) -> Floats:
        return np.clip(p, self.floor, 1.0 - self.floor)

    def _missing(self, p: Floats, rest: Floats) -> Floats:
        """Compute 1 - p (n,), as the sum of the rest (n, C) where that is more exact."""
        if 2 * self.floor >= FINE:
            return 1.0 - p
        return np.where(p > 0.5, exact_sum(rest, axis=1), 1.0 - p)


class _OneNumber:
    """What a model that is known by one number per record does not tell."""

    def classes(self) -> Classes:
        """Raise ValueError: there are no classes."""
        raise ValueError("one number per record tells nothing of classes: call check_needs first")

    def posteriors(self) -> Floats:
        """Raise ValueError: there are no classes."""
        return self.classes().p

    def logits(self) -> Floats:
        """Raise ValueError: there are no classes."""
        return self.classes().log_p


@dataclass(frozen=True, eq=False)
class FromLosses(_OneNumber):
    """Losses (n,) of 0 or more, read as negative log-likelihoods: p = exp(-loss).

    The labels are not read. Nothing is cut off at 745: the loss of a long text may well be larger.
    """

    losses: Floats
    floor: float

    def log_p(self, labels: Ints) -> Floats:
        """Return the negative loss."""
        del labels
        return -self.losses

    def log_odds(self, labels: Ints) -> Floats:
        """Compute log p - log(1 - p), which is the negative loss itself where that is large."""
        del labels
        losses = np.maximum(self.losses, self.floor)
        odds: Floats = -losses - np.log(-np.expm1(-losses))
        return odds


@dataclass(frozen=True, eq=False)
class FromScores(_OneNumber):
    """Scores (n,) in a unit of their own, of which nothing is known but that higher fits better."""

    scores: Floats
    unit: Unit

    def log_p(self, labels: Ints) -> Floats:
        """Return the scores on a scale of about 1, up to a constant: they are no probabilities."""
        return self.log_odds(labels)

    def log_odds(self, labels: Ints) -> Floats:
        """Return the scores on a scale of about 1."""
        del labels
        scaled: Floats = (self.scores - self.unit.centre) / self.unit.width
        return scaled


def log_sigmoid(phi: Floats) -> Floats:
    """Compute log(1 / (1 + exp(-phi))) = -softplus(-phi), in [-745, 0], exact in both tails."""
    value: Floats = np.negative(phi)
    np.logaddexp(0.0, value, out=value)
    np.negative(value, out=value)
    return np.maximum(value, LOG_ZERO, out=value)


def _of(values: Floats, labels: Ints) -> Floats:
    return values[np.arange(len(labels)), labels]


def _log_sum_exp(z: Floats) -> Floats:
    """Compute the log of the sum of exp(z) over the classes, (n,); classes at -inf are left out."""
    largest = z.max(axis=1)
    log_sum: Floats = largest + np.log(exact_sum(np.exp(z - largest[:, None]), axis=1))
    return log_sum


def _log_sum_exp_but(own: tuple[Ints, Ints], z: Floats) -> Floats:
    """Compute the log of the sum of exp(z) (C, n) over all classes but the own one, (n,); `z` is overwritten."""
    z[own] = -np.inf
    largest = z.max(axis=0)
    z -= largest
    z[own] = 0.0  # exp(-inf) takes ten times as long
    np.exp(z, out=z)
    z[own] = 0.0
    log_sum: Floats = largest + np.log(exact_sum(z, axis=0, largest=1.0))
    return log_sum
