from pathlib import Path
from typing import Literal

import numpy as np

from miaudit import Predictions, audit
from miaudit.arrays import Floats
from miaudit.auditing.findings import findings, is_leak
from miaudit.auditing.result import (
    Beyond,
    BlindBaseline,
    ColumnDifference,
    Controls,
    Finding,
    Likeness,
    Verdict,
    WeakSign,
)
from miaudit.auditing.verdict import level_of, verdict
from miaudit.metrics.epsilon import epsilon
from miaudit.metrics.quantity import Quantity

PASSED = Controls(null={}, positive={}, null_passed=True, positive_passed=True)


def judged(n: int, shift: float, attacks: int = 3, controls: Controls = PASSED, seed: int = 0) -> Verdict:
    """The verdict on Gaussian scores, the first attack's shifted for members."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) < n // 2
    scores: dict[str, Floats] = {f"attack{i}": rng.normal(size=n) for i in range(attacks)}
    scores["attack0"][truth] += shift
    return verdict(findings(scores, truth), controls, int(truth.sum()), int((~truth).sum()))


def test_a_leak() -> None:
    words = judged(2000, 1.0)
    assert words.level == "leaks"
    assert words.headline == "The model leaks who was in its training data."
    assert words.sentences[0].startswith(
        "1 of 3 attacks distinguish members from non-members better than guessing: "
        "1 over all records (AUC); 1 at 1 % false alarms (TPR), counted already. These counts rest on intervals"
    )
    assert "attack0, ranks a random member above a random non-member in 7" in words.sentences[0]  # AUC 0.76
    assert "was not checked, since the records were not available" in words.sentences[1]
    assert "of 1,000" in words.sentences[2]
    assert "-differentially private for any epsilon below" in words.sentences[3]
    assert "95 % confidence for all attacks together" in words.sentences[3]


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
    assert is_leak(finding, PASSED)
    assert finding.tpr.low is not None
    assert finding.tpr.low > 0.01


def test_a_bound_on_epsilon_above_0_never_stands_beside_no_leak() -> None:
    """Twenty of 2,000 members lie above everybody else: neither the AUC nor the TPR at 1 % FPR can show it alone."""
    told = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        truth = np.arange(4000) < 2000
        scores: dict[str, Floats] = {f"attack{i}": rng.normal(size=4000) for i in range(6)}
        scores["attack0"][:20] += 9
        found = findings(scores, truth)
        if max(finding.epsilon.low or 0.0 for finding in found) > 0:
            told.append(verdict(found, PASSED, 2000, 2000))
    assert len(told) >= 3
    assert {words.level for words in told} == {"leaks"}
    assert all("Only a few members are shown to leak" in words.sentences[0] for words in told)
    assert all("-differentially private for any epsilon below" in " ".join(words.sentences) for words in told)


def test_no_leak_in_many_records() -> None:
    words = judged(8000, 0.0)
    assert words.level == "no_leak_found"
    assert "None of 3 attacks" in words.sentences[0]
    assert "This does not prove the model safe" in words.sentences[2]


def test_no_leak_beside_references_unlike_the_target_is_a_level_of_its_own() -> None:
    unlike = PASSED.model_copy(update={"likeness": Likeness(state="unlike", models=8, measured={})})
    words = judged(8000, 0.0, controls=unlike)
    assert words.level == "references_unlike"
    assert words.headline == "No leak found, but the reference models do not resemble the target."
    assert judged(100, 0.0, controls=unlike).level == "references_unlike"  # more records alone would not help
    assert judged(2000, 1.0, controls=unlike).level == "leaks"  # it was measured, and stands


def test_too_few_records() -> None:
    words = judged(100, 0.0)
    assert words.level == "too_few_records"
    assert "Audit more records" in words.sentences[2]


def test_few_records_can_show_a_strong_leak() -> None:
    assert judged(100, 3.0).level == "leaks"


def test_chance_finds_a_leak_in_at_most_one_audit_of_twenty() -> None:
    leaks = [judged(400, 0.0, attacks=6, seed=seed).level == "leaks" for seed in range(100)]
    assert sum(leaks) <= 10  # a binomial of rate 0.05 exceeds this in 1.1 % of runs


def test_a_failed_control_voids_everything() -> None:
    null = judged(2000, 1.0, controls=PASSED.model_copy(update={"null_passed": False}))
    assert null.level == "invalid"
    assert "do not use its numbers" in null.headline
    assert "two random halves of the non-members" in null.sentences[0]


def positive(within: float = 0.04, **auc: float) -> Controls:
    """A positive control with these AUCs, each with an interval that reaches so far up and down."""
    found = {name: {"auc": Quantity(value=v, low=v - within, high=v + within, n=50)} for name, v in auc.items()}
    return PASSED.model_copy(update={"positive": found, "positive_passed": min(auc.values()) > 0.6})


def test_an_attack_that_is_blind_is_named_and_voids_nothing() -> None:
    words = judged(8000, 0.0, controls=positive(attack0=0.5, attack1=0.9, attack2=0.9))
    assert words.level == "no_leak_found"
    assert words.sentences[-1].startswith("Blind on this model's outputs: attack0. ")


def test_blind_attacks_cannot_say_that_nothing_leaks() -> None:
    words = judged(8000, 0.0, controls=positive(attack0=0.5, attack1=0.5, attack2=0.5))
    assert words.level == "invalid"
    assert "In the positive control, every attack missed a leak" in words.sentences[0]


def test_an_attack_that_met_too_few_records_is_not_called_blind() -> None:
    words = judged(8000, 0.0, controls=positive(0.2, attack0=0.6, attack1=0.9, attack2=0.9))
    assert words.level == "no_leak_found"
    assert words.sentences[-1].startswith("Too few records to tell whether these attacks can work")
    assert "Blind" not in " ".join(words.sentences)


def test_where_no_attack_is_known_to_see_too_few_records_are_the_answer() -> None:
    words = judged(8, 0.0, controls=positive(0.4, attack0=0.6, attack1=0.5, attack2=0.55))
    assert words.level == "too_few_records"
    assert all(f"attack{place}" in words.sentences[-1] for place in range(3))


def test_four_records_are_too_few_and_not_an_invalid_audit(tmp_path: Path) -> None:
    rows = np.array([[0.7, 0.3], [0.6, 0.4]]), np.array([[0.8, 0.2], [0.9, 0.1]])
    found = audit(Predictions(*rows), (None, [0, 1]), (None, [0, 1]), attacks=["loss", "gap"], store=tmp_path).result
    assert found.verdict.level == "too_few_records"
    assert not any(found.controls.is_blind(name) for name in found.attacks)
    assert all(found.controls.missed(name) for name in found.attacks)


def test_members_and_nonmembers_exchanged() -> None:
    words = judged(2000, -2.0)
    assert words.level == "invalid"
    assert "Were the two swapped" in words.sentences[0]


def test_a_leak_found_the_wrong_way_round_says_so() -> None:
    rng = np.random.default_rng(0)
    truth = np.arange(2000) < 1000
    scores: dict[str, Floats] = {"learner": rng.normal(size=2000) + truth, "loss": rng.normal(size=2000) - truth}
    words = verdict(findings(scores, truth), PASSED, 1000, 1000)
    assert words.level == "leaks"
    assert "By loss, members look less like training records than non-members do: were the two swapped?" in (
        words.sentences
    )
    assert not any("swapped" in sentence for sentence in judged(2000, 1.0).sentences)


def around(value: float, half: float = 0.02) -> Quantity:
    return Quantity(value=value, low=value - half, high=value + half, n=500)


def blind(auc: float, wins: bool, saw: Literal["records", "labels"] = "records") -> Controls:
    """Controls with a blind baseline of this AUC, and the other checks passed."""
    differ = (ColumnDifference(name="age", auc=0.93, p=1e-9),) if wins else ()
    passes_for = Quantity(value=7 * (auc - 0.5), low=0.0, high=None, n=500)  # about that of Gaussian scores
    found = BlindBaseline(
        saw=saw, auc=around(auc), tpr=around(0.01, 0.005), wins=wins, columns=4, differ=differ, epsilon=passes_for
    )
    return PASSED.model_copy(update={"blind": found})


def test_a_difference_that_models_see_which_saw_neither_side_changes_the_level() -> None:
    shift = Quantity(value=0.7, low=0.6, high=0.8, confidence=0.999, n=50)
    words = judged(2000, 1.0, controls=PASSED.model_copy(update={"same_distribution": shift}))
    assert words.level == "distribution_shift"
    assert "differ even for models that were not trained on them (AUC 0.700 [0.600, 0.800])" in words.sentences[0]


def test_where_the_blind_baseline_wins_nothing_is_called_a_leak() -> None:
    words = judged(2000, 2.0, controls=blind(0.9, wins=True))
    assert words.level == "distribution_shift"
    assert words.headline == "Members and non-members differ, and leakage cannot be separated from that difference."
    assert "never asks the model has an AUC of 0.900 (0.880 to 0.920)" in words.sentences[0]
    assert "differ most in age (higher in members, in 93.0 % of pairs)" in words.sentences[0]
    text = " ".join(words.sentences)
    assert "recognises" not in text
    assert "epsilon" not in text


def test_what_goes_beyond_the_difference_is_a_leak_and_only_that_is_told() -> None:
    lead = Beyond(auc=around(0.1), goes_beyond=True, drawn_at_random=around(0.8))
    controls = blind(0.8, wins=True).model_copy(update={"beyond": {"attack0": lead}})
    words = judged(2000, 2.0, controls=controls)
    assert words.level == "leaks"
    assert "0.100 higher than without asking the model (0.080 to 0.120)" in words.sentences[1]
    text = " ".join(words.sentences)
    assert "recognises" not in text
    assert "epsilon" not in text


def test_no_leak_is_found_under_a_difference_either() -> None:
    assert judged(8000, 0.0, controls=blind(0.6, wins=True)).level == "distribution_shift"
    assert judged(2000, -2.0, controls=blind(0.6, wins=True)).level == "distribution_shift"  # not "exchanged"


def test_a_difference_too_small_to_be_shown_still_counts_as_what_an_attack_may_see() -> None:
    """AUC 0.57, corrected interval from 0.53: above guessing, but not above a blind attacker's 0.55."""
    assert judged(2000, 0.25, controls=blind(0.5, wins=False)).level == "leaks"
    weak = judged(2000, 0.25, controls=blind(0.55, wins=False))
    assert weak.level == "weak_signs"
    assert "more than guessing, but not clearly more than the 0.550 of an attacker who never asks" in weak.sentences[-2]
    assert "would show it" not in " ".join(weak.sentences)  # no number of records tells a leak from that difference
    assert judged(2000, 1.0, controls=blind(0.55, wins=False)).level == "leaks"


