"""The temperature: what it does to probabilities, and how it is chosen on the shadows."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.special import log_softmax

from miaudit.arrays import Bools, Floats
from miaudit.attacks import _on_shadows
from miaudit.attacks._mean_probability import base_ratio
from miaudit.attacks._temperature import DEFAULT, GRID, temperature_of, tempered
from miaudit.attacks.base_ratio import BaseRatio
from miaudit.attacks.ensemble import Ensemble
from miaudit.attacks.rmia import Rmia
from miaudit.evidence import Evidence, Outputs, Panel
from worlds import auc, gaussian_world, truth_of

RNG = np.random.default_rng(0)


def evidence(seed: int = 0, shadows: int = 2) -> Evidence:
    return gaussian_world(np.random.default_rng(seed), n=200, shadows=shadows, form="pool").evidence


def test_a_tempered_panel_is_that_of_divided_logits() -> None:
    panel = evidence().audit
    soft = tempered(panel, 3.0)
    rows = np.arange(len(panel))
    for own, others in (
        (soft.target("loss")[None], panel.target("logits")[None]),
        (soft.references("loss"), panel.references("logits")),
    ):
        np.testing.assert_allclose(own, log_softmax(others / 3.0, axis=-1)[:, rows, panel.labels], rtol=1e-9)


def test_probabilities_are_tempered_as_logits_are() -> None:
    """The odds 4 become their root 2; of three classes, p^(1/2) / sum p^(1/2) = 0.8 / (0.8 + 0.6 + 0)."""
    table = Outputs(np.array([0, 1]), [np.array([[0.8, 0.2], [0.2, 0.8]])], "probs")
    np.testing.assert_allclose(table.tempered(2.0).signal("loss"), [[np.log(2 / 3)] * 2])
    table = Outputs(np.array([0]), [np.array([[0.64, 0.36, 0.0]])], "probs")
    np.testing.assert_allclose(table.tempered(2.0).signal("loss"), [[np.log(0.8 / 1.4)]])


def test_a_temperature_of_one_changes_nothing_and_one_table_is_kept_of_each() -> None:
    outputs = evidence().audit.target_view.outputs
    assert outputs.tempered(1.0) is outputs
    assert outputs.tempered(2.0) is outputs.tempered(2.0)


def test_auto_is_the_best_on_the_shadows() -> None:
    """Against a plain loop: mean AUC of the ratio of every shadow."""
    world = evidence()
    means = {
        t: np.mean([auc(base_ratio(tempered(shadow, t)), truth_of(shadow)) for shadow in world.shadows]) for t in GRID
    }
    assert temperature_of("auto", world, base_ratio) == max(means, key=lambda t: means[t])


def saturated(seed: int) -> Panel:
    """Three classes: a reference that knows a record is certain of it; the target is nearly so of its members.

    Members of the target have phi of 12, as do references that know a record. At T = 1 a non-member that is easy for
    all models looks as members do.
    """
    rng = np.random.default_rng(seed)
    n = 600
    member = rng.permutation(n) < n // 2
    easy = rng.normal(4.0, 3.0, size=n)

    def logits(inside: Bools) -> Floats:
        z = rng.normal(0, 0.5, size=(n, 3))
        z[:, 0] += easy + 4.0 * inside
        return z

    inside = np.stack([rng.permutation(n) < n // 2 for _ in range(2)])
    inside = np.concatenate([inside, ~inside])
    references = np.stack([logits(row) for row in inside])
    return Panel.of(logits(member), np.zeros(n, dtype=np.int64), references, inside, member)


def test_models_that_are_certain_get_a_high_temperature() -> None:
    shadow, fresh = saturated(0), saturated(1)
    world = Evidence.of(fresh, shadows=(shadow,))
    plain, auto = (auc(BaseRatio(temperature=t).score(world, RNG), truth_of(fresh)) for t in (1.0, "auto"))
    assert temperature_of("auto", world, base_ratio) > 1
    assert auto > plain + 0.02


def test_without_a_shadow_that_tells_the_default_is_taken() -> None:
    world = evidence(shadows=1)
    (shadow,) = world.shadows
    bare = replace(shadow, reference_view=None, in_reference=np.zeros((0, 0), dtype=bool))
    known_by_all = replace(shadow, in_reference=np.ones_like(shadow.in_reference))
    one_kind = replace(shadow, member=np.ones(len(shadow), dtype=bool))
    for shadows in ((), (bare,), (known_by_all,), (one_kind,)):
        assert temperature_of("auto", replace(world, shadows=shadows, shadow_populations=()), base_ratio) == DEFAULT


def test_a_given_temperature_is_used() -> None:
    assert temperature_of(3.0, evidence(), base_ratio) == 3.0


@pytest.mark.parametrize("attack", [BaseRatio(), Rmia(), Rmia(mode="offline"), Rmia(mode="online"), Ensemble(trees=5)])
def test_a_settled_attack_is_the_same_attack(attack: BaseRatio | Rmia | Ensemble) -> None:
    world = evidence()
    settled = attack.settled(world)
    assert settled.temperature in GRID
    first, second = (each.score(world, np.random.default_rng(0)) for each in (attack, settled))
    np.testing.assert_array_equal(first, second)


def test_it_is_chosen_on_a_part_of_many_records(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def ratio(panel: Panel) -> Floats:
        seen.append(len(panel))
        return base_ratio(panel)

    world = evidence()
    models = 1 + world.shadows[0].n_references
    monkeypatch.setattr(_on_shadows, "CELLS", 50 * models)
    temperature_of("auto", world, ratio)
    assert seen == [50] * len(GRID) * len(world.shadows)


@pytest.mark.parametrize("wrong", [0.0, -1.0, "warm"])
def test_temperatures_out_of_range_are_refused(wrong: float | str) -> None:
    with pytest.raises(ValidationError, match="temperature"):
        BaseRatio(temperature=wrong)  # type: ignore[arg-type]
