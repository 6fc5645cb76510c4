import webbrowser
from pathlib import Path

import pytest

from miaudit.cli.opened import open_page
from tiny import Audited, Call


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses: list[str] = []

    def note(address: str) -> bool:
        addresses.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", note)
    return addresses


def test_a_page_is_opened_by_its_address(opened: list[str], tmp_path: Path) -> None:
    open_page(tmp_path / "my report.html")
    assert opened == [(tmp_path / "my report.html").as_uri()]


def test_without_a_browser_the_address_is_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    open_page(tmp_path / "report.html")
    said = capsys.readouterr()
    assert (tmp_path / "report.html").as_uri() in said.err
    assert said.out == ""


def test_commands_open_the_pages_that_they_write(
    opened: list[str], audited: Audited, call: Call, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert call("audit", audited.config, "--out", out, "--store", audited.store.root, "--open").code == 0
    assert call("report", out, "--open").code == 0
    assert call("compare", audited.folder, out, "--out", tmp_path / "both", "--open").code == 0
    pages = [out / "report.html", out / "report.html", tmp_path / "both" / "comparison.html"]
    assert opened == [page.as_uri() for page in pages]


def test_a_gate_decides_after_which_the_page_is_opened(
    opened: list[str], audited: Audited, call: Call, tmp_path: Path
) -> None:
    words = ("audit", audited.config, "--out", tmp_path / "out", "--store", audited.store.root, "--policy", "strict")
    assert call(*words, "--open").code in (1, 3)
    assert len(opened) == 1


def test_a_comparison_without_a_folder_has_no_page(call: Call, audited: Audited) -> None:
    called = call("compare", audited.folder, audited.folder, "--open")
    assert called.code == 2
    assert "--open needs --out FOLDER" in called.err
