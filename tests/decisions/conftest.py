"""A folder that an audit wrote, to spoil at will."""

import shutil
from pathlib import Path

import pytest

from tiny import Audited


@pytest.fixture
def audit_folder(audited: Audited, tmp_path: Path) -> Path:
    """A copy of the small audit's folder."""
    return Path(shutil.copytree(audited.folder, tmp_path / "audit"))
