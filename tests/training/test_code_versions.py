"""Behind the version of each way to train stand its sources, which do not change unnoticed while the version stays.

What is stored is named by these versions: a model trained by other code must not be found under the old name.
"""

import ast
import hashlib
import importlib
import pkgutil
from pathlib import Path

import pytest
from sklearn.dummy import DummyClassifier

import miaudit.training
from miaudit.own import recipe
from miaudit.training import estimators
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.job import Method
from tiny import blobs

# Version and hash of the sources, by the file of miaudit.training that holds the version.
PINNED = {
    "fit": ("plain/2", "c485960e0658c2ad"),
    "abreast": ("abreast/1", "6636b570fba694aa"),
    "fit_many": ("stack/1", "b2d952631edacc6e"),
    "dp_sgd": ("dp_sgd/3", "73183ceb2a30eed4"),
    "distillation": ("distillation/1", "23c1c4f84306eda3"),
    "selena": ("selena/1", "051419584ad70eb9"),
    "student": ("student/2", "7b68886e901d0299"),
    "boosters": ("; boosters/2", "2ea38a3c2af26105"),
    "estimators": ("; estimators/2", "7e1a690880ca93d7"),
    "own_signal": ("signals/1", "f5909b51e05db462"),
    "signal_recipe": ("signal recipes/1", "acbd0f63cac5f5a7"),
}

ROOT = Path(miaudit.training.__file__).parents[1]
RESUMED = ("training.epochs", "training.state", "training.unseen")  # a training that goes on ends at the same weights
LOOP = (
    *("seeds", "models.base", "module_inputs", "training.networks", "training.fit", "training.optimizers"),
    *RESUMED,
)
ARCHITECTURES = tuple(sorted(f"models.{file.stem}" for file in (ROOT / "models").glob("*.py")))
SOFT = (*LOOP, "training.augment", "training.soft")  # the base recipe's version, too, is part of a distilling one's
LIKE = ("training.like", "training.copying", "training.as_logits")
GIVEN = ("training.architecture", "training.start")  # models that a recipe is given, never stacked but for LIKE
BEHIND = {
    "fit": (*LOOP, "training.augment", *LIKE, *GIVEN, *ARCHITECTURES),
    "abreast": (*LOOP, "training.abreast", "training.recording", "training.augment", *LIKE, *GIVEN, *ARCHITECTURES),
    "fit_many": (*LOOP, "training.fit_many", "training.stack", "models.mlp", *LIKE),
    "dp_sgd": (*LOOP, "training.dp_sgd", "training.augment", *LIKE, *GIVEN, *ARCHITECTURES),
    "distillation": (*SOFT, "training.distillation"),
    "selena": (*SOFT, "training.selena"),
    "student": (*SOFT, "training.student"),
    "boosters": (
        *("training.boosters", "training.xgboost_recipe", "training.lightgbm_recipe"),
        *("model_outputs", "answers"),
    ),
    "estimators": (
        *("training.estimators", "training.asking", "training.boosting"),
        *("model_outputs", "answers", "features.base"),
    ),
    "own_signal": ("training.own_signal", "model_outputs", "models.base"),
    "signal_recipe": ("training.signal_recipe", "training.estimators", "training.boosting"),
}
NEUTRAL = {
    "arrays",
    "errors",
    "messages",
    "registry",
    "splits.base",
    "fingerprint",  # names change with it
    "maths.threads",  # for timing alone
    "training.base",
    "training.data",
    *("training.snapshots", "store.reached"),  # a contract, and numbers
    "training.defended",
    "training.hyperparameters",  # their values are part of the name
    "training.network_recipe",
    "training.recipe",
    "training.way",  # what it chooses is part of the version
    *("training.device", "training.precision", "training.size", "training.threads", "training.timing"),  # before it
    *("forms", "guard", "memory", "plain"),
    *("address", "source.located"),  # where a function of the user's is; its source is part of the name
}
OWN = ("own.recipe", "own.function", "own.surroundings")  # behind the outputs of models that the user's code trains
OWN_PINNED = ("own/1", "2c2a2e98d7faafd1")


