"""Shrinks experiments to a trial run of seconds: few records and models, one epoch, small networks.

The numbers of a quick run say nothing. `outline` gives the shape of a data set without its content, for forecasts.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from miaudit import registry
from miaudit.config import AuditConfig, PluginConfig, parse_config
from miaudit.datasets.base import About, Dataset, is_on_disk
from miaudit.errors import UserError
from miaudit.running.base import Progress, Tally, Watch, silent, unwatched
from miaudit.running.work import Work, do
from miaudit.seeds import generator
from miaudit.store.base import Store
from miaudit.training.data import Records
from miaudit.training.threads import one_thread

RECORDS = 400  # size of the data set
RECORDS_OF_LARGE = 40  # the same for networks that take a tenth of a second per record
PART = 24  # records of each part of a split
PART_OF_LARGE = 6  # the same for networks whose training step takes seconds
LARGE = {"wide_resnet", "densenet", "resnet", "vgg16", "alexnet"}
MODELS = 4
RECIPES = ("recipe", "attacker_recipe", "reference_recipe")
SMALLEST: dict[str, dict[str, Any]] = {  # the options of the smallest network of a kind
    "wide_resnet": {"depth": 10, "width": 1},
    "densenet": {"layers": [1, 1, 1, 1], "growth": 4},
    "resnet": {"depth": 18},
}


@dataclass(frozen=True)
class InProcess:
    """A runner that trains in this process: starting others would take longer than the training of quick runs."""

    at_once: int = 1
    processes_here: int = 1

    def run(
        self,
        works: Sequence[Work],
        data: Dataset,
        store: Store,
        progress: Progress = silent,
        watch: Watch = unwatched,
        device: str = "cpu",
    ) -> Tally:
        """Do all work that is not in the store; see `running.base.Runner`. Progress is not reported."""
        del progress, watch
        start, records = time.monotonic(), Records(data.x, data.y, data.classes)
        with one_thread():
            trained = sum(do(work, records, store, device) for work in works)
        return Tally(trained, len(works) - trained, time.monotonic() - start)


IN_PROCESS = InProcess()


def records_of(config: AuditConfig) -> int:
    """Number of records that the small audit works on."""
    return RECORDS_OF_LARGE if _is_large(config.as_dict()) else RECORDS


def _is_large(content: dict[str, Any]) -> bool:
    models = [content.get(recipe, {}).get("model") for recipe in RECIPES]
    return any(_named(model)["name"] in LARGE for model in models if model is not None)


def _named(model: Any) -> dict[str, Any]:
    """Name and options of a model, also where the configuration holds its name alone."""
    return PluginConfig.model_validate(model).model_dump()


def quick_config(config: AuditConfig) -> AuditConfig:
    """The same audit with few records, models and epochs."""
    content = config.as_dict()
    part = PART_OF_LARGE if _is_large(content) else PART
    content["split"] = _split(content["split"], part, records_of(config))
    content["recipe"] = _recipe(content["recipe"], part)
    for others in RECIPES[1:]:  # keys that are missing there are those of the recipe
        own = content.get(others, {})
        content[others] = {key: value for key, value in _recipe(own, part).items() if key in own}
    return parse_config(content)


def _split(split: dict[str, Any], part: int, records: int) -> dict[str, Any]:
    small = dict(split)
    for key, value in split.items():
        if key in ("models", "shadows", "references"):
            small[key] = min(value, MODELS if key == "models" or part == PART else 1)
        elif isinstance(value, int):
            small[key] = min(value, part)
        elif isinstance(value, float):  # a share of the data that goes to the pool
            small[key] = value * min(1.0, (4 if part == PART else 2) * part / records)
    return small


def _recipe(recipe: dict[str, Any], part: int) -> dict[str, Any]:
    if "estimator" in recipe:
        return recipe
    small = {**recipe, "epochs": 1, "batch_size": min(recipe.get("batch_size", part), part)}
    if "milestones" in recipe:
        small["milestones"] = [1]
    if "model" in recipe:
        model = _named(recipe["model"])
        small["model"] = {**model, **SMALLEST.get(model["name"], {})}
    return small


def few_records(source: PluginConfig, count: int) -> Dataset:
    """At most `count` records of the data set, or noise of its shape if it is not on disk."""
    about: About = registry.find("datasets", source.name).about
    if is_on_disk(about) and about.files:
        data: Dataset = source.build("datasets").load()
        chosen = np.sort(generator(0, "quick").permutation(len(data))[:count])
        return Dataset(f"few of {data.name}", np.ascontiguousarray(data.x[chosen]), data.y[chosen], data.classes)
    like = outline(source)
    shape = like.x.shape[1:]
    rng = generator(0, "quick", math.prod(shape))
    x = rng.standard_normal((count, *shape)).astype(np.float32)
    return Dataset(f"noise like {like.name}", x, rng.integers(like.classes, size=count), like.classes)


class Outline(Dataset):
    """A data set of which only the shape is known: it takes no memory, and nothing can be trained on it."""

    @property
    def fingerprint(self) -> str:
        """A name in place of a hash, since there is no content."""
        return f"outline of {self.name}"


def outline(source: PluginConfig) -> Dataset:
    """As many records of the right shape as the data set has, whether it is on disk or not."""
    about: About = registry.find("datasets", source.name).about
    if about.shape is None or about.classes is None or about.records is None:
        raise UserError(
            f"the shape of data set {source.name} is not known before it is read: expected one of the papers' sets"
        )
    x = np.broadcast_to(np.float32(0), (about.records, *about.shape))
    return Outline(source.name, x, np.zeros(about.records, dtype=np.int64), about.classes)
