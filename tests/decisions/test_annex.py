"""Tests of the annex: what was tested and what was not follows from the result."""

from decisions_examples import saved
from miaudit.decisions.annex import Answer, annex
from miaudit.decisions.gate import gate
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.policy import Policy
from miaudit.decisions.release import release
from miaudit.defences.base import Guarantee

PROVEN = Guarantee(epsilon=2.0, delta=1e-5, accountant="rdp")
UNTESTED = ("Attribute inference", "Exfiltration", "Regurgitation", "Model inversion", "Reconstruction")


def answers(decision: GateResult | None = None) -> dict[str, Answer]:
    chapters = annex(release(saved()), decision)
    return {answer.question: answer for chapter in chapters for answer in chapter.answers}


def test_every_attack_of_the_opinion_has_an_answer() -> None:
    found = answers()
    tested = found["Membership inference (paragraph 55)"]
    assert tested.covered == "tested"
    assert tested.sentences[0] == "2 attacks ran on 300 members and 300 non-members: loss, lira."
    assert any("shadow did not run: needs at least one shadow model" in line for line in tested.sentences)
    for name in UNTESTED:
        (answer,) = (answer for question, answer in found.items() if question.startswith(name))
        assert (answer.covered, "(paragraph 55)" in answer.question) == ("not covered", True)


def test_attackers_are_sorted_by_what_they_have() -> None:
    lines = answers()["Means reasonably likely to be used"].sentences
    assert lines[0] == "Attackers with access to the model only: loss."
    assert lines[1].endswith("trained on data of the same kind: lira.")


def test_without_a_policy_the_annex_asks_for_one() -> None:
    answer = answers()["3.3.07: a stated policy for outputs that cannot be checked by hand"]
    assert (answer.covered, "--policy" in answer.sentences[0]) == ("not covered", True)


def test_a_policy_is_told_rule_by_rule() -> None:
    decision = gate(saved(), Policy.of("strict"))
    found = answers(decision)
    lines = found["3.3.07: a stated policy for outputs that cannot be checked by hand"].sentences
    assert lines[0] == "Policy strict: fail."
    assert lines[1].startswith("Fail: AUC <= 0.55: lira [")
    assert "Not met: at least 1,000 members (has 300)." in lines
    agreed = found["3.1.16: agreed beforehand what is trained and on what conditions it may leave"]
    assert agreed.sentences[0] == "policy.yaml holds the conditions: AUC at most 0.55; TPR at 1 % FPR at most 0.02."


def test_a_guarantee_is_told() -> None:
    audit = saved()
    target = audit.result.target.model_copy(update={"guarantee": PROVEN})
    result = release(audit._replace(result=audit.result.model_copy(update={"target": target})))
    lines = [line for answer in annex(result, None)[0].answers for line in answer.sentences]
    assert f"Guaranteed: {PROVEN.text}." in lines
