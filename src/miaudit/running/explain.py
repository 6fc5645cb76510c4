"""Explains whether a job's model is in the store and, if not, how the job differs from the nearest stored one."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from miaudit.fingerprint import fingerprint
from miaudit.running.description import recipe_fields, rows_counts
from miaudit.running.work import Work
from miaudit.source import SOURCES
from miaudit.store.base import Store

# In order of weight: of two jobs that differ in as many parts, the one with the lighter differences is nearer.
PARTS = ("data", "recipe", "code", "unlabelled", "wanted", "validation", "rows", "seed")
REQUIRED = {"data", "recipe", "code", "rows", "seed"}  # what every description of a job holds
ABSENT = "(no such field)"
LONGEST = 60  # characters of a value that are shown

State = Literal["outputs", "model", "missing"]


class StoredJob(NamedTuple):
    """A job of which the store holds the model or outputs."""

    key: str
    description: dict[str, Any]


class Difference(NamedTuple):
    """A field in which two jobs differ."""

    field: str
    stored: str
    asked: str

    @property
    def text(self) -> str:
        """The difference in words.

        >>> Difference("recipe.epochs", "30", "40").text
        'recipe.epochs 30 -> 40'
        """
        return f"{self.field} {self.stored} -> {self.asked}"


class Explanation(NamedTuple):
    """What the store holds of a job: its outputs, the model alone, or neither."""

    key: str
    state: State
    nearest: str | None = None  # key of the job that differs least; None where nothing is stored
    differences: tuple[Difference, ...] = ()  # from that job


def known_jobs(store: Store) -> list[StoredJob]:
    """All jobs of which the store holds the model or outputs; damaged entries are left out."""
    described: dict[str, dict[str, Any]] = {}
    for entry in sorted(store.entries(), key=lambda entry: entry.name):
        told = entry.description
        key = {"model": entry.key, "outputs": told.get("job")}.get(entry.kind)
        if key is not None and set(told) >= REQUIRED:  # outputs that older versions stored name their job only
            described.setdefault(key, {}).update(told)
    return [StoredJob(key, entry) for key, entry in described.items()]


def explain(work: Work, store: Store, known: Sequence[StoredJob]) -> Explanation:
    """Say whether the store holds a work's outputs or model, and if not, how its job differs from the nearest one.

    Args:
        work: the job, and the rows that its model is asked about.
        store: where they may be.
        known: all jobs of the store, from `known_jobs`.
    """
    key = work.job.key
    if work.is_done(store):
        return Explanation(key, "outputs")
    if store.has(key):
        return Explanation(key, "model")
    if not known:
        return Explanation(key, "missing")
    parts, fields = work.job.parts, recipe_fields(work.job.recipe)
    distances = [_distance(job, parts) for job in known]
    least = min(distances)
    near = [job for job, distance in zip(known, distances, strict=True) if distance == least]
    nearest = min(near, key=lambda job: (len(_changed(job, fields)), _apart(job, parts)))
    return Explanation(key, "missing", nearest.key, tuple(_differences(nearest, work, fields)))


def _distance(known: StoredJob, parts: dict[str, str]) -> tuple[int, list[bool]]:
    different = [known.description.get(name) != parts.get(name) for name in PARTS]
    return sum(different), different


def _apart(known: StoredJob, parts: dict[str, str]) -> int:
    """Number of versions and modules in which the code differs."""
    return len(set(_listed(known.description["code"])) ^ set(_listed(parts["code"])))


def _changed(known: StoredJob, fields: dict[str, Any]) -> list[str]:
    stored = known.description.get("recipe_fields", {})
    names = dict.fromkeys([*fields, *stored])
    return [name for name in names if (name in stored, stored.get(name)) != (name in fields, fields.get(name))]


def _differences(known: StoredJob, work: Work, fields: dict[str, Any]) -> list[Difference]:
    """Differences between the nearest job and the one that was asked for, the weightier first."""
    stored, parts, counts = known.description, work.job.parts, rows_counts(work.job)
    found: list[Difference] = []
    for name in [name for name in PARTS if stored.get(name) != parts.get(name)]:
        if name == "recipe":
            found += _recipe_differences(known, fields)
        elif f"{name}_count" in counts:
            found.append(_records(name, stored.get(f"{name}_count"), counts[f"{name}_count"]))
        else:
            found.append(_difference(name, stored[name], parts[name]))
    if not found:  # a fitted estimator, of which outputs alone are kept
        found.append(_records("records asked about", stored.get("records"), len(work.query)))
    return found


def _recipe_differences(known: StoredJob, fields: dict[str, Any]) -> list[Difference]:
    stored = known.description.get("recipe_fields")
    if stored is None:
        return [Difference("recipe", "one whose fields were not kept", "this one")]
    names = _changed(known, fields)
    if any(name.split(".")[-1] == "class" for name in names):  # it is obvious that another class has other fields
        names = [name for name in names if name in stored and name in fields]
    changed = [_difference(f"recipe.{name}", stored.get(name, ABSENT), fields.get(name, ABSENT)) for name in names]
    return changed or [Difference("recipe", "one of the same fields", "other types or another module")]


def _records(name: str, stored: int | None, asked: int) -> Difference:
    if stored == asked:
        return Difference(name, f"{asked:,}", f"{asked:,} others")
    return Difference(name, "?" if stored is None else f"{stored:,}", f"{asked:,}")


def _difference(name: str, stored: Any, asked: Any) -> Difference:
    """The difference of two values; if they list several versions or sources, only those that differ are named."""
    before, after = _listed(stored), _listed(asked)
    kept = set(before) & set(after)
    if not kept:
        return Difference(name, _shown(stored), _shown(asked))
    return Difference(name, *("; ".join(e for e in each if e not in kept) or "nothing" for each in (before, after)))


def _listed(value: Any) -> list[str]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    return value.replace(SOURCES, "; ").split("; ") if isinstance(value, str) else []


def _shown(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 12]}... ({fingerprint(text)[:6]})"
