"""Turns a configuration into a request."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from pydantic import ValidationError

from miaudit import registry
from miaudit.auditing.by_signal import form_of_classes, maker_from, request_by_signal, signal_from
from miaudit.auditing.chosen import usual_attacks
from miaudit.auditing.defended import DefenceInUse
from miaudit.auditing.from_model import GivenRecords, PoolSize, request_for
from miaudit.auditing.given_groups import set_aside, table_of, with_columns
from miaudit.auditing.groups import GroupBy
from miaudit.auditing.plan import Plan
from miaudit.auditing.planning import plan_of
from miaudit.auditing.precision import settled
from miaudit.auditing.request import FileRequest, Recipes, Request, Wanted
from miaudit.config import AuditConfig, RecipeConfig, TargetConfig
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.own.recipe import OwnTraining
from miaudit.reading.path import about
from miaudit.records.from_file import records_from_file, records_with_truth
from miaudit.records.reading import Reading
from miaudit.records.row_names import check_ids_are_named
from miaudit.splits.base import Splitter
from miaudit.splits.pool import Pool
from miaudit.targets.search import load_model, target_of
from miaudit.targets.with_signal import asked_by_signal
from miaudit.training.base import AnyRecipe
from miaudit.training.data import Records
from miaudit.training.device import common_device
from miaudit.training.named_estimators import estimator_named, recipe_named
from miaudit.training.recipe import Recipe
from miaudit.training.signal_recipe import Maker


def request_of(config: AuditConfig, data: Dataset | None = None) -> Request | FileRequest:
    """The request that a configuration makes; its data set is loaded unless `data` holds its records already.

    Raises:
        UserError: an option is wrong, the data set cannot be read, or a network cannot be built for its records.
    """
    if config.evidence is not None:
        return FileRequest(config.evidence, wanted_of(config), config.reading, config.nonmembers)
    return model_request(config, data)


def model_request(config: AuditConfig, data: Dataset | None = None) -> Request:
    """The request of a configuration without evidence: about a target at hand, or one that is trained here."""
    return training_request(config, data) if config.target is None else target_request(config, config.target)


def target_request(config: AuditConfig, told: TargetConfig) -> Request:
    """The request that a configuration with a target at hand makes: it is opened, and asked about a few records.

    Raises:
        UserError: the model or its records cannot be read, or do not fit together.
    """
    config = settled(config)
    pool = Pool() if config.split is None else config.split.build("splits")
    size, model = PoolSize(pool.models, pool.shadows), load_model(told.address)
    signal = signal_from(model, told.signal_place, told.outputs, config.defence)
    if signal is not None:
        records = _records(told, records_with_truth, asked_by_signal(model, signal).reading)
        kept = set_aside(records, model, config.group_by)
        request = request_by_signal(model, kept, wanted_of(config), signal, _maker(config), size)
        return with_columns(request, records, config.group_by)
    records = _records(told, records_from_file, target_of(model).reading)
    request = request_for(
        model,
        set_aside(records, model, config.group_by),
        wanted_of(config),
        None if config.recipe is None else recipe_of(config.recipe),
        size,
        config.device,
        defence_of(config),
        form_of_classes(told.outputs),
        surrogates=config.surrogates,
    )
    return with_columns(request, records, config.group_by)


def _records(told: TargetConfig, read: Callable[..., Any], reading: Reading) -> GivenRecords:
    """The records in the files that a configuration names, read by a function of path, label and ids."""
    parts = {name: read(path, told.label, told.ids) for name, path in told.records.items()}
    for name, path in told.records.items() if told.ids is None else ():
        with about(path):
            check_ids_are_named(table_of(parts[name]), reading.columns)
    return GivenRecords(**parts)


def _maker(config: AuditConfig) -> Maker | None:
    """What trains reference models of a model that is audited by a signal; None where the configuration does not say.

    Raises:
        UserError: surrogates or networks are wanted, both of which are classifiers.
    """
    if config.surrogates == "always":
        raise UserError("surrogates are classifiers and have no `signal`: leave `surrogates: always` out")
    recipe = config.recipe
    if recipe is None:
        return None
    if recipe.estimator is not None:
        return maker_from(estimator_named(recipe.estimator, recipe.options), None)
    return maker_from(None, recipe.train) if recipe.train is not None else maker_from(recipe_of(recipe), None)


def training_request(config: AuditConfig, data: Dataset | None = None) -> Request:
    """The request of a configuration whose target is trained here; see `request_of`."""
    if config.defences:
        raise UserError("`defences` describe several audits: take them one by one, or use `defence`")
    config = settled(config)
    recipes, defence = recipes_of(config), defence_of(config)
    device = common_device(recipes, config.device)
    data = data or data_of(config)
    for recipe in recipes:
        recipe.check(data.x.shape[1:], data.classes)
    return Request(
        data=data,
        splitter=splitter_of(config),
        wanted=wanted_of(config),
        recipes=_tried(recipes, data),
        defence=defence,
        device=device,
    )


def _tried(recipes: Recipes, data: Dataset) -> Recipes:
    """The recipes after a trial, which settles what they leave open; equal recipes are tried once."""
    records = Records(data.x, data.y, data.classes)
    found: list[AnyRecipe] = []
    for place, recipe in enumerate(recipes):
        found.append(found[recipes.index(recipe)] if recipes.index(recipe) < place else recipe.tried(records))
    return Recipes(*found)


def plan_of_config(config: AuditConfig, data: Dataset | None = None) -> Plan:
    """The plan of a configuration without evidence; see `model_request` and `planning.plan_of`."""
    return plan_of(model_request(config, data))


def titles_of(config: AuditConfig) -> tuple[str, ...]:
    """The titles of all attacks that a configuration may run: those that it names, or of which its word chooses."""
    return tuple(attack.title for attack in config.named_attacks) or tuple(usual_attacks(config.chosen_by))


def wanted_of(config: AuditConfig) -> Wanted:
    """The attacks that a configuration wants; raises UserError where one or the threshold does not exist."""
    return Wanted(
        attacks={attack.title: attack.build() for attack in config.named_attacks} or usual_attacks(config.chosen_by),
        chosen_by=config.chosen_by,
        threshold=config.threshold.build("thresholds"),
        seed=config.seed,
        known_fraction=config.known_fraction,
        config=config,
        groups=GroupBy(config.group_by, config.min_group),
        views=config.views,
        students=config.students,
    )


def data_of(config: AuditConfig) -> Dataset:
    """Load the data set that the configuration names."""
    if config.dataset is None:
        raise ValueError("a configuration without evidence has a dataset")
    data: Dataset = config.dataset.build("datasets").load()
    return data


def splitter_of(config: AuditConfig) -> Splitter:
    """The split that the configuration names."""
    if config.split is None:
        raise ValueError("a configuration without evidence has a split")
    splitter: Splitter = config.split.build("splits")
    return splitter


def defence_of(config: AuditConfig) -> DefenceInUse:
    """The target's defence, of which the attacker knows if the configuration says so."""
    if config.defence is None:
        return DefenceInUse()
    return DefenceInUse(config.defence.build("defences"), config.defence.title, config.attacker == "knows")


def recipes_of(config: AuditConfig) -> Recipes:
    """The recipes of target, shadows and references without a defence."""
    if config.recipe is None:
        raise ValueError("a configuration without evidence has a recipe")
    try:
        shadow = config.recipe.changed(config.attacker_recipe)
        reference = shadow.changed(config.reference_recipe)
    except ValidationError as error:
        raise UserError(f"attacker_recipe or reference_recipe: {registry.explain(error)}") from None
    return Recipes(recipe_of(config.recipe), recipe_of(shadow), recipe_of(reference))


def recipe_of(config: RecipeConfig) -> AnyRecipe:
    """The recipe; raises UserError where a field is unknown or out of range, or a function cannot be found."""
    if config.train is not None:
        return OwnTraining.of(config.train)
    if config.estimator is not None:
        return recipe_named(config.estimator, config.options)
    if config.model is None:
        raise ValueError("a recipe has a model, an estimator or a function")
    model = config.model.build("models")
    try:
        return Recipe(model=model, **config.options)
    except ValidationError as error:
        raise UserError(f"recipe: {registry.explain(error, (field.name for field in fields(Recipe)))}") from None
