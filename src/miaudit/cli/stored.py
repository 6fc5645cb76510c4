"""Writes the tables of the commands `store`: the files of a store, and why a model is in it or not."""

import time
from typing import Any

from rich.table import Table

from miaudit.cli.plain_table import plain_table
from miaudit.messages import without_secrets
from miaudit.running.explain import Explanation
from miaudit.store.base import Entry, Store

STATES = {"outputs": "hit", "model": "hit, to be asked", "missing": "miss"}
OTHER = {"rows": "other rows", "seed": "another seed", "data": "other data", "validation": "other validation rows"}
FEW = 3  # names that are listed in full


def size(count: float) -> str:
    """A number of bytes in a form that people read.

    >>> size(1_234_567), size(999_600)
    ('1.23 MB', '1 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if float(f"{count:.3g}") < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.3g} TB"


def as_dict(entry: Entry, store: Store) -> dict[str, Any]:
    """A file of the store as a mapping for JSON."""
    told = {name: value for name, value in entry._asdict().items() if name != "name"}
    return {"path": f"{without_secrets(store.location)}/{entry.name}", **told, "key": entry.key}


def explained(answer: Explanation) -> dict[str, Any]:
    """An explanation as a mapping for JSON."""
    return {**answer._asdict(), "differences": [difference._asdict() for difference in answer.differences]}


def kinds_table(found: list[Entry]) -> Table:
    """A table with one row per kind of file, and one row for all."""
    numbers = ("files", "size", "last used", "longest unused")
    table = plain_table("kind", *numbers, numbers=numbers)
    for kind in sorted({entry.kind for entry in found}):
        of_kind = [entry for entry in found if entry.kind == kind]
        used = [entry.used for entry in of_kind]
        total = size(sum(entry.bytes for entry in of_kind))
        table.add_row(kind, f"{len(of_kind):,}", total, _ago(max(used)), _ago(min(used)))
    table.add_section()
    table.add_row("all", f"{len(found):,}", size(sum(entry.bytes for entry in found)), "", "")
    return table


def entries_table(found: list[Entry]) -> Table:
    """A table with one row per file."""
    table = plain_table("key", "size", "last used", "what", numbers=("size", "last used"))
    for entry in found:
        table.add_row(entry.key, size(entry.bytes), _ago(entry.used), _what(entry))
    return table


def entry_table(entry: Entry, sound: bool) -> Table:
    """A table of everything that is known about one file."""
    table = plain_table("field", "value", title=f"{entry.kind} {entry.key}")
    facts = {"size": size(entry.bytes), "last used": _ago(entry.used), "state": "sound" if sound else "damaged"}
    described = {name: value for name, value in entry.description.items() if name != "recipe_fields"}
    recipe = {f"recipe.{name}": value for name, value in entry.description.get("recipe_fields", {}).items()}
    for name, value in (facts | described | recipe).items():
        table.add_row(name, str(value))
    return table


def explanations_table(found: dict[str, Explanation]) -> Table:
    """A table with one row for all models that have the same explanation."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, answer in found.items():
        groups.setdefault((STATES[answer.state], _why(answer)), []).append(name)
    table = plain_table("models", "state", "differs from the nearest stored job in", breaks=True)
    for (state, why), names in groups.items():
        few = ", ".join(names) if len(names) <= FEW else f"{names[0]}, {names[1]} ... {names[-1]} ({len(names)})"
        table.add_row(few, state, why)
    return table


def _why(answer: Explanation) -> str:
    if answer.state == "missing" and answer.nearest is None:
        return "no job is stored"
    # Rows and seeds differ from model to model, so equal explanations share a row.
    return "; ".join(OTHER.get(difference.field, difference.text) for difference in answer.differences)


def _what(entry: Entry) -> str:
    """The model of the recipe, or the estimator, in a few words, and how far the training of a snapshot had come."""
    told = entry.description
    fields = told.get("recipe_fields", {})
    names = ("model.class", "base.model.class", "kind", "class")  # a network's, a defended network's, an estimator's
    name = next((fields[name] for name in names if name in fields), None)
    rows = None if "rows_count" not in told else f"{told['rows_count']:,} rows"
    begun = f"after epoch {told.get('epoch')} of {told.get('epochs')}" if entry.kind == "snapshot" else None
    return ", ".join(text for text in (name, rows, begun) if text)


def _ago(moment: float) -> str:
    hours = max(0.0, time.time() - moment) / 3600
    if hours < 1:
        return f"{hours * 60:.0f} min ago"
    return f"{hours:.0f} h ago" if hours < 48 else f"{hours / 24:.0f} d ago"
