"""Columns that together hold one model's outputs, found by their names and matched to the labels."""

import re
from typing import Literal, NamedTuple

from miaudit.errors import UserError
from miaudit.evidence.io.names import PAIRS, SAYS, loose, stem_of
from miaudit.messages import listed, shortened
from miaudit.reading.hints import Form

Matching = Literal["documented", "name", "number", "order"]

NUMBER = re.compile(r"(.*?)(0|[1-9][0-9]{0,8})(\D*)")
DOCUMENTED = re.compile(r"p(0|[1-9][0-9]{0,8})")
WHOLE = re.compile(r"[+-]?\d+")
RANKS: dict[Form | None, int] = {"probabilities": 0, "percent": 0, None: 1, "log_probabilities": 2, "logits": 3}
UNKNOWN = 9  # rank of names of which only the class is understood


class Group(NamedTuple):
    """Columns of outputs, in the order of their classes."""

    columns: tuple[str, ...]
    classes: tuple[str, ...]
    codes: dict[str, int] | None  # text of a label -> class; None where labels are numbers from 0
    says: Form | None = None  # kind of numbers that the names suggest
    rank: int = 0  # lower is to be preferred
    known: bool = True  # is the text around the class's name a known one?
    whole: bool = True  # has every column a label's name?
    matching: Matching = "documented"  # how its columns were matched to the labels


def named(names: list[str], labels: list[str], label: str = "") -> list[Group]:
    """Groups in which every label has a column of its name, with the same text around it in all of them.

    Args:
        names: the names of the columns.
        labels: the classes.
        label: the column that holds the classes.

    Example:
        >>> [group.columns for group in named(["age", "prob_no", "prob_yes"], ["no", "yes"])]
        [('prob_no', 'prob_yes')]
    """
    if len(labels) < 2:
        return []
    exact = _around({name: name for name in names}, {text: text for text in labels}, label)
    loosened = {loose(name): name for name in names}
    short = {text: loose(text) for text in labels}
    unique = len(loosened) == len(names) and len(set(short.values())) == len(labels)
    return exact or (_around(loosened, short, label) if unique and all(short.values()) else [])


def _around(names: dict[str, str], labels: dict[str, str], label: str) -> list[Group]:
    """Find the groups for names and labels in some spelling (spelling -> name, label -> spelling)."""
    first = next(iter(labels.values()))
    places = dict.fromkeys(
        (name[: at.start()], name[at.end() :]) for name in names for at in re.finditer(re.escape(first), name)
    )
    found = []
    for before, after in places:
        columns = [names.get(f"{before}{spelled}{after}") for spelled in labels.values()]
        stem = stem_of(before, after, label)
        numbers = all(map(WHOLE.fullmatch, labels))
        if any(column is None for column in columns) or (numbers and stem and stem not in SAYS):
            continue
        rank = RANKS[SAYS.get(stem)] if stem in SAYS or not (before or after) else UNKNOWN
        taken = tuple(column for column in columns if column is not None)
        group = Group(taken, tuple(labels), {text: c for c, text in enumerate(labels)}, SAYS.get(stem), rank)
        found.append(_ordered(group, names, before, after))
    return found


def _ordered(group: Group, names: dict[str, str], before: str, after: str) -> Group:
    """The columns in the order of the file, those of classes that no record has among them."""
    classes = dict(zip(group.columns, group.classes, strict=True))
    whole = all(map(WHOLE.fullmatch, group.classes))
    others = {
        name: spelled[len(before) : len(spelled) - len(after)]
        for spelled, name in names.items()
        if spelled.startswith(before) and spelled.endswith(after) and len(spelled) > len(before) + len(after)
    }
    others = {name: middle for name, middle in others.items() if not whole or WHOLE.fullmatch(middle)}
    every = {
        name: classes.get(name, others.get(name, name)) for name in names.values() if name in {**classes, **others}
    }
    numbers = all(map(WHOLE.fullmatch, every.values()))
    columns = sorted(every, key=lambda name: int(every[name])) if numbers else list(every)
    codes = {every[name]: c for c, name in enumerate(columns)}
    return group._replace(
        columns=tuple(columns),
        classes=tuple(codes),
        codes=codes,
        known=bool(before or after) and group.rank < UNKNOWN,
        whole=len(columns) == len(group.columns),
        matching="name",
    )


