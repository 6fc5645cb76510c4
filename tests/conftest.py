"""Fixtures that several folders share: one small audit on digits, trained once a process."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from miaudit.auditing.run import Finished
from miaudit.training.checkpoints import Store
from tiny import CONFIG


@dataclass(frozen=True)
class Audited:
    """A small audit: its configuration, the store of its models, its saved folder."""

    config: Path
    store: Store
    folder: Path
    finished: Finished


@pytest.fixture(scope="session")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    from miaudit.auditing.files import REPORT, save
    from miaudit.auditing.from_config import run_config
    from miaudit.config import load_config
    from miaudit.report.html import write_report

    root = tmp_path_factory.mktemp("audited")
    config, store, folder = root / "small.yaml", Store(root / "store"), root / "out"
    config.write_text(yaml.safe_dump(CONFIG))
    finished = run_config(load_config(config), store, 2)
    table = save(finished, folder)
    write_report(finished.result, table, folder / REPORT)
    return Audited(config, store, folder, finished)
