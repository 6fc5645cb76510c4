"""Finds out what the columns of a table mean: as documented, or as programs of all kinds write them.

Nothing is guessed: a column that could be taken in two ways raises an error that names the option which settles it, and
every reading other than the documented one is reported in a sentence.
"""

import re
from dataclasses import replace

from miaudit.errors import UserError
from miaudit.evidence.io.candidates import Candidates
from miaudit.evidence.io.find_outputs import outputs_in
from miaudit.evidence.io.flags import reads_as_flags, words_told
from miaudit.evidence.io.groups import WHOLE, named
from miaudit.evidence.io.names import IDS, LABELS, MEMBERS, OTHERS, PREDICTED, ROW_NAMES, SAYS, labels_in, loose, plain
from miaudit.evidence.io.numbers import number_in
from miaudit.evidence.io.outs import Outs
from miaudit.evidence.io.pair import FILE, given_in, names_in
from miaudit.evidence.io.reference_columns import REFERENCE, reference_columns
from miaudit.evidence.io.understood import Understood
from miaudit.messages import did_you_mean, listed, shortened
from miaudit.reading.columns import Columns
from miaudit.reading.hints import Hints

PANEL = "panel"
MENTION = re.compile(r"\((.+)=|^[Pp]rediction ?\((.+)\)$")  # of the label's column, in the name of another one
MOST_CLASSES = 1000  # different values of a column that is found to be the label by them


def understand(columns: Columns, hints: Hints) -> tuple[Columns, Understood]:
    """The role of every column, and the columns without a first one that only names the rows.

    Args:
        columns: the columns of the table, with lists spread over several columns.
        hints: the user's hints.

    Raises:
        UserError: a column has no role that it needs to have, or could have two.
    """
    _check_named(columns, hints)
    columns = without_row_names(columns, hints)
    member = _member(columns, hints)
    labels = _labels(columns, hints, member)
    taken = {member, hints.ids, PANEL, "id"}
    label = labels[0] if labels else None
    free = [name for name in columns.names if name not in taken and not REFERENCE.fullmatch(name)]
    outs = number_in(columns, hints, label, free)
    if outs is None:
        label = _label(columns, labels)
        taken |= {label}
        outs = outputs_in(
            Candidates(columns, [name for name in free if name != label], label, labels_in(columns, label), hints)
        )
    references = reference_columns(columns, outs.group.columns)
    used = {*taken, *outs.used, *(name for reference in references for name in reference)}
    used |= {f"ref{r}_in" for r in range(len(references))}
    ids = _ids(columns, hints, used)
    found = Understood(
        label=label,
        columns=outs.group.columns,
        classes=outs.group.classes,
        form=outs.form,
        codes=outs.group.codes,
        ranked=outs.ranked,
        references=references,
        member=member,
        member_value=hints.member_values[1],
        ids=ids,
        kept=tuple(name for name in columns.names if name not in {*used, ids}),
    )
    return columns, replace(found, told=_told(columns, found, outs))


def without_row_names(columns: Columns, hints: Hints) -> Columns:
    """The columns without a first one that numbers or names the rows, as R and pandas write it."""
    first = columns.names[0] if columns.names else None
    if first is None or first not in ROW_NAMES or first in (hints.ids, hints.label):
        return _without_unnamed(columns)
    texts = columns.texts(first)
    is_class = first == "X" and any(
        "X" in columns.texts(name).tolist() for name in columns.names if plain(name) in LABELS
    )
    if len(set(texts)) < len(texts) or is_class:
        return _without_unnamed(columns)  # no names of rows: it is kept, or is a class
    return columns.without(first, f"The first column, {first!r}, holds names of the rows, as R and pandas write them.")


def _without_unnamed(columns: Columns) -> Columns:
    return columns.without("", "A column without a name was left out.") if "" in columns.arrays else columns


def _check_named(columns: Columns, hints: Hints) -> None:
    """Raise UserError where an option names a column that is not there."""
    asked = {"--label": hints.label, "--member": hints.member_values[0], "--ids": hints.ids}
    named_by = [(option, name) for option, name in asked.items() if name is not None]
    named_by += [("--probabilities", name) for name in hints.output_classes]
    for option, name in named_by:
        if name not in columns.arrays:
            raise UserError(f"{option}: there is no column {shortened(name)}: {did_you_mean(name, given_in(columns))}")


