"""The table of attacks for papers: LaTeX with booktabs, Markdown, and CSV with plain numbers."""

from io import StringIO
from typing import Literal

import pyarrow as pa
import pyarrow.csv

from miaudit.auditing.result import AuditResult
from miaudit.messages import printable
from miaudit.presenter import NOTHING, Printed, limit
from miaudit.report.tables import attack_rows, measured_limits

TableFormat = Literal["latex", "markdown", "csv"]
SUFFIXES: dict[TableFormat, str] = {"latex": "tex", "markdown": "md", "csv": "csv"}
ALONE = "95 % intervals, for each attack alone."
IN_LATEX = str.maketrans(
    {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {sign: f"\\{sign}" for sign in "&%$#_{}"}
    | {"–": "--", "≥": r"$\geq$", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''"}
    | {"∞": r"$\infty$", "−": "$-$"}
)


def attack_numbers(result: AuditResult) -> pa.Table:
    """One row per attack: AUC, TPR at the low false-positive rates, each with its interval, and epsilon's bound."""
    rows = []
    for name, attack in result.attacks.items():
        row: dict[str, str | float | None] = {"attack": name, "epsilon_bound": attack.epsilon.low}
        named = {"auc": attack.auc, **{f"tpr_at_fpr_{fpr}": q for fpr, q in attack.tpr_at_fpr.items()}}
        for key, quantity in named.items():
            row |= {key: quantity.value, f"{key}_low": quantity.low, f"{key}_high": quantity.high}
        rows.append(row)
    return pa.Table.from_pylist(rows)


def attack_table(result: AuditResult, form: TableFormat) -> str:
    """The attacks of an audit, the strongest first, as the text of a file.

    Args:
        result: the result of an audit.
        form: latex, a `tabular` that needs the package booktabs; markdown; or csv, in the order of the audit.
    """
    if form == "csv":
        buffer = pa.BufferOutputStream()
        pyarrow.csv.write_csv(attack_numbers(result), buffer)
        return buffer.getvalue().to_pybytes().decode()
    return _latex(result) if form == "latex" else _markdown(result)


def _heads(result: AuditResult) -> tuple[str, ...]:
    return ("attack", "AUC", *(f"TPR at {limit(fpr)} FPR" for fpr in measured_limits(result)), "epsilon, at least")


def _rows(result: AuditResult) -> list[tuple[str, ...]]:
    return [
        (printable(row.name), _cell(row.auc), *map(_cell, row.tprs), row.epsilon.value.removeprefix("≥ ") or NOTHING)
        for row in attack_rows(result)
    ]


def _cell(printed: Printed) -> str:
    return printed._replace(note="").text() or NOTHING


def _markdown(result: AuditResult) -> str:
    heads = _heads(result)
    lines = [heads, ("---", *["---:"] * (len(heads) - 1)), *_rows(result)]
    table = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
    return f"{table}\n\n{ALONE}\n"


def _latex(result: AuditResult) -> str:
    heads, text = _heads(result), StringIO()
    text.write(f"% \\usepackage{{booktabs}}; {ALONE.replace('%', 'per cent')}\n")
    text.write(f"\\begin{{tabular}}{{l{'r' * (len(heads) - 1)}}}\n\\toprule\n{_line(heads)}\\midrule\n")
    text.writelines(_line(row) for row in _rows(result))
    text.write("\\bottomrule\n\\end{tabular}\n")
    return text.getvalue()


def _line(cells: tuple[str, ...]) -> str:
    return " & ".join(f"{{{cell.translate(IN_LATEX)}}}" for cell in cells) + " \\\\\n"
