"""Finds how views of records are made."""

from miaudit.errors import UserError
from miaudit.views.base import MOST, Given, Maker, Views
from miaudit.views.growing import GrowingNoise
from miaudit.views.images import Images
from miaudit.views.numbers import Numbers
from miaudit.views.tables import Cells

KINDS: tuple[type[Maker], ...] = (Images, Numbers, Cells)
FOR_LABELS: tuple[type[Maker], ...] = (GrowingNoise, *KINDS)


def maker_of(given: Given) -> Maker | None:
    """How views of these records are made; None for records such as texts, of which no small change is known."""
    kinds = FOR_LABELS if given.labels_only else KINDS
    return next((maker for kind in kinds if (maker := kind.of(given)) is not None), None)


def views_of(given: Given, count: int) -> Views | None:
    """So many views of these records; None for 0.

    Raises:
        UserError: no views of such records can be made, or not so many.
    """
    if not count:
        return None
    maker = maker_of(given)
    if maker is None:
        raise UserError(
            "views are made of images, of arrays of numbers and of tables. No small change is known for texts, sparse "
            "matrices and several inputs: leave `views` out"
        )
    most = min(maker.most, MOST)
    if count > most:
        raise UserError(f"expected at most {most} views of each record ({maker.words}), got {count}")
    return Views(maker, count)
