"""Models and records as people bring them are audited without a flag, or the message names the flag."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import miaudit
from acceptance.audited import HALF, Case, Variant
from acceptance.model_variants import variants
from miaudit.errors import UserError
from miaudit.experiments.quick import IN_PROCESS

ALL = variants()


def audited(case: Case, store: Path, without: str = "") -> miaudit.Audit:
    """The audit, with as few models as it takes."""
    said = {"attacks": ["loss"], **{name: value for name, value in case.said.items() if name != without}}
    return miaudit.audit(
        case.model,
        case.members,
        case.nonmembers,
        models=2,
        shadows=1,
        runner=IN_PROCESS,
        store=store,
        device="cpu",
        **said,
    )


def is_there(module: str) -> bool:
    """Is the library installed? A folder of tests that has its name is none."""
    spec = importlib.util.find_spec(module)
    return spec is not None and spec.origin is not None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras and torch about each other and themselves
@pytest.mark.parametrize("variant", ALL, ids=[variant.name for variant in ALL])
def test_the_model_is_audited_as_it_is(variant: Variant, tmp_path: Path) -> None:
    lacking = [module for module in variant.needs if not is_there(module)]
    if lacking:
        pytest.skip(f"{lacking[0]} is not installed")
    case = variant.make(tmp_path)
    if variant.flag:
        with pytest.raises(UserError, match=f"{variant.flag}="):
            audited(case, tmp_path / "store", without=variant.flag)
    found = audited(case, tmp_path / "store")
    assert (found.result.target.members, found.result.target.nonmembers) == (HALF, HALF)
    if case.p is not None:
        member, position = (found.scores.column(name).to_numpy() for name in ("member", "position"))
        given = case.p[position + np.where(member, 0, HALF)]
        heard = np.exp(found.scores.column("signal.loss").to_numpy())
        sure = (given > 0) & (given < 1)  # others have a floor
        assert sure.any()
        np.testing.assert_allclose(heard[sure], given[sure], atol=variant.error)


def test_enough_variants_run_without_a_flag() -> None:
    assert len(ALL) >= 40
    assert len({variant.name for variant in ALL}) == len(ALL)
    assert sum(not variant.flag for variant in ALL) >= 0.9 * len(ALL)
