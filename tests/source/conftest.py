import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

STEM = "own_code_"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """Writes modules named own_code_NAME from their sources, imports them anew and gives the first."""
    monkeypatch.syspath_prepend(tmp_path)

    def written(**sources: str) -> ModuleType:
        for name, source in sources.items():
            (tmp_path / f"{STEM}{name}.py").write_text(source)
        for name in [name for name in sys.modules if name.startswith(STEM)]:
            monkeypatch.delitem(sys.modules, name)
        importlib.invalidate_caches()
        return importlib.import_module(f"{STEM}{next(iter(sources))}")

    return written
