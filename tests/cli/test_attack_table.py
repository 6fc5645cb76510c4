import re
from itertools import pairwise

import pytest

from miaudit.auditing.result import BlindBaseline, Controls
from miaudit.cli.attack_table import attack_table, notes
from miaudit.cli.console import PlainConsole
from report_example import Example, quantity, share

WIDTHS = (40, 60, 80, 100, 120, 200)


def printed(example: Example, width: int, capsys: pytest.CaptureFixture[str]) -> list[str]:
    console = PlainConsole()
    console.width = width
    console.print(attack_table(example.result(), width))
    return [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]


@pytest.mark.parametrize("width", WIDTHS)
def test_each_attack_has_one_line_that_fits(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    example = Example(strengths={"loss": 0.6, "lira": 1.5, "two_stage": 1.1})
    lines = printed(example, width, capsys)
    assert max(map(len, lines)) <= width
    assert [line.split()[0] for line in lines[-3:]] == ["lira", "two_stage", "loss"]
    assert not any("…" in line for line in lines)


def test_wider_screens_show_more_and_never_other_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    example = Example(strengths={"lira": 1.5})
    shown = [printed(example, width, capsys)[-1].split() for width in WIDTHS]
    for narrow, wide in pairwise(shown):
        assert set(narrow) <= set(wide)
        assert len(narrow) <= len(wide)
    assert len(shown[0]) < len(shown[1]) < len(shown[-1])


def test_the_numbers_are_those_of_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    result = Example(strengths={"lira": 1.5}).result()
    attack = result.attacks["lira"]
    line = printed(Example(strengths={"lira": 1.5}), 200, capsys)[-1]
    numbers = [float(number) for number in re.findall(r"[\d.]+", line.replace(",", ""))]
    tpr, decision = attack.tpr_at_fpr["0.01"], attack.decision
    assert numbers[:3] == pytest.approx([attack.auc.value, attack.auc.low, attack.auc.high], abs=5e-4)
    assert numbers[3:6] == pytest.approx([100 * (end or 0) for end in (tpr.value, tpr.low, tpr.high)], abs=0.05)
    assert decision.tp is not None
    assert decision.fp is not None
    assert decision.precision is not None
    assert numbers[-3] == 1.21  # the bound on epsilon
    assert numbers[-2] == decision.tp + decision.fp
    assert numbers[-1] == pytest.approx(100 * (decision.precision.value or 0), abs=0.05)


def test_a_long_name_is_folded_and_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    name = "calibrated[signal=confidence]"
    lines = printed(Example(strengths={name: 1.0}), 60, capsys)
    assert max(map(len, lines)) <= 60
    assert "".join(line[:20].strip() for line in lines[-2:]) == name
    assert any(line.startswith(name) for line in printed(Example(strengths={name: 1.0}), 100, capsys))


def test_a_blind_attack_is_marked_and_the_blind_baseline_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    result = Example(strengths={"loss": 0.6, "lira": 1.5}).result()
    auc, tpr = quantity(0.51, 0.03), share(0.012, 500)
    blind = BlindBaseline(saw="records", auc=auc, tpr=tpr, wins=False, columns=3, differ=())
    missed = {"loss": {"auc": quantity(0.5, 0.02)}, "lira": {"auc": quantity(0.9, 0.02)}}
    controls = Controls(null={}, positive=missed, null_passed=True, positive_passed=False, blind=blind)
    result = result.model_copy(update={"controls": controls})
    console = PlainConsole()
    console.width = 80
    console.print(attack_table(result, 80))
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("loss * ") for line in lines)
    assert any(re.match(r"without asking +0\.510", line) for line in lines)
    assert "* blind on these outputs: loss" in list(notes(result))


def test_rates_that_nobody_has_get_a_sentence_instead_of_a_column(capsys: pytest.CaptureFixture[str]) -> None:
    example = Example(members=500, nonmembers=500, strengths={"lira": 1.5})
    assert "0.1 %" not in "\n".join(printed(example, 200, capsys))
    assert "The TPR at 0.1 % FPR needs at least 1,000 non-members; there are 500." in list(notes(example.result()))


def test_without_the_truth_there_are_no_numbers_but_a_line_for_each_attack(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(Example(truth=False, strengths={"lira": 1.5, "loss": 0.6}), 60, capsys)
    assert {line.split()[0] for line in lines[-2:]} == {"lira", "loss"}
