"""Writes the documentation's page of a paper from its results files."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from miaudit.experiments import results, spec
from miaudit.experiments.beside import (
    TIE,
    ComparedNumber,
    Line,
    Ranking,
    beside,
    is_outdated,
    ranked,
    rankings,
    stored_rows,
    tally,
    unplaced,
)
from miaudit.experiments.expected import Key, Published, read_expected
from miaudit.experiments.figures import write_figures
from miaudit.experiments.marks import Mark, Ours
from miaudit.experiments.measures import kind, words
from miaudit.experiments.results import ExperimentResult, Run
from miaudit.experiments.settings import settings_table
from miaudit.experiments.spec import Named
from miaudit.files import write_atomically
from miaudit.presenter import NOTHING, Printed, count, decimals, spread
from miaudit.reading.path import read_text

MARKS: dict[Mark, str] = {"holds": "✓", "open": "?", "differs": "✗"}
MOST_BYTES = 2**24  # of findings
TITLES = {"ldc_mia": "LDC-MIA", "hp_mia": "HP-MIA", "kde_slides": "A kernel density attack (slides)"}
HEAD = """# {title}: published and measured here

Every line was made by `miaudit reproduce {paper}/TABLE`; the results files with every run lie in
`experiments/{paper}/results`. A cell shows the published number / **ours**: with several runs (seeds, or draws of the
records that the attacker knows) the mean ± standard deviation, with one the 95 % interval of its records.

