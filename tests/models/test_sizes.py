import pytest

from miaudit import memory, registry
from miaudit.errors import UserError
from miaudit.models._sizes import check_size
from miaudit.models.lenet5 import Lenet5
from miaudit.models.mlp import Mlp


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        ("mlp", {"hidden": [10**9]}, "hidden.0: .*less than or equal to 65536; got 1000000000"),
        ("mlp", {"hidden": [0]}, "hidden.0: .*greater than or equal to 1"),
        ("mlp", {"hidden": [1] * 101}, "hidden: .*at most 100 items"),
        ("densenet", {"layers": [10**9]}, "layers.0: .*less than or equal to 1000"),
        ("densenet", {"growth": 10**9}, "growth: .*less than or equal to 65536"),
        ("wide_resnet", {"depth": 6 * 10**8 + 4}, "depth: .*less than or equal to 1000"),
        ("small_cnn", {"channels": [10**9]}, "channels.0: "),
        ("smallnet", {"channels": [1] * 1000}, "channels: .*at most 100 items"),
    ],
)
def test_sizes_are_bounded(model: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        registry.build("models", model, options)


def test_a_network_that_would_not_fit_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "memory_limit", lambda: 1e9)
    check_size(Mlp(hidden=(100,)), (784,), 10)
    parameters = 784 * 65_536 + 65_536 + 65_536 * 65_536 + 65_536 + 65_536 * 10 + 10
    with pytest.raises(UserError, match=f"training Mlp with {parameters:,} parameters would need 69.6 GB"):
        check_size(Mlp(hidden=(65_536, 65_536)), (784,), 10)


def test_a_network_that_cannot_be_built_is_told() -> None:
    with pytest.raises(UserError, match=r"lenet5"):
        check_size(Lenet5(), (4,), 3)
