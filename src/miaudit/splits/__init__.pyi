"""The names of this package, for type checkers and editors; written by `make pages`."""

from miaudit.splits.base import ShadowRole as ShadowRole
from miaudit.splits.base import Split as Split
from miaudit.splits.base import Splitter as Splitter
from miaudit.splits.base import no_rows as no_rows
from miaudit.splits.pool import Pool as Pool
from miaudit.splits.six_way import SixWay as SixWay