def path_of(name: str) -> Path:
    return ROOT.joinpath(*name.split(".")).with_suffix(".py")


def tree_of(name: str) -> ast.Module:
    return ast.parse(path_of(name).read_text(encoding="utf-8"))


def essence(node: object) -> object:
    """Syntax without comments, docstrings and places; the same in every version of Python."""
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
        return (type(node).__name__, *((name, essence(value)) for name, value in fields))
    if isinstance(node, list):
        return [essence(item) for item in node if not _is_text(item)]
    return node


def _is_text(statement: object) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def hash_of(names: tuple[str, ...]) -> str:
    content = [(name, essence(tree_of(name))) for name in sorted(set(names))]
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", PINNED)
def test_no_source_changes_while_its_version_stays(name: str) -> None:
    version = importlib.import_module(f"miaudit.training.{name}").CODE_VERSION
    found = (version, hash_of(BEHIND[name]))
    assert found == PINNED[name], (
        f"code behind version {version!r} has changed, in one of {', '.join(sorted(set(BEHIND[name])))}. If models "
        f"come out otherwise than before, in a single bit, raise CODE_VERSION in training/{name}.py, or the `revision` "
        "of an architecture that changed alone: old checkpoints then miss. If they do not, leave it. In both cases "
        f"PINNED gets what is found now: {found}"
    )


def test_the_users_function_is_called_in_the_same_way_while_its_version_stays() -> None:
    found = (recipe.CODE_VERSION, hash_of(OWN))
    assert found == OWN_PINNED, (
        f"code behind {found[0]!r} has changed, in one of {', '.join(OWN)}. If the function is called otherwise "
        f"than before, raise CODE_VERSION in own/recipe.py. In any case OWN_PINNED gets what is found now: {found}"
    )


def test_every_version_is_pinned() -> None:
    names = [module.name for module in pkgutil.iter_modules(miaudit.training.__path__)]
    modules = {name: importlib.import_module(f"miaudit.training.{name}") for name in names}
    versioned = {name for name, module in modules.items() if hasattr(module, "CODE_VERSION")}
    assert versioned == set(PINNED) == set(BEHIND)


def test_every_file_that_they_import_is_behind_a_version() -> None:
    reached, waiting = set[str](), [f"training.{name}" for name in PINNED]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += imported(name)
    listed = {name for names in BEHIND.values() for name in names}
    assert reached - listed == NEUTRAL, "BEHIND says which versions a file is behind, NEUTRAL that it trains nothing"


def imported(name: str) -> list[str]:
    """Files of the package that a file imports."""
    statements = [node for node in ast.walk(tree_of(name)) if isinstance(node, ast.ImportFrom) and node.module]
    modules = [f"{node.module}.{part.name}" for node in statements for part in node.names]
    modules += [str(node.module) for node in statements]
    own = [module.removeprefix("miaudit.") for module in modules if module.startswith("miaudit.")]
    return [module for module in own if path_of(module).is_file()]


def test_words_may_change_and_code_may_not() -> None:
    before = essence(ast.parse('def f(x):\n    """Old words."""\n    return x + 1  # why\n'))
    assert essence(ast.parse('"""Words."""\n\ndef f(x):\n    return (x + 1)\n')) == before
    assert essence(ast.parse("def f(x):\n    return x + 2\n")) != before
    assert essence(ast.parse("def f(x):\n    return None\n")) != essence(ast.parse("def f(x):\n    return\n"))


def test_another_version_is_another_estimator(monkeypatch: pytest.MonkeyPatch) -> None:
    current = estimators.CODE_VERSION
    before = Method.of(EstimatorRecipe.of(DummyClassifier()), blobs()).code
    assert before.endswith(current)
    monkeypatch.setattr(estimators, "CODE_VERSION", "; estimators/99")
    assert Method.of(EstimatorRecipe.of(DummyClassifier()), blobs()).code == before.replace(current, "; estimators/99")
