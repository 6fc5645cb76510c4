from pathlib import Path

import pytest
from pydantic import ValidationError

from miaudit.reading.hints import Hints


def test_columns_and_their_classes() -> None:
    assert Hints(probabilities=("a", "b=yes", "P (y=no)=no")).output_classes == {
        "a": None,
        "b": "yes",
        "P (y=no)": "no",
    }
    assert Hints(member="split=train").member_values == ("split", "train")
    assert Hints(member="m").member_values == ("m", None)
    assert Hints().member_values == (None, None)


def test_files_of_arrays_lie_below_the_folder(tmp_path: Path) -> None:
    found = Hints(label="y.npy", member="/m.npy", ids="y.npy").below(tmp_path)
    assert found == Hints(label=str(tmp_path / "y.npy"), member="/m.npy", ids="y.npy")
    assert Hints(label="y").below(tmp_path) == Hints(label="y")


def test_kinds_of_outputs_are_known() -> None:
    with pytest.raises(ValidationError):
        Hints(outputs="odds")  # type: ignore[arg-type]
