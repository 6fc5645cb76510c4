"""A bound on epsilon from one trained model whose members were drawn by coin tosses."""

import numpy as np
from scipy import stats

from miaudit.arrays import Bools, Floats
from miaudit.errors import UserError
from miaudit.metrics.quantity import Quantity

STEPS = 60  # halvings of the bracket: exact to the last bits


def p_value(correct: int, guesses: int, examples: int, epsilon: float, delta: float = 0.0) -> float:
    """Compute the largest probability of so many correct guesses or more under (epsilon, delta)-privacy, in [0, 1].

    Source: Steinke, Nasr & Jagielski, NeurIPS 2023, arXiv:2305.08846, Theorem 5.2 and Appendix D.

    Args:
        correct: number of correct guesses.
        guesses: number of guesses; the attacker abstains on the other examples.
        examples: number of records that independent fair coins made members or not.
        epsilon: of the privacy that is tested, 0 or more.
        delta: of the privacy that is tested, in [0, 1).

    >>> p_value(2, 2, 2, 0.0)
    0.25
    """
    accuracy = 1.0 / (1.0 + np.exp(-epsilon))  # of randomised response
    tail = float(stats.binom.sf(correct - 1, guesses, accuracy))
    if delta == 0.0 or correct == 0:
        return min(1.0, tail)
    below = np.cumsum(stats.binom.pmf(np.arange(correct - 1, -1, -1), guesses, accuracy))
    steepest = float(np.max(below / np.arange(1, correct + 1)))
    return min(1.0, tail + 2.0 * examples * delta * steepest)


def one_run_bound(correct: int, guesses: int, examples: int, delta: float = 0.0, confidence: float = 0.95) -> float:
    """Compute the largest epsilon that so many correct guesses disprove, 0 or more (arXiv:2305.08846, Appendix D).

    Args:
        correct: number of correct guesses.
        guesses: number of guesses; the attacker abstains on the other examples.
        examples: number of records that independent fair coins made members or not.
        delta: of the privacy that is disproved, in [0, 1).
        confidence: chance, in (0, 1), that the bound is not above the true epsilon.

    >>> round(one_run_bound(75, 100, 1000, delta=1e-4), 3)
    0.673
    """
    miss = 1.0 - confidence
    if p_value(correct, guesses, examples, 0.0, delta) >= miss:
        return 0.0
    low, high = 0.0, 1.0
    while p_value(correct, guesses, examples, high, delta) < miss:
        low, high = high, 2.0 * high
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        disproved = p_value(correct, guesses, examples, middle, delta) < miss
        low, high = (middle, high) if disproved else (low, middle)
    return low


def one_run(
    scores: Floats,
    member: Bools,
    called: int,
    rejected: int,
    delta: float = 0.0,
    confidence: float = 0.95,
) -> Quantity:
    """Bound epsilon from below by the scores of records that independent fair coins made members or not.

    The highest scores are guessed to be members, the lowest to be non-members. Ties are broken by a shuffle with a
    fixed seed, which reads no membership. `low` is the bound, `value` the log odds of a correct guess with half a count
    added to each, `n` the number of guesses. The bound is not valid for a fixed split into members and non-members:
    there, use `epsilon`.

    Args:
        scores: (n,) higher for members.
        member: (n,) what the coins said.
        called: number of records that are guessed to be members, fixed before the scores are seen.
        rejected: number of records that are guessed to be non-members, fixed likewise.
        delta: of the privacy that is disproved, in [0, 1).
        confidence: chance, in (0, 1), that the bound is not above the true epsilon.

    Raises:
        UserError: more guesses than records, or none.
    """
    guesses = called + rejected
    if not 0 < guesses <= len(scores) or min(called, rejected) < 0:
        raise UserError(
            f"a one-run audit of {len(scores)} records expects 1 to {len(scores)} guesses; "
            f"got {called} called and {rejected} rejected"
        )
    order = np.lexsort((np.random.default_rng(0).random(len(scores)), -scores))
    correct = int(np.sum(member[order[:called]]) + np.sum(~member[order[len(scores) - rejected :]]))
    low = one_run_bound(correct, guesses, len(scores), delta, confidence)
    odds = max(0.0, float(np.log((correct + 0.5) / (guesses - correct + 0.5))))
    return Quantity(value=max(odds, low), low=low, high=None, confidence=confidence, n=guesses)
