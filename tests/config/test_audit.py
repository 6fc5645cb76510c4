from typing import Any

import pytest
import yaml

from miaudit.config import PluginConfig, parse_config
from miaudit.errors import UserError
from tiny import CONFIG


def test_names_alone_or_with_options() -> None:
    config = parse_config({**CONFIG, "dataset": "digits", "attacks": ["loss", {"attack": "lira", "mode": "online"}]})
    assert config.dataset == PluginConfig(name="digits")
    assert [attack.title for attack in config.named_attacks] == ["loss", "lira[mode=online]"]
    assert config.named_attacks[1].options == {"mode": "online"}
    assert config.threshold.name == "best_accuracy"
    assert config.recipe is not None
    assert config.recipe.options == {"learning_rate": 0.01, "batch_size": 16, "epochs": 25}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"atacks": ["loss"]}, "there is no option 'atacks': did you mean 'attacks'"),
        ({"attacks": [{"atack": "loss"}]}, r"attacks.0.attack is missing \(got 'atack'\)"),
        ({"seed": 2**63}, "seed: .*less than 9223372036854775808"),
        ({"seed": -1}, "seed: .*greater than or equal to 0; got -1"),
        ({"seed": "one"}, "seed: .*valid integer"),
        ({"known_fraction": 1.5}, "known_fraction: .*less than 1"),
        ({"evidence": "x.csv"}, "expected either `evidence: FILE`, or `target`, or `dataset`, `split` and `recipe`"),
        ({"dataset": None}, "expected either"),
        ({"split": None}, "a `dataset` needs a `split` and a `recipe` too"),
        ({"attacks": ["loss", "loss"]}, "two attacks have the same name"),
        ({"attacks": [{"mode": "online"}]}, "attack is missing"),
        ({"attacks": "loss"}, r"attacks: expected `auto`, `all` or a list of attacks such as \[loss\]"),
        ({"attacks": []}, "attacks: expected at least one attack"),
        ({"attacks": 3}, "attacks: .*tuple"),
        (
            {"recipe": {"epochs": 3}},
            "recipe: expected one of `model`, of a network, `estimator`, of a class",
        ),
        ({"recipe": {"modle": "mlp"}}, r"expected one of `model`.* \(got 'modle'\)"),
        ({"dataset": 3}, "dataset"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], message: str) -> None:
    content = {key: value for key, value in {**CONFIG, **change}.items() if value is not None}
    with pytest.raises(UserError, match=f"^the configuration is wrong: .*{message}"):
        parse_config(content)


@pytest.mark.parametrize(
    "content",
    [
        CONFIG,
        {"evidence": "/somewhere/mine.csv", "attacks": [{"attack": "lira", "name": "l", "mode": "offline"}]},
        {**CONFIG, "reference_recipe": {"epochs": 3}, "threshold": {"name": "precision", "alpha": 0.9}, "seed": 3},
    ],
)
def test_a_configuration_written_and_read_is_the_same(content: dict[str, Any]) -> None:
    config = parse_config(content)
    written = yaml.safe_dump(config.as_dict(), sort_keys=False)
    assert parse_config(yaml.safe_load(written)) == config


@pytest.mark.parametrize("word", ["auto", "all"])
def test_attacks_are_written_even_where_they_are_the_default(word: str) -> None:
    assert parse_config({**CONFIG, "attacks": word}).as_dict()["attacks"] == word
    assert "threshold" not in parse_config(CONFIG).as_dict()
