"""Makes the plug-ins of a folder, and the contract in its `base.py`, attributes of the package, loaded on first use."""

import importlib
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

from miaudit import registry


class Contents(NamedTuple):
    """The two functions that make a package's names visible; see `contents`."""

    load: Callable[[str], Any]
    listed: Callable[[], list[str]]


def contents(package: str) -> Contents:
    """`__getattr__` and `__dir__` of a plug-in folder such as `miaudit.attacks`.

    The names follow from the registry, so a new plug-in is seen without an entry in any list. `__all__` is one of the
    names that `__getattr__` gives.

    >>> import miaudit.attacks
    >>> miaudit.attacks.Lira(mode="offline").mode
    'offline'
    """
    folder = package.rpartition(".")[2]

    def load(name: str) -> Any:
        if name == "__all__":
            return listed()
        if name.startswith("_"):  # Python asks for it before the submodule of that name is imported
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if (plugin := plugins(folder).get(name)) is not None:
            return registry.find(folder, plugin)
        if name in (promised := contract(folder)):
            return promised[name]
        raise AttributeError(f"module {package!r} has no attribute {name!r}: it has {', '.join(listed())}")

    def listed() -> list[str]:
        return sorted([*contract(folder), *plugins(folder)])

    return Contents(load, listed)


def plugins(folder: str) -> dict[str, str]:
    """Names of a folder's plug-ins by their classes' names, those of other packages included."""
    return {registry.class_name(name): name for name in registry.names(folder)}


def contract(folder: str) -> dict[str, Any]:
    """Public classes and functions of a folder's files that are no plug-ins, such as `base.py`, by name."""
    present = [file for file in registry.SUPPORT if find_spec(f"miaudit.{folder}.{file}") is not None]
    return dict(sorted(pair for file in present for pair in _defined(f"miaudit.{folder}.{file}")))


def _defined(module: str) -> list[tuple[str, Any]]:
    """Name and value of each public class and function that a module itself defines."""
    found = vars(importlib.import_module(module)).items()
    own = [(name, item) for name, item in found if getattr(item, "__module__", None) == module]
    return [(name, item) for name, item in own if callable(item) and not name.startswith("_")]


def functions(folder: str) -> dict[str, Any]:
    """The folder's own plug-ins and its contract, for a folder whose plug-ins are functions.

    They are loaded at once. Otherwise the import of a plug-in's module, which has the function's name, would put the
    module in the place of the function.
    """
    return contract(folder) | {name: registry.find(folder, name) for name in registry.own(folder)}
