"""Describes plug-ins, above all attacks, by their fields and docstrings."""

import inspect
import re
from collections.abc import Sequence
from dataclasses import MISSING, fields
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from miaudit import registry
from miaudit.attacks.base import Needs

HEAD = """# The attacks

Every attack gives each audited record a number; the higher, the more likely the record was trained on. What an attack
needs, with its defaults, is what the [evidence](evidence.md) must hold. In the formulas h is the target, g a reference
model, z = (x, y) a record, p_y the probability of its class and phi = log p_y - log(1 - p_y) its scaled logit.

Hyper-parameters are set by `--set name=value` or in a configuration. `miaudit attacks --markdown` writes this page.
"""
PARAGRAPH_LINES = re.compile(r"(?<!\n)\n(?!\n)")


class Parameter(NamedTuple):
    """One hyper-parameter of a plug-in, in words."""

    name: str
    default: str
    allowed: str  # choices or range
    meaning: str


class AttackCard(NamedTuple):
    """The description of one attack."""

    name: str
    measures: str  # first line of its docstring
    paper: str
    equation: str
    adversary: str
    needs: str  # with the default hyper-parameters
    parameters: tuple[Parameter, ...]
    details: str  # the rest of its docstring


def card(name: str) -> AttackCard:
    """Describe an attack; raises UserError if there is none of that name."""
    kind = registry.find("attacks", name)
    attack = kind()
    measures, details = described(kind)
    return AttackCard(
        name=name,
        measures=measures,
        paper=kind.paper,
        equation=kind.equation,
        adversary=kind.adversary,
        needs=_needs(attack.needs),
        parameters=parameters(kind),
        details=details,
    )


def described(kind: Any) -> tuple[str, str]:
    """First line and rest of a docstring, each paragraph of the rest on a line of its own."""
    first, _, rest = inspect.cleandoc(kind.__doc__ or "").partition("\n")
    return first, PARAGRAPH_LINES.sub(" ", rest.strip())


def markdown(cards: Sequence[AttackCard]) -> str:
    """A page on these attacks, docs/attacks.md."""
    return "\n".join([HEAD, *(_section(item) for item in cards)])


def _section(item: AttackCard) -> str:
    facts = (
        ("Paper", item.paper),
        ("Score", f"`{item.equation}`"),
        ("Attacker", item.adversary),
        ("Needs", item.needs),
    )
    lines = [f"## {item.name}", "", item.measures, "", *(f"- {title}: {text}" for title, text in facts), ""]
    lines += parameter_table(item.parameters)
    return "\n".join([*lines, item.details, ""] if item.details else lines)


def parameter_table(listed: Sequence[Parameter]) -> list[str]:
    """Lines of a Markdown table of parameters, with a blank one at its end; empty if there are none."""
    return markdown_table(("parameter", "default", "allowed", "meaning"), listed) if listed else []


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    r"""Lines of a Markdown table, with a blank one at its end.

    >>> markdown_table(("a", "b"), [("1", "x | y")])
    ['| a | b |', '|---|---|', '| 1 | x \\| y |', '']
    """
    cells = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in (head, *rows)]
    lines = [f"| {row} |" for row in cells]
    return [lines[0], "|" + "---|" * len(head), *lines[1:], ""]


def _needs(needs: Needs) -> str:
    """The needs of an attack in words.

    >>> _needs(Needs(shadows=1, out_references=2))
    'a shadow model; 2 reference models trained without each record'
    """
    counted = {
        "shadow model": needs.shadows,
        "reference model trained without each record": needs.out_references,
        "reference model trained with each record": needs.in_references,
    }
    wanted = [
        f"{least} {what.replace('model', 'models')}" if least > 1 else f"a {what}"
        for what, least in counted.items()
        if least
    ]
    wanted += ["records of the target whose membership is known"] * needs.known
    wanted += ["population records that no audited model was trained on"] * needs.population
    wanted += ["outputs on further views of the records"] * needs.views
    wanted += ["students of the target and of the shadows"] * needs.students
    wanted += ["outputs of every class, not one number per record"] * needs.classes
    wanted += ["probabilities or losses, not scores of a unit of their own"] * needs.likelihoods
    return "; ".join(wanted) or "the target's outputs only"


def parameters(kind: Any) -> tuple[Parameter, ...]:
    """The options of a plug-in or recipe, which is a pydantic dataclass."""
    schema = TypeAdapter(kind).json_schema()
    required = schema.get("required", ())
    defaults = {f.name: f.default for f in fields(kind)}
    return tuple(
        Parameter(
            name,
            _default(defaults.get(name, MISSING), facts, name in required),
            _allowed(facts),
            facts.get("description", ""),
        )
        for name, facts in schema.get("properties", {}).items()
    )


def _default(default: Any, facts: dict[str, Any], required: bool) -> str:
    known = facts.get("default", default)
    if known is MISSING or isinstance(known, FieldInfo):
        return "required" if required else ""  # made anew for each object, such as an empty dictionary
    return ", ".join(map(str, known)) if isinstance(known, list | tuple) else str(known)


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
    ranges = [f"{sign} {facts[key]:,}" for key, sign in bounds.items() if key in facts]
    return ", ".join([str(facts.get("type", "any")), *ranges])
