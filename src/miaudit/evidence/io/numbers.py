"""Finds the column with one number per record, a loss or a score, of a model that is no classifier."""

from collections.abc import Sequence

from miaudit.errors import UserError
from miaudit.evidence.io.flags import reads_as_flags
from miaudit.evidence.io.groups import DOCUMENTED, Group, named
from miaudit.evidence.io.likeliest import top_of
from miaudit.evidence.io.names import MEMBERS, OTHERS, PREDICTED, SAYS, labels_in, plain
from miaudit.evidence.io.outs import Outs
from miaudit.evidence.io.pair import names_in
from miaudit.messages import listed
from miaudit.reading.columns import Columns
from miaudit.reading.hints import Form, Hints

NAMES: dict[Form, tuple[str, ...]] = {
    "loss": ("loss", "losses", "nll", "negative_log_likelihood", "cross_entropy", "log_loss"),
    "score": ("score",),
}


def number_in(columns: Columns, hints: Hints, label: str | None, free: Sequence[str]) -> Outs | None:
    """The loss or the score of each record; None where the table holds outputs of classes.

    The user says so by `--outputs loss` or `--outputs score`. Otherwise a column `loss`, or `score` in a table without
    labels, is one if the table has no other outputs: beside labels, `score` is the probability of the second class.

    Args:
        columns: of the table.
        hints: what the user says.
        label: a column that may hold the true classes; None where there is none.
        free: columns that are known to be nothing else, such as the membership or outputs of reference models.

    Raises:
        UserError: the user asks for a loss or a score, and no column or several ones could hold it.
    """
    if hints.outputs in NAMES:
        return _asked(columns, hints, hints.outputs)
    forms: list[Form] = ["loss", "score"] if label is None else ["loss"]
    if hints.outputs is not None or hints.probabilities or _others(columns, label):
        return None
    found = {form: _named(columns, form) for form in forms}
    given = {form: names for form, names in found.items() if names}
    if sum(map(len, given.values())) > 1:
        names = [name for of_form in given.values() for name in of_form]
        raise UserError(
            f"the columns {listed(names)} could each tell how well the model fits: name one by --probabilities COLUMN "
            "with --outputs loss or --outputs score"
        )
    if label is None and "score" in given:
        _refuse_probability(columns, given["score"][0], free)
    return next((_outs(names[0], form) for form, names in given.items()), None)


def _refuse_probability(columns: Columns, name: str, free: Sequence[str]) -> None:
    """Raise UserError where a column `score` may as well be the probability of a class that another column holds."""
    scores = columns.numbers(name)
    classes = [other for other in free if other != name and _may_be_classes(columns, other)]
    if classes and ((scores >= 0) & (scores <= 1)).all():
        raise UserError(
            f"column {name!r} may hold the probability of a class, or a score of a model that is no classifier: name "
            f"the column of the true class by --label ({listed(classes)}?), or say --outputs score"
        )


def _may_be_classes(columns: Columns, name: str) -> bool:
    """Has the column two values, and is it none that says which records are members?"""
    if plain(name) in MEMBERS | OTHERS or reads_as_flags(columns, name, only_parts=True):
        return False
    return len({text for text in columns.texts(name).tolist() if text is not None}) == 2


def _others(columns: Columns, label: str | None) -> bool:
    """Are there columns that look like outputs of classes?"""
    names = [name for name in columns.names if name != label]
    if any(DOCUMENTED.fullmatch(name) for name in names) or top_of(names):
        return True
    if label is None:
        return any(SAYS.get(plain(name)) for name in names)
    stems = {plain(name) for name in names} | {plain(name.rstrip("01")) for name in names}
    return bool(stems & (PREDICTED | set(SAYS)) or named(names, labels_in(columns, label), label))


def _asked(columns: Columns, hints: Hints, form: Form) -> Outs:
    names = list(hints.output_classes) or _named(columns, form)
    if len(names) != 1:
        raise UserError(
            f"--outputs {form}: expected one column of it, got {listed(names) or 'none'} among "
            f"{names_in(columns)}; name it by --probabilities COLUMN"
        )
    return _outs(names[0], form)


def _named(columns: Columns, form: Form) -> list[str]:
    return [name for name in columns.names if plain(name) in NAMES[form]]


def _outs(name: str, form: Form) -> Outs:
    better = "lower" if form == "loss" else "higher"
    told = () if name == form else (f"Column {name!r} holds a {form} for each record: {better} fits better.",)
    return Outs(Group((name,), (), None), form, told)
