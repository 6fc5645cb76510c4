"""Decides about which further views of the records models are asked, and says what that costs."""

from dataclasses import replace

import numpy as np

from miaudit.attacks.base import Attack, ReadsMore
from miaudit.auditing.plan import Plan, asked_rows
from miaudit.auditing.request import Request
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.seeds import child_seed
from miaudit.training.base import AnyRecipe
from miaudit.views.base import Given, Trained, Views
from miaudit.views.search import maker_of, views_of

USUAL = 8  # views where they are known to help: docs/views.md
HARDLY_SURE = np.array([[0.01, 0.0]])  # logits


def views_for(request: Request, recipe: AnyRecipe | None) -> Views | None:
    """The further views of a request; None where models are asked about the records alone, or no attack reads views.

    Args:
        request: what is asked for.
        recipe: how the target is, or is thought to be, trained; None where nothing is known.

    Raises:
        UserError: the user asks for views, and none can be made, or nobody can be asked about them.
    """
    wanted, target = request.wanted.views, request.target
    if not any(map(_reads_views, request.wanted.attacks.values())):
        return None
    given = given_for(request.data, recipe, request.wanted.seed, shows_labels(request))
    if wanted == "auto":
        is_free = target is None or (target.free_to_ask and target.reads_records)
        moved = given.trained is not None and given.trained.reach > 0
        helps = moved or given.labels_only
        maker = maker_of(given) if helps and is_free else None
        return None if maker is None or not maker.most else Views(maker, min(USUAL, maker.most))
    if wanted and target is not None and not target.reads_records:
        raise UserError(f"views={wanted}: the answers of {target.name} were collected, it cannot be asked about views")
    return views_of(given, wanted)


def given_for(data: Dataset, recipe: AnyRecipe | None, seed: int, labels_only: bool = False) -> Given:
    """What views are made of: the records, how the recipe changes images, and whether labels are all that is seen."""
    network = None if recipe is None else recipe.network
    trained = Trained(network.flip, network.crop_padding) if network is not None and network.augments else None
    return Given(data.x, data.feature_names, child_seed(seed, "views"), trained, labels_only)


def _reads_views(attack: Attack) -> bool:
    """Does the attack make anything of further views?"""
    return attack.needs.views or (isinstance(attack, ReadsMore) and attack.helped_by.views)


def shows_labels(request: Request) -> bool:
    """Does the target, or its defence, show labels alone? Then a model that is hardly sure shows the same as any."""
    mask = request.defence.shown.target
    if mask is not None and mask.mask(HARDLY_SURE).max() == 1:
        return True
    return request.target is not None and request.target.labels_only


def seen_data(plan: Plan, number: int) -> Dataset:
    """The plan's data set as one view shows it; 0 for the data set as it is."""
    if plan.views is None or number == 0:
        return plan.data
    return replace(plan.data, x=plan.views.seen(plan.data.x, number))


def check_queries(plan: Plan) -> None:
    """Raise UserError, before anything is asked, where asking a target about all views costs more than is allowed."""
    if plan.target is not None and plan.views is not None and not plan.target.free_to_ask:
        plan.target.check_queries(_everything(plan))


def queries_of(plan: Plan) -> str:
    """The cost, apart from time, of asking a model at hand about all views, in words; empty where there is none."""
    return "" if plan.target is None else plan.target.cost(_everything(plan))


def views_in_words(plan: Plan) -> str:
    """What models are asked about beside the records, in words; empty where that is nothing."""
    if plan.views is None:
        return ""
    count, models = plan.views.count, len(plan.works) + (plan.target is not None)
    queries = count * models * len(asked_rows(plan.split))
    return (
        f"every model is also asked about {count} further view{'' if count == 1 else 's'} of each record "
        f"({plan.views.maker.words}), {queries:,} more answers"
    )


def _everything(plan: Plan) -> object:
    """All records that the target is asked about, those of the views behind the others."""
    rows = asked_rows(plan.split)
    if plan.views is None or plan.target is None or plan.target.free_to_ask:
        return plan.data.x[rows]
    return np.concatenate([seen_data(plan, number).x[rows] for number in (0, *plan.views.numbers)])
