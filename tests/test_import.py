import json
import subprocess
import sys

import pytest

import miaudit

HEAVY = ("torch", "sklearn", "scipy", "pyarrow", "numpy")
OPTIONAL = ("onnxruntime", "keras", "xgboost", "lightgbm", "catboost", "transformers", "skops")


def loaded_after(code: str) -> set[str]:
    """Packages that a fresh process has loaded after the code."""
    program = f"{code}\nimport json, sys\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_loads_nothing_heavy() -> None:
    assert not loaded_after("import miaudit") & set(HEAVY)


def test_the_help_loads_nothing_heavy() -> None:
    asked = "import sys; sys.argv = ['miaudit', '--help']"
    code = f"{asked}\nfrom miaudit.cli.main import run\ntry: run()\nexcept SystemExit: pass"
    assert not loaded_after(code) & set(HEAVY)


def test_the_core_needs_no_torch() -> None:
    code = "import miaudit.api, miaudit.cli.main, miaudit.auditing.from_config, miaudit.report.html"
    assert "torch" not in loaded_after(code)


def test_libraries_of_models_are_loaded_by_whoever_has_such_a_model() -> None:
    assert not loaded_after("from miaudit.targets.search import kinds; kinds()") & set(OPTIONAL)


def test_public_names_are_there_when_asked_for() -> None:
    from miaudit.api import audit
    from miaudit.training.recipe import Recipe

    assert miaudit.audit is audit
    assert miaudit.Recipe is Recipe
    for name in miaudit.__all__:
        assert getattr(miaudit, name) is not None


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="module 'miaudit' has no attribute 'audid'"):
        miaudit.audid  # noqa: B018


def test_the_program_tells_its_version() -> None:
    program = [sys.executable, "-c", "from miaudit.cli.main import run; run()", "--version"]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == miaudit.__version__


@pytest.mark.parametrize("module", ["miaudit", "miaudit.cli.main"])
def test_the_module_is_the_command(module: str) -> None:
    program = [sys.executable, "-m", module, "--version"]
    assert subprocess.run(program, capture_output=True, text=True, check=True).stdout.strip() == miaudit.__version__
