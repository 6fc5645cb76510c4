"""miaudit: how well could an attacker tell which records a classifier was trained on?"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from miaudit.api import Audit, Predictions, audit
    from miaudit.errors import UserError
    from miaudit.training.recipe import Recipe

__version__ = "0.1.0.dev0"
__all__ = ["Audit", "Predictions", "Recipe", "UserError", "audit"]

_HOMES = {
    "Audit": "api",
    "Predictions": "api",
    "audit": "api",
    "Recipe": "training.recipe",
    "UserError": "errors",
}


def __getattr__(name: str) -> Any:
    # Loaded when first asked for, so that `import miaudit` stays fast.
    if name not in _HOMES:
        raise AttributeError(f"module 'miaudit' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"miaudit.{_HOMES[name]}"), name)
