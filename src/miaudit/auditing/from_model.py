"""From a model at hand and its records to a request."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from miaudit.auditing.defended import UNDEFENDED, DefenceInUse
from miaudit.auditing.origin import BY_USER, Origin
from miaudit.auditing.request import Recipes, Request, Wanted
from miaudit.forms import AskedForm
from miaudit.records.given import Given, Records, read_given
from miaudit.splits.base import Split, Splitter
from miaudit.splits.pool import pool_over
from miaudit.targets.base import Target, target_of
from miaudit.training.base import AnyRecipe


class PoolSize(NamedTuple):
    """Number of reference models, and how many of them also stand as shadows."""

    models: int
    shadows: int


class GivenRecords(NamedTuple):
    """Records as the user gives them: pairs of x (n, ...) and y (n,)."""

    members: Records
    nonmembers: Records
    population: Records | None = None


@dataclass(frozen=True, eq=False)
class GivenParts:
    """The split that the user has made, without models."""

    given: Given

    def split(self, n: int, seed: int) -> Split:
        """The user's own members, non-members and population; nothing is drawn."""
        del n, seed
        return Split(members=self.given.members, nonmembers=self.given.nonmembers, population=self.given.population)


@dataclass(frozen=True, eq=False)
class GivenPool:
    """The split that the user has made, with a pool of models over its members and non-members."""

    given: Given
    models: int
    shadows: int

    def split(self, n: int, seed: int) -> Split:
        """The user's own members, non-members and population, and the pool's training sets drawn from the seed."""
        del n
        members, nonmembers, population = self.given.members, self.given.nonmembers, self.given.population
        return pool_over(members, nonmembers, self.models, self.shadows, seed, population=population)


def request_for(
    model: Any,
    records: GivenRecords,
    wanted: Wanted,
    recipe: AnyRecipe | None,
    pool: PoolSize,
    device: str = "auto",
    defence: DefenceInUse = UNDEFENDED,
    outputs: AskedForm = "auto",
) -> Request:
    """The request to audit a model at hand.

    Args:
        model: any object that a kind of target accepts.
        records: the records that it was trained on, and others.
        wanted: the attacks, and what they are asked with.
        recipe: how the model was trained; None to ask its target for a guess.
        pool: size of the pool of reference models, which is trained where a recipe is known.
        device: where networks are trained.
        defence: the model's defence.
        outputs: what the model's answers are; "auto" to find out.

    Raises:
        UserError: the model cannot be queried, or the records do not fit it.
    """
    target = target_of(model).with_outputs(outputs)
    given = read_given(
        *records,
        dtype=_dtype(target, records.members, recipe),
        seed=wanted.seed,
        may_lack_x=not target.reads_records and recipe is None,
    )
    target = target.tried(given.data)
    given = given.with_classes(target.count_classes(given.data))
    target.check(given)
    how, origin = _recipe(target, given, recipe)
    return Request(
        data=given.data,
        splitter=_splitter(given, pool if how is not None else None),
        wanted=wanted,
        recipes=None if how is None else Recipes(how, how, how),
        target=target.with_classes(given.data.classes),
        defence=defence,
        device="cpu" if how is None else how.device(device),
        origin=origin,
    )


def _dtype(target: Target, members: Records, recipe: AnyRecipe | None) -> type:
    """The type that numbers get: what the target wants, but no more than what its networks read."""
    pair = isinstance(members, tuple | list) and len(members) == 2
    wanted = target.dtype_for(members[0] if pair else members)
    trains_network = recipe is not None and recipe.network is not None
    return np.float32 if trains_network and wanted is np.float64 else wanted


def _recipe(target: Target, given: Given, recipe: AnyRecipe | None) -> tuple[AnyRecipe | None, Origin]:
    """How models like the target are trained, and who says so."""
    if recipe is not None:
        return recipe, BY_USER
    guess = target.guess(given.data.x[given.members], given.data.y[given.members])
    return (None, Origin("", given=False)) if guess is None else (guess.recipe, Origin(guess.words, given=False))


def _splitter(given: Given, pool: PoolSize | None) -> Splitter:
    return GivenParts(given) if pool is None else GivenPool(given, *pool)
