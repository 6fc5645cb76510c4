"""How far a training has come."""

from typing import NamedTuple


class Reached(NamedTuple):
    """The part of a training that is done."""

    epoch: int  # number of epochs that are done
    epochs: int  # of so many
    samples: int  # records passed over
    seconds: float  # of training, on one thread or one GPU
