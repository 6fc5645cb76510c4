"""Reads configurations: from a YAML file, or from what such a file would hold."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from miaudit import registry
from miaudit.config.audit import AuditConfig
from miaudit.config.plugins import PluginConfig
from miaudit.errors import UserError
from miaudit.reading.path import about, resolved
from miaudit.reading.yaml_file import read_yaml


def load_config(path: Path) -> AuditConfig:
    """Read a YAML file; paths in it are relative to it.

    Raises:
        UserError: there is no such file, it is not YAML, or a key is unknown, missing or wrong.
    """
    content = read_yaml(path, "a configuration with keys such as `target` or `dataset`, `split` and `recipe`")
    with about(path):
        return parse_config(content, path.parent)


def parse_config(content: dict[str, Any], folder: Path | None = None) -> AuditConfig:
    """Check a configuration; `folder` is what relative paths, of evidence or of a data set's file, start from."""
    try:
        config = AuditConfig.model_validate(content)
    except ValidationError as error:
        raise UserError(f"the configuration is wrong: {registry.explain(error, AuditConfig.model_fields)}") from None
    return config if folder is None else _resolved(config, folder)


def _resolved(config: AuditConfig, folder: Path) -> AuditConfig:
    changes: dict[str, Any] = {}
    if config.evidence is not None:
        changes["evidence"] = resolved(folder / config.evidence)
    if config.nonmembers is not None:
        changes["nonmembers"] = resolved(folder / config.nonmembers)
    if config.target is not None:
        changes["target"] = config.target.within(folder)
    changes["reading"] = config.reading.below(folder)
    if config.recipe is not None:
        changes["recipe"] = config.recipe.within(folder)
    if config.dataset is not None and isinstance(path := config.dataset.options.get("path"), str):
        options = {**config.dataset.options, "path": str(resolved(folder / path))}
        changes["dataset"] = PluginConfig.model_validate({"name": config.dataset.name, **options})
    return config.model_copy(update=changes)
