import pytest

from miaudit import registry
from miaudit.errors import UserError


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
