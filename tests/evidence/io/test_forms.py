import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.evidence.io.forms import form_of, read_form
from miaudit.reading.hints import Form

P = np.array([[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]])
NAMES = ("a", "b")


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (P, "probabilities"),
        (100 * P, "percent"),
        (np.log(P), "log_probabilities"),
        (np.array([[-1.0, 2.0], [3.0, 0.5], [0.1, 0.2]]), "logits"),
        (np.array([[3.0, 2.0], [3.0, 0.5], [7.0, 9.0]]), "logits"),
        (np.array([[0.2, 0.8], [0.5, 0.5], [1.9, 0.1]]), "probabilities"),  # with one row that is none
        (np.array([[0.2, 0.8], [0.5, 0.5], [np.nan, 90]]), "probabilities"),
        (np.log(P)[:, :1], "logits"),
        (np.array([[101.0], [7.0]]), "logits"),
        (np.zeros((0, 2)), "probabilities"),
    ],
)
def test_numbers_are_told_by_their_range(values: np.ndarray, form: Form) -> None:
    assert form_of(values, NAMES, None, None) == form


def test_names_that_say_what_numbers_are_hold() -> None:
    assert form_of(P, NAMES, "logits", None) == "logits"
    assert form_of(P, NAMES, "logits", "probabilities") == "probabilities"
    assert form_of(100 * P, NAMES, "probabilities", None) == "percent"
    assert form_of(P + 1, NAMES, "probabilities", None) == "probabilities"  # which is refused later
    with pytest.raises(UserError, match=r"expected probabilities, as their names say, .* by --outputs logits"):
        form_of(P - 1, NAMES, "probabilities", None)


def test_one_column_of_per_cent_or_logits_is_ambiguous() -> None:
    with pytest.raises(UserError, match="say which by --outputs percent or --outputs logits"):
        form_of(np.array([[0.5], [99.0]]), ("p",), None, None)


def test_per_cent_that_may_be_shares_is_ambiguous() -> None:
    assert form_of(100 * P, NAMES, "percent", None) == "percent"
    assert form_of(P, NAMES, "percent", "percent") == "percent"
    with pytest.raises(UserError, match=r"got none above 0\.9, .* by --outputs percent or --outputs probabilities"):
        form_of(P, NAMES, "percent", None)


@pytest.mark.parametrize(
    ("values", "form", "expected", "kind"),
    [
        ([[0.25]], "probabilities", [[0.75, 0.25]], "probs"),
        ([[45.3, 54.7]], "percent", [[0.453, 0.547]], "probs"),
        ([[25.0]], "percent", [[0.75, 0.25]], "probs"),
        ([[2.0]], "logits", [[0.0, 2.0]], "logits"),
        ([[np.log(0.25)]], "log_probabilities", [[0.75, 0.25]], "probs"),
        ([[-1.0, -2.0]], "log_probabilities", [[-1.0, -2.0]], "logits"),
    ],
)
def test_each_kind_is_read(values: list[list[float]], form: Form, expected: list[list[float]], kind: str) -> None:
    found, found_kind = read_form(np.array(values), form)
    np.testing.assert_allclose(found, expected, rtol=1e-15)
    assert found_kind == kind


def test_rounded_per_cent_stays_rounded() -> None:
    """The check of probabilities allows sums that are off by the rounding, which it must still see."""
    found, _ = read_form(np.array([[33.3, 33.3, 33.3], [14.1, 28.3, 57.6]]), "percent")
    assert (found == found.round(3)).all()
