import numpy as np

from miaudit import registry
from miaudit.datasets.digits import Digits


def test_digits_are_whole_and_in_range() -> None:
    data = Digits().load()
    assert data.x.shape == (1797, 1, 8, 8)
    assert data.x.dtype == np.float32
    assert data.x.min() == 0
    assert data.x.max() == 1
    assert np.bincount(data.y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # UCI's counts
    assert data.classes == len(data.class_names) == 10


def test_digits_are_the_same_each_time() -> None:
    again = registry.build("datasets", "digits", {}).load()
    assert again.fingerprint == Digits().load().fingerprint
