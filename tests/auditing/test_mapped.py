from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from miaudit.auditing import mapped
from miaudit.auditing.mapped import read_mapped, write_mapped

RNG = np.random.default_rng(0)
CUBE = RNG.normal(size=(3, 40, 5))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "LARGE", 256)


@pytest.mark.parametrize(
    "array",
    [
        CUBE,
        CUBE.astype(np.float32),
        CUBE.transpose(2, 0, 1),
        np.asfortranarray(CUBE),
        CUBE[:, ::-2],
        CUBE[1],
        RNG.integers(9, size=100),
        RNG.random(1000) < 0.5,
        CUBE[:0],
    ],
    ids=["plain", "float32", "turned", "fortran", "backwards", "part", "integers", "truths", "empty"],
)
def test_arrays_come_back_bit_by_bit(array: np.ndarray[Any, Any], tmp_path: Path) -> None:
    again = read_mapped(write_mapped({"a": array}, tmp_path))["a"]
    assert (again.dtype, type(again)) == (array.dtype, np.ndarray)
    npt.assert_array_equal(again, array)
    assert np.argsort(np.abs(again.strides)).tolist() == np.argsort(np.abs(array.strides)).tolist()


def test_what_is_shared_is_written_once_and_stays_shared(tmp_path: Path) -> None:
    where = write_mapped([CUBE, (CUBE, CUBE)], tmp_path)
    assert where.arrays.stat().st_size == CUBE.nbytes
    first, (second, third) = read_mapped(where)
    assert first is second is third


def test_changes_stay_in_the_process(tmp_path: Path) -> None:
    where = write_mapped(CUBE, tmp_path)
    read_mapped(where)[:] = 0
    npt.assert_array_equal(read_mapped(where), CUBE)


def test_a_class_that_cannot_be_imported_comes_with_its_code(tmp_path: Path) -> None:
    class Own:
        def doubled(self) -> int:
            return 2 * 21

    assert read_mapped(write_mapped(Own(), tmp_path)).doubled() == 42
