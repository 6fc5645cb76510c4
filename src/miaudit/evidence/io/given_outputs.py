"""Reads the columns of outputs that the user names by `--probabilities`."""

from miaudit.errors import UserError
from miaudit.evidence.io.groups import Group, matched, named, some
from miaudit.messages import listed
from miaudit.reading.hints import Hints


def given_outputs(hints: Hints, labels: list[str]) -> Group:
    """The columns with their classes, which are named with them or follow from the labels; else raises UserError.

    >>> given_outputs(Hints(probabilities=("a=cat", "b=dog")), ["cat", "dog"]).codes
    {'cat': 0, 'dog': 1}
    """
    given = hints.output_classes
    names, classes = tuple(given), tuple(text for text in given.values() if text is not None)
    if len(names) == 1:
        return _of_one(names[0], given[names[0]], labels)
    if len(classes) < len(names):
        return _by_labels(names, labels)
    if not set(labels) <= set(classes):
        raise UserError(f"--probabilities: expected the classes {some(labels)} of the labels, got {listed(classes)}")
    return Group(names, classes, {text: c for c, text in enumerate(classes)})


def _of_one(name: str, positive: str | None, labels: list[str]) -> Group:
    positive = positive or ("1" if set(labels) <= {"0", "1"} else None)
    if positive is None or len({*labels, positive}) > 2:
        raise UserError(
            f"--probabilities: expected the class of the one column {name!r} as {name}=CLASS, with two classes in all, "
            f"got labels {some(labels)}"
        )
    other = next((label for label in labels if label != positive), f"not {positive}")
    return Group((name,), (other, positive), {other: 0, positive: 1})


def _by_labels(names: tuple[str, ...], labels: list[str]) -> Group:
    numbers = Group(names, tuple(str(c) for c in range(len(names))), None)
    by_name = (one for one in named(list(names), labels) if set(one.columns) == set(names))
    found = matched(numbers, labels) or next(by_name, None)
    if found is None:
        raise UserError(
            f"--probabilities: expected COLUMN=CLASS for each column, since the labels {some(labels)} do not tell "
            "which column is of which class"
        )
    return found
