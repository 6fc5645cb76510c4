import numpy as np
import pytest
import torch

from miaudit.errors import UserError
from miaudit.guard import as_array, foreign


@pytest.mark.parametrize(
    "error", [TimeoutError("slow"), KeyError("k"), RecursionError(), MemoryError(), OSError(5, "x")]
)
def test_whatever_is_raised_names_the_call_and_the_records(error: Exception) -> None:
    message = f"logits of the Net failed on 1,200 records: {type(error).__name__}"
    with pytest.raises(UserError, match=message), foreign("logits of the Net", 1200):
        raise error


def test_what_is_no_fault_of_the_call_passes() -> None:
    for error in (KeyboardInterrupt(), UserError("ours"), SystemExit(3)):
        with pytest.raises(type(error)) as raised, foreign("the Net", 1):
            raise error
        assert raised.value is error


def test_tensors_with_gradients_are_arrays() -> None:
    given = torch.ones(2, 3, requires_grad=True) * 2
    np.testing.assert_array_equal(as_array(given), np.full((2, 3), 2.0))
    assert as_array([[1, 2]]).shape == (1, 2)
