import numpy as np
import numpy.testing as npt

from miaudit.auditing.blind_features import describe_labels, describe_records
from miaudit.datasets.base import Dataset


def test_columns_keep_their_names_and_the_label_is_one_of_them() -> None:
    x = np.array([[30.0, 1.0], [50.0, 0.0], [30.0, 1.0]])
    data = Dataset("people", x, np.array([0, 1, 1]), 2, feature_names=("age", "married"), class_names=("no", "yes"))
    found = describe_records(data, np.array([0, 1, 2]))
    assert found.names == ("age", "married", "label yes")
    npt.assert_array_equal(found.values[1], [50, 0, 1])
    assert found.has_records
    assert found.copies[0] == found.copies[2] != found.copies[1]  # a copy under another label, too


def test_columns_without_names_are_numbered() -> None:
    data = Dataset("numbers", np.eye(3)[:, :2], np.array([0, 1, 2]), 3)
    assert describe_records(data, np.arange(3)).names == (
        *("feature 0", "feature 1"),
        *("label 0", "label 1", "label 2"),
    )


def test_an_image_becomes_statistics_of_its_pixels() -> None:
    x = np.zeros((2, 3, 8, 8), dtype=np.float32)
    x[1, 0, :2, :2] = 1.0  # the first cell of the first channel
    found = describe_records(Dataset("images", x, np.array([0, 0]), 2), np.arange(2))
    values = dict(zip(found.names, found.values[1].tolist(), strict=True))
    assert values["mean of channel 0"] == 4 / 64
    assert values["mean of cell 1, 1 of channel 0"] == 1
    assert values["mean of cell 1, 2 of channel 0"] == 0
    assert values["maximum of channel 1"] == 0
    assert values["change across of channel 0"] == 2 / 56
    assert len(found.names) == 3 * (6 + 16) + 1


def test_records_without_values_leave_the_labels() -> None:
    data = Dataset("labels only", np.zeros((3, 0)), np.array([0, 1, 1]), 2)
    assert not describe_records(data, np.arange(3)).has_records


def test_a_placeholder_in_place_of_all_records_says_nothing_about_them() -> None:
    data = Dataset("placeholders", np.zeros((3, 2)), np.array([0, 1, 1]), 2)
    assert describe_records(data, np.arange(3)).names == ("label 1",)
    assert not describe_records(data, np.arange(3)).has_records


def test_many_classes_share_one_column() -> None:
    found = describe_labels(np.arange(100))
    assert found.names == ("label",)
    assert found.values.shape == (100, 1)
