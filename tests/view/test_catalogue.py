import os
import shutil
from pathlib import Path

import pytest

from miaudit.auditing.files import REPORT, RESULT, load_result, to_json
from miaudit.auditing.result import AuditResult, Preliminary
from miaudit.view.catalogue import Catalogue, Listed
from miaudit.view.selection import Selection
from report_example import Example


def written(folder: Path, example: Example, **parts: object) -> AuditResult:
    """A folder with the result of an audit, and a page that only has to be there."""
    result = example.result().model_copy(update=parts)
    folder.mkdir(parents=True)
    (folder / RESULT).write_text(to_json(result))
    (folder / REPORT).write_text(f"<!doctype html><title>{folder.name}</title>")
    return result


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "audits"
    written(root / "strong", Example(strengths={"lira": 2.0}, description="resnet on cifar10"))
    early = Preliminary(models=8, of=32)
    weak = Example(strengths={"loss": 0.1}, level="no_leak_found", description="forest on adult")
    written(root / "2026" / "weak", weak, preliminary=early)
    return root


def test_audits_are_found_at_any_depth_with_their_numbers(root: Path) -> None:
    weak, strong = Catalogue(root).found().audits
    result = Example(strengths={"lira": 2.0}).result()
    assert (weak.place, strong.place) == ("2026/weak", "strong")
    assert strong.model == "resnet on cifar10"
    assert strong.auc.text() == result.attacks["lira"].auc.text()
    assert strong.tpr.value
    assert (strong.running, weak.running) == ("", "8 of 32 models")
    assert weak.verdict == "No leak found"


def test_a_folder_is_reached_by_its_key_alone(root: Path) -> None:
    catalogue = Catalogue(root)
    for audit in catalogue.found().audits:
        assert catalogue.folder(audit.key) == root.resolve() / audit.place
    for other in ("strong", "..", "../audits/strong", "/etc", ""):
        assert catalogue.folder(other) is None


def test_what_cannot_be_read_is_named(root: Path) -> None:
    (root / "broken").mkdir()
    (root / "broken" / RESULT).write_text("{")
    found = Catalogue(root).found()
    assert [each.place for each in found.unreadable] == ["broken"]
    assert len(found.audits) == 2


def test_hidden_folders_and_links_to_elsewhere_are_left_out(root: Path, tmp_path: Path) -> None:
    written(root / ".trash", Example(strengths={"loss": 0.1}))
    written(tmp_path / "elsewhere", Example(strengths={"loss": 0.1}))
    (root / "link").symlink_to(tmp_path / "elsewhere")
    (root / "linked").mkdir()
    (root / "linked" / RESULT).symlink_to(tmp_path / "elsewhere" / RESULT)
    assert len(Catalogue(root).found().audits) == 2
    assert not Catalogue(root).holds(root / "link" / REPORT)


def test_a_changed_result_is_read_again_and_a_removed_one_leaves(root: Path) -> None:
    catalogue = Catalogue(root)
    assert len(catalogue.found().audits) == 2
    shutil.rmtree(root / "strong")
    written(root / "strong", Example(strengths={"lira": 2.0}, description="another"))
    (root / "strong" / RESULT).touch()
    assert "another" in {audit.model for audit in catalogue.found().audits}
    shutil.rmtree(root / "strong")
    assert len(catalogue.found().audits) == 1


def places(selection: Selection, audits: tuple[Listed, ...]) -> list[str]:
    return [audit.place for audit in selection.of(audits)]


def test_selections(root: Path) -> None:
    audits = Catalogue(root).found().audits
    assert places(Selection(order="auc"), audits) == ["strong", "2026/weak"]
    assert places(Selection("LIRA cifar"), audits) == ["strong"]
    assert places(Selection(level="no_leak_found"), audits) == ["2026/weak"]
    assert places(Selection("nothing"), audits) == []
    assert len(places(Selection(order="no such order"), audits)) == 2


def test_each_early_result_takes_the_place_of_the_one_before(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue, read = Catalogue(root), []

    def counted(folder: Path) -> AuditResult:
        read.append(folder.name)
        return load_result(folder)

    monkeypatch.setattr("miaudit.view.catalogue.load_result", counted)
    for changed in (1.0, 2.0, 2.0, 3.0):
        os.utime(root / "strong" / RESULT, (changed, changed))
        catalogue.found()
    assert read.count("strong") == 3
    assert len(catalogue._read) == 2
