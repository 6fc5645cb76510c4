"""The folder is the registry: `attacks/lira.py` holds the attack `lira`, its class `Lira`.

Other packages join by an entry point in the group `miaudit.<folder>` that names the class.
"""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable
from dataclasses import fields
from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from pydantic import ValidationError

from miaudit.errors import UserError
from miaudit.messages import NAME, did_you_mean, shortened

UNKNOWN = ("unexpected_keyword_argument", "extra_forbidden")  # pydantic's names for an unknown option
INNER = ("function-", "form-")  # begin the parts of a place in the options that the user did not write
MOST_PROBLEMS = 5  # most problems that one message lists
SUPPORT = ("base", "search")  # public files of a plug-in folder that are no plug-ins: its contract and functions


@cache
def names(folder: str) -> tuple[str, ...]:
    """Names of all plug-ins of a folder, in alphabetical order, those of other packages included."""
    package = importlib.import_module(f"miaudit.{folder}")
    own = {module.name for module in pkgutil.iter_modules(package.__path__)}
    own = {name for name in own if name not in SUPPORT and not name.startswith("_")}
    others = {point.name for point in entry_points(group=f"miaudit.{folder}")}
    return tuple(sorted(own | others))


def own(folder: str) -> tuple[str, ...]:
    """Names of the plug-ins that are files of the folder, in alphabetical order."""
    return tuple(name for name in names(folder) if importlib.util.find_spec(f"miaudit.{folder}.{name}") is not None)


def foreign(folder: str) -> tuple[str, ...]:
    """Names of a folder's plug-ins that other packages provide, in alphabetical order."""
    return tuple(sorted(set(names(folder)) - set(own(folder))))


def find(folder: str, name: str) -> Any:
    """The plug-in: its class, or its function where the folder's plug-ins are functions (signals).

    Raises:
        UserError: there is no plug-in of that name.
    """
    if name not in names(folder):
        hint = did_you_mean(name, names(folder))
        raise UserError(f"no {folder.rstrip('s')} is called {shortened(name)}: {hint}")
    own = importlib.util.find_spec(f"miaudit.{folder}.{name}")
    if own is None:  # another package's; it cannot take the name of one of ours
        return next(iter(entry_points(group=f"miaudit.{folder}", name=name))).load()
    module = importlib.import_module(own.name)
    return getattr(module, class_name(name), None) or getattr(module, name)


def class_name(name: str) -> str:
    """The name of the class that a plug-in's file holds.

    >>> class_name("two_stage")
    'TwoStage'
    """
    return "".join(part.capitalize() for part in name.split("_"))


def build(folder: str, name: str, options: dict[str, Any]) -> Any:
    """Make a plug-in of its options, which are checked.

    Args:
        folder: where the plug-in is, such as "attacks".
        name: its name.
        options: its fields by name.

    Raises:
        UserError: an option is unknown, of the wrong type or out of range.
    """
    return construct(find(folder, name), f"{folder.rstrip('s')} {name}", options)


def construct(plugin: Any, where: str, options: dict[str, Any]) -> Any:
    """An instance of a pydantic dataclass with its fields checked.

    Args:
        plugin: the class.
        where: names the plug-in at the start of messages.
        options: its fields by name.

    Raises:
        UserError: an option is unknown, missing, of the wrong type or out of range.
    """
    try:
        built = plugin(**options)
    except ValidationError as error:
        raise UserError(f"{where}: {explain(error, (field.name for field in fields(plugin)))}") from None
    _check_names(where, plugin, options)
    return built


def _check_names(where: str, plugin: Any, options: dict[str, Any]) -> None:
    # Pydantic drops unknown options of a class that does not forbid them, so a typo would go unnoticed.
    known = [field.name for field in fields(plugin)]
    for option in options:
        if option not in known:
            raise UserError(f"{where}: there is no option {shortened(option)}: {did_you_mean(option, known)}")


def explain(error: ValidationError, known: Iterable[str] = ()) -> str:
    """One sentence for each problem that pydantic found, with a hint where a name resembles one of those `known`."""
    options, problems = list(known), []
    # Unknown names come first: one may be the misspelt name of an option that is missing.
    for item in sorted(
        error.errors(include_url=False, include_context=False), key=lambda it: it["type"] not in UNKNOWN
    ):
        where = ".".join(str(part) for part in item["loc"] if not str(part).startswith(INNER))
        if item["type"] in UNKNOWN:
            problems.append(f"there is no option {shortened(where)}{_nearest(str(item['loc'][-1]), options)}")
        elif item["type"] == "missing":
            problems.append(f"{where} is missing{_nearest_key(str(item['loc'][-1]), item['input'])}")
        elif not where:  # the problem concerns several options together
            problems.append(item["msg"].removeprefix("Value error, "))
        else:
            problems.append(f"{where}: {item['msg'].removeprefix('Value error, ')}; got {shortened(item['input'])}")
    more = f"; and {len(problems) - MOST_PROBLEMS:,} more" if len(problems) > MOST_PROBLEMS else ""
    return "; ".join(problems[:MOST_PROBLEMS]) + more


def _nearest(name: str, known: list[str]) -> str:
    return f": {did_you_mean(name, known)}" if known else ""


def _nearest_key(name: str, given: Any) -> str:
    """A hint at a key that may be the missing one misspelt."""
    keys = [str(key)[:NAME] for key in given] if isinstance(given, dict) else []
    close = get_close_matches(name, keys, n=1)
    return f" (got {close[0]!r})" if close else ""
