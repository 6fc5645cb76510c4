from pathlib import Path

import pytest

from miaudit.auditing.begun import Begun
from miaudit.store.local import LocalStore
from miaudit.store.reached import Reached
from miaudit.store.snapshots import JobSnapshots
from tiny import blobs, recipe, works

ALL = works(blobs(), recipe(epochs=10), 3)  # of 30 records each


def reached(epoch: int) -> Reached:
    return Reached(epoch, 10, 30 * epoch, 1.0)


def test_what_is_left(tmp_path: Path) -> None:
    store, (first, second, _) = LocalStore(tmp_path), ALL
    JobSnapshots(store, first.job.key).write({}, reached(4))
    begun = Begun.of(ALL, store)
    assert begun.left(first) == pytest.approx(0.6)
    assert begun.left(second) == 1.0
    assert Begun.of(ALL, None).left(first) == 1.0


def test_no_more_than_all_is_done(tmp_path: Path) -> None:
    store, work = LocalStore(tmp_path), ALL[0]
    JobSnapshots(store, work.job.key).write({}, Reached(4, 10, 10**9, 1.0))
    assert Begun.of(ALL, store).left(work) == 0.0


def test_in_words() -> None:
    few = {str(epoch): reached(epoch) for epoch in (2, 3, 2, 3)}
    assert Begun(few | {"other": reached(3)}).text == "the training of 3 models goes on after epoch 2 of 10, 3 of 10"
    many = {str(epoch): reached(epoch) for epoch in range(1, 6)}
    assert Begun(many).text == "the training of 5 models goes on where it was interrupted"
    assert Begun({}).text == ""
