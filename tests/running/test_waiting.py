import pytest

from miaudit.errors import UserError
from miaudit.running.waiting import ATTEMPTS, Waiting
from miaudit.running.work import Work
from tiny import blobs, recipe, works

A, B, C, D = works(blobs(), recipe(), 4)


def test_units_come_in_order() -> None:
    waiting = Waiting([(A, B), (C,)], "rest")
    assert waiting
    assert waiting.take() == (A, B)
    assert waiting.take() == (C,)
    assert not waiting


def test_what_was_lost_comes_first_and_alone() -> None:
    waiting = Waiting([(A, B, C), (D,)], "rest")
    waiting.take()
    waiting.lost((B, C))
    assert [waiting.take() for _ in range(3)] == [(B,), (C,), (D,)]


def test_nothing_lost_is_nothing_to_do() -> None:
    waiting = Waiting[Work]([], "rest")
    waiting.lost(())
    assert not waiting


def test_the_work_that_is_lost_again_and_again_is_named() -> None:
    waiting = Waiting([(A, B)], "more memory")
    waiting.lost(waiting.take())
    assert waiting.take() == (A,)
    for _ in range(ATTEMPTS - 2):
        waiting.lost(waiting.take())
        assert waiting
    with pytest.raises(UserError, match=rf"30 records, seed 1, key {B.job.key}\) was killed 3 times.*more memory"):
        waiting.lost(waiting.take())
