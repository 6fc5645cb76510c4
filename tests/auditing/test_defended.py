"""One audit of a target with a defence, by an attacker who knows of it and one who does not."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from miaudit.auditing.cost import forecast
from miaudit.auditing.from_config import plan_of_config
from miaudit.auditing.plan import Plan
from miaudit.auditing.run import Finished
from miaudit.config import parse_config
from miaudit.defences.base import Guarantee
from miaudit.errors import UserError
from miaudit.running.local import LocalRunner
from miaudit.store.local import LocalStore
from miaudit.training.dp_sgd import DpSgdRecipe, epsilon
from tiny import CONFIG, run_config

SMALL = {
    **CONFIG,
    "split": {"name": "pool", "models": 4, "shadows": 2, "members": 0.1, "nonmembers": 0.1, "population": 0.1},
    "recipe": {"model": {"name": "mlp", "hidden": [16]}, "learning_rate": 0.02, "batch_size": 16, "epochs": 8},
    "attacks": ["loss", "calibrated", "rmia"],
}
MEMBERS = 179


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    return LocalStore(tmp_path_factory.mktemp("store"))


def plan(**changes: Any) -> Plan:
    return plan_of_config(parse_config({**SMALL, **changes}))


def audit(store: LocalStore, **changes: Any) -> Finished:
    return run_config(parse_config({**SMALL, **changes}), store, LocalRunner(1))


def keys(of: Plan) -> list[str]:
    return [work.job.key for work in of.works]


@pytest.mark.parametrize(
    "defence", ["l2", {"name": "dp_sgd", "noise": 0.6}, {"name": "selena", "models": 9, "left_out": 4}]
)
def test_who_knows_of_the_defence_trains_with_it(defence: Any) -> None:
    without, unaware, knows = plan(), plan(defence=defence), plan(defence=defence, attacker="knows")
    assert keys(unaware)[1:] == keys(without)[1:]
    assert keys(unaware)[0] == keys(knows)[0] != keys(without)[0]
    assert not set(keys(knows)) & set(keys(without))
    assert plan(defence=defence, attacker="unaware").works[0].job.key == keys(unaware)[0]


def test_a_private_model_has_its_epsilon_in_the_result(store: LocalStore) -> None:
    finished = audit(store, defence={"name": "dp_sgd", "noise": 0.8}, attacker="knows")
    steps = -(-MEMBERS // 16)
    assert finished.result.target.guarantee == Guarantee(
        epsilon=epsilon(0.8, 1 / steps, 8 * steps, 1e-5), delta=1e-5, accountant="RDP"
    )
    assert finished.result.target.description == "Mlp trained on digits with dp_sgd[noise=0.8]"
    assert finished.result.cost.models_trained == 5
    recipe = finished.result.provenance.recipe
    assert recipe is not None
    assert (recipe["class"], recipe["noise"], recipe["base"]["class"]) == ("DpSgdRecipe", 0.8, "Recipe")
    assert audit(store).result.target.guarantee is None


def test_an_unaware_attacker_costs_no_models_but_the_target(store: LocalStore) -> None:
    without = audit(store)
    unaware = audit(store, defence={"name": "l2", "weight": 0.05})
    assert unaware.result.cost.models_trained == 1
    npt.assert_array_equal(
        unaware.gathered.evidence.audit.references("loss"), without.gathered.evidence.audit.references("loss")
    )
    assert unaware.result.target.train_accuracy != without.result.target.train_accuracy


def test_references_are_defended_with_their_own_changes() -> None:
    sizes = {"target_in": 99, "target_out": 99, "shadow_in": 50, "shadow_out": 50, "reference": 90}
    how = plan(
        split={"name": "six_way", **sizes},
        attacks=["loss", "calibrated"],
        reference_recipe={"epochs": 3},
        defence="dp_sgd",
        attacker="knows",
    )
    recipes = [work.job.recipe for work in how.works]
    assert all(isinstance(recipe, DpSgdRecipe) for recipe in recipes)
    assert [recipe.base.epochs for recipe in recipes if isinstance(recipe, DpSgdRecipe)] == [8, 8, 3]


def test_the_forecast_times_every_recipe(tmp_path: Path) -> None:
    mixed = plan(defence={"name": "dp_sgd", "noise": 0.6})
    cost = forecast(mixed, LocalStore(tmp_path), 1)
    assert cost.models == 5
    assert cost.seconds is not None
    assert cost.seconds > forecast(plan(), LocalStore(tmp_path), 1).seconds  # type: ignore[operator]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"defence": "selina"}, "no defence is called 'selina': did you mean 'selena'"),
        ({"defence": {"name": "selena", "models": 3}}, "defence selena: left_out must be below models, 3"),
        ({"defence": {"name": "l2", "wait": 1}}, "defence l2: there is no option 'wait'"),
        ({"attacker": "knows"}, "`attacker` says who knows of a defence"),
        ({"defence": "l2", "defences": ["l2"]}, "expected either `defence`"),
        ({"defences": ["l2", "l2"]}, "names one of them twice"),
        ({"defence": "l2", "attacker": "maybe"}, "attacker"),
        ({"defence": "dropout", "recipe": {"model": "smallnet"}}, "smallnet has no dropout"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        plan(**changes)


def test_evidence_has_its_defences_behind_it() -> None:
    with pytest.raises(UserError, match="leave `defence` and `defences` out"):
        parse_config({"evidence": "a.csv", "defence": "l2"})
    with pytest.raises(UserError, match="needs `defence` or `defences`"):
        parse_config({"evidence": "a.csv", "attacker": "knows"})


def test_a_defence_that_distils_takes_its_records_from_the_population() -> None:
    without, distilled = plan().split, plan(defence="distillation").split
    assert len(distilled.unlabelled) == round(len(without.population) / 2)
    assert np.isin(distilled.unlabelled, without.population).all()
    assert sorted([*distilled.unlabelled, *distilled.population]) == sorted(without.population)
    target = plan(defence="distillation").works[0]
    npt.assert_array_equal(target.job.unlabelled, distilled.unlabelled)
    assert "unlabelled" in target.job.parts
    assert "unlabelled" not in plan().works[0].job.parts
