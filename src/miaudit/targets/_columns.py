"""Names of columns that a model was trained on."""

from collections.abc import Iterable

LIGHTGBM, CATBOOST = "Column_", ""  # what these libraries write before the places of the columns of an array


def own_names(names: Iterable[object], numbered: str) -> tuple[str, ...]:
    """The names as text; none where a library only numbered the columns of an array.

    Args:
        names: as the model has them.
        numbered: what the library writes before the numbers, which count from 0.

    >>> own_names(["age", "pay"], LIGHTGBM), own_names(["Column_0", "Column_1"], LIGHTGBM)
    (('age', 'pay'), ())
    """
    known = tuple(map(str, names))
    return () if known == tuple(f"{numbered}{place}" for place in range(len(known))) else known
