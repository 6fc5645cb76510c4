"""Two references, each trained on what the other was not, teach which of two models was trained on a record."""

from dataclasses import replace

import numpy as np
import pytest

from miaudit.arrays import Bools, Floats
from miaudit.attacks._pairs import ENOUGH, pair_score, spread, teaches_pairs
from miaudit.attacks.base_ratio import BaseRatio
from miaudit.attacks.ensemble import Ensemble
from miaudit.auditing.scoring import choose_cut
from miaudit.evidence import Evidence, Panel
from miaudit.thresholds.best_accuracy import BestAccuracy
from worlds import auc, gaussian_world, half, panel_of_phi


def pair_world(seed: int, n: int, leak: float) -> tuple[Evidence, Bools]:
    """A target and two complementary models, which agree on easy records and differ much on hard ones."""
    rng = np.random.default_rng(seed)
    difficulty, member, first = rng.normal(0.0, 2.0, size=n), half(rng, n), half(rng, n)
    spread = np.where(difficulty > 0, 3.0, 0.3)

    def phi(inside: Bools) -> Floats:
        return leak * inside - difficulty + spread * rng.normal(size=n)

    inside = np.stack([first, ~first])
    panel = panel_of_phi(phi(member), np.stack([phi(row) for row in inside]), inside)
    return Evidence(audit=panel), member


def score(panel: Panel, limit: int = 100_000, temperature: float = 2.0) -> Floats:
    return pair_score(panel, temperature, limit, np.random.default_rng(0))


def test_it_beats_the_ratio_where_records_differ_in_their_spread() -> None:
    evidence, member = pair_world(0, 2000, 1.0)
    ratios = [auc(BaseRatio(temperature=t).score(evidence, np.random.default_rng(0)), member) for t in (1, 1.5, 2, 3)]
    assert auc(score(evidence.audit), member) > max(ratios) + 0.02


def test_the_ensemble_learns_on_the_pair_where_no_shadow_has_references() -> None:
    evidence, _ = pair_world(0, 600, 3.0)
    np.testing.assert_array_equal(Ensemble().score(evidence, np.random.default_rng(0)), score(evidence.audit))


def test_few_known_records_set_no_cut_for_scores_of_trees() -> None:
    """Of 60 known records the ensemble gives the ratio alone, which is on another scale."""
    evidence, member = pair_world(0, 300, 3.0)
    for known, is_cut in ((60, False), (200, True)):
        rows = np.arange(known)
        part = evidence.audit.select(rows).with_members(member[rows])
        cut = choose_cut("ensemble", Ensemble(), replace(evidence, known=part), BestAccuracy(), 0)
        assert (cut is not None) == is_cut


def test_nobody_wins_where_nothing_leaks() -> None:
    """Mean of four worlds of 1,000: the standard deviation of each is 0.0183 or less."""
    worlds = [pair_world(seed, 1000, 0.0) for seed in range(4)]
    found = np.mean([auc(score(evidence.audit), member) for evidence, member in worlds])
    assert abs(found - 0.5) < 4 * 0.0183 / np.sqrt(4)


def test_the_order_of_the_references_does_not_matter() -> None:
    evidence, _ = pair_world(0, 600, 3.0)
    swapped = evidence.audit.changed(lambda view: replace(view, models=view.models[::-1]))
    swapped = replace(swapped, in_reference=evidence.audit.in_reference[::-1])
    np.testing.assert_allclose(score(swapped), score(evidence.audit), rtol=1e-9)


def test_a_surer_target_is_never_less_likely_to_know_the_record() -> None:
    evidence, _ = pair_world(0, 200, 3.0)
    audit = evidence.audit
    values, inside = audit.references("scaled_logit"), audit.in_reference
    rising = [score(panel_of_phi(np.full(200, phi), values, inside)) for phi in np.linspace(-8.0, 8.0, 5)]
    assert (np.diff(rising, axis=0) >= 0).all()


def test_two_references_teach_if_one_knows_enough_records_that_the_other_does_not() -> None:
    for alone, able in ((ENOUGH, True), (ENOUGH - 1, False)):
        inside = np.zeros((2, 300), dtype=bool)
        inside[0, :alone] = True
        assert teaches_pairs(panel_of_phi(np.zeros(300), np.zeros((2, 300)), inside)) == able
    three = gaussian_world(np.random.default_rng(0), references=3).evidence.audit
    none = replace(three, reference_view=None, in_reference=np.zeros((0, 0), dtype=bool))
    assert not teaches_pairs(three)
    assert not teaches_pairs(none)


def test_equal_values_have_a_spread_of_one() -> None:
    equal = np.full(3, 0.1)
    assert equal.std() > 0  # by rounding
    assert spread(equal) == 1.0
    assert spread(np.array([-1.0, 1.0])) == 1.0
    assert spread(np.array([-3.0, 3.0])) == 3.0


@pytest.mark.parametrize("limit", [2, 60])
def test_it_learns_on_no_more_examples_than_asked_for(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    class Spy:
        def __init__(self, **options: object) -> None:
            del options

        def fit(self, examples: Floats, member: Bools) -> None:
            seen.append((len(examples), int(member.sum())))

        def decision_function(self, examples: Floats) -> Floats:
            return np.zeros(len(examples))

    monkeypatch.setattr("miaudit.attacks._pairs.HistGradientBoostingClassifier", Spy)
    score(pair_world(0, 300, 1.0)[0].audit, limit=limit)
    assert seen == [(limit, limit // 2)]


@pytest.mark.parametrize("extreme", [0.0, 80.0, 745.0])
def test_certain_models_give_finite_scores(extreme: float) -> None:
    rng = np.random.default_rng(0)
    first = half(rng, 200)
    inside = np.stack([first, ~first])
    panel = panel_of_phi(np.where(half(rng, 200), extreme, -extreme), np.where(inside, extreme, -extreme), inside)
    assert np.isfinite(score(panel)).all()
