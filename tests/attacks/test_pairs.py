"""Two references, each trained on what the other was not, teach which of two models was trained on a record."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from miaudit.arrays import Bools, Floats
from miaudit.attacks._pairs import ENOUGH, SURER, carried, pair_is_helped, pair_score, spread, teaches_pairs, views_help
from miaudit.attacks.base_ratio import BaseRatio
from miaudit.attacks.ensemble import Ensemble
from miaudit.attacks.lira import Lira
from miaudit.attacks.rmia import Rmia
from miaudit.auditing.scoring import choose_cut
from miaudit.evidence import Evidence, Panel
from miaudit.thresholds.best_accuracy import BestAccuracy
from worlds import as_numbers, auc, gaussian_world, half, panel_of_phi


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


def test_a_surer_target_is_never_less_likely_to_know_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is carried follows from the references alone."""
    monkeypatch.setattr("miaudit.attacks._pairs.carried", lambda *_: 0.5)
    evidence, _ = pair_world(0, 200, 3.0)
    audit = evidence.audit
    values, inside = audit.references("scaled_logit"), audit.in_reference
    rising = [score(panel_of_phi(np.full(200, phi), values, inside)) for phi in np.linspace(-8.0, 8.0, 5)]
    assert (np.diff(rising, axis=0) >= 0).all()


def unlike_world(seed: int, n: int) -> tuple[Evidence, Bools]:
    """A target and two references that know which class a record is of; the first of them has learnt little else."""
    rng = np.random.default_rng(seed)
    easy, member, first = rng.normal(0.0, 1.0, size=n), half(rng, n), half(rng, n)
    inside = np.stack([first, ~first])
    target, other = (3.0 + 2.0 * known + easy + rng.normal(size=n) for known in (member, inside[1]))
    dull = -2.0 + 0.1 * (easy + rng.normal(size=n)) + 0.05 * inside[0]
    return Evidence(audit=panel_of_phi(target, np.stack([dull, other]), inside)), member


def share(panel: Panel) -> float:
    return carried(panel, SURER, np.random.default_rng(0))


def test_what_trees_learn_of_one_model_holds_for_another_of_its_kind() -> None:
    shares = [share(pair_world(seed, 1000, 2.0)[0].audit) for seed in range(2)]
    assert min(shares) > 0.8
    assert max(shares) <= 1.0


def test_what_trees_learn_beside_a_model_that_learnt_nothing_holds_for_no_other() -> None:
    shares = [share(unlike_world(seed, 1000)[0].audit) for seed in range(2)]
    assert max(shares) < 0.3


def test_trees_count_as_far_as_they_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence, _ = unlike_world(0, 400)
    found = []
    for known in (0.0, 0.5, 1.0):
        monkeypatch.setattr("miaudit.attacks._pairs.carried", lambda *_, known=known: known)
        found.append(score(evidence.audit))
    ratio = BaseRatio(temperature=2.0).score(evidence, np.random.default_rng(0))
    assert np.corrcoef(found[0], ratio)[0, 1] > 1 - 1e-9
    np.testing.assert_allclose(found[1], (found[0] + found[2]) / 2, rtol=1e-9, atol=1e-9)


