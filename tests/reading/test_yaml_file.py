from pathlib import Path
from typing import Any

import pytest
import yaml

from miaudit.errors import UserError
from miaudit.reading.yaml_file import MOST_BYTES, MOST_DEPTH, MOST_VALUES, parse_yaml, read_yaml

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 10)}]\n" for i in range(9)
)


def write(folder: Path, text: str) -> Path:
    path = folder / "c.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, f"more than {MOST_VALUES:,} values with aliases written out .line 5, column 4."),
        ("a: &a [*a]", "a value that contains itself"),
        ("a: " + "[" * 100_000, f"nested more than {MOST_DEPTH} levels deep"),
        ("\n".join(" " * i + "a:" for i in range(500)), "nested more than"),
        ("a: 1\nb: {c: 1, d: 2, c: 3}", "the key 'c' is there twice .line 2, column 17."),
        ("a: 1\n'a': 2", "the key 'a' is there twice"),
        ("seed: " + "9" * 5000, "expected at most 300 digits, got a number of 5,000"),
        ("seed: 0x" + "f" * 5000, "expected at most 300 digits"),
        ("a: 2020-99-99", "a value that cannot be read .month must be in"),
        ("a: !!int x", "a value that cannot be read"),
        ("1: 2", "expected text as a key, got '1'; quote it"),
        ("yes: 2", "expected text as a key, got 'yes'; quote it"),
        ("? [a, b]\n: 1", "expected text as a key"),
        ("a: [1", "is not YAML: .*expected ',' or ']'"),
        ("!!python/object/apply:os.system ['true']", "could not determine a constructor"),
        ("a: \x07", "is not YAML"),
        ('a: "\\e[31m"', "expected text without control characters"),
        ('"\\x9b": 1', "expected text without control characters"),
    ],
)
def test_what_would_grow_or_be_read_wrongly_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        read_yaml(write(tmp_path, text), "a configuration")
    assert "c.yaml" in str(error.value)


def test_a_large_file_is_not_even_opened(tmp_path: Path) -> None:
    path = write(tmp_path, "a: " + "x" * MOST_BYTES)
    with pytest.raises(UserError, match="expected at most 262,144 bytes of a configuration, got 262,147"):
        read_yaml(path, "a configuration")


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 1


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1, "b": [1, 2.5, None, True, "x", "2020-01-01"], "c": {"d": {"e": []}}},
        {"deep": nested(MOST_DEPTH - 3), "long": list(range(5000)), "text": "9" * 5000},
    ],
)
def test_what_is_written_here_is_read_again(tmp_path: Path, value: dict[str, Any]) -> None:
    assert read_yaml(write(tmp_path, yaml.safe_dump(value)), "a configuration") == value


def test_few_aliases_and_merges_are_read() -> None:
    assert parse_yaml("a: &a {x: 1}\nb: {<<: *a, y: 2}\nc: *a") == {"a": {"x": 1}, "b": {"x": 1, "y": 2}, "c": {"x": 1}}
