"""Turns objects into plain values, for files that people and other programs read."""

import dataclasses
from typing import Any


def describe(value: Any) -> Any:
    """Turn a value into plain ones; a dataclass keeps its class's name and loses fields that are not its content.

    >>> describe((1, None))
    [1, None]
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: describe(getattr(value, f.name)) for f in dataclasses.fields(value) if f.compare}
        return {"class": type(value).__name__, **fields}
    if isinstance(value, tuple | list):
        return [describe(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else repr(value)
