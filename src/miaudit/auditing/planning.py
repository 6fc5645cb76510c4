"""Makes the plan of a request: splits the data, lays out the models, and keeps the attacks that apply."""

import numpy as np

from miaudit.auditing.given_groups import check_columns
from miaudit.auditing.needed import only_needed
from miaudit.auditing.plan import Plan, auxiliary_works, target_work, unmet
from miaudit.auditing.request import Recipes, Request
from miaudit.auditing.teaching import check_read, teaching_for
from miaudit.auditing.viewed import views_for
from miaudit.defences.base import Guarantee
from miaudit.errors import UserError
from miaudit.records.part import FEWEST
from miaudit.splits.base import Split


def plan_of(request: Request) -> Plan:
    """Plan everything that the audit will do; nothing is trained yet.

    Raises:
        UserError: data, split, recipes, defence and attacks do not fit together.
    """
    recipes = _recipes(request)
    split = split_of(request)
    data, wanted, device, seed = request.data, request.wanted, request.device, request.wanted.seed
    check_columns(data, split.audited, wanted.groups)
    views = views_for(request, None if recipes is None else recipes.target)
    auxiliary = (
        () if recipes is None else auxiliary_works(data, split, recipes.shadow, recipes.reference, seed, device, views)
    )
    teaching = teaching_for(request, recipes, split)
    whole = Plan(
        data=data,
        split=split,
        target=request.target,
        target_work=target_work(data, split, _needed(recipes).target, seed, device, views)
        if request.target is None
        else None,
        auxiliary=auxiliary,
        recipe=None if recipes is None else recipes.target,
        questions=wanted.questions(
            unmet(
                wanted.attacks,
                split,
                wanted.known_fraction,
                request.kind,
                gives_labels(request),
                views is not None,
                teaching is not None,
            ),
            len(split.shadows),
        ),
        device=device,
        shown=request.defence.shown,
        guarantee=_guarantee(request, len(split.members)),
        defence=request.defence.title,
        origin=request.origin,
        said=request.said,
        read_as=request.read_as,
        views=views,
        teaching=teaching,
    )
    check_read(teaching, whole.questions.attacks)
    return only_needed(whole)


def gives_labels(request: Request) -> bool:
    """Does the target at hand give nothing but labels?"""
    return request.target is not None and request.target.labels_only


def split_of(request: Request) -> Split:
    """The roles of all records and models; raises UserError where there are too few members or non-members."""
    seed, told = request.wanted.seed, request.recipes
    split = request.splitter.split(len(request.data), seed)
    if min(len(split.members), len(split.nonmembers)) < FEWEST:
        raise UserError(f"expected at least {FEWEST} members and non-members, the split gives fewer: enlarge its parts")
    shadows = [shadow.model for shadow in split.shadows]
    if told is not None and told.reference != told.shadow and np.isin(split.references, shadows).any():
        raise UserError("`reference_recipe` needs references that are no shadows: leave it out with a pool")
    return request.defence.split(split, seed)


def _recipes(request: Request) -> Recipes | None:
    """The recipes with the defence, and with `bf16: auto` decided."""
    if request.recipes is None:
        return None
    told, defence = request.recipes, request.defence
    changed = (defence.of_target(told.target), defence.of_attacker(told.shadow), defence.of_attacker(told.reference))
    return Recipes(*(recipe.settled(request.device) for recipe in changed))


def _needed(recipes: Recipes | None) -> Recipes:
    if recipes is None:
        raise ValueError("a target that is not at hand needs a recipe")
    return recipes


def _guarantee(request: Request, members: int) -> Guarantee | None:
    """The bound proven for the target; None without a proof, or where its recipe was guessed."""
    if request.recipes is None or not request.origin.given:
        return None
    return request.defence.guarantee(request.recipes.target, members)
