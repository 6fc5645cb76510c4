import json
import subprocess
import sys
from pathlib import Path

import pytest

from miaudit import registry
from miaudit.auditing.result import AuditResult
from miaudit.cli import pages
from miaudit.cli.describe import parameters
from miaudit.cli.reference import configuration, results, schemas
from miaudit.cli.stubs import stub
from miaudit.cli.usage import usage
from miaudit.config import AuditConfig
from miaudit.targets.http import Http


def test_generated_files_are_up_to_date() -> None:
    """Where this fails: `make pages`."""
    assert pages.stale() == []


def test_stale_files_are_written_and_others_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "generated", lambda: {"docs/a.md": "a\n", "docs/b.md": "b\n"})
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("a\n")
    (tmp_path / "docs" / "b.md").write_text("older\n")
    assert pages.write(tmp_path) == ["docs/b.md"]
    assert (tmp_path / "docs" / "b.md").read_text() == "b\n"
    assert pages.write(tmp_path) == []


def test_every_key_and_plug_in_is_on_the_page() -> None:
    page = configuration()
    for name in AuditConfig.model_fields:
        assert f"| `{name}` |" in page
    for folder in ("datasets", "splits", "models", "thresholds", "defences"):
        for name in registry.own(folder):
            assert f"### {name}\n" in page
    assert "| learning_rate | 0.001 | number, > 0 |" in page
    assert "| `threshold` | `best_accuracy` |" in page


def test_an_option_with_a_default_that_is_made_anew_is_not_required() -> None:
    defaults = {option.name: option.default for option in parameters(Http)}
    assert (defaults["url"], defaults["headers"], defaults["batch"]) == ("required", "", "64")


def test_every_part_of_a_result_is_on_the_page() -> None:
    page = results()
    for part in ("AuditResult", "DefencesResult", "Quantity", "Controls", "BlindBaseline", "FirstCut", "Guarantee"):
        assert f"## {part}\n" in page
    assert r"| `references` | [ReferenceFacts](#referencefacts) \| None |" in page
    for name in AuditResult.model_fields:
        assert f"| `{AuditResult.model_fields[name].alias or name}` |" in page


def test_schemas_describe_every_field() -> None:
    schema = json.loads(schemas()["result.schema.json"])
    parts = [schema, *schema["$defs"].values()]
    fields = [field for part in parts for field in part.get("properties", {}).values()]
    assert len(fields) > 80
    # pydantic leaves a description out that is the one of the type referred to
    assert all("description" in field or "$ref" in field for field in fields)


def test_every_command_is_on_the_page() -> None:
    page = usage()
    for command in ("audit", "demo", "score", "evaluate", "attacks", "datasets", "report", "store gc", "reproduce"):
        assert f"## miaudit {command}\n" in page
    assert "--budget" in page
    assert "\x1b" not in page


def test_a_stub_imports_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "names.py").write_text(stub("signals"))
    subprocess.run([sys.executable, tmp_path / "names.py"], check=True)
