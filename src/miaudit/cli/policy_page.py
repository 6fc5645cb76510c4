"""Writes the documentation's page on the keys of a policy, with the ready-made policies in full."""

from collections.abc import Sequence
from importlib.resources import files

from pydantic import BaseModel

from miaudit.cli.describe import described, markdown_table
from miaudit.decisions.policy import READY, RULES, Policy, Requirements

HEAD = """# Policies

The keys of the YAML file that `miaudit gate --policy` and `miaudit audit --policy` read; [Gates](gate.md) says how a
decision is made. [`policy.schema.json`](schemas/policy.schema.json) is the JSON schema, which editors use to complete
and check a file.
"""
RULES_HEAD = """## Rules

Each entry of `rules` limits one measure. All kinds of rules take `attacks`; those that measure no change take
`group_by`:
"""
READY_HEAD = """## Ready-made policies

They are named in place of a file, as in `miaudit gate DIR --policy strict`. Their limits are starting points and no
norm: copy one and set the limits that your data call for.
"""
SHARED = ("measure", "limit", "attacks", "group_by")


def policies() -> str:
    """The page: the keys of a policy, of each kind of rule and of the conditions, and the ready-made policies."""
    lines = [HEAD, "## Keys", "", *_table(Policy, list(Policy.model_fields)), RULES_HEAD]
    lines += _table(RULES[0], ["attacks", "group_by"])
    for rule in RULES:
        own = [key for key in rule.model_fields if key not in SHARED]
        lines += [f"### {_measure(rule)}", "", described(rule)[0], "", *_table(rule, ["measure", *own, "limit"])]
    lines += [
        "## Conditions",
        "",
        described(Requirements)[0],
        "",
        *_table(Requirements, list(Requirements.model_fields)),
    ]
    lines.append(READY_HEAD)
    for name in READY:
        text = files("miaudit.decisions").joinpath(f"policies/{name}.yaml").read_text(encoding="utf-8")
        lines += [f"### {name}", "", f"```yaml\n{text}```", ""]
    return "\n".join(lines)


def _measure(rule: type[BaseModel]) -> str:
    allowed: str = rule.model_json_schema()["properties"]["measure"]["const"]
    return allowed


def _table(kind: type[BaseModel], keys: Sequence[str]) -> list[str]:
    fields = [(key, kind.model_fields[key]) for key in keys]
    rows = [
        (f"`{key}`", "required" if field.is_required() else _written(field.default), field.description or "")
        for key, field in fields
    ]
    return markdown_table(("key", "default", "meaning"), rows)


def _written(default: object) -> str:
    """A default in YAML; empty where nothing stands for it."""
    if default in (None, (), "") or isinstance(default, BaseModel):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
