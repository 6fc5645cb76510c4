"""Reads files of predictions: the table, the meaning of its columns, and the panels that it holds."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

from miaudit.errors import UserError
from miaudit.evidence.io.assemble import assemble
from miaudit.evidence.io.interpret import understand
from miaudit.evidence.io.opened import Note, Opened
from miaudit.evidence.io.pair import FILE, read_one, read_two
from miaudit.evidence.io.source import OpenFile
from miaudit.evidence.io.table import Tabled, panels_of
from miaudit.evidence.io.understood import Understood
from miaudit.fingerprint import fingerprint
from miaudit.messages import printable
from miaudit.reading.columns import Columns
from miaudit.reading.hints import ARRAY, NO_HINTS, Hints
from miaudit.reading.numpy_file import read_numpy
from miaudit.reading.path import about
from miaudit.reading.suffixes import TABLES, UNREAD, sheet_of, suffix_of


class Predicted(NamedTuple):
    """Panels, unchecked, and how the columns were understood."""

    tabled: Tabled
    understood: Understood
    where: str  # what messages call the file, or the two


def open_predictions(path: Path, note: Note, hints: Hints, nonmembers: Path | None = None) -> Opened:
    """Read and check the predictions in one table, or in two.

    Args:
        path: the file; that of the members' predictions, if there is a second one.
        note: called with a sentence on each way in which a table differs from the documented form.
        hints: what the user says about the columns.
        nonmembers: the predictions on non-members.

    Raises:
        UserError: a file cannot be read, its columns cannot be understood for sure, or something in them is wrong.

    Example:
        >>> open_predictions(Path("p.csv"), print, Hints()).further  # doctest: +SKIP
        {'age': array([31, 52])}
    """
    files = [path] if nonmembers is None else [path, nonmembers]
    for file in files:
        if suffix_of(file) not in (*TABLES, *UNREAD):
            listed = f".safetensors, {', '.join(TABLES)}"
            raise UserError(f"{file}: expected a file {listed}, got {file.suffix or 'no suffix'}")
    sheets = [sheet_of(file) for file in files]
    sources = [OpenFile(sheet.path) for sheet in sheets]
    (drafts, names, further), understood, where = read_predictions(path, hints, nonmembers)
    with about(where):
        for sentence in understood.told:
            note(printable(sentence))
        digests = [source.digest() for source in sources]
        for source in sources:
            source.check_place()
        loaded = assemble(drafts)
    loaded = loaded if names is None else loaded._replace(ids=names)
    # The same file is other evidence where another sheet is read, or its columns in another way.
    named = [sheet.name for sheet in sheets if sheet.name is not None]
    plain = hints == NO_HINTS and nonmembers is None and not named
    digest = digests[0] if plain else fingerprint([*digests, *named], asdict(hints))
    class_names = understood.classes if understood.names_classes else ()
    return Opened(loaded, digest, understood=understood, further=further, class_names=class_names)


def read_predictions(path: Path, hints: Hints, nonmembers: Path | None = None) -> Predicted:
    """The predictions in one file, or in two.

    Args:
        path: of all predictions; of those on members, where there is a second file.
        hints: what the user says about the columns.
        nonmembers: of the predictions on non-members.

    Raises:
        UserError: a file cannot be read, or its columns cannot be understood for sure.

    Example:
        >>> read_predictions(Path("train.csv"), Hints(), Path("test.csv")).understood.classes  # doctest: +SKIP
        ('no', 'yes')
    """
    if nonmembers is not None and hints.member is not None:
        raise UserError("expected two files or --member, got both: the files tell which records are members")
    columns, where = read_one(path) if nonmembers is None else read_two(path, nonmembers, hints.ids)
    with about(where):
        columns, hints = _with_arrays(columns, hints)
        hints = hints if nonmembers is None else replace(hints, member=FILE)
        columns, understood = understand(columns, hints)
        return Predicted(panels_of(columns, understood), understood, where)


def _with_arrays(columns: Columns, hints: Hints) -> tuple[Columns, Hints]:
    """The columns with those that options give as files of arrays, and the options with their names."""
    for option, given in _arrays(hints):
        name = given.stem if given.stem not in columns.arrays else str(given)
        array = read_numpy(given, f"an array for --{option}")
        if array.rows != columns.rows or len(array.names) != 1:
            raise UserError(
                f"--{option} {given}: expected one value for each of the {columns.rows:,} records, got {array.rows:,} "
                f"rows of {len(array.names):,}"
            )
        columns = replace(columns, arrays={**columns.arrays, name: array.arrays[array.names[0]]})
        hints = replace(hints, label=name) if option == "label" else replace(hints, member=name)
    return columns, hints


def _arrays(hints: Hints) -> Iterator[tuple[str, Path]]:
    given = {"label": hints.label, "member": hints.member}
    yield from ((option, Path(said)) for option, said in given.items() if said is not None and said.endswith(ARRAY))
