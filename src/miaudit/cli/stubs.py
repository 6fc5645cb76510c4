"""Writes the stubs of plug-in folders: an `__init__.pyi` beside each `__init__.py` that asks the registry."""

from miaudit import registry
from miaudit.contents import contract

CLASSES = ("attacks", "datasets", "defences", "models", "splits", "targets", "thresholds")
FUNCTIONS = ("signals",)
HEAD = '"""The names of this package, for type checkers and editors; written by `make pages`."""\n\n'


def stubs() -> dict[str, str]:
    """Text of each stub by its path in the package."""
    return {f"{folder}/__init__.pyi": stub(folder) for folder in (*CLASSES, *FUNCTIONS)}


def stub(folder: str) -> str:
    """The contract and the plug-ins of a folder, each imported from its home.

    >>> print(stub("thresholds").splitlines()[3])
    from miaudit.thresholds.base import Threshold as Threshold
    """
    homes = [(item.__module__.rpartition(".")[2], name) for name, item in contract(folder).items()]
    if folder in FUNCTIONS:
        homes += [(name, name) for name in registry.own(folder)]
    else:
        homes += [(name, registry.class_name(name)) for name in registry.own(folder)]
    return HEAD + "".join(f"from miaudit.{folder}.{home} import {name} as {name}\n" for home, name in sorted(homes))