def test_the_verdict_says_where_sameness_was_not_checked() -> None:
    unchecked = "Whether members and non-members come from the same distribution was"
    labels = blind(0.5, False, "labels")
    seen = labels.model_copy(update={"same_distribution": around(0.5, 0.02)})
    assert judged(2000, 1.0).sentences[1].startswith(f"{unchecked} not checked, since")
    assert (
        judged(2000, 1.0, controls=labels).sentences[1].startswith(f"{unchecked} checked only by their labels, since")
    )
    by_both = "checked only by their labels and by models that were not trained on them, since"
    assert judged(2000, 1.0, controls=seen).sentences[1].startswith(f"{unchecked} {by_both}")
    assert not any(unchecked in told for told in judged(2000, 1.0, controls=blind(0.5, wins=False)).sentences)


def finding(low: float, sign: bool, clear: bool = True) -> Finding:
    """An attack of AUC 0.52 whose corrected interval starts at `low`; its sign, if any, would need 9,000 records."""
    alone = WeakSign(clear=clear, auc=around(0.52, 0.015), tpr=around(0.01, 0.01), records=9000) if sign else None
    return Finding(
        name="loss",
        auc=Quantity(value=0.52, low=low, high=0.545, n=500),
        tpr=around(0.01, 0.01),
        epsilon=Quantity(value=0.0, low=0.0, high=None, n=500),
        sign=alone,
    )


