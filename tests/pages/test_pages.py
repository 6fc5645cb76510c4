"""Every command and code block of the documentation is run, in small worlds; those that cannot be are listed."""

import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from typer.main import get_command

from miaudit.cli.main import app
from pages.blocks import ROOT, Block, blocks, pages
from pages.reader import Reader
from pages.worlds import WORLDS, Desk
from tiny import Audited, Call

NEEDED = {  # modules without which a page cannot be followed
    "beyond_classifiers.md": ("skops",),
    "defences.md": ("opacus",),
    "http.md": ("httpx", "tenacity"),
    "own_model.md": ("onnxruntime", "skl2onnx"),
    "views.md": ("onnxruntime", "skl2onnx"),
    "targets.md": ("skops",),
    "ways_in.md": ("onnxruntime", "skl2onnx", "httpx", "transformers"),
}
HELP = {"-h", "--help"}
PROGRAMS = {"exposure.md": ("openssl",), "gate.md": ("make",), "pack.md": ("ssh-keygen", "unzip", "sha256sum")}
EVERY: list[Block] = [block for page in pages() for block in blocks(page)]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, audited: Audited) -> Iterator[Desk]:
    """A fresh current folder with a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("MY_TOKEN", "secret")
    with ExitStack() as stack:
        yield Desk(tmp_path, audited, stack)


@pytest.mark.parametrize("page", WORLDS)
def test_every_block_of_a_page_runs(page: str, desk: Desk, call: Call) -> None:
    for module in NEEDED.get(page, ()):
        pytest.importorskip(module)
    for program in PROGRAMS.get(page, ()):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}")
    Reader(desk.folder, call, WORLDS[page](desk)).follow(page)


def test_every_page_with_code_has_a_world() -> None:
    assert {block.page for block in EVERY if not block.not_run} == set(WORLDS)


def test_few_blocks_are_not_run() -> None:
    not_run = {block.page: block.not_run for block in EVERY if block.not_run}
    assert {block.language for block in EVERY} <= {"sh", "python", "yaml", "toml", "csv", "make", "r"}
    assert set(not_run) == {"cluster.md", "experiments.md", "ways_in.md"}
    assert len([block for block in EVERY if block.not_run]) == 5


def commands() -> list[tuple[str, str]]:
    """Page and words of each command in blocks that are not run, and of each that a sentence names."""
    found = []
    for page, path in pages().items():
        text = path.read_text(encoding="utf-8")
        found += [(page, line) for line in re.findall(r"`(miaudit [^`]+)`", text)]
    found += [
        (block.page, line)
        for block in EVERY
        if block.not_run
        for line in re.findall(r"^ *(miaudit .*)$", block.text, flags=re.MULTILINE)
    ]
    return found


def test_every_command_that_is_named_has_its_options() -> None:
    program = get_command(app)
    for page, line in commands():
        words = [word for word in shlex.split(line.replace("...", ""), comments=True)[1:] if word]
        command, options = program, [word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)]
        while words and hasattr(command, "commands") and not words[0].startswith("-"):
            assert words[0] in command.commands or words[0].isupper(), f"{page}: {line}"
            command = command.commands.get(words.pop(0), command)
        known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | HELP
        assert set(options) <= known, f"{page}: {line}: {set(options) - known}"


def test_the_readme_is_short() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 60
    assert [line.partition(" ")[0] for line in lines if line.startswith("make")] == ["make", "make"]
