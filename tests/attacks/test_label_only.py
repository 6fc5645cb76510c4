"""`label_only` in a world that memorises: the target keeps the labels of its members under views, but not of others."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from scipy.stats import binom

from miaudit.arrays import Bools, Floats
from miaudit.attacks.label_only import LabelOnly
from miaudit.evidence import Evidence, Outputs, Panel, View
from miaudit.evidence.panel import Augmented
from worlds import auc, half

N, VIEWS, REFERENCES = 4000, 8, 4
KEPT, USUAL = 0.95, 0.6  # the share of views on which the target keeps the label of a member, and of another record


class Memory(NamedTuple):
    """Evidence of a target that gives labels alone, and the truth."""

    evidence: Evidence
    member: Bools


def memory(kept: Floats, usual: Floats, seed: int = 0) -> Memory:
    """The target keeps a record's label with probability `kept` (N,) on each view, each reference with `usual` (N,)."""
    rng = np.random.default_rng(seed)
    member = half(rng, N)
    chance = np.where(member, kept, usual)
    target = rng.random((1 + VIEWS, N)) < chance
    references = rng.random((1 + VIEWS, REFERENCES, N)) < usual
    panel = Panel.of(_labels_given(target[0]), np.zeros(N, dtype=int), _labels_given(references[0]), kind="probs")
    views = [Augmented(_view(target[v : v + 1]), _view(references[v])) for v in range(1, 1 + VIEWS)]
    return Memory(Evidence(audit=replace(panel, views=tuple(views))), member)


def _labels_given(kept: Bools) -> Floats:
    """(..., N, 2) certain probabilities, of class 0 where the label is kept."""
    return np.stack([kept, ~kept], axis=-1).astype(float)


def _view(kept: Bools) -> View:
    return View.whole(Outputs(np.zeros(N, dtype=int), list(_labels_given(kept)), "probs"))


def scores(attack: LabelOnly, world: Memory) -> Floats:
    return attack.score(world.evidence, np.random.default_rng(0))


@pytest.fixture(scope="module")
def alike() -> Memory:
    """All records are equally difficult."""
    return memory(np.full(N, KEPT), np.full(N, USUAL))


def test_the_score_is_the_share_of_kept_labels(alike: Memory) -> None:
    found = scores(LabelOnly(calibration="none"), alike)
    assert set(np.round(found * (1 + VIEWS), 9)) <= set(range(2 + VIEWS))
    assert found[alike.member].mean() == pytest.approx(KEPT, abs=4 * np.sqrt(KEPT * (1 - KEPT) / (N / 2 * (1 + VIEWS))))


def test_it_tells_members_as_well_as_two_binomials_can_be_told(alike: Memory) -> None:
    """P(X > Y) + P(X = Y) / 2 of the numbers of kept labels X ~ B(9, 0.95) and Y ~ B(9, 0.6)."""
    inside, outside = (binom.pmf(np.arange(2 + VIEWS), 1 + VIEWS, p) for p in (KEPT, USUAL))
    expected = float(inside @ (np.cumsum(outside) - outside / 2.0))
    found = auc(scores(LabelOnly(calibration="none"), alike), alike.member)
    assert found == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / (N / 2)))


def test_it_finds_members_at_the_expected_rate(alike: Memory) -> None:
    """All nine labels are kept for 0.95^9 = 63 % of members, and for 0.6^9 = 1.0 % of the others."""
    found = scores(LabelOnly(calibration="none"), alike) == 1.0
    for kind, chance in ((alike.member, KEPT), (~alike.member, USUAL)):
        expected = chance ** (1 + VIEWS)
        assert found[kind].mean() == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / (N / 2)))


def test_references_take_out_how_difficult_a_record_is() -> None:
    """Easy records keep their label whether they are members or not; only the comparison shows who is one."""
    usual = np.random.default_rng(1).uniform(0.2, 0.9, N)
    world = memory(usual + 0.1, usual)
    alone, compared = (auc(scores(LabelOnly(calibration=c), world), world.member) for c in ("none", "auto"))
    assert compared > alone + 0.03
    assert alone > 0.52


def test_nothing_is_found_where_nothing_is_remembered() -> None:
    world = memory(np.full(N, USUAL), np.full(N, USUAL))
    for calibration in ("none", "auto"):
        found = auc(scores(LabelOnly(calibration=calibration), world), world.member)
        assert abs(found - 0.5) < 4 * np.sqrt((N + 1) / (3 * N * N))
