"""What `attacks: auto` chooses from what the evidence holds."""

import numpy as np
import pytest

from miaudit import registry
from miaudit.attacks.base import MEANS
from miaudit.auditing.automatic import KINDS, NO_SHADOWS, automatic, candidates
from miaudit.auditing.chosen import usual_attacks, wanted_of
from miaudit.auditing.plan import unmet
from miaudit.splits.base import Split
from miaudit.splits.pool import Pool
from miaudit.splits.six_way import SixWay

POOL = Pool(models=8, shadows=2, population=0.2, members=0.4, nonmembers=0.4).split(100, 0)
SIX_WAY = SixWay(target_in=20, target_out=20, shadow_in=20, shadow_out=20, reference=20).split(100, 0)
NO_MODELS = Split(members=np.arange(20), nonmembers=np.arange(20, 40))


def chosen(split: Split, kind: str = "logits", labels_only: bool = False, views: bool = False) -> list[str]:
    lacking = unmet(usual_attacks("auto"), split, 0.1, kind, labels_only, views)  # type: ignore[arg-type]
    return list(automatic(lacking, len(split.shadows)).because)


def test_with_a_pool_every_kind_of_attacker_is_there() -> None:
    assert chosen(POOL) == ["loss", "kde", "attack_p", "base_ratio", "lira", "ensemble"]
    assert chosen(SIX_WAY) == ["loss", "kde", "base_ratio", "lira", "ensemble"]  # it has no population


def test_without_models_nobody_compares_with_any() -> None:
    found = automatic(unmet(usual_attacks("auto"), NO_MODELS, 0.1), 0)
    assert list(found.because) == ["loss", "kde"]
    assert found.skipped == {
        "label_only": "needs further views of each record (`views`)",
        "attack_p": "needs population records that no model saw",
        **dict.fromkeys(
            ("base_ratio", "lira", "ensemble"), "needs 1 reference model(s) without each record, there are 0"
        ),
    }
    expected = ("queries", "records", "references", "references", "shadows")
    assert tuple(found.means.items()) == tuple(zip(found.skipped, expected, strict=True))


def test_without_shadows_nobody_learns_on_them() -> None:
    """`ensemble` would be `base_ratio` then, a second time."""
    found = automatic({}, shadows=0)
    assert "ensemble" not in found.because
    assert found.skipped["ensemble"] == NO_SHADOWS


def test_where_only_labels_are_given_the_attacks_on_labels_are_left() -> None:
    assert chosen(POOL, labels_only=True) == ["gap"]
    assert chosen(POOL, labels_only=True, views=True) == ["gap", "label_only"]


def test_scores_have_attacks_that_need_no_likelihoods() -> None:
    assert chosen(POOL, kind="score") == ["loss", "kde", "attack_p", "calibrated", "lira", "two_stage"]
    assert chosen(POOL, kind="loss") == chosen(POOL)


@pytest.mark.parametrize("name", candidates())
def test_no_attack_needs_more_than_its_kind_of_attacker_has(name: str) -> None:
    """Nor is an attack of two kinds, which would be run twice."""
    kind = next(kind for kind in KINDS if name in kind.attacks)
    needs = registry.build("attacks", name, {}).needs
    assert MEANS.index(needs.means) <= MEANS.index(kind.means)
    assert candidates().count(name) == 1


def test_the_choice_keeps_the_order_of_the_kinds_and_its_reasons() -> None:
    wanted = wanted_of("auto", 0.1, 0)
    questions = wanted.questions(unmet(wanted.attacks, POOL, 0.1, views=True), len(POOL.shadows))
    assert list(questions.attacks) == ["loss", "label_only", "kde", "attack_p", "base_ratio", "lira", "ensemble"]
    assert list(questions.because) == list(questions.attacks)
    assert questions.skipped == {}
    assert all(why.startswith(("an attacker", "the strongest attacker")) for why in questions.because.values())


def test_all_are_run_where_all_are_wanted() -> None:
    wanted = wanted_of("all", 0.1, 0)
    questions = wanted.questions(unmet(wanted.attacks, POOL, 0.1), len(POOL.shadows))
    assert set(questions.attacks) == set(registry.names("attacks")) - {"label_only"}
    assert questions.because == {}
