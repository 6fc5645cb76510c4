"""The predictions of two made-up models, which the files of the acceptance test hold in many shapes."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expit, log_expit, log_softmax, softmax

from miaudit.reading.hints import Hints

N = 80
CLASSES = ("setosa", "versicolor", "virginica")
RNG = np.random.default_rng(14)
Y = RNG.permutation(np.arange(N) % 3)  # three classes
MEMBER = RNG.permutation(np.arange(N) % 2)
LOGITS = RNG.normal(size=(N, 3)) + 2.5 * np.eye(3)[Y] * (0.5 + MEMBER)[:, None]
P = softmax(LOGITS, axis=1)
YES = Y % 2  # two classes
MARGIN = RNG.normal(size=N) + 2 * (2 * YES - 1) * (0.5 + MEMBER)
Q = expit(MARGIN)  # the probability of yes
NAMES = [CLASSES[y] for y in Y]
NO_YES = [("no", "yes")[y] for y in YES]
TRAIN_TEST = [("test", "train")[m] for m in MEMBER]
AGE = [20 + i % 50 for i in range(N)]
LOSS3 = log_softmax(LOGITS, axis=1)[np.arange(N), Y]
LOSS2 = np.where(YES == 1, log_expit(MARGIN), log_expit(-MARGIN))
TRUE = [bool(m) for m in MEMBER]
PS = {f"p{c}": P[:, c] for c in range(3)}
NAMED = dict(zip(CLASSES, P.T, strict=True))
PLAIN: dict[str, Any] = {"label": Y, "member": MEMBER, **PS}
PREDICTED = [CLASSES[c] for c in P.argmax(axis=1)]
ROWS = [str(i + 1) for i in range(N)]
TRUE_P = P[np.arange(N), Y]
TOP = P.max(axis=1)
LOSS_TOP = np.log(np.where(P.argmax(axis=1) == Y, TOP, (1 - TOP) / 2))
# A class alone counts as a probability of 1; the floor below it is a quarter.
LOSS_LABELS = np.log(np.where(P.argmax(axis=1) == Y, 0.75, 0.25))

Column = Any  # a list or an array of N values
Table = dict[str, Column]
Values = npt.NDArray[np.float64]


class Written(NamedTuple):
    """Files of one variant, and what the user has to say."""

    path: Path
    nonmembers: Path | None = None
    hints: Hints = Hints()
    options: str = ""  # the same on the command line


class Variant(NamedTuple):
    """A file of predictions as people have it."""

    name: str
    how: str  # how people get it
    write: Callable[[Path], Written]
    loss: Values = LOSS3  # (N,) that the attack `loss` finds, in the order of the rows
    error: Values | float = 1e-6  # by how much it may differ
    flag: str = ""  # the option without which the file is refused


def text_of(
    table: Table,
    delimiter: str = ",",
    decimal: str = ".",
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL,
    header: bool = True,
) -> str:
    """A table as CSV, numbers with all their digits."""
    out = io.StringIO()
    write = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    if header:
        write.writerow(table)
    write.writerows([[cell(value, decimal) for value in row] for row in zip(*table.values(), strict=True)])
    return out.getvalue()


def cell(value: Any, decimal: str = ".") -> Any:
    """A value as it stands in a CSV file."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).upper()
    if isinstance(value, float | np.floating):
        return repr(float(value)).replace(".", decimal)
    return value


def text(name: str, content: str | bytes, **said: Any) -> Callable[[Path], Written]:
    """Writes one file."""

    def write(folder: Path) -> Written:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return written(path, **said)

    return write


def written(path: Path, nonmembers: Path | None = None, **said: Any) -> Written:
    """The files with what the user says, as hints and as options."""
    words = {name: ",".join(value) if isinstance(value, tuple) else value for name, value in said.items()}
    return Written(path, nonmembers, Hints(**said), " ".join(f"--{name} '{value}'" for name, value in words.items()))


def split(table: Table) -> tuple[Table, Table]:
    """The rows of members, and those of non-members."""
    return rows(table, MEMBER == 1), rows(table, MEMBER == 0)


def rows(table: Table, mask: npt.NDArray[np.bool_]) -> Table:
    """Some rows."""
    return {name: [value for value, kept in zip(column, mask, strict=True) if kept] for name, column in table.items()}


def two(name: str, content: Callable[[Table], bytes], table: Table) -> Callable[[Path], Written]:
    """Writes two files, of members and of non-members."""

    def write(folder: Path) -> Written:
        paths = [folder / f"train{name}", folder / f"test{name}"]
        for path, part in zip(paths, split(table), strict=True):
            path.write_bytes(content(part))
        return Written(paths[0], paths[1])

    return write


def halves(loss: Values) -> Values:
    """The losses of members, then those of non-members."""
    return np.concatenate([loss[MEMBER == 1], loss[MEMBER == 0]])


def rounded(p: Values, digits: int) -> Values:
    """By how much log p may change if p is rounded."""
    return 0.5 * 10.0**-digits / np.maximum(p - 10.0**-digits, 1e-12) + 1e-9


def lines(table: Table) -> str:
    """One JSON record a line."""
    records = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    return "\n".join(json.dumps(record, default=plain) for record in records) + "\n"


def plain(value: Any) -> Any:
    """NumPy's values as JSON knows them."""
    return value.tolist()


def packed(content: str) -> bytes:
    """By gzip."""
    return gzip.compress(content.encode(), mtime=0)
