"""The folder is the registry: `attacks/lira.py` holds the attack `lira`, its class `Lira`.

Other packages join by an entry point in the group `miaudit.<folder>` that names the class.
"""

import importlib
import importlib.util
import pkgutil
from dataclasses import fields
from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from pydantic import ValidationError

from miaudit.errors import UserError

SUPPORT = {"base"}  # files of a plug-in folder that are no plug-ins, beside those that start with "_"


@cache
def names(folder: str) -> tuple[str, ...]:
    """Names of all plug-ins in a folder, alphabetical."""
    package = importlib.import_module(f"miaudit.{folder}")
    own = {module.name for module in pkgutil.iter_modules(package.__path__)}
    own = {name for name in own if name not in SUPPORT and not name.startswith("_")}
    others = {point.name for point in entry_points(group=f"miaudit.{folder}")}
    return tuple(sorted(own | others))


def foreign(folder: str) -> tuple[str, ...]:
    """Names of the plug-ins of a folder that other packages bring, alphabetical."""
    return tuple(name for name in names(folder) if importlib.util.find_spec(f"miaudit.{folder}.{name}") is None)


def find(folder: str, name: str) -> Any:
    """The plug-in: its class, or its function where the folder's plug-ins are functions (signals).

    Raises:
        UserError: there is no plug-in of that name.
    """
    if name not in names(folder):
        close = get_close_matches(name, names(folder), n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"expected one of {', '.join(names(folder))}"
        raise UserError(f"no {folder.rstrip('s')} is called {name!r}: {hint}")
    own = importlib.util.find_spec(f"miaudit.{folder}.{name}")
    if own is None:  # another package's; it cannot take the name of one of ours
        return next(iter(entry_points(group=f"miaudit.{folder}", name=name))).load()
    module = importlib.import_module(own.name)
    return getattr(module, class_name(name), None) or getattr(module, name)


def class_name(name: str) -> str:
    """The class that a plug-in's file holds.

    >>> class_name("two_stage")
    'TwoStage'
    """
    return "".join(part.capitalize() for part in name.split("_"))


def build(folder: str, name: str, options: dict[str, Any]) -> Any:
    """The plug-in with its hyper-parameters checked.

    Raises:
        UserError: an option is unknown, of the wrong type or out of range.
    """
    plugin = find(folder, name)
    where = f"{folder.rstrip('s')} {name}"
    try:
        built = plugin(**options)
    except ValidationError as error:
        raise UserError(f"{where}: {explain(error)}") from None
    _check_names(where, plugin, options)
    return built


def _check_names(where: str, plugin: Any, options: dict[str, Any]) -> None:
    # Pydantic would drop unknown options of a class that does not forbid them: a typo would pass unseen.
    known = [field.name for field in fields(plugin)]
    for option in options:
        if option not in known:
            close = get_close_matches(option, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"expected one of {', '.join(known) or 'none'}"
            raise UserError(f"{where}: there is no option {option!r}: {hint}")


def explain(error: ValidationError) -> str:
    """One sentence per problem that pydantic found."""
    problems = []
    for item in error.errors():
        where = ".".join(str(part) for part in item["loc"] if not str(part).startswith("function-"))
        if item["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
            problems.append(f"there is no option {where!r}")
        elif item["type"] == "missing":
            problems.append(f"{where} is missing")
        elif not where:  # of several options together
            problems.append(item["msg"].removeprefix("Value error, "))
        else:
            problems.append(f"{where}: {item['msg']}; got {item['input']!r}")
    return "; ".join(problems)
