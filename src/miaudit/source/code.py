"""Reads code without running it: the modules that a source imports, the globals and instructions of a function."""

import ast
import dis
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from types import CodeType
from typing import NamedTuple

GLOBAL = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}


class Names(NamedTuple):
    """The names that a function, with the functions within it, refers to."""

    globals: tuple[str, ...]
    modules: tuple[str, ...]  # imported when it runs
    others: frozenset[str]  # attributes among them


def imports_of(source: bytes, package: str) -> set[str]:
    r"""Modules that a source may import anywhere in it; some of the names may turn out to be functions.

    >>> sorted(imports_of(b"import a.b\nfrom . import c", "pack"))
    ['a.b', 'pack', 'pack.c']
    """
    found = set[str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (base := _base(node, package)) is not None:
            found.update([base, *(f"{base}.{alias.name}" for alias in node.names if alias.name != "*")])
    return found


def _base(node: ast.ImportFrom, package: str) -> str | None:
    try:
        return resolve_name("." * node.level + (node.module or ""), package)
    except ImportError:  # it reaches beyond the package, and would not run either
        return None


def names_in(code: CodeType) -> Names:
    """The modules and other names that a code object uses."""
    every = list(_codes(code))
    steps = [step for each in every for step in dis.get_instructions(each)]
    return Names(
        tuple(sorted({str(step.argval) for step in steps if step.opname in GLOBAL})),
        tuple(sorted({str(step.argval) for step in steps if step.opname == "IMPORT_NAME"})),
        frozenset(name for each in every for name in each.co_names),
    )


def instructions(code: CodeType) -> list[object]:
    """The instructions of a function, without line numbers; they differ between versions of Python."""
    constants = [instructions(each) if isinstance(each, CodeType) else each for each in code.co_consts]
    return [
        f"{sys.implementation.cache_tag} {code.co_flags} {code.co_argcount} {code.co_posonlyargcount} "
        f"{code.co_kwonlyargcount} {code.co_code.hex()} {code.co_exceptiontable.hex()}",
        [list(code.co_names), list(code.co_varnames), list(code.co_freevars), list(code.co_cellvars)],
        constants,
    ]


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
