"""Functions found by a text."""

from pathlib import Path

import cloudpickle
import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.own.located import function_at
from own_code import FILE, written


def test_a_function_of_a_file_with_a_module_beside_it(tmp_path: Path) -> None:
    train = function_at(f"{written(tmp_path)}:train")
    model = train(np.eye(3), np.arange(3), seed=0)
    assert model.logits(np.eye(3)).argmax(axis=1).tolist() == [0, 1, 2]


def test_a_function_of_a_file_is_sent_by_value(tmp_path: Path) -> None:
    train = function_at(f"{written(tmp_path)}:train")
    assert b"centres" in cloudpickle.dumps(train)  # its code, not its name alone


def test_a_function_of_a_module() -> None:
    assert function_at("own_code:train").__name__ == "train"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fit.py:fit", r"there is no fit in .*fit.py; it has train, Model"),
        ("fit.py:", "expected a file and a function, such as fit.py:train"),
        ("other.py:train", "there is no file"),
        ("no_such_module:train", "cannot import no_such_module"),
        ("fails.py:train", r"fails.py fails when it is imported: SystemExit: a script; guard .*__main__"),
    ],
)
def test_what_cannot_be_found_is_told(text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path)
    (tmp_path / "fails.py").write_text(FILE.replace('if __name__ == "__main__"', "if True"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=message):
        function_at(text)
