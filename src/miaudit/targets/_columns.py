"""Checks the columns of records against those that a model was trained on."""

from collections.abc import Iterable

from miaudit.errors import UserError


def check_columns(given: tuple[str, ...], trained: Iterable[object], kept: str) -> None:
    """Raise UserError where the records have the columns that a model was trained on, in another order.

    Args:
        given: names of the records' columns; empty where they have none.
        trained: names of the columns that the model was trained on; none where it does not tell.
        kept: how a user finds these, such as "target.feature_names_in_".
    """
    names = tuple(str(name) for name in trained)
    if given != names and sorted(given) == sorted(names):
        raise UserError(
            f"the records have the columns that the classifier was fitted on, in another order: select them by {kept}"
        )
