"""Sums whose last bit does not depend on the order of their terms.

Floating-point addition rounds, so that the same numbers in another order give another last bit: records that tie would
then differ. Here terms are first rounded to multiples of a common power of two, the same for every order; the sum of
such multiples is exact (Demmel & Nguyen, Fast Reproducible Floating-Point Summation, ARITH 2013).
"""

import math

import numpy as np

from miaudit.arrays import Floats, Ints


def exact_sum(terms: Floats, axis: int, largest: float | None = None) -> Floats:
    """Sum finite terms along an axis, with the same bits for any order of the terms.

    The error is at most count^2 * 2^-51 of the largest term, and far less as a rule.

    Args:
        terms: the terms.
        axis: along which they are summed.
        largest: the size of the largest term of each sum, where it is known; None to look for it.

    >>> exact_sum(np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]]), axis=1)
    array([0.6, 0.6])
    """
    count = terms.shape[axis]
    if count <= 2:  # a + b is b + a
        few: Floats = terms.sum(axis=axis)
        return few
    _, exponent = np.frexp(_largest(terms, axis) if largest is None else largest)
    room = (count - 1).bit_length()  # bits that the sum may have above those of the largest term
    rounder = np.ldexp(1.5, exponent + room)  # adding it leaves no digit below the common step
    multiples = terms + rounder
    multiples -= rounder
    total: Floats = multiples.sum(axis=axis)
    return total


def _largest(terms: Floats, axis: int) -> Floats:
    largest: Floats = np.maximum(terms.max(axis=axis, keepdims=True), -terms.min(axis=axis, keepdims=True))
    return largest


def total(terms: Floats | Ints) -> float:
    """Sum all terms, rounded once: the same bits for any order."""
    return math.fsum(terms.ravel().tolist())


def weighted_mean(terms: Floats, weights: Floats | Ints) -> float:
    """Compute the mean of terms (n,) with weights (n,): the same bits for any order."""
    return total(terms * weights) / total(weights)
