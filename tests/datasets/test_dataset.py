from dataclasses import replace

import numpy as np
import pytest

from miaudit import registry
from miaudit.errors import UserError
from tiny import blobs


def test_fingerprint_changes_with_records_labels_and_classes_only() -> None:
    data = blobs()
    x, y = data.x.copy(), data.y.copy()
    x[3, 1] += 1e-6
    y[3] = (y[3] + 1) % 3
    prints = {changed.fingerprint for changed in (replace(data, x=x), replace(data, y=y), replace(data, classes=4))}
    assert len(prints | {data.fingerprint}) == 4
    assert replace(data, name="renamed").fingerprint == data.fingerprint


def test_record_ids_are_the_rows_unless_given() -> None:
    data = blobs(n=5)
    assert data.record_ids.tolist() == [0, 1, 2, 3, 4]
    assert replace(data, ids=np.array([9, 7, 5, 3, 1])).record_ids.tolist() == [9, 7, 5, 3, 1]


@pytest.mark.parametrize("folder", ["datasets", "splits", "models", "thresholds"])
def test_every_plugin_refuses_an_unknown_option(folder: str) -> None:
    for name in registry.names(folder):
        with pytest.raises(UserError, match="no option 'quantum'"):
            registry.build(folder, name, {"quantum": 1})
