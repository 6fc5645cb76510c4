"""Writes how the models of a paper's rows are trained, as a table for its page."""

from typing import Any

HEAD = """## How the models were trained

What the rows start from (`experiments/{paper}/settings.yaml`); what a row changes is in its table's file there. Where
nothing else is said: Adam, at one rate throughout, in single precision, the last epoch's model.

| setting | data | split | target's recipe | attacker's, where another | references', where another |
| --- | --- | --- | --- | --- | --- |"""


def settings_table(paper: str, settings: dict[str, dict[str, Any]]) -> str:
    """A table with one line per setting of the paper's file."""
    return "\n".join([HEAD.format(paper=paper), *(_line(name, content) for name, content in settings.items()), ""])


def _line(name: str, content: dict[str, Any]) -> str:
    parts = ("dataset", "split", "recipe", "attacker_recipe", "reference_recipe")
    return f"| `{name}` | {' | '.join(in_words(content.get(part, '')) for part in parts)} |"


def in_words(value: Any) -> str:
    """A value of a configuration in words; a plug-in's name comes first.

    >>> in_words({"name": "mlp", "hidden": [216], "dropout": False, "rate": 1 / 3, "plain": True})
    'mlp, hidden 216, rate 0.3333, plain'
    """
    if isinstance(value, dict):
        named = [in_words(value[key]) for key in ("name", "model") if key in value]
        rest = [(key, part) for key, part in value.items() if key not in ("name", "model") and part is not False]
        return ", ".join([*named, *(_said(key, part) for key, part in rest)])
    if isinstance(value, list):
        return " ".join(map(in_words, value))
    return f"{value:.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def _said(key: str, value: Any) -> str:
    words = key.replace("_", " ")
    return words if value is True else f"{words} {in_words(value)}"