- ✓ holds: within 0.03 of the published number; rates below 0.1, counts, times and epsilons within a factor of 1.5, or
  the same as far as was printed; and chance leaves no more than that open of ours (95 % interval of the mean of several
  runs, by Student's t; of one run its own). Numbers without an interval count as exact.
- ? open: as near, but chance leaves more open; or not so near, but one more run may come out there (95 %).
- ✗ does not hold.
- A dash: not published, or not measured, or too few records to resolve the rate.

Attacks are ranked as published unless one that the paper has above another is 0.01 of AUC or more below it here.

One run trains one target: its intervals tell how far other records would differ, not how far another target would.
Where a paper does not say how long it trained, our epochs were chosen so that the target's accuracies come near the
published ones; that these hold is then no finding.

Rows *for* another stand in for one that is too large for this machine, or whose data cannot be had, or follow another
reading of the paper: they have no published number, and show whether the paper's claim holds there.
"""


def markdown_table(lines: Sequence[Line]) -> str:
    """A table with one line per row and attack and one column per measure.

    >>> markdown_table([])
    ''
    """
    if not lines:
        return ""
    measures = list(dict.fromkeys(cell.measure for line in lines for cell in line.cells))
    head = ["", "attack", *(words(measure) for measure in measures), "runs"]
    rows = [head, ["---"] * len(head), *(_cells(line, measures) for line in lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cells(line: Line, measures: Sequence[str]) -> list[str]:
    by_name = {cell.measure: cell for cell in line.cells}
    shown = _title(line)
    if line.state != "done":
        return [shown, line.attack, *(_published(by_name.get(m)) for m in measures), line.state]
    runs = f"{line.runs}{' so far' * line.seeds_missing}{', with older settings' * line.is_outdated}"
    return [shown, line.attack or "(target)", *(_text(by_name.get(m)) for m in measures), runs]


def _title(line: Line) -> str:
    row = line.row
    return f"{row.heading} *(for {row.stand_in})*" if row.stand_in else row.heading


def _published(cell: ComparedNumber | None) -> str:
    return "" if cell is None else f"{_paper(cell.paper)} / {NOTHING}"


def _text(cell: ComparedNumber | None) -> str:
    if cell is None:
        return ""
    shown = "" if cell.mark is None else f" {MARKS[cell.mark]}"
    return f"{_paper(cell.paper)} / {_ours(cell.ours, cell.measure)}{shown}"


def _paper(published: Published | None) -> str:
    """The published number with the digits that were printed."""
    if published is None:
        return NOTHING
    return "∞" if math.isinf(published.value) else f"{published.value:,.{published.digits}f}"


def _ours(ours: Ours | None, measure: str) -> str:
    if ours is None:
        return NOTHING
    value = f"**{_number(ours.value, measure)}**"
    if ours.spread is not None:
        return spread(value, _number(ours.spread, measure))
    if ours.low is None or ours.high is None:
        return value
    return Printed(value, _number(ours.low, measure), _number(ours.high, measure)).text()


def _number(value: float, measure: str) -> str:
    """A number with three or four digits; counts and whole amounts in full, means of counts with one decimal.

    >>> _number(0.59213, "auc"), _number(1.0, "recall"), _number(1406.2, "members"), _number(10.0, "epsilon")
    ('0.592', '1.000', '1,406.2', '10')
    """
    is_counted = kind(measure) == "count" or (kind(measure) == "amount" and value.is_integer())
    return count(value) if is_counted and not math.isinf(value) else decimals(value)


def state(named: Named, found: ExperimentResult) -> str:
    """A sentence on how much of an experiment was run."""
    stored = stored_rows(named, found)
    done = sum(result.is_done for _, result in stored)
    older = sum(is_outdated(named, row, result) for row, result in stored)
    gpu = sum("GPU" in result.why for _, result in stored)
    return (
        f"{done} of {len(named.experiment.rows)} rows"
        f"{f', {older} with older settings' if older else ''}{f', {gpu} left out for their length' if gpu else ''}"
    )


def write_pages(folder: Path, docs: Path) -> Iterator[Path]:
    """Write one page per paper, with its figures beside it; returns the paths, raises UserError where that fails."""
    papers: dict[str, list[str]] = {}
    for name in spec.names(folder):
        papers.setdefault(name.partition("/")[0], []).append(name)
    for paper, names in papers.items():
        path = docs / f"{paper}.md"
        write_atomically(path, page(folder, paper, names, docs).encode())
        yield path


def page(folder: Path, paper: str, names: Sequence[str], docs: Path) -> str:
    """The page of a paper: first our findings (`experiments/PAPER/findings.md`), then one section per experiment."""
    parts = [HEAD.format(title=TITLES.get(paper, paper), paper=paper)]
    findings = folder / paper / "findings.md"
    if findings.exists():
        parts.append(read_text(findings, "a paper's findings", MOST_BYTES).strip() + "\n")
    expected = read_expected(folder, paper)
    summary, sections = [], []
    for name in names:
        named, found = spec.load(folder, name), results.read(folder, name, "paper")
        lines = beside(named, found, expected)
        summary.append(_summary(named, found, lines, expected))
        sections.append(_section(named, found, lines, expected, docs))
    trained = settings_table(paper, spec.load(folder, names[0]).settings)
    return "\n".join([*parts, SUMMARY, "\n".join(summary), "", trained, *sections])


SUMMARY = """## How many of the published numbers hold

| | rows run | published | measured here | ✓ hold | ? open | ✗ do not | ranked by AUC as published |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


def _summary(named: Named, found: ExperimentResult, lines: Sequence[Line], expected: dict[Key, Published]) -> str:
    counts, orders = tally(named.table, lines, expected), rankings(lines)
    cells = [f"{named.experiment.source}: {named.experiment.title}", state(named, found)]
    numbers = (counts.published, counts.measured, counts.hold, counts.open, counts.differ)
    cells += [str(number) if counts.published else NOTHING for number in numbers]
    cells.append(f"{sum(each.is_same for each in orders)} of {len(orders)}" if orders else NOTHING)
    return "| " + " | ".join(cells) + " |"


def _section(
    named: Named, found: ExperimentResult, lines: Sequence[Line], expected: dict[Key, Published], docs: Path
) -> str:
    experiment = named.experiment
    parts = [f"## {experiment.source}: {experiment.title}", ""]
    if experiment.note:
        parts += [experiment.note.strip(), ""]
    run = [line for line in lines if line.state == "done"]
    parts += [markdown_table(run), ""] if run else []
    parts += [*(f"- {text}" for text in _remarks(named, found, run)), ""]
    parts += [f"![{experiment.title}]({path.relative_to(docs)})\n" for path in write_figures(named, found, docs)]
    parts += _not_run([line for line in lines if line.state != "done"])
    missing = unplaced(named.table, lines, expected)
    if missing:
        parts += [f"Published, and not measured as such: {'; '.join(map(_in_words, missing.items()))}.", ""]
    made = [row.made for _, row in stored_rows(named, found) if row.made]
    if made:
        parts += [f"*{_made(made)}*", ""]
    return "\n".join(parts)


def _remarks(named: Named, found: ExperimentResult, lines: Sequence[Line]) -> Iterator[str]:
    """What a reader must know about the rows beyond their numbers."""
    titles = {row.name: row.heading for row in named.experiment.rows}
    for ranking in rankings(lines):
        yield f"{titles[ranking.row]}: {_ranking(ranking)}"
    for row in named.experiment.rows:
        if row.note:
            yield f"{titles[row.name]}: {row.note.strip()}"
    for _, result in stored_rows(named, found):
        yield from (f"{titles[result.name]}: {text}" for text in _unmet(result.runs))
        failed = [f"seed {run.seed}, trial {run.trial}" for run in result.runs if not run.controls_passed]
        if failed:
            yield f"{titles[result.name]}: the audit's own controls failed ({'; '.join(failed)})"


def _unmet(runs: Sequence[Run]) -> Iterator[str]:
    """Sentences on attacks whose cut misses its condition on the very records where it was chosen."""
    for attack in dict.fromkeys(name for run in runs for name in run.unmet):
        count = sum(attack in run.unmet for run in runs)
        of = f"in {count} of {len(runs)} runs " if len(runs) > 1 else ""
        yield f"{of}no cut of {attack} is known to meet the condition where cuts are chosen"


def _not_run(lines: Sequence[Line]) -> Iterator[str]:
    """The published numbers of rows that were not run, and the titles of other such rows, by reason."""
    published = [line for line in lines if any(cell.paper for cell in line.cells)]
    if published:
        yield from ("Published, and not run here:", "", markdown_table(published), "")
    titles: dict[str, dict[str, None]] = {}
    shown = {line.row.name for line in published}
    for line in lines:
        if line.row.name not in shown:
            titles.setdefault(line.state, {})[_title(line)] = None
    for why, rows in titles.items():
        yield f"- {'; '.join(rows)}: {why}"
    yield ""


def _ranking(ranking: Ranking) -> str:
    ours, published = ranked(ranking.ours, TIE), ranked(ranking.published)
    if ours == published:
        return f"attacks ranked by AUC as published, {ours}"
    same = f"; no order of the paper's is reversed by {TIE} or more" if ranking.is_same else ""
    return f"attacks ranked by AUC {ours}, published {published}{same}"


def _in_words(number: tuple[Key, Published]) -> str:
    key, paper = number
    return f"{' '.join(filter(None, (key.row, key.attack, words(key.measure))))} {_paper(paper)}"


def _made(made: Sequence[dict[str, Any]]) -> str:
    """A sentence on when, where and how fast the rows were run."""
    dates = sorted({str(row["date"]) for row in made})
    machines = sorted({str(row["machine"]) for row in made})
    seconds = sum(float(row["seconds"]) for row in made)
    commits = sorted({_commit(row) for row in made if row["commit"]})
    return (
        f"Made {' to '.join(dict.fromkeys((dates[0], dates[-1])))} on {'; '.join(machines)}; {_trained(made)}; "
        f"{seconds:,.0f} s without models that were in the store already; commit {', '.join(commits) or 'unknown'}."
    )


def _trained(made: Sequence[dict[str, Any]]) -> str:
    """A sentence on the time that training the models of the rows took."""
    known = [float(row["training_seconds"]) for row in made if row.get("training_seconds") is not None]
    missing = len(made) - len(known)
    unknown = f"training time of {missing} row{'s' * (missing > 1)} not recorded" if missing else ""
    took = (
        f"models trained in {sum(known) / 60:,.1f} min of one core or GPU, shared ones counted in each row"
        if known
        else ""
    )
    return ", ".join(filter(None, (took, unknown)))


def _commit(made: dict[str, Any]) -> str:
    return f"{str(made['commit'])[:8]}{' with changes of its own' if made['dirty'] else ''}"
