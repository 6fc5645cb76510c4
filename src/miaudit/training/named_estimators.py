"""Builds classifiers by the names of their classes, as a configuration gives them; nothing is ever unpickled.

Only classes of the libraries listed here are built, and only what these libraries define themselves: by `estimator`, a
configuration can call no other code.
"""

import importlib
import inspect
import warnings
from typing import Any, TypeGuard

from miaudit.errors import UserError
from miaudit.messages import did_you_mean, shortened
from miaudit.training.estimators import EstimatorRecipe

LIBRARIES = ("sklearn", "xgboost", "lightgbm", "catboost")
KEY = "estimator"  # names the class in a mapping; all other keys are its parameters
PICKLED = "memory"  # a parameter of pipelines: a folder of pickled objects, which would be loaded
DEEPEST = 20  # levels of classifiers within classifiers


def recipe_named(name: str, params: dict[str, Any]) -> EstimatorRecipe:
    """The recipe of a classifier with these parameters.

    Args:
        name: the class by its dotted name, such as "sklearn.ensemble.RandomForestClassifier".
        params: its parameters. A mapping with the key `estimator` stands for another object of these libraries, as in
            {"steps": [["scale", {"estimator": "sklearn.preprocessing.StandardScaler"}], ...]}.

    Raises:
        UserError: the library is not allowed or not installed, or there is no such class or parameter, or the class is
            no classifier that gives probabilities.

    Example:
        >>> recipe_named("sklearn.tree.DecisionTreeClassifier", {"max_depth": 3}).title
        'DecisionTreeClassifier'
    """
    return EstimatorRecipe.of(estimator_named(name, params))


def estimator_named(name: str, params: dict[str, Any]) -> Any:
    """The estimator of any kind with these parameters; raises UserError as `recipe_named`, but not for a regressor."""
    return _built(name, params, 0)


def _built(name: object, params: dict[str, Any], level: int) -> Any:
    if level > DEEPEST:
        raise UserError(f"estimator {shortened(name)}: more than {DEEPEST} levels of objects within objects")
    kind = _class(name)
    _check_names(kind, params)
    values = {key: _value(value, level + 1) for key, value in params.items()}
    try:
        return kind(**values)
    except Exception as error:  # whatever a library's constructor raises on a wrong value
        raise UserError(f"estimator {name}: {type(error).__name__}: {error}") from None


def _value(value: Any, level: int) -> Any:
    """A parameter, with the objects that mappings in it stand for."""
    if isinstance(value, dict) and KEY in value:
        return _built(value[KEY], {key: inner for key, inner in value.items() if key != KEY}, level)
    if isinstance(value, list):
        return [_value(item, level) for item in value]
    return value


def _class(name: object) -> type:
    """The class of that name; raises UserError if there is none that may be built."""
    module_name, _, class_name = name.rpartition(".") if isinstance(name, str) else ("", "", "")
    library, parts = module_name.partition(".")[0], str(name).split(".")
    if library not in LIBRARIES or not all(part.isidentifier() and not part.startswith("_") for part in parts):
        raise UserError(
            f"estimator: expected a class of {', '.join(LIBRARIES)} by its dotted name, such as "
            f"sklearn.ensemble.RandomForestClassifier, got {shortened(name)}"
        )
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        reason = f"{library} is not installed" if error.name == library else f"there is no module {module_name}"
        raise UserError(f"estimator {name}: {reason}") from None
    found = getattr(module, class_name, None)
    if _may_be_built(found):
        return found
    known = [key for key in dir(module) if not key.startswith("_") and _may_be_built(getattr(module, key, None))]
    hint = did_you_mean(class_name, known)
    raise UserError(f"estimator: {module_name} has no class {class_name} that can be fitted: {hint}")


def _may_be_built(found: Any) -> TypeGuard[type]:
    """Is it a class of one of the libraries, with parameters and something to fit?"""
    own = isinstance(found, type) and found.__module__.partition(".")[0] in LIBRARIES
    return own and hasattr(found, "get_params") and hasattr(found, "fit")


def _check_names(kind: type, params: dict[str, Any]) -> None:
    """Raise UserError if a parameter is unknown: some libraries take any name, so that a typo would pass unseen."""
    if PICKLED in params:
        raise UserError(
            f"estimator {kind.__name__}: parameter {PICKLED!r} is not allowed: what lies there is unpickled"
        )
    known = _parameters(kind)
    for name in params:
        if name not in known:
            hint = did_you_mean(str(name), sorted(known))
            raise UserError(f"estimator {kind.__name__}: there is no parameter {shortened(name)}: {hint}")


def _parameters(kind: type) -> set[str]:
    """Names of a class's parameters: those of its constructor, and those that an object of it tells."""
    named = inspect.signature(kind).parameters.values()
    known = {one.name for one in named if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)}
    if any(one.kind == one.VAR_KEYWORD for one in named):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            known |= set(kind().get_params(deep=False))
    return known
