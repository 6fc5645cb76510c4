"""Files of two results are not taken for one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from miaudit.errors import UserError
from miaudit.files import files_together
from miaudit.manifest import MANIFEST, check_together

NAMES = ("a", "b", "c")


def write(folder: Path, content: str) -> None:
    with files_together(folder, apart=("page",)) as new:
        for name in (*NAMES, "page"):
            (new / name).write_text(content)


@pytest.mark.parametrize("renamed", range(1, 5))
@pytest.mark.parametrize("manifest_before", [True, False])
def test_a_kill_between_two_renames_is_noticed(
    tmp_path: Path, renamed: int, manifest_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "old")
    if not manifest_before:  # of a version that wrote none
        (tmp_path / MANIFEST).unlink()
    done: list[Path] = []
    original = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if len(done) == renamed:
            raise KeyboardInterrupt
        done.append(path)
        return original(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, "new")
    if renamed == 4:  # all but the page, which is made anew from the others
        check_together(tmp_path, NAMES)
        return
    with pytest.raises(UserError, match=r"c is not the file that manifest.json names: .* run the audit again"):
        check_together(tmp_path, NAMES[2:])


def test_what_belongs_together_passes(tmp_path: Path) -> None:
    check_together(tmp_path, NAMES)  # no manifest, no files
    write(tmp_path, "new")
    check_together(tmp_path, NAMES)
    (tmp_path / "page").write_text("made anew")
    check_together(tmp_path, (*NAMES, "missing"))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.write_text("[]"), "expected the hashes of files"),
        (lambda path: path.write_text('{"sha256": 1}'), "expected the hashes of files"),
        (lambda path: path.write_text("{"), "is not JSON"),
        (lambda path: path.write_text('{"sha256": {}}'), "a is not the file"),
    ],
)
def test_a_damaged_manifest_is_told(tmp_path: Path, damage: Callable[[Path], object], message: str) -> None:
    write(tmp_path, "new")
    damage(tmp_path / MANIFEST)
    with pytest.raises(UserError, match=message):
        check_together(tmp_path, NAMES)
