"""Turns a model at hand and its records into a request."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from miaudit.auditing.defended import UNDEFENDED, DefenceInUse
from miaudit.auditing.origin import Origin
from miaudit.auditing.plan import check_validation
from miaudit.auditing.request import Recipes, Request, Wanted
from miaudit.auditing.surrogates import searched
from miaudit.errors import UserError
from miaudit.forms import AskedForm, Surrogates
from miaudit.records.duplicates import check_not_all_copies
from miaudit.records.given import Given, Records, read_given
from miaudit.records.reading import Reading, Told, unheard
from miaudit.splits.base import Split, Splitter
from miaudit.splits.pool import pool_over
from miaudit.surrogates.candidates import Candidate, candidates
from miaudit.targets.base import Target
from miaudit.targets.search import target_of
from miaudit.training.base import AnyRecipe
from miaudit.training.data import Records as TrainingRecords
from miaudit.training.like import Like


class PoolSize(NamedTuple):
    """Number of reference models, and how many of them also stand as shadows."""

    models: int
    shadows: int


class GivenRecords(NamedTuple):
    """Records as the user gives them: pairs of x (n, ...) and y (n,)."""

    members: Records
    nonmembers: Records
    population: Records | None = None
    validation: Records | None = None  # for early stopping


@dataclass(frozen=True, eq=False)
class GivenParts:
    """The split that the user has made, without models."""

    given: Given

    def split(self, n: int, seed: int) -> Split:
        """The user's own members, non-members and population; nothing is drawn."""
        del n, seed
        given = self.given
        return Split(
            members=given.members, nonmembers=given.nonmembers, population=given.population, test=given.validation
        )


@dataclass(frozen=True, eq=False)
class GivenPool:
    """The split that the user has made, with a pool of models over its members and non-members."""

    given: Given
    models: int
    shadows: int

    def split(self, n: int, seed: int) -> Split:
        """The user's own members, non-members and population, and the pool's training sets drawn from the seed."""
        del n
        given = self.given
        return pool_over(
            given.members,
            given.nonmembers,
            self.models,
            self.shadows,
            seed,
            population=given.population,
            test=given.validation,
        )


def request_for(
    model: Any,
    records: GivenRecords,
    wanted: Wanted,
    recipe: AnyRecipe | None,
    pool: PoolSize,
    device: str = "auto",
    defence: DefenceInUse = UNDEFENDED,
    outputs: AskedForm = "auto",
    progress: Told = unheard,
    surrogates: Surrogates = "auto",
) -> Request:
    """The request to audit a model at hand.

    Args:
        model: any object that a kind of target accepts.
        records: the records that it was trained on, and others.
        wanted: the attacks and their parameters.
        recipe: how the model was trained; None to ask its target for a guess.
        pool: size of the pool of reference models, which is trained where a recipe is known.
        device: where networks are trained.
        defence: the model's defence.
        outputs: what the model's answers are; "auto" to find out.
        progress: called with the number of records read from a source such as a torch DataLoader.
        surrogates: whether a search for models like the target takes the place of a guess: "always", "never", or
            "auto", where the target gives none.

    Raises:
        UserError: the model cannot be queried, or the records do not fit it.
    """
    target = target_of(model).with_outputs(outputs)
    given = read_given(*records, reading=replace(_reading(target, recipe), progress=progress), seed=wanted.seed)
    check_not_all_copies(given.data, given.members, given.nonmembers)
    target = target.with_labels(given.labels).tried(given.data)
    given = given.with_classes(target.count_classes(given.unlabelled))
    target.check(given)
    how, origin = _recipe(target, given, recipe, defence)
    how = None if how is None else _tried(how, target, given)
    among = () if recipe is not None else _surrogates(surrogates, how, given)
    request = Request(
        data=given.data,
        splitter=_splitter(given, pool if how is not None or among else None),
        wanted=wanted,
        recipes=None if how is None else Recipes(how, how, how),
        target=target.with_classes(given.data.classes),
        defence=defence,
        device="cpu" if how is None else how.device(device),
        origin=origin,
        read_as=tuple(filter(None, [given.labels.taken_in_order(given.data.classes), given.left_out_told])),
    )
    return searched(request, among) if among else request


def _surrogates(asked: Surrogates, guessed: AnyRecipe | None, given: Given) -> tuple[Candidate, ...]:
    """The surrogates to choose among; empty where none are wanted, or where there are no records to train on."""
    wanted = asked == "always" or (asked == "auto" and guessed is None)
    if not wanted or not given.data.tells_records_apart:
        return ()
    return candidates(given.data.x, None if guessed is None else guessed.network)


def _reading(target: Target, recipe: AnyRecipe | None) -> Reading:
    """How the target wants its records, in a precision that the networks to train can read."""
    reading = target.reading
    if recipe is None:
        return reading
    trains_network = recipe.network is not None
    return replace(
        reading, may_lack_x=False, dtype_for=_single(reading.dtype_for) if trains_network else reading.dtype_for
    )


def _single(dtype_for: Callable[[Any], type]) -> Callable[[Any], type]:
    """The same types, with single precision in place of double."""
    return lambda x: np.float32 if (wanted := dtype_for(x)) is np.float64 else wanted


def _recipe(
    target: Target, given: Given, recipe: AnyRecipe | None, defence: DefenceInUse
) -> tuple[AnyRecipe | None, Origin]:
    """The recipe of models like the target, and where it comes from."""
    labels = given.labels.for_training
    if recipe is not None:
        return _with_model(recipe, target, given).with_labels(labels), Origin(recipe.by, given=True)
    guess = target.guess(given.data.x[given.members], given.data.y[given.members])
    if guess is None:
        return None, Origin("", given=False)
    words = guess.words if defence.known else guess.words + guess.undefended
    return guess.recipe.with_labels(labels), Origin(words, given=False)


def _tried(recipe: AnyRecipe, target: Target, given: Given) -> AnyRecipe:
    """The recipe after a trial on some records, which settles what it leaves open."""
    check_validation(recipe, given.validation)
    records = TrainingRecords(given.data.x, given.data.y, given.data.classes)
    return recipe.tried(records, target.answerer, given.validation)


def _with_model(recipe: AnyRecipe, target: Target, given: Given) -> AnyRecipe:
    """The recipe with the architecture of the target, or of the module that it names.

    Raises:
        UserError: the architecture is unknown, its networks would keep something of the target's training, or they
            would begin with the weights that came out of it.
    """
    network = recipe.network
    if network is None:
        return recipe
    if network.starts_from is not None and target.holds(network.starts_from):
        raise UserError(
            f"`start` has the weights of {target.name} after its training, so reference models would know its members: "
            "give the weights that its training began with"
        )
    named = network.architecture
    if named is not None and not isinstance(named, Like):
        return recipe
    # What a module answers is found as that of a target is, and so is what re-initialising leaves of its training.
    asked = target if named is None else target_of(named.module).tried(given.data)
    guess = asked.guess(given.data.x[given.members], given.data.y[given.members])
    like = None if guess is None else guess.recipe.network
    if like is None:
        raise UserError(
            f"the recipe names no model, and what {target.name} is made of is unknown: write Recipe(model=...), with "
            "an architecture of miaudit.models or a torch module"
        )
    return recipe.with_model(like.model)


def _splitter(given: Given, pool: PoolSize | None) -> Splitter:
    return GivenParts(given) if pool is None else GivenPool(given, *pool)
