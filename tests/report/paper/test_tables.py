import csv
import io

import pytest

from miaudit.report.paper.tables import attack_numbers, attack_table
from report_example import Example

RESULT = Example(strengths={"loss": 0.6, "two_stage": 1.1}).result()


def test_latex_has_a_line_for_each_attack_the_strongest_first() -> None:
    text = attack_table(RESULT, "latex")
    lines = text.splitlines()
    assert lines[1] == r"\begin{tabular}{lrrrr}"
    assert lines[3] == r"{attack} & {AUC} & {TPR at 1 \% FPR} & {TPR at 0.1 \% FPR} & {epsilon, at least} \\"
    assert lines[5].startswith(rf"{{two\_stage}} & {{{RESULT.attacks['two_stage'].auc.text()}}} & ")
    assert lines[6].startswith("{loss} & ")
    assert lines[5].endswith(r"{1.21} \\")


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("a_b", r"a\_b"),
        ("50% & more", r"50\% \& more"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("$x^2$~#", r"\$x\textasciicircum{}2\$\textasciitilde{}\#"),
        ("a\x1b[1m", r"a\textbackslash{}x1b[1m"),
    ],
)
def test_names_are_no_latex(name: str, escaped: str) -> None:
    result = RESULT.model_copy(update={"attacks": {name: RESULT.attacks["loss"]}})
    assert f"{{{escaped}}} & " in attack_table(result, "latex")


def test_markdown_is_one_table() -> None:
    result = RESULT.model_copy(update={"attacks": {"a|b": RESULT.attacks["loss"]}})
    lines = attack_table(result, "markdown").splitlines()
    assert lines[0] == "| attack | AUC | TPR at 1 % FPR | TPR at 0.1 % FPR | epsilon, at least |"
    assert lines[1] == "| --- | ---: | ---: | ---: | ---: |"
    assert lines[2].startswith(r"| a\|b | ")


def test_csv_holds_plain_numbers() -> None:
    rows = list(csv.DictReader(io.StringIO(attack_table(RESULT, "csv"))))
    assert [row["attack"] for row in rows] == list(RESULT.attacks)
    loss = RESULT.attacks["loss"]
    assert float(rows[0]["auc_low"]) == loss.auc.low
    assert float(rows[0]["tpr_at_fpr_0.01"]) == loss.tpr_at_fpr["0.01"].value
    assert rows[0]["tpr_at_fpr_0.0001"] == ""
    assert attack_numbers(RESULT).num_rows == 2
