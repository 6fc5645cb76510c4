import pytest

from miaudit.maths.blocks import CELLS, FEWEST, blocks


@pytest.mark.parametrize("columns", [0, 1, FEWEST, 1000])
@pytest.mark.parametrize("rows", [0, 1, 63, CELLS, 10 * CELLS])
def test_blocks_cover_every_column_once_and_are_small(columns: int, rows: int) -> None:
    found = list(blocks(columns, rows))
    assert [place for part in found for place in range(columns)[part]] == list(range(columns))
    assert all(part.stop <= columns for part in found)
    assert all((part.stop - part.start) * rows <= max(CELLS, FEWEST * rows) for part in found)
