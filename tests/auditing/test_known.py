from dataclasses import replace

import numpy as np
import numpy.testing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from miaudit.attacks.kde import Kde
from miaudit.auditing.known import Knowable, deals, dealt_evidence, is_dealt, too_few_to_know
from miaudit.auditing.scoring import attacker_of, learned, score
from miaudit.evidence import Evidence
from worlds import gaussian_world, panel_of_phi


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(
    members=st.integers(4, 40), nonmembers=st.integers(4, 40), fraction=st.floats(0.01, 0.9), seed=st.integers(0, 99)
)
def test_every_record_is_judged_once_by_an_attacker_who_does_not_know_it(
    members: int, nonmembers: int, fraction: float, seed: int
) -> None:
    truth = rng(seed).permutation(np.arange(members + nonmembers) < members)
    if too_few_to_know(members, nonmembers, fraction) is not None:
        with pytest.raises(ValueError, match="too few records"):
            list(deals(Knowable(truth, fraction), rng(seed)))
        return
    dealt = list(deals(Knowable(truth, fraction), rng(seed)))
    npt.assert_array_equal(np.sort(np.concatenate([deal.judged for deal in dealt])), np.arange(len(truth)))
    for judged, known in dealt:
        assert not set(judged) & set(known)
        assert truth[known].sum() == max(2, round(fraction * members))
        assert (~truth[known]).sum() == max(2, round(fraction * nonmembers))


def test_a_tenth_is_known_of_each_side_and_halves_are_judged() -> None:
    truth = np.arange(1000) < 900
    first, second = deals(Knowable(truth, 0.1), rng())
    for judged, known in (first, second):
        assert (truth[judged].sum(), (~truth[judged]).sum()) == (450, 50)
        assert (truth[known].sum(), (~truth[known]).sum()) == (90, 10)


@pytest.mark.parametrize(
    ("members", "nonmembers", "fraction", "why"),
    [
        (950, 50, 0.1, None),
        (4, 4, 0.1, None),
        (3, 90, 0.1, "needs 4 members, some to know and some to judge; there are 3"),
        (90, 0, 0.1, "needs 4 non-members, some to know and some to judge; there are 0"),
        (100, 100, 0.98, None),
        (100, 100, 0.99, "knows 0.99 of 100 members, which leaves too few to judge: lower known_fraction"),
    ],
)
def test_too_few_records(members: int, nonmembers: int, fraction: float, why: str | None) -> None:
    assert too_few_to_know(members, nonmembers, fraction) == why


def test_the_scores_are_those_of_each_part_alone() -> None:
    truth = np.arange(60) < 40
    evidence = Evidence(audit=panel_of_phi(rng().normal(truth, 1.0)))
    knowable = Knowable(truth, 0.3)
    found = score("kde", Kde(), evidence, 5, knowable)
    for judged, part in dealt_evidence(evidence, knowable, np.random.default_rng(_known_seed(5))):
        assert part.audit.member is None
        assert part.known is not None
        npt.assert_array_equal(found[judged], Kde().score(part, rng()))


def _known_seed(seed: int) -> int:
    from miaudit.seeds import child_seed

    return child_seed(seed, "known")


def test_records_that_are_known_anyhow_are_left_as_they_are() -> None:
    """A panel `known` in the evidence is what the attacker knows; the truth of the audited records is not looked at."""
    world = gaussian_world(rng(), n=80, known=30, population=0, shadows=0, references=0, form="out")
    assert not is_dealt(Kde(), world.evidence)
    found = score("kde", Kde(), world.evidence, 0, Knowable(world.member, 0.1))
    npt.assert_array_equal(found, Kde().score(world.evidence, rng()))


def test_attacks_that_need_no_known_records_do_not_notice() -> None:
    world = gaussian_world(rng(), n=80, known=0, population=0)
    assert is_dealt(Kde(), world.evidence)
    assert not is_dealt(Kde(source="shadow"), world.evidence)
    npt.assert_array_equal(
        score("kde", Kde(source="shadow"), world.evidence, 0, Knowable(world.member, 0.1)),
        score("kde", Kde(source="shadow"), world.evidence, 0),
    )


def test_where_nothing_leaks_the_attack_finds_nothing() -> None:
    """The mean of 200 AUCs within four standard errors of 0.5; the mean over ten draws a record gives 0.48."""
    truth = np.arange(120) < 60
    aucs = []
    for seed in range(200):
        evidence = Evidence(audit=panel_of_phi(rng(seed).normal(size=120)))
        aucs.append(roc_auc_score(truth, score("kde", Kde(bandwidth=0.5), evidence, seed, Knowable(truth, 0.1))))
    assert abs(np.mean(aucs) - 0.5) < 4 * np.std(aucs) / np.sqrt(len(aucs))


def test_where_something_leaks_the_attack_finds_it_with_few_non_members() -> None:
    truth = np.arange(1000) < 950
    evidence = Evidence(audit=panel_of_phi(rng().normal(2.0 * truth, 1.0)))
    assert roc_auc_score(truth, score("kde", Kde(), evidence, 0, Knowable(truth, 0.1))) > 0.8


def test_what_is_learned_is_told_of_the_first_part() -> None:
    truth = np.arange(200) < 100
    evidence = replace(Evidence(audit=panel_of_phi(rng().normal(truth, 1.0))))
    told = learned("kde", Kde(), attacker_of(Kde(), evidence, Knowable(truth, 0.2), 0), 0)
    assert sum(told["confusion_sample"].values()) == 40
