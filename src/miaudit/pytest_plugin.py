"""The pytest plug-in: the fixture `miaudit_audit`, for tests that audit a model.

Nothing of miaudit is loaded until a test asks for the fixture.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from miaudit.api import Audit


@pytest.fixture(scope="session")
def miaudit_audit(request: pytest.FixtureRequest) -> "Callable[..., Audit]":
    """The function `miaudit.audit`, whose trained models are kept in pytest's cache from one run to the next.

    Example:
        >>> def test_privacy(miaudit_audit, model, members, nonmembers):  # doctest: +SKIP
        ...     decision = miaudit_audit(model, members, nonmembers).gate("strict")
        ...     assert decision.passed, str(decision)
    """
    from miaudit.api import audit

    cache: pytest.Cache | None = getattr(request.config, "cache", None)  # None with -p no:cacheprovider
    return partial(audit, store=None if cache is None else cache.mkdir("miaudit"))
