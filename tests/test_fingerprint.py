"""Any change of the content changes the hash, and nothing else does."""

from dataclasses import dataclass, field, make_dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from miaudit.fingerprint import fingerprint


@dataclass(frozen=True)
class Recipe:
    epochs: int
    rate: float
    notes: str = field(default="", compare=False)


@dataclass(frozen=True)
class Other:
    epochs: int
    rate: float


class Revised(Recipe):
    revision: ClassVar[int] = 2


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def told_apart(a: Any, b: Any) -> bool:
    """Do two plain values differ in content or type?"""
    return repr(normal(a)) != repr(normal(b))


def normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: normal(value[key]) for key in sorted(value)}
    return [normal(item) for item in value] if isinstance(value, list) else value


@given(a=plain, b=plain)
def test_plain_values_have_the_same_hash_exactly_if_they_are_the_same(a: Any, b: Any) -> None:
    assert (fingerprint(a) != fingerprint(b)) == told_apart(a, b)


DISTINCT: list[Any] = [
    1, 1.0, True, "1", None, 0, 0.0, -0.0, False, "", "None", [], {}, [1], [[1]], [1, 1], {"1": 1}, {1: 1}, {"a": None},
    [None], "a", ["a", "b"], ["ab"], {"a": "b"}, Recipe(1, 1.0), Recipe(2, 1.0), Recipe(1, 2.0), Other(1, 1.0),
    np.array(1), np.array([1]), np.array([[1]]), np.array([1.0]), np.array([1], dtype=np.int32), np.array([True]),
    np.zeros(0), np.zeros((0, 2)), np.zeros(2), np.zeros((2, 1)), np.zeros((1, 2)), np.array([0.0, -0.0]),
]  # fmt: skip


def test_values_of_different_type_or_shape_are_told_apart() -> None:
    hashes = [fingerprint(value) for value in DISTINCT]
    twice = [DISTINCT[i] for i in range(len(hashes)) if hashes[i] in hashes[:i]]
    assert twice == []


def test_parts_are_told_apart() -> None:
    hashes = {fingerprint("a", "b"), fingerprint("ab"), fingerprint("b", "a"), fingerprint(["a", "b"]), fingerprint()}
    assert len(hashes) == 5


def test_the_order_of_a_dict_does_not_matter() -> None:
    assert fingerprint({"a": 1, "b": {"c": 2, "d": 3}}) == fingerprint({"b": {"d": 3, "c": 2}, "a": 1})


def test_a_field_that_is_no_part_of_the_object_does_not_matter() -> None:
    assert fingerprint(Recipe(1, 1.0, "x")) == fingerprint(Recipe(1, 1.0, "y"))


def test_a_class_of_the_same_name_elsewhere_is_another_one() -> None:
    elsewhere = make_dataclass("Recipe", [("epochs", int), ("rate", float)])
    elsewhere.__module__, elsewhere.__qualname__ = "elsewhere", Recipe.__qualname__
    assert fingerprint(elsewhere(1, 1.0)) != fingerprint(Recipe(1, 1.0))


@given(
    array=arrays.arrays(
        dtype=st.sampled_from([np.float32, np.int64, np.uint8, np.bool_]),
        shape=arrays.array_shapes(min_dims=1, max_dims=3, max_side=5),
    ),
    data=st.data(),
)
def test_any_changed_element_changes_the_hash(array: np.ndarray[Any, Any], data: st.DataObject) -> None:
    i = data.draw(st.integers(0, array.size - 1))
    changed = array.copy()
    changed.view(np.uint8).reshape(-1)[i * array.itemsize] ^= 1
    assert fingerprint(changed) != fingerprint(array)
    assert fingerprint(array.copy()) == fingerprint(array)


@pytest.mark.parametrize("view", [np.s_[::2], np.s_[::-1], np.s_[:, 1:3], np.s_[:, ::-2]])
def test_memory_layout_does_not_matter(view: Any) -> None:
    array = np.arange(24.0).reshape(6, 4)
    assert fingerprint(array[view]) == fingerprint(array[view].copy())
    assert fingerprint(np.asfortranarray(array)) == fingerprint(array)
    assert fingerprint(array.T) == fingerprint(np.ascontiguousarray(array.T))


@pytest.mark.parametrize("value", [{1, 2}, object(), Recipe, b"bytes", np.int64(1), np.array([None, {}], dtype=object)])
def test_what_has_no_plain_content_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        fingerprint([value])


def test_known_hashes() -> None:
    """Names of stored models hang on these: a change makes every checkpoint a miss."""
    assert fingerprint(1, "a", [None, 0.5], {"k": True}) == "41b220c707011f8fb3a7264a54d7d023"
    assert fingerprint(np.arange(3, dtype=np.int64)) == "8d34eea65c60a714352f389d22996f44"


def test_a_revised_class_has_another_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    first = fingerprint(Revised(1, 1.0))
    with monkeypatch.context() as changed:
        changed.setattr(Revised, "revision", 3)
        assert fingerprint(Revised(1, 1.0)) != first
    assert fingerprint(Revised(1, 1.0)) == first
