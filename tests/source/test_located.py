"""Functions that are named by a file or a module."""

import sys
from pathlib import Path

import cloudpickle
import pytest

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.source.located import function_at


def test_a_function_of_a_file_or_a_module_is_found(tmp_path: Path) -> None:
    (tmp_path / "net_sizes.py").write_text("VALUE = 3\n")
    (tmp_path / "net.py").write_text("from net_sizes import VALUE\n\ndef make():\n    return VALUE\n")
    assert function_at(Address.read("net.py:make", folder=tmp_path))() == 3
    assert function_at(Address.read("math:floor"))(0.5) == 0


def test_a_function_of_a_file_is_sent_by_value(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("WIDTH = 4711\n\ndef make():\n    return WIDTH\n")
    make = function_at(Address.read("net.py:make", folder=tmp_path))
    assert b"4711" in cloudpickle.dumps(make) or b"WIDTH" in cloudpickle.dumps(make)  # its code, not its name alone


def test_the_name_of_its_module_follows_from_its_content(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "json.py").write_text("def make():\n    return 1\n")
    first, second = (function_at(Address.read("json.py:make", folder=tmp_path / name)) for name in ("a", "b"))
    assert first.__module__ == second.__module__
    assert first.__module__ in sys.modules
    assert first.__module__ != "json"


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("net.py", "expected a file and a function, such as fit.py:train"),
        ("gone.py:make", "there is no file"),
        ("net.py:mke", r"no function mke in net\.py; it has make"),
        ("net.py:SIZE", "no function SIZE"),
        ("broken.py:make", r"broken\.py fails when it is imported: ZeroDivisionError"),
        ("leaves.py:make", r"fails when it is imported: SystemExit"),
        ("no_such_module_here:make", "cannot import no_such_module_here: ModuleNotFoundError"),
    ],
)
def test_what_cannot_be_found_is_refused(tmp_path: Path, address: str, message: str) -> None:
    (tmp_path / "net.py").write_text("SIZE = 3\n\ndef make():\n    return 1\n")
    (tmp_path / "broken.py").write_text("1 / 0\n")
    (tmp_path / "leaves.py").write_text("raise SystemExit(3)\n")
    with pytest.raises(UserError, match=message):
        function_at(Address.read(address, folder=tmp_path))
