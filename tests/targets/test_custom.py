from typing import Any

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.targets.custom import Custom

X = np.zeros((4, 3))


class Own:
    """An object of the user's own."""

    description = "mine"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def logits(self, x: Any) -> Any:
        del x
        return self.answer


def test_its_logits_are_read() -> None:
    target = Custom(Own(np.tile([1.0, -1.0], (4, 1))))
    assert target.description == "mine"
    said = target.outputs(X)
    assert (said.kind, said.values.tolist()) == ("logits", [[1.0, -1.0]] * 4)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.full((4, 2), 0.5), "the Own, asked about 4 records: expected logits, got probabilities"),
        (np.full((4, 2), np.nan), "the Own, asked about 4 records: expected finite numbers, got nan"),
        (np.zeros((3, 2)), r"expected logits \(4, C\) with C >= 2, it gave \(3, 2\)"),
    ],
)
def test_what_is_no_logits_is_refused(answer: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        Custom(Own(answer)).outputs(X)
