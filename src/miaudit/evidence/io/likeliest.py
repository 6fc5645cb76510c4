"""Reads tables in which the model names its likeliest classes, with or without confidences."""

import re

import numpy as np

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.evidence.io.candidates import Candidates
from miaudit.evidence.io.groups import WHOLE, Group
from miaudit.evidence.io.names import CONFIDENCES, class_text, plain
from miaudit.evidence.io.outs import Outs
from miaudit.evidence.io.understood import Ranked
from miaudit.messages import listed
from miaudit.reading.hints import Form

TOP = re.compile(r"top_?([1-9][0-9]?)_(class|label|pred|name|prediction|prob|score|confidence|probability|conf|p)")
OF_CLASS = ("class", "label", "pred", "name", "prediction")


def likeliest(among: Candidates) -> Outs:
    """The columns of the likeliest classes and their confidences, or of the predicted class alone.

    Raises:
        UserError: there are none, or several columns could be either.
    """
    pairs = top_of(among.free) or _first(among)
    texts = [class_text(text) for name, _ in pairs for text in among.columns.texts(name).tolist() if text is not None]
    every = list(dict.fromkeys((*among.labels, *texts)))
    classes = tuple(sorted(every, key=int) if all(map(WHOLE.fullmatch, every)) else sorted(every))
    if len(classes) < 2:
        raise UserError(f"expected two classes or more in the labels and predictions, got {listed(classes)}")
    group = Group((), classes, {text: c for c, text in enumerate(classes)})
    if pairs[0][1] is None:
        told = f"Column {pairs[0][0]!r} holds the predicted class alone, which is read as a probability of 1."
        return Outs(group, "labels", (told,), pairs)
    told = (
        f"Columns {listed([name for pair in pairs for name in pair if name])} hold the likeliest classes and their "
        "probabilities; what is left of 1 is spread evenly over the other classes."
    )
    return Outs(group, among.hints.outputs or _scale(among, pairs), (told,), pairs)


def top_of(free: list[str]) -> Ranked:
    """Columns such as `top1_class` and `top1_prob`; empty where there are none.

    >>> top_of(["top1_class", "top1_prob", "age"])
    (('top1_class', 'top1_prob'),)
    """
    places: dict[int, dict[bool, str]] = {}
    for name in free:
        if match := TOP.fullmatch(plain(name)):
            places.setdefault(int(match[1]), {})[match[2] in OF_CLASS] = name
    complete = [places[rank] for rank in sorted(places) if len(places[rank]) == 2]
    return tuple((place[True], place[False]) for place in complete)


def is_of_predicted(among: Candidates) -> bool:
    """Is the one column of a binary model that of the predicted class? Else it is that of the positive class.

    The probability of the predicted one of two classes is never below a half, and that of the positive class is
    where the other one is predicted.

    Raises:
        UserError: the column could be either.
    """
    if len(among.predicted) != 1 or len(among.confidences) != 1:
        return False
    name = among.confidences[0]
    values = among.columns.numbers(name)
    half = 50.0 if values.size and np.nanmax(values) > 1 else 0.5
    by_name = plain(name) in CONFIDENCES
    both = len(set(among.columns.texts(among.predicted[0]).tolist())) > 1
    above = bool((values >= half).all())
    if (above and not (by_name or both)) or (by_name and not above):
        raise UserError(
            f"column {name!r} could be the probability of the predicted class or that of one class: say which by "
            f"--probabilities '{name}=CLASS', or by --outputs labels leave it aside"
        )
    return above


def _scale(among: Candidates, pairs: Ranked) -> Form:
    values: Floats = np.stack([among.columns.numbers(name) for _, name in pairs if name is not None], axis=1)
    return "percent" if values.size and np.nanmax(values) > 1 and np.nanmin(values) >= 0 else "probabilities"


def _first(among: Candidates) -> Ranked:
    """The predicted class, with its confidence where there is one."""
    if not among.predicted:
        raise UserError(f"expected a column with the predicted class, such as 'predicted', got {listed(among.free)}")
    if len(among.predicted) > 1:
        raise UserError(f"the columns {listed(among.predicted)} could each be the predicted class: leave one of them")
    alone = among.hints.outputs == "labels" or not among.confidences
    if len(among.confidences) > 1 and not alone:
        raise UserError(
            f"the columns {listed(among.confidences)} could each be the probability of the predicted class: say "
            "--outputs labels to read the predicted class alone, or name all outputs by --probabilities"
        )
    return ((among.predicted[0], None if alone else among.confidences[0]),)