def _member(columns: Columns, hints: Hints) -> str | None:
    if hints.member is not None:
        return hints.member_values[0]
    if "member" in columns.arrays:
        return "member"
    names = [name for name in columns.names if plain(name) in MEMBERS | OTHERS and name != hints.label]
    found = [name for name in names if reads_as_flags(columns, name)]
    if len(found) > 1:
        raise UserError(
            f"the columns {listed(found)} could each tell which records are members: name one by --member COLUMN"
        )
    return found[0] if found else _member_by_words(columns, hints)


def _member_by_words(columns: Columns, hints: Hints) -> str | None:
    """The only column whose words are such as `train` and `test`."""
    found = [name for name in columns.names if name != hints.label and reads_as_flags(columns, name, only_parts=True)]
    return found[0] if len(found) == 1 else None


def _labels(columns: Columns, hints: Hints, member: str | None) -> list[str]:
    """The columns that could be the true class."""
    if hints.label is not None:
        return [hints.label]
    if "label" in columns.arrays:
        return ["label"]
    found = [name for name in columns.names if plain(name) in LABELS and name != member]
    return found or _named_by_outputs(columns) or _label_by_values(columns, member)


def _label(columns: Columns, found: list[str]) -> str:
    if len(found) > 1:
        raise UserError(f"the columns {listed(found)} could each be the true class: name one by --label COLUMN")
    if not found:
        raise UserError(
            f"expected a column 'label' with the true classes, got {names_in(columns)}; name it by --label COLUMN, "
            "or, if the model is no classifier, give a column of losses or scores by --outputs loss or --outputs score"
        )
    return found[0]


def _named_by_outputs(columns: Columns) -> list[str]:
    """The column that the names of outputs mention, such as P (Iris=setosa) and prediction(Iris)."""
    mentioned = {match[1] or match[2] for name in columns.names if (match := MENTION.search(name))}
    return [name for name in columns.names if name in mentioned]


def _label_by_values(columns: Columns, member: str | None) -> list[str]:
    """The columns of text whose values are classes that columns of outputs are named after."""
    found, every = [], "\n".join(map(loose, columns.names))
    for name in columns.names:
        if name == member or plain(name) in {*PREDICTED, *SAYS} or not columns.is_text(name):
            continue
        if (values := labels_in(columns, name)) and all(map(WHOLE.fullmatch, values)):
            continue  # numbers are the classes of too many columns
        if not 2 <= len(values) <= MOST_CLASSES or loose(values[0]) not in every:
            continue
        others = [other for other in columns.names if other != name]
        if any(group.rank <= 3 for group in named(others, values, name)):
            found.append(name)
    return found


def _ids(columns: Columns, hints: Hints, used: set[str | None]) -> str | None:
    """The column that names the records: `id`, the one that the user names, or the only one of a usual name."""
    if hints.ids is not None:
        return hints.ids
    if "id" in columns.arrays or PANEL in columns.arrays:
        return "id" if "id" in columns.arrays else None
    usual = [name for name in columns.names if name not in used and (plain(name) in IDS or plain(name).endswith("_id"))]
    found = [name for name in usual if _tells_apart(columns, name)]
    return found[0] if len(found) == 1 else None


def _tells_apart(columns: Columns, name: str) -> bool:
    if columns.blanks(name):
        return False
    try:
        texts = columns.texts(name)
    except UserError:  # lists, or bytes
        return False
    return len(set(texts.tolist())) == len(texts)


def _told(columns: Columns, found: Understood, outs: Outs) -> tuple[str, ...]:
    """At most four lines: the outputs; label and membership; other columns; how the file is written."""
    label = [] if found.label in (None, "label") else [f"Column {found.label!r} holds the true class."]
    marked = "non-members" if found.member_value is None and plain(found.member or "") in OTHERS else "members"
    member = [] if found.member in (None, "member", FILE) else [f"Column {found.member!r} marks the {marked}."]
    if found.member is not None and found.member_value is not None:
        member = [f"Members have {found.member_value!r} in column {found.member!r}, all others are non-members."]
    elif found.member is not None:
        member += words_told(columns, found.member)
    ids = [] if found.ids in (None, "id") else [f"Column {found.ids!r} identifies the records."]
    kept = [f"Kept with the records: {listed(found.kept)}."] if found.kept else []
    lines = (outs.told, [*label, *member], [*ids, *kept], columns.told)
    return tuple(" ".join(line) for line in lines if line)