def numbered(names: list[str], label: str = "") -> list[Group]:
    """Groups of columns that number the classes from 0 or 1, not yet matched to the labels in the column `label`."""
    families: dict[tuple[str, str], dict[int, str]] = {}
    for name in names:
        match = NUMBER.fullmatch(name)
        if match and (stem := stem_of(match[1], match[3], label)) in {*SAYS, ""} and (stem or not match[1] + match[3]):
            families.setdefault((match[1], match[3]), {})[int(match[2])] = name
    found = []
    for (before, after), family in families.items():
        first, count = min(family), len(family)
        if count > 1 and first in (0, 1) and sorted(family) == list(range(first, first + count)):
            says = SAYS.get(stem_of(before, after, label))
            columns = tuple(family[number] for number in sorted(family))
            classes = tuple(str(number) for number in sorted(family))
            found.append(Group(columns, classes, None, says, RANKS[says]))
    return found


def matched(group: Group, labels: list[str]) -> Group | None:
    """A numbered group with its classes matched to the labels; None where the labels leave it open."""
    count, numbers = len(group.columns), group.classes
    documented = all(map(DOCUMENTED.fullmatch, group.columns))
    if set(labels) <= set(numbers):
        if documented and numbers[0] == "0":
            return group
        return _coded(group, numbers, "name" if group.columns == numbers else "number")
    order = _order(labels, count)
    return None if order is None else _coded(group, order, "order")


def _order(labels: list[str], count: int) -> tuple[str, ...] | None:
    """The labels in the order in which columns would be numbered; None where more than one order is usual."""
    if len(labels) != count:
        return None
    if all(map(WHOLE.fullmatch, labels)):
        return tuple(sorted(labels, key=int))
    pair = next((pair for pair in PAIRS if set(pair) == {label.lower() for label in labels}), None)
    return None if pair is None else tuple(sorted(labels, key=lambda label: pair.index(label.lower())))


def _coded(group: Group, classes: tuple[str, ...], matching: Matching) -> Group:
    codes = {label: c for c, label in enumerate(classes)}
    return group._replace(classes=classes, codes=codes, matching=matching)


def single(names: list[str], labels: list[str]) -> list[Group]:
    """The one column of a binary model, on its positive class; raises UserError where that class is unclear."""
    if len(labels) > 2:
        return []
    found = []
    for name in names:
        of_class = [_of_class(name, label, labels) for label in labels if _names(name, label)]
        stem = stem_of(name.removesuffix("1"))
        found += of_class or ([_of_positive(name, labels, SAYS[stem])] if stem in SAYS else [])
    return found


def _names(name: str, label: str) -> bool:
    """Is it a known name of outputs with the class behind it?"""
    at = name.lower().rfind(label.lower())
    return at > 0 and stem_of(name[:at], name[at + len(label) :]) in SAYS


def _of_class(name: str, label: str, labels: list[str]) -> Group:
    at = name.lower().rfind(label.lower())
    says = SAYS[stem_of(name[:at], name[at + len(label) :])]
    other = next((text for text in labels if text != label), {"0": "1", "1": "0"}.get(label, f"not {label}"))
    return _binary(name, (other, label), says)


def _of_positive(name: str, labels: list[str], says: Form | None) -> Group:
    lower = {label.lower() for label in labels}
    pair = next((pair for pair in PAIRS if lower <= set(pair)), None)
    order = None if pair is None else tuple(next((own for own in labels if own.lower() == text), text) for text in pair)
    if order is None:
        raise UserError(
            f"expected labels 0 and 1 beside the one column {name!r}, the probability of class 1, got "
            f"{some(labels)}; say of which class it is by --probabilities '{name}={labels[-1]}', or write a column of "
            "probabilities for each class, p0, p1, ..."
        )
    return _binary(name, order, says)


def _binary(name: str, classes: tuple[str, ...], says: Form | None) -> Group:
    return Group((name,), classes, {classes[0]: 0, classes[1]: 1}, says, RANKS[says])


def some(labels: list[str]) -> str:
    """The first few labels, for a message."""
    return listed([shortened(label) for label in labels[:4]]) + (", ..." if len(labels) > 4 else "")
