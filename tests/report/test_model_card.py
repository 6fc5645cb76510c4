import pytest

from miaudit.report.model_card import model_card
from report_example import Example


def test_the_card_says_what_was_found_and_what_it_rests_on() -> None:
    result = Example(members=2000, nonmembers=2000).result()
    card = model_card(result)
    assert card.startswith("## Privacy: membership inference\n\n**Leaks.** An attacker can tell")
    rows = [line for line in card.splitlines() if line.startswith("| ")]
    assert rows[0] == "| attack | AUC | TPR at 1 % FPR | TPR at 0.1 % FPR | epsilon, lower bound |"
    assert len(rows) == 6  # with the five strongest attacks
    auc = result.attacks["lira"].auc
    assert f"| lira | {auc.value:.3f} \\[{auc.low:.3f}, {auc.high:.3f}\\] |" in rows[1]
    assert "1 weaker attack is left out." in card
    assert "- Audited records: 2,000 members, 2,000 non-members" in card
    assert "cannot prove that there are none" in card


def test_names_cannot_break_the_table_or_bring_markup() -> None:
    hostile = Example(strengths={"a|b`\n<img src=x>": 1.0}, description="[link](http://x) <b>")
    card = model_card(hostile.result())
    assert "<img" not in card.replace("\\<img", "")
    assert "[link]" not in card
    assert "| a\\|b\\` \\<img src=x\\> |" in card


@pytest.mark.parametrize("passed", [True, False])
def test_a_failed_control_is_said(passed: bool) -> None:
    card = model_card(Example(null_passed=passed).result())
    assert f"nothing found where nothing leaks: {'passed' if passed else 'not passed'}" in card


def test_an_audit_without_attacks_has_a_card_without_a_table() -> None:
    card = model_card(Example().result().model_copy(update={"attacks": {}}))
    assert "| attack" not in card
    assert "- Target: " in card
