"""A line that turns scores into evidence."""

from typing import NamedTuple

from miaudit.arrays import Floats


class Odds(NamedTuple):
    """The line that turns a score into the logarithm of a likelihood ratio."""

    slope: float  # 0 or more
    intercept: float

    def log_ratio(self, scores: Floats) -> Floats:
        """The natural logarithm (n,) of how many times as likely each score is for a member as for a non-member.

        >>> import numpy as np
        >>> Odds(0.5, -1.0).log_ratio(np.array([2.0, 4.0]))
        array([0., 1.])
        """
        return self.slope * scores + self.intercept
