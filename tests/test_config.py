from pathlib import Path
from typing import Any

import pytest
import yaml

from miaudit.config import AttackConfig, AuditConfig, PluginConfig, load_config, parse_config
from miaudit.errors import UserError
from tiny import CONFIG


def write(folder: Path, content: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(content)
    return path


def test_names_alone_or_with_options() -> None:
    config = parse_config({**CONFIG, "dataset": "digits", "attacks": ["loss", {"attack": "lira", "mode": "online"}]})
    assert config.dataset == PluginConfig(name="digits")
    assert [attack.title for attack in config.attacks] == ["loss", "lira[mode=online]"]
    assert config.attacks[1].options == {"mode": "online"}
    assert config.threshold.name == "best_accuracy"
    assert config.recipe is not None
    assert config.recipe.options == {"learning_rate": 0.01, "batch_size": 16, "epochs": 25}


def test_an_attack_used_twice_is_named() -> None:
    named = AttackConfig.model_validate({"attack": "calibrated", "signal": "confidence", "name": "c-conf"})
    assert named.title == "c-conf"
    assert named.options == {"signal": "confidence"}
    assert named.build().signal == "confidence"


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
        ({"attacks": "loss"}, "attacks: .*tuple"),
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
    ("content", "message"),
    [
        ("a: [1", "is not YAML"),
        ("just words", "expected a configuration with keys .*, got a text"),
        ("", "expected a configuration with keys .*, got nothing"),
        ("!!python/object/apply:os.system ['true']", "is not YAML"),
    ],
)
def test_files_that_are_no_configuration(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        load_config(write(tmp_path, content))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read .*none\.yaml: expected .*, got no such file"):
        load_config(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(UserError, match="in UTF-8, got the byte 0xff at position 0"):
        load_config(tmp_path / "binary.yaml")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    path = write(tmp_path / "deep", "evidence: ../mine.safetensors")
    assert load_config(path).evidence == (tmp_path / "mine.safetensors").resolve()


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


def test_the_demo_and_the_examples_are_configurations() -> None:
    root = Path(__file__).parents[1]
    files = [root / "src/miaudit/cli/demo.yaml", *sorted((root / "examples").glob("*.yaml"))]
    for file in files:
        config = load_config(file)
        assert isinstance(config, AuditConfig)
        for attack in config.attacks:
            attack.build()


def test_a_function_stands_beside_networks_and_estimators(tmp_path: Path) -> None:
    content = {"dataset": {"name": "digits"}, "split": {"name": "pool"}, "recipe": {"train": "fit.py:train"}}
    config = parse_config(content, tmp_path)
    assert config.recipe is not None
    assert config.recipe.train == f"{tmp_path / 'fit.py'}:train"
    assert parse_config(config.as_dict(), tmp_path / "other").recipe == config.recipe
    assert config.recipe.changed({"estimator": "sklearn.svm.SVC"}).train is None
    with pytest.raises(UserError, match="`train` takes no options beside it, got 'epochs'"):
        parse_config({**content, "recipe": {"train": "fit.py:train", "epochs": 3}})
