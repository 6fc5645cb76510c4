"""What there is to say about an attack, from its fields and its docstring."""

from dataclasses import MISSING, fields
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from miaudit import registry


class Parameter(NamedTuple):
    """One hyper-parameter."""

    name: str
    default: str
    allowed: str  # choices or range
    meaning: str


class AttackCard(NamedTuple):
    """One attack."""

    name: str
    measures: str  # first line of its docstring
    paper: str
    equation: str
    adversary: str
    needs: str  # with the default hyper-parameters
    parameters: tuple[Parameter, ...]


def card(name: str) -> AttackCard:
    """Describe an attack; raises UserError if there is none of that name."""
    kind = registry.find("attacks", name)
    attack = kind()
    return AttackCard(
        name=name,
        measures=(kind.__doc__ or "").strip().splitlines()[0],
        paper=kind.paper,
        equation=kind.equation,
        adversary=kind.adversary,
        needs=_needs(attack.needs),
        parameters=_parameters(kind),
    )


def _needs(needs: Any) -> str:
    wanted = [
        f"{value} {key.replace('_', ' ')}" if isinstance(value, int) and value is not True else key
        for key, value in needs._asdict().items()
        if value
    ]
    return ", ".join(wanted) or "the target's outputs only"


def _parameters(kind: Any) -> tuple[Parameter, ...]:
    schema = TypeAdapter(kind).json_schema().get("properties", {})
    defaults = {f.name: f.default for f in fields(kind)}
    return tuple(
        Parameter(name, _default(defaults[name], facts), _allowed(facts), facts.get("description", ""))
        for name, facts in schema.items()
    )


def _default(default: Any, facts: dict[str, Any]) -> str:
    known = facts.get("default", None if default is MISSING else default)
    return "required" if known is None and "default" not in facts else str(known)


def _allowed(facts: dict[str, Any]) -> str:
    """Choices or range of a JSON schema.

    >>> _allowed({"type": "number", "minimum": 0, "exclusiveMaximum": 1})
    'number, >= 0, < 1'
    """
    options = facts.get("anyOf", [facts])
    return " or ".join(_allowed_one(option) for option in options)


def _allowed_one(facts: dict[str, Any]) -> str:
    if "enum" in facts or "const" in facts:
        return " | ".join(str(choice) for choice in facts.get("enum", [facts.get("const")]))
    if facts.get("type") == "array":
        return f"list of {_allowed(facts.get('items', {}))}"
    bounds = {"minimum": ">=", "exclusiveMinimum": ">", "maximum": "<=", "exclusiveMaximum": "<"}
    ranges = [f"{sign} {facts[key]:g}" for key, sign in bounds.items() if key in facts]
    return ", ".join([str(facts.get("type", "any")), *ranges])
