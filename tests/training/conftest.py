from collections.abc import Iterator

import pytest

from miaudit.training.threads import one_thread


@pytest.fixture(autouse=True)
def on_one_thread() -> Iterator[None]:
    """As in the worker processes; threads that wait for each other are slow where something else runs."""
    with one_thread():
        yield
