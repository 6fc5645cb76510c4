import numpy as np

from miaudit.arrays import Floats
from miaudit.auditing.result import Controls, Verdict
from miaudit.auditing.verdict import findings, verdict
from miaudit.metrics.epsilon import epsilon
from miaudit.metrics.quantity import Quantity

PASSED = Controls(null={}, positive={}, null_passed=True, positive_passed=True)


def judged(n: int, shift: float, attacks: int = 3, controls: Controls = PASSED, seed: int = 0) -> Verdict:
    """The verdict on Gaussian scores, the first attack's shifted for members."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) < n // 2
    scores: dict[str, Floats] = {f"attack{i}": rng.normal(size=n) for i in range(attacks)}
    scores["attack0"][truth] += shift
    return verdict(findings(scores, truth), controls, int(truth.sum()))


def test_a_leak() -> None:
    words = judged(2000, 1.0)
    assert words.level == "leaks"
    assert words.headline == "The model leaks who was in its training data."
    assert words.sentences[0].startswith("1 of 3 attacks tell members from non-members better than guessing.")
    assert "attack0, ranks a random member above a random non-member in 7" in words.sentences[0]  # AUC 0.76
    assert "of 1,000" in words.sentences[1]
    assert "-differentially private for any epsilon below" in words.sentences[2]
    assert "95 % confidence for all attacks together" in words.sentences[2]


def test_the_quoted_bound_is_no_higher_than_that_of_the_attack_alone() -> None:
    rng = np.random.default_rng(0)
    truth = np.arange(1000) < 500
    scores = rng.normal(size=1000) + truth
    (alone,) = findings({"a": scores}, truth)
    together = findings({"a": scores, "b": rng.normal(size=1000)}, truth)[0]
    assert 0 < (together.epsilon.low or 0) < (alone.epsilon.low or 0) < (epsilon(scores, truth).low or 0)


def test_a_leak_of_few_records_only() -> None:
    """One member in twelve gives itself away: the AUC hardly moves, the true-positive rate at 1 % FPR does."""
    rng = np.random.default_rng(0)
    truth = np.arange(4000) < 2000
    scores = rng.normal(size=4000)
    scores[:160] += 8
    (finding,) = findings({"attack": scores}, truth)
    assert finding.is_leak
    assert finding.tpr.low is not None
    assert finding.tpr.low > 0.01


def test_no_leak_in_many_records() -> None:
    words = judged(8000, 0.0)
    assert words.level == "no_leak_found"
    assert "None of 3 attacks" in words.sentences[0]
    assert "This is no proof" in words.sentences[1]


def test_too_few_records() -> None:
    words = judged(100, 0.0)
    assert words.level == "too_few_records"
    assert "Audit more records" in words.sentences[1]


def test_few_records_can_show_a_strong_leak() -> None:
    assert judged(100, 3.0).level == "leaks"


def test_chance_finds_a_leak_in_at_most_one_audit_of_twenty() -> None:
    leaks = [judged(400, 0.0, attacks=6, seed=seed).level == "leaks" for seed in range(100)]
    assert sum(leaks) <= 10  # a binomial of rate 0.05 exceeds this in 1.1 % of runs


def test_a_failed_control_voids_everything() -> None:
    null = judged(2000, 1.0, controls=PASSED.model_copy(update={"null_passed": False}))
    assert null.level == "invalid"
    assert "do not use its numbers" in null.headline
    assert "difference between non-members and non-members" in null.sentences[0]


def positive(**auc: float) -> Controls:
    """A positive control with these AUCs, each within 0.1."""
    found = {name: {"auc": Quantity(value=v, low=v - 0.1, high=v + 0.1, n=50)} for name, v in auc.items()}
    return PASSED.model_copy(update={"positive": found, "positive_passed": min(auc.values()) > 0.6})


def test_an_attack_that_is_blind_is_named_and_voids_nothing() -> None:
    words = judged(8000, 0.0, controls=positive(attack0=0.5, attack1=0.9, attack2=0.9))
    assert words.level == "no_leak_found"
    assert words.sentences[-1].startswith("Blind on this model's outputs: attack0 (")


def test_blind_attacks_cannot_say_that_nothing_leaks() -> None:
    words = judged(8000, 0.0, controls=positive(attack0=0.5, attack1=0.5, attack2=0.5))
    assert words.level == "invalid"
    assert "In the positive control every attack missed a leak" in words.sentences[0]


def test_members_and_nonmembers_exchanged() -> None:
    words = judged(2000, -2.0)
    assert words.level == "invalid"
    assert "Are the two exchanged" in words.sentences[0]


def test_a_difference_that_is_no_leak_is_told() -> None:
    shift = Quantity(value=0.7, low=0.6, high=0.8, confidence=0.999, n=50)
    words = judged(2000, 1.0, controls=PASSED.model_copy(update={"same_distribution": shift}))
    assert words.level == "leaks"
    assert "differ even for models that saw neither (AUC 0.700 [0.600, 0.800])" in words.sentences[-1]


def test_no_attack_is_no_verdict() -> None:
    assert verdict([], PASSED, 50).level == "invalid"


def test_the_strongest_comes_first() -> None:
    rng = np.random.default_rng(1)
    truth = np.arange(1000) < 500
    shifts = {"weak": 0.5, "strong": 2.0, "none": 0.0}
    scores = {name: rng.normal(size=1000) + shift * truth for name, shift in shifts.items()}
    assert [finding.name for finding in findings(scores, truth)] == ["strong", "weak", "none"]


def test_copies_of_members_among_the_non_members_are_told() -> None:
    rng = np.random.default_rng(0)
    truth = np.arange(100) < 50
    found = findings({"a": rng.normal(size=100)}, truth)
    told = verdict(found, PASSED, 50, "3 of the non-members are exact copies of members").sentences
    assert told[-1] == "3 of the non-members are exact copies of members."
    assert told[:-1] == verdict(found, PASSED, 50).sentences