def test_a_pair_of_which_one_model_knows_all_records_is_taken_at_its_word() -> None:
    audit = pair_world(0, 300, 2.0)[0].audit
    inside = np.zeros((2, 300), dtype=bool)
    inside[0] = True
    assert share(replace(audit, in_reference=inside)) == 1.0


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
    assert seen[0] == (limit, limit // 2)
    assert all(examples <= limit // 2 for examples, _ in seen[1:])  # of one model, on half of the records


@pytest.mark.parametrize("extreme", [0.0, 80.0, 745.0])
def test_certain_models_give_finite_scores(extreme: float) -> None:
    rng = np.random.default_rng(0)
    first = half(rng, 200)
    inside = np.stack([first, ~first])
    panel = panel_of_phi(np.where(half(rng, 200), extreme, -extreme), np.where(inside, extreme, -extreme), inside)
    assert np.isfinite(score(panel)).all()


def viewed(panel: Panel, of_views: Sequence[Floats]) -> Panel:
    """The panel with these further views in place of its own: scaled logits (1 + R, n), those of the target first."""
    views = [panel_of_phi(phi[0], phi[1:], panel.in_reference) for phi in of_views]
    return replace(panel, views=()).with_views(views)


def with_strange_views(panel: Panel) -> Panel:
    """The panel with views on which every model answers at random."""
    return viewed(panel, [np.random.default_rng(v).normal(0.0, 5.0, size=(3, len(panel))) for v in range(4)])


def noisy_world(seed: int, n: int, noise: float, views: int = 4) -> tuple[Evidence, Bools]:
    """A target and two complementary models whose answers on each view differ from what they know by noise."""
    rng = np.random.default_rng(seed)
    member, first = half(rng, n), half(rng, n)
    inside = np.stack([member, first, ~first])
    known = inside + rng.normal(0.0, 1.0, size=n)
    alone, *others = (known + noise * rng.normal(size=known.shape) for _ in range(1 + views))
    return Evidence(audit=viewed(panel_of_phi(alone[0], alone[1:], inside[1:]), others)), member


def test_views_help_where_each_answer_is_noisy_and_not_where_other_views_tell_nothing() -> None:
    helped = noisy_world(0, 1000, 2.0)[0].audit
    assert views_help(helped, 2.0)
    assert pair_is_helped(helped)
    strange = with_strange_views(helped)
    assert not views_help(strange, 2.0)
    assert pair_is_helped(strange) is False
    assert not views_help(replace(helped, views=()), 2.0)


def test_without_a_pair_nobody_knows_whether_views_help() -> None:
    audit = noisy_world(0, 300, 2.0)[0].audit
    assert pair_is_helped(audit.select(np.arange(60))) is None
    assert pair_is_helped(as_numbers(Evidence(audit=audit), "score").audit) is None


@pytest.mark.parametrize("attack", [BaseRatio(), Rmia(), Lira()])
def test_a_pair_decides_what_attacks_make_of_views(attack: BaseRatio | Rmia | Lira) -> None:
    helped = noisy_world(0, 1000, 2.0)[0]
    strange = replace(helped, audit=with_strange_views(helped.audit))
    assert attack.settled(helped).views in ("mean", "multivariate")
    assert attack.settled(strange).views == "first"


def test_views_make_the_pair_stronger_where_each_answer_is_noisy() -> None:
    evidence, member = noisy_world(0, 1000, 2.0)
    alone = replace(evidence.audit, views=())
    assert auc(score(evidence.audit), member) > auc(score(alone), member) + 0.05


def test_the_loss_around_a_record_tells_who_was_trained_on_it() -> None:
    """Models answer alike on all records, but less surely on other views of those that they were trained on."""
    rng = np.random.default_rng(0)
    member, first = half(rng, 600), half(rng, 600)
    inside = np.stack([member, first, ~first])
    alone = rng.normal(0.0, 1.0, size=(3, 600))
    falls = [alone - 1.5 * inside + 0.5 * rng.normal(size=alone.shape) for _ in range(3)]
    panel = viewed(panel_of_phi(alone[0], alone[1:], inside[1:]), falls)
    assert auc(score(panel), member) > 0.65
    assert abs(auc(score(replace(panel, views=())), member) - 0.5) < 0.1


def test_nobody_wins_with_views_where_nothing_leaks() -> None:
    """Mean of four worlds of 1,000: the standard deviation of each is 0.0183 or less."""
    found = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        member, first = half(rng, 1000), half(rng, 1000)
        alone, *others = rng.normal(size=(4, 3, 1000)) + rng.normal(size=1000)
        panel = viewed(panel_of_phi(alone[0], alone[1:], np.stack([first, ~first])), others)
        found.append(auc(score(panel), member))
    assert abs(np.mean(found) - 0.5) < 4 * 0.0183 / np.sqrt(4)
