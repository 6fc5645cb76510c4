from pathlib import Path

import pytest

from miaudit.config import parse_config
from miaudit.errors import UserError


def test_a_function_stands_beside_networks_and_estimators(tmp_path: Path) -> None:
    content = {"dataset": {"name": "digits"}, "split": {"name": "pool"}, "recipe": {"train": "fit.py:train"}}
    config = parse_config(content, tmp_path)
    assert config.recipe is not None
    assert config.recipe.train == f"{tmp_path / 'fit.py'}:train"
    assert parse_config(config.as_dict(), tmp_path / "other").recipe == config.recipe
    assert config.recipe.changed({"estimator": "sklearn.svm.SVC"}).train is None
    with pytest.raises(UserError, match="`train` takes no options beside it, got 'epochs'"):
        parse_config({**content, "recipe": {"train": "fit.py:train", "epochs": 3}})
