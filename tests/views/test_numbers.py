"""Views of tables of numbers: what changes, by how much, and what stays valid."""

import numpy as np
import pytest

from miaudit.arrays import Floats
from miaudit.features.mapped import Mapped
from miaudit.views import base
from miaudit.views.base import Given
from miaudit.views.numbers import CHANGED, NOISE, Numbers
from miaudit.views.search import views_of

N = 4000
RNG = np.random.default_rng(0)
EVERYTHING = np.arange(N)


def table() -> Floats:
    """Two fractions of different spread, a bit, a whole number, and a category of three values."""
    colours = np.eye(3)[RNG.integers(3, size=N)]
    bit, age = RNG.integers(2, size=N), RNG.integers(18, 80, size=N)
    return np.column_stack([RNG.normal(0, 1, N), RNG.normal(5, 20, N), bit, age, colours])


X = table()


def maker(x: Floats = X, names: tuple[str, ...] = (), seed: int = 0) -> Numbers:
    found = Numbers.of(Given(x, names, seed))
    assert found is not None
    return found


def test_fractions_get_noise_in_their_own_unit() -> None:
    changes = maker().view(X, EVERYTHING, 1)[:, :2] - X[:, :2]
    wanted = NOISE * X[:, :2].std(axis=0)
    np.testing.assert_allclose(changes.std(axis=0), wanted, rtol=4 / np.sqrt(2 * N))
    assert (np.abs(changes.mean(axis=0)) < 4 * wanted / np.sqrt(N)).all()


def test_a_category_stays_one_and_a_bit_stays_a_bit() -> None:
    for names in ((), ("a", "b", "c", "d", "colour=red", "colour=blue", "colour=grey")):
        seen = maker(names=names).view(X, EVERYTHING, 2)
        assert (np.sort(seen[:, 4:], axis=1) == [0, 0, 1]).all()
        assert np.isin(seen[:, 2], [0, 1]).all()
        assert np.isin(seen[:, 3], X[:, 3]).all()


def test_a_category_with_gaps_is_known_by_its_names() -> None:
    gaps = X[:, 4:].copy()
    gaps[:100] = 0
    found = maker(gaps, ("colour=red", "colour=blue", "colour=grey"))
    assert found.unit.tolist() == [0, 0, 0]
    assert (found.view(gaps, EVERYTHING, 1).sum(axis=1) <= 1).all()


def test_each_record_has_a_unit_drawn_anew() -> None:
    """Three units: the bit, the whole number, the category; a bit always changes, others may draw what they had."""
    found = maker()
    assert found.unit.tolist() == [-1, -1, 0, 1, 2, 2, 2]
    changed = found._changed(EVERYTHING, 1)
    assert changed[:, 2:].any(axis=1).all()
    assert not changed[:, :2].any()
    share = CHANGED + (1 - CHANGED) ** 3 / 3  # a draw below the share, or the smallest of three that are not
    np.testing.assert_allclose(changed[:, 2:5].mean(), share, atol=4 * np.sqrt(share / (3 * N)))


def test_a_view_depends_on_record_view_and_seed_alone() -> None:
    found, rows = maker(), np.array([7, 3, 900])
    np.testing.assert_array_equal(found.view(X, rows, 3), found.view(X, EVERYTHING, 3)[rows])
    assert (found.view(X, rows, 3) != found.view(X, rows, 4)).any()
    assert (found.view(X, rows, 3) != maker(seed=1).view(X, rows, 3)).any()


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = views_of(Given(X, (), 0), 2)
    monkeypatch.setattr(base, "BLOCK", 333)
    parts = views_of(Given(Mapped.of("x", X, np.float64), (), 0), 2)
    assert whole is not None
    assert parts is not None
    np.testing.assert_allclose(parts.maker.spread, whole.maker.spread, rtol=1e-12)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(parts.maker.unit, whole.maker.unit)  # type: ignore[attr-defined]


def test_types_stay() -> None:
    assert maker().view(X.astype(np.float32), EVERYTHING[:3], 1).dtype == np.float32


def test_a_column_with_gaps_gets_noise_too() -> None:
    x = X[:, :2].copy()
    x[::7, 0] = np.nan
    seen = maker(x).view(x, EVERYTHING, 1)
    assert (np.isnan(seen) == np.isnan(x)).all()
    assert (seen[1] != x[1]).all()
