"""Views of tables with text: cells of other records, missing values included."""

import numpy as np
import pandas as pd
import pytest

from miaudit.errors import UserError
from miaudit.features.table import Table
from miaudit.features.texts import Texts
from miaudit.views.base import Given, Viewed
from miaudit.views.search import views_of

N = 60
FRAME = pd.DataFrame(
    {
        "town": np.array([f"town {i}" for i in range(N)], dtype=object),
        "age": np.arange(N),
        "kind": pd.Categorical([f"k{i % 4}" for i in range(N)]),
    }
)
FRAME.loc[5, "town"] = None
TABLE = Table.of("members", FRAME, np.float64)


def seen(number: int, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pd.DataFrame:
    views = views_of(Given(TABLE, (), 0), 4)
    assert views is not None
    view = views.seen(TABLE, number)
    assert isinstance(view, Viewed)
    assert view.shape == TABLE.shape
    assert len(view) == N
    return view[rows].native


def test_some_cells_take_the_value_of_another_record() -> None:
    found = seen(1, np.arange(N))
    assert (found.dtypes == FRAME.dtypes).all()
    changed = (found.astype(str) != FRAME.astype(str)).to_numpy()
    assert changed.any()
    assert changed.mean() < 0.6
    for column in FRAME:
        assert set(found[column].astype(str)) <= set(FRAME[column].astype(str))


def test_a_view_of_a_row_does_not_depend_on_the_others() -> None:
    rows = np.array([9, 5, 30])
    alone = seen(2, rows).reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, seen(2, np.arange(N)).iloc[rows].reset_index(drop=True))


def test_texts_have_no_views() -> None:
    texts = Texts.of("members", ["a text", "another"], np.float64)
    with pytest.raises(UserError, match="No small change is known for texts"):
        views_of(Given(texts, (), 0), 2)
    assert views_of(Given(texts, (), 0), 0) is None
