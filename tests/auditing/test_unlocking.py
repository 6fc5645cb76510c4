"""What would let an attack run, for each thing that it may lack."""

import numpy as np
import pytest

from miaudit.attacks.base import Needs
from miaudit.auditing.unlocking import FROM_FILE, KNOWN_RECIPE, UNKNOWN_RECIPE, held, unlock
from worlds import gaussian_world


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        (Needs(), ""),
        (Needs(known=True), ""),
        (Needs(shadows=1), UNKNOWN_RECIPE.models),
        (Needs(out_references=1), UNKNOWN_RECIPE.models),
        (Needs(in_references=2, population=True), f"{UNKNOWN_RECIPE.models}; {UNKNOWN_RECIPE.population}"),
    ],
)
def test_each_lack_has_its_way(needs: Needs, expected: str) -> None:
    assert unlock(needs, Needs(), UNKNOWN_RECIPE) == expected
    assert unlock(needs, needs, UNKNOWN_RECIPE) == ""


def test_a_known_recipe_asks_for_more_models_instead() -> None:
    assert "--models N" in unlock(Needs(out_references=3), Needs(out_references=2), KNOWN_RECIPE)


def test_evidence_holds_what_it_was_made_of() -> None:
    world = gaussian_world(np.random.default_rng(0), n=40, references=4, shadows=2, known=10, population=8)
    bare = gaussian_world(np.random.default_rng(0), n=40, references=0, shadows=0, known=0, population=0, form="out")

    inside = world.evidence.audit.in_reference.sum(axis=0)
    has = held(world.evidence)
    assert (has.shadows, has.known, has.population) == (2, True, True)
    assert has.in_references <= inside.min()
    assert has.out_references <= (4 - inside).min()
    assert held(bare.evidence) == Needs()
    assert unlock(Needs(shadows=1, population=True), has, FROM_FILE) == ""
