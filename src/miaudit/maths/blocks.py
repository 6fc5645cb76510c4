"""Cuts long arrays into parts that stay in the processor's cache."""

from collections.abc import Iterator

CELLS = 1 << 16  # numbers in a part: 512 KiB of doubles
FEWEST = 16  # columns of a part, however many rows there are


def blocks(columns: int, rows: int) -> Iterator[slice]:
    """Yield slices of the columns of an array with so many rows, each of about CELLS numbers.

    >>> list(blocks(columns=100_000, rows=1))
    [slice(0, 65536, None), slice(65536, 100000, None)]
    """
    step = max(FEWEST, CELLS // max(rows, 1))
    return (slice(start, min(start + step, columns)) for start in range(0, columns, step))
