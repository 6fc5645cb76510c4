import numpy as np
import numpy.testing as npt
import pytest

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.targets.predictions import Predictions

MEMBERS = np.array([[0.9, 0.1], [0.25, 0.75]])
NONMEMBERS = np.array([[0.5, 0.5]])
X = np.zeros((3, 1))


def test_members_come_first() -> None:
    logits = Predictions(MEMBERS, NONMEMBERS).logits(X)
    difference = logits[:, 0] - logits[:, 1]
    npt.assert_allclose(difference, [np.log(9), -np.log(3), 0])


def test_rows_are_normalised_within_the_tolerance() -> None:
    rounded = Predictions(MEMBERS * 0.9995, NONMEMBERS)
    npt.assert_allclose(rounded.logits(X), Predictions(MEMBERS, NONMEMBERS).logits(X), atol=1e-9)


def test_a_probability_of_zero_is_finite() -> None:
    assert np.isfinite(Predictions(np.array([[1.0, 0.0]]), NONMEMBERS).logits(X[:2])).all()


@pytest.mark.parametrize(
    ("members", "nonmembers", "message"),
    [
        (MEMBERS * 0.99, NONMEMBERS, r"sum to 1 within 0\.001, a row is off by 0\.01.*not logits"),
        (np.array([[1.5, -0.5], [0.5, 0.5]]), NONMEMBERS, "negative entry"),
        (np.array([[np.nan, 0.5], [0.5, 0.5]]), NONMEMBERS, "off by nan"),
        (MEMBERS[:1], NONMEMBERS, "predictions for 2 records, 3 were asked for"),
        (MEMBERS[:, 0], NONMEMBERS, r"got \(2,\) and \(1, 2\)"),
        (MEMBERS, np.full((1, 4), 0.25), r"same C >= 2 in both, got \(2, 2\) and \(1, 4\)"),
        (np.ones((2, 1)), np.ones((1, 1)), r"C >= 2"),
    ],
)
def test_what_is_no_probability_distribution_is_refused(members: Floats, nonmembers: Floats, message: str) -> None:
    with pytest.raises(UserError, match=message):
        Predictions(members, nonmembers).logits(X)


def test_description_counts() -> None:
    assert Predictions(MEMBERS, NONMEMBERS).description == "predictions only (2 + 1 records)"
