import pytest

from miaudit import memory
from miaudit.errors import UserError
from miaudit.models.lenet5 import Lenet5
from miaudit.models.mlp import Mlp
from miaudit.training.size import check_size


def test_a_network_that_would_not_fit_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "memory_limit", lambda: 1e9)
    check_size(Mlp(hidden=(100,)), (784,), 10)
    parameters = 784 * 65_536 + 65_536 + 65_536 * 65_536 + 65_536 + 65_536 * 10 + 10
    with pytest.raises(UserError, match=f"training Mlp with {parameters:,} parameters would need 69.6 GB"):
        check_size(Mlp(hidden=(65_536, 65_536)), (784,), 10)


def test_a_network_that_cannot_be_built_is_told() -> None:
    with pytest.raises(UserError, match=r"lenet5"):
        check_size(Lenet5(), (4,), 3)
