"""Small tables give what the large ones gave, and read no more than they have to."""

import numpy as np
import pytest

from miaudit.arrays import Floats
from miaudit.evidence import Panel
from miaudit.evidence.compact import Compact
from worlds import gaussian_world

SIGNALS = ("loss", "scaled_logit", "correct", "posteriors")


def panels() -> list[Panel]:
    evidence = gaussian_world(np.random.default_rng(0), n=60, shadows=3, form="pool").evidence
    return [evidence.shadows[0].select(np.array([7, 3, 50])), evidence.shadows[2].select(np.array([50, 8]))]


@pytest.mark.parametrize("most", [0.0, 1e9])
def test_signals_are_those_of_the_large_tables(most: float) -> None:
    before = panels()
    compact = Compact(before, most)
    after = [panel.changed(compact.view) for panel in before]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(new.labels, old.labels)
        for name in SIGNALS:
            np.testing.assert_array_equal(new.target(name), old.target(name))
            np.testing.assert_array_equal(new.references(name), old.references(name))


def test_a_shared_table_stays_shared_and_holds_the_records_of_both() -> None:
    before = panels()
    compact = Compact(before)
    tables = {id(table): table for panel in before for table in panel.changed(compact.view).tables()}
    (table,) = tables.values()
    assert len(table.labels) == 4  # 3, 7, 8, 50
    first: Floats = table.values[0]
    assert first.shape[0] == 4


def test_outputs_are_kept_up_to_a_size_and_read_whenever_they_are_asked_for_beyond() -> None:
    before = panels()
    models, records, classes = 8, 4, before[0].n_classes
    needed = models * records * classes * 8
    for most, kept in ((needed, True), (needed - 1, False)):
        compact = Compact(before, most)
        (values,) = {id(t): t.values for panel in before for t in panel.changed(compact.view).tables()}.values()
        assert isinstance(values, list) == kept
        assert len(values) == models
