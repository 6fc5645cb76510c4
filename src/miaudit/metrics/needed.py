"""How many records would settle what an interval leaves open."""

import math

from scipy import stats

from miaudit.maths.normal import deviations

POWER = 0.8  # with the recommended number of records, four samples of five would settle the question
MOST_TIMES = 50  # as many records: where more are needed, the number lies so near its limit that no audit will place it


def records_to_settle(error: float, distance: float, records: int, confidence: float) -> int:
    """Compute the number of records with which four samples of five would put the interval on one side of a limit.

    The standard error falls with the square root of the number of records; the answer is rounded up to two digits.

    Args:
        error: standard error of the number on this many records.
        distance: of the true number from the limit, above 0.
        records: number of records of the sample.
        confidence: of the two-sided interval that is compared with the limit.

    >>> records_to_settle(0.01, 0.02, 2000, 0.95)  # 1.96 times as many
    4000
    """
    return rounded_up(records * times_to_settle(error, distance, confidence))


def times_to_settle(error: float, distance: float, confidence: float) -> float:
    """Compute how many times as many records do what `records_to_settle` says: 1 or more.

    >>> round(times_to_settle(0.01, 0.02, 0.95), 2)  # (1.96 + 0.84)^2 / 2^2
    1.96
    """
    wanted = deviations(confidence) + float(stats.norm.isf(1 - POWER))
    return max(1.0, (wanted * error / distance) ** 2)


def rounded_up(exact: float) -> int:
    """Round a number of records up to two digits.

    >>> rounded_up(3911.2), rounded_up(7.0)
    (4000, 7)
    """
    unit = 10 ** max(0, math.floor(math.log10(exact)) - 1)
    return unit * math.ceil(exact / unit)
