"""A next step: what the advice of an audit is made of."""

from typing import NamedTuple


class NextStep(NamedTuple):
    """Something to do, and the numbers that it follows from."""

    title: str
    why: str
