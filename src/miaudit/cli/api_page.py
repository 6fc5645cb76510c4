"""The page of the documentation that lists the public Python names, for mkdocstrings to fill in."""

import importlib
from collections.abc import Iterator
from typing import Any

from pydantic.dataclasses import is_pydantic_dataclass

import miaudit
from miaudit.cli.describe import parameter_table, parameters

HEAD = """# Python reference

Every public name of miaudit. `import miaudit` loads none of it: each name is loaded when first asked for, as
`miaudit.audit`, `miaudit.attacks.Lira` or `miaudit.metrics.auc`.
"""


def api_page() -> str:
    """The page: the functions and classes of `miaudit`, then those of each of its packages."""
    names = [name for name in miaudit.__all__ if not _is_package(name)]
    lines = [HEAD, "## miaudit", "", *_entries(miaudit, names)]
    for package in filter(_is_package, miaudit.__all__):
        module = importlib.import_module(f"miaudit.{package}")
        lines += [f"## miaudit.{package}", "", (module.__doc__ or "").strip(), "", *_entries(module, module.__all__)]
    return "\n".join(lines)


def _is_package(name: str) -> bool:
    return hasattr(getattr(miaudit, name), "__path__")


def _entries(module: Any, names: list[str]) -> Iterator[str]:
    """One entry for each name, at the place where it is defined, with its options."""
    for name in sorted(names):
        item = getattr(module, name)
        yield from (f"::: {item.__module__}.{item.__qualname__}", "")
        if is_pydantic_dataclass(item):
            yield from parameter_table(parameters(item))
