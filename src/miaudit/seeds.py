"""Independent random streams derived from one seed and a name, never from a global state."""

import hashlib

import numpy as np


def child_seed(seed: int, *names: str | int) -> int:
    """A seed in [0, 2**63) that depends on `seed` and on every name, and on nothing else.

    >>> child_seed(0, "target") == child_seed(0, "target")
    True
    >>> child_seed(0, "pool", 1) == child_seed(0, "pool", 2)
    False
    """
    text = "\x1f".join([str(seed), *(str(name) for name in names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """A NumPy generator on the stream that `child_seed` names."""
    return np.random.default_rng(child_seed(seed, *names))
