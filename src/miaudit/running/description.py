"""The description stored with models and outputs: the job as plain values, so that a miss can be explained."""

from dataclasses import fields
from typing import Any

import numpy as np

from miaudit.arrays import Ints
from miaudit.fingerprint import fingerprint
from miaudit.training.base import AnyRecipe
from miaudit.training.job import Job


def describe_job(job: Job) -> dict[str, Any]:
    """What a job is: the parts that its key follows from, and what they stand for."""
    return {**job.parts, **rows_counts(job), "recipe_fields": recipe_fields(job.recipe)}


def describe_model(job: Job, seconds: float | None = None) -> dict[str, Any]:
    """The description of a model: the job, and the time of its training."""
    return {"kind": "model", "seconds": None if seconds is None else round(seconds, 4), **describe_job(job)}


def describe_outputs(job: Job, query: Ints) -> dict[str, Any]:
    """The description of a model's outputs: the job, and the rows that the model was asked about."""
    return {"kind": "outputs", "job": job.key, "records": len(query), "query": fingerprint(query), **describe_job(job)}


def recipe_fields(recipe: AnyRecipe) -> dict[str, Any]:
    """Every field of a recipe, and of what it is made of, by dotted names such as `model.hidden`."""
    return dict(_flat(recipe.description))


def rows_counts(job: Job) -> dict[str, int]:
    """Number of records in each of the job's arrays of rows."""
    values = {field.name: getattr(job, field.name) for field in fields(job)}
    return {f"{name}_count": len(value) for name, value in values.items() if isinstance(value, np.ndarray)}


def _flat(plain: dict[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in plain.items():
        found += [(f"{name}.{inner}", v) for inner, v in _flat(value)] if isinstance(value, dict) else [(name, value)]
    return found
