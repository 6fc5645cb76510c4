"""What the verdict says of reference models, and audits in which it has to say something."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

import miaudit
from miaudit.auditing.references import training_sentence, with_references
from miaudit.auditing.result import Compared, Level, Likeness, ReferenceFacts, Verdict

FACTS = ReferenceFacts(
    models=8, fewest_records=100, most_records=100, target_records=100, recipe="by the default recipe", given=False
)


def verdict(level: Level) -> Verdict:
    return Verdict(level=level, headline="As before.", sentences=("First.",))


def control(state: Literal["alike", "unlike", "unknown"], models: int = 8) -> Likeness:
    own = Compared(target=0.99, references=0.8, low=0.75, high=0.85, alike=state != "unlike")
    return Likeness(state=state, models=models, measured={"accuracy_own": own})


def test_references_that_resemble_the_target_change_nothing() -> None:
    found = with_references(verdict("no_leak_found"), control("alike"), None)
    assert found == verdict("no_leak_found")
    assert with_references(verdict("leaks"), None, None) == verdict("leaks")


def test_references_that_do_not_resemble_the_target_are_described_and_what_to_do() -> None:
    found = with_references(verdict("references_unlike"), control("unlike"), FACTS)
    assert found.sentences == (
        "First.",
        "The reference models do not resemble the target (accuracy on the records that a model was trained on: target "
        "99.0 %, references 80.0 % (expected: 75.0 % to 85.0 %)). Attacks that rely on them could have "
        "missed a leak.",
        "Train them as the target was trained (`recipe`). Check that the members are all of its training records "
        "and that the non-members are not among them.",
        "The target was trained on 100 records, the reference models on 100 each, by the default recipe (guessed).",
    )


def test_a_leak_stands_beside_unlike_references() -> None:
    found = with_references(verdict("leaks"), control("unlike"), None)
    assert (found.level, found.headline) == ("leaks", "As before.")
    assert (
        "The leak stands all the same; references that match the target might reveal more of it."
        in (found.sentences[1])
    )


def test_where_members_and_non_members_differ_that_may_be_why_references_are_unlike() -> None:
    told = " ".join(with_references(verdict("distribution_shift"), control("unlike"), None).sentences)
    assert "the difference between these may be the reason" in told
    assert "check that the members" not in told


def test_an_audit_that_failed_says_no_more_of_likeness() -> None:
    assert with_references(verdict("invalid"), control("unlike"), None) == verdict("invalid")


def test_what_cannot_be_told_is_said() -> None:
    few, small = (with_references(verdict("no_leak_found"), control("unknown", models), None) for models in (4, 8))
    assert few.level == small.level == "no_leak_found"
    assert few.sentences[1].endswith("4 of them can be compared, and 5 are needed.")
    assert small.sentences[1].endswith("too few records can be compared.")


def test_references_that_learned_nothing_are_said_whatever_else_is_known() -> None:
    for state, failed, begins in (("unknown", 1, "1 reference model learned"), ("alike", 12, "12 reference models le")):
        like = control(state, 2).model_copy(update={"learned_nothing": failed})  # type: ignore[arg-type]
        last = with_references(verdict("no_leak_found"), like, None).sentences[-1]
        assert last.startswith(begins)
        assert "Train them with a lower learning rate" in last


def test_sizes_that_differ_are_said() -> None:
    facts = FACTS.model_copy(update={"target_records": 900, "fewest_records": 749, "most_records": 750, "given": True})
    assert training_sentence(facts) == (
        "The target was trained on 900 records, the reference models on 749 to 750 each, by the default recipe (as "
        "given). There are too few records or models to train each reference on as many records as the target."
    )


def growing(others: int, seed: int, attacks: list[str], store: Path) -> miaudit.Audit:
    """One target, its 100 training records, and more and more non-members."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(1000, 8))
    y = (x @ rng.normal(size=8) + rng.logistic(size=1000) > 0).astype(int)
    model = GradientBoostingClassifier(n_estimators=100, random_state=0).fit(x[:100], y[:100])
    outsiders: Any = (x[100 : 100 + others], y[100 : 100 + others])
    return miaudit.audit(
        model, (x[:100], y[:100]), outsiders, attacks=attacks, models=8, shadows=2, jobs=1, store=store
    )


def test_more_non_members_do_not_hide_the_leak(tmp_path: Path) -> None:
    found = [growing(900, seed, ["lira"], tmp_path) for seed in range(4)]
    assert np.mean([audit.result.attacks["lira"].auc.value for audit in found]) > 0.85
    assert {audit.result.verdict.level for audit in found} == {"leaks"}
    assert found[0].result.references is not None
    assert found[0].result.references.most_records == 100
    assert "The target was trained on 100 records, the reference models on 100 each" in str(found[0])
