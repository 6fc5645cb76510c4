"""Writes the documentation's pages on the keys of a configuration and the fields of a result."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from miaudit import registry
from miaudit.auditing.defences_result import DefencesResult
from miaudit.auditing.result import AuditResult
from miaudit.cli.describe import described, markdown_table, parameter_table, parameters
from miaudit.config import AuditConfig, PluginConfig
from miaudit.decisions.comparison import AuditComparison
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.policy import Policy
from miaudit.reading.hints import Hints
from miaudit.training.recipe import Recipe

FOLDERS = {
    "datasets": "Data sets",
    "splits": "Splits",
    "models": "Networks",
    "thresholds": "Thresholds",
    "defences": "Defences",
}
CONFIG_HEAD = """# Configuration

The keys of the YAML file that `miaudit audit` reads. `examples/` holds whole files. A plug-in is named alone
(`threshold: fdr`) or with its options beside its name (`threshold: {name: fdr, alpha: 0.05}`). The options of attacks
are on [their own page](attacks.md). [`config.schema.json`](schemas/config.schema.json) is the JSON schema, which
editors use to complete and check a file; it does not know the options of plug-ins.
"""
RESULT_HEAD = """# The result

The fields of `result.json`, which an audit writes, of `defences.json`, which a comparison of defences writes, of
`gate.json`, the decision of a [gate](gate.md), and of `comparison.json`, which [`miaudit compare`](compare.md) writes.
The same types are found in Python as `miaudit.audit(...).result`, as what its `gate()` returns, and as
`miaudit.compare(...).result`. JSON schemas: [`result.schema.json`](schemas/result.schema.json),
[`defences.schema.json`](schemas/defences.schema.json), [`gate.schema.json`](schemas/gate.schema.json) and
[`comparison.schema.json`](schemas/comparison.schema.json).
"""


def configuration() -> str:
    """The page on configurations."""
    keys = [(f"`{name}`", _default(field), field.description or "") for name, field in AuditConfig.model_fields.items()]
    lines = [CONFIG_HEAD, "## Keys", "", *markdown_table(("key", "default", "meaning"), keys)]
    lines += [*_plugin("## ", "recipe", Recipe)]
    for folder, title in FOLDERS.items():
        lines += [f"## {title}", ""]
        for name in registry.own(folder):
            lines += _plugin("### ", name, registry.find(folder, name))
    return "\n".join(lines)


def _plugin(level: str, name: str, kind: Any) -> Iterator[str]:
    first, rest = described(kind)
    yield from (f"{level}{name}", "", first, "", *parameter_table(parameters(kind)))
    if rest:
        yield from (rest, "")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value in (None, (), "", {}, Hints()):
        return ""
    return f"`{value.title if isinstance(value, PluginConfig) else value}`"


def results() -> str:
    """The page on results: the whole, then each part in the order in which it is met."""
    lines = [RESULT_HEAD]
    for kind in _parts((AuditResult, DefencesResult, GateResult, AuditComparison)):
        types = get_type_hints(kind)
        rows = [
            (f"`{field.alias or name}`", _type(types[name]), field.description or "")
            for name, field in kind.model_fields.items()
        ]
        first, _ = described(kind)
        lines += [f"## {kind.__name__}", "", first, "", *markdown_table(("field", "type", "meaning"), rows)]
    return "\n".join(lines)


def _parts(roots: Sequence[type[BaseModel]]) -> list[type[BaseModel]]:
    found: dict[type[BaseModel], None] = {}
    waiting = list(roots)
    while waiting:
        kind = waiting.pop(0)
        if kind not in found:
            found[kind] = None
            waiting += [part for field in kind.model_fields.values() for part in _models(field.annotation)]
    return list(found)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models within a type such as `dict[str, Quantity] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _type(annotation: Any) -> str:
    """A type in words, each model as a link to its part of the page."""
    text = annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation)
    text = text.replace("typing.", "").replace("NoneType", "None")
    for kind in _models(annotation):
        text = text.replace(f"{kind.__module__}.", "")
        text = text.replace(kind.__name__, f"[{kind.__name__}](#{kind.__name__.lower()})")
    return text


def schemas() -> dict[str, str]:
    """JSON schema of each file by its name."""
    kinds: dict[str, type[BaseModel]] = {
        "comparison": AuditComparison,
        "config": AuditConfig,
        "defences": DefencesResult,
        "gate": GateResult,
        "policy": Policy,
        "result": AuditResult,
    }
    return {
        f"{name}.schema.json": json.dumps(kind.model_json_schema(), indent=1) + "\n" for name, kind in kinds.items()
    }
