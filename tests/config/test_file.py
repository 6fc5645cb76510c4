from pathlib import Path

import pytest

from miaudit.config import AuditConfig, load_config
from miaudit.errors import UserError


def write(folder: Path, content: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(content)
    return path


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


def test_the_demo_and_the_examples_are_configurations() -> None:
    root = Path(__file__).parents[2]
    files = [root / "src/miaudit/cli/demo.yaml", *sorted((root / "examples").glob("*.yaml"))]
    for file in files:
        config = load_config(file)
        assert isinstance(config, AuditConfig)
        for attack in config.named_attacks:
            attack.build()
