from typing import Any

import numpy as np

from miaudit.targets.base import query
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
    said = query(target, X)
    assert (said.kind, said.values.tolist()) == ("logits", [[1.0, -1.0]] * 4)
