"""What the form of the code promises: short functions, short files, and no question about the kind of a recipe."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import miaudit

ROOT = Path(miaudit.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
ROOTS = {"AnyRecipe", "Target"}  # their classes are asked what they can do, not what they are
MANY_OPTIONS = "cli/audit.py:audit"  # typer wants a parameter, here a line, for each option: only the rest is counted
LONGEST_FUNCTION, LONGEST_FILE = 44, 320  # lines, docstrings of functions not counted


@cache
def trees() -> dict[str, ast.Module]:
    """Path of each file of the package -> what it says."""
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def derived(modules: dict[str, ast.Module]) -> dict[str, set[str]]:
    """Name of each class of recipes and targets -> packages that define it."""
    classes = [
        (path, node) for path, tree in modules.items() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    ]
    known = ROOTS
    while (more := known | {node.name for _, node in classes if named(node.bases) & known}) != known:
        known = more
    return {name: {path.partition("/")[0] for path, node in classes if node.name == name} for name in known}


def named(nodes: list[ast.expr]) -> set[str]:
    """Last parts of all names in expressions."""
    inner = [part for node in nodes for part in ast.walk(node)]
    return {part.id for part in inner if isinstance(part, ast.Name)} | {
        part.attr for part in inner if isinstance(part, ast.Attribute)
    }


def kinds_asked(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of each class that is asked for by isinstance, issubclass, a pattern, or a comparison of types."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kind]):
                asked = named([kind])
            case ast.MatchClass(cls=kind):
                asked = named([kind])
            case ast.Compare(left=ast.Call(func=ast.Name(id="type")), comparators=others):
                asked = named(others)
            case _:
                continue
        yield from ((node.lineno, name) for name in asked)


def test_no_other_package_asks_what_kind_a_recipe_or_a_target_is() -> None:
    homes = derived(trees())
    assert {"EstimatorRecipe", "Recipe", "DpSgdRecipe", "OwnTraining", "TorchModule", "Http"} <= homes.keys()
    found = [
        f"{path}:{line} {name}"
        for path, tree in trees().items()
        for line, name in kinds_asked(tree)
        if path.partition("/")[0] not in homes.get(name, {path.partition("/")[0]})
    ]
    assert not found


@pytest.mark.parametrize(
    "code",
    [
        "isinstance(recipe, EstimatorRecipe)",
        "isinstance(recipe, int | base.EstimatorRecipe)",
        "issubclass(kind, (int, EstimatorRecipe))",
        "type(recipe) is EstimatorRecipe",
        "match recipe:\n    case EstimatorRecipe():\n        pass",
    ],
)
def test_each_way_to_ask_for_a_kind_is_seen(code: str) -> None:
    assert "EstimatorRecipe" in {name for _, name in kinds_asked(ast.parse(code))}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    first = function.body[0]
    described = ast.get_docstring(function) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if described else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def test_functions_and_files_are_short() -> None:
    functions = [
        (path, node)
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths = {f"{path}:{node.name}": length(node) for path, node in functions}
    lengths[MANY_OPTIONS] -= sum(
        len(node.args.args) for path, node in functions if f"{path}:{node.name}" == MANY_OPTIONS
    )
    long = [f"{name} {count}" for name, count in lengths.items() if count > LONGEST_FUNCTION]
    lines = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in trees()}
    long += [f"{path} {count}" for path, count in lines.items() if count > LONGEST_FILE]
    assert not long


def test_the_length_of_a_function_counts_no_docstring() -> None:
    module = ast.parse('def f(\n    x,\n):\n    """Words.\n\n    More.\n    """\n    return x\n')
    assert isinstance(module.body[0], ast.FunctionDef)
    assert length(module.body[0]) == 4
