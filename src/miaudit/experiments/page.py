"""The documentation's page of a paper, written from its results files."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from miaudit.experiments import results, spec
from miaudit.experiments.beside import Cell, Line, Ours, beside, same_order
from miaudit.experiments.expected import read_expected
from miaudit.experiments.figures import write_figures
from miaudit.experiments.results import ExperimentResult
from miaudit.experiments.spec import Named

TITLES = {"ldc_mia": "LDC-MIA", "hp_mia": "HP-MIA", "kde_slides": "A kernel density attack (slides)"}
WORDS = {
    "auc": "AUC",
    "balanced_accuracy": "balanced accuracy",
    "train_accuracy": "train accuracy",
    "test_accuracy": "test accuracy",
    "accuracy_gap": "train - test",
    "true_positives": "members found",
    "kl_divergence": "KL divergence, nats",
}
HEAD = """# {title}: published and measured here

Every line was made by `miaudit reproduce {paper}/TABLE`; the results files with every run lie in
`experiments/{paper}/results`. A cell shows the published number / **ours**: with several runs the mean ± standard
deviation, with one the 95 % interval of its records. ✓: within 0.03 of the published number, or for rates below 0.1,
counts and times within a factor of 1.5; ✗: not. A dash: not published, or not resolved by as many records.
"""


def markdown_table(lines: Sequence[Line]) -> str:
    """A line a row and attack, a column a measure.

    >>> markdown_table([])
    ''
    """
    if not lines:
        return ""
    measures = list(dict.fromkeys(cell.measure for line in lines for cell in line.cells))
    head = ["", "attack", *(_words(measure) for measure in measures), "runs"]
    rows = [head, ["---"] * len(head), *(_cells(line, measures) for line in lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cells(line: Line, measures: Sequence[str]) -> list[str]:
    by_name = {cell.measure: cell for cell in line.cells}
    title = line.row.title or line.row.name
    shown = f"{title} *(for {line.row.stand_in})*" if line.row.stand_in else title
    if line.state != "done":
        return [shown, line.attack, *(_published(by_name.get(m)) for m in measures), line.state]
    return [shown, line.attack or "(target)", *(_text(by_name.get(m)) for m in measures), str(line.runs)]


def _published(cell: Cell | None) -> str:
    return "" if cell is None else f"{_number(cell.paper)} / –"


def _text(cell: Cell | None) -> str:
    if cell is None:
        return ""
    mark = {True: " ✓", False: " ✗", None: ""}[cell.agrees]
    return f"{_number(cell.paper)} / {_ours(cell.ours)}{mark}"


def _ours(ours: Ours | None) -> str:
    if ours is None:
        return "–"
    if ours.spread is not None:
        return f"**{_number(ours.value)}** ± {_number(ours.spread)}"
    if ours.low is None or ours.high is None:
        return f"**{_number(ours.value)}**"
    return f"**{_number(ours.value)}** [{_number(ours.low)}, {_number(ours.high)}]"


def _number(value: float | None) -> str:
    """Three or four digits.

    >>> _number(0.59213), _number(0.0012), _number(233.0), _number(None)
    ('0.592', '0.0012', '233', '–')
    """
    if value is None:
        return "–"
    if math.isinf(value):
        return "∞"
    if value == int(value) and abs(value) >= 1:
        return f"{int(value):,}"
    return f"{value:.4f}" if abs(value) < 0.02 else f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def _words(measure: str) -> str:
    if measure in WORDS:
        return WORDS[measure]
    for prefix, text in (("tpr_at_fpr_", "TPR at {} FPR"), ("precision_at_recall_", "precision at recall {}")):
        if measure.startswith(prefix):
            rate = measure.removeprefix(prefix)
            return text.format(f"{float(rate):.4g}" if "recall" in prefix else f"{float(rate) * 100:g} %")
    return measure.replace("_", " ")


def state(named: Named, found: ExperimentResult) -> str:
    """How much of an experiment was run, in words."""
    rows = _parts(named)
    stored = [found.row(*part) for part in rows]
    done = sum(row is not None and row.state == "done" for row in stored)
    gpu = sum(row is not None and "GPU" in row.why for row in stored)
    waiting = f", {gpu} need a GPU" if gpu else ""
    return f"{done} of {len(rows)} rows{waiting}"


def _parts(named: Named) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    found = []
    for row in named.experiment.rows:
        counts[row.name] = counts.get(row.name, -1) + 1
        found.append((row.name, counts[row.name]))
    return found


def write_pages(folder: Path, docs: Path) -> Iterator[Path]:
    """Write a page a paper, with its figures beside it; gives the paths."""
    papers: dict[str, list[str]] = {}
    for name in spec.names(folder):
        papers.setdefault(name.partition("/")[0], []).append(name)
    for paper, names in papers.items():
        path = docs / f"{paper}.md"
        path.write_text(page(folder, paper, names, docs), encoding="utf-8")
        yield path


def page(folder: Path, paper: str, names: Sequence[str], docs: Path) -> str:
    """The page of a paper: its own words first (`experiments/PAPER/findings.md`), then a section an experiment."""
    parts = [HEAD.format(title=TITLES.get(paper, paper), paper=paper)]
    findings = folder / paper / "findings.md"
    if findings.is_file():
        parts.append(findings.read_text(encoding="utf-8").strip() + "\n")
    expected = read_expected(folder, paper)
    for name in names:
        named, found = spec.load(folder, name), results.read(folder, name, "paper")
        parts.append(_section(named, found, beside(named, found, expected), docs))
    return "\n".join(parts)


def _section(named: Named, found: ExperimentResult, lines: Sequence[Line], docs: Path) -> str:
    experiment = named.experiment
    parts = [f"## {experiment.source}: {experiment.title}", ""]
    if experiment.note:
        parts += [experiment.note.strip(), ""]
    parts += [markdown_table(lines), ""]
    order = same_order(list(lines))
    if order:
        same = [name for name, is_same in order.items() if is_same]
        parts += [
            f"Attacks ranked by AUC as published: {', '.join(same) or 'in no row'} ({len(same)} of {len(order)} rows).",
            "",
        ]
    parts += [f"- {row.title or row.name}: {row.note.strip()}" for row in experiment.rows if row.note]
    parts += [f"![{experiment.title}]({path.relative_to(docs)})\n" for path in write_figures(named, found, docs)]
    made = [row.made for row in found.rows if row.made]
    if made:
        parts += ["", f"*{_made(made)}*", ""]
    return "\n".join(parts)


def _made(made: Sequence[dict[str, Any]]) -> str:
    """When, where and in what time the rows were made."""
    dates = sorted({str(row["date"]) for row in made})
    machines = sorted({str(row["machine"]) for row in made})
    seconds = sum(float(row["seconds"]) for row in made)
    commits = sorted({str(row["commit"])[:8] for row in made if row["commit"]})
    return (
        f"Made {' to '.join(dict.fromkeys((dates[0], dates[-1])))} on {'; '.join(machines)}; {seconds:,.0f} s "
        f"without models that were in the store already; commit {', '.join(commits) or 'unknown'}."
    )
