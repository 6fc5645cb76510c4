"""The examples in docs/extend.md, run as a package of somebody else's: installed, checked, audited."""

import doctest
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import miaudit
from miaudit import registry
from tiny import Call

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "extend.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FOLDERS = ("attacks", "signals", "datasets", "targets")


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(PAGE) if kind == language]


def files() -> dict[str, str]:
    """Text of each Python example by the path that its first line names."""
    return {text.partition("\n")[0].removeprefix("# "): text for text in blocks("python")}


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of an installed package with the examples, on the path of this process."""
    site = tmp_path_factory.mktemp("site-packages")
    for path, text in files().items():
        file = site / "acme" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        for package in (file.parent, site / "acme"):
            (package / "__init__.py").write_text('"""A package of somebody else\'s."""\n')
    metadata = site / "acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    groups = tomllib.loads(blocks("toml")[0])["project"]["entry-points"]
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {at}\n" for name, at in named.items()) for group, named in groups.items()
    ]
    (metadata / "entry_points.txt").write_text("\n".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(site))
        registry.names.cache_clear()
        yield site
    registry.names.cache_clear()


def checked(*words: object, folder: Path = ROOT) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *map(str, words)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_examples() -> None:
    assert set(files()) == {"signals/margin.py", "attacks/margin.py", "datasets/rings.py", "targets/linear.py"}


def test_the_examples_are_tidy(acme: Path) -> None:
    settings = ("--config", ROOT / "pyproject.toml")
    checked("ruff", "check", "--no-cache", *settings, acme / "acme")
    checked("ruff", "format", "--check", "--no-cache", *settings, acme / "acme")


def test_the_examples_have_right_types(acme: Path) -> None:
    checked("mypy", *sorted((acme / "acme").rglob("*.py")))


def test_the_docstrings_are_right(acme: Path) -> None:
    ran = [
        doctest.testmod(importlib.import_module(".".join(("acme", *Path(path).with_suffix("").parts))))
        for path in files()
    ]
    assert sum(each.attempted for each in ran) == 1
    assert sum(each.failed for each in ran) == 0


def test_the_examples_are_found_and_audited(acme: Path, tmp_path: Path, call: Call) -> None:
    assert {(folder, name) for folder in FOLDERS for name in registry.foreign(folder)} == {
        ("attacks", "margin"),
        ("signals", "margin"),
        ("datasets", "rings"),
        ("targets", "linear"),
    }
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(80, 5)), rng.integers(3, size=80)
    weights = rng.normal(size=(5, 3))
    found = miaudit.audit(weights, (x[:40], y[:40]), (x[40:], y[40:]), attacks=["margin"], store=tmp_path, jobs=1)
    assert found.result.target.description == "linear (5 features, 3 classes)"
    assert found.result.attacks["margin"].params == {"most": 1e6}
    lead = [z[label] - max(np.delete(z, label)) for z, label in zip(x @ weights, y, strict=True)]
    np.testing.assert_allclose(np.sort(found.scores["margin"].to_numpy()), np.sort(lead))
    shown = call("attacks", "margin").out
    assert "How far the true class leads the others (Author et al. 2024)." in shown
    assert "\nrings " in call("datasets").out
    assert len(registry.build("datasets", "rings", {"records": 10}).load()) == 10


def test_the_pages_name_files_that_exist() -> None:
    """Every path of the source that the pages on extensions and on the architecture name."""
    for page in (PAGE, ARCHITECTURE):
        named = set(re.findall(r"`((?:[a-z_]+/)+(?:[a-z_0-9]+\.py)?)`", page))
        assert named
        places = (ROOT, ROOT / "src" / "miaudit")
        assert [path for path in named if not any((place / path).exists() for place in places)] == []


def test_the_architecture_tells_of_every_package_and_module() -> None:
    source = ROOT / "src" / "miaudit"
    packages = [path.parent.relative_to(source).as_posix() for path in source.glob("*/**/__init__.py")]
    assert "auditing/result" in packages
    assert [name for name in packages if f"\n| `{name}/` | " not in ARCHITECTURE] == []
    modules = [path.name for path in source.glob("*.py") if not path.name.startswith("__")]
    assert [name for name in modules if not re.search(rf"^\| [^|]*`{name}`[^|]* \| ", ARCHITECTURE, re.MULTILINE)] == []


def test_the_types_of_the_architecture_are_there() -> None:
    rows = re.findall(r"^\| `((?:[a-z_]+\.)+[A-Z]\w+)` \|", ARCHITECTURE, re.MULTILINE)
    assert len(rows) > 10
    for place in rows:
        module, _, name = place.rpartition(".")
        assert getattr(importlib.import_module(f"miaudit.{module}"), name).__doc__
