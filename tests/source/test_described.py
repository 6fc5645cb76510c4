"""What is run follows an edit to every place where code may lie, and nothing else."""

import linecache
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from miaudit.source import source_fingerprint, source_of

Write = Callable[..., ModuleType]
CALLER = "{head}\n\nclass Caller:\n    def run(self, x):\n        return {body}\n"
EDITS = {
    "constant": ({"a": CALLER.format(head="LIMIT = 1", body="x * LIMIT")}, {"a": ("LIMIT = 1", "LIMIT = 2")}),
    "helper": (
        {"a": CALLER.format(head="def help(x):\n    return x + 1", body="help(x)")},
        {"a": ("x + 1", "x + 2")},
    ),
    "helper in another module": (
        {
            "a": CALLER.format(head="from own_code_b import help", body="help(x)"),
            "b": "import own_code_c\ndef help(x):\n    return own_code_c.deep(x)",
            "c": "def deep(x):\n    return x + 1",
        },
        {"c": ("x + 1", "x + 2")},
    ),
    "import within a function": (
        {
            "a": "class Caller:\n    def run(self, x):\n        from own_code_b import help\n        return help(x)",
            "b": "def help(x):\n    return x + 1",
        },
        {"b": ("x + 1", "x + 2")},
    ),
    "base class": (
        {
            "a": "import own_code_b\nclass Caller(own_code_b.Base):\n    pass",
            "b": "class Base:\n    def run(self, x):\n        return 1",
        },
        {"b": ("return 1", "return 2")},
    ),
    "one of two lambdas in a line": (
        {"a": "PAIR = (lambda x: x + 1, lambda x: x + 2)\nclass Caller:\n    run = PAIR[0]"},
        {"a": ("PAIR[0]", "PAIR[1]")},
    ),
    "default": ({"a": "class Caller:\n    def run(self, x, by=1):\n        return x * by"}, {"a": ("by=1", "by=2")}),
    "decorator": (
        {
            "a": "from own_code_b import twice\nclass Caller:\n    @twice\n    def run(self, x):\n        return x",
            "b": "from functools import wraps\ndef twice(f):\n    return wraps(f)(lambda *a: 2 * f(*a))",
        },
        {"b": ("2 * f", "3 * f")},
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_followed(write: Write, name: str) -> None:
    sources, edits = EDITS[name]
    edited = {key: text.replace(*edits[key]) if key in edits else text for key, text in sources.items()}
    before, after, again = (source_fingerprint(write(**each).Caller) for each in (sources, edited, sources))
    assert before == again != after
    told = [source_of(write(**each).Caller).modules for each in (sources, edited)]
    changed = {part.split()[0] for part in set(told[0]) ^ set(told[1])}
    assert changed >= {f"own_code_{key}" for key in edits}


def test_functions_of_one_name_in_a_file_are_told_apart(write: Write) -> None:
    first, second = write(a="PAIR = (lambda x: x + 1, lambda x: x + 2)").PAIR
    assert source_fingerprint(first) != source_fingerprint(second)


def test_what_is_not_imported_does_not_matter(write: Write) -> None:
    sources = {"a": "class Caller:\n    pass", "unrelated": "X = 1"}
    before = source_fingerprint(write(**sources).Caller)
    assert source_fingerprint(write(**sources | {"unrelated": "X = 2"}).Caller) == before


def test_values_that_were_set_at_run_time_are_followed(write: Write) -> None:
    module = write(a=CALLER.format(head="import own_code_b", body="x * own_code_b.LIMIT"), b="LIMIT = 1\nOTHER = 1")
    before = source_fingerprint(module.Caller)
    module.own_code_b.OTHER = 2
    assert source_fingerprint(module.Caller) == before
    module.own_code_b.LIMIT = 2
    assert source_fingerprint(module.Caller) != before


def _defined(source: str, **names: Any) -> Any:
    """As in a notebook: the source has no file."""
    space: dict[str, Any] = {"__name__": "__main__", **names}
    file = f"<cell {len(linecache.cache)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), space)
    return space["made"]


HOLDER = """
class K:
    def __init__(self, a):
        self.a = a
    def f(self):
        return self.a
made = K({}).f
"""
NOTEBOOK = {
    "body": ("def made(x):\n    return x + 1", "def made(x):\n    return x + 2"),
    "constant": ("C = 1\ndef made(x):\n    return x + C", "C = 2\ndef made(x):\n    return x + C"),
    "inner function": (
        "def made(x):\n    return [i + 1 for i in x] + (lambda: 1)()",
        "def made(x):\n    return [i + 1 for i in x] + (lambda: 2)()",
    ),
    "closure": (
        "def make(by):\n    return lambda x: x * by\nmade = make(1)",
        "def make(by):\n    return lambda x: x * by\nmade = make(2)",
    ),
    "keyword default": ("def made(x, *, by=1): return x", "def made(x, *, by=2): return x"),
    "method": (
        "class made:\n    def f(self):\n        return 1",
        "class made:\n    def f(self):\n        return 2",
    ),
    "property": (
        "class made:\n    @property\n    def f(self):\n        return 1",
        "class made:\n    @property\n    def f(self):\n        return 2",
    ),
    "static method": (
        "class made:\n    @staticmethod\n    def f():\n        return 1",
        "class made:\n    @staticmethod\n    def f():\n        return 2",
    ),
    "base": (
        "class B:\n    x = {1, 2}\nclass made(B):\n    pass",
        "class B:\n    x = {1, 3}\nclass made(B):\n    pass",
    ),
    "partial": (
        "from functools import partial\nmade = partial(max, 1)",
        "from functools import partial\nmade = partial(max, 2)",
    ),
    "cached": (
        "from functools import cache\n@cache\ndef made(x):\n    return 1",
        "from functools import cache\n@cache\ndef made(x):\n    return 2",
    ),
    "bound method": (
        HOLDER.format(1),
        HOLDER.format(2),
    ),
    "callable object": (
        "class K:\n    def __call__(self):\n        return 1\nmade = K()",
        "class K:\n    def __call__(self):\n        return 2\nmade = K()",
    ),
    "recursion": (
        "def made(n):\n    return other(n)\ndef other(n):\n    return made(n - 1)",
        "def made(n):\n    return other(n)\ndef other(n):\n    return made(n - 2)",
    ),
}


@pytest.mark.parametrize("name", NOTEBOOK)
def test_definitions_without_a_file_are_followed(name: str) -> None:
    before, after = NOTEBOOK[name]
    assert source_fingerprint(_defined(before)) == source_fingerprint(_defined(before))
    assert source_fingerprint(_defined(before)) != source_fingerprint(_defined(after))


class Box:
    """Holds anything."""

    def __init__(self, held: Any) -> None:
        self.held = held


VALUES: list[Any] = [
    *(None, True, 1, 1.0, "1", b"1", 1j, (1,), [1], {1}, {1: 1}, {1: 2}, range(1), float("nan"), -0.0, 0.0, int, len),
    *(np.zeros(3), np.zeros(3, np.float32), np.zeros((3, 1)), np.array(["a", None]), np.float64(1), np.arange(6)[::2]),
    *(torch.zeros(3), torch.zeros(3).bool(), torch.ones(3), torch.tensor(1.0), torch.ones(3).bfloat16()),
    *(nn.Parameter(torch.full((2,), 2.0)), torch.float32, torch.device("cpu"), np.random.default_rng(0)),
    *(np.random.default_rng(1), np.add, torch.relu, nn.functional.relu, nn.ReLU, Box(Box(1)), list(range(100))),
]


def test_values_are_told_apart_and_told_again() -> None:
    keys = [source_fingerprint(Box(value)) for value in VALUES]
    assert len(set(keys)) == len(keys)
    assert [source_fingerprint(Box(value)) for value in VALUES] == keys
    assert all(not source_of(Box(value)).unknown for value in VALUES)


def test_an_object_that_holds_itself() -> None:
    def ring(value: int) -> Box:
        box = Box([value])
        box.held.append(box)
        return box

    assert source_fingerprint(ring(1)) == source_fingerprint(ring(1)) != source_fingerprint(ring(2))


def test_what_cannot_be_told_is_shared_with_no_other_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "log").open("w") as file:
        source = source_of(Box(file))
        assert source.own[-1].startswith("unknown ")
        with pytest.warns(UserWarning, match=r"models will not be reused .*_io.TextIOWrapper: cannot pickle"):
            source.warn("models")
        before = source_fingerprint(Box(file))
        assert source_fingerprint(Box(file)) == before
        monkeypatch.setattr("miaudit.source.described.THIS_PROCESS", "another")
        assert source_fingerprint(Box(file)) != before


def test_too_many_values_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miaudit.source.walk.MOST_VALUES", 50)
    assert "one of over 50 values" in source_of([Box(i) for i in range(100)]).unknown[0]


PRINTED = """
import torch
from torch import nn
from miaudit.source import source_fingerprint
from own_code_a import Caller

WORDS = {"one", "two", "three", "four"}

class Here(nn.Module):
    tags = frozenset(WORDS)
    def forward(self, x, names=("a", "b")):
        return x if str(x) in {"one", "two", "three"} else Caller().run(WORDS)

print(source_fingerprint(Here, Caller(), lambda: WORDS))
"""


def test_every_process_gives_the_same(tmp_path: Path, write: Write) -> None:
    write(a=CALLER.format(head="LIMITS = {'a', 'b', 'c'}", body="x in LIMITS"))
    folders = os.pathsep.join([str(tmp_path), *sys.path])
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PRINTED],
            env={**os.environ, "PYTHONPATH": folders, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    said = [process.communicate(timeout=300)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert said[0] == said[1] != ""
