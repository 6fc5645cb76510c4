"""Tests of the explanation of one record."""

import math
from dataclasses import replace

import numpy as np
import pytest

from decisions_examples import EXAMPLE, graded, saved, texts, with_odds
from miaudit.decisions.explain import explain
from miaudit.decisions.explanation import Explanation
from miaudit.decisions.reasons import reasons
from miaudit.decisions.saved import SavedAudit
from miaudit.errors import UserError
from worlds import gaussian_world


def called_by_lira(called: np.ndarray) -> SavedAudit:
    """The members lie above all others by `lira`, which calls these records; `loss` calls none."""
    nobody = np.zeros(600, dtype=bool)
    return saved(EXAMPLE, lira=graded(), **{"lira.member": called, "loss.member": nobody})


def test_an_exposed_member() -> None:
    audit = saved(lira=graded(), id=texts(600))
    found = explain(audit, "PAT-299", alpha=0.9)
    lira = found.attacks["lira"]
    assert list(found.attacks) == ["lira", "loss"]
    assert (lira.rank, lira.of, lira.tied, lira.as_high.value, lira.as_high.n) == (1, 600, 0, 0.0, 300)
    assert lira.called is not None
    assert found.member
    assert found.decision is not None
    assert found.decision.named
    assert found.decision.attack == "lira"
    assert found.named is not None
    assert found.sentences[0] == "Record PAT-299 is a member: the target was trained on it. Its class is 3."
    assert Explanation.model_validate_json(found.model_dump_json()) == found


def test_it_says_first_whether_the_first_screen_names_the_record_and_by_which_attack() -> None:
    audit = called_by_lira(np.arange(600) < 20)
    named, other = explain(audit, 10_003), explain(audit, 10_025)
    assert named.named is not None
    assert (named.named.attack, named.named.own_cut, named.named.number, named.named.members) == ("lira", True, 20, 20)
    assert named.sentences[1] == (
        "It is named: it is one of the 20 records that lira calls members at its own cut. All of these are members."
    )
    assert other.sentences[1] == (
        "It is not named: it is not one of the 20 records that lira calls members at its own cut. "
        "Other attacks may find it all the same."
    )
    assert other.decision is not None  # with the truth, a cut of lira finds all members
    assert "With the truth, which no attacker has, most records can be singled out" in other.sentences[3]
    assert "by lira: the 305 with its highest scores. This record is one of them." in other.sentences[3]


def test_where_no_own_cut_names_records_the_best_cut_does_and_is_told_once() -> None:
    found = explain(called_by_lira(np.zeros(600, dtype=bool)), 10_003)
    assert found.sentences[1] == (
        "It is named: it is one of the 305 records above the 98 % cut of lira, which is read off with the truth. "
        "300 of these are members."
    )
    assert "With the truth" not in str(found)


def test_difficulty_and_likeness_by_hand() -> None:
    audit = saved()
    assert audit.scores is not None
    rows = audit.scores.to_pylist()
    found = explain(audit, 10_000)
    own = rows[0]
    fit, difficulty = own["signal.loss"], own["signal.reference_loss"]
    assert (found.fit, found.reference_fit) == (fit, difficulty)
    assert found.calibrated == pytest.approx(fit - difficulty)
    assert found.harder_than == pytest.approx(np.mean([row["signal.reference_loss"] > difficulty for row in rows]))
    others = [row for row in rows if not row["member"] and row["label"] == own["label"]]
    near = sorted(others, key=lambda row: abs(row["signal.reference_loss"] - difficulty))[:50]
    assert found.alike is not None
    assert found.alike.compared == len(near)
    assert found.alike.fitted_as_well == sum(row["signal.loss"] >= fit for row in near)
    assert found.calibrated_as_high is not None
    assert found.calibrated_as_high.n == 300


def test_the_pools_models_are_told_where_the_evidence_is_at_hand() -> None:
    world = gaussian_world(np.random.default_rng(1), n=600, references=8, leak=6.0, form="pool")
    found = explain(saved(), 10_003, world.evidence.audit)
    assert found.models is not None
    assert found.models.trained == int(world.evidence.audit.in_reference[:, 3].sum())
    assert f"of the {found.models.trained} models of the pool that were trained on it" in str(found)


def test_without_references_and_without_a_leak_less_is_said() -> None:
    found = explain(saved(replace(EXAMPLE, references=False, level="no_leak_found")), "10000")
    assert (found.decision, found.calibrated, found.alike, found.models) == (None, None, None, None)
    assert "Nobody is named" in str(found)
    assert "cannot be said without models that did not see it" in str(found)


def test_an_unknown_record_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UserError, match="no record 'PAT9': did you mean 'PAT-9'"):
        explain(saved(id=texts(600)), "PAT9")


def test_the_lead_of_the_target_is_given_as_a_factor() -> None:
    found = explain(saved(), 10_000)
    assert found.calibrated is not None
    for lead, words in (
        (math.log(3.7), "To the target, its class is 3.7 times as probable as to these models."),
        (math.log(1.25), "To the target, its class is 25.0 % more probable than to these models."),
        (1e4, "To the target, its class is over 1,000,000 times as probable as to these models."),
    ):
        assert words in " ".join(reasons(found.model_copy(update={"calibrated": lead}), "probs", "3"))
    assert "The target's lead over them is 1.300." in " ".join(
        reasons(found.model_copy(update={"calibrated": 1.3}), "loss", "3")
    )


def test_a_score_is_read_as_odds_where_the_attack_estimates_them() -> None:
    audit = saved(lira=graded(), id=texts(600))
    assert "as likely for a member" not in str(explain(audit, "PAT-299"))
    audit = with_odds(audit, "lira", 0.5, -1.0)
    found = explain(audit, "PAT-299").attacks["lira"]
    assert found.log_ratio == pytest.approx(0.5 * found.score - 1.0)
    assert explain(audit, "PAT-299").attacks["loss"].log_ratio is None
    known = explain(audit, "PAT-299")
    for log_ratio, words in (
        (math.log(12), "12 times as likely for a member as for a non-member"),
        (-math.log(2.5), "2.5 times as likely for a non-member as for a member"),
        (900.0, "over 1,000 times as likely for a member as for a non-member"),
        (-0.01, "about as likely for a non-member as for a member"),
    ):
        view = {"lira": known.attacks["lira"].model_copy(update={"log_ratio": log_ratio})}
        sentence = f"Its score by lira is {words}, as estimated on the shadow models."
        assert sentence in reasons(known.model_copy(update={"attacks": view}), "probs", "3")


def test_the_confidence_of_the_best_cut_is_that_of_its_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miaudit.decisions.reasons.ERROR", 0.1)
    assert "with 90 % confidence for all" in str(explain(called_by_lira(np.arange(600) < 20), 10_003))
