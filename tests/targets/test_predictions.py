import numpy as np
import numpy.testing as npt
import pytest

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.targets.predictions import Predictions

MEMBERS = np.array([[0.9, 0.1], [0.25, 0.75]])
NONMEMBERS = np.array([[0.5, 0.5]])
X = np.zeros((3, 1))


def test_members_come_first_as_they_were_given() -> None:
    said = Predictions(MEMBERS * 0.9995, NONMEMBERS).outputs(X)
    assert said.kind == "probs"
    npt.assert_array_equal(said.values, [*(MEMBERS * 0.9995), *NONMEMBERS])


@pytest.mark.parametrize(
    ("members", "nonmembers", "message"),
    [
        (MEMBERS * 0.981, NONMEMBERS, r"predictions of the members.*2 records.*sum to 1 within 0\.001, got 0\.981"),
        (np.array([[1.5, -0.5], [0.5, 0.5]]), NONMEMBERS, r"expected probabilities in \[0, 1\], got 1\.5.*not logits"),
        (np.array([[np.nan, 0.5], [0.5, 0.5]]), NONMEMBERS, "expected finite numbers, got nan"),
        (np.array([["a", "b"]] * 2), NONMEMBERS, "expected numbers, got <U1"),
        (MEMBERS[:1], NONMEMBERS, "predictions for 2 records, 3 were asked for"),
        (MEMBERS[:, 0], NONMEMBERS, r"got \(2,\) and \(1, 2\)"),
        (MEMBERS, np.full((1, 4), 0.25), r"same C >= 2 in both, got \(2, 2\) and \(1, 4\)"),
        (np.ones((2, 1)), np.ones((1, 1)), r"C >= 2 .*two columns 1 - p and p"),
        (np.ones(2), np.ones(1), r"two columns 1 - p and p"),
    ],
)
def test_what_is_no_probability_distribution_is_refused(members: Floats, nonmembers: Floats, message: str) -> None:
    with pytest.raises(UserError, match=message):
        Predictions(members, nonmembers).outputs(X)


def test_the_number_of_classes() -> None:
    assert Predictions(np.full((2, 4), 0.25), np.full((1, 4), 0.25)).classes == 4
    with pytest.raises(UserError, match=r"C >= 2 in both, got \(2, 1\) and \(1, 1\)"):
        assert Predictions(np.ones((2, 1)), np.ones((1, 1))).classes


def test_description_counts() -> None:
    assert Predictions(MEMBERS, NONMEMBERS).description == "predictions only (2 + 1 records)"
