"""miaudit: how well could an attacker tell which records a classifier was trained on?"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from miaudit import (
        attacks,
        datasets,
        defences,
        evidence,
        metrics,
        models,
        signals,
        splits,
        targets,
        thresholds,
    )
    from miaudit.api import Audit, Predictions, audit
    from miaudit.api_compare import compare
    from miaudit.decisions.policy import Policy
    from miaudit.errors import UserError
    from miaudit.training.recipe import Recipe

__version__ = "0.1.0.dev0"
__all__ = [
    "Audit",
    "Policy",
    "Predictions",
    "Recipe",
    "UserError",
    "attacks",
    "audit",
    "compare",
    "datasets",
    "defences",
    "evidence",
    "metrics",
    "models",
    "signals",
    "splits",
    "targets",
    "thresholds",
]

_HOMES = {
    "Audit": "api",
    "Predictions": "api",
    "audit": "api",
    "compare": "api_compare",
    "Policy": "decisions.policy",
    "Recipe": "training.recipe",
    "UserError": "errors",
}


def __getattr__(name: str) -> Any:
    # Loaded when first asked for, so that `import miaudit` stays fast.
    if name not in __all__:
        raise AttributeError(f"module 'miaudit' has no attribute {name!r}")
    import importlib

    if name in _HOMES:
        return getattr(importlib.import_module(f"miaudit.{_HOMES[name]}"), name)
    return importlib.import_module(f"miaudit.{name}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
