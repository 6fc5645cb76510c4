"""Finds functions that make models, and the weights that lie beside them; no file is run."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from safetensors import SafetensorError, safe_open

from miaudit.errors import UserError
from miaudit.evidence.io.file import KEY, TENSORS
from miaudit.reading.path import read_text
from miaudit.targets.torch_script import holds_code

WEIGHTS = (".safetensors", ".pt", ".pth")
WORDS = {"make", "build", "create", "get", "load", "new", "model", "net", "network", "classifier"}  # in their names
LARGEST = 2**20  # bytes of a file of code that is looked at


class Factory(NamedTuple):
    """A function that makes a model, and a file of weights."""

    function: str  # such as "net.py:make"
    weights: str  # name of the file

    @property
    def address(self) -> str:
        """The model's address, such as "net.py:make?weights=w.safetensors"."""
        return f"{self.function}?weights={self.weights}"


def factories_in(folder: Path) -> list[Factory]:
    """All functions of a folder that make models, each with all files of weights in it; none without such files.

    A function counts that can be called without arguments and has a usual name.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    weights = [path.name for path in files if path.suffix.lower() in WEIGHTS and _are_weights(path)]
    if not weights:
        return []
    makers = [f"{path.name}:{name}" for path in files if path.suffix == ".py" for name in _makers(path)]
    return [Factory(maker, weight) for maker in makers for weight in weights]


def _are_weights(path: Path) -> bool:
    """Does the file seem to hold weights alone, rather than evidence or a whole model?"""
    try:
        if path.suffix.lower() != TENSORS:
            return not holds_code(path)
        with safe_open(path, framework="np") as file:
            return KEY not in (file.metadata() or {})
    except (SafetensorError, OSError, ValueError):
        return False


def _makers(path: Path) -> Iterator[str]:
    """Names of the functions of a file that seem to make a model."""
    try:
        tree = ast.parse(read_text(path, "Python code", LARGEST))
    except (UserError, SyntaxError, ValueError, RecursionError):
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and _needs_nothing(node.args) and _is_usual(node.name):
            yield node.name


def _needs_nothing(taken: ast.arguments) -> bool:
    positional = [*taken.posonlyargs, *taken.args]
    return len(positional) == len(taken.defaults) and None not in taken.kw_defaults


def _is_usual(name: str) -> bool:
    return not name.startswith("_") and bool(set(re.findall(r"[a-z]+", name.lower())) & WORDS)
