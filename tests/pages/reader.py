"""A reader who follows a page: saves its files, and types its commands and code in one folder, in order."""

import re
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

import miaudit
from miaudit.config import parse_config
from miaudit.decisions.policy import Policy
from miaudit.evidence.io.file import read_evidence
from pages.blocks import ROOT, Block, blocks
from shell import run_script
from tiny import Call

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
WHOLE = ("dataset", "target", "evidence")  # one of these keys makes a configuration whole
REST = {"dataset": "digits", "split": "pool", "recipe": {"model": "mlp"}}  # what completes a part of one


@dataclass(frozen=True)
class World:
    """What a page takes for granted, beside the files in its folder."""

    names: dict[str, Any] = field(default_factory=dict)  # of the page's Python
    swaps: Mapping[str, str] = field(default_factory=dict)  # text of the page -> what is typed instead
    codes: tuple[int, ...] = (0,)  # exit codes that its commands may end with


@dataclass(frozen=True)
class Reader:
    """Follows a page in a folder, which is the current one."""

    folder: Path
    call: Call
    world: World

    def follow(self, page: str) -> None:
        """Run every block; an error names the block."""
        for block in blocks(page):
            if not block.not_run:
                self._take(block, self._swapped(block.text))

    def _swapped(self, text: str) -> str:
        for shown, typed in self.world.swaps.items():
            text = text.replace(shown, typed)
        return text

    def _take(self, block: Block, text: str) -> None:
        if block.file:
            path = self.folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        does: dict[str, Callable[[Block, str], None]] = {
            "sh": self._sh,
            "python": self._python,
            "yaml": self._yaml,
            "toml": self._toml,
            "csv": self._csv,
            "make": lambda _, __: check_script("make --dry-run", self.folder),
        }
        assert block.language in does, f"{block.place}: no reader for {block.language!r}"
        try:
            does[block.language](block, text)
        except BaseException as error:
            error.add_note(f"in the block at {block.place}")
            raise

    def _python(self, block: Block, text: str) -> None:
        code = compile(text, block.place, "exec")
        if not block.file:
            self.world.names.setdefault("miaudit", miaudit)
            exec(code, self.world.names)

    def _yaml(self, block: Block, text: str) -> None:
        content = yaml.safe_load(text)
        if "rules" in content:
            Policy.parse(content)
        else:
            parse_config(content if content.keys() & set(WHOLE) else REST | content)

    def _toml(self, block: Block, text: str) -> None:
        tomllib.loads(text)

    def _csv(self, block: Block, text: str) -> None:
        (self.folder / "block.csv").write_text(text)
        read_evidence(self.folder / "block.csv")

    def _sh(self, block: Block, text: str) -> None:
        lines = [words for line in text.splitlines() if (words := shlex.split(line, comments=True))]
        if not {words[0] for words in lines} <= {"miaudit", "pip", "make"}:
            check_script(text, self.folder)
        else:
            for words in lines:
                self._type(words)

    def _type(self, words: list[str]) -> None:
        line = shlex.join(words)
        match words:
            case ["miaudit", *rest]:
                done = self.call(*rest)
                assert done.code in self.world.codes, f"{line}\nended with {done.code}: {done.err}{done.out}"
            case ["pip", "install", *packages]:
                assert all(extra in EXTRAS for name in packages for extra in extras(name)), line
            case ["make", target]:
                check_script(f"make --dry-run {target}", ROOT)
            case _:
                raise AssertionError(f"no reader for {line}")


def extras(package: str) -> list[str]:
    """The extras of miaudit that an argument of pip names."""
    named = re.fullmatch(r"miaudit(?:\[(.+)\])?", package)
    return named[1].split(",") if named and named[1] else []


def check_script(script: str, folder: Path) -> None:
    """Fail unless the script ends well."""
    done: subprocess.CompletedProcess[str] = run_script(script, folder)
    assert done.returncode == 0, f"{script}\n{done.stderr}"