def test_weak_signs_stand_between_a_leak_and_none() -> None:
    levels = [level_of([finding(low, sign)], PASSED) for low, sign in ((0.51, True), (0.49, True), (0.49, False))]
    assert levels == ["leaks", "weak_signs", "no_leak_found"]
    unlike = PASSED.model_copy(update={"likeness": Likeness(state="unlike", models=8, measured={})})
    weak = verdict([finding(0.49, sign=True)], unlike, 500, 500)
    assert weak.headline == "Weak signs of a leak, but the reference models do not resemble the target."
    words = verdict([finding(0.49, sign=True)], PASSED, 500, 500)
    assert words.headline == "Weak signs of a leak; more records would settle it."
    told = " ".join(words.sentences)
    assert "AUC of 0.520 [0.505, 0.535] at 95 % confidence for this attack alone" in told
    assert "the interval is 0.490 to 0.545" in told
    assert "That is not clearly more than guessing." in told
    assert "an audit of about 9,000 records (this one has 1,000)" in told


def test_an_interval_above_guessing_that_chance_often_shows_is_told_and_is_no_sign() -> None:
    words = verdict([finding(0.49, sign=True, clear=False)], PASSED, 500, 500)
    assert words.level == "no_leak_found"
    assert "By itself, loss would be better than guessing at 95 % confidence" in " ".join(words.sentences)
    assert not any("By itself" in told for told in verdict([finding(0.49, sign=False)], PASSED, 500, 500).sentences)


def test_chance_shows_weak_signs_in_at_most_one_audit_of_ten() -> None:
    """Twelve attacks of their own mind: in 40 % of these audits one of them, taken alone, is better than guessing."""
    levels = [judged(400, 0.0, attacks=12, seed=seed).level for seed in range(100)]
    assert levels.count("weak_signs") <= 16  # a binomial of rate 0.1 exceeds this in 2 % of runs


def test_an_attack_that_is_blind_is_not_among_those_that_found_nothing() -> None:
    words = judged(8000, 0.0, controls=positive(attack0=0.5, attack1=0.9, attack2=0.9))
    assert "None of 2 attacks" in words.sentences[0]


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
    told = verdict(found, PASSED, 50, 50, "3 of the non-members are exact copies of members").sentences
    assert told[-1] == "3 of the non-members are exact copies of members."
    assert told[:-1] == verdict(found, PASSED, 50, 50).sentences
