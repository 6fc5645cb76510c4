import sys
from types import ModuleType

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from miaudit.maths.threads import _libraries, single_threaded


def threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info()}


def test_within_the_block_there_is_one_thread_and_afterwards_as_many_as_before() -> None:
    with threadpool_limits(2):
        for _ in range(2):  # the second time from the cache
            with single_threaded():
                assert threads() == {1}
                with single_threaded():
                    assert threads() == {1}
                assert threads() == {1}
            assert threads() == {2}


def test_the_number_is_restored_after_an_error() -> None:
    with threadpool_limits(2), pytest.raises(ZeroDivisionError), single_threaded():
        raise ZeroDivisionError
    with threadpool_limits(2):
        assert threads() == {2}


def test_libraries_are_searched_again_after_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    with single_threaded():
        first = _libraries(frozenset(sys.modules))
    assert _libraries(frozenset(sys.modules)) is first
    monkeypatch.setitem(sys.modules, "own_code_new", ModuleType("own_code_new"))
    second = _libraries(frozenset(sys.modules))
    assert second is not first
    monkeypatch.delitem(sys.modules, "own_code_new")
    monkeypatch.setitem(sys.modules, "own_code_other", ModuleType("own_code_other"))  # as many as before
    assert _libraries(frozenset(sys.modules)) is not second
