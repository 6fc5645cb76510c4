"""Writes parameters and settings of any kind as text."""

import json
from typing import Any


def facts(values: dict[str, Any]) -> dict[str, str]:
    """The plain values among an attack's parameters, or among what it learned, as text."""
    return {key: fact(value) for key, value in values.items() if value is None or isinstance(value, int | float | str)}


def fact(value: Any) -> str:
    """One value as text; numbers short, structures as JSON."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple) and all(isinstance(each, str | int | float) for each in value):
        return ", ".join(map(fact, value))
    return value if isinstance(value, str) else json.dumps(value, indent=2, sort_keys=True, default=str)
