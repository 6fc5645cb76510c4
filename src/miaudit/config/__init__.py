"""The configuration of an audit: the only place where options come as dictionaries."""

from miaudit.config.audit import Attacker, AuditConfig
from miaudit.config.file import load_config, parse_config
from miaudit.config.plugins import AttackConfig, PluginConfig, titled
from miaudit.config.recipe import RecipeConfig
from miaudit.config.target import TargetConfig

__all__ = [
    "AttackConfig",
    "Attacker",
    "AuditConfig",
    "PluginConfig",
    "RecipeConfig",
    "TargetConfig",
    "load_config",
    "parse_config",
    "titled",
]
